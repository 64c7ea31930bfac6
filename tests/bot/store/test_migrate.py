"""The schema's history: applied once, in order, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.store import StoreTooNewError, connect, migrate
from bot.store.engine import sqlite3

HERE = Path("here.db")


@pytest.fixture
def empty() -> Database:
    return connect.wrap(sqlite3.connect(":memory:", isolation_level=None))


def tables(db: Database) -> set[str]:
    return {name for name in db.table_names() if not name.startswith("_")}


def test_statements_keep_triggers_whole_and_drop_nothing() -> None:
    script = (
        "-- first\nCREATE TABLE a (n);\nCREATE TRIGGER t BEFORE UPDATE ON a\nBEGIN SELECT 1; SELECT 2; END;\n-- end\n"
    )
    assert list(migrate.statements(script)) == [
        "-- first\nCREATE TABLE a (n);",
        "CREATE TRIGGER t BEFORE UPDATE ON a\nBEGIN SELECT 1; SELECT 2; END;",
    ]


def test_script_that_ends_inside_a_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="inside a statement"):
        list(migrate.statements("CREATE TABLE a (n);\nCREATE TABLE b (n)"))


def test_scripts_are_numbered_without_gaps() -> None:
    assert [int(name[:4]) for name in migrate.scripts()] == list(range(1, len(migrate.scripts()) + 1))


def test_migrations_apply_once(empty: Database) -> None:
    known = {"0001_a": "CREATE TABLE a (n);", "0002_b": "CREATE TABLE b (n);"}
    assert migrate.migrate(empty, HERE, known) == ["0001_a", "0002_b"]
    assert migrate.migrate(empty, HERE, known) == []
    assert migrate.applied(empty) == ["0001_a", "0002_b"]


def test_older_database_gets_only_what_it_lacks(empty: Database) -> None:
    migrate.migrate(empty, HERE, {"0001_a": "CREATE TABLE a (n);"})
    assert migrate.migrate(empty, HERE, {"0001_a": "", "0002_b": "CREATE TABLE b (n);"}) == ["0002_b"]
    assert tables(empty) == {"a", "b"}


def test_failing_migration_leaves_nothing(empty: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        migrate.migrate(empty, HERE, {"0001_a": "CREATE TABLE a (n);", "0002_b": "CREATE TABLE a (n);"})
    assert tables(empty) == set()
    assert migrate.applied(empty) == []


def test_unknown_migration_is_refused_before_anything_is_done(empty: Database) -> None:
    migrate.migrate(empty, HERE, {"0001_a": "CREATE TABLE a (n);", "0002_later": "CREATE TABLE b (n);"})
    with pytest.raises(StoreTooNewError, match="0002_later"):
        migrate.migrate(empty, HERE, {"0001_a": "", "0001_b": "CREATE TABLE c (n);"})
    assert tables(empty) == {"a", "b"}


def test_every_table_is_strict(db: Database) -> None:
    ours = [name for name in tables(db) if not name.startswith("sqlite_")]
    loose = [name for name in ours if not db.table(name).strict]
    assert loose == []


def test_foreign_keys_hold(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        db.execute("INSERT INTO membership (group_id, user_id, joined_at) VALUES (1, 1, 0)")
