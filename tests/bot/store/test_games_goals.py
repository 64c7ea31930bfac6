"""What a group reaches together: its week's XP and goal, and days on which enough of its active members did theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.goals import Together
from bot.store import Group, SampleMember, Store
from bot.store.games_goals import GoalRule

Newcomer = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def group(store: Store) -> Group:
    return await store.ensure_group("local", "g", "G")


async def members(store: Store, group: Group, newcomer: Newcomer, *names: str) -> list[Any]:
    found = [await newcomer(name) for name in names]
    for one in found:
        await store.join(group.id, one.id)
    return found


async def test_a_week_adds_up_who_is_on_the_board(store: Store, clock: Any, group: Group, newcomer: Newcomer) -> None:
    ann, bob, eve = await members(store, group, newcomer, "Ann", "Bob", "Eve")
    for one in (ann, bob, eve):
        await one.submit("s")
    assert await store.games.together(group) == Together(60, 100, 1, 60)
    await store.update_settings(eve.id, board_opt_out=True)
    assert (await store.games.together(group)).xp == 40  # nobody can subtract what a hidden member has
    clock.forward(days=7)
    await ann.submit("t", level="hard")
    assert (await store.games.together(group)).xp == 80


async def test_invented_members_add_nothing(store: Store, newcomer: Newcomer) -> None:
    group = await store.seed_demo_group((SampleMember("Ada", 200, (20, 30)),))
    (ann,) = await members(store, group, newcomer, "Ann")
    await ann.submit("s")
    assert await store.games.together(group) == Together(20, 100, 1, 60)


async def test_the_usual_goal_follows_who_was_active_the_week_before(
    store: Store, clock: Any, group: Group, newcomer: Newcomer
) -> None:
    everyone = await members(store, group, newcomer, *"ABCDEF")
    for one in everyone:
        await one.submit("s")
    assert (await store.games.together(group)).goal == 100  # nobody was here last week
    clock.forward(days=7)
    assert (await store.games.together(group)).goal == 250
    await store.games.set_goal_rule(group.id, GoalRule(weekly_xp=600, streak_share=80))
    together = await store.games.together(group)
    assert (together.goal, together.share) == (600, 80)
    await store.games.set_goal_rule(group.id, GoalRule())
    assert (await store.games.together(group)).goal == 250


async def test_a_day_counts_from_sixty_per_cent_of_the_active_on(
    store: Store, clock: Any, group: Group, newcomer: Newcomer
) -> None:
    everyone = await members(store, group, newcomer, *"ABCDE")
    idle = await members(store, group, newcomer, "Idle", "Away")
    streaks = []
    for day in range(6):
        if day == 3:
            clock.forward(days=-1)  # once more on a day: nothing changes
        for one in everyone if day == 0 else everyone[:3]:
            await one.submit(f"s{day}")
        streaks.append((await store.games.together(group)).streak)
        clock.forward(days=1)
    assert streaks == [1, 2, 3, 3, 4, 5]
    assert (await store.games.together(group)).streak == 5  # today is not over
    clock.forward(days=1)
    assert (await store.games.together(group)).streak == 0
    assert len(idle) == 2


async def test_trying_makes_active_and_only_a_whole_day_counts(
    store: Store, clock: Any, group: Group, newcomer: Newcomer
) -> None:
    ann, bob = await members(store, group, newcomer, "Ann", "Bob")
    await ann.submit("s")
    assert (await store.games.together(group)).streak == 1
    await bob.submit("s", "wrong")
    assert (await store.games.together(group)).streak == 0  # one of two is less than sixty per cent
    await store.games.set_goal_rule(group.id, GoalRule(streak_share=50))
    assert (await store.games.together(group)).streak == 1


async def test_days_before_somebody_joined_are_not_theirs_to_break(
    store: Store, clock: Any, group: Group, newcomer: Newcomer
) -> None:
    (ann,) = await members(store, group, newcomer, "Ann")
    bob = await newcomer("Bob")
    for day in range(4):
        await ann.submit(f"s{day}")
        await bob.submit(f"x{day}", "wrong")
        clock.forward(days=1)
    clock.forward(hours=6)
    await store.join(group.id, bob.id)
    assert (await store.games.together(group)).streak == 4


async def test_a_long_streak_is_read_over_months(store: Store, clock: Any, group: Group, newcomer: Newcomer) -> None:
    (ann,) = await members(store, group, newcomer, "Ann")
    for day in range(65):
        await ann.submit(f"s{day}")
        clock.forward(days=1)
    assert (await store.games.together(group)).streak == 65


async def test_a_day_of_amnesty_neither_counts_nor_breaks(
    store: Store, clock: Any, group: Group, newcomer: Newcomer
) -> None:
    (ann,) = await members(store, group, newcomer, "Ann")
    await ann.submit("a")
    clock.forward(days=2)
    await ann.submit("b")
    assert (await store.games.together(group)).streak == 1
    await store.streaks.declare_amnesty(group.id, clock().date() - timedelta(days=1), "down", ann.id)
    assert (await store.games.together(group)).streak == 2


async def test_each_counts_on_their_own_calendar(store: Store, clock: Any, group: Group, newcomer: Newcomer) -> None:
    ann, bob = await members(store, group, newcomer, "Ann", "Bob")
    await store.update_settings(bob.id, tz="Pacific/Auckland")
    bob.user = await store.user(bob.id)
    clock.at = datetime(2026, 3, 4, 9, tzinfo=UTC)
    await ann.submit("s")
    await bob.submit("s")
    assert (await store.games.together(group)).streak == 1
