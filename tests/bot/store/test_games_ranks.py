"""Ranks in large groups: counts per number of XP say what counting everybody says, whatever happens to members."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.store import Difference, Store, connect, games, games_ranks, ledger, migrate, people, rebuild
from bot.store.bench_members import add_members
from bot.store.engine import sqlite3
from bot.store.games_boards import BoardView

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
USERS = 5
ACTS = st.lists(
    st.tuples(
        st.integers(1, USERS),
        st.sampled_from(["earn", "earn", "lose", "join", "leave", "hide", "show", "recount"]),
        st.integers(1, 3),
    ),
    max_size=40,
)


def fresh() -> Database:
    db = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    migrate.migrate(db, Path(":memory:"), migrate.scripts())
    people.ensure_group(db, "local", "g", "G", None, NOW)
    for number in range(USERS):
        people.ensure_user(db, "local", f"u{number}", f"U{number}", "UTC", NOW)
    return db


def act(db: Database, user_id: int, what: str, amount: int, key: int) -> None:
    """Do one thing to a member, as the store would."""
    match what:
        case "earn" | "lose":
            signed = amount if what == "earn" else -amount
            payment = ledger.Payment(user_id, 1, "test", "test", str(key), date(2026, 3, 4), NOW)
            ledger.enter(db, payment, signed)
        case "join":
            people.join(db, 1, user_id, NOW)
        case "leave":
            connect.change(db, "DELETE FROM membership WHERE user_id = :id", id=user_id)
        case "hide" | "show":
            people.update_settings(db, user_id, {"board_opt_out": what == "hide"}, NOW)
        case _:
            games_ranks.count(db, 1)


def counted(db: Database, user_id: int) -> int | None:
    """The rank by counting everybody."""
    mine = connect.value(
        db, "SELECT xp FROM membership WHERE user_id = :id AND hidden = 0 AND xp > 0 AND group_id = 1", id=user_id
    )
    sql = "SELECT 1 + count(*) FROM membership WHERE group_id = 1 AND hidden = 0 AND xp > :xp"
    return None if mine is None else int(connect.value(db, sql, xp=mine))


@settings(max_examples=100, deadline=None)
@given(ACTS, st.booleans())
def test_p11_rank_by_counts_is_rank_by_counting_after_any_acts(
    acts: list[tuple[int, str, int]], counted_from_the_start: bool
) -> None:
    db = fresh()
    if counted_from_the_start:
        games_ranks.count(db, 1)
    for key, (user_id, what, amount) in enumerate(acts):
        act(db, user_id, what, amount, key)
        assert list(games.differences(db)) == []
        everyone = range(1, USERS + 1)
        assert [games_ranks.rank(db, 1, one) for one in everyone] == [counted(db, one) for one in everyone]
    db.close()


def test_counts_hold_nothing_but_members_on_the_board(db: Database) -> None:
    people.ensure_group(db, "local", "g", "G", None, NOW)
    add_members(db, 1, 6, 0)
    connect.change(db, "UPDATE membership SET xp = 5 WHERE user_id <= 3")
    connect.change(db, "UPDATE membership SET hidden = 1 WHERE user_id = 1")
    connect.change(db, "UPDATE membership SET xp = 0 WHERE user_id > 4")
    games_ranks.count(db, 1)
    own = connect.value(db, "SELECT xp FROM membership WHERE user_id = 4")
    assert connect.rows(db, "SELECT xp, n FROM xp_count ORDER BY xp") == [{"xp": 5, "n": 2}, {"xp": own, "n": 1}]


def test_small_groups_are_not_counted_and_large_ones_want_to_be(db: Database) -> None:
    people.ensure_group(db, "local", "g", "G", None, NOW)
    add_members(db, 1, 9, 0)
    assert [games_ranks.wants_counts(db, 1, large) for large in (9, 10)] == [True, False]
    assert not games_ranks.is_counted(db, 1)
    games_ranks.count(db, 1)
    assert (games_ranks.is_counted(db, 1), games_ranks.wants_counts(db, 1, 9)) == (True, False)


async def test_a_large_group_is_counted_when_a_rank_is_asked_for(store: Store) -> None:
    group = await store.ensure_group("local", "g", "G")
    keys = await store._write(lambda db: add_members(db, group.id, games_ranks.LARGE, 0))
    before = [await store.rank_of(group.id, key) for key in keys[:20]]
    assert not await store._read(lambda db: games_ranks.is_counted(db, group.id))
    assert [await store.games.rank(group.id, key) for key in keys[:20]] == before
    assert await store._read(lambda db: games_ranks.is_counted(db, group.id))
    board = await store.games.board(group, BoardView.ALL, keys[0])
    assert (board.size, board.mine.rank if board.mine else None) == (games_ranks.LARGE, before[0])
    assert await store._read(lambda db: list(games.differences(db))) == []


async def test_the_rank_of_nobody_is_none(store: Store, ann: Any) -> None:
    group = await store.ensure_group("local", "g", "G")
    await store.join(group.id, ann.id)
    assert [await store.games.rank(group.id, one) for one in (ann.id, 99)] == [None, None]


@pytest.mark.parametrize(
    ("tampering", "difference"),
    [
        ("UPDATE xp_count SET n = 7", Difference("xp_count", "group 1, 20 XP", "7", "1")),
        ("DELETE FROM xp_count", Difference("xp_count", "group 1, 20 XP", "0", "1")),
        ("INSERT INTO xp_count VALUES (1, 3, 1)", Difference("xp_count", "group 1, 3 XP", "1", "0")),
    ],
)
async def test_counts_that_are_wrong_are_found_and_made_afresh(
    store: Store, ann: Any, tampering: str, difference: Difference
) -> None:
    group = await store.ensure_group("local", "g", "G")
    await store.join(group.id, ann.id)
    await store.games.count_ranks(group.id)
    await ann.submit("s")
    assert await store.rebuild_check() == []
    await store._write(lambda db: db.execute(tampering).close())
    assert await store.rebuild_check() == [difference]
    await store.games.count_ranks(group.id)
    assert await store.rebuild_check() == []


async def test_mergers_keep_the_counts(store: Store, newcomer: Callable[[str], Awaitable[Any]]) -> None:
    group = await store.ensure_group("local", "g", "G")
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    for one in (ann, bob):
        await store.join(group.id, one.id)
        await one.submit(f"s{one.id}", level="medium")
    await store.games.count_ranks(group.id)
    code = await store.links.make_code(ann.id, ("local", "ann"), 7)
    await store.links.link(bob.id, ("local", "bob"), code, "news")
    new = await store.links.current(ann.id)
    assert await store.games.rank(group.id, new) == 1
    assert [row.user_id for row in await store.leaderboard(group.id)] == [new]
    assert await store._read(rebuild.differences) == []
