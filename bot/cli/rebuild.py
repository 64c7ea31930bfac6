"""`epochbot rebuild`: holds everything that is worked out (XP, streaks, memories, ratings, ranks) against the logs, and mends it."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from bot.app import set_up_process, utc_now
from bot.config import ConfigError, Settings, load_settings
from bot.store import Difference, Store

SUMMARY = "work XP, streaks and memories out afresh from the logs; --check only compares"
DIFFERS = 1
SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--check", action="store_true", help="list what differs and change nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.epilog = (
        "What differs is mended in one transaction, after a backup. The bot may run meanwhile; it waits some seconds."
    )


def run(options: argparse.Namespace) -> int:
    """Compare or mend; with --check 1 when something differs."""
    settings = load_settings()
    set_up_process(settings)
    if not settings.database.exists():
        raise ConfigError(f"There is no database at {settings.database} yet. Start the bot once, or set EPOCHBOT_HOME.")
    if options.check:
        return _tell_differences(asyncio.run(_check(settings)), as_json=options.json)
    wrong, backup = asyncio.run(_mend(settings))
    if options.json:
        print(json.dumps({"ok": True, "mended": wrong, "backup": str(backup) if backup else None}))
    elif wrong:
        print(f"Mended: {_counted(wrong)}. How it was is kept in {backup}.")
    else:
        print("All is as the logs say; nothing was changed.")
    return 0


async def _check(settings: Settings) -> list[Difference]:
    store = await Store.open(settings.database, now=utc_now)
    try:
        return await store.rebuild_check()
    finally:
        await store.close()


async def _mend(settings: Settings) -> tuple[dict[str, int], Path | None]:
    """Mend what differs, after a backup; where nothing does, nothing is written."""
    store = await Store.open(settings.database, now=utc_now)
    try:
        if not await store.rebuild_check():
            return {}, None
        made = await store.upkeep.backup(settings.backups)
        return await store.upkeep.rebuild(), made.path
    finally:
        await store.close()


def _tell_differences(found: list[Difference], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"ok": not found, "differences": [asdict(one) for one in found]}))
        return DIFFERS if found else 0
    for one in found[:SHOWN]:
        print(f"{one.table}, {one.key}: is {one.stored}, by the log {one.computed}")
    if len(found) > SHOWN:
        print(f"… and {len(found) - SHOWN} more")
    if found:
        print(f"{_counted(Counter(one.table for one in found))}. Mend it with: epochbot rebuild")
        return DIFFERS
    print("All is as the logs say.")
    return 0


def _counted(wrong: dict[str, int]) -> str:
    return ", ".join(f"{count} in {table}" for table, count in sorted(wrong.items()))
