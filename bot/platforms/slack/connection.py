"""Keeps a socket to Slack open, or a port where Slack calls us; bounded in how long it takes to close.

The SDK reconnects by itself, but now and then a socket of its stays silent for good, so a watch replaces one that does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.config import ConfigError
from bot.platforms.slack.account import UNREACHABLE, code_of, connection_url, web_client
from bot.platforms.slack.options import SlackOptions

T = TypeVar("T")
log = structlog.get_logger(__name__)

LOOPBACK, PATH = "127.0.0.1", "/slack/events"


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things take, in seconds.

    Attributes:
        ping: between two signs of life on a socket.
        watch: between two looks at whether a socket lives; two bad ones in a row replace it.
        drain: for what is under way to be finished.
        close: for a socket to close.
        again: before the first new try to reach Slack; each further one waits twice as long, up to `most`.
    """

    ping: float = 10.0
    watch: float = 20.0
    drain: float = 25.0
    close: float = 5.0
    again: float = 1.0
    most: float = 60.0


USUAL = Timing()


class Socket:
    """A socket that is replaced when it dies."""

    def __init__(self, app: AsyncApp, options: SlackOptions, timing: Timing) -> None:
        self._app, self._options, self._timing = app, options, timing
        self._handler: AsyncSocketModeHandler | None = None
        self.replaced = 0

    @property
    def open(self) -> bool:
        """Whether the socket is open, as far as can be told without asking."""
        session = self._handler.client.current_session if self._handler else None
        return session is not None and not session.closed

    async def keep(self, stop: asyncio.Event) -> None:
        """Hold a socket open until asked to stop.

        Raises:
            ConfigError: Slack does not take our app token.
        """
        bad = 0
        await self._open(stop)
        while not await _stopped(stop, self._timing.watch):
            bad = 0 if await self._lives() else bad + 1
            if bad >= 2:
                log.warning("silent socket replaced", platform="slack")
                self.replaced += 1
                await self.close()
                await self._open(stop)
                bad = 0

    async def _open(self, stop: asyncio.Event) -> None:
        """Connect, however long Slack is away, or until asked to stop."""
        url = await persisting(self._url, stop, self._timing)
        if url is None:
            return
        handler = AsyncSocketModeHandler(
            self._app, self._options.app_token, web_client=web_client(self._options), ping_interval=self._timing.ping
        )
        handler.client.wss_uri = url
        self._handler = handler
        connect: Callable[[], Coroutine[Any, Any, None]] = handler.connect_async
        connecting, stopping = asyncio.create_task(connect()), asyncio.create_task(stop.wait())
        await asyncio.wait((connecting, stopping), timeout=self._timing.most, return_when=asyncio.FIRST_COMPLETED)
        for task in (connecting, stopping):
            await _cancelled(task)

    async def _url(self) -> str:
        return await connection_url(web_client(self._options), self._options)

    async def _lives(self) -> bool:
        client = self._handler.client if self._handler else None
        if client is None or client.message_receiver is None:
            return False
        at_work = not client.message_receiver.done() and not client.message_processor.done()
        return at_work and await client.is_connected()

    async def close(self) -> None:
        """Close the socket, in no more than the time there is for it."""
        handler, self._handler = self._handler, None
        if handler is None:
            return
        close: Callable[[], Awaitable[None]] = handler.close_async
        try:
            async with asyncio.timeout(self._timing.close):
                await close()
        except (TimeoutError, *UNREACHABLE) as fault:
            log.warning("socket did not close", platform="slack", fault=type(fault).__name__)
        await _swept(handler.client)


async def _swept(client: SocketModeClient) -> None:
    """End what a client leaves behind when it is closed, and when it could not be."""
    client.closed = True
    for task in (client.message_processor, client.current_session_monitor, client.message_receiver):
        if task is not None:
            await _cancelled(task)
    await client.aiohttp_client_session.close()


async def _cancelled(task: asyncio.Future[Any]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, *UNREACHABLE):
        await task


async def persisting(ask: Callable[[], Awaitable[T]], stop: asyncio.Event, timing: Timing) -> T | None:
    """Ask until there is an answer; None when asked to stop before."""
    wait = timing.again
    while not stop.is_set():
        try:
            return await ask()
        except SlackApiError as fault:
            log.warning("slack has a fault", code=code_of(fault), again_in_s=wait)
        except UNREACHABLE as fault:
            log.warning("slack not reached", fault=type(fault).__name__, again_in_s=wait)
        await _stopped(stop, wait)
        wait = min(wait * 2, timing.most)
    return None


async def _stopped(stop: asyncio.Event, within_s: float) -> bool:
    """Wait, but no longer than until asked to stop."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await stop.wait()
    return stop.is_set()


@asynccontextmanager
async def served(app: AsyncApp, port: int) -> AsyncIterator[None]:
    """Take Slack's calls on loopback, where a proxy with a certificate passes them on; each is checked by its signature.

    Raises:
        ConfigError: the port is taken.
    """
    runner = web.AppRunner(app.web_app(path=PATH, port=port), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, LOOPBACK, port).start()
        except OSError as fault:
            raise ConfigError(f"Port {port} cannot be used for Slack: {fault.strerror}. Set another one.") from None
        yield
    finally:
        await runner.cleanup()
