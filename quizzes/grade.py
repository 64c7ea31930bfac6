"""Grading: one answer to one posed item, offline and at once. A text that cannot be read is no answer.

Pure; never raises on any text. Knows no learner and executes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from quizzes.generators import Drawn
from quizzes.graders import bug, choice, fillings, numeric, printed, sequence, short
from quizzes.graders.verdict import Mark
from quizzes.items import Bug, Choice, Fill, Item, Kind, Match, Numeric, Order, Output
from quizzes.present import Posed, filled, numbers_of
from quizzes.typed import LONGEST, Unreadable, cleaned

__all__ = ["Graded", "Unreadable", "answer_key", "grade"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded(Mark):
    """How one answer did, and why."""

    explanation: str
    formative: bool = False  # feedback without a verdict: `correct` is always true, `score` is what was covered


def grade(item: Item, posed: Posed, text: str) -> Graded | Unreadable:
    """Judge an answer, or say what to type instead."""
    if len(text) > LONGEST:
        return Unreadable(f"That is {len(text):,} characters long. {posed.expects}")
    if not cleaned(text).strip():
        return Unreadable(f"There is no answer in that. {posed.expects}")
    drawn = numbers_of(item, posed.seed)
    mark = _mark(item, posed, drawn, text)
    if isinstance(mark, Unreadable):
        return mark
    return Graded(
        correct=mark.correct,
        score=mark.score,
        chosen=mark.chosen,
        right=mark.right,
        feedback=mark.feedback,
        misconceptions=mark.misconceptions,
        explanation=filled(item.explanation, drawn, answer=True),
        formative=item.kind is Kind.SHORT,
    )


def _mark(item: Item, posed: Posed, drawn: Drawn | None, text: str) -> Mark | Unreadable:
    match item.body:
        case Choice() as body:
            return choice.grade(body, posed, text)
        case Numeric() as body:
            return numeric.grade(body, drawn, text)
        case Output() as body:
            return printed.grade(body, text)
        case Fill() as body:
            return fillings.grade(body, text)
        case Order() as body:
            return sequence.grade_order(body, posed, text)
        case Match() as body:
            return sequence.grade_match(body, posed, text)
        case Bug() as body:
            return bug.grade(body, posed, text)
        case body:
            return short.grade(body, text)


def answer_key(item: Item, posed: Posed) -> str:
    """Write the right answer the way a learner would type it."""
    match item.body:
        case Choice() as body:
            return choice.key(body, posed)
        case Numeric() as body:
            return numeric.key(body, numbers_of(item, posed.seed))
        case Output() as body:
            return printed.key(body)
        case Fill() as body:
            return fillings.key(body)
        case Order() as body:
            return sequence.order_key(body, posed)
        case Match() as body:
            return sequence.match_key(body, posed)
        case Bug() as body:
            return bug.key(body, posed)
        case body:
            return short.key(body)
