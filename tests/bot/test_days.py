"""Which day it is: wall-clock days, turns, weeks, and changes of zone."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.days import (
    DayRule,
    RuleChange,
    TooSoon,
    UnknownZone,
    date_exists,
    day_begins,
    find_zone,
    local_day,
    next_turn,
    plan_change,
    week_begins,
)

ZONES = sorted(
    zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc", "System"))
)
INSTANTS = st.integers(0, 94_000_000).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=n))
STARTS = st.integers(0, 6)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "tz", "day_start", "day"),
    [
        ("2026-07-10T18:34", "Asia/Kolkata", 0, date(2026, 7, 11)),  # 00:04 there, still the 10th in UTC
        ("2026-07-10T18:34", "Asia/Kolkata", 3, date(2026, 7, 10)),  # and still the evening before
        ("2026-03-29T00:30", "Europe/Paris", 3, date(2026, 3, 28)),  # 01:30, an hour before the clock jumps
        ("2026-03-29T01:00", "Europe/Paris", 3, date(2026, 3, 29)),  # the clock reads 03:00 at once
        ("2026-10-25T01:59", "Europe/Paris", 3, date(2026, 10, 24)),  # 02:59 for the second time
        ("2011-12-30T10:00", "Pacific/Apia", 3, date(2011, 12, 30)),  # 00:00 on the 31st: the day began on no clock
        ("2011-12-30T13:00", "Pacific/Apia", 3, date(2011, 12, 31)),
    ],
)
def test_day_follows_the_wall_clock(now: str, tz: str, day_start: int, day: date) -> None:
    assert local_day(utc(now), tz, day_start) == day


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        local_day(datetime(2026, 1, 1), "UTC")  # noqa: DTZ001 - the point of the test


def test_aware_times_of_any_zone_name_the_same_day() -> None:
    tokyo = datetime(2026, 1, 2, 2, tzinfo=timezone(timedelta(hours=9)))
    assert local_day(tokyo, "UTC", 0) == date(2026, 1, 1)


@settings(max_examples=500)
@given(INSTANTS, st.sampled_from(ZONES), STARTS)
def test_next_turn_is_where_the_day_ends(now: datetime, tz: str, day_start: int) -> None:
    today, turn = local_day(now, tz, day_start), next_turn(now, tz, day_start)
    assert now < turn <= now + timedelta(hours=26)
    assert local_day(turn - timedelta(seconds=1), tz, day_start) == today
    assert local_day(turn, tz, day_start) == today + timedelta(days=1)


def test_clock_set_back_across_the_turn_turns_again() -> None:
    """The station Troll sets its clock from 03:00 back to 01:00, across a turn at 02:00."""
    second_half_past_one = utc("2026-10-25T01:30")
    assert local_day(second_half_past_one, "Antarctica/Troll", 2) == date(2026, 10, 24)
    assert next_turn(second_half_past_one, "Antarctica/Troll", 2) == utc("2026-10-25T02:00")


@settings(max_examples=500)
@given(INSTANTS, st.sampled_from(ZONES))
def test_week_beginss_on_the_monday_before(now: datetime, tz: str) -> None:
    monday = week_begins(now, tz)
    assert now - timedelta(days=7, hours=2) < monday <= now
    assert local_day(monday, tz, 0).weekday() == 0


def test_day_that_begins_in_a_gap_begins_after_it() -> None:
    assert day_begins(date(2026, 3, 29), "Europe/Paris", 2) == utc("2026-03-29T01:00")


def test_samoa_had_no_thirtieth_of_december() -> None:
    days = [date(2011, 12, day) for day in (29, 30, 31)]
    assert [date_exists(day, "Pacific/Apia") for day in days] == [True, False, True]


@pytest.mark.parametrize("text", ["Europe/Paris", "europe/paris", "  Paris ", "PARIS"])
def test_zone_is_found_however_it_is_written(text: str) -> None:
    assert find_zone(text) == "Europe/Paris"


def test_city_of_two_words_is_found() -> None:
    assert find_zone("new york") == "America/New_York"


@pytest.mark.parametrize(
    ("text", "guess"), [("Europe/Pariss", "Europe/Paris"), ("Berlim", "Europe/Berlin"), ("Tokio", "Asia/Tokyo")]
)
def test_misspelt_zone_is_guessed(text: str, guess: str) -> None:
    found = find_zone(text)
    assert isinstance(found, UnknownZone)
    assert guess in found.suggestions


@pytest.mark.parametrize("text", ["", "..", "../etc/passwd", "x" * 100_000, "🦉", "\u202e"])
def test_nonsense_is_no_zone(text: str) -> None:
    assert find_zone(text) == UnknownZone(text[:64], ())


def change(tz: str, to: str, now: str, *earlier: str, pending: RuleChange | None = None) -> RuleChange | TooSoon:
    return plan_change(DayRule(tz), DayRule(to), utc(now), zone_changes=[utc(at) for at in earlier], pending=pending)


def test_new_zone_begins_when_the_day_turns() -> None:
    planned = change("UTC", "Europe/Paris", "2026-01-10T12:00")
    assert planned == RuleChange(DayRule("Europe/Paris"), utc("2026-01-11T03:00"))


@pytest.mark.parametrize(
    ("tz", "to", "turn", "bridged"),
    [
        (
            "Pacific/Pago_Pago",
            "Pacific/Kiritimati",
            "2026-01-11T14:00",
            (date(2026, 1, 11),),
        ),  # the 12th begins at once
        ("America/Los_Angeles", "Asia/Tokyo", "2026-01-11T11:00", (date(2026, 1, 11),)),  # seven hours of it are left
        ("Europe/London", "Europe/Paris", "2026-01-11T03:00", ()),
        ("Asia/Tokyo", "America/Los_Angeles", "2026-01-11T18:00", ()),
    ],
)
def test_dates_a_new_zone_swallows_are_bridged(tz: str, to: str, turn: str, bridged: tuple[date, ...]) -> None:
    assert change(tz, to, "2026-01-10T20:00") == RuleChange(DayRule(to), utc(turn), bridged)


@pytest.mark.parametrize(
    ("earlier", "until", "reason"),
    [
        (["2026-01-09T13:00"], "2026-01-10T13:00", "a time zone can change once in 24 hours"),
        (
            ["2026-01-01T00:00", "2026-01-03T00:00", "2026-01-05T00:00"],
            "2026-01-31T00:00",
            "a time zone can change three times in 30 days",
        ),
    ],
)
def test_frequent_changes_have_to_wait(earlier: list[str], until: str, reason: str) -> None:
    assert change("UTC", "Europe/Paris", "2026-01-10T12:00", *earlier) == TooSoon(utc(until), reason)


def test_changes_long_ago_do_not_count() -> None:
    earlier = ["2025-12-01T00:00", "2025-12-03T00:00", "2026-01-05T00:00"]
    assert isinstance(change("UTC", "Europe/Paris", "2026-01-10T12:00", *earlier), RuleChange)


def test_second_zone_waits_for_the_first_to_begin() -> None:
    pending = RuleChange(DayRule("Asia/Tokyo"), utc("2026-01-11T03:00"))
    refused = change("UTC", "Europe/Paris", "2026-01-10T12:00", pending=pending)
    assert refused == TooSoon(utc("2026-01-11T03:00"), "your last change has not begun yet")


def test_day_start_may_move_while_a_zone_is_pending() -> None:
    pending = RuleChange(DayRule("Asia/Tokyo"), utc("2026-01-11T03:00"))
    wanted = DayRule("Asia/Tokyo", 5)
    planned = plan_change(DayRule(), wanted, utc("2026-01-10T12:00"), zone_changes=[], pending=pending)
    assert planned == RuleChange(wanted, utc("2026-01-11T03:00"))
