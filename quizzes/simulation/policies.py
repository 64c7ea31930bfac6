"""Ways to choose a day's questions: ours, ours with a memory per question, at random, and in a fixed order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from quizzes.choose import daily_set
from quizzes.generators import seeded
from quizzes.items import Concept, Item, Track
from quizzes.simulation.student import Student, local_day, moment

SIZE = 5
"""Questions a day."""

Policy = Callable[[Track, Student, float, int], tuple[str, ...]]
"""From a track, a learner's record, the time in days and a seed to the ids of the day's items."""


def ours(track: Track, student: Student, day: float, seed: int) -> tuple[str, ...]:
    """Choose as for a real learner."""
    return daily_set(track, student.learner(), now=moment(day), today=local_day(day), seed=seed, size=SIZE)


def at_random(track: Track, student: Student, day: float, seed: int) -> tuple[str, ...]:
    """Draw from the whole track."""
    rng = seeded(f"{seed}/{student.who}/{int(day)}")
    return tuple(item.id for item in rng.sample(track.items, min(SIZE, len(track.items))))


def in_file_order(track: Track, student: Student, day: float, seed: int) -> tuple[str, ...]:
    """Go through the track as it is written, and again from its beginning."""
    del day, seed
    first = student.answered
    return tuple(track.items[(first + n) % len(track.items)].id for n in range(min(SIZE, len(track.items))))


def per_item(track: Track) -> Track:
    """Make every item a concept of its own, so that a memory is kept per question."""

    def alone(item: Item) -> Item:
        return replace(item, concept=item.id)

    sections = (
        replace(
            section,
            concepts=tuple(Concept(item.id, item.id) for item in section.items),
            items=tuple(map(alone, section.items)),
        )
        for section in track.sections
    )
    return replace(track, sections=tuple(sections))
