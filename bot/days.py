"""Which day it is for a learner: local days, when they turn, weeks, and changes of time zone.

Pure. A day is a date on the learner's own clock that turns at `day_start` o'clock, so work after midnight still
belongs to the evening before. Knows nothing of streaks or storage; reads no clock.
"""

from __future__ import annotations

import difflib
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY_START = 3
LATEST_DAY_START = 6
CHANGE_GAP = timedelta(hours=24)
CHANGES_PER_WINDOW = 3
CHANGE_WINDOW = timedelta(days=30)
SHORT_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class DayRule:
    """How a learner's days are counted."""

    tz: str = "UTC"
    day_start: int = DAY_START


@dataclass(frozen=True, slots=True)
class UnknownZone:
    """A time zone name nobody knows, with the nearest real ones."""

    name: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A change of day rule that may go ahead, from `effective_at` on.

    `bridged` are dates the change swallows, whole or nearly: they can never break a streak.
    """

    rule: DayRule
    effective_at: datetime
    bridged: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class TooSoon:
    """A change of time zone that has to wait, and until when."""

    allowed_at: datetime
    reason: str


def local_day(now: datetime, tz: str, day_start: int = DAY_START) -> date:
    """Name the learner's day at an instant, by the wall clock.

    Raises:
        ValueError: for a naive `now`.
    """
    if now.tzinfo is None:
        raise ValueError("local_day needs an aware datetime; pass one with a time zone")
    wall = now.astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    return (wall - timedelta(hours=day_start)).date()


def day_begins(day: date, tz: str, day_start: int = DAY_START) -> datetime:
    """Find the instant a local day begins, in UTC; a time the clock skips moves forward."""
    return datetime.combine(day, time(day_start), tzinfo=ZoneInfo(tz)).astimezone(UTC)


def next_turn(now: datetime, tz: str, day_start: int = DAY_START) -> datetime:
    """Find the first turn of the day after an instant, in UTC."""
    tomorrow = local_day(now, tz, day_start) + timedelta(days=1)
    turn = day_begins(tomorrow, tz, day_start)
    if turn <= now:  # a clock set back across the turn strikes it twice
        turn = datetime.combine(tomorrow, time(day_start, fold=1), tzinfo=ZoneInfo(tz)).astimezone(UTC)
    return turn


def week_begins(now: datetime, tz: str) -> datetime:
    """Find Monday 00:00 of the running week on a zone's wall clock, in UTC."""
    today = local_day(now, tz, 0)
    return day_begins(today - timedelta(days=today.weekday()), tz, 0)


def date_exists(day: date, tz: str) -> bool:
    """Tell whether a zone's calendar has a date at all (Samoa had no 30 December 2011)."""
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(tz))
    return noon.astimezone(UTC).astimezone(ZoneInfo(tz)).date() == day


@cache
def zone_names() -> tuple[str, ...]:
    """List every time zone, sorted."""
    return tuple(sorted(zoneinfo.available_timezones()))


@cache
def _zones_by_plain_name() -> dict[str, str]:
    return {name.casefold(): name for name in zone_names()}


def find_zone(text: str) -> str | UnknownZone:
    """Find a time zone by name, forgiving case and blanks; a city alone is enough where it is unique."""
    wanted = "_".join(text.strip()[:64].split()).casefold()
    known = _zones_by_plain_name()
    if wanted in known:
        return known[wanted]
    by_city = [name for plain, name in known.items() if plain.rpartition("/")[2] == wanted]
    if len(by_city) == 1:
        return by_city[0]
    near = by_city or [known[plain] for plain in _near_zones(wanted, known)]
    return UnknownZone(text.strip()[:64], tuple(near[:3]))


def _near_zones(wanted: str, known: dict[str, str]) -> list[str]:
    by_city = {plain.rpartition("/")[2]: plain for plain in known}
    cities = [by_city[city] for city in difflib.get_close_matches(wanted.rpartition("/")[2], by_city, 3, 0.75)]
    return list(dict.fromkeys(difflib.get_close_matches(wanted, known, 3, 0.75) + cities))


def plan_change(
    current: DayRule, wanted: DayRule, now: datetime, *, zone_changes: Sequence[datetime], pending: RuleChange | None
) -> RuleChange | TooSoon:
    """Decide when a new day rule begins: at the learner's next turn of the day, so today keeps its length.

    A zone may change once in 24 hours and three times in 30 days; `zone_changes` are the instants of earlier ones,
    `pending` a change that was accepted and has not begun. Moving the day's start alone is not limited.
    """
    expected = current if pending is None else pending.rule
    if wanted.tz != expected.tz:
        refusal = _too_soon(now, zone_changes, pending)
        if refusal is not None:
            return refusal
    turn = next_turn(now, current.tz, current.day_start)
    return RuleChange(wanted, turn, _bridged(current, wanted, turn))


def _too_soon(now: datetime, changes: Sequence[datetime], pending: RuleChange | None) -> TooSoon | None:
    if pending is not None:
        return TooSoon(pending.effective_at, "your last change has not begun yet")
    recent = sorted(at for at in changes if at > now - CHANGE_WINDOW)
    if recent and now - recent[-1] < CHANGE_GAP:
        return TooSoon(recent[-1] + CHANGE_GAP, "a time zone can change once in 24 hours")
    if len(recent) >= CHANGES_PER_WINDOW:
        return TooSoon(recent[-CHANGES_PER_WINDOW] + CHANGE_WINDOW, "a time zone can change three times in 30 days")
    return None


def _bridged(current: DayRule, wanted: DayRule, turn: datetime) -> tuple[date, ...]:
    """Dates after the one that ends at `turn` which the new rule skips, or leaves under twelve hours of."""
    ended = local_day(turn - timedelta(microseconds=1), current.tz, current.day_start)
    begun = local_day(turn, wanted.tz, wanted.day_start)
    first = ended.toordinal() + 1
    lost = [date.fromordinal(day) for day in range(first, begun.toordinal())]
    left = next_turn(turn, wanted.tz, wanted.day_start) - turn
    if begun.toordinal() >= first and left < SHORT_DAY:
        lost.append(begun)
    return tuple(lost)
