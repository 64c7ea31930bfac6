"""Serves the chat page on loopback: picks the port, guards the door, builds the app and closes it again."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime

from nicegui import app as nicegui_app
from nicegui import ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.dispatch import Dispatcher
from bot.platforms.web.guard import SameOrigin
from bot.platforms.web.page import CURVE, ChatPage

HOST = "127.0.0.1"
HOSTS = ["127.0.0.1", "localhost"]
TRIES = 20
FIRST_FREE_FOR_ALL = 1024  # ports below belong to the administrator on most systems
SHUTDOWN_S = 3  # an open page does not keep the program from ending
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#1f6b4a"/>'
    f'<path d="{CURVE}" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round"/></svg>'
)


class PortTakenError(Exception):
    """The port asked for is in use; the message offers the next free one."""


def check_port(port: int) -> None:
    """Make sure a port is free.

    Raises:
        PortTakenError: it is not.
    """
    if _is_free(port):
        return
    first = max(port + 1, FIRST_FREE_FOR_ALL)
    free = next((p for p in range(first, first + TRIES) if p < 65536 and _is_free(p)), None)
    offer = (
        f"port {free} is free: epochbot serve --port {free}, or make demo PORT={free}"
        if free
        else "choose another with --port"
    )
    why = "is taken by another program" if port >= FIRST_FREE_FOR_ALL else "is taken, or not for everyone to use"
    raise PortTakenError(f"port {port} {why}; {offer}.")


def serve(
    open_app: Callable[[], AbstractAsyncContextManager[Dispatcher]],
    port: int,
    now: Callable[[], datetime],
    *,
    show: bool,
    ready: Callable[[str], None],
) -> None:
    """Serve the page until the program is told to stop.

    Args:
        open_app: makes an async context manager that builds the app and closes it.
        ready: told the address once, when the page can be opened.

    Raises:
        PortTakenError: the port is in use.
        Exception: what `open_app` raised.
    """
    check_port(port)
    page = ChatPage(now=now, new_key=lambda: f"web:{secrets.token_hex(8)}")
    start = _Start(page, open_app, lambda: ready(f"http://{HOST}:{port}/"))
    nicegui_app.on_startup(start.open)
    nicegui_app.on_shutdown(start.resources.aclose)
    nicegui_app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
    nicegui_app.add_middleware(SameOrigin)
    ui.run(
        root=page.build,
        host=HOST,
        port=port,
        title="Epochbot",
        favicon=FAVICON,
        dark=None,
        language="en-US",
        reload=False,
        show=show,
        show_welcome_message=False,
        reconnect_timeout=30,
        tailwind=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        callback_notify=start.listening,  # called now and then from the moment the port is open
    )
    if start.fault:
        raise start.fault


class _Start:
    """The page can be opened when its port is open and the app is, in whichever order; without the app there is no page."""

    def __init__(
        self,
        page: ChatPage,
        open_app: Callable[[], AbstractAsyncContextManager[Dispatcher]],
        ready: Callable[[], None],
    ) -> None:
        self.resources = AsyncExitStack()
        self.fault: BaseException | None = None
        self._page, self._open_app, self._waiting = page, open_app, [ready]
        self._listens = False

    async def open(self) -> None:
        """Open the app, beside the server; when that fails, end the server and keep the fault for whoever started it."""
        opening = asyncio.ensure_future(self.resources.enter_async_context(self._open_app()))
        await asyncio.wait({opening})
        self.fault = opening.exception()
        if self.fault:
            nicegui_app.shutdown()
        else:
            self._page.dispatcher = opening.result()
            self._tell()

    async def listening(self) -> None:
        """Note that the port is open."""
        self._listens = True
        self._tell()

    def _tell(self) -> None:
        while self._waiting and self._listens and self._page.dispatcher:
            self._waiting.pop()()


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as fault:
            if fault.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True
