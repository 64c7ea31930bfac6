"""Pauses: stretches of days a learner takes off in advance, how they are asked for, and how many there may be.

Pure. A paused date can neither break a streak nor make it grow; who works on one all the same gets it counted. Fourteen
days make the longest pause, and of any ninety days twenty-eight may be paused, so that pauses cannot be strung together.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_PAUSE = 14
PAUSE_WINDOW = 90
PAUSED_PER_WINDOW = 28
FARTHEST_AHEAD = 90
_DAY = r"(?:today|tomorrow|\d{4}-\d{2}-\d{2})"
_WANTED = re.compile(
    rf"(?:(?P<count>\d{{1,3}})\s*(?:days?)?)?\s*(?:from\s+(?P<first>{_DAY}))?\s*(?:until\s+(?P<last>{_DAY}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Pause:
    """Dates to take off, both ends included."""

    first: date
    last: date

    @property
    def dates(self) -> tuple[date, ...]:
        """Every date of it."""
        return tuple(date.fromordinal(n) for n in range(self.first.toordinal(), self.last.toordinal() + 1))


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something cannot be, and what can."""

    reason: str


def read_pause(text: str, soonest: date, today: date) -> Pause | Refused:
    """Read a pause as it is typed: `7`, `until 2026-12-01`, `7 from 2026-12-20`. Without a first day it is `soonest`."""
    wanted = _WANTED.fullmatch(text.strip().lower())
    if wanted is None or not (wanted["count"] or wanted["last"]):
        return Refused("Say for how long: /streak pause 7, or /streak pause until 2026-12-01.")
    first = _read_day(wanted["first"], today) if wanted["first"] else soonest
    last = _read_day(wanted["last"], today) if wanted["last"] else None
    if first is None or (wanted["last"] and last is None):
        return Refused("The calendar has no such date. Write it as 2026-12-01: year, month, day.")
    if last is None:
        count = int(wanted["count"])
        if not 1 <= count <= LONGEST_PAUSE:
            return Refused(f"A pause is 1 to {LONGEST_PAUSE} days.")
        return Pause(first, first + timedelta(days=count - 1))
    return Pause(first, last)


def _read_day(text: str, today: date) -> date | None:
    if text in ("today", "tomorrow"):
        return today + timedelta(days=text == "tomorrow")
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def refusal(pause: Pause, paused: Collection[date], today: date) -> Refused | None:
    """Decide whether a pause may be, beside the dates `paused` before; None lets it."""
    if any(day >= today for day in paused):
        until = max(paused)
        return Refused(f"You have a pause until {until:%a} {until.day} {until:%b}. /streak resume ends it first.")
    if pause.first < today:
        return Refused("A pause begins today or later; days that are over stay as they were.")
    if pause.first > today + timedelta(days=FARTHEST_AHEAD):
        return Refused(f"That is far away: a pause can be planned {FARTHEST_AHEAD} days ahead.")
    length = (pause.last - pause.first).days + 1
    if length < 1:
        return Refused("That pause would end before it begins.")
    if length > LONGEST_PAUSE:
        return Refused(f"That would be {length} days; a pause is up to {LONGEST_PAUSE}.")
    since = pause.last - timedelta(days=PAUSE_WINDOW)
    left = PAUSED_PER_WINDOW - sum(day > since for day in paused)
    if length > left:
        return Refused(
            f"Of any {PAUSE_WINDOW} days, {PAUSED_PER_WINDOW} can be paused; {max(left, 0)} are left for that stretch."
        )
    return None
