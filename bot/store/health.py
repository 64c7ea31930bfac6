"""What the operator should know about the database: engine, file, settings, and each fault with its fix."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from bot.store import connect, migrate
from bot.store.connect import value
from bot.store.engine import sqlite3
from bot.store.rows import Fault, Health

LITTLE_SPACE = 256 * 1024 * 1024
NETWORK_FILESYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
)
_FIXED_BRANCHES = {(3, 44): 6, (3, 50): 7}
_SHOWN = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "wal_autocheckpoint", "recursive_triggers")


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Tell whether an SQLite version can damage a database in WAL mode with several writers.

    Affected are 3.7.0 to 3.51.2, except for 3.44.6 and 3.50.7 and what follows on those branches.
    """
    if not (3, 7, 0) <= version <= (3, 51, 2):
        return False
    fixed = _FIXED_BRANCHES.get((version[0], version[1]))
    return fixed is None or version[2] < fixed


def filesystem_of(path: Path, mounts: str) -> str:
    """Name the type of the file system a path lies on, given the text of `/proc/self/mounts`."""
    best, kind = Path("/"), "unknown"
    for line in mounts.splitlines():
        _, where, found, *_ = line.split(" ")
        point = Path(where.replace("\\040", " "))
        if path.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, found
    return kind


def read_mounts() -> str:
    """Read this system's mounts; empty where there is no such list."""
    listing = Path("/proc/self/mounts")
    return listing.read_text(encoding="utf-8", errors="replace") if listing.exists() else ""


def examine(db: Database, path: Path) -> Health:
    """Describe the database behind the writing connection, with its faults."""
    filesystem = filesystem_of(path.resolve(), read_mounts())
    free = shutil.disk_usage(path.parent).free
    return Health(
        path=str(path),
        sqlite_version=sqlite3.sqlite_version,
        sqlite_module=sqlite3.__name__,
        wal_reset_bug=has_wal_reset_bug(sqlite3.sqlite_version_info),
        filesystem=filesystem,
        size_bytes=path.stat().st_size,
        free_bytes=free,
        migrations=tuple(migrate.applied(db)),
        pragmas={name: str(value(db, f"PRAGMA {name}")) for name in _SHOWN},
        faults=tuple(_faults(db, path, filesystem, free)),
    )


def _faults(db: Database, path: Path, filesystem: str, free: int) -> Iterator[Fault]:
    finding = check_quickly(db)
    if finding != "ok":
        yield Fault(f"{path} is damaged: {finding}", "Keep a copy of it and put the latest backup in its place.")
    if filesystem in NETWORK_FILESYSTEMS:
        yield Fault(
            f"{path} lies on a network file system ({filesystem}), where locks cannot be trusted",
            "Set EPOCHBOT_HOME to a folder on a local disk and move the files there.",
        )
    if free < LITTLE_SPACE:
        yield Fault(f"only {free // 1024**2} MiB are free at {path.parent}", "Free some space, or move EPOCHBOT_HOME.")
    if not os.access(path, os.W_OK):
        yield Fault(f"{path} cannot be written", "Make it writable for this user.")


def advice_on_engine(health: Health) -> str:
    """Say in one sentence what the linked SQLite means for this database."""
    if not health.wal_reset_bug:
        return f"SQLite {health.sqlite_version} has no known fault that concerns this database."
    return (
        f"SQLite {health.sqlite_version} can damage a database that several programs write at once; this one lets its own"
        " processes take turns, so do not write to the file with other tools while it runs (reading is fine)."
    )


def check_quickly(db: Database) -> str:
    """Run the engine's quick check and give its first finding, `ok` if there is none."""
    return str(value(db, "PRAGMA quick_check(1)"))


def note_opening(db: Database, version: str, now: datetime) -> None:
    """Write down who opened the database last; also the proof that it can be written."""
    for key, text in (("opened_at", now.isoformat()), ("sqlite_version", version)):
        connect.change(
            db,
            "INSERT INTO meta (key, value) VALUES (:key, :text) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key=key,
            text=text,
        )
