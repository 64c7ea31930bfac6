"""A history of a million events: projections worked out afresh from it, and its backup while somebody writes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bot.store import connect, learning_replay, rebuild
from bot.store import upkeep_backup as backups
from bot.store.bench.history import EVENTS, LEARNERS, fill
from bot.store.bench.measure import AT, Measure, Say, Sizes, figure
from bot.store.connect import change, rows, value
from bot.store.store import Store

SAMPLE = 50  # learners of whom the baseline is worked out, learner by learner
_PROJECTIONS = ("review_state", "learner_skill", "item_skill", "streak_day", "streak")


async def measure(folder: Path, sizes: Sizes, say: Say) -> list[Measure]:
    """Measure on one history."""
    path = folder / "history.db"
    store = await Store.open(path, now=lambda: AT)
    await store.close()
    await asyncio.to_thread(fill, path, sizes.events)
    say("working everything out afresh")
    rebuilt = await asyncio.to_thread(_rebuild, path)
    say("backing it up")
    return [rebuilt, *await _back_up(path, folder)]


def _rebuild(path: Path) -> Measure:
    """Work all projections out from nothing, in one durable transaction; the baseline goes learner by learner, scaled up.

    Raises:
        RuntimeError: what came out does not agree with the logs.
    """
    db = connect.open_writer(path)
    try:
        with connect.transaction(db):
            for table in _PROJECTIONS:
                change(db, f"DELETE FROM {table}")  # noqa: S608 - one of our own names
        started = time.perf_counter()
        with connect.transaction(db):
            rebuild.repair(db)
        took = time.perf_counter() - started
        if wrong := rebuild.differences(db):
            raise RuntimeError(f"a rebuilt history does not agree with its logs: {wrong[0]}")
        events, learners = value(db, EVENTS), value(db, LEARNERS)
        some = rows(db, "SELECT DISTINCT user_id FROM attempt LIMIT :sample", sample=SAMPLE)
        began = time.perf_counter()
        with connect.transaction(db):
            for row in some:
                learning_replay.rebuild(db, row["user_id"])
        single = (time.perf_counter() - began) / len(some) * learners
    finally:
        db.close()
    note = f"{events:,} events of {learners:,} learners, from nothing; the baseline mends memories alone, learner by learner"
    return figure("rebuild_1m", took, "s", single, note)


async def _back_up(path: Path, folder: Path) -> list[Measure]:
    """Time a copy, and the longest wait of who writes meanwhile; the baselines are VACUUM INTO and the same with no copy under way."""
    store = await Store.open(path, now=lambda: AT)
    try:
        copying = asyncio.create_task(asyncio.to_thread(backups.copy, path, folder / "copy.db"))
        during = await _longest_wait(store, copying)
        seconds = await copying
        quiet = await _longest_wait(store, asyncio.create_task(asyncio.sleep(max(seconds, 0.2))))
        size = (folder / "copy.db").stat().st_size
        if findings := await asyncio.to_thread(backups.examine, folder / "copy.db"):
            raise RuntimeError(f"the copy is damaged: {findings[0]}")
        vacuum = await asyncio.to_thread(_vacuum, path, folder / "vacuum.db")
    finally:
        await store.close()
    note = f"{size / 1024**2:,.0f} MiB, on the disk; the baseline is VACUUM INTO"
    return [
        figure("backup_1m", seconds, "s", vacuum, note),
        figure(
            "backup_stall",
            during * 1000,
            "ms",
            quiet * 1000,
            "longest wait of a durable write; the baseline is without a copy",
        ),
    ]


async def _longest_wait(store: Store, until: asyncio.Task[object]) -> float:
    """Write one after the other until something is done; say how long the slowest took, in seconds."""
    longest, number = 0.0, 0
    while number == 0 or not until.done():
        started = time.perf_counter()
        await store.upkeep.probe()
        longest, number = max(longest, time.perf_counter() - started), number + 1
    return longest


def _vacuum(path: Path, target: Path) -> float:
    started = time.perf_counter()
    db = connect.open_reader(path)
    db.execute("PRAGMA query_only = 0")
    db.execute("VACUUM INTO :target", {"target": str(target)})
    db.close()
    backups.sync(target)
    return time.perf_counter() - started
