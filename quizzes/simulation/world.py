"""Made-up learners and how they truly learn and forget. Deliberately of another form than what we believe of them.

Forgetting is a sum of power laws whose exponents grow when practice is massed (Pavlik and Anderson, "Practice and forgetting
effects on vocabulary memory", 2005); answers follow a three-parameter logistic with slopes and guesses of their own. Knows neither
FSRS nor Elo. Times are days since the beginning.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from quizzes.generators import seeded
from quizzes.items import Item, Track
from quizzes.skill import guess_floor, prior, sigmoid

_NOISE = 0.9  # how far labels are off, in logits: they then rank items as well as authors' labels do (rho about 0.65)
_MASSED = 0.25  # how much faster is forgotten what was still active
_THRESHOLD, _SHARPNESS = -0.95, 0.4  # of activation, for recall
_SOONEST = 0.5  # days: what was met a moment ago is as active as half a day later
_FASTEST = 1.0  # exponent of forgetting, however massed the practice
_REREAD = (
    0.6  # what reading the explanation after a mistake leaves, of what recalling does (Roediger and Karpicke, 2006)
)
_RECALLED = 2.5  # logits by which knowing a concept helps with a question on it


@dataclass(frozen=True, slots=True)
class Question:
    """The truth about an item."""

    difficulty: float
    slope: float
    guess: float


@dataclass(slots=True)
class Person:
    """The truth about a learner, with what they went through so far."""

    ability: float
    sections: dict[str, float]
    decay: float  # exponent of forgetting
    attendance: float  # share of the days on which they come
    rng: random.Random
    traces: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)  # day, weight, exponent

    def recall(self, concept: str, day: float) -> float:
        """How likely a concept is recalled on a day; 0 before it was met."""
        active = self._active(concept, day)
        return sigmoid((math.log(active) - _THRESHOLD) / _SHARPNESS) if active else 0.0

    def chance(self, item: Item, truth: Question, day: float) -> float:
        """How likely they answer right: by recall, else by general ability, else by luck."""
        logit = truth.slope * (self.ability + self.sections.get(item.section, 0.0) - truth.difficulty)
        recalled = self.recall(item.concept, day)
        knows = recalled * sigmoid(logit + _RECALLED) + (1 - recalled) * sigmoid(logit)
        return truth.guess + (1 - truth.guess) * knows

    def answer(self, item: Item, truth: Question, day: float) -> bool:
        """Answer, and read the explanation."""
        correct = self.rng.random() < self.chance(item, truth, day)
        weight = (0.5 + sigmoid(self.ability - truth.difficulty)) * (1.0 if correct else _REREAD)
        exponent = min(_FASTEST, self.decay + _MASSED * self._active(item.concept, day))
        self.traces.setdefault(item.concept, []).append((day, weight, exponent))
        return correct

    def _active(self, concept: str, day: float) -> float:
        traces = self.traces.get(concept, ())
        return sum(weight * math.pow(max(day - then, _SOONEST), -exponent) for then, weight, exponent in traces)


def make_questions(track: Track, seed: int) -> dict[str, Question]:
    """Draw the truth about every item: around its label, and around the chance of a blind guess."""
    rng = seeded(f"{seed}/questions")
    return {
        item.id: Question(
            difficulty=rng.gauss(prior(item.difficulty), _NOISE),
            slope=rng.lognormvariate(0.0, 0.25),
            guess=min(0.95, guess_floor(item) * rng.uniform(0.7, 1.3)),
        )
        for item in track.items
    }


def make_people(track: Track, learners: int, seed: int) -> list[Person]:
    """Draw learners: some able, some forgetful, none alike; the same for the same seed."""
    return [_person(track, seeded(f"{seed}/people/{n}")) for n in range(learners)]


def _person(track: Track, rng: random.Random) -> Person:
    return Person(
        ability=rng.gauss(0.3, 1.0),
        sections={section.slug: rng.gauss(0.0, 0.4) for section in track.sections},
        decay=rng.lognormvariate(math.log(0.22), 0.35),
        attendance=rng.uniform(0.8, 1.0),
        rng=rng,
    )
