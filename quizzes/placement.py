"""Where a newcomer begins: ten to fifteen questions that tell most, and what follows from the answers. Knows no store.

One parameter per item (Rasch, at its author's label) with the guess known; ability by its most likely value under a normal prior
(Lord, "Applications of Item Response Theory", 1980). Pure: the same answers and seed give the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from quizzes.generators import seeded
from quizzes.items import Item, Track
from quizzes.skill import Skill, expected, guess_floor, prior, sigmoid

FEWEST, MOST = 10, 15
"""How many questions a placement has."""

PRECISE = 0.6
"""Standard error, in logits, at which more questions would change little: labels are a logit apart."""

KNOWN = 0.8
"""How likely a concept must be known to come after what is new."""

_SPREAD = 1.5  # standard deviation of newcomers' abilities: from never heard of it to does it for a living
_GRID = [step / 20 for step in range(-80, 81)]  # abilities to try, four logits either way
_NEARLY = 0.6  # share of the best information that is good enough to ask about another section
_SLIP = 0.1  # chance of a wrong answer about something known
_AVERAGE = Skill()  # placements know nothing of single sections
_TINY = 1e-9  # keeps logarithms finite


@dataclass(frozen=True, slots=True)
class Placed:
    """One answer of a placement test."""

    item_id: str
    correct: bool


def next_placement(track: Track, answers: Sequence[Placed], seed: int) -> str | None:
    """Choose the question that tells most about somebody who answered so; None when enough is known.

    That is after 10 to 15 answers, or when the track has nothing left: of each concept one question is asked.
    """
    estimate, error = ability(track, answers)
    if len(answers) >= MOST or (len(answers) >= FEWEST and error <= PRECISE):
        return None
    asked = [item for item, _ in _items(track, answers)]
    concepts, sections = {item.concept for item in asked}, Counter(item.section for item in asked)
    free = [item for item in track.items if item.concept not in concepts and not item.quarantined]
    told = {item.id: information(estimate, item) for item in free}
    best = max(told.values(), default=0.0)
    good = [item for item in free if best and told[item.id] >= _NEARLY * best]
    shuffled = seeded(f"{seed}/{len(answers)}").sample(good, len(good))
    order = sorted(shuffled, key=lambda item: (sections[item.section], -told[item.id]))
    return order[0].id if order else None


def ability(track: Track, answers: Sequence[Placed]) -> tuple[float, float]:
    """Estimate ability and its standard error, both in logits; without answers what newcomers are on average."""
    given = list(_items(track, answers))
    facts = [(Skill(prior(item.difficulty)), guess_floor(item), correct) for item, correct in given]
    estimate = max(_GRID, key=lambda at: (_likelihood(at, facts), -abs(at)))
    total = 1 / _SPREAD**2 + sum(information(estimate, item) for item, _ in given)
    return estimate, 1 / math.sqrt(total)


def information(at: float, item: Item) -> float:
    """Fisher information of an item about an ability: `(p − c)² (1 − p) / ((1 − c)² p)`, in logits to the power of −2."""
    guess = guess_floor(item)
    if guess >= 1:
        return 0.0
    chance = expected(Skill(at), _AVERAGE, Skill(prior(item.difficulty)), guess)
    return (chance - guess) ** 2 * (1 - chance) / ((1 - guess) ** 2 * chance)


def known_concepts(track: Track, answers: Sequence[Placed]) -> dict[str, float]:
    """Name the concepts that somebody who answered so most likely knows already, each with how likely that is.

    What was asked counts by its answer, with luck and slips allowed for; everything else by the cautious end of the ability.
    Whoever knows a concept knows what it needs, unless they were wrong on that.
    """
    estimate, error = ability(track, answers)
    rated = {concept.id: _rating(track, concept.id) for concept in track.concepts}
    chances = {name: sigmoid(estimate - error - rating) for name, rating in rated.items()}
    if not answers:
        return {}
    wrong = set()
    for item, correct in _items(track, answers):
        chances[item.concept] = _after(sigmoid(estimate - rated[item.concept]), guess_floor(item), correct)
        wrong |= set() if correct else {item.concept}
    for concept in track.concepts:
        for need in _needed(track, concept.id, wrong):
            chances[need] = max(chances[need], chances[concept.id])
    return {name: chance for name, chance in chances.items() if chance >= KNOWN}


def _items(track: Track, answers: Sequence[Placed]) -> Iterator[tuple[Item, bool]]:
    """Pair each answer with its item; those whose items are gone tell nothing."""
    for answer in answers:
        item = track.item(answer.item_id)
        if item:
            yield item, answer.correct


def _likelihood(at: float, facts: Sequence[tuple[Skill, float, bool]]) -> float:
    """The logarithm of how likely these answers are at an ability, times how common that is."""
    log = -(at**2) / (2 * _SPREAD**2)
    for rating, guess, correct in facts:
        chance = expected(Skill(at), _AVERAGE, rating, guess)
        log += math.log(max(chance if correct else 1 - chance, _TINY))
    return log


def _rating(track: Track, concept: str) -> float:
    """How hard a concept is: the mean of its items' labels; beyond every ability when it has none."""
    ratings = [prior(item.difficulty) for item in track.items if item.concept == concept]
    return fmean(ratings) if ratings else math.inf


def _after(chance: float, guess: float, correct: bool) -> float:
    """How likely a concept is known after an answer, by Bayes."""
    known, unknown = (1 - _SLIP, guess) if correct else (_SLIP, 1 - guess)
    return chance * known / (chance * known + (1 - chance) * unknown)


def _needed(track: Track, concept: str, wrong: set[str]) -> Iterator[str]:
    """Name everything a concept rests on, directly or not, except what was answered wrong."""
    waiting, found = [concept], {concept}
    while waiting:
        facts = track.concept(waiting.pop())
        for need in facts.needs if facts else ():
            if need not in found | wrong and track.concept(need):
                found.add(need)
                waiting.append(need)
                yield need
