"""What to ask next: the daily set, and one question on a topic. Pure: the same learner, day and seed give the same.

Memory says which concepts, the track's needs say which new ones, ratings say which variant. Holds no memory or rating itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from quizzes.generators import seeded
from quizzes.items import Item, Track
from quizzes.learner import Learner, Past, Seen
from quizzes.needs import in_order
from quizzes.topics import Topic, match_topic

__all__ = ["Learner", "Seen", "Topic", "daily_set", "match_topic", "next_item"]

TARGET, BAND = 0.8, 0.05
"""How likely a right answer should be, and how far off is as good: hard enough to learn from, easy enough to go on."""

LATELY = 14  # days during which another variant is better
_REVIEW_SHARE = 0.6  # of the daily set, at most, as long as there is something new


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
    `today` is the learner's own day, `now` any time of it with a zone.
    """
    past = Past(track, learner, now, today)
    picks = _Picks(track, learner, past, today, seeded(seed))
    for concepts, most in _stages(track, learner, past, picks, path_sections, size):
        picks.take(concepts, min(most, size - len(picks.chosen)))
        if len(picks.chosen) == size:
            break
    picks.fill(size)
    return tuple(item.id for item in picks.chosen)


def _stages(
    track: Track, learner: Learner, past: Past, picks: _Picks, path_sections: Sequence[str], size: int
) -> Iterator[tuple[Iterable[str], int]]:
    """Say where concepts come from, one source after the other, and how many at most of each."""
    sections = tuple(path_sections) or tuple(section.slug for section in track.sections)
    fresh = _new_concepts(track, sections, learner, past)
    yield past.due, int(size * _REVIEW_SHARE)
    yield fresh, 1
    yield _interleaved(track, picks, fresh, learner, past), 1
    yield fresh, size
    yield past.due, size
    yield past.weakest, size
    yield picks.leftover_concepts(sections), size


def next_item(track: Track, learner: Learner, topic: str, seed: int, *, now: datetime, today: date) -> str | None:
    """Choose one question on a topic, or on anything when it is empty; None when nothing is left to ask on it today."""
    topics = match_topic(track, topic)
    if topic.strip() and not (topics and topics[0].exact):
        return None
    past = Past(track, learner, now, today)
    picks = _Picks(track, learner, past, today, seeded(seed))
    concepts = list(topics[0].concepts if topics else (concept.id for concept in track.concepts))
    fresh = sorted((c for c in concepts if c not in past.met), key=learner.known.__contains__)
    picks.take([*_among(past.due, concepts), *fresh, *_among(past.weakest, concepts), *concepts], 1)
    return picks.chosen[0].id if picks.chosen else None


class _Picks:
    """The set being put together: never an item twice, never one answered today, never one in quarantine."""

    def __init__(self, track: Track, learner: Learner, past: Past, today: date, rng: random.Random) -> None:
        self.chosen: list[Item] = []
        self._track, self._learner, self._past, self._today, self._rng = track, learner, past, today, rng
        self._variants: dict[str, list[Item]] = {}
        for item in track.items:
            seen = past.items.get(item.id)
            if not (item.quarantined or item.id in learner.quarantined or (seen and seen.day == today)):
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
        there = self.concepts
        wanted = (concept for concept in concepts if concept not in there and concept in self._variants)
        for concept in list(islice(dict.fromkeys(wanted), max(0, most))):
            self.chosen.append(self._best(self._variants[concept]))

    def fill(self, size: int) -> None:
        """Fill up with further variants of any concept."""
        while len(self.chosen) < size:
            there = {item.id for item in self.chosen}
            rest = [item for items in self._variants.values() for item in items if item.id not in there]
            if not rest:
                break
            self.chosen.append(self._best(rest))

    def leftover_concepts(self, sections: Sequence[str]) -> Iterator[str]:
        """Name every concept that can still be asked, those of the path first."""
        along = {slug: place for place, slug in enumerate(sections)}
        wanted = sorted(self._variants, key=lambda concept: along.get(self._home(concept), len(along)))
        yield from in_order(wanted, {concept.id: concept.needs for concept in self._track.concepts})

    def _home(self, concept: str) -> str:
        section = self._track.section_of(concept)
        return section.slug if section else ""

    def _best(self, items: list[Item]) -> Item:
        shuffled = self._rng.sample(items, len(items))
        return min(shuffled, key=self._unfitness)

    def _unfitness(self, item: Item) -> tuple[bool, bool, float, date]:
        """Rank a variant: not the one seen last, not one seen lately, as hard as it should be, the longest ago."""
        last, seen = self._past.concepts.get(item.concept), self._past.items.get(item.id)
        return (
            last is not None and last.item_id == item.id,
            seen is not None and (self._today - seen.day).days < LATELY,
            self._off_target(item),
            seen.day if seen else date.min,
        )

    def _off_target(self, item: Item) -> float:
        if self._learner.newcomer:
            return item.difficulty
        return max(0.0, abs(self._learner.chance(item) - TARGET) - BAND)


def _new_concepts(track: Track, sections: Sequence[str], learner: Learner, past: Past) -> list[str]:
    """Walk the path, putting what a concept needs before it, wherever that is taught; what is known already comes last."""
    needs = {concept.id: concept.needs for concept in track.concepts}
    named = [track.section(slug) for slug in sections]
    along = [concept.id for section in named if section for concept in section.concepts]
    new = [concept for concept in in_order(along, needs) if concept not in past.met]
    return sorted(new, key=learner.known.__contains__)


def _interleaved(track: Track, picks: _Picks, fresh: list[str], learner: Learner, past: Past) -> Iterator[str]:
    """Name concepts from sections not in the set yet: new ones whose needs are met, then those most likely forgotten."""
    homes = {concept.id: section.slug for section in track.sections for concept in section.concepts}
    there = picks.sections
    unmet = set(fresh) - picks.concepts - learner.known.keys()
    for concept in fresh:
        facts = track.concept(concept)
        if facts and homes[concept] not in there and not unmet & set(facts.needs):
            yield concept
    yield from (concept for concept in past.weakest if homes[concept] not in there)


def _among(names: Iterable[str], wanted: Sequence[str]) -> Iterator[str]:
    return (name for name in names if name in wanted)
