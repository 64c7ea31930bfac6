"""The schema's history: numbered SQL files, each applied once, in one transaction with the note that it was.

A file here is never edited after a release; a change is a new file. Knows nothing of what the tables mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from sqlite_utils import Database, Migrations

from bot.store import connect
from bot.store.engine import sqlite3
from bot.store.errors import StoreTooNewError

SET_NAME = "epochbot"


def statements(script: str) -> Iterator[str]:
    """Split a script into statements; triggers keep the semicolons inside them.

    `executescript` would do it, but commits the open transaction first.
    """
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if any(line.strip() and not line.lstrip().startswith("--") for line in pending.splitlines()):
        raise ValueError(f"a migration ends inside a statement: {pending.strip()[:80]}")


def scripts() -> dict[str, str]:
    """Read the migrations: name to SQL, in order."""
    folder = resources.files("bot.store") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return {file.name.removesuffix(".sql"): file.read_text(encoding="utf-8") for file in files}


def build(known: dict[str, str]) -> Migrations:
    """Register each script with sqlite-utils under its file's name."""
    migrations = Migrations(SET_NAME)
    for name, script in known.items():
        migrations(name=name)(_Script(name, script))
    return migrations


class _Script:
    """One migration, in the shape sqlite-utils calls."""

    def __init__(self, name: str, script: str) -> None:
        self.__name__ = name
        self._script = script

    def __call__(self, db: Database, /) -> None:
        for statement in statements(self._script):
            db.execute(statement)


def applied(db: Database) -> list[str]:
    """Name the migrations a database has, oldest first."""
    return [migration.name for migration in Migrations(SET_NAME).applied(db)]


def migrate(db: Database, path: Path, known: dict[str, str]) -> list[str]:
    """Bring a database up to date and name what was applied.

    It all happens under one write lock taken at the start, so of several processes that open a new file at once one
    creates the tables and the others find them.

    Raises:
        StoreTooNewError: when the database has migrations this program does not know.
    """
    with connect.transaction(db):
        before = applied(db)
        unknown = sorted(set(before) - set(known))
        if unknown:
            raise StoreTooNewError(
                f"The database was written by a later version of this program (it has {unknown[-1]})",
                path,
                "Update the program, or set EPOCHBOT_HOME to another folder to start with an empty database.",
            )
        build(known).apply(db)
        return [name for name in applied(db) if name not in before]
