"""How good predictions are: Brier score, calibration error, AUC, rank correlation. Plain arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import correlation, fmean

_BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well predicted chances fit what happened."""

    answers: int
    brier: float  # mean squared error, 0 is perfect
    brier_of_mean: float  # the same for always saying how often answers are right
    ece: float  # expected calibration error: how far a predicted chance is from what happens then, on average
    auc: float  # chance that a right answer had the higher prediction


def calibrate(pairs: Sequence[tuple[float, bool]]) -> Calibration | None:
    """Score predictions with their outcomes; None when either outcome is missing."""
    right = [correct for _, correct in pairs]
    if len(set(right)) < 2:
        return None
    mean = fmean(right)
    return Calibration(
        answers=len(pairs),
        brier=fmean((chance - correct) ** 2 for chance, correct in pairs),
        brier_of_mean=mean * (1 - mean),
        ece=_ece(pairs),
        auc=_auc(pairs),
    )


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's rho, ties by their mean rank.

    Raises:
        statistics.StatisticsError: fewer than two values, or one of the two never varies.
    """
    return correlation(_ranks(first), _ranks(second))


def _ece(pairs: Sequence[tuple[float, bool]]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, correct in pairs:
        bins.setdefault(min(int(chance * _BINS), _BINS - 1), []).append((chance, correct))
    gaps = (abs(sum(chance - correct for chance, correct in some)) for some in bins.values())
    return sum(gaps) / len(pairs)


def _auc(pairs: Sequence[tuple[float, bool]]) -> float:
    ranks = _ranks([chance for chance, _ in pairs])
    above = [rank for rank, (_, correct) in zip(ranks, pairs, strict=True) if correct]
    right, wrong = len(above), len(pairs) - len(above)
    return (sum(above) - right * (right + 1) / 2) / (right * wrong)


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + 1 + end) / 2
        start = end
    return ranks
