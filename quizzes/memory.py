"""What one learner remembers of one concept: FSRS, with the settings a bot of daily passes needs. Knows no items.

Wraps `fsrs` without its steps of minutes, its chance and its clock; see Open Spaced Repetition, "The FSRS Algorithm".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache

import fsrs
from fsrs.scheduler import DEFAULT_PARAMETERS

Parameters = tuple[float, ...]
"""The 21 weights of FSRS-6."""

DEFAULT: Parameters = DEFAULT_PARAMETERS
DESIRED_RETENTION = 0.80
"""How likely a concept is still known when it comes again.

In simulations of half a year 0.85 left twice as much waiting for what is known at the end to differ by two points either way.
"""

_ID = 0  # a card without one sleeps for a millisecond to find one
_NO_STEPS: tuple[timedelta, ...] = ()  # the package's own would ask again after ten minutes
_DAY = timedelta(days=1)
_ANY_DAY = datetime(5000, 1, 1, tzinfo=UTC)  # the package only subtracts days; none before or after it runs out of them
STEPS = 1 << 16
"""How many steps of memories are remembered: some 20 MB at most."""


class Rating(IntEnum):
    """How an answer went, as FSRS counts. Nobody rates their own answer, so there is no Easy."""

    AGAIN = 1
    HARD = 2
    GOOD = 3


@dataclass(frozen=True, slots=True)
class Memory:
    """What is left of a concept after its latest review. Both times are UTC."""

    stability: float  # days until retrievability has fallen to 0.9
    difficulty: float  # 1 to 10
    reviewed_at: datetime
    due_at: datetime  # always a whole number of days later
    reps: int  # reviews so far
    lapses: int  # of them, those after the first that went wrong


def rate(*, correct: bool, hinted: bool = False, guessed: bool = False) -> Rating:
    """Rate an answer: wrong is Again; right after a hint, a second try or a guess is Hard; right is Good."""
    if not correct:
        return Rating.AGAIN
    return Rating.HARD if hinted or guessed else Rating.GOOD


def review(memory: Memory | None, rating: Rating, at: datetime, parameters: Parameters = DEFAULT) -> Memory:
    """Renew a memory, or make the first one of a concept. A time before the latest review counts as that review's.

    Raises:
        ValueError: the time has no zone, or the parameters are out of their bounds.
    """
    moment = _utc(at) if memory is None else max(_utc(at), memory.reviewed_at)
    if memory is None:
        stability, difficulty, waits = _step(parameters, None, None, 0, rating)
        return Memory(stability, difficulty, moment, moment + waits, 1, 0)
    days = round((moment - memory.reviewed_at) / _DAY)
    stability, difficulty, waits = _step(parameters, memory.stability, memory.difficulty, days, rating)
    lapses = memory.lapses + (rating is Rating.AGAIN)
    return Memory(stability, difficulty, moment, moment + waits, memory.reps + 1, lapses)


@lru_cache(maxsize=STEPS)
def _step(
    parameters: Parameters, stability: float | None, difficulty: float | None, days: int, rating: Rating
) -> tuple[float, float, timedelta]:
    """Work out stability, difficulty and wait after a review so many days after the last; None for the first one.

    Nothing else of a memory matters to it, and many learners come the same way: living through a year again asks for few.
    """
    card = fsrs.Card(card_id=_ID, due=_ANY_DAY)
    if stability is not None:
        last = _ANY_DAY - days * _DAY
        card = fsrs.Card(
            card_id=_ID,
            state=fsrs.State.Review,
            stability=stability,
            difficulty=difficulty,
            due=_ANY_DAY,
            last_review=last,
        )
    moved, _ = _scheduler(parameters).review_card(card, fsrs.Rating(rating), _ANY_DAY)
    if moved.stability is None or moved.difficulty is None:
        raise AssertionError("a reviewed card has both")
    return moved.stability, moved.difficulty, moved.due - _ANY_DAY


def retrievability(memory: Memory, at: datetime, parameters: Parameters = DEFAULT) -> float:
    """How likely the concept is still known at a time, 0 to 1; 1 until half a day after its review.

    Raises:
        ValueError: the time has no zone, or the parameters are out of their bounds.
    """
    moment = max(_utc(at), memory.reviewed_at)
    return float(_scheduler(parameters).get_card_retrievability(_card(memory, moment), moment))


def _card(memory: Memory | None, at: datetime) -> fsrs.Card:
    """Write a memory as the package's card, last reviewed a whole number of days ago.

    The package counts full days only. To it 23 hours and 50 minutes, a habit kept ten minutes early, are no day at all.
    """
    if memory is None:
        return fsrs.Card(card_id=_ID, due=at)
    return fsrs.Card(
        card_id=_ID,
        state=fsrs.State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due_at,
        last_review=at - round((at - memory.reviewed_at) / _DAY) * _DAY,
    )


@lru_cache(maxsize=64)
def _scheduler(parameters: Parameters) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        parameters=parameters,
        desired_retention=DESIRED_RETENTION,
        learning_steps=_NO_STEPS,
        relearning_steps=_NO_STEPS,
        enable_fuzzing=False,
    )


def _utc(at: datetime) -> datetime:
    """Write a time with the one zone that the package accepts."""
    if at.tzinfo is None:
        raise ValueError("a review needs a time with a zone")
    return at if at.tzinfo is UTC else at.astimezone(UTC)
