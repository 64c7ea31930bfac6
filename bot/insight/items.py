"""How good each item is, judged by first answers: difficulty, discrimination, distractors, and a word on what to do.

Pure. Only a learner's first answer to an item counts, for later ones are better by design. Formulas: classical test theory
(Ebel & Frisbie 1991, ch. 13): difficulty p, corrected point-biserial r, upper-lower 27 % index D; a distractor works when
at least 5 % choose it (Haladyna & Downing 1993).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

JUDGED_FROM = 30
"""First answers an item needs before it is judged. Of mis-keyed items r < 0 finds about nine in ten there, and it
suspects about four in a hundred good ones (simulated, see the tests); at 10 answers it would suspect one in six."""
WARNED_FROM = 8
"""First answers below which not even a share of right ones under chance means anything."""
LEAST_REST = 5
"""Other first answers a learner needs for how they do on the rest to say something."""
LEAST_PAIRS = 10
"""Learners with a rest an item needs for r and D to be worked out at all."""
TOO_HARD, TOO_EASY, POOR = 0.20, 0.90, 0.20
TAIL = 0.27
WORKS_FROM = 0.05
_DIGITS = 9
"""Sums of floats depend on their order in later digits than these; verdicts do not."""


class Word(StrEnum):
    """What to do about an item."""

    EARLY = "too few answers"
    BELOW_CHANCE = "below chance"
    KEEP = "keep"
    INSPECT = "inspect"
    SUSPECT = "suspect key"


@dataclass(frozen=True, slots=True)
class Response:
    """One learner's first answer to one item; `chosen` names the distractors in it."""

    learner: int
    item: str
    correct: bool
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """What statistics have to know of an item: its distractors, and the share of right answers by blind guessing."""

    distractors: tuple[str, ...] = ()
    chance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStats:
    """How one item did. Shares are 0 to 1, r and D -1 to 1; None where too few answers would make a number up."""

    item: str
    answers: int
    difficulty: float | None  # p, the share right
    discrimination: float | None  # r, corrected point-biserial
    upper_lower: float | None  # D, share right of the best 27 % of learners less that of the worst
    use: tuple[tuple[str, float], ...]  # each distractor, and the share of answers that chose it
    efficiency: float | None  # distractors that work, of all
    word: Word


def item_statistics(responses: Iterable[Response], shapes: Mapping[str, Shape]) -> list[ItemStats]:
    """Judge every item there is a shape of, in that order. A learner's second answer to an item is left out."""
    first: dict[tuple[int, str], Response] = {}
    for response in responses:
        first.setdefault((response.learner, response.item), response)
    rests = _Rests(tuple(first.values()))
    by_item: dict[str, list[Response]] = {}
    for response in first.values():
        by_item.setdefault(response.item, []).append(response)
    return [_judge(item, shape, sorted(by_item.get(item, []), key=_learner), rests) for item, shape in shapes.items()]


def _learner(response: Response) -> int:
    return response.learner


class _Rests:
    """How each learner does on all items but one.

    Learners meet different items, so a share of right answers would say who met the easy ones. Each answer counts by how
    far it is above the item's own share of right ones; with equal items for all, that ranks as the rest score does.
    """

    def __init__(self, responses: Sequence[Response]) -> None:
        right: Counter[str] = Counter()
        met: Counter[str] = Counter()
        for response in responses:
            met[response.item] += 1
            right[response.item] += response.correct
        self._share = {item: right[item] / n for item, n in met.items()}
        self._sum: defaultdict[int, float] = defaultdict(float)
        self._met: Counter[int] = Counter()
        for response in responses:
            self._sum[response.learner] += self._above(response)
            self._met[response.learner] += 1

    def _above(self, response: Response) -> float:
        return response.correct - self._share[response.item]

    def of(self, response: Response) -> float | None:
        """How a learner does on the items but the one answered; None when they met too few."""
        others = self._met[response.learner] - 1
        return (
            round((self._sum[response.learner] - self._above(response)) / others, _DIGITS)
            if others >= LEAST_REST
            else None
        )


def _judge(item: str, shape: Shape, answers: Sequence[Response], rests: _Rests) -> ItemStats:
    pairs = [(answer, rest) for answer in answers if (rest := rests.of(answer)) is not None]
    right = np.array([answer.correct for answer, _ in pairs], dtype=float)
    elsewhere = np.array([value for _, value in pairs], dtype=float)
    n = len(answers)
    p = sum(answer.correct for answer in answers) / n if n else None
    r = point_biserial(right, elsewhere)
    use = _use(shape.distractors, answers)
    works = sum(share >= WORKS_FROM for _, share in use)
    return ItemStats(
        item=item,
        answers=n,
        difficulty=p,
        discrimination=r,
        upper_lower=_upper_lower(right, elsewhere),
        use=use,
        efficiency=works / len(use) if use and n >= JUDGED_FROM else None,
        word=word_for(n, p, r if len(pairs) >= JUDGED_FROM else None, shape.chance),
    )


def point_biserial(right: NDArray[np.float64], rest: NDArray[np.float64]) -> float | None:
    """Correlate right (0 or 1) with the rest; None for too few, or when either is the same for everyone."""
    if len(right) < LEAST_PAIRS or np.ptp(right) == 0 or np.ptp(rest) < 1e-12:
        return None
    return round(float(np.corrcoef(right, rest)[0, 1]), _DIGITS) + 0.0  # so that no rounding makes nought negative


def _upper_lower(right: NDArray[np.float64], rest: NDArray[np.float64]) -> float | None:
    if len(right) < LEAST_PAIRS:
        return None
    tail = max(1, round(TAIL * len(right)))
    order = np.argsort(rest, kind="stable")
    return float(right[order[-tail:]].mean() - right[order[:tail]].mean())


def _use(distractors: Sequence[str], answers: Sequence[Response]) -> tuple[tuple[str, float], ...]:
    chosen = Counter(name for answer in answers for name in set(answer.chosen))
    return tuple((name, chosen[name] / len(answers) if answers else 0.0) for name in distractors)


def word_for(answers: int, p: float | None, r: float | None, chance: float) -> Word:
    """Say what to do about an item. Under JUDGED_FROM answers there is a warning at most; r None says nothing."""
    if p is None or answers < WARNED_FROM:
        return Word.EARLY
    if answers < JUDGED_FROM:
        return Word.BELOW_CHANCE if p < chance else Word.EARLY
    if r is not None and r < 0:
        return Word.SUSPECT
    return Word.INSPECT if p < TOO_HARD or p > TOO_EASY or (r is not None and r < POOR) else Word.KEEP
