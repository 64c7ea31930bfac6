"""The rank of one member among very many."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from bot.store import bench_members, connect
from bot.store.bench.measure import AT, Measure, figure, percentile, timed
from bot.store.codec import to_ms
from bot.store.connect import value
from bot.store.store import Store

_COUNTED = """SELECT 1 + count(*) FROM membership WHERE group_id = :group_id AND hidden = 0 AND xp >
(SELECT xp FROM membership WHERE group_id = :group_id AND user_id = :user_id)"""
BASELINES = 10  # of them; each takes many times as long


async def rank(folder: Path, name: str, members: int, ranks: int) -> Measure:
    """Find the 99th percentile of reading a rank; the baseline counts everybody ahead."""
    path = folder / f"{name}.db"
    store = await Store.open(path, now=lambda: AT)
    group = await store.ensure_group("bench", "1", "Bench")
    await store.close()
    db = connect.open_writer(path)
    with connect.transaction(db):
        ids = bench_members.add_members(db, group.id, members, to_ms(AT))
    db.close()
    store = await Store.open(path, now=lambda: AT)
    some = [ids[number * len(ids) // ranks] for number in range(ranks)]
    await store.games.rank(group.id, some[0])  # where a group has grown large its counts are made once
    took = [await timed(partial(store.games.rank, group.id, one)) for one in some]
    await store.close()
    note = f"99th percentile of {ranks} among {members:,}, thread and all; the baseline counts who is ahead"
    return figure(name, percentile(took, 99) * 1000, "ms", _baseline(path, group.id, some) * 1000, note)


def _baseline(path: Path, group_id: int, some: list[int]) -> float:
    db = connect.open_reader(path)
    took = sorted(_one(db, group_id, user_id) for user_id in some[:: max(1, len(some) // BASELINES)])
    db.close()
    return percentile(took, 99)


def _one(db: Database, group_id: int, user_id: int) -> float:
    started = time.perf_counter()
    value(db, _COUNTED, group_id=group_id, user_id=user_id)
    return time.perf_counter() - started
