"""The rest of the upkeep, and rebuilding: whatever is damaged is found and mended, in one pass over everyone."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from bot.store import Store, StoreClosedError, connect, learning_everyone, learning_replay, rebuild
from bot.store.bench.history import EVENTS, LEARNERS, fill
from bot.store.bench_members import add_members
from tests.bot.store.conftest import Clock, Learner


@pytest.fixture
async def history(path: Path, clock: Clock) -> Store:
    """A thousand events or so, with all that follows from them worked out."""
    opened = await Store.open(path, now=clock)
    await opened.close()
    await asyncio.to_thread(fill, path, 1_000)
    opened = await Store.open(path, now=clock)
    await opened.upkeep.rebuild()
    return opened


DAMAGE = {
    "UPDATE membership SET xp = xp + 1 WHERE user_id = 1": {"membership.xp": 1},
    "UPDATE membership SET xp = 0": {"membership.xp": 4},
    "UPDATE membership SET hidden = 1": {"membership.hidden": 4},
    "UPDATE app_user SET board_opt_out = 1 WHERE id = 2": {"membership.hidden": 1},
    "DELETE FROM streak_day WHERE user_id = 1": {"streak_day": 20},
    "INSERT INTO streak_day VALUES (1, '2031-01-01')": {"streak_day": 1},
    "UPDATE streak SET best = 0 WHERE user_id = 2": {"streak": 1},
    "DELETE FROM streak": {"streak": 4},
    "INSERT INTO streak SELECT 9, 1, 1, NULL, 1 WHERE 0": {},
    "UPDATE review_state SET reps = reps + 1 WHERE user_id = 3": None,
    "DELETE FROM review_state": None,
    "UPDATE learner_skill SET rating = 0 WHERE user_id = 1 AND section = ''": {"learner_skill": 1},
    "DELETE FROM learner_skill WHERE user_id = 1 AND section = ''": {"learner_skill": 1},
    "UPDATE item_skill SET games = games + 1 WHERE item_id = (SELECT min(item_id) FROM item_skill)": {"item_skill": 1},
    "INSERT INTO item_skill VALUES ('nobody met it', 0, 1)": {"item_skill": 1},
}


@pytest.mark.parametrize("sql", DAMAGE)
async def test_damage_is_counted_and_mended(history: Store, sql: str) -> None:
    await history._write(lambda db: connect.change(db, sql))
    found = await history.rebuild_check()
    mended = await history.upkeep.rebuild()
    expected = DAMAGE[sql]
    assert mended == expected if expected is not None else mended.keys() == {"review_state"}
    assert {one.table for one in found} - {"streak"} <= set(mended), "a streak may only look wrong by its days"
    assert (await history.rebuild_check(), await history.upkeep.rebuild()) == ([], {})
    await history.close()


async def test_mending_leaves_everyone_else_as_they_were(history: Store) -> None:
    def rows(db: connect.Database) -> list[connect.Row]:
        return connect.rows(db, "SELECT * FROM review_state ORDER BY user_id, concept")

    before = await history._read(rows)
    await history._write(lambda db: connect.change(db, "UPDATE review_state SET reps = 99 WHERE user_id = 2"))
    await history.upkeep.rebuild()
    assert await history._read(rows) == before
    await history.close()


async def test_wrong_counts_of_a_large_group_are_mended(store: Store, ann: Learner) -> None:
    group = await store.ensure_group("discord", "g", "Garden")
    await store._write(lambda db: add_members(db, group.id, 50, 0))
    await store.games.count_ranks(group.id)
    await store._write(lambda db: connect.change(db, "UPDATE xp_count SET n = n + 1 WHERE xp < 5000"))
    wrong = len(await store.rebuild_check())
    assert (await store.upkeep.rebuild(), wrong > 0) == ({"xp_count": wrong}, True)
    assert await store.rebuild_check() == []


async def test_everyone_at_once_is_everyone_alone(history: Store) -> None:
    """The streaming pass, which is quick, says what living through each learner's log alone says."""

    def compare(db: connect.Database) -> int:
        seen = 0
        for one in learning_everyone.everyone(db):
            alone = learning_replay.replay(db, one.user_id)
            assert (one.lived.memories, one.lived.skills) == (alone.memories, alone.skills)
            assert one.agrees
            seen += 1
        return seen

    assert await history._read(compare) == 4
    await history.close()


async def test_who_has_projections_and_no_log_is_seen_too(store: Store, ann: Learner) -> None:
    await store._write(lambda db: connect.change(db, "INSERT INTO learner_skill VALUES (:id, '', 1.0, 3)", id=ann.id))
    (found,) = await store.rebuild_check()
    assert (found.table, found.key, found.computed) == ("learner_skill", f"user {ann.id}, overall", "None")
    assert await store.upkeep.rebuild() == {"learner_skill": 1}
    assert await store.rebuild_check() == []


async def test_a_learners_day_needs_no_mending(store: Store, ann: Learner) -> None:
    await ann.finish_day()
    assert await store.upkeep.rebuild() == {}


async def test_a_history_made_in_bulk_is_as_large_as_it_says(history: Store) -> None:
    events, learners = await history._read(lambda db: (connect.value(db, EVENTS), connect.value(db, LEARNERS)))
    assert (events >= 1_000, learners) == (True, 4)
    assert len(await history.streak_days(1)) == 20
    await history.close()


async def test_a_probe_writes_and_reads(store: Store, clock: Clock) -> None:
    clock.forward(seconds=5)
    await store.upkeep.probe()
    stored = await store._read(lambda db: connect.value(db, "SELECT value FROM meta WHERE key = 'probed_at'"))
    assert int(stored) == round(clock().timestamp() * 1000)


async def test_a_closed_store_answers_no_probe(path: Path, clock: Clock) -> None:
    store = await Store.open(path, now=clock)
    assert store.upkeep.alive
    await store.close()
    assert not store.upkeep.alive
    with pytest.raises(StoreClosedError):
        await store.upkeep.probe()


async def test_the_log_is_folded_into_the_file(store: Store, ann: Learner) -> None:
    assert store.upkeep.wal_bytes() > 0
    assert await store.upkeep.checkpoint()
    assert store.upkeep.wal_bytes() == 0
    await ann.finish_day()
    assert await store.upkeep.check() == []


async def test_optimizing_leaves_what_there_is(store: Store, ann: Learner) -> None:
    await ann.finish_day()
    await store.upkeep.optimize()
    assert (await store.upkeep.check(), await store.rebuild_check()) == ([], [])


async def test_how_upkeep_went_is_kept_by_name(store: Store, clock: Clock) -> None:
    first = clock()
    await store.upkeep.note("back up", ok=True, detail="a.sqlite3")
    clock.forward(days=1)
    await store.upkeep.note("back up", ok=False, detail="full")
    await store.upkeep.note("tidy", ok=True, detail="")
    ran = await store.upkeep.ran()
    assert [(one.name, one.ok, one.detail, one.well_at) for one in ran.values()] == [
        ("back up", False, "full", first),
        ("tidy", True, "", clock()),
    ]


async def test_the_size_counts_who_has_an_account(store: Store, ann: Learner) -> None:
    await ann.finish_day()
    assert await store.upkeep.size() == (1, 1)


def test_the_checks_of_a_streak_take_it_from_the_days_as_mended(tmp_path: Path, clock: Clock) -> None:
    """A lost day is put back before the streaks are looked at, so one pass mends both."""

    async def live() -> dict[str, int]:
        store = await Store.open(tmp_path / "x.db", now=clock)
        user = await store.ensure_user("discord", "1", "Ann")
        me = Learner(store, clock, user)
        await me.finish_day()
        clock.forward(days=1)
        await me.finish_day()
        for table in ("streak_day", "streak"):
            await store._write(lambda db, table=table: connect.change(db, f"DELETE FROM {table}"))  # noqa: S608
        mended = await store.upkeep.rebuild()
        streak = await store.streak(user.id, clock().date())
        assert (streak.current, streak.last_day) == (2, date(2026, 3, 5))
        assert await store._read(rebuild.differences) == []
        await store.close()
        return mended

    assert asyncio.run(live()) == {"streak_day": 2, "streak": 1}
