"""Keeping the database well: backups, checks, and tidying up. Reached as `Store.upkeep`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from bot.store import connect, errors, migrate, rebuild
from bot.store import upkeep_backup as backups
from bot.store.codec import from_ms, to_ms
from bot.store.connect import change, rows, value
from bot.store.readers import Readers
from bot.store.upkeep_backup import Backup, BackupMade
from bot.store.writer import Writer

LOOK_S = 0.2  # between two looks at how far a copy is
PATIENCE_MS = 200  # with readers, while nobody else can write
_KEY = "upkeep:"
_ROWS_TO_LOOK_AT = 400  # of an index, as SQLite's manual advises for PRAGMA optimize

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are copied, now and then."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a piece of upkeep went the last time, and when it last went well, if ever."""

    name: str
    at: datetime
    ok: bool
    detail: str
    well_at: datetime | None


class Upkeep:
    """What an operator does with the file."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime], path: Path) -> None:
        self._write, self._read, self._now, self._path = writer.run, readers.run, now, path
        self._writer = writer

    @property
    def alive(self) -> bool:
        """Whether the thread that writes is there."""
        return self._writer.alive

    @property
    def queued(self) -> int:
        """How many operations wait to be written."""
        return self._writer.queued

    def wal_bytes(self) -> int:
        """How large the log beside the file is, in bytes."""
        return _size(self._path.with_name(self._path.name + "-wal"))

    def backups(self, folder: Path) -> list[Backup]:
        """List the backups in a folder, newest first."""
        return backups.list_backups(folder)

    async def backup(self, folder: Path, progress: Progress | None = None) -> BackupMade:
        """Copy the database while it is in use, check the copy, and thin out older ones.

        Raises:
            StoreError: it could not be made; no older one is removed then.
        """
        return await make_backup(self._path, folder, self._now(), progress)

    async def check_backup(self, backup: Path) -> list[str]:
        """Check every page, index and reference of a backup; nothing when all is well."""
        return await asyncio.to_thread(backups.examine, backup, thoroughly=True)

    async def check(self) -> list[str]:
        """Check the pages of the database itself; nothing when all is well."""
        return await asyncio.to_thread(_check, self._path)

    async def optimize(self) -> None:
        """Let the engine renew what it knows of the tables, where it has grown old."""
        await self._write(_optimize)

    async def checkpoint(self) -> bool:
        """Fold the log into the file; False when readers were in the way, which does no harm."""
        return await asyncio.to_thread(_checkpoint, self._path)

    async def rebuild(self) -> dict[str, int]:
        """Work every projection out afresh in one transaction, and write what differs; count that by table."""
        return await self._write(rebuild.repair)

    async def probe(self) -> None:
        """Prove that the database can be written and read, and has the schema that this program knows.

        Raises:
            StoreError: it cannot, or has not.
        """
        now = to_ms(self._now())
        await self._write(lambda db: _note(db, "probed_at", str(now)))
        known = await self._read(migrate.applied)
        if set(known) != set(migrate.scripts()):
            raise errors.StoreTooNewError("The database has another schema", self._path, "Start this program again.")

    async def size(self) -> tuple[int, int]:
        """Count the learners and their answers."""
        sql = "SELECT (SELECT count(DISTINCT user_id) FROM identity), (SELECT count(*) FROM attempt)"
        learners, answers = await self._read(lambda db: tuple(rows(db, sql)[0].values()))
        return int(learners), int(answers)

    async def note(self, name: str, *, ok: bool, detail: str) -> None:
        """Note how a piece of upkeep went, for whoever asks later."""
        at = to_ms(self._now())
        await self._write(lambda db: _note_ran(db, name, at, ok=ok, detail=detail))

    async def ran(self) -> dict[str, Ran]:
        """Read how each piece of upkeep went the last time."""
        return await self._read(_ran)


async def make_backup(database: Path, folder: Path, at: datetime, progress: Progress | None = None) -> BackupMade:
    """Copy a database that may be in use, check the copy, and thin out older ones; its schema stays as it is.

    Raises:
        StoreError: it could not be made; no older one is removed then.
    """
    copying = asyncio.create_task(asyncio.to_thread(backups.make, database, folder, at))
    while progress and not copying.done():
        await asyncio.wait({copying}, timeout=LOOK_S)
        progress(_size(backups.unfinished(folder, at)), _size(database))
    return await copying


def _size(path: Path) -> int:
    """A file's size in bytes; 0 while it is not there."""
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _check(path: Path) -> list[str]:
    with errors.explained(path), backups.opened(path) as db:
        return backups.findings(db)


def _optimize(db: Database) -> None:
    db.execute(f"PRAGMA analysis_limit = {_ROWS_TO_LOOK_AT}").close()
    db.execute("PRAGMA optimize").close()


def _checkpoint(path: Path) -> bool:
    turn = connect.Turn(path)
    try:
        with errors.explained(path), turn.held():
            db = connect.open_writer(path)
            try:
                db.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}").close()
                busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                db.close()
    finally:
        turn.close()
    return not busy


def _note(db: Database, key: str, text: str) -> None:
    sql = "INSERT INTO meta (key, value) VALUES (:key, :text) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    change(db, sql, key=key, text=text)


def _note_ran(db: Database, name: str, at: int, *, ok: bool, detail: str) -> None:
    before = value(db, "SELECT value FROM meta WHERE key = :key", key=_KEY + name)
    well_at = at if ok else json.loads(before)["well_at"] if before else None
    _note(db, _KEY + name, json.dumps({"at": at, "ok": ok, "detail": detail, "well_at": well_at}))


def _ran(db: Database) -> dict[str, Ran]:
    found = {}
    for row in rows(db, "SELECT key, value FROM meta WHERE key >= :first AND key < :last", first=_KEY, last=_KEY + "~"):
        name, told = row["key"].removeprefix(_KEY), json.loads(row["value"])
        well_at = None if told["well_at"] is None else from_ms(told["well_at"])
        found[name] = Ran(name, from_ms(told["at"]), told["ok"], told["detail"], well_at)
    return found
