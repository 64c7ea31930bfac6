"""No day of any zone is lost or doubled, at any time of day, whatever its clocks do; the usual library is shown to lose some."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.plan import CATCH_UP, first_open
from bot.schedule.rule import EVERY_DAY, ONE_DAY, Rule, days_from, due, local_date, mask_of, weekdays_of

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
TIMES = [time(n // 2, 30 * (n % 2)) for n in range(48)]
NASTY = (  # midnight and half-hour shifts, far ends of the date line, shifts of two hours, winters that are summers
    "America/Los_Angeles", "America/Havana", "America/Santiago", "America/Asuncion", "America/Nuuk", "Africa/Cairo",
    "Africa/Casablanca", "Asia/Beirut", "Asia/Tehran", "Atlantic/Azores", "Australia/Lord_Howe", "Antarctica/Troll",
    "Europe/Dublin", "Europe/Paris", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Scoresbysund",
    "Asia/Kathmandu", "UTC",
)  # fmt: skip
NOTHING = timedelta(0)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture(autouse=True, scope="module")
def _pinned() -> Iterator[None]:
    """The zones of the pinned package, as in the program, not those of this system."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(before)
    ZoneInfo.clear_cache()


def faults_of(tz: str, at: time) -> Counter[str]:
    """Live through three years of one rule and count what is missed, doubled, or at another time than it should be."""
    zone, faults, before = ZoneInfo(tz), Counter[str](), None
    day = FIRST
    while day <= LAST:
        found = due(day, at, tz)
        faults["checks"] += 1
        if before is not None and found <= before:
            faults["doubled or out of order"] += 1
        here = found.astimezone(zone)
        wall = here.replace(tzinfo=None)
        meant = datetime.combine(day, at)
        if wall != meant:
            faults["moved"] += 1
            gap = wall - meant
            before_gap = (found - gap).astimezone(zone).replace(tzinfo=None)
            if not (NOTHING < gap <= timedelta(hours=3) and before_gap < meant):
                faults["at a wrong time"] += 1
        elif here.fold:
            faults["the second of two"] += 1
        before = found
        day += ONE_DAY
    return faults


def dates_sent(tz: str, at: time, first: date, last: date) -> list[date]:
    """The local dates that the plan sends between two dates, each found from the one before, as the store does it."""
    rule = Rule(at, tz)
    now = due(first, time(), tz) - timedelta(hours=1)
    found = first_open(rule, NOTHING, CATCH_UP, now=now, since=LONG_AGO, after=first - ONE_DAY)
    sent = []
    while found.local_date <= last:
        sent.append(found.local_date)
        found = first_open(rule, NOTHING, CATCH_UP, now=found.due, since=LONG_AGO, after=found.local_date)
    return sent


def cron_faults(tz: str, at: time) -> Counter[str]:
    """What APScheduler's trigger for a time of day loses and doubles of 2026."""
    trigger = CronTrigger(hour=at.hour, minute=at.minute, timezone=ZoneInfo(tz))
    fired, previous, now = Counter[date](), None, YEAR[0]
    while now < YEAR[1]:
        previous = trigger.get_next_fire_time(previous, now)
        fired[previous.date()] += 1
        now = previous.astimezone(UTC) + timedelta(seconds=1)
    days = [FIRST + n * ONE_DAY for n in range(1, 364)]
    return Counter(lost=sum(fired[day] == 0 for day in days), doubled=sum(fired[day] > 1 for day in days))


def total(zones: Iterable[str], times: Iterable[time]) -> Counter[str]:
    """All faults of some zones at some times."""
    return sum((faults_of(tz, at) for tz in zones for at in times), Counter[str]())


def wrong(found: Counter[str]) -> dict[str, int]:
    return {what: n for what, n in found.items() if what not in ("checks", "moved")}


def test_no_day_is_lost_or_doubled_where_clocks_are_nasty() -> None:
    found = total(NASTY, TIMES[:6] + TIMES[46:])
    assert (wrong(found), found["checks"]) == ({}, 20 * 8 * 1096)
    assert found["moved"] > 20  # times that were skipped, as they should be


@pytest.mark.slow
def test_no_day_is_lost_or_doubled_in_any_zone_at_any_time() -> None:
    zones = sorted(zoneinfo.available_timezones())
    found = total(zones, TIMES)
    assert (wrong(found), found["checks"]) == ({}, len(zones) * 48 * 1096)


@pytest.mark.parametrize("tz", NASTY[:12])
def test_what_is_planned_one_after_the_other_is_every_date_once(tz: str) -> None:
    first, last = date(2026, 2, 20), date(2026, 4, 10)
    every = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    assert all(dates_sent(tz, at, first, last) == every for at in (TIMES[0], TIMES[1], TIMES[5], TIMES[47]))


def test_the_control_an_ordinary_trigger_loses_days_and_doubles_others() -> None:
    found = [cron_faults(tz, at) for tz, at in (("America/Los_Angeles", time(0)), ("America/Los_Angeles", time(1, 30)))]
    assert [(one["lost"], one["doubled"]) for one in found] == [(1, 0), (0, 1)]


def test_a_time_that_is_skipped_moves_forward_and_one_that_comes_twice_is_the_first() -> None:
    assert due(date(2026, 3, 29), time(2, 30), "Europe/Paris") == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )  # 03:30 there
    assert due(date(2026, 10, 25), time(2, 30), "Europe/Paris") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )  # in summer time


def test_the_intended_date_is_kept_where_its_time_falls_into_the_next() -> None:
    spring = date(2026, 3, 28)  # in Greenland clocks go from 22:00 to 23:00 before midnight, or from 23:00 to 24:00
    found = due(spring, time(23, 30), "America/Nuuk")
    assert dates_sent("America/Nuuk", time(23, 30), spring, spring + ONE_DAY) == [spring, spring + ONE_DAY]
    assert (found, local_date(found, "America/Nuuk")) == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 3, 29))


@given(st.frozensets(st.integers(0, 6), min_size=1), st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_days_of_the_week_are_kept_and_written(weekdays: frozenset[int], first: date) -> None:
    found = [day for day, _ in zip(days_from(first, weekdays), range(20), strict=False)]
    assert {day.weekday() for day in found} == weekdays
    assert (found == sorted(set(found)), weekdays_of(mask_of(weekdays))) == (True, weekdays)
    assert [
        day
        for day in (found[0] + n * ONE_DAY for n in range((found[-1] - found[0]).days + 1))
        if day.weekday() in weekdays
    ] == found


@pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7}), frozenset({-1, 2})])
def test_a_rule_that_never_comes_is_refused(weekdays: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="days of the week"):
        Rule(time(9), "UTC", weekdays)


def test_every_day_is_every_day() -> None:
    assert (Rule(time(9), "UTC").weekdays, mask_of(EVERY_DAY)) == (EVERY_DAY, 127)
