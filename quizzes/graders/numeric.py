"""Grading `numeric`: a number near enough to the answer, or near a typical wrong one."""

from __future__ import annotations

from dataclasses import dataclass

from quizzes.generators import Drawn
from quizzes.graders.relations import remark
from quizzes.graders.verdict import Mark
from quizzes.items import Numeric, Tolerance, WrongPath
from quizzes.numbers import Number, read_number, written
from quizzes.present import filled
from quizzes.typed import Unreadable

USUAL = Tolerance(rel=0.01, abs=1e-6)
EXACT = Tolerance()


@dataclass(frozen=True, slots=True)
class Expected:
    """The numbers a question is graded against."""

    answer: float
    tolerance: Tolerance
    wrong: tuple[tuple[WrongPath, float], ...]


def expected(body: Numeric, drawn: Drawn | None) -> Expected:
    """Settle the answer, the tolerance and the values of the wrong paths."""
    answer = drawn.answer if drawn else body.answer or 0
    usual = EXACT if isinstance(answer, int) else USUAL
    return Expected(float(answer), body.tolerance or usual, tuple(_wrong_values(body, drawn)))


def _wrong_values(body: Numeric, drawn: Drawn | None) -> list[tuple[WrongPath, float]]:
    found = []
    for path in body.wrong:
        value = drawn.wrong.get(path.when) if drawn and path.when else literal(path.answer, body.unit)
        if value is not None:
            found.append((path, float(value)))
    return found


def literal(answer: str | float, unit: str) -> float | None:
    """Read a wrong answer as an author wrote it; None when it is no number."""
    if not isinstance(answer, str):
        return float(answer)
    number = read_number(answer, unit, whole=True)
    return _value(number, unit) if isinstance(number, Number) else None


def key(body: Numeric, drawn: Drawn | None) -> str:
    """Write the answer as a learner could type it."""
    return repr(expected(body, drawn).answer)


def grade(body: Numeric, drawn: Drawn | None, text: str) -> Mark | Unreadable:
    """Judge a number."""
    against = expected(body, drawn)
    number = read_number(text, body.unit, whole=against.answer.is_integer())
    if isinstance(number, Unreadable):
        return number
    value = _value(number, body.unit)
    correct = against.tolerance.accepts(value, against.answer)
    path = None if correct else _nearest(value, against)
    return Mark(
        correct=correct,
        score=float(correct),
        chosen=_with_unit(value, body.unit, exact=True),
        right=_with_unit(against.answer, body.unit, exact=False),
        feedback=""
        if correct
        else filled(path.feedback, drawn, answer=True)
        if path
        else _generic(value, against, drawn),
        misconceptions=(path.misconception,) if path else (),
    )


def _value(number: Number, unit: str) -> float:
    return number.value / 100 if number.percent and unit != "%" else number.value


def _nearest(value: float, against: Expected) -> WrongPath | None:
    near = Tolerance(max(against.tolerance.rel, USUAL.rel), max(against.tolerance.abs, USUAL.abs))
    hits = [(abs(value - wrong), i) for i, (_, wrong) in enumerate(against.wrong) if near.accepts(value, wrong)]
    return against.wrong[min(hits)[1]][0] if hits else None


def _generic(value: float, against: Expected, drawn: Drawn | None) -> str:
    said = remark(value, against.answer, drawn.params if drawn else {})
    return said or f"Your number is too {'high' if value > against.answer else 'low'}."


def _with_unit(value: float, unit: str, *, exact: bool) -> str:
    number = f"{value:,.10g}" if exact and 1e-4 <= abs(value) < 1e12 else written(value)
    return f"{number}{'' if unit == '%' else ' '}{unit}" if unit else number
