"""`epochbot serve`: every chat platform whose tokens are set; without any, or with --web, the local chat page."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.app import MAINTENANCE, make_hosts, open_app, open_schedule, set_up_process, utc_now
from bot.config import ConfigError, Settings, load_settings
from bot.dispatch import Dispatcher
from bot.health import Health, Heart, open_watch
from bot.metrics import Metrics
from bot.notify import Notifier
from bot.platforms.web.server import PortTakenError, serve
from bot.serving import DRAIN_S, beside, run_hosts

SUMMARY = "serve every chat platform that is set up; without any, the local chat page (loopback only)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--web", action="store_true", help="serve the local chat page beside the platforms, too")
    parser.add_argument("--port", type=int, metavar="PORT", help="port on 127.0.0.1 (default: 8080, or EPOCHBOT_PORT)")
    parser.add_argument("--open", action="store_true", help="open the page in a browser, if there is one")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    settings = load_settings(**({"port": options.port} if options.port is not None else {}))
    set_up_process(settings)
    if settings.platforms and not options.web:
        asyncio.run(_serve_platforms(settings))
        return 0
    show = options.open and (
        sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )
    try:
        serve(lambda: _open_beside(settings), settings.port, utc_now, show=show, ready=_ready)
    except PortTakenError as fault:
        raise ConfigError(str(fault)) from None
    return 0


async def _serve_platforms(settings: Settings) -> None:
    """Serve platforms until a signal says to stop, and let what is under way finish.

    Raises:
        ConfigError: every one of them was refused.
    """
    stop, meter = _stop_on_signal(), _meter(settings)
    async with open_app(settings, meter=meter) as dispatcher:
        hosts = make_hosts(settings, dispatcher)
        async with _watched(settings, dispatcher, meter, alone=False) as notifier:
            print(f"Epochbot serves {' and '.join(settings.platforms)} (Ctrl+C stops it)", flush=True)
            async with open_schedule(dispatcher.services):
                notifier.ready()
                faults = await run_hosts(hosts, stop)
            await _finish(dispatcher)
    if len(faults) == len(hosts):
        raise ConfigError("\n".join(f"{name}: {fault}" for name, fault in faults.items()))


def _stop_on_signal() -> asyncio.Event:
    """An event that the first signal sets; a second one ends the program at once, whatever is under way."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def told(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told, number)
    return stop


@asynccontextmanager
async def _open_beside(settings: Settings) -> AsyncIterator[Dispatcher]:
    """The app with its platforms running, for the page to serve beside them."""
    meter = _meter(settings)
    async with open_app(settings, meter=meter) as dispatcher:
        hosts = make_hosts(settings, dispatcher)
        async with _watched(settings, dispatcher, meter, alone=True) as notifier:
            async with beside(hosts), open_schedule(dispatcher.services):
                notifier.ready()
                yield dispatcher
            await _finish(dispatcher)


def _meter(settings: Settings) -> Metrics | None:
    """What counts, where somebody can ask for it."""
    return Metrics([job.name for job in MAINTENANCE]) if settings.health_port else None


@asynccontextmanager
async def _watched(
    settings: Settings, dispatcher: Dispatcher, meter: Metrics | None, *, alone: bool
) -> AsyncIterator[Notifier]:
    """Be watched by systemd, where it started us, and by who asks on the port for that."""
    notifier = Notifier.of(os.environ, os.getpid())
    health = Health(dispatcher.services, Heart(time.monotonic), alone)
    async with open_watch(health, notifier, meter, settings.health_port):
        yield notifier


async def _finish(dispatcher: Dispatcher) -> None:
    """Let requests under way finish, for a while, before the store closes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            await dispatcher.drained()


def _ready(address: str) -> None:
    print(f"Epochbot is at {address} (Ctrl+C stops it)", flush=True)
