"""What is late is sent the same day within hours; what is to come follows what was set; all of it without a clock or a store."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule import plan
from bot.schedule.kinds import Kind
from bot.schedule.rule import EVERY_DAY, MONDAY, ONE_DAY, Rule

NINE = Rule(time(9), "UTC")
DAY = date(2026, 3, 4)  # a Wednesday
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOTHING = timedelta(0)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return datetime(2026, 3, 4, hour, minute, tzinfo=UTC) + days * ONE_DAY


@pytest.mark.parametrize(
    ("rule", "until"),
    [
        (NINE, at(15)),  # six hours
        (Rule(time(21), "UTC"), at(0, days=1)),  # the end of the day
        (Rule(time(23, 45), "UTC"), at(0, 15, days=1)),  # but not at once
        (Rule(time(21), "America/New_York"), at(5, days=1)),
    ],
)
def test_a_post_may_be_late_by_hours_but_not_until_tomorrow(rule: Rule, until: datetime) -> None:
    assert plan.occurrence(rule, DAY, NOTHING, plan.CATCH_UP).until == until


@pytest.mark.parametrize(
    ("now", "after", "day"),
    [
        (at(8), None, DAY),
        (at(14, 59), None, DAY),  # late, and still to be sent
        (at(15), None, DAY + ONE_DAY),
        (at(9), DAY, DAY + ONE_DAY),  # today's was sent
        (at(9), DAY + 3 * ONE_DAY, DAY + 4 * ONE_DAY),  # a clock was set back; a day never comes twice in a row
    ],
)
def test_what_comes_next_is_what_can_still_be_sent(now: datetime, after: date | None, day: date) -> None:
    found = plan.first_open(NINE, NOTHING, plan.CATCH_UP, now=now, since=LONG_AGO, after=after)
    assert (found.local_date, found.due) == (day, datetime.combine(day, time(9), UTC))


def test_nothing_due_before_it_was_set_is_made_up_for() -> None:
    found = plan.first_open(NINE, NOTHING, plan.CATCH_UP, now=at(10), since=at(9, 30))
    assert found.local_date == DAY + ONE_DAY


def test_a_rest_ends_on_its_day() -> None:
    found = plan.first_open(NINE, NOTHING, plan.CATCH_UP, now=at(10), since=at(0, days=40))
    assert found.due == at(9, days=40)


def test_only_days_of_the_rule_come() -> None:
    found = plan.first_open(Rule(time(9), "UTC", MONDAY), NOTHING, plan.CATCH_UP, now=at(10), since=LONG_AGO)
    assert (found.local_date, found.local_date.weekday()) == (date(2026, 3, 9), 0)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.sampled_from(["UTC", "America/Los_Angeles", "Pacific/Apia", "America/Nuuk", "Antarctica/Troll", "Africa/Cairo"]),
    st.times(),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, plan.SPREAD_S - 1),
)
def test_what_comes_next_is_open_and_nothing_before_it_is(
    minutes: int, tz: str, when: time, weekdays: frozenset[int], seconds: int
) -> None:
    now, shift = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), timedelta(seconds=seconds)
    rule = Rule(when.replace(second=0, microsecond=0), tz, weekdays)
    found = plan.first_open(rule, shift, plan.CATCH_UP, now=now, since=LONG_AGO)
    earlier = [found.local_date - n * ONE_DAY for n in range(1, 9)]
    assert (found.until > now, found.local_date.weekday() in weekdays) == (True, True)
    assert all(
        plan.occurrence(rule, day, shift, plan.CATCH_UP).until <= now for day in earlier if day.weekday() in weekdays
    )
    later = plan.first_open(rule, shift, plan.CATCH_UP, now=now, since=LONG_AGO, after=found.local_date)
    assert (later.local_date > found.local_date, later.due > found.due) == (True, True)


@pytest.mark.parametrize(
    ("hour", "times"),
    [
        (0, ["00:00", "03:00", "21:00", "00:15"]),
        (9, ["09:00", "12:00", "21:00", "09:15"]),
        (18, ["18:00", "21:00", "09:00", "18:15"]),
        (23, ["23:00", "23:30", "09:00", "23:15"]),
    ],
)
def test_the_other_posts_follow_the_questions_hour(hour: int, times: list[str]) -> None:
    kinds = (Kind.QUESTION, Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP)
    assert [plan.usual_time(kind, hour).isoformat("minutes") for kind in kinds] == times


def test_no_two_posts_of_a_place_come_at_the_same_minute() -> None:
    for hour in range(24):
        times = [plan.usual_time(kind, hour) for kind in (Kind.QUESTION, Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP)]
        assert len(set(times)) == 4, hour


def test_places_are_spread_evenly_over_two_minutes_and_keep_their_second() -> None:
    seconds = [plan.spread(f"discord:{n}:{n}").total_seconds() for n in range(12_000)]
    busiest = max(seconds.count(s) for s in set(seconds))
    assert (min(seconds), max(seconds), len(set(seconds)), busiest < 150) == (0, 119, 120, True)
    assert plan.spread("discord:1:1") == plan.spread("discord:1:1")


def test_pauses_grow_up_to_five_minutes() -> None:
    assert [plan.pause_after(n).total_seconds() for n in (0, 1, 2, 3, 8, 9, 1_000)] == [2, 2, 4, 8, 256, 300, 300]


def test_reminders_are_late_by_less() -> None:
    assert [plan.catch_up_of(kind) for kind in (Kind.QUESTION, Kind.REMINDER)] == [
        timedelta(hours=6),
        timedelta(hours=2),
    ]


@pytest.mark.parametrize(("hour", "day"), [(9, date(2026, 3, 4)), (10, date(2026, 3, 4)), (11, date(2026, 3, 3))])
def test_upkeep_is_due_from_its_hour_on(hour: int, day: date) -> None:
    assert plan.day_due(at(10), hour) == day


def test_a_rule_without_days_named_is_for_all() -> None:
    assert NINE.weekdays == EVERY_DAY
