"""Streaks: what counts as a day's work, how runs of days grow, what saves one, and how one is mended.

Pure. The facts are a learner's log: dates done, dates covered (by a freeze, a pause, an amnesty, a repair, or lost to
a change of zone), and a balance of freezes; everything shown follows from them. What a freeze was once spent on stays
decided: facts are only added, so a best never falls. Only dates are compared, never durations. Knows nothing of
clocks, zones or storage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

FIRST_FREEZES = 1
MOST_FREEZES = 2
RUN_PER_FREEZE = 7
EARLY_DAYS = 7  # in which one miss is covered by a freeze given for it
REPAIR_DAYS = 2  # the learner's own days after a break in which it can be mended: 48 hours, counted in dates
REPAIR_QUESTIONS = 10  # two sets of five beyond the day's own
REPAIR_GAP = 30  # days between two repairs
REPAIR_RUN = 2  # days of a run that is worth the work
DAYS_IN_WEEK = 7


class DayKind(StrEnum):
    """What the calendar shows for a date."""

    DONE = "done"
    FROZEN = "frozen"  # missed, and a freeze kept the streak
    BRIDGED = "bridged"  # lost to a change of time zone, or absent from the calendar; costs nothing
    PAUSED = "paused"
    AMNESTY = "amnesty"
    REPAIRED = "repaired"
    PRACTICE = "practice"  # some work, not a whole day's


class Log(NamedTuple):
    """The dates a streak follows from."""

    done: frozenset[date] = frozenset()
    covered: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Tally:
    """The state of a streak as of its last done day; what the store keeps."""

    current: int = 0
    best: int = 0
    last_day: date | None = None
    freezes: int = FIRST_FREEZES


@dataclass(frozen=True, slots=True)
class Step:
    """What one newly done day changed: the new tally, the dates freezes were spent on, and freezes earned.

    `granted` is the one of the `froze` dates that a newcomer's free freeze covers; it costs none of those held.
    """

    tally: Tally
    froze: tuple[date, ...] = ()
    earned: int = 0
    granted: date | None = None


@dataclass(frozen=True, slots=True)
class Streak:
    """A streak as the learner sees it today.

    `freezes` is what is left after those already needed to keep it alive; `frozen` are the dates those stand on.
    `to_next_freeze` counts done days until another is earned, or is None while no more can be held. `today_covered`
    says that today cannot break it: it is paused, or neutral for all.
    """

    current: int
    best: int
    freezes: int
    last_day: date | None
    today_done: bool
    frozen: tuple[date, ...] = ()
    to_next_freeze: int | None = RUN_PER_FREEZE
    today_covered: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """How a broken run can be mended: freezes at hand take the first missed dates, work makes up for the rest.

    `run` is the length of the run that ended, `until` the last day on which the work may be finished.
    """

    frozen: tuple[date, ...]
    repaired: tuple[date, ...]
    until: date
    run: int


class Run(NamedTuple):
    """Done days without an uncovered miss between them."""

    first: date
    last: date
    days: int


def qualifies(*, posed: int, answered: int, new_passes: int) -> bool:
    """Decide whether a day counts: the whole daily set answered, right or wrong, or a challenge passed for the first time."""
    return new_passes > 0 or (posed > 0 and answered >= posed)


def at_stake(streak: Streak) -> bool:
    """Tell whether a day that ends now would cost something: the run, or a freeze. Nothing else is worth a reminder."""
    return streak.current > 0 and not streak.today_done and not streak.today_covered


def advance(tally: Tally, day: date, covered: Collection[date] = (), lenient: Collection[date] = ()) -> Step:
    """Add a newly done day after all earlier ones.

    Freezes are spent only when there are enough for every missed date; `covered` dates are not missed, and the first
    missed date that is `lenient` costs nothing.

    Raises:
        ValueError: when the day is not later than the last one; such a day needs `evaluate`.
    """
    if tally.last_day is not None and day <= tally.last_day:
        raise ValueError(f"{day} is not after {tally.last_day}; evaluate the whole log instead")
    missed = tuple(_missed(tally.last_day, day, covered))
    free = _free(missed, lenient)
    cost = len(missed) - (free is not None)
    kept = cost <= tally.freezes
    run = tally.current + 1 if kept else 1
    moved = Tally(run, max(tally.best, run), day, tally.freezes - cost if kept else tally.freezes)
    earned = _room(run // RUN_PER_FREEZE - (run - 1) // RUN_PER_FREEZE, moved.freezes)
    moved = replace(moved, freezes=moved.freezes + earned)
    return Step(moved, missed, earned, free) if kept else Step(moved, (), earned)


def runs(log: Log) -> list[Run]:
    """Cut a log into runs, oldest first: `covered` dates join done days and add nothing to them."""
    found: list[Run] = []
    for day in sorted(log.done):
        if found and not any(_missed(found[-1].last, day, log.covered)):
            found[-1] = Run(found[-1].first, day, found[-1].days + 1)
        else:
            found.append(Run(day, day, 1))
    return found


def evaluate(log: Log, freezes: int) -> Tally:
    """Work a tally out afresh from its log, in whatever order that was written."""
    found = runs(log)
    if not found:
        return Tally(freezes=freezes)
    return Tally(found[-1].days, max(run.days for run in found), found[-1].last, freezes)


def rework(before: Log, after: Log, freezes: int) -> Step:
    """Work a tally out after facts were added that do not lie at its end, and what the joined runs earn by that."""
    earned = _room(_weeks(after) - _weeks(before), freezes)
    return Step(evaluate(after, freezes + earned), (), earned)


def _weeks(log: Log) -> int:
    """Count the freezes all runs of a log have been worth: one per seven days of each."""
    return sum(run.days // RUN_PER_FREEZE for run in runs(log))


def _room(earned: int, held: int) -> int:
    return max(0, min(earned, MOST_FREEZES - held))


def seen(tally: Tally, today: date, covered: Collection[date] = (), lenient: Collection[date] = ()) -> Streak:
    """Show a tally as of today: a gap is still bridged while the freezes held suffice, otherwise the run is over."""
    missed = tuple(_missed(tally.last_day, today, covered))
    cost = len(missed) - (_free(missed, lenient) is not None)
    alive = cost <= tally.freezes
    current = tally.current if alive else 0
    left = tally.freezes - cost if alive else tally.freezes
    return Streak(
        current=current,
        best=tally.best,
        freezes=left,
        last_day=tally.last_day,
        today_done=tally.last_day is not None and today <= tally.last_day,
        frozen=missed if alive else (),
        to_next_freeze=None if left >= MOST_FREEZES else RUN_PER_FREEZE - current % RUN_PER_FREEZE,
        today_covered=today in covered,
    )


def early_days(first: date | None) -> tuple[date, ...]:
    """List a learner's first days, from the first that counted."""
    return tuple(first + timedelta(days=n) for n in range(EARLY_DAYS)) if first else ()


def healed(log: Log, day: date, freezes: int) -> tuple[date, ...]:
    """Find what freezes at hand have to cover so that the gap before the running run, where a date became neutral, closes."""
    found = runs(log)
    if len(found) < 2 or not found[-2].last < day < found[-1].first:
        return ()
    missed = tuple(_missed(found[-2].last, found[-1].first, log.covered))
    return missed if len(missed) <= freezes else ()


def repairable(log: Log, freezes: int, today: date, lenient: Collection[date] = ()) -> Repair | None:
    """Find the break that work can mend now: the latest one, on the two days after the date that broke the run."""
    past = runs(Log(frozenset(day for day in log.done if day <= today), log.covered))
    if not past:
        return None
    missed = tuple(_missed(past[-1].last, today, log.covered))
    ended = past[-1]
    if not missed:
        if len(past) == 1:
            return None
        ended = past[-2]
        missed = tuple(_missed(ended.last, past[-1].first, log.covered))
    elif len(missed) - (_free(missed, lenient) is not None) <= freezes:
        return None
    frozen = min(freezes, len(missed) - 1)
    reach = min(frozen + (_free(missed, lenient) is not None), len(missed) - 1)
    until = missed[reach] + timedelta(days=REPAIR_DAYS)
    over = today > until or ended.days < REPAIR_RUN
    return None if over else Repair(missed[:frozen], missed[frozen:], until, ended.days)


def _free(missed: Collection[date], lenient: Collection[date]) -> date | None:
    return next((day for day in missed if day in lenient), None)


def _missed(last: date | None, day: date, covered: Collection[date]) -> Iterator[date]:
    """Dates strictly between two done days that nothing covers."""
    if last is None:
        return
    for ordinal in range(last.toordinal() + 1, day.toordinal()):
        between = date.fromordinal(ordinal)
        if between not in covered:
            yield between


def perfect_weeks(days: Collection[date]) -> int:
    """Count the weeks, Monday to Sunday, of which every day is there."""
    return sum(count == DAYS_IN_WEEK for count in by_week(days).values())


def by_week(days: Collection[date]) -> Counter[date]:
    """Count days by the Monday of their week."""
    return Counter(monday(day) for day in set(days))


def monday(day: date) -> date:
    """Find the Monday of a date's week."""
    return day - timedelta(days=day.weekday())


class Weekly(NamedTuple):
    """How a weekly goal stands: days done this week of those aimed at, and the weeks in a row it was met."""

    done: int
    goal: int
    weeks: int


def weekly(log: Log, goals: Sequence[tuple[date, int]], today: date) -> Weekly | None:
    """See how an aim of so many days a week stands; None without one.

    `goals` are (Monday it holds from, days) in the order they were set; 0 ends one. A covered date that was not used
    lowers what its week asks for, and a week that asks for nothing is passed over.
    """
    this, counts = monday(today), by_week(log.done)
    goal = _goal_of(this, goals)
    if not goal:
        return None
    free = by_week([day for day in log.covered if day not in log.done])
    met = int(counts[this] >= goal)
    week = this - timedelta(days=DAYS_IN_WEEK)
    while aim := _goal_of(week, goals):
        wanted = min(aim, DAYS_IN_WEEK - free[week])
        if counts[week] < wanted:
            break
        met += wanted > 0
        week -= timedelta(days=DAYS_IN_WEEK)
    return Weekly(counts[this], goal, met)


def _goal_of(week: date, goals: Sequence[tuple[date, int]]) -> int:
    return next((goal for since, goal in reversed(goals) if since <= week), 0)
