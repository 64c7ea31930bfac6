"""Which answers move a memory, and on which of the learner's days a concept is due. Pure; knows no store and no clock.

`quizzes.memory` knows how memory fades; this knows days. Of the answers on a concept that a learner gives on one local day
the first counts, and a later one only when it is that day's first miss: more answers within minutes say nothing of
what will be left next week.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from quizzes.memory import DEFAULT, Memory, Parameters, Rating, review

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A memory, with the local day of its latest review that counted and whether a miss counted on that day."""

    memory: Memory
    day: date
    missed: bool

    @property
    def due_day(self) -> date:
        """The local day the concept comes again; a memory is due a whole number of days after its review."""
        waits = round((self.memory.due_at - self.memory.reviewed_at) / _DAY)
        return date.fromordinal(min(self.day.toordinal() + waits, date.max.toordinal()))


def counts(kept: Kept | None, rating: Rating, day: date) -> bool:
    """Tell whether an answer on a local day moves the memory."""
    if kept is None or day > kept.day:
        return True
    return rating is Rating.AGAIN and not kept.missed


def remember(kept: Kept | None, rating: Rating, at: datetime, day: date, parameters: Parameters = DEFAULT) -> Kept:
    """Renew a memory by an answer, if it counts; otherwise the memory stays as it is."""
    if kept is not None and not counts(kept, rating, day):
        return kept
    renewed = review(kept.memory if kept else None, rating, at, parameters)
    return Kept(renewed, max(day, kept.day) if kept else day, rating is Rating.AGAIN)


def is_due(kept: Kept | None, day: date) -> bool:
    """Tell whether a concept is due on a local day; one that was never met is not waiting to come again."""
    return kept is not None and day >= kept.due_day
