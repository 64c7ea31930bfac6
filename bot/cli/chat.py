"""`epochbot chat`: the terminal chat; reads commands from standard input when that is not a terminal."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from bot.app import LOCAL_PLACE, open_app, set_up_process, utc_now
from bot.config import Settings, load_settings
from bot.messages import LOCAL_PLATFORM, Actor
from bot.platforms.terminal import Terminal, utf8

YEARS = range(1970, 2201)  # far from the ends of the calendar, where a time zone or a week leads out of it
SUMMARY = "chat in the terminal, or with a script on standard input"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--user", default="learner", metavar="NAME", help="who you are here (default: learner)")
    parser.add_argument(
        "--now", type=_instant, metavar="ISO8601", help="pretend it is this instant, as in 2026-11-23T08:00:00+01:00"
    )


def run(options: argparse.Namespace) -> int:
    """Chat until the input ends."""
    settings = load_settings()
    set_up_process(settings)
    asyncio.run(_chat(options, settings))
    return 0


async def _chat(options: argparse.Namespace, settings: Settings) -> None:
    now: Callable[[], datetime] = (lambda: options.now) if options.now else utc_now
    session, count = secrets.token_hex(6), itertools.count()
    async with open_app(settings, now=now) as dispatcher:
        terminal = Terminal(
            dispatcher=dispatcher,
            actor=Actor(LOCAL_PLATFORM, options.user, options.user),
            place=LOCAL_PLACE,
            now=now,
            new_key=lambda: f"terminal:{session}:{next(count)}",
            lines=utf8(sys.stdin),
            out=utf8(sys.stdout),
            interactive=sys.stdin.isatty(),
            exports=settings.home / "exports",
        )
        await terminal.converse()


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO 8601 instant such as 2026-11-23T08:00:00Z") from None
    if instant.year not in YEARS:
        raise argparse.ArgumentTypeError(f"{text!r} is not in the years {YEARS[0]} to {YEARS[-1]}")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
