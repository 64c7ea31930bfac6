"""What is known of a learner, and what follows from it today: what is due, what is weakest, what they would get right.

Pure; a learner's own calendar decides what a day is. Knows nothing of how a set is put together.
"""

from __future__ import annotations

from collections.abc import Iterable, KeysView, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from quizzes.items import Item, Track
from quizzes.memory import DEFAULT, Memory, Parameters, rate, retrievability, review
from quizzes.skill import Skill, expected, guess_floor, prior


@dataclass(frozen=True, slots=True)
class Seen:
    """The last time a learner answered an item, on their own calendar."""

    item_id: str
    concept: str
    day: date
    correct: bool


@dataclass(frozen=True)
class Learner:
    """What is known of a learner. Everything has a default: a newcomer is `Learner()`."""

    seen: tuple[Seen, ...] = ()
    memories: Mapping[str, Memory] = field(default_factory=dict)  # by concept
    skill: Skill = field(default_factory=Skill)
    sections: Mapping[str, Skill] = field(default_factory=dict)  # by section's slug
    items: Mapping[str, Skill] = field(default_factory=dict)  # ratings that differ from the author's prior
    quarantined: frozenset[str] = frozenset()  # items not to ask, besides those the track itself sets apart
    start: float = 0.0  # ability a placement found, in logits
    known: Mapping[str, float] = field(default_factory=dict)  # by a placement: asked after all that is new
    parameters: Parameters = DEFAULT  # what the memories were made with

    @property
    def ability(self) -> Skill:
        """The learner's rating, which begins where a placement put them. The one to hand to `skill.update`."""
        return self.skill if self.skill.games else Skill(self.start or self.skill.rating)

    @property
    def newcomer(self) -> bool:
        """Whether nothing is known of how able they are."""
        return not (self.seen or self.skill.games or self.start)

    def chance(self, item: Item) -> float:
        """How likely they answer an item right at first sight, 0 to 1."""
        section = self.sections.get(item.section, Skill())
        rating = self.items.get(item.id) or Skill(prior(item.difficulty))
        return expected(self.ability, section, rating, guess_floor(item))


class Past:
    """A learner's history seen from one moment, looked up by item and by concept. Concepts that are gone do not count."""

    def __init__(self, track: Track, learner: Learner, now: datetime, today: date) -> None:
        self._learner, self._now, self._today = learner, now, today
        self.items: dict[str, Seen] = {}
        self.concepts: dict[str, Seen] = {}
        for seen in sorted(learner.seen, key=lambda seen: seen.day):
            self.items[seen.item_id] = seen
            self.concepts[seen.concept] = seen
        names = self.concepts.keys() | learner.memories.keys()
        self._memories = {name: self._memory(name) for name in sorted(names) if track.concept(name)}

    @property
    def met(self) -> KeysView[str]:
        """Every concept that was asked before."""
        return self._memories.keys()

    @cached_property
    def weakest(self) -> list[str]:
        """Every concept met before today, what is most likely forgotten first."""
        return self._weakest_of(name for name in self._memories if self.days_since(name) != 0)

    @cached_property
    def due(self) -> list[str]:
        """Those of them whose time has come, what was forgotten least often first, then what is most likely forgotten.

        A day counts when the calendar turns, not when its last hour is over. What will not stick takes many questions for
        little; in simulations half as much waits when it comes after the rest, and more is known throughout.
        """
        weakest = self._weakest_of(name for name in self._memories if self.days_since(name) != 0 and self._is_due(name))
        return sorted(weakest, key=lambda name: self._memories[name].lapses)

    def days_since(self, concept: str) -> int | None:
        """Count the days since the latest answer on a concept; None without one."""
        seen = self.concepts.get(concept)
        return (self._today - seen.day).days if seen else None

    def _weakest_of(self, names: Iterable[str]) -> list[str]:
        recall = {name: retrievability(self._memories[name], self._now, self._learner.parameters) for name in names}
        return sorted(recall, key=lambda name: (recall[name], name))

    def _is_due(self, concept: str) -> bool:
        memory, passed = self._memories[concept], self.days_since(concept)
        if passed is None:
            return memory.due_at <= self._now
        return passed >= (memory.due_at - memory.reviewed_at).days

    def _memory(self, concept: str) -> Memory:
        """The memory that was kept, else what the latest answer alone would have left."""
        kept = self._learner.memories.get(concept)
        if kept:
            return kept
        seen = self.concepts[concept]
        at = self._now - timedelta(days=max(0, (self._today - seen.day).days))
        return review(None, rate(correct=seen.correct), at, self._learner.parameters)
