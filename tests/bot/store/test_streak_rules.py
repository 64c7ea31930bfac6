"""The rules of streaks one by one, each through the real store: what counts as a day, and all that keeps one's run together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.pauses import Pause, Refused
from bot.store import Store
from bot.store.amnesties import Amnesty, Declared, Outcome
from bot.store.streaklog import Line, LoggedDay
from bot.streaks import DayKind, Repair, Streak, Weekly, at_stake

Newcomer = Callable[[str], Awaitable[Any]]
WEDNESDAY = date(2026, 3, 4)  # where the clock stands


def day(number: int) -> date:
    return WEDNESDAY + timedelta(days=number)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def lives(store: Store, clock: Any) -> Callable[..., Awaitable[list[int]]]:
    """Let somebody of a zone do a day at each of some instants, and collect how long the streak then is."""

    async def live(who: Any, zone: str, *instants: str, day_start: int = 3) -> list[int]:
        clock.at = at(instants[0])
        await store.update_settings(who.id, tz=zone, day_start=day_start)
        lengths = []
        for instant in instants:
            clock.at = at(instant)
            who.user = await store.user(who.id)
            lengths.append((await who.submit(f"at {instant}")).streak_after.current)
        return lengths

    return live


@pytest.mark.parametrize(
    ("zone", "instants", "lengths"),
    [
        # 00:04 on 11 July in India is still 10 July in UTC; with days that turn at midnight it is the next day
        pytest.param("Asia/Kolkata", ["2026-07-10T12:00", "2026-07-10T18:34"], [1, 2], id="local date, never UTC"),
        # 08:00, and 23:30 on the day after: 39.5 hours apart
        pytest.param("UTC", ["2026-03-04T08:00", "2026-03-05T23:30"], [1, 2], id="never within 24 or 48 hours"),
        # 23:50, and 23:55 on the day the clock goes forward: 23 hours and 5 minutes apart
        pytest.param("Europe/Paris", ["2026-03-28T22:50", "2026-03-29T21:55"], [1, 2], id="never add 24 hours"),
        pytest.param("UTC", ["2026-03-04T00:10", "2026-03-04T23:50"], [1, 1], id="once per date"),
        pytest.param("Pacific/Apia", ["2011-12-29T22:00", "2011-12-30T22:00"], [1, 2], id="a date that never was"),
        pytest.param("Pacific/Kwajalein", ["1993-08-21T08:00", "1993-08-22T08:00"], [1, 2], id="another one"),
    ],
)
async def test_a_day_is_a_date_on_the_learners_clock(
    ann: Any, lives: Any, zone: str, instants: list[str], lengths: list[int]
) -> None:
    assert await lives(ann, zone, *instants, day_start=0) == lengths


@pytest.mark.parametrize(
    ("day_start", "lengths"), [(0, [1, 2, 2]), (2, [1, 2, 2]), (3, [1, 1, 2]), (4, [1, 1, 2]), (6, [1, 1, 2])]
)
async def test_night_owls_choose_when_their_day_turns(ann: Any, lives: Any, day_start: int, lengths: list[int]) -> None:
    """22:00, 02:30 in the night of the change to summer time's eve, and 23:00 on the day after."""
    acts = ("2026-03-04T22:00", "2026-03-05T02:30", "2026-03-05T23:00")
    assert await lives(ann, "UTC", *acts, day_start=day_start) == lengths


@pytest.mark.parametrize("hour", [3, 4])
async def test_the_turn_of_the_day_is_on_the_wall_clock_in_the_night_the_clocks_change(
    ann: Any, lives: Any, hour: int
) -> None:
    """03:30 and 04:30 in Paris after the clocks went forward, with days that turn at 4."""
    instants = ("2026-03-28T12:00", f"2026-03-29T{hour - 2:02}:30")
    assert await lives(ann, "Europe/Paris", *instants, day_start=4) == [1, 1 if hour == 3 else 2]


async def test_flying_east_over_a_date_does_not_break(store: Store, ann: Any, clock: Any) -> None:
    """Honolulu on 31 May, Auckland on 2 June: 1 June passed in the air."""
    await store.update_settings(ann.id, tz="Pacific/Honolulu")
    clock.at = at("2026-05-31T19:00")  # 09:00 there
    ann.user = await store.user(ann.id)
    assert (ann.today, (await ann.finish_day()).streak_after.current) == (date(2026, 5, 31), 1)
    await store.update_settings(ann.id, tz="Pacific/Auckland")
    clock.at = at("2026-06-01T20:00")  # 08:00 on 2 June there
    ann.user = await store.user(ann.id)
    landed = await ann.finish_day()
    assert (ann.today, landed.streak_after.current, landed.froze) == (date(2026, 6, 2), 2, ())
    assert (await store.streak_days(ann.id))[date(2026, 6, 1)] is DayKind.BRIDGED


@pytest.mark.parametrize(
    ("zone", "hours", "kind"),
    [
        ("Asia/Tokyo", 36, DayKind.BRIDGED),
        ("Asia/Tokyo", 37, DayKind.FROZEN),
        ("UTC", 36, DayKind.FROZEN),  # nobody flew: a date of one's own was there to be used
    ],
)
async def test_a_lone_date_between_two_zones_is_bridged_within_36_hours(
    store: Store, ann: Any, clock: Any, zone: str, hours: int, kind: DayKind
) -> None:
    clock.at = at("2026-03-04T20:00")
    await ann.finish_day()
    clock.forward(hours=hours)
    ann.user = replace(ann.user, rule=replace(ann.user.rule, tz=zone))
    assert ann.today == day(2)
    assert (await ann.finish_day()).streak_after.current == 2
    assert (await store.streak_days(ann.id))[day(1)] is kind


async def test_flying_west_has_the_same_date_twice_and_counts_it_once(store: Store, ann: Any, clock: Any) -> None:
    """From Kiritimati to Pago Pago, 25 hours behind, where the date that was done comes once more."""
    await store.update_settings(ann.id, tz="Pacific/Kiritimati")
    lengths = []
    for zone, hours in (("Pacific/Pago_Pago", 24), ("Pacific/Pago_Pago", 24), ("Pacific/Pago_Pago", 24)):
        ann.user = await store.user(ann.id)
        recorded = await ann.submit(f"at {clock()}")
        lengths.append((ann.today.day, recorded.streak_after.current, recorded.day_counted))
        await store.update_settings(ann.id, tz=zone)
        clock.forward(hours=hours)
    assert lengths == [(4, 1, True), (4, 1, False), (5, 2, True)]


async def test_a_change_of_zone_leaves_all_days_as_they_were(store: Store, ann: Any, clock: Any) -> None:
    for _ in range(3):
        await ann.finish_day()
        clock.forward(days=1)
    before = await store.streak_days(ann.id)
    await store.update_settings(ann.id, tz="America/Los_Angeles")
    clock.forward(days=1)
    after = await store.streak_days(ann.id)
    assert {one: kind for one, kind in after.items() if one <= day(2)} == before


async def test_best_is_kept_when_a_run_ends(store: Store, ann: Any, clock: Any) -> None:
    for _ in range(9):
        await ann.finish_day()
        clock.forward(days=1)
    clock.forward(days=30)
    again = await ann.finish_day()
    assert (again.streak_after.current, again.streak_after.best) == (1, 9)


# Freezes


async def test_a_newcomers_first_miss_is_free(store: Store, ann: Any, clock: Any) -> None:
    await ann.finish_day()
    clock.forward(days=2)
    assert (await store.streak(ann.id, ann.today)).freezes == 1
    back = await ann.finish_day()
    assert (back.froze, back.streak_after.current, back.streak_after.freezes) == ((day(1),), 2, 1)
    clock.forward(days=2)
    second = await ann.finish_day()
    assert (second.froze, second.streak_after.current, second.streak_after.freezes) == ((day(3),), 3, 0)
    assert [logged.lines for logged in await store.streaks.days(ann.id, day(0), day(4), ann.today)] == [
        (),
        (Line("granted", 1, 2), Line("spent", -1, 1)),
        (),
        (Line("spent", -1, 0),),
        (),
    ]


async def test_after_the_first_week_nothing_is_free(ann: Any, clock: Any) -> None:
    for _ in range(8):
        recorded = await ann.finish_day()
        clock.forward(days=1)
    assert recorded.streak_after.freezes == 2
    clock.forward(days=1)
    assert (await ann.finish_day()).streak_after.freezes == 1


# Pauses


@pytest.fixture
async def runner(ann: Any, clock: Any) -> Any:
    """Ann after ten days in a row, the last of them yesterday; two freezes."""
    for _ in range(10):
        await ann.finish_day()
        clock.forward(days=1)
    return ann


async def test_paused_days_neither_break_nor_count_and_work_on_them_does(store: Store, runner: Any, clock: Any) -> None:
    pause = Pause(day(10), day(16))
    assert await store.streaks.pause(runner.id, pause, runner.today) == pause
    assert not at_stake(await store.streak(runner.id, runner.today))
    clock.forward(days=3)
    assert (await runner.finish_day()).streak_after.current == 11
    clock.forward(days=4)
    back = await runner.finish_day()
    assert (back.streak_after.current, back.streak_after.freezes, back.froze) == (12, 2, ())
    kinds = await store.streak_days(runner.id)
    assert [kinds[day(n)] for n in range(10, 18)] == [
        *[DayKind.PAUSED] * 3,
        DayKind.DONE,
        *[DayKind.PAUSED] * 3,
        DayKind.DONE,
    ]
    assert await store.rebuild_check() == []


async def test_a_pause_asked_for_on_a_day_that_is_done_begins_the_day_after(store: Store, runner: Any) -> None:
    await runner.finish_day()
    kept = await store.streaks.pause(runner.id, Pause(runner.today, day(12)), runner.today)
    assert kept == Pause(day(11), day(12))


async def test_a_pause_that_is_ended_leaves_the_days_after_as_they_are(store: Store, runner: Any, clock: Any) -> None:
    await store.streaks.pause(runner.id, Pause(day(10), day(16)), runner.today)
    clock.forward(days=2)
    assert await store.streaks.resume(runner.id, runner.today) == 5
    assert await store.streaks.resume(runner.id, runner.today) == 0
    assert at_stake(await store.streak(runner.id, runner.today))
    clock.forward(days=1)
    assert (await store.streak(runner.id, runner.today)).frozen == (day(12),)
    again = await store.streaks.pause(runner.id, Pause(runner.today, runner.today), runner.today)
    assert again == Pause(day(13), day(13))


async def test_pauses_cannot_be_strung_together_for_ever(store: Store, runner: Any, clock: Any) -> None:
    kept = []
    for _ in range(4):
        asked = Pause(runner.today, runner.today + timedelta(days=13))
        kept.append(isinstance(await store.streaks.pause(runner.id, asked, runner.today), Refused))
        clock.forward(days=14)
    assert kept == [False, False, True, True]


# Repairs


async def broken(runner: Any, clock: Any, missed: int) -> None:
    """Let so many days pass without an act, and come back."""
    clock.forward(days=missed)


async def practise(runner: Any, times: int) -> Any:
    for _ in range(times):
        (question,) = await runner.pose(runner.key(), purpose="quiz")
        recorded = await runner.miss(question)
    return recorded


async def test_a_break_is_mended_by_two_extra_sets_and_the_days_own(store: Store, runner: Any, clock: Any) -> None:
    await broken(runner, clock, 3)
    overview = await store.streaks.overview(runner.id, runner.today)
    assert (overview.streak.current, overview.repair, overview.extra) == (
        0,
        Repair((day(10), day(11)), (day(12),), day(14), 10),
        0,
    )
    assert (await practise(runner, 9)).streak_after.current == 0
    assert (await runner.finish_day()).streak_after.current == 1
    mended = await practise(runner, 1)
    assert (mended.streak_after.current, mended.streak_after.best, mended.streak_after.freezes) == (11, 11, 0)
    kinds = await store.streak_days(runner.id)
    assert [kinds[day(n)] for n in (10, 11, 12)] == [DayKind.FROZEN, DayKind.FROZEN, DayKind.REPAIRED]
    assert await store.rebuild_check() == []


async def test_the_days_own_questions_may_come_last(runner: Any, clock: Any) -> None:
    await broken(runner, clock, 3)
    await practise(runner, 10)
    assert (await runner.finish_day()).streak_after.current == 11


async def test_a_repair_may_take_two_days_and_no_more(store: Store, runner: Any, clock: Any) -> None:
    await broken(runner, clock, 3)
    await runner.finish_day()
    await practise(runner, 5)
    clock.forward(days=1)
    overview = await store.streaks.overview(runner.id, runner.today)
    assert (overview.extra, overview.repair and overview.repair.until) == (5, runner.today)
    clock.forward(days=1)
    assert (await store.streaks.overview(runner.id, runner.today)).repair is None
    await runner.finish_day()
    assert (await practise(runner, 5)).streak_after.current == 2


async def test_coming_back_on_the_second_day_mends_both(runner: Any, clock: Any) -> None:
    await broken(runner, clock, 4)
    await practise(runner, 10)
    assert (await runner.finish_day()).streak_after.current == 11


async def test_who_comes_back_too_late_begins_anew(store: Store, runner: Any, clock: Any) -> None:
    await broken(runner, clock, 5)
    assert (await store.streaks.overview(runner.id, runner.today)).repair is None


async def test_a_streak_is_mended_once_in_thirty_days(store: Store, runner: Any, clock: Any) -> None:
    await broken(runner, clock, 3)
    await practise(runner, 10)
    await runner.finish_day()
    clock.forward(days=2)  # no freeze is left
    assert (await store.streaks.overview(runner.id, runner.today)).repair is None
    clock.forward(days=30)
    for _ in range(2):
        await runner.finish_day()
        clock.forward(days=1)
    clock.forward(days=1)
    assert (await store.streaks.overview(runner.id, runner.today)).repair is not None


# Amnesties


@pytest.fixture
async def club(store: Store, runner: Any) -> int:
    group = await store.ensure_group("local", "g", "G")
    await store.join(group.id, runner.id)
    return group.id


async def test_a_day_forgiven_gives_its_freeze_back(store: Store, runner: Any, clock: Any, club: int) -> None:
    clock.forward(days=1)
    assert (await runner.finish_day()).streak_after.freezes == 1
    assert await store.streaks.declare_amnesty(club, day(10), "power cut", runner.id) == Declared(Outcome.DONE, 1)
    assert await store.streak(runner.id, runner.today) == Streak(11, 11, 2, day(11), True, (), None)
    assert (await store.streak_days(runner.id))[day(10)] is DayKind.AMNESTY
    (logged,) = await store.streaks.days(runner.id, day(10), day(10), runner.today)
    spent_and_back = (Line("spent", -1, 1), Line("spent", 1, 2))
    assert logged == LoggedDay(day(10), False, cover="amnesty", lines=spent_and_back, note="power cut")
    assert await store.rebuild_check() == []


@pytest.mark.parametrize(("missed", "current", "freezes"), [(3, 11, 0), (4, 1, 2)])
async def test_a_day_forgiven_undoes_a_break_that_freezes_now_cover(
    store: Store, runner: Any, clock: Any, club: int, missed: int, current: int, freezes: int
) -> None:
    clock.forward(days=missed)
    await runner.finish_day()
    await store.streaks.declare_amnesty(club, day(10), "", runner.id)
    streak = await store.streak(runner.id, runner.today)
    assert (streak.current, streak.freezes) == (current, freezes)
    assert await store.rebuild_check() == []


async def test_a_freeze_that_today_needs_is_not_spent_on_a_break_of_before(
    store: Store, runner: Any, clock: Any, club: int
) -> None:
    clock.forward(days=4)
    await runner.finish_day()  # four days were missed, and both freezes are left
    await store.streaks.declare_amnesty(club, day(10), "", runner.id)
    clock.forward(days=2)
    await store.streaks.declare_amnesty(club, day(11), "", runner.id)
    assert await store.streak(runner.id, runner.today) == Streak(1, 10, 1, day(14), False, (day(15),), 6)
    assert await store.rebuild_check() == []


async def test_an_amnesty_is_for_those_who_are_members_then(store: Store, club: int, newcomer: Newcomer) -> None:
    bob = await newcomer("Bob")
    await store.streaks.declare_amnesty(club, day(9), "", None)
    await store.join(club, bob.id)
    assert await store.streak_days(bob.id) == {}
    assert (await store.streaks.declare_amnesty(club, day(8), "", None)).members == 2
    assert await store.streak_days(bob.id) == {day(8): DayKind.AMNESTY}


async def test_an_amnesty_for_everyone_reaches_who_is_in_no_group(store: Store, club: int, newcomer: Newcomer) -> None:
    bob = await newcomer("Bob")
    assert await store.streaks.declare_amnesty(None, day(9), "outage", None) == Declared(Outcome.DONE, 2)
    assert await store.streak_days(bob.id) == {day(9): DayKind.AMNESTY}
    (listed,) = await store.streaks.amnesties(club)
    assert listed == Amnesty(day(9), "outage", "", listed.at, for_all=True)


async def test_amnesties_are_logged_with_who_and_when_and_can_be_taken_back_within_a_day(
    store: Store, runner: Any, clock: Any, club: int
) -> None:
    clock.forward(days=1)
    await runner.finish_day()
    declared_at = clock()
    before = await store.streak(runner.id, runner.today)
    declare, undo = store.streaks.declare_amnesty, store.streaks.undo_amnesty
    await declare(club, day(10), "a  slip\nof the pen", runner.id)
    assert (await declare(club, day(10), "again", runner.id)).outcome is Outcome.ALREADY
    assert await store.streaks.amnesties(club) == [Amnesty(day(10), "a slip of the pen", "Ann", declared_at)]
    assert await undo(club, day(10), runner.id) == Declared(Outcome.DONE, 1)
    assert (await store.streaks.amnesties(club), await store.streak(runner.id, runner.today)) == ([], before)
    assert (await undo(club, day(10), runner.id)).outcome is Outcome.ALREADY
    await declare(club, day(10), "", runner.id)
    clock.forward(days=2)
    assert (await undo(club, day(10), runner.id)).outcome is Outcome.TOO_LATE


async def test_who_has_used_what_an_amnesty_gave_keeps_it(store: Store, runner: Any, clock: Any, club: int) -> None:
    clock.forward(days=2)
    await runner.finish_day()  # both freezes are gone
    clock.forward(hours=15.5)  # the next day has begun
    await store.streaks.declare_amnesty(club, day(10), "", runner.id)
    clock.forward(hours=23.6)  # and is over
    used = await runner.finish_day()
    assert (used.froze, used.streak_after.current, used.streak_after.freezes) == ((day(13),), 12, 0)
    assert await store.streaks.undo_amnesty(club, day(10), runner.id) == Declared(Outcome.DONE, 0)
    assert (await store.streak(runner.id, runner.today), await store.rebuild_check()) == (used.streak_after, [])


# Weeks


async def test_a_weekly_goal_is_for_who_cannot_do_every_day(store: Store, ann: Any, clock: Any) -> None:
    clock.at = at("2026-03-02T12:00")  # a Monday
    assert (await store.streaks.overview(ann.id, ann.today)).weekly is None
    await store.streaks.set_weekly_goal(ann.id, 2, ann.today)
    for hours in (24, 6 * 24, 24, 3 * 24):
        await ann.finish_day()
        clock.forward(hours=hours)
    overview = await store.streaks.overview(ann.id, ann.today)
    assert (ann.today, overview.weekly) == (date(2026, 3, 13), Weekly(2, 2, 2))
    await store.streaks.set_weekly_goal(ann.id, 0, ann.today)
    assert (await store.streaks.overview(ann.id, ann.today)).weekly is None
    assert await store.streaks.weekly_goal(ann.id) == 0


async def test_seven_of_seven_days_make_a_perfect_week(store: Store, ann: Any, clock: Any) -> None:
    clock.at = at("2026-03-02T12:00")
    for _ in range(7):
        assert not (await store.streaks.overview(ann.id, ann.today)).week_is_perfect
        await ann.finish_day()
        clock.forward(days=1)
    clock.forward(days=-1)
    overview = await store.streaks.overview(ann.id, ann.today)
    assert (overview.week_is_perfect, overview.perfect_weeks) == (True, 1)
