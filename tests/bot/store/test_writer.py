"""The writer thread: many callers, one commit; who fails, fails alone; nothing is answered before it is durable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.store import StoreBusyError, StoreClosedError, StoreError, StoreFullError, connect
from bot.store.engine import sqlite3
from bot.store.writer import Writer

ROOM = "Free some space there; what was acknowledged is safe, and writing goes on by itself once there is room."


def prepare(db: Database) -> None:
    db.execute("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, body BLOB) STRICT")


@pytest.fixture
async def writer(path: Path) -> AsyncIterator[Writer]:
    opened = Writer(path, prepare)
    await opened.start()
    yield opened
    await opened.close()


def add(number: int, size: int = 0) -> Callable[[Database], int]:
    def operation(db: Database) -> int:
        return connect.insert(db, "INSERT INTO t (n, body) VALUES (:n, zeroblob(:size))", n=number, size=size)

    return operation


def stored(path: Path) -> list[int]:
    """What another program sees in the file."""
    reader = connect.open_reader(path)
    found = [row["n"] for row in connect.rows(reader, "SELECT n FROM t ORDER BY n")]
    reader.close()
    return found


def count_commits(db: Database) -> list[str]:
    """Note every statement of the writer's connection from now on."""
    seen: list[str] = []
    db.conn.set_trace_callback(seen.append)
    return seen


async def test_answered_write_is_in_the_file(writer: Writer, path: Path) -> None:
    assert await writer.run(add(1)) == 1
    assert stored(path) == [1]


async def test_many_callers_share_few_commits(writer: Writer, path: Path) -> None:
    seen = await writer.run(count_commits)
    await asyncio.gather(*(writer.run(add(number)) for number in range(500)))
    assert stored(path) == list(range(500))
    assert seen.count("COMMIT") <= 25
    assert seen.count("BEGIN IMMEDIATE") == seen.count("COMMIT") - 1  # the first began before we looked


async def test_operations_run_in_the_order_they_came(writer: Writer) -> None:
    order: list[int] = []
    await asyncio.gather(*(writer.run(lambda _, n=n: order.append(n)) for n in range(300)))  # type: ignore[misc]  # n is bound early
    assert order == list(range(300))


async def test_failing_operation_fails_alone(writer: Writer, path: Path) -> None:
    results = await asyncio.gather(
        writer.run(add(1)), writer.run(add(1)), writer.run(lambda _: 1 // 0), writer.run(add(2)), return_exceptions=True
    )
    assert [type(result) for result in results] == [int, sqlite3.IntegrityError, ZeroDivisionError, int]
    assert stored(path) == [1, 2]


async def test_half_done_operation_leaves_nothing(writer: Writer, path: Path) -> None:
    def half(db: Database) -> None:
        add(7)(db)
        raise LookupError("the second half is missing")

    with pytest.raises(LookupError, match="second half"):
        await writer.run(half)
    assert stored(path) == []


async def test_caller_that_goes_away_does_not_stop_the_others(writer: Writer, path: Path) -> None:
    impatient = asyncio.ensure_future(writer.run(add(1)))
    patient = asyncio.ensure_future(writer.run(add(2)))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 2
    assert impatient.cancelled()
    assert stored(path) == [1, 2]


async def test_closing_finishes_what_is_queued(path: Path) -> None:
    writer = Writer(path, prepare)
    await writer.start()
    waiting = [asyncio.ensure_future(writer.run(add(number))) for number in range(1000)]
    await asyncio.sleep(0)
    await writer.close()
    assert await asyncio.gather(*waiting) == list(range(1000))
    assert stored(path) == list(range(1000))


async def test_closing_folds_the_log_into_the_file(path: Path) -> None:
    writer = Writer(path, prepare)
    await writer.start()
    await writer.run(add(1))
    await writer.close()
    await writer.close()
    assert not path.with_name(path.name + "-wal").exists()


async def test_closed_writer_says_so(writer: Writer) -> None:
    await writer.close()
    with pytest.raises(StoreClosedError, match="closed"):
        await writer.run(add(1))


async def test_failing_preparation_fails_the_start(path: Path) -> None:
    writer = Writer(path, lambda _: 1 // 0 and None)
    with pytest.raises(ZeroDivisionError):
        await writer.start()
    again = Writer(path, prepare)
    await again.start()  # nothing is left locked
    await again.close()


async def limit(writer: Writer, pages: int) -> None:
    """Let the file grow by so many pages and no more, as a full disk would."""

    def cap(db: Database) -> None:
        connect.value(db, f"PRAGMA max_page_count = {connect.value(db, 'PRAGMA page_count') + pages}")

    await writer.run(cap)


async def test_full_database_is_a_clear_error_and_loses_nothing_acknowledged(writer: Writer, path: Path) -> None:
    await limit(writer, 40)
    results = await asyncio.gather(*(writer.run(add(n, 4000)) for n in range(100)), return_exceptions=True)
    kept = [result for result in results if isinstance(result, int)]
    refused = {str(result) for result in results if not isinstance(result, int)}
    assert stored(path) == sorted(kept)
    assert 30 <= len(kept) <= 40
    assert refused == {f"The disk is full, so nothing more can be stored ({path}). {ROOM}"}


async def test_small_writes_fit_beside_one_that_does_not(writer: Writer, path: Path) -> None:
    await limit(writer, 40)
    results = await asyncio.gather(
        writer.run(add(1)), writer.run(add(2, 1_000_000)), writer.run(add(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [int, StoreFullError, int]
    assert stored(path) == [1, 3]


async def test_writing_goes_on_when_there_is_room_again(writer: Writer, path: Path) -> None:
    await limit(writer, 4)
    with pytest.raises(StoreFullError):
        await writer.run(add(1, 1_000_000))
    await limit(writer, 1000)
    await writer.run(add(2, 1_000_000))
    assert stored(path) == [2]


async def test_other_programs_lock_is_a_clear_error_and_passes(writer: Writer, path: Path) -> None:
    def impatient(db: Database) -> None:
        db.execute("PRAGMA busy_timeout = 50").close()

    await writer.run(impatient)
    other = connect.open_writer(path)
    with connect.transaction(other), pytest.raises(StoreBusyError, match="Another program holds the database"):
        await writer.run(add(1))
    other.close()
    assert await writer.run(add(1)) == 1


async def test_two_writers_take_turns(path: Path) -> None:
    writers = [Writer(path, prepare) for _ in range(2)]
    await asyncio.gather(*(one.start() for one in writers))
    started = time.monotonic()
    await asyncio.gather(*(writers[n % 2].run(add(n)) for n in range(400)))
    assert time.monotonic() - started < 20
    await asyncio.gather(*(one.close() for one in writers))
    assert stored(path) == list(range(400))


async def test_store_errors_say_what_where_and_what_next(writer: Writer, path: Path) -> None:
    await writer.close()
    with pytest.raises(StoreError) as caught:
        await writer.run(add(1))
    error = caught.value
    assert (error.what, error.where, error.advice) == (
        "The store is closed",
        str(path),
        "Open it again before using it.",
    )
