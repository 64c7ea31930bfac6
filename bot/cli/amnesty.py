"""`epochbot amnesty`: a day that counts for nobody on this bot, because it was down; listing such days, and taking one back."""

from __future__ import annotations

import argparse
import asyncio
from datetime import date, timedelta

from bot.amnesty import DAYS_BACK, told
from bot.app import set_up_process, utc_now
from bot.config import ConfigError, Settings, load_settings
from bot.store import Store
from bot.store.amnesties import Outcome
from bot.streak_story import count

SUMMARY = "make a day neutral for everyone's streak, after an outage"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("day", nargs="?", metavar="YYYY-MM-DD", help="the day; without one, those there are get listed")
    parser.add_argument("--reason", default="", metavar="TEXT", help="what learners are told about it")
    parser.add_argument("--undo", action="store_true", help="take it back, within 24 hours")


def run(options: argparse.Namespace) -> int:
    """List, declare or take back; 1 when there was nothing to do."""
    settings = load_settings()
    set_up_process(settings)
    return asyncio.run(_run(settings, options))


async def _run(settings: Settings, options: argparse.Namespace) -> int:
    if not settings.database.exists():
        raise ConfigError(f"There is no database at {settings.database} yet. Start the bot once, or set EPOCHBOT_HOME.")
    day = _day(options.day) if options.day else None
    store = await Store.open(settings.database, now=utc_now)
    try:
        if day is None:
            lines = [told(one) for one in await store.streaks.amnesties(None)]
            print("\n".join(lines or ["No day is neutral for everyone."]))
            return 0
        if options.undo:
            done = await store.streaks.undo_amnesty(None, day, None)
        else:
            done = await store.streaks.declare_amnesty(None, day, options.reason, None)
    finally:
        await store.close()
    if done.outcome is Outcome.DONE:
        print(f"{day} {'counts again' if options.undo else 'is neutral'} for {count(done.members, 'learner')}.")
        return 0
    print(
        "It can be taken back within 24 hours only."
        if done.outcome is Outcome.TOO_LATE
        else f"{day}: nothing to change."
    )
    return 1


def _day(text: str) -> date:
    """Read the day; by the clock of the learners who are farthest ahead it may be tomorrow's date here."""
    today = utc_now().date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"“{text}” is no date; write it as {today}.") from None
    if not today - timedelta(days=DAYS_BACK) <= day <= today + timedelta(days=1):
        raise ConfigError(f"A day can be made neutral up to {DAYS_BACK} days later, and not before it begins.")
    return day
