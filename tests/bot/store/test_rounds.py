"""Rounds, quiet hours and pauses as the store keeps them, also when two learners become one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.store import Posting, Quiet, Spot, Store
from bot.store.mergers import merge

DAY = date(2026, 3, 4)
HERE = Spot("discord", "77", "1001")


@pytest.fixture
async def group(store: Store) -> int:
    """A study group."""
    return (await store.ensure_group("discord", "77", "Garden")).id


async def test_a_group_has_one_round_a_day_whoever_begins_it(store: Store, group: int) -> None:
    first = await store.rounds.begin(group, DAY, "softmax", "7")
    assert await store.rounds.begin(group, DAY, "other", "8") == first
    assert (await store.rounds.on(group, DAY), await store.rounds.find(first.key.upper())) == (first, first)
    second = await store.rounds.begin(group, DAY + timedelta(days=1), "other", "8")
    assert await store.rounds.recent_items(group, 9) == ["other", "softmax"]
    assert (second.id, await store.rounds.on(group, DAY - timedelta(days=1))) == (first.id + 1, None)


@pytest.mark.parametrize("key", ["", "g", "q1", "g-1", "g1x", "g٣", "g" + "9" * 40])
async def test_what_is_no_key_finds_nothing(store: Store, group: int, key: str) -> None:
    await store.rounds.begin(group, DAY, "softmax", "7")
    assert await store.rounds.find(key) is None


async def test_a_learner_has_one_copy_under_the_rounds_seed(store: Store, group: int, ann) -> None:
    asked = await store.rounds.begin(group, DAY, "softmax", "7")
    copy = await store.rounds.copy(asked, ann.id, DAY, ann.clock())
    ann.clock.forward(minutes=5)
    again = await store.rounds.copy(asked, ann.id, DAY, ann.clock())
    assert (copy, copy.seed, copy.purpose, copy.item_id) == (again, "7", "quiz", "softmax")
    assert await store.rounds.copy_of(asked.id, ann.id) == copy


async def test_only_members_of_its_group_take_a_round(store: Store, group: int, ann) -> None:
    asked = await store.rounds.begin(group, DAY, "softmax", "7")
    assert not await store.rounds.takes(asked.id, ann.id)
    await store.join(group, ann.id)
    assert await store.rounds.takes(asked.id, ann.id)


async def test_an_answer_is_shown_by_one_delivery_in_each_channel(store: Store, group: int) -> None:
    asked = await store.rounds.begin(group, DAY, "softmax", "7")
    assert not await store.rounds.revealed(asked.id, "discord", None)
    shown = [await store.rounds.reveal(asked.id, HERE, number) for number in (1, 1, 2)]
    assert (shown, await store.rounds.reveal(asked.id, replace(HERE, channel="2"), 2)) == ([True, True, False], True)
    told = [
        await store.rounds.revealed(asked.id, *where) for where in (("discord", "77"), ("slack", "T1"), ("local", None))
    ]
    assert told == [True, False, True]


async def test_nights_are_quiet_until_somebody_says_otherwise(store: Store, ann) -> None:
    assert await store.reminders.quiet(ann.id) == Quiet(22, 8)
    await store.reminders.keep_quiet(ann.id, Quiet(0, 0))
    await store.reminders.keep_quiet(ann.id, Quiet(20, 9))
    assert await store.reminders.quiet(ann.id) == Quiet(20, 9)


@pytest.mark.parametrize("chosen", [(None, None), (Quiet(1, 2), None), (None, Quiet(3, 4)), (Quiet(1, 2), Quiet(3, 4))])
async def test_one_person_with_two_accounts_keeps_quiet_hours_they_chose(
    store: Store, chosen: tuple[Quiet | None, Quiet | None]
) -> None:
    users = [(await store.ensure_user(platform, "1", "Mia")).id for platform in ("discord", "slack")]
    for user_id, quiet in zip(users, chosen, strict=True):
        if quiet is not None:
            await store.reminders.keep_quiet(user_id, quiet)
    now = store._now()
    await store._write(lambda db: merge(db, users[0], users[1], now))
    expected = next((quiet for quiet in chosen if quiet is not None), Quiet())
    assert await store.reminders.quiet(users[0]) == await store.reminders.quiet(users[1]) == expected


async def test_a_pause_is_kept_with_the_place_and_found_by_its_channel(store: Store) -> None:
    spot, posting = Spot("discord", "77"), Posting("1001", 9, "UTC", paused_until=date(2027, 1, 7))
    assert await store.places.paused_until("discord", "77", "1001") is None
    await store.places.set_posting(spot, posting)
    assert await store.places.posting(spot) == posting
    assert await store.places.paused_until("discord", "77", "1001") == date(2027, 1, 7)
    assert await store.places.paused_until("discord", "77", "2") is None
    await store.places.set_posting(spot, replace(posting, paused_until=None))
    assert await store.places.paused_until("discord", "77", "1001") is None
