"""Learners, settings, groups: found again, changed by the rules, and never doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.days import DayRule, RuleChange, TooSoon
from bot.store import Group, Store, User
from bot.streaks import DayKind


async def test_newcomer_starts_with_the_defaults(store: Store) -> None:
    assert await store.ensure_user("local", "ann", " Ann\n ") == User(1, "Ann", DayRule("UTC", 3))


async def test_same_account_is_the_same_learner_under_a_new_name(store: Store) -> None:
    await store.ensure_user("local", "ann", "Ann")
    renamed = await store.ensure_user("local", "ann", "Anna")
    assert (renamed.id, renamed.name) == (1, "Anna")
    assert await store.user(1) == renamed


async def test_accounts_of_two_platforms_are_two_learners(store: Store) -> None:
    users = [await store.ensure_user(platform, "1", "Ann") for platform in ("discord", "slack")]
    assert [user.id for user in users] == [1, 2]


async def test_arriving_twice_at_once_makes_one_learner(store: Store) -> None:
    users = await asyncio.gather(*(store.ensure_user("local", "ann", "Ann") for _ in range(20)))
    assert {user.id for user in users} == {1}


async def test_unknown_learner_or_group_is_not_found(store: Store) -> None:
    with pytest.raises(LookupError, match="no user 9"):
        await store.user(9)
    with pytest.raises(LookupError, match="no group 9"):
        await store.group(9)


async def test_settings_are_kept(store: Store, ann: Any) -> None:
    changed = await store.update_settings(ann.id, track="ml", path="engineer", board_name="Owl", board_opt_out=True)
    assert changed == User(ann.id, "Ann", DayRule(), None, "ml", "engineer", "Owl", board_opt_out=True)
    assert await store.user(ann.id) == changed


async def test_one_setting_leaves_the_others(store: Store, ann: Any) -> None:
    before = await store.update_settings(ann.id, path="engineer", board_name="Owl")
    after = await store.update_settings(ann.id, path="")
    assert isinstance(before, User)
    assert after == User(ann.id, "Ann", DayRule(), board_name="Owl")


async def test_setting_that_does_not_exist_is_a_fault_of_the_caller(store: Store, ann: Any) -> None:
    with pytest.raises(ValueError, match="not a setting: colour"):
        await store.update_settings(ann.id, colour="red")


async def test_newcomers_zone_begins_at_once_and_as_often_as_they_like(store: Store, ann: Any) -> None:
    for tz in ("Europe/Paris", "Asia/Tokyo", "America/New_York"):
        changed = await store.update_settings(ann.id, tz=tz)
        assert isinstance(changed, User)
        assert (changed.tz, changed.pending) == (tz, None)


async def test_zone_of_somebody_who_has_answered_begins_with_their_next_day(store: Store, ann: Any, clock: Any) -> None:
    await ann.finish_day()
    turn = datetime(2026, 3, 5, 3, tzinfo=UTC)
    changed = await store.update_settings(ann.id, tz="Asia/Tokyo", day_start=5)
    assert changed == User(ann.id, "Ann", DayRule(), RuleChange(DayRule("Asia/Tokyo", 5), turn))
    clock.at = turn - timedelta(milliseconds=1)
    assert (await store.user(ann.id)).tz == "UTC"
    clock.at = turn
    assert await store.user(ann.id) == User(ann.id, "Ann", DayRule("Asia/Tokyo", 5))


async def test_second_change_of_zone_has_to_wait_and_changes_nothing_else(store: Store, ann: Any, clock: Any) -> None:
    await ann.finish_day()
    await store.update_settings(ann.id, tz="Asia/Tokyo")
    clock.forward(hours=16)  # it has begun, and 24 hours have not passed
    refused = await store.update_settings(ann.id, tz="Europe/Paris", board_name="Owl")
    assert isinstance(refused, TooSoon)
    assert refused.allowed_at == datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert (await store.user(ann.id)).board_name == ""
    clock.forward(hours=9)
    assert isinstance(await store.update_settings(ann.id, tz="Europe/Paris"), User)


async def test_same_zone_again_is_no_change(store: Store, ann: Any) -> None:
    await ann.finish_day()
    first = await store.update_settings(ann.id, tz="Asia/Tokyo")
    assert await store.update_settings(ann.id, tz="Asia/Tokyo") == first


async def test_day_start_moves_freely_while_a_zone_is_pending(store: Store, ann: Any) -> None:
    await ann.finish_day()
    await store.update_settings(ann.id, tz="Asia/Tokyo")
    changed = await store.update_settings(ann.id, day_start=5)
    assert isinstance(changed, User)
    assert changed.pending is not None
    assert changed.pending.rule == DayRule("Asia/Tokyo", 5)


async def test_date_lost_to_a_flight_keeps_the_streak_for_nothing(store: Store, ann: Any, clock: Any) -> None:
    await store.update_settings(ann.id, tz="Pacific/Pago_Pago")
    ann.user = await store.user(ann.id)
    await ann.finish_day()
    await store.update_settings(ann.id, tz="Pacific/Kiritimati")
    clock.forward(hours=24)
    ann.user = await store.user(ann.id)
    recorded = await ann.finish_day()
    assert (recorded.streak_after.current, recorded.streak_after.freezes, recorded.froze) == (2, 1, ())
    assert await store.streak_days(ann.id) == {
        date(2026, 3, 3): DayKind.DONE,
        date(2026, 3, 4): DayKind.BRIDGED,
        date(2026, 3, 5): DayKind.DONE,
    }
    assert await store.rebuild_check() == []


async def test_group_is_found_again_and_keeps_its_name_and_zone_current(store: Store) -> None:
    first = await store.ensure_group("slack", "T1", "Owls")
    assert first == Group(1, "slack", "T1", "Owls", "UTC")
    assert await store.ensure_group("slack", "T1", "Night owls", "Europe/Paris") == await store.group(1)
    assert await store.ensure_group("slack", "T1", "Night owls") == Group(
        1, "slack", "T1", "Night owls", "Europe/Paris"
    )


async def test_joining_brings_the_xp_one_has_and_joining_again_changes_nothing(store: Store, ann: Any) -> None:
    await ann.finish_day()
    group = await store.ensure_group("local", "g", "G")
    for _ in range(2):
        await store.join(group.id, ann.id)
    assert [(row.name, row.xp) for row in await store.leaderboard(group.id)] == [("Ann", 8)]


async def test_challenge_opened_last_is_remembered(store: Store, ann: Any) -> None:
    assert await store.focus(ann.id) == ""
    await store.set_focus(ann.id, "softmax")
    assert await store.focus(ann.id) == "softmax"


async def test_odd_names_are_stored_as_they_can_be(newcomer: Callable[[str], Awaitable[Any]]) -> None:
    names = ["\u202eevil", "🦉" * 100, "a\ud800b", "'; DROP TABLE app_user; --", ""]
    stored = [(await newcomer(name + str(n))).user.name for n, name in enumerate(names)]
    assert stored == ["\u202eevil0", "🦉" * 80, "a?b2", "'; DROP TABLE app_user; --3", "4"]
