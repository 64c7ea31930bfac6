"""What the engine and sqlite-utils do that would surprise, each pinned down, with what we do instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlite_utils.utils
from sqlite_utils import Database
from sqlite_utils.db import TransactionError

from bot.store import connect, engine, migrate
from bot.store.engine import sqlite3


@pytest.fixture
def writer(path: Path) -> Iterator[Database]:
    opened = connect.open_writer(path)
    opened.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT")
    yield opened
    opened.close()


@pytest.fixture
def plain(path: Path, writer: Database) -> Iterator[Database]:
    """A connection as sqlite-utils opens it by itself."""
    opened = Database(path)
    opened.execute("PRAGMA busy_timeout = 100").close()
    yield opened
    opened.close()


def write_what_was_read_before(mine: Database, other: Database) -> None:
    mine.execute("SELECT count(*) FROM t").fetchall()
    other.execute("INSERT INTO t (n) VALUES (1)")
    mine.execute("INSERT INTO t (n) VALUES (2)")


def insert_and_fail(db: Database) -> None:
    db.execute("INSERT INTO t (n) VALUES (9)")
    raise ZeroDivisionError


def test_there_is_one_sqlite_library_in_the_process() -> None:
    assert engine.sqlite3 is sqlite_utils.utils.sqlite3


def test_insert_returning_through_execute_leaves_a_transaction_open_but_not_on_our_connections(
    plain: Database, writer: Database
) -> None:
    plain.execute("INSERT INTO t (n) VALUES (1) RETURNING id").fetchall()
    assert plain.conn.in_transaction
    plain.conn.rollback()
    assert connect.rows(writer, "INSERT INTO t (n) VALUES (:n) RETURNING n", n=2) == [{"n": 2}]
    assert not writer.conn.in_transaction


def test_atomic_reads_then_fails_to_write_where_our_transaction_waits_its_turn(
    plain: Database, writer: Database
) -> None:
    with pytest.raises(sqlite3.OperationalError, match="locked"), plain.atomic():
        write_what_was_read_before(plain, writer)
    with connect.transaction(plain):
        assert connect.value(plain, "SELECT count(*) FROM t") == 1
        writer.execute("PRAGMA busy_timeout = 10").close()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.execute("INSERT INTO t (n) VALUES (3)")
        connect.insert(plain, "INSERT INTO t (n) VALUES (:n)", n=2)
    assert connect.rows(writer, "SELECT n FROM t") == [{"n": 1}, {"n": 2}]


def test_atomic_inside_our_transaction_is_only_a_savepoint(writer: Database) -> None:
    with connect.transaction(writer):
        with writer.atomic():
            writer.execute("INSERT INTO t (n) VALUES (1)")
        assert writer.conn.in_transaction


def test_foreign_keys_and_the_rest_are_off_by_default_and_set_on_ours(plain: Database, writer: Database) -> None:
    names = ("foreign_keys", "synchronous", "journal_mode", "recursive_triggers", "wal_autocheckpoint")
    assert connect.value(plain, "PRAGMA foreign_keys") == 0
    assert [connect.value(writer, f"PRAGMA {name}") for name in names] == [1, 2, "wal", 1, 1000]


def test_transform_refuses_a_transaction_where_foreign_keys_act(writer: Database) -> None:
    writer.execute("CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id) ON DELETE CASCADE) STRICT")
    with pytest.raises(TransactionError), connect.transaction(writer):
        writer.table("t").transform(rename={"n": "m"})


def test_executescript_commits_what_is_open_and_statements_do_not(writer: Database) -> None:
    writer.execute("BEGIN IMMEDIATE")
    writer.conn.executescript("CREATE TABLE a (id INTEGER);")
    assert not writer.conn.in_transaction
    with connect.transaction(writer):
        for statement in migrate.statements("CREATE TABLE b (id INTEGER);\nCREATE TABLE c (id INTEGER);\n"):
            writer.execute(statement)
        assert writer.conn.in_transaction


def test_query_is_lazy_and_our_rows_are_not(writer: Database) -> None:
    lazy = writer.query("SELECT 1 AS one")
    assert not isinstance(lazy, list)
    assert connect.rows(writer, "SELECT 1 AS one") == [{"one": 1}]


@pytest.mark.skipif(not hasattr(sqlite3, "LEGACY_TRANSACTION_CONTROL"), reason="the modes came with Python 3.12")
def test_newer_connection_modes_are_refused_by_sqlite_utils(path: Path) -> None:
    connection = sqlite3.connect(path, autocommit=True)  # type: ignore[call-arg]  # not before Python 3.12
    with pytest.raises(TransactionError):
        Database(connection)
    connection.close()


def test_reader_cannot_write(path: Path, writer: Database) -> None:
    reader = connect.open_reader(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("INSERT INTO t (n) VALUES (1)")
    reader.close()


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "what?.db", "läs#.db"])
def test_reader_opens_files_of_any_name(tmp_path: Path, name: str) -> None:
    writer = connect.open_writer(tmp_path / name)
    writer.execute("CREATE TABLE t (n INTEGER)")
    reader = connect.open_reader(tmp_path / name)
    assert connect.value(reader, "SELECT count(*) FROM t") == 0
    reader.close()
    writer.close()


def test_failed_block_undoes_only_itself(writer: Database) -> None:
    with connect.transaction(writer):
        writer.execute("INSERT INTO t (n) VALUES (1)")
        with pytest.raises(ZeroDivisionError), connect.savepoint(writer):
            insert_and_fail(writer)
    assert connect.value(writer, "SELECT count(*) FROM t") == 1


def test_failed_transaction_leaves_nothing(writer: Database) -> None:
    with pytest.raises(ZeroDivisionError), connect.transaction(writer):
        insert_and_fail(writer)
    assert (connect.value(writer, "SELECT count(*) FROM t"), writer.conn.in_transaction) == (0, False)
