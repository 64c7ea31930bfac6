"""Schedules follow what a place or a person set up; deliveries belong to one process; both survive the linking of accounts."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.platforms.port import Posted
from bot.schedule.kinds import Kind
from bot.schedule.rule import EVERY_DAY, Rule
from bot.store import Posting, Spot, Store
from bot.store.claims import Asking, Claim
from tests.bot.store.conftest import NOON, Clock

HERE = Spot("slack", "T1")
NINE = Posting(channel="C1", hour=9, tz="Europe/Paris", ping="S1")
HOUR = timedelta(hours=1)
ADA, BEN = Spot("slack", "T1:U1"), Spot("discord", "42")


def shown(found: list[Any]) -> dict[str, tuple[str, bool]]:
    """Kinds with their local time, and whether they are on."""
    return {one.kind.value: (one.rule.at.isoformat("minutes"), one.active) for one in found}


def asking(owner: str = "one", **changed: Any) -> Asking:
    return replace(Asking(owner, ("slack", "discord"), 9, timedelta(seconds=60)), **changed)


async def question_at_noon(store: Store, clock: Clock, spot: Spot = HERE, **changed: Any) -> None:
    """Set up posts of which only the question comes, and let it be due: at 13:00 of that day."""
    await store.ensure_group(spot.platform, spot.external_id, "Garden club")
    await store.places.set_posting(spot, replace(Posting(channel="C1", hour=13), **changed))
    for kind in (Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP):
        await store.deliveries.pause(spot, kind)
    clock.at = datetime(2026, 3, 4, 13, 3, tzinfo=UTC)


async def test_posts_that_are_set_up_come_at_times_that_follow_the_hour(store: Store) -> None:
    deliveries = store.deliveries
    assert await deliveries.schedules_of(HERE) == []
    await store.places.set_posting(HERE, Posting(hour=9))
    assert await deliveries.schedules_of(HERE) == []
    await store.places.set_posting(HERE, NINE)
    first = await deliveries.schedules_of(HERE)
    await store.places.set_posting(HERE, replace(NINE, hour=18))
    assert [shown(first), shown(await deliveries.schedules_of(HERE))] == [
        {
            "question": ("09:00", True),
            "challenge": ("12:00", True),
            "reveal": ("21:00", True),
            "recap": ("09:15", True),
        },
        {
            "question": ("18:00", True),
            "challenge": ("21:00", True),
            "reveal": ("09:00", True),
            "recap": ("18:15", True),
        },
    ]
    assert {(one.channel, one.ping, one.rule.tz) for one in first} == {("C1", "S1", "Europe/Paris")}


async def test_what_was_said_about_one_kind_stays(store: Store) -> None:
    deliveries = store.deliveries
    await store.places.set_posting(HERE, NINE)
    await deliveries.set_schedule(HERE, Kind.CHALLENGE, time(17, 30), frozenset({0, 2}))
    await deliveries.set_schedule(HERE, Kind.QUESTION, time(9, 45))
    assert [await deliveries.pause(HERE, Kind.REVEAL), await deliveries.pause(HERE, Kind.REVEAL)] == [True, False]
    await store.places.set_posting(HERE, replace(NINE, tz="Asia/Tokyo"))
    kept = {one.kind: one for one in await deliveries.schedules_of(HERE)}
    assert kept[Kind.CHALLENGE].rule == Rule(time(17, 30), "Asia/Tokyo", frozenset({0, 2}))
    assert kept[Kind.QUESTION].rule == Rule(time(9, 45), "Asia/Tokyo", EVERY_DAY)
    await store.places.set_posting(HERE, replace(NINE, hour=10))
    assert shown(await deliveries.schedules_of(HERE)) == {
        "question": ("10:00", True),  # another hour was chosen for it
        "challenge": ("17:30", True),
        "reveal": ("21:00", False),
        "recap": ("10:15", True),
    }
    assert [await deliveries.resume(HERE, Kind.REVEAL), await deliveries.resume(HERE, Kind.REVEAL)] == [True, False]
    assert all(one.active for one in await deliveries.schedules_of(HERE))


async def test_a_kind_cannot_be_set_where_no_posts_are(store: Store) -> None:
    deliveries = store.deliveries
    none = await deliveries.set_schedule(HERE, Kind.QUESTION, time(9)), await deliveries.resume(HERE, Kind.QUESTION)
    assert (none, await deliveries.pause(HERE, Kind.QUESTION), await deliveries.trouble(HERE)) == (
        (None, False),
        False,
        [],
    )


async def test_without_a_channel_or_an_hour_nothing_comes_until_there_is_one_again(store: Store) -> None:
    await store.places.set_posting(HERE, NINE)
    for lacking in (replace(NINE, channel=""), replace(NINE, hour=None)):
        await store.places.set_posting(HERE, lacking)
        assert not any(one.active for one in await store.deliveries.schedules_of(HERE))
    await store.places.set_posting(HERE, NINE)
    assert all(one.active for one in await store.deliveries.schedules_of(HERE))


async def test_a_place_that_rests_comes_again_on_its_day(store: Store) -> None:
    await store.places.set_posting(HERE, replace(NINE, paused_until=date(2026, 4, 1)))
    resting = await store.deliveries.schedules_of(HERE)
    await store.places.set_posting(HERE, NINE)
    awake = await store.deliveries.schedules_of(HERE)
    assert ([one.next_local_date for one in resting][:3], awake[0].next_local_date) == (
        [date(2026, 4, 1)] * 3,
        date(2026, 3, 5),
    )


async def test_setting_the_same_again_loses_no_post_that_is_due(store: Store, clock: Clock) -> None:
    await question_at_noon(store, clock)
    await store.places.set_posting(HERE, replace(Posting(channel="C1", hour=13), ping="S2"))
    (claim,) = await store.deliveries.take(asking())
    assert (claim.delivery.kind, claim.delivery.ping, claim.tries) == (Kind.QUESTION, "S2", 1)


async def test_what_was_due_before_a_change_is_not_made_up_for(store: Store, clock: Clock) -> None:
    await question_at_noon(store, clock)
    await store.places.set_posting(HERE, Posting(channel="C2", hour=13))
    assert await store.deliveries.take(asking()) == []


async def test_switching_off_and_on_again_sends_no_day_twice(store: Store, clock: Clock) -> None:
    await question_at_noon(store, clock)
    (claim,) = await store.deliveries.take(asking())
    await store.deliveries.sent(claim, "one", Posted("m1"))
    await store.deliveries.pause(HERE, Kind.QUESTION)
    await store.deliveries.resume(HERE, Kind.QUESTION)
    await store.deliveries.set_schedule(HERE, Kind.QUESTION, time(14))
    clock.forward(hours=2)
    assert await store.deliveries.take(asking()) == []


async def test_a_claim_is_its_owners_until_its_lease_runs_out(store: Store, clock: Clock) -> None:
    await question_at_noon(store, clock)
    deliveries = store.deliveries
    (first,) = await deliveries.take(asking())
    assert await deliveries.take(asking("other")) == []
    clock.forward(seconds=50)
    await deliveries.renew("one", [first.delivery.id], timedelta(seconds=60))
    clock.forward(seconds=50)
    assert await deliveries.take(asking("other")) == []
    clock.forward(seconds=11)
    assert await deliveries.take(asking("one", holding=frozenset({first.delivery.id}))) == []
    (second,) = await deliveries.take(asking("other"))
    assert (second.delivery, second.tries) == (first.delivery, 2)
    for late in (
        deliveries.put_off(first, "one", "late"),
        deliveries.skip(first, "one"),
        deliveries.fail(first, "one", "no"),
    ):
        await late
    assert (await deliveries.trouble(HERE), await deliveries.take(asking("third"))) == ([], [])


async def test_what_is_released_is_free_at_once(store: Store, clock: Clock) -> None:
    await question_at_noon(store, clock)
    await store.deliveries.take(asking())
    assert [await store.deliveries.release("one"), await store.deliveries.release("one")] == [1, 0]
    assert [claim.tries for claim in await store.deliveries.take(asking("other"))] == [2]


async def test_a_message_is_noted_once_whoever_comes_first(store: Store, clock: Clock) -> None:
    await question_at_noon(store, clock)
    (claim,) = await store.deliveries.take(asking())
    assert await store.deliveries.sent(claim, "one", Posted("m1", "t1"))
    assert not await store.deliveries.sent(claim, "other", Posted("m2"))
    group = await store.ensure_group("slack", "T1", "Garden club")
    (kept,) = await store.deliveries.sent_in_group(group.id, Kind, date(2026, 3, 4))
    assert (kept.message, kept.thread) == ("m1", "t1")
    assert await store.deliveries.sent_in_group(group.id, [Kind.RECAP], date(2026, 3, 4)) == []
    assert await store.deliveries.sent_in_group(group.id, Kind, date(2026, 3, 5)) == []


async def test_a_reveal_finds_the_question_that_was_due_before_it(store: Store, clock: Clock) -> None:
    await store.ensure_group("slack", "T1", "Garden club")
    await store.places.set_posting(HERE, Posting(channel="C1", hour=13))
    seen: list[tuple[Kind, str]] = []
    for hour in range(36):
        clock.at = NOON + hour * HOUR + timedelta(minutes=3)
        for claim in await store.deliveries.take(asking()):
            before = await store.deliveries.previous(claim.delivery, Kind.QUESTION)
            seen.append((claim.delivery.kind, before.message if before else ""))
            await store.deliveries.sent(claim, "one", Posted(f"m{claim.delivery.local_date.day}"))
    assert [one for one in seen if one[0] in (Kind.QUESTION, Kind.REVEAL)] == [
        (Kind.QUESTION, ""), (Kind.REVEAL, "m4"), (Kind.QUESTION, "m4"), (Kind.REVEAL, "m5"),
    ]  # fmt: skip


async def test_the_group_of_a_post_is_whose_place_it_is_by_then(store: Store, clock: Clock) -> None:
    user = await store.ensure_user("slack", "T1:U1", "Ada")
    mine = await store.ensure_group("discord", "77", "Other club")
    await question_at_noon(store, clock)
    code = await store.places.make_code(user.id, Spot("discord", "77"), mine.id, 5)
    await store.places.join(user.id, HERE, code)
    (claim,) = await store.deliveries.take(asking())
    assert claim.delivery.group_id == mine.id


async def test_the_first_choice_of_a_group_holds_for_its_kind_and_date(store: Store, clock: Clock) -> None:
    await question_at_noon(store, clock)
    (claim,) = await store.deliveries.take(asking())
    one = claim.delivery
    agreed = [
        await store.deliveries.agree(delivery, item)
        for delivery, item in (
            (one, "a"),
            (one, "b"),
            (replace(one, kind=Kind.CHALLENGE), "c"),
            (replace(one, group_id=None), "d"),
        )
    ]
    assert agreed == ["a", "a", "c", "d"]


async def test_opening_schedules_places_of_before_and_notes_the_zones_data(store: Store, clock: Clock) -> None:
    await store.places.set_posting(HERE, NINE)
    await store._write(lambda db: db.execute("DELETE FROM schedule").rowcount)
    await store.deliveries.adopt()
    assert len(await store.deliveries.schedules_of(HERE)) == 4
    noted = await store._read(lambda db: db.execute("SELECT value FROM meta WHERE key = 'tzdata'").fetchall())
    assert noted == [(importlib.metadata.version("tzdata"),)]


async def test_other_zone_data_moves_what_is_to_come_and_sends_nothing_at_a_wrong_time(
    store: Store, clock: Clock
) -> None:
    await question_at_noon(store, clock)
    as_if = int(datetime(2026, 3, 4, 13, tzinfo=UTC).timestamp() * 1000)  # as another release of the data had it
    await store._write(
        lambda db: db.execute("UPDATE schedule SET tz = 'Atlantic/Azores', next_due_utc = ?", [as_if]).rowcount
    )
    assert await store.deliveries.take(asking()) == []
    assert [one.next_due.hour for one in await store.deliveries.schedules_of(HERE) if one.active] == [14]
    await store._write(lambda db: db.execute("UPDATE schedule SET tz = 'Asia/Tokyo'").rowcount)
    assert await store.deliveries.plan_anew() == 1
    assert await store.deliveries.plan_anew() == 0


async def test_a_zone_that_was_abolished_stops_its_own_posts_alone(store: Store, clock: Clock) -> None:
    other = Spot("slack", "T2")
    await question_at_noon(store, clock)
    clock.at = NOON
    await question_at_noon(store, clock, other)
    await store._write(lambda db: db.execute("UPDATE schedule SET tz = 'Mars/Olympus' WHERE place = 'T1'").rowcount)
    (claim,) = await store.deliveries.take(asking())
    await store.deliveries.plan_anew()
    assert (claim.delivery.place, await store.deliveries.take(asking())) == ("T2", [])
    assert [(one.kind, one.why) for one in await store.deliveries.trouble(HERE)] == [
        (Kind.QUESTION, "The time zone Mars/Olympus is not known any more; choose another.")
    ]
    await store.places.set_posting(HERE, NINE)
    assert await store.deliveries.trouble(HERE) == []


async def test_a_learner_has_one_reminder_and_may_change_or_stop_it(store: Store, clock: Clock) -> None:
    user = await store.ensure_user("slack", "T1:U1", "Ada", tz="Asia/Tokyo")
    assert await store.deliveries.reminder_of(user.id) is None
    assert not await store.deliveries.stop_reminder(user.id)
    await store.deliveries.set_reminder(user.id, ADA, time(19, 30, 59))
    await store.deliveries.set_reminder(user.id, BEN, time(20))
    found = await store.deliveries.reminder_of(user.id)
    assert found is not None
    assert (found.spot, found.channel, found.rule, found.active) == (
        Spot("discord", ""), "42", Rule(time(20), "Asia/Tokyo"), True,
    )  # fmt: skip
    assert [await store.deliveries.stop_reminder(user.id), await store.deliveries.stop_reminder(user.id)] == [
        True,
        False,
    ]
    clock.forward(hours=48)
    assert await store.deliveries.take(asking()) == []


@pytest.fixture
async def linked(store: Store, clock: Clock) -> Callable[..., Any]:
    """Two learners with a reminder each become one."""

    async def link(*, sent_by: str) -> int:
        for spot, hour in ((ADA, 12), (BEN, 12)):
            user = await store.ensure_user(spot.platform, spot.external_id, spot.external_id)
            await store.deliveries.set_reminder(user.id, spot, time(hour, 30))
        clock.forward(minutes=33)
        for claim in await store.deliveries.take(asking()):
            if claim.delivery.platform == sent_by:
                await store.deliveries.sent(claim, "one", Posted("m"))
        ada = await store.ensure_user("slack", "T1:U1", "Ada")
        code = await store.links.make_code(ada.id, ("slack", "T1:U1"), 7)
        ben = await store.ensure_user("discord", "42", "Ben")
        await store.links.link(ben.id, ("discord", "42"), code, "")
        return (await store.ensure_user("slack", "T1:U1", "Ada")).id

    return link


@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_one_person_with_two_accounts_is_reminded_once_a_day(
    store: Store, clock: Clock, linked: Callable[..., Any], platform: str
) -> None:
    user_id = await linked(sent_by=platform)
    found = await store.deliveries.reminder_of(user_id)
    assert (found is not None and found.active, found and found.user_id) == (True, user_id)
    clock.forward(minutes=5)
    left: list[Claim] = await store.deliveries.take(asking("other"))
    rows = await store._read(lambda db: db.execute("SELECT user_id, state, platform FROM delivery").fetchall())
    assert (left, rows) == ([], [(user_id, "sent", platform)])
    clock.forward(hours=24)
    assert len(await store.deliveries.take(asking("other"))) == 1
    assert await store.rebuild_check() == []
