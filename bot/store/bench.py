"""How fast the store is on this machine, each figure beside its baseline from the same run.

Knows nothing of the shell; `epochbot bench store` prints what comes from here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from bot.store import connect
from bot.store.rows import AnswerRecord, Question
from bot.store.store import Store
from bot.store.writer import Writer

CALLERS = 50
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured value and what it is compared with."""

    name: str
    value: float
    unit: str
    baseline: float
    ratio: float


async def measure(folder: Path, *, writes: int = 10_000, answers: int = 1_000) -> list[Measure]:
    """Measure in an empty folder on the disk that matters."""
    return [await durable_writes_per_s(folder, writes), await answer_path_p99(folder, answers)]


async def durable_writes_per_s(folder: Path, writes: int) -> Measure:
    """Count rows that fifty callers, each waiting for the disk, store per second; the baseline commits every row."""
    writer = Writer(folder / "grouped.db", _table)
    await writer.start()
    took = await _timed(lambda: _share(writes, lambda number: writer.run(lambda db: _insert(db, number))))
    await writer.close()
    single = max(1, writes // 20)
    alone = await asyncio.to_thread(_row_by_row, folder / "single.db", single)
    value, baseline = writes / took, single / alone
    return Measure("durable_writes_per_s", round(value), "1/s", round(baseline), round(value / baseline, 2))


async def answer_path_p99(folder: Path, answers: int) -> Measure:
    """Find the 99th percentile of recording an answer, with XP and streak; the baseline is one row's own commit."""
    store = await Store.open(folder / "answers.db", now=lambda: AT)
    user = await store.ensure_user("bench", "1", "Bench")
    items = [(f"item {number}", "1") for number in range(answers)]
    posed = await store.pose(user.id, items, "quiz", AT.date())
    took = sorted([await _timed(partial(store.record_answer, _answer(question))) for question in posed])
    await store.close()
    one_row = await asyncio.to_thread(_row_by_row, folder / "rows.db", answers) / answers * 1000
    value = took[min(len(took) - 1, len(took) * 99 // 100)] * 1000
    return Measure("answer_path_p99", round(value, 2), "ms", round(one_row, 2), round(value / one_row, 2))


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def _share(count: int, work: Callable[[int], Awaitable[object]]) -> None:
    """Do work `count` times by callers that each wait for one before they begin the next."""

    async def caller(first: int) -> None:
        for number in range(first, count, CALLERS):
            await work(number)

    await asyncio.gather(*(caller(first) for first in range(CALLERS)))


def _table(db: Database) -> None:
    db.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, idem TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT")


def _insert(db: Database, number: int) -> int:
    return connect.insert(db, "INSERT INTO event (idem, body) VALUES (:idem, 'x')", idem=f"key {number}")


def _row_by_row(path: Path, count: int) -> float:
    db = connect.open_writer(path)
    _table(db)
    started = time.perf_counter()
    for number in range(count):
        _insert(db, number)
    took = time.perf_counter() - started
    db.close()
    return took


def _answer(question: Question) -> AnswerRecord:
    return AnswerRecord(
        idem=question.public_id,
        user_id=question.user_id,
        question_id=question.id,
        answer_text="B",
        correct=True,
        score=1.0,
        verdict="correct",
        local_day=AT.date(),
        tz="UTC",
        at=AT,
    )
