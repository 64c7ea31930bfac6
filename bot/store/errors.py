"""What can go wrong with the database, as exceptions that say what, where and what to do next.

    StoreError
    ├── StoreFullError       no room left on the disk
    ├── StoreReadOnlyError   the file or its folder cannot be written or reached
    ├── StoreBusyError       another program holds the database
    ├── StoreTooNewError     written by a later version of this program
    ├── StoreDamagedError    not a database, or a broken one
    └── StoreClosedError     used after it was closed

Whatever raises one of these was not stored; whatever was acknowledged before stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.store.engine import sqlite3


class StoreError(Exception):
    """The database cannot do what was asked; nothing of it was stored."""

    def __init__(self, what: str, where: Path | str, advice: str) -> None:
        super().__init__(f"{what} ({where}). {advice}")
        self.what, self.where, self.advice = what, str(where), advice


class StoreFullError(StoreError):
    """No room is left."""


class StoreReadOnlyError(StoreError):
    """The file or its folder cannot be written or reached."""


class StoreBusyError(StoreError):
    """Another program holds the database."""


class StoreTooNewError(StoreError):
    """A later version of this program wrote the database."""


class StoreDamagedError(StoreError):
    """The file is not a database, or a broken one."""


class StoreClosedError(StoreError):
    """The store was used after it was closed."""


_Failure = tuple[type[StoreError], str, str]
_WRITABLE = (
    "Make the file and its folder writable for this user, or set EPOCHBOT_HOME to a folder that is, and start again."
)
_ROOM = "Free some space there; what was acknowledged is safe, and writing goes on by itself once there is room."

_BY_CODE: dict[str, _Failure] = {
    "SQLITE_FULL": (StoreFullError, "The disk is full, so nothing more can be stored", _ROOM),
    "SQLITE_IOERR": (StoreFullError, "Writing to the disk failed; it may be full, over quota or faulty", _ROOM),
    "SQLITE_READONLY": (StoreReadOnlyError, "The database cannot be written", _WRITABLE),
    "SQLITE_CANTOPEN": (StoreReadOnlyError, "The database cannot be opened", _WRITABLE),
    "SQLITE_PERM": (StoreReadOnlyError, "The database cannot be opened", _WRITABLE),
    "SQLITE_BUSY": (
        StoreBusyError,
        "Another program holds the database",
        "Stop it, or wait until it is done, and try again.",
    ),
    "SQLITE_LOCKED": (
        StoreBusyError,
        "Another program holds the database",
        "Stop it, or wait until it is done, and try again.",
    ),
    "SQLITE_NOTADB": (
        StoreDamagedError,
        "The file is not an SQLite database",
        "Move it away to start with an empty one, or put a backup in its place.",
    ),
    "SQLITE_CORRUPT": (
        StoreDamagedError,
        "The database is damaged",
        "Keep a copy of it, put the latest backup in its place, and check the disk.",
    ),
}


def explain(error: sqlite3.Error, path: Path) -> StoreError | None:
    """Turn an engine error into one with advice; None when it is a fault of ours, such as a broken constraint."""
    name = str(getattr(error, "sqlite_errorname", ""))
    primary = "_".join(name.split("_")[:2])
    failure = _BY_CODE.get(primary)
    if failure is None:
        return None
    kind, what, advice = failure
    return kind(what, path, advice)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise engine errors from a block as errors with advice."""
    try:
        yield
    except sqlite3.Error as error:
        better = explain(error, path)
        if better is None:
            raise
        raise better from error


def unreachable(error: OSError, path: Path) -> StoreReadOnlyError:
    """Explain a folder that cannot be made or reached."""
    return StoreReadOnlyError(f"The database cannot be opened: {error.strerror or error}", path, _WRITABLE)


def damaged(path: Path, finding: str) -> StoreDamagedError:
    """Explain a failed integrity check."""
    _, what, advice = _BY_CODE["SQLITE_CORRUPT"]
    return StoreDamagedError(f"{what}: {finding}", path, advice)


def closed(path: Path) -> StoreClosedError:
    """Explain a call that came after the end."""
    return StoreClosedError("The store is closed", path, "Open it again before using it.")
