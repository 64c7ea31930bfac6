"""Connections: how one is opened, which pragmas it carries, and whose turn it is to write.

Every connection comes from here, through the one SQLite library sqlite-utils itself uses (two libraries on one file
would drop each other's locks). Knows nothing of tables.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from bot.store import errors
from bot.store.engine import sqlite3

OPEN_TIMEOUT_MS = 30_000  # while other processes may be creating the same file
BUSY_TIMEOUT_MS = 5_000
_TURN_POLL_S = 0.001
_TURN_POLLS = OPEN_TIMEOUT_MS

WRITER_PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "temp_store": "memory",
    "cache_size": -65_536,
    "wal_autocheckpoint": 1_000,
    "journal_size_limit": 64 * 1024 * 1024,
}

Row = dict[str, Any]
"""One row as the engine returns it; never leaves `bot.store`."""


def open_writer(path: Path) -> Database:
    """Open the connection that writes. It may be used from the thread that opened it only."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=OPEN_TIMEOUT_MS / 1000)
    db = wrap(connection)
    for pragma, value in WRITER_PRAGMAS.items():
        db.execute(f"PRAGMA {pragma} = {value}").close()
    return db


def open_reader(path: Path) -> Database:
    """Open a connection that cannot write, nor move the log into the file."""
    uri = f"file:{quote(str(path))}?mode=ro"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False
    )
    db = wrap(connection)
    db.execute("PRAGMA query_only = 1").close()
    return db


def open_observer(path: Path) -> Database:
    """Open a connection that changes nothing but, where a program died, what it left half done. Hold the turn for it."""
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_MS / 1000,
        check_same_thread=False,
    )
    db = wrap(connection)
    db.execute("PRAGMA query_only = 1").close()
    return db


def wrap(connection: sqlite3.Connection) -> Database:
    """Wrap a connection for use here: STRICT tables, and no plug-in of some other package touches it."""
    return Database(connection, execute_plugins=False, strict=True)


def _execute(db: Database, sql: str, named: dict[str, Any]) -> sqlite3.Cursor:
    try:
        return db.execute(sql, named)
    except UnicodeEncodeError:  # unpaired surrogates, which no platform should send and any may
        return db.execute(sql, {key: _encodable(item) for key, item in named.items()})


def _encodable(item: Any) -> Any:
    return item.encode("utf-8", "replace").decode("utf-8") if isinstance(item, str) else item


def rows(db: Database, sql: str, **named: object) -> list[Row]:
    """Run a statement that returns rows and fetch them all, so that nothing stays open or tied to this thread."""
    cursor = _execute(db, sql, named)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def stream(db: Database, sql: str, **named: object) -> Iterator[Row]:
    """Run a statement and give its rows one by one, for what is too much at once; use them up where it was called."""
    cursor = _execute(db, sql, named)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row)) for row in cursor)  # noqa: B905 - checking each of a million rows takes its time


def one(db: Database, sql: str, **named: object) -> Row | None:
    """Fetch the first row, or None."""
    found = rows(db, sql, **named)
    return found[0] if found else None


def value(db: Database, sql: str, **named: object) -> Any:
    """Fetch the first column of the first row, or None."""
    found = _execute(db, sql, named).fetchall()
    return found[0][0] if found else None


def change(db: Database, sql: str, **named: object) -> int:
    """Run a statement that changes rows; say how many."""
    return int(_execute(db, sql, named).rowcount)


def change_many(db: Database, sql: str, many: Iterable[dict[str, object]]) -> int:
    """Run a statement that changes rows once for each set of values; say how many rows."""
    return int(db.conn.executemany(sql, many).rowcount)


def insert(db: Database, sql: str, **named: object) -> int:
    """Insert one row; give its id."""
    cursor = _execute(db, sql, named)
    if cursor.lastrowid is None:
        raise ValueError(f"not an insert: {sql}")
    return int(cursor.lastrowid)


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Hold a write transaction from its first statement, so that nothing read in it can be stale when it writes."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.conn.in_transaction:
            db.execute("ROLLBACK")


@contextmanager
def savepoint(db: Database) -> Iterator[None]:
    """Undo only what a block did when it fails, inside a transaction that goes on."""
    db.execute("SAVEPOINT operation")
    done = False
    try:
        yield
        done = True
    finally:
        if db.conn.in_transaction:  # some errors, such as a full disk, end the whole transaction
            if not done:
                db.execute("ROLLBACK TO operation")
            db.execute("RELEASE operation")


class Presence:
    """The mark of a program that has a database open. Who puts another file in its place has to be there alone."""

    def __init__(self, path: Path, *, alone: bool = False) -> None:
        """Enter.

        Raises:
            StoreBusyError: somebody is there and we want to be alone, or somebody who wants that is there.
            OSError: the mark's file, beside the database, cannot be made.
        """
        self._file = os.open(path.with_name(path.name + "-open"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            what = "Another program has the database open" if alone else "The database is being restored"
            raise errors.StoreBusyError(what, path, "Wait until it is done, or stop it, and try again.") from None

    def close(self) -> None:
        """Leave."""
        os.close(self._file)


class Turn:
    """The right to write or checkpoint, shared by all processes on one database.

    SQLite before 3.51.3 can damage a database in WAL mode when two connections write and checkpoint at the same
    instant. Taking turns under a lock on a file beside the database makes that instant impossible. Whoever may take turns
    is present, too.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._presence = path, Presence(path)
        self._file = os.open(path.with_name(path.name + "-turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the turn for the length of a block.

        Raises:
            StoreBusyError: when another process keeps it for half a minute.
        """
        self._take()
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _take(self) -> None:
        for _ in range(_TURN_POLLS):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_TURN_POLL_S)
            else:
                return
        raise errors.StoreBusyError(
            "Another program keeps the database to itself", self._path, "Stop it and try again."
        )

    def close(self) -> None:
        """Give up the lock file for good."""
        os.close(self._file)
        self._presence.close()
