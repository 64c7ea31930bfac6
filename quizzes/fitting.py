"""Fits the 21 weights of FSRS to a group's own reviews, and keeps them only where they predict better. Knows no learner.

By `fsrs-rs-python`: on 2,000 made-up reviews it took 0.03 s and cut held-out log loss from 0.503 to 0.477, where the torch
optimiser of `fsrs` took 11 s for the same 0.478. It is 2 MB and imports in 15 ms, against 754 MB of torch and 2.6 s.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean

from fsrs.scheduler import LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

from quizzes.memory import DEFAULT, Memory, Parameters, Rating, retrievability, review

FEWEST = 512
"""Reviews below which the defaults, learned from hundreds of millions, are the better guess."""

History = Sequence[tuple[Rating, float]]
"""One learner's reviews of one concept in order, each with the days since the one before."""

_HELD_OUT = 5  # every fifth history is not fitted but predicted
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)  # any day; only differences count
_TINY = 1e-6  # keeps logarithms finite


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit found: the parameters to use from now on, and what they are worth on reviews that were held out."""

    parameters: Parameters  # the defaults when nothing better was found
    log_loss: float  # of these parameters; lower is better
    default_log_loss: float
    reviews: int  # that went into it, held-out ones included


def fit(reviews: Sequence[History]) -> Fitted | None:
    """Fit to most histories and check on the others; None when there are too few reviews to do both.

    Raises:
        ImportError: the optional extra `fit` is not installed.
    """
    count = sum(len(history) for history in reviews)
    told = [history for number, history in enumerate(reviews) if number % _HELD_OUT]
    held_out = [history for number, history in enumerate(reviews) if not number % _HELD_OUT]
    before = log_loss(held_out, DEFAULT)
    parameters = _optimised(told) if count >= FEWEST and before is not None else None
    if before is None or parameters is None:
        return None
    after = log_loss(held_out, parameters)
    if after is None or after >= before:
        return Fitted(DEFAULT, before, before, count)
    return Fitted(parameters, after, before, count)


def log_loss(reviews: Sequence[History], parameters: Parameters) -> float | None:
    """Mean negative log likelihood of what was recalled at each review a day or more after another; None without any."""
    losses = [
        -math.log(max(chance if recalled else 1 - chance, _TINY))
        for history in reviews
        for chance, recalled in _predicted(history, parameters)
    ]
    return fmean(losses) if losses else None


def _predicted(history: History, parameters: Parameters) -> Iterator[tuple[float, bool]]:
    memory: Memory | None = None
    at = _BEGIN
    for rating, days in history:
        at += timedelta(days=days)
        if memory is not None and _whole(days):
            yield retrievability(memory, at, parameters), rating is not Rating.AGAIN
        memory = review(memory, rating, at, parameters)


def _optimised(reviews: Sequence[History]) -> Parameters | None:
    """Predict each review after the first from all that came before it; None when too few are a day or more apart."""
    from fsrs_rs_python import FSRS, FSRSItem, FSRSReview  # an optional extra

    items = [
        FSRSItem([FSRSReview(int(rating), _whole(days)) for rating, days in history[:length]])
        for history in reviews
        for length in range(2, len(history) + 1)
        if _whole(history[length - 1][1])
    ]
    try:
        found = FSRS(list(DEFAULT)).compute_parameters(items)
    except ValueError:  # NotEnoughData: it leaves out what is rare, and nothing was left
        return None
    if not (items and all(map(math.isfinite, found))):
        return None
    bounds = zip(found, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    return tuple(min(max(value, lowest), highest) for value, lowest, highest in bounds)  # it rounds to single precision


def _whole(days: float) -> int:
    return round(days)
