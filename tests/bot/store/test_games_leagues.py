"""Leagues as they are kept: made on Mondays, once, also when nobody looked for weeks; and boards within them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store import Group, Store, connect
from bot.store.games_boards import BoardView
from bot.store.games_leagues import League

Newcomer = Callable[[str], Awaitable[Any]]
MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)


@pytest.fixture
async def group(store: Store) -> Group:
    return await store.ensure_group("local", "g", "G")


@pytest.fixture
async def fourteen(store: Store, clock: Any, group: Group, newcomer: Newcomer) -> list[Any]:
    """Members who worked in the week before Monday, the first of them most; and it is Monday."""
    everyone = [await newcomer(f"P{n:02}") for n in range(14)]
    for number, one in enumerate(everyone):
        await store.join(group.id, one.id)
        for task in range(14 - number):
            await one.submit(f"s{task}")
    clock.at = MONDAY
    return everyone


async def leagues(store: Store, group: Group, everyone: list[Any]) -> list[int]:
    found = [await store.games.league(group, one.id) for one in everyone]
    return [league.number if league else 0 for league in found]


async def rows(store: Store) -> list[dict[str, Any]]:
    return await store._read(lambda db: connect.rows(db, "SELECT * FROM league_place ORDER BY week, user_id"))


async def test_fourteen_active_members_make_two_leagues(store: Store, group: Group, fourteen: list[Any]) -> None:
    assert await leagues(store, group, fourteen) == [1] * 7 + [2] * 7
    assert await store.games.league(group, fourteen[0].id) == League(1, 2, 0)


async def test_settling_again_changes_nothing(store: Store, clock: Any, group: Group, fourteen: list[Any]) -> None:
    await leagues(store, group, fourteen)
    before = await rows(store)
    clock.forward(days=6)
    await fourteen[13].submit("late", level="hard")
    assert await leagues(store, group, fourteen) == [1] * 7 + [2] * 7
    assert await rows(store) == before


async def test_on_monday_the_best_go_up_and_the_last_down(
    store: Store, clock: Any, group: Group, fourteen: list[Any]
) -> None:
    await leagues(store, group, fourteen)
    for number, one in enumerate(fourteen):
        await one.submit("next", level="hard" if number in (13, 0) else "medium" if number != 3 else "easy")
    clock.forward(days=7)
    assert await leagues(store, group, fourteen) == [1, 1, 1, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 1]
    assert await store.games.league(group, fourteen[13].id) == League(1, 2, 1)
    assert await store.games.league(group, fourteen[3].id) == League(2, 2, -1)


async def test_weeks_nobody_looked_at_are_settled_one_by_one(
    store: Store, clock: Any, group: Group, fourteen: list[Any]
) -> None:
    await leagues(store, group, fourteen)
    for week in range(3):
        for one in fourteen:
            await one.submit(f"week {week}", level="hard" if one is fourteen[13] else "easy")
        clock.forward(days=7)
    assert (await leagues(store, group, fourteen))[13] == 1
    weeks = await store._read(lambda db: connect.rows(db, "SELECT week, leagues FROM league_week ORDER BY week"))
    assert weeks == [{"week": f"2026-03-{day}", "leagues": 2} for day in ("09", "16", "23", "30")]


async def test_after_long_silence_leagues_begin_anew(
    store: Store, clock: Any, group: Group, fourteen: list[Any]
) -> None:
    await leagues(store, group, fourteen)
    clock.forward(days=365)
    assert await leagues(store, group, fourteen) == [0] * 14
    assert not await store.games.has_leagues(group)


async def test_eleven_are_too_few(store: Store, clock: Any, group: Group, fourteen: list[Any]) -> None:
    for one in fourteen[:3]:
        await store.update_settings(one.id, board_opt_out=True)
    assert await leagues(store, group, fourteen) == [0] * 14


async def test_the_board_of_a_league_is_its_members_alone_and_renumbers(
    store: Store, group: Group, fourteen: list[Any]
) -> None:
    await leagues(store, group, fourteen)
    for number in (7, 8, 9):
        await fourteen[number].submit("next", level=("hard", "medium", "easy")[number - 7])
    await fourteen[0].submit("next", level="hard")
    board = await store.games.board(group, BoardView.LEAGUE, fourteen[9].id)
    assert [(row.rank, row.name) for row in board.rows] == [(1, "P07"), (2, "P08"), (3, "P09")]
    await store.update_settings(fourteen[7].id, board_opt_out=True)
    board = await store.games.board(group, BoardView.LEAGUE, fourteen[9].id)
    assert [(row.rank, row.name) for row in board.rows] == [(1, "P08"), (2, "P09")]


async def test_a_merger_keeps_one_place_the_higher(store: Store, group: Group, fourteen: list[Any]) -> None:
    await leagues(store, group, fourteen)
    first, last = fourteen[0], fourteen[13]
    code = await store.links.make_code(last.id, ("local", "p13"), 5)
    await store.links.link(first.id, ("local", "p00"), code, "news")
    new = await store.links.current(first.id)
    assert await store.games.league(group, new) == League(1, 2, 0)
    assert [row["league"] for row in await rows(store) if row["user_id"] in (new, first.id, last.id)] == [1]


@pytest.mark.parametrize("tz", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"])
async def test_each_week_of_a_year_has_its_own_leagues_across_changes_of_clocks(
    store: Store, clock: Any, newcomer: Newcomer, tz: str
) -> None:
    group = await store.ensure_group("local", "z", "Z", tz)
    clock.at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    for _ in range(52):
        assert not await store.games.has_leagues(group)
        clock.forward(days=7)
    weeks = await store._read(lambda db: connect.rows(db, "SELECT week FROM league_week ORDER BY week"))
    first = datetime(2026, 1, 5, tzinfo=UTC).date()
    assert [row["week"] for row in weeks] == [(first + timedelta(weeks=n)).isoformat() for n in range(52)]
