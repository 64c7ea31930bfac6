"""Streaks: what counts as a day's work, how runs of days grow, and when a freeze saves one.

Pure. The facts are three sets of dates (done, frozen, bridged) and a freeze balance; everything shown follows from
them. Only dates are compared, never durations. Knows nothing of clocks, zones or storage.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

FIRST_FREEZES = 1
MOST_FREEZES = 2
RUN_PER_FREEZE = 7


class DayKind(StrEnum):
    """What the calendar shows for a date."""

    DONE = "done"
    FROZEN = "frozen"  # missed, and a freeze kept the streak
    BRIDGED = "bridged"  # lost to a change of time zone, or absent from the calendar; costs nothing
    PRACTICE = "practice"  # some work, not a whole day's


@dataclass(frozen=True, slots=True)
class Tally:
    """The state of a streak as of its last done day; what the store keeps."""

    current: int = 0
    best: int = 0
    last_day: date | None = None
    freezes: int = FIRST_FREEZES


@dataclass(frozen=True, slots=True)
class Step:
    """What one newly done day changed: the new tally, the dates freezes were spent on, and freezes earned."""

    tally: Tally
    froze: tuple[date, ...] = ()
    earned: int = 0


@dataclass(frozen=True, slots=True)
class Streak:
    """A streak as the learner sees it today.

    `freezes` is what is left after those already needed to keep it alive; `frozen` are the dates those stand on.
    `to_next_freeze` counts done days until another is earned, or is None while no more can be held.
    """

    current: int
    best: int
    freezes: int
    last_day: date | None
    today_done: bool
    frozen: tuple[date, ...] = ()
    to_next_freeze: int | None = RUN_PER_FREEZE


def qualifies(*, posed: int, answered: int, new_passes: int) -> bool:
    """Decide whether a day counts: the whole daily set answered, right or wrong, or a challenge passed for the first time."""
    return new_passes > 0 or (posed > 0 and answered >= posed)


def advance(tally: Tally, day: date, covered: Collection[date] = ()) -> Step:
    """Add a newly done day after all earlier ones.

    Freezes are spent only when there are enough for every missed date; `covered` dates are not missed.

    Raises:
        ValueError: when the day is not later than the last one; such a day needs `evaluate`.
    """
    if tally.last_day is not None and day <= tally.last_day:
        raise ValueError(f"{day} is not after {tally.last_day}; evaluate the whole log instead")
    missed = tuple(_missed(tally.last_day, day, covered))
    kept = len(missed) <= tally.freezes
    run = tally.current + 1 if kept else 1
    froze = missed if kept else ()
    moved = Tally(run, max(tally.best, run), day, tally.freezes - len(froze))
    earned = freezes_earned(run - 1, run, moved.freezes)
    return Step(replace(moved, freezes=moved.freezes + earned), froze, earned)


def evaluate(done: Collection[date], covered: Collection[date], freezes: int) -> Tally:
    """Work a tally out afresh from its log, in whatever order that is read.

    `covered` are frozen and bridged dates: they join runs and add nothing to them.
    """
    current = best = 0
    last: date | None = None
    for day in sorted(set(done)):
        current = 1 if any(_missed(last, day, covered)) else current + 1
        best, last = max(best, current), day
    return Tally(current, best, last, freezes)


def insert(tally: Tally, day: date, done: Collection[date], covered: Collection[date]) -> Step:
    """Add a done day that lies before the last one, as after a flight westwards; `done` are the days before it."""
    after = evaluate({*done, day}, covered, tally.freezes)
    earned = freezes_earned(tally.current, after.current, tally.freezes)
    return Step(replace(after, freezes=after.freezes + earned), (), earned)


def freezes_earned(run_before: int, run_after: int, held: int) -> int:
    """Count the freezes a growing run earns: one per seven days, none beyond what can be held."""
    crossed = run_after // RUN_PER_FREEZE - run_before // RUN_PER_FREEZE
    return max(0, min(crossed, MOST_FREEZES - held))


def seen(tally: Tally, today: date, covered: Collection[date] = ()) -> Streak:
    """Show a tally as of today: a gap is still bridged while the freezes held suffice, otherwise the run is over."""
    missed = tuple(_missed(tally.last_day, today, covered))
    alive = len(missed) <= tally.freezes
    current = tally.current if alive else 0
    left = tally.freezes - len(missed) if alive else tally.freezes
    return Streak(
        current=current,
        best=tally.best,
        freezes=left,
        last_day=tally.last_day,
        today_done=tally.last_day is not None and today <= tally.last_day,
        frozen=missed if alive else (),
        to_next_freeze=None if left >= MOST_FREEZES else RUN_PER_FREEZE - current % RUN_PER_FREEZE,
    )


def _missed(last: date | None, day: date, covered: Collection[date]) -> Iterator[date]:
    """Dates strictly between two done days that nothing covers."""
    if last is None:
        return
    for ordinal in range(last.toordinal() + 1, day.toordinal()):
        between = date.fromordinal(ordinal)
        if between not in covered:
            yield between
