"""Boards as one member sees them: podium and neighbours, own XP in private, own progress, days; nobody twice, nobody hidden."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.boards import Placed
from bot.days import week_begins, zone_names
from bot.store import Group, SampleMember, Store, ledger
from bot.store.games_boards import BoardView, Diligent

Newcomer = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def group(store: Store) -> Group:
    return await store.ensure_group("local", "g", "G")


@pytest.fixture
async def fifteen(store: Store, group: Group, newcomer: Newcomer) -> list[Any]:
    """Members with 300, 280 … 20 XP."""
    everyone = [await newcomer(f"P{n:02}") for n in range(1, 16)]
    for number, one in enumerate(everyone):
        await store.join(group.id, one.id)
        await store._write(lambda db, one=one, n=number: enter(db, one, 300 - 20 * n))
    return everyone


def enter(db: Any, one: Any, amount: int, at: datetime | None = None) -> None:
    """Enter XP into a member's ledger."""
    when = at or one.clock()
    payment = ledger.Payment(one.id, amount, "test", "test", f"{when}{amount}", when.date(), when)
    ledger.enter(db, payment, amount)


def shown(board: Any) -> list[int]:
    return [row.rank for row in board.rows]


@pytest.mark.parametrize("view", [BoardView.WEEK, BoardView.ALL])
@pytest.mark.parametrize(
    ("place", "ranks", "full"),
    [
        (1, [1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (6, [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (8, [1, 2, 3, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (9, [1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        (15, [1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15]),
    ],
)
async def test_the_lower_half_is_ranked_on_request_only(
    store: Store, group: Group, fifteen: list[Any], view: BoardView, place: int, ranks: list[int], full: list[int]
) -> None:
    me = fifteen[place - 1].id
    board = await store.games.board(group, view, me)
    assert (shown(board), board.size, board.mine) == (ranks, 15, Placed(place, me, 320 - 20 * place))
    assert shown(await store.games.board(group, view, me, full=True)) == full


async def test_a_hidden_member_sees_their_own_xp_and_nobody_sees_them(
    store: Store, group: Group, fifteen: list[Any]
) -> None:
    await store.update_settings(fifteen[0].id, board_opt_out=True)
    board = await store.games.board(group, BoardView.WEEK, fifteen[0].id)
    assert (board.mine, board.xp, [row.name for row in board.rows]) == (None, 300, ["P02", "P03", "P04"])
    for view in BoardView:
        seen = await store.games.board(group, view, fifteen[1].id, full=True)
        assert (fifteen[0].id in [row.user_id for row in seen.rows], len(seen.rows) > 0) == (
            False,
            view in (BoardView.WEEK, BoardView.ALL),
        )
        assert [row.rank for row in seen.rows][:1] in ([1], [])


async def test_hidden_sample_and_merged_members_never_appear_twice(
    store: Store, group: Group, newcomer: Newcomer, clock: Any
) -> None:
    samples = (SampleMember("Ada", 100, (20,)),)
    await store.seed_demo_group(samples, name="G", platform="local", external_id="g")
    ann, bob, eve = [await newcomer(name) for name in ("Ann", "Bob", "Eve")]
    for number, one in enumerate((ann, bob, eve)):
        await store.join(group.id, one.id)
        await one.submit(f"s{number}")
        await one.finish_day()
    code = await store.links.make_code(ann.id, ("local", "ann"), 3)
    await store.links.link(bob.id, ("local", "bob"), code, "news")
    await store.update_settings(eve.id, board_opt_out=True)
    await store.seed_demo_group(samples, name="G", platform="local", external_id="g")
    new = await store.links.current(ann.id)
    for view in (BoardView.WEEK, BoardView.ALL):
        board = await store.games.board(group, view, new, full=True)
        assert sorted((row.name, row.sample, row.is_me) for row in board.rows) == [
            ("Ada", True, False),
            ("Ann", False, True),
        ]
    assert [one.name for one in await store.games.diligent(group, new)] == ["Ann"]


async def test_improvement_compares_with_ones_own_four_weeks(
    store: Store, clock: Any, group: Group, newcomer: Newcomer
) -> None:
    old, steady, new = [await newcomer(name) for name in ("Old", "Steady", "New")]
    for one in (old, steady, new):
        await store.join(group.id, one.id)
    week = timedelta(days=7)
    for weeks, amount in ((6, 1000), (4, 40), (2, 40), (1, 40)):
        await store._write(lambda db, w=weeks, a=amount: enter(db, old, a, clock() - w * week))
    await store._write(lambda db: enter(db, old, 50))
    for weeks in (0, 1):
        await store._write(lambda db, w=weeks: enter(db, steady, 90, clock() - w * week))
    await store._write(lambda db: enter(db, new, 500))
    board = await store.games.board(group, BoardView.IMPROVEMENT, steady.id)
    assert [(row.rank, row.name, row.xp) for row in board.rows] == [(1, "Old", 20)]  # 50 against 120 in four weeks
    assert (board.usual, board.xp) == (90, 90)
    assert (await store.games.board(group, BoardView.IMPROVEMENT, new.id)).usual is None
    await store.update_settings(old.id, board_opt_out=True)
    board = await store.games.board(group, BoardView.IMPROVEMENT, old.id)
    assert (board.rows, board.usual) == ([], 30)


async def test_days_of_the_week_come_before_streaks(store: Store, clock: Any, group: Group, newcomer: Newcomer) -> None:
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    for one in (ann, bob):
        await store.join(group.id, one.id)
    clock.at = datetime(2026, 3, 6, 12, tzinfo=UTC)  # a Friday
    for day in range(5):
        await ann.finish_day()
        if day > 2:
            await bob.finish_day()
        clock.forward(days=1)
    clock.forward(days=-1)
    assert await store.games.diligent(group, bob.id) == [
        Diligent("Ann", 2, 5, False, False),
        Diligent("Bob", 2, 2, True, False),
    ]


@pytest.mark.parametrize(
    ("tz", "monday"),
    [
        ("Europe/Paris", datetime(2026, 3, 30)),  # noqa: DTZ001 - a wall clock
        ("Europe/Paris", datetime(2026, 10, 26)),  # noqa: DTZ001 - a wall clock
        ("America/New_York", datetime(2026, 3, 9)),  # noqa: DTZ001 - a wall clock
        ("America/Santiago", datetime(2026, 9, 7)),  # noqa: DTZ001 - a wall clock
        ("Australia/Lord_Howe", datetime(2026, 4, 6)),  # noqa: DTZ001 - a wall clock
        ("Pacific/Auckland", datetime(2026, 9, 28)),  # noqa: DTZ001 - a wall clock
    ],
)
async def test_the_week_turns_at_midnight_of_the_groups_monday_after_clocks_changed(
    store: Store, clock: Any, newcomer: Newcomer, tz: str, monday: datetime
) -> None:
    group = await store.ensure_group("local", "z", "Z", tz)
    ann = await newcomer("Ann")
    await store.join(group.id, ann.id)
    turn = monday.replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)
    assert (turn - timedelta(days=7)).astimezone(ZoneInfo(tz)).utcoffset() != turn.astimezone(ZoneInfo(tz)).utcoffset()
    seen = []
    for second in (-1, 0):
        clock.at = turn + timedelta(seconds=second)
        await store._write(lambda db, n=second: enter(db, ann, 10 - n))
        seen.append((await store.games.board(group, BoardView.WEEK, ann.id)).xp)
    assert seen == [11, 10]


def test_every_instant_around_every_zones_mondays_lies_in_one_week() -> None:
    step = timedelta(minutes=30)
    for tz in zone_names()[::7]:
        begins = [week_begins(datetime(2026, 1, 7, tzinfo=UTC) + timedelta(weeks=n), tz) for n in range(53)]
        for begin, end in itertools.pairwise(begins):
            assert timedelta(days=6, hours=22) < end - begin < timedelta(days=7, hours=2)
            assert [week_begins(at, tz) for at in (begin, begin + step, end - step)] == [begin] * 3
