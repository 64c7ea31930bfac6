"""When something is due: a time of day on a local date, as an instant.

Pure. A time the clock skips moves forward, one it strikes twice is taken the first time (PEP 495). The local date is what
is counted and carried on; it is never worked out again from the instant, so no change of clocks loses or doubles a day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
WEEK = 7
EVERY_DAY = frozenset(range(WEEK))
MONDAY = frozenset({0})


@dataclass(frozen=True, slots=True)
class Rule:
    """A time of day in a zone, on some days of the week (Monday is 0).

    Raises:
        ValueError: there is no such day of the week, or none at all.
    """

    at: time
    tz: str
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        """Refuse a rule that never comes."""
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError("a rule needs days of the week, from 0 for Monday to 6")


def due(day: date, at: time, tz: str) -> datetime:
    """Find the instant of a time of day on a local date, in UTC.

    Raises:
        ZoneInfoNotFoundError: there is no such zone.
    """
    return datetime.combine(day, at, tzinfo=ZoneInfo(tz)).astimezone(UTC)


def local_date(now: datetime, tz: str) -> date:
    """Name the calendar's date somewhere at an instant."""
    return now.astimezone(ZoneInfo(tz)).date()


def days_from(first: date, weekdays: Collection[int]) -> Iterator[date]:
    """Go through the local dates of a rule, from one on."""
    day = first
    while True:
        if day.weekday() in weekdays:
            yield day
        day += ONE_DAY


def mask_of(weekdays: Collection[int]) -> int:
    """Write days of the week as bits, Monday the lowest."""
    return sum(1 << day for day in weekdays)


def weekdays_of(mask: int) -> frozenset[int]:
    """Read days of the week from bits."""
    return frozenset(day for day in EVERY_DAY if mask >> day & 1)
