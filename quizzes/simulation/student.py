"""What we would know of a made-up learner: the record, memories and ratings kept as for a real one. Knows no truth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from quizzes.items import Item, Track
from quizzes.learner import Learner, Past, Seen
from quizzes.memory import Memory, rate, retrievability, review
from quizzes.skill import Skill, expected, guess_floor, prior, update

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
"""An arbitrary day to begin on."""


class Ratings:
    """Elo ratings of items and learners, moved by first exposures to a concept."""

    def __init__(self, *, labels: bool) -> None:
        self.items: dict[str, Skill] = {}
        self.learners: dict[int, Skill] = {}
        self.sections: dict[int, dict[str, Skill]] = {}
        self._labels = labels

    def item(self, item: Item) -> Skill:
        """An item's rating, which begins at its label or at nothing."""
        return self.items.get(item.id) or Skill(prior(item.difficulty) if self._labels else 0.0)

    def chance(self, who: int, item: Item) -> float:
        """How likely a learner answers right at first sight."""
        section = self.sections.get(who, {}).get(item.section, Skill())
        return expected(self.learners.get(who, Skill()), section, self.item(item), guess_floor(item))

    def note(self, who: int, item: Item, correct: bool) -> None:
        """Move all three."""
        sections = self.sections.setdefault(who, {})
        self.learners[who], sections[item.section], self.items[item.id] = update(
            self.learners.get(who, Skill()),
            sections.get(item.section, Skill()),
            self.item(item),
            guess=guess_floor(item),
            correct=correct,
        )


class Student:
    """One learner's record under one policy."""

    def __init__(self, who: int, ratings: Ratings) -> None:
        self.who, self.ratings = who, ratings
        self.memories: dict[str, Memory] = {}
        self.answered = 0
        self._seen: dict[str, Seen] = {}

    def learner(self) -> Learner:
        """What the choice is told."""
        return Learner(
            seen=tuple(self._seen.values()),
            memories=self.memories,
            skill=self.ratings.learners.get(self.who, Skill()),
            sections=self.ratings.sections.get(self.who, {}),
            items=self.ratings.items,
        )

    def remembered(self, item: Item, day: float) -> float | None:
        """How likely we think they remember an item's concept; None when they never met it."""
        memory = self.memories.get(item.concept)
        return retrievability(memory, moment(day)) if memory else None

    def note(self, item: Item, day: float, correct: bool) -> None:
        """Keep an answer."""
        self.answered += 1
        if item.concept not in self.memories:
            self.ratings.note(self.who, item, correct)
        self.memories[item.concept] = review(self.memories.get(item.concept), rate(correct=correct), moment(day))
        self._seen[item.id] = Seen(item.id, item.concept, local_day(day), correct)

    def backlog(self, track: Track, day: float) -> int:
        """Count what is due on a day."""
        return len(Past(track, self.learner(), moment(day), local_day(day)).due)


def moment(day: float) -> datetime:
    """The time that is so many days after the beginning."""
    return BEGIN + timedelta(days=day)


def local_day(day: float) -> date:
    """Its date; made-up learners live by UTC."""
    return moment(day).date()
