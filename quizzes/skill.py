"""How able a learner is and how hard a question is: Elo ratings in logits, as a chance of a right answer. Knows no time.

The form is Pelánek's ("Applications of the Elo rating system in adaptive educational systems", 2016): a learner, a learner's
offset per section, and an item, each moving less the more it has played. Items begin at their author's label.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from quizzes.items import Bug, Choice, Item, Match, Order, Short
from quizzes.orders import acceptable

LIMIT = 6.0
"""No rating goes further from 0 than this; one logit there changes a chance by less than a hundredth."""

_LABELS = (-1.5, -0.5, 0.5, 1.5)  # ratings of the author's 0 (easy) to 3 (hard)
_DECAY = 0.05  # how fast ratings settle: after 20 games they move half as far


@dataclass(frozen=True, slots=True)
class Skill:
    """A rating in logits, and how many answers it rests on."""

    rating: float = 0.0
    games: int = 0


def prior(difficulty: int) -> float:
    """Rate an item by its author's label, 0 to 3, until answers say more."""
    return _LABELS[max(0, min(difficulty, len(_LABELS) - 1))]


def guess_floor(item: Item) -> float:
    """How likely a blind guess is right: 0 for answers that are typed, 1 for those that are never marked wrong."""
    match item.body:
        case Choice(answers=answers, options=options):
            shown = len(answers) + len(options)
            return 1 / shown if len(answers) == 1 else 1 / (2**shown - 1)
        case Bug(options=options):
            return 1 / (max(1, len(item.code.splitlines())) * (1 + len(options)))
        case Order() as body:
            return len(acceptable(body)) / math.perm(len(body.steps) + len(body.distractors), len(body.steps))
        case Match(pairs=pairs, spare=spare):
            return 1 / math.perm(len(pairs) + len(spare), len(pairs))
        case Short():
            return 1.0
    return 0.0


def expected(learner: Skill, section: Skill, item: Skill, guess: float) -> float:
    """How likely a right answer is: `c + (1 − c) σ(θ_learner + θ_section − d_item)` with `c` the chance of a guess."""
    return _chance(learner.rating + section.rating, item.rating, guess)


def update(learner: Skill, section: Skill, item: Skill, *, guess: float, correct: bool) -> tuple[Skill, Skill, Skill]:
    """Move all three by how surprising an answer was. Meant for first exposures: repeats say more of memory than of ability."""
    by = surprise(learner.rating + section.rating, item.rating, guess=guess, correct=correct)
    return moved(learner, by), moved(section, by), moved(item, -by)


def surprise(ability: float, difficulty: float, *, guess: float, correct: bool) -> float:
    """How surprising an answer was, -1 to 1: positive where it was better than expected. Both sides are in logits."""
    return correct - _chance(ability, difficulty, guess)


def _chance(ability: float, difficulty: float, guess: float) -> float:
    return guess + (1 - guess) * sigmoid(ability - difficulty)


def moved(skill: Skill, by: float) -> Skill:
    """Move one rating by a surprise, the less the more answers it rests on."""
    rating = skill.rating + by / (1 + _DECAY * skill.games)
    if not -LIMIT < rating < LIMIT:
        rating = math.copysign(LIMIT, rating)
    return Skill(rating, skill.games + 1)


def sigmoid(logit: float) -> float:
    """Turn log odds into a chance."""
    return 1 / (1 + math.exp(-logit))
