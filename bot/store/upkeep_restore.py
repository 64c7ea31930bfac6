"""Restores: a backup takes the place of the database, once it is proven and everyone forgotten since is forgotten again.

All work is done on a copy in a folder beside the database. Only at the end do they change places, and what was there is
kept under another name; a restore that fails or is cut short before that has changed nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.store import connect, errors
from bot.store.connect import value
from bot.store.engine import sqlite3
from bot.store.store import Store
from bot.store.upkeep_backup import ERASED, examine, sync, sync_folder


@dataclass(frozen=True, slots=True)
class Restored:
    """A database restored from a backup, and where what was there before is kept, if anything was.

    `forgotten` counts the learners who had been forgotten since the backup was made, and are forgotten again.
    """

    database: Path
    backup: Path
    kept: Path | None
    forgotten: int
    learners: int
    answers: int


async def restore(database: Path, backup: Path, now: Callable[[], datetime]) -> Restored:
    """Put a backup in the place of a database that no program has open.

    Raises:
        StoreBusyError: a program has the database open.
        StoreDamagedError: the backup is damaged, or none of ours.
        StoreTooNewError: it comes from a later version of this program.
        StoreError: the folder cannot be written, or is full.
    """
    at = f"{now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
    scratch = database.parent / f".restore-{at}"
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        presence = connect.Presence(database, alone=True)
    except OSError as fault:
        raise errors.unreachable(fault, database) from fault
    try:
        fresh = _prepare(database, backup, scratch)
        forgotten, learners, answers = await _bring_up_to_date(fresh, now)
        kept = _swap(database, fresh, f"{database.name}.before-{at}")
    except OSError as fault:
        raise errors.unreachable(fault, database) from fault
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        presence.close()
    return Restored(database, backup, kept, forgotten, learners, answers)


def _prepare(database: Path, backup: Path, scratch: Path) -> Path:
    """Copy a backup into a scratch folder under the database's name, with the list of who was forgotten, and prove it."""
    if not backup.is_file():
        raise errors.StoreReadOnlyError("There is no such backup", backup, "Give the path of a file that is there.")
    scratch.mkdir(mode=0o700)
    fresh = scratch / database.name
    shutil.copyfile(backup, fresh)
    log = backup.with_name(backup.name + "-wal")
    if log.exists():  # a copy made by hand of a database in use
        shutil.copyfile(log, fresh.with_name(fresh.name + "-wal"))
    listed = (database.with_name(database.name + "-erased"), backup.with_name(ERASED))
    if found := next((path for path in listed if path.exists()), None):
        shutil.copyfile(found, fresh.with_name(fresh.name + "-erased"))
    for path in scratch.iterdir():
        path.chmod(0o600)
    if findings := examine(fresh, thoroughly=True):
        raise errors.StoreDamagedError(f"The backup is damaged: {findings[0]}", backup, "Try an earlier one.")
    with closing(sqlite3.connect(fresh)) as connection:
        ours = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'xp_ledger'"
        if value(connect.wrap(connection), ours) is None:
            raise errors.StoreDamagedError(
                "The file is a database, but none of Epochbot’s", backup, "Give the path of one of its backups."
            )
    return fresh


async def _bring_up_to_date(fresh: Path, now: Callable[[], datetime]) -> tuple[int, int, int]:
    """Bring the schema up to date and forget who was forgotten; say how many that were, and how many learners and answers are there."""
    store = await Store.open(fresh, now=now)
    try:
        forgotten = await store.privacy.reapply_erasures()
        learners, answers = await store.upkeep.size()
    finally:
        await store.close()
    return forgotten, learners, answers


def _swap(database: Path, fresh: Path, kept_name: str) -> Path | None:
    """Let two databases that nobody has open change places, so that at every moment there is a whole one."""
    sync(fresh)
    kept = None
    if database.exists():
        kept = database.with_name(kept_name)
        os.link(database, kept)
        log = database.with_name(database.name + "-wal")
        if log.exists():  # it belongs to the old database, and must never be taken for the new one's
            log.rename(kept.with_name(kept.name + "-wal"))
        database.with_name(database.name + "-shm").unlink(missing_ok=True)
    fresh.replace(database)
    listed = database.with_name(database.name + "-erased")
    theirs = fresh.with_name(fresh.name + "-erased")
    if theirs.exists() and not listed.exists():
        theirs.replace(listed)
    sync_folder(database.parent)
    return kept
