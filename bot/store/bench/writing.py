"""Durable writes by many callers at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlite_utils import Database

from bot.store import connect
from bot.store.bench import other
from bot.store.bench.measure import Measure, Sizes, figure, timed
from bot.store.writer import Writer

SHARE = 20  # the baseline writes a twentieth of the rows, which is enough to know


async def durable_writes_per_s(folder: Path, sizes: Sizes) -> Measure:
    """Count the rows that callers, each waiting for the disk, store per second; the baseline is aiosqlite, a commit each."""
    writer = Writer(folder / "grouped.db", _table)
    await writer.start()
    took = await timed(lambda: _share(sizes, lambda number: writer.run(lambda db: _insert(db, number))))
    await writer.close()
    theirs = await other.ask(folder / "single.db", max(sizes.callers, sizes.writes // SHARE), sizes.callers)
    note = f"{sizes.callers} callers; the baseline is aiosqlite with a commit per row"
    return figure("durable_writes_per_s", sizes.writes / took, "1/s", theirs["per_s"], note, more_is_better=True)


async def _share(sizes: Sizes, work: Callable[[int], Awaitable[object]]) -> None:
    """Do work by callers that each wait for one before they begin the next."""

    async def caller(first: int) -> None:
        for number in range(first, sizes.writes, sizes.callers):
            await work(number)

    await asyncio.gather(*(caller(first) for first in range(sizes.callers)))


def _table(db: Database) -> None:
    db.execute(other.TABLE)


def _insert(db: Database, number: int) -> int:
    return connect.insert(db, "INSERT INTO event (idem, body) VALUES (:idem, 'x')", idem=f"key {number}")
