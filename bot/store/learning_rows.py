"""What the learning facet takes and gives: frozen values that cross the store's border. No SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.reviewing import Kept
from bot.store.rows import Answered
from quizzes.memory import DEFAULT, Parameters
from quizzes.skill import Skill


@dataclass(frozen=True, slots=True)
class Placement:
    """A placement test that has ended: ability and its standard error in logits, and the concepts that are likely known."""

    id: int
    answers: int
    ability: float
    error: float
    known: Mapping[str, float]
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class PlacementRun:
    """A placement test under way: what was asked, in order, with the outcome or None, and the open question's short id."""

    id: int
    asked: tuple[tuple[str, bool | None], ...] = ()
    open_question: str = ""

    @property
    def answered(self) -> tuple[tuple[str, bool], ...]:
        """The items answered so far, each with whether it was right."""
        return tuple((item_id, correct) for item_id, correct in self.asked if correct is not None)


@dataclass(frozen=True, slots=True)
class Learned:
    """All that is kept of a learner's memory and ability.

    `items` are the ratings of all items anybody answered; `answered` is what the learner did, placement tests left out, and
    `tested` what such tests asked, each with the day.
    """

    memories: Mapping[str, Kept] = field(default_factory=dict)  # by concept
    skill: Skill = field(default_factory=Skill)
    sections: Mapping[str, Skill] = field(default_factory=dict)  # by section's slug
    items: Mapping[str, Skill] = field(default_factory=dict)  # by item's id
    placement: Placement | None = None
    parameters: Parameters = DEFAULT
    answered: tuple[Answered, ...] = ()
    tested: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers given with about the same confidence: what was said on average, how many were right, 0 to 1; how many."""

    said: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well a learner's confidence fits: bins from low to high, and the Brier score (0 is perfect, 0.25 a coin)."""

    bins: tuple[Bin, ...] = ()
    brier: float = 0.0

    @property
    def answers(self) -> int:
        """How many answers it rests on."""
        return sum(one.count for one in self.bins)
