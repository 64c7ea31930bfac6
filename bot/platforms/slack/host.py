"""Slack as one of the platforms: connects, listens, posts, and ends in order. Built by the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.dispatch import Dispatcher
from bot.platforms.port import Post, Posted, PostError
from bot.platforms.slack.account import Account, code_of, examine, web_client
from bot.platforms.slack.connection import USUAL, Socket, Timing, persisting, served
from bot.platforms.slack.conversation import Conversation
from bot.platforms.slack.installs import oauth_settings, token_for
from bot.platforms.slack.listeners import Listeners
from bot.platforms.slack.options import SlackOptions, check_options
from bot.platforms.slack.posts import Posts, missing

log = structlog.get_logger(__name__)


class SlackHost:
    """One Slack app of ours, in one workspace or in many."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        options: SlackOptions,
        *,
        now: Callable[[], datetime],
        new_key: Callable[[], str],
        timing: Timing = USUAL,
    ) -> None:
        self._options, self._timing = options, timing
        self._listeners = Listeners(Conversation(dispatcher, now, new_key, many=options.many_workspaces))
        self._posts = Posts()
        self._client = web_client(options)
        self._socket: Socket | None = None
        self._serving = False
        self._oauth: AsyncOAuthSettings | None = None

    @property
    def name(self) -> str:
        """The platform's name."""
        return "slack"

    @property
    def ready(self) -> bool:
        """Whether Slack reaches us."""
        return self._serving and (self._socket is None or self._socket.open)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until asked to stop, then finish what is under way.

        Raises:
            ConfigError: Slack refuses our account for good, or what is set cannot work.
        """
        check_options(self._options)
        account = await persisting(self._account, stop, self._timing)
        if stop.is_set():
            return
        app = self._app()
        log.info("connected", platform="slack", account=str(account) if account else "installed by workspaces")
        async with AsyncExitStack() as closing:
            if self._options.http_port and self._options.signing_secret:
                await closing.enter_async_context(served(app, self._options.http_port))
            closing.push_async_callback(self._drain)
            closing.callback(self._ended)
            self._serving = True
            if self._options.app_token:
                self._socket = Socket(app, self._options, self._timing)
                closing.push_async_callback(self._socket.close)
                await self._socket.keep(stop)
            else:
                await stop.wait()

    def _ended(self) -> None:
        self._serving = False

    async def _account(self) -> Account | None:
        return await examine(self._client, self._options)

    async def _drain(self) -> None:
        late = await self._listeners.drain(self._timing.drain)
        if late:
            log.warning("not finished in time", platform="slack", tasks=late)

    def _installs(self) -> AsyncOAuthSettings | None:
        """How workspaces install the app, made once, so that a token is renewed by one alone."""
        if self._oauth is None and self._options.many_workspaces:
            self._oauth = oauth_settings(self._options, self._client)
        return self._oauth

    def _app(self) -> AsyncApp:
        options = self._options
        oauth = self._installs()
        app = AsyncApp(
            name="epochbot",
            client=self._client,
            signing_secret=options.signing_secret,
            oauth_settings=oauth,
            request_verification_enabled=bool(options.signing_secret),
        )
        if oauth is not None:
            app.enable_token_revocation_listeners()
        self._listeners.listen(app)
        return app

    async def check(self, channel: str) -> tuple[str, ...]:
        """Say what is missing for posts in a channel, a sentence each with what to do."""
        try:
            client, there = await self._client_for(channel)
        except PostError as fault:
            return (str(fault),)
        return await missing(client, there)

    async def post(self, post: Post) -> Posted:
        """Send a post, once.

        Raises:
            PostError: it did not arrive.
        """
        client, there = await self._client_for(post.channel)
        return await self._posts.post(client, replace(post, channel=there))

    async def direct(self, person: str, post: Post) -> Posted:
        """Send a post to one person alone, once.

        Raises:
            PostError: it did not arrive.
        """
        team, _, user = person.partition(":")
        client, _ = await self._client_for(f"{team}/")
        return await self._posts.direct(client, user, post)

    async def _client_for(self, channel: str) -> tuple[AsyncWebClient, str]:
        """The client for a channel, and the channel as its workspace knows it."""
        team, _, there = channel.rpartition("/")
        oauth = self._installs()
        if oauth is None:
            return self._client, there
        try:
            token = await token_for(oauth, self._client, team)
        except SlackApiError as fault:
            raise PostError(f"The workspace’s token cannot be renewed ({code_of(fault)}).", lasting=False) from None
        if not token:
            advice = "If it has, type /learn group setup channel here, in the channel itself."
            raise PostError(f"The channel’s workspace has not installed the app. {advice}", lasting=True)
        return web_client(self._options, token), there
