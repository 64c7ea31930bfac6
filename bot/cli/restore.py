"""`epochbot restore`: puts a backup in the database's place, with what was there kept beside it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bot.app import set_up_process, utc_now
from bot.config import ConfigError, Settings, load_settings
from bot.store import Restored, list_backups, restore

SUMMARY = "put a backup in the place of the database; stop the bot first"
CANCELLED = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="the backup; without one, those there are get listed"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask first")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Restore, or list the backups; 1 when somebody would rather not."""
    settings = load_settings()
    set_up_process(settings)
    if options.file is None:
        return _list(settings, as_json=options.json)
    if not options.yes and not _agreed(settings, options.file):
        print("Nothing was changed.")
        return CANCELLED
    done = asyncio.run(restore(settings.database, options.file, utc_now))
    print(json.dumps(_object(done)) if options.json else told(done))
    return 0


def _list(settings: Settings, *, as_json: bool) -> int:
    found = list_backups(settings.backups)
    if as_json:
        print(json.dumps({"backups": [{"path": str(one.path), "at": one.at.isoformat()} for one in found]}))
        return 0
    print("\n".join(f"{one.at:%Y-%m-%d %H:%M} UTC  {one.path}" for one in found) or f"No backup in {settings.backups}.")
    return 0


def _agreed(settings: Settings, backup: Path) -> bool:
    """Ask.

    Raises:
        ConfigError: nobody is there to be asked.
    """
    if not sys.stdin.isatty():
        raise ConfigError("A restore replaces the database. Add --yes to do so without being asked.")
    print(f"This replaces {settings.database} by {backup}; what is there now is kept beside it.")
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


def told(done: Restored) -> str:
    """Say what a restore did."""
    lines = [f"{done.database} is as it was in {done.backup.name}: {done.learners} learners, {done.answers} answers."]
    if done.forgotten:
        lines.append(f"{done.forgotten} who asked to be forgotten since then are forgotten again.")
    if done.kept:
        lines.append(
            f"What was there before is kept as {done.kept}. It holds learners' data: delete it when you need it no more."
        )
    return "\n".join([*lines, "Start the bot again when you are ready."])


def _object(done: Restored) -> dict[str, object]:
    return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(done).items()}
