"""What to ask next: the daily set, and one question on a topic. Pure: the same history, day and seed give the same.

Knows when concepts were met, not who the learner is. A concept is due by `due_first`, the seam for a better schedule.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from quizzes.generators import seeded
from quizzes.items import Item, Track
from quizzes.memory import Memory
from quizzes.needs import in_order
from quizzes.skill import Skill
from quizzes.topics import Topic, match_topic

__all__ = ["Learner", "Seen", "Topic", "daily_set", "match_topic", "next_item"]

LONG_UNSEEN = 7  # days after which a concept that went well is worth another look
_REVIEW_SHARE = 0.6  # of the daily set, at most


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

    @property
    def ability(self) -> Skill:
        """The learner's rating, which begins where a placement put them. The one to hand to `skill.update`."""
        return self.skill if self.skill.games else Skill(self.start or self.skill.rating)


@dataclass(frozen=True)
class _Memory:
    """A history, looked up by item and by concept."""

    items: dict[str, Seen] = field(default_factory=dict)
    concepts: dict[str, Seen] = field(default_factory=dict)

    @classmethod
    def of(cls, history: Iterable[Seen]) -> _Memory:
        """Keep the latest answer per item and per concept."""
        memory = cls()
        for seen in sorted(history, key=lambda seen: seen.day):
            memory.items[seen.item_id] = seen
            memory.concepts[seen.concept] = seen
        return memory


def daily_set(
    track: Track,
    learner: Learner,
    path_sections: Sequence[str] = (),
    *,
    now: datetime,
    today: date,
    seed: int,
    size: int = 5,
) -> tuple[str, ...]:
    """Choose today's items: some concepts to review, new ones along the path, one from elsewhere in it.

    Without `path_sections`, the path is the whole track. Fewer than `size` come back when there is nothing else left to ask today.
    """
    memory = _Memory.of(learner.seen)
    picks = _Picks(track, memory, today, seeded(seed))
    sections = tuple(path_sections) or tuple(section.slug for section in track.sections)
    fresh = list(_new_concepts(track, sections, memory))
    due = [concept for concept in due_first(memory.concepts.values(), today) if track.concept(concept)]
    for stage, most in (
        (due, int(size * _REVIEW_SHARE)),
        (fresh, 1),
        (_interleaved(track, picks, fresh, memory), 1),
        (fresh, size),
        (due, size),
        (_oldest(memory), size),
        (picks.leftover_concepts(sections), size),
    ):
        picks.take(stage, min(most, size - len(picks.chosen)))
    picks.fill(size)
    return tuple(item.id for item in picks.chosen)


def due_first(concepts: Iterable[Seen], today: date) -> list[str]:
    """Name the concepts to review: those that went wrong, the oldest first, then those unseen for long."""
    earlier = [seen for seen in concepts if seen.day < today]
    due = [seen for seen in earlier if not seen.correct or (today - seen.day).days >= LONG_UNSEEN]
    return [seen.concept for seen in sorted(due, key=lambda seen: (seen.correct, seen.day, seen.concept))]


def next_item(track: Track, learner: Learner, topic: str, seed: int, *, now: datetime, today: date) -> str | None:
    """Choose one question on a topic, or on anything when it is empty; None when nothing is left to ask on it today."""
    memory = _Memory.of(learner.seen)
    picks = _Picks(track, memory, today, seeded(seed))
    topics = match_topic(track, topic)
    if topic.strip() and not (topics and topics[0].exact):
        return None
    concepts = list(topics[0].concepts if topics else (concept.id for concept in track.concepts))
    wrong_or_new = [c for c in due_first(memory.concepts.values(), today) if c in concepts]
    fresh = [c for c in concepts if c not in memory.concepts]
    picks.take([*wrong_or_new, *fresh, *(c for c in _oldest(memory) if c in concepts), *concepts], 1)
    return picks.chosen[0].id if picks.chosen else None


class _Picks:
    """The set being put together: never an item twice, never one answered today."""

    def __init__(self, track: Track, memory: _Memory, today: date | None, rng: random.Random) -> None:
        self.chosen: list[Item] = []
        self._track, self._memory, self._rng = track, memory, rng
        self._variants: dict[str, list[Item]] = {}
        for item in track.items:
            seen = memory.items.get(item.id)
            if not item.quarantined and not (seen and seen.day == today):
                self._variants.setdefault(item.concept, []).append(item)

    @property
    def concepts(self) -> set[str]:
        """The concepts in the set so far."""
        return {item.concept for item in self.chosen}

    @property
    def sections(self) -> set[str]:
        """The sections in the set so far."""
        return {item.section for item in self.chosen}

    def take(self, concepts: Iterable[str], most: int) -> None:
        """Take one item of each of the first few concepts that are not in the set yet."""
        wanted = (concept for concept in concepts if concept not in self.concepts and concept in self._variants)
        for concept in list(islice(dict.fromkeys(wanted), max(0, most))):
            self.chosen.append(self._best(self._variants[concept]))

    def fill(self, size: int) -> None:
        """Fill up with further variants of any concept."""
        rest = [item for items in self._variants.values() for item in items if item not in self.chosen]
        while rest and len(self.chosen) < size:
            best = self._best(rest)
            self.chosen.append(best)
            rest.remove(best)

    def leftover_concepts(self, sections: Sequence[str]) -> list[str]:
        """Name every concept that can still be asked, those of the path first."""
        along = {slug: place for place, slug in enumerate(sections)}
        wanted = sorted(self._variants, key=lambda concept: along.get(self._home(concept), len(along)))
        return list(in_order(wanted, {concept.id: concept.needs for concept in self._track.concepts}))

    def _home(self, concept: str) -> str:
        section = self._track.section_of(concept)
        return section.slug if section else ""

    def _best(self, items: list[Item]) -> Item:
        shuffled = self._rng.sample(items, len(items))
        return min(shuffled, key=self._freshness)

    def _freshness(self, item: Item) -> tuple[bool, date, int]:
        last = self._memory.concepts.get(item.concept)
        seen = self._memory.items.get(item.id)
        return (last is not None and last.item_id == item.id, seen.day if seen else date.min, item.difficulty)


def _new_concepts(track: Track, sections: Sequence[str], memory: _Memory) -> Iterator[str]:
    """Walk the path, putting what a concept needs before it, wherever that is taught."""
    needs = {concept.id: concept.needs for concept in track.concepts}
    named = [track.section(slug) for slug in sections]
    along = [concept.id for section in named if section for concept in section.concepts]
    return (concept for concept in in_order(along, needs) if concept not in memory.concepts)


def _interleaved(track: Track, picks: _Picks, fresh: Sequence[str], memory: _Memory) -> Iterator[str]:
    """Name concepts from sections not in the set yet: known ones, the oldest first, else new ones whose needs are met."""
    homes = {concept.id: section.slug for section in track.sections for concept in section.concepts}
    met = picks.sections
    yield from (concept for concept in _oldest(memory) if homes.get(concept) not in met)
    unmet = set(fresh) - picks.concepts
    for concept in fresh:
        facts = track.concept(concept)
        if facts and homes[concept] not in met and not unmet & set(facts.needs):
            yield concept


def _oldest(memory: _Memory) -> list[str]:
    return [seen.concept for seen in sorted(memory.concepts.values(), key=lambda seen: (seen.day, seen.concept))]
