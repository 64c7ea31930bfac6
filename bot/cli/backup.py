"""`epochbot backup`: a checked copy of the database, made while the bot runs; older ones are thinned out."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from bot.app import set_up_process, utc_now
from bot.config import ConfigError, Settings, load_settings
from bot.store import BackupMade, make_backup
from bot.store.upkeep_backup import DAILY, WEEKLY

SUMMARY = "copy the database while the bot runs, check the copy, and thin out older ones"
_MIB = 1024 * 1024


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="where to (default: EPOCHBOT_BACKUP_DIR, or backups in EPOCHBOT_HOME)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.epilog = (
        f"In that folder the newest backup of each of the last {DAILY} days and {WEEKLY} weeks that have one stays; older"
        " ones, which carry the bot's own names, are removed. A list of who asked to be forgotten lies beside them, as"
        " hashes, so that `epochbot restore` can forget them again: keep the two together."
    )


def run(options: argparse.Namespace) -> int:
    """Make a backup; 0 when it is made and checked."""
    settings = load_settings()
    set_up_process(settings)
    made = asyncio.run(_backup(settings, options.to or settings.backups))
    if options.json:
        print(json.dumps(_object(made)))
    else:
        gone = f" {len(made.removed)} older removed." if made.removed else ""
        print(
            f"{made.path}: {made.size_bytes / _MIB:.1f} MiB, copied in {made.seconds:.2f} s and checked.{gone}\n"
            f"Put it back with: epochbot restore {made.path}"
        )
    return 0


async def _backup(settings: Settings, folder: Path) -> BackupMade:
    """Copy the database, with a line of progress where somebody looks on.

    Raises:
        ConfigError: there is no database yet.
    """
    if not settings.database.exists():
        raise ConfigError(f"There is no database at {settings.database} yet. Start the bot once, or set EPOCHBOT_HOME.")
    looked_at = sys.stderr.isatty()
    made = await make_backup(settings.database, folder, utc_now(), _progress if looked_at else None)
    if looked_at:
        sys.stderr.write("\r\033[K")
    return made


def _progress(copied: int, total: int) -> None:
    sys.stderr.write(f"\r\033[K{copied / _MIB:.0f} of {total / _MIB:.0f} MiB copied")
    sys.stderr.flush()


def _object(made: BackupMade) -> dict[str, object]:
    return {
        "path": str(made.path),
        "at": made.at.isoformat(timespec="seconds"),
        "size_bytes": made.size_bytes,
        "copy_seconds": round(made.seconds, 3),
        "checked": True,
        "removed": [str(path) for path in made.removed],
    }
