"""The bot on Discord: one connection for all its servers, which comes back by itself and ends in good order.

Asks for one intent, that of servers, and keeps no member and no message. Everything a person does goes to `conversation`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import discord
import structlog

from bot.config import ConfigError
from bot.dispatch import Dispatcher
from bot.platforms.discord.account import CLOSED, INTENTS, REFUSED, missing_permissions
from bot.platforms.discord.commands import Translate, command_payloads, fingerprint
from bot.platforms.discord.conversation import Conversation
from bot.platforms.discord.events import PLATFORM, read_event
from bot.platforms.discord.options import DiscordOptions, point_library_at
from bot.platforms.discord.posts import Poster, number, refusal
from bot.platforms.discord.wire import Exchange, Failure, attempt
from bot.platforms.port import Post, Posted, PostError

log = structlog.get_logger(__name__)

DRAIN_S = 25.0  # how long what is under way may take to end
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0  # between attempts to reach Discord


discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here


class Client(discord.AutoShardedClient):
    """The library's client, with nothing of its own kept and every interaction handed on."""

    def __init__(
        self, shard_count: int | None, entered: Callable[[discord.Client], Any], happened: Callable[[Any], Any]
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=shard_count,
            enable_debug_events=False,
        )
        self._entered, self._happened = entered, happened

    async def setup_hook(self) -> None:
        """Called by the library once we are logged in."""
        await self._entered(self)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Called by the library for everything a person does."""
        await self._happened(interaction)


class DiscordHost:
    """Discord, connected with one account of ours."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        options: DiscordOptions,
        *,
        now: Callable[[], datetime],
        new_key: Callable[[], str],
        translate: Translate | None = None,
    ) -> None:
        self._dispatcher, self._options, self._now = dispatcher, options, now  # an event brings a key of its own
        self._translate = translate
        self._client: Client | None = None
        self._poster: Poster | None = None
        self._conversation = Conversation(dispatcher, self._fetch)
        self._open: set[asyncio.Task[Any]] = set()
        self._entered_once = False

    @property
    def name(self) -> str:
        """The platform as actors and places name it."""
        return PLATFORM

    @property
    def ready(self) -> bool:
        """Whether Discord sends us what people do."""
        return self._client is not None and self._client.is_ready() and not self._client.is_closed()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until asked to stop.

        Raises:
            ConfigError: Discord refuses our account for good.
        """
        self._conversation.closing = False
        wait = FIRST_WAIT_S / 2
        while not stop.is_set():
            self._entered_once = False
            fault = await self._connected(stop)
            if advice := fatal(fault):
                raise ConfigError(advice)
            if not stop.is_set():
                wait = FIRST_WAIT_S if self._entered_once else min(LONGEST_WAIT_S, wait * 2)
                log.warning("discord not connected; trying again", fault=repr(fault), wait_s=wait)
                await _until(stop, wait)

    async def _connected(self, stop: asyncio.Event) -> BaseException | None:
        """Be connected until asked to stop or until the library gives up; return why it did."""
        point_library_at(self._options)
        client = Client(self._options.shard_count, self._entered, self._happened)
        self._client, self._poster = client, Poster(client, asyncio.get_running_loop().time)
        serving = asyncio.create_task(client.start(self._options.token))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await self._drain(stop)
        finally:
            stopping.cancel()
            await client.close()
            self._client = self._poster = None
        (ended,) = await asyncio.gather(serving, return_exceptions=True)
        return ended if isinstance(ended, BaseException) else None

    async def _drain(self, stop: asyncio.Event) -> None:
        """Let what is under way come to its end; whoever comes now is asked to try again soon."""
        self._conversation.closing = stop.is_set()
        under_way = set(self._open)
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=DRAIN_S)
            if late:
                log.warning("discord closes before all is done", left=len(late))

    async def _entered(self, client: discord.Client) -> None:
        """Tell Discord our commands, when they are not those it knows."""
        self._entered_once = True
        payloads = command_payloads(self._dispatcher.commands.values(), self._translate)
        mark = f"{client.application_id}:{fingerprint(payloads)}"
        known = self._options.state / "discord-commands" if self._options.state else None
        if known is not None and _read(known) == mark:
            return
        made = await attempt(client.http.bulk_upsert_global_commands(client.application_id or 0, payloads))
        if isinstance(made, Failure):
            log.error("discord did not take the commands", status=made.status, code=made.code, reason=made.reason[:500])
        elif known is not None:
            _write(known, mark)

    async def _happened(self, interaction: discord.Interaction[Any]) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        try:
            event = read_event(interaction, self._now())
        except Exception:
            log.exception("event not read", interaction=interaction.id)
            await self._conversation.apologise(Exchange(interaction, visiting=False))
            return
        if event is not None:
            heard = partial(self._dispatcher.services.meter.acknowledged, PLATFORM)
            await self._conversation.handle(event, Exchange(interaction, visiting=event.visiting, heard=heard))

    async def _fetch(self, url: str) -> bytes:
        if self._client is None:
            raise ConnectionError("not connected to Discord")
        return await self._client.http.get_from_cdn(url)

    async def check(self, channel: str) -> tuple[str, ...]:
        """Say what is missing for posts in a channel."""
        client = self._client
        if client is None or client.user is None:
            return ("I am not connected to Discord just now; try again in a minute.",)
        try:
            found = await attempt(client.fetch_channel(number(channel)))
        except PostError as fault:
            return (str(fault),)
        if isinstance(found, Failure):
            return (str(refusal(found)),)
        if not isinstance(found, discord.TextChannel | discord.Thread | discord.VoiceChannel):
            return ("Posts need a text channel; choose another one.",)
        known = found.guild.get_member(client.user.id)
        me = known if known is not None else await attempt(found.guild.fetch_member(client.user.id))
        if isinstance(me, Failure):
            return ("I am not a member of that server; add me with the invite link of `epochbot setup discord`.",)
        return missing_permissions(found.permissions_for(me))

    async def post(self, post: Post) -> Posted:
        """Send a post.

        Raises:
            PostError: it did not arrive.
        """
        if self._poster is None:
            raise PostError("Discord is not connected just now.", lasting=False)
        return await self._poster.post(post)

    async def direct(self, person: str, post: Post) -> Posted:
        """Send a post to one person alone.

        Raises:
            PostError: it did not arrive.
        """
        if self._poster is None:
            raise PostError("Discord is not connected just now.", lasting=False)
        return await self._poster.direct(person, post)


def fatal(fault: BaseException | None) -> str:
    """What to do about a fault that trying again does not mend, or ""."""
    match fault:
        case discord.LoginFailure():
            return REFUSED
        case discord.PrivilegedIntentsRequired():
            return INTENTS
        case discord.ConnectionClosed():
            return CLOSED.get(fault.code, "")
    return ""


async def _until(stop: asyncio.Event, seconds: float) -> None:
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting}, timeout=seconds)
    waiting.cancel()


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _write(path: Path, mark: str) -> None:
    """Remember what Discord knows; where that cannot be written, the commands are sent at every start."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mark, "utf-8")
    except OSError as fault:
        log.warning("commands cannot be remembered", file=str(path), fault=fault.strerror)
