"""Backups: whole copies of the database made while it is in use, each checked before it counts, and thinned out as they age.

A backup is one file that stands alone. It is copied in one step, because a copy in several begins again whenever somebody
writes between two of them, and so may never end.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from bot.store import connect, errors
from bot.store.connect import rows, value
from bot.store.engine import sqlite3

DAILY, WEEKLY = 7, 4
"""Of so many days and so many weeks, the newest backup is kept."""

RECENT = timedelta(days=1)

ERASED = "epochbot.sqlite3-erased"
"""The list of who was forgotten, as it lies beside the backups; without it a restore would bring them back."""

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"epochbot-(\d{8}T\d{6}Z)\.sqlite3")
_STALE = timedelta(days=1)  # an unfinished copy older than this has nobody working on it
_FINDINGS = 5  # of a damaged file, enough to know


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup, and when it was made."""

    path: Path
    at: datetime


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup just made and checked; `seconds` is what copying took, `removed` the older ones that went for it."""

    path: Path
    at: datetime
    size_bytes: int
    seconds: float
    removed: tuple[Path, ...]


def list_backups(folder: Path) -> list[Backup]:
    """List the backups in a folder, newest first; none where there is no folder. Other files are left out."""
    found = ((path, made_at(path.name)) for path in folder.glob("epochbot-*.sqlite3"))
    made = [Backup(path, at) for path, at in found if at is not None]
    return sorted(made, key=lambda backup: backup.at, reverse=True)


def made_at(name: str) -> datetime | None:
    """Read from a backup's name when it was made; None when the name is none of ours."""
    found = _NAME.fullmatch(name)
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else None


def outlived(times: Collection[datetime], daily: int = DAILY, weekly: int = WEEKLY) -> set[datetime]:
    """Say which backups may go: all but the newest of each of the latest days and ISO weeks (UTC) that have one. Pure.

    The newest of all always stays, and so do those of a day before it, which somebody made for a reason.
    """
    kept = {at for at in times if max(times) - at < RECENT}
    for count, period in ((max(1, daily), _day), (weekly, _week)):
        newest: dict[object, datetime] = {}
        for at in sorted(times, reverse=True):
            newest.setdefault(period(at), at)
        kept |= set(list(newest.values())[:count])
    return set(times) - kept


def _day(at: datetime) -> object:
    return at.astimezone(UTC).date()


def _week(at: datetime) -> object:
    return at.astimezone(UTC).isocalendar()[:2]


def unfinished(folder: Path, at: datetime) -> Path:
    """Name the file that a backup begun at an instant is copied to, before it is checked."""
    return folder / f".epochbot-{at.astimezone(UTC):{_STAMP}}.unfinished"


def make(database: Path, folder: Path, at: datetime) -> BackupMade:
    """Copy a database into a folder, check the copy, and remove what it outlives. Blocks.

    Raises:
        StoreError: the folder cannot be written, the disk is full, or the copy is damaged; no backup is removed then.
    """
    target, copied = folder / f"epochbot-{at.astimezone(UTC):{_STAMP}}.sqlite3", unfinished(folder, at)
    try:
        _make_room(folder, at)
        with errors.explained(copied):
            try:
                seconds = copy(database, copied)
                if findings := examine(copied):
                    raise errors.damaged(database, f"its copy fails the check: {findings[0]}")
                _keep_list(database, folder)
                copied.replace(target)
                sync_folder(folder)
            finally:
                copied.unlink(missing_ok=True)
        removed = thin_out(folder)
    except OSError as fault:
        raise errors.unreachable(fault, folder) from fault
    return BackupMade(target, at, target.stat().st_size, seconds, removed)


def _make_room(folder: Path, at: datetime) -> None:
    """Make the folder, and remove what a backup that was cut short left there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in folder.glob(".epochbot-*.unfinished*"):
        if at.timestamp() - path.stat().st_mtime > _STALE.total_seconds():
            path.unlink(missing_ok=True)


def copy(database: Path, target: Path) -> float:
    """Copy a database that may be in use to a new file that stands alone and is on the disk; say how many seconds it took."""
    started = time.perf_counter()
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    with opened(database) as source, closing(sqlite3.connect(target, isolation_level=None)) as copied:
        copied.execute("PRAGMA synchronous = off").close()  # all of it is synced below, once
        source.conn.backup(copied, pages=-1)
        copied.execute("PRAGMA journal_mode = delete").close()
    sync(target)
    return time.perf_counter() - started


@contextmanager
def opened(database: Path) -> Iterator[Database]:
    """Open a database to read, beside whoever has it open, or nobody; no program may replace it meanwhile."""
    turn = connect.Turn(database)
    try:
        with turn.held():  # the first to come may find a log to recover
            db = connect.open_observer(database)
            value(db, "SELECT count(*) FROM sqlite_schema")
        try:
            yield db
        finally:
            with turn.held():  # the last to go folds it into the file
                db.close()
    finally:
        turn.close()


def examine(path: Path, *, thoroughly: bool = False) -> list[str]:
    """Check a copy that nobody else uses: its pages, or with `thoroughly` indexes as well, and references.

    Returns:
        What is wrong, a few findings at most; nothing when all is well.
    """
    with errors.explained(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return findings(connect.wrap(connection), thoroughly=thoroughly)


def findings(db: Database, *, thoroughly: bool = False) -> list[str]:
    """Check an open database, as `examine` says."""
    check = "integrity_check" if thoroughly else "quick_check"
    told = [str(next(iter(row.values()))) for row in rows(db, f"PRAGMA {check}({_FINDINGS})")]
    lost = rows(db, "PRAGMA foreign_key_check")[:_FINDINGS]
    return [text for text in told if text != "ok"] + [
        f"a row of {row['table']} refers to one of {row['parent']} that is not there" for row in lost
    ]


def thin_out(folder: Path) -> tuple[Path, ...]:
    """Remove the backups that are outlived, and name them."""
    known = list_backups(folder)
    old = outlived([backup.at for backup in known])
    gone = tuple(backup.path for backup in known if backup.at in old)
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _keep_list(database: Path, folder: Path) -> None:
    """Keep the list of who was forgotten with the backups, as it is now."""
    listed = database.with_name(database.name + "-erased")
    if not listed.exists():
        return
    fresh = folder / f".{ERASED}"
    shutil.copyfile(listed, fresh)
    fresh.chmod(0o600)
    sync(fresh)
    fresh.replace(folder / ERASED)


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def sync_folder(folder: Path) -> None:
    """Wait until a folder's names are on the disk, where it can tell."""
    with suppress(OSError):  # some file systems cannot
        sync(folder)
