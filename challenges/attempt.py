"""One grading's secret part: the entropy, the cases drawn from it, and what our own solutions answer to them.

Pure. An attempt may be prepared ahead of the submission it serves, and serves exactly one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from challenges.judge import plain
from challenges.match import alike, returning
from challenges.model import Case, Challenge
from challenges.prepare import REFERENCE, Drawn
from challenges.withhold import NOT_RUN
from runner import Fault, Outcome, Result, Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one submission is graded on."""

    drawn: Drawn
    expected: Mapping[str, Any]  # the reference's value for every case, by its id
    known: Mapping[str, Returned] | None = (
        None  # what known mistakes answer to visible cases, by `name/case`; None: unasked
    )


def reference_values(cases: Sequence[Case], trusted: Result) -> dict[str, Any]:
    """The reference's value for every case it gave one for."""
    values = {back.id: plain(back.value) for back in trusted.returned if back.outcome is Outcome.OK}
    return {case.id: values[f"{REFERENCE}/{case.id}"] for case in cases if f"{REFERENCE}/{case.id}" in values}


def read_batch(drawn: Sequence[Drawn], result: Result, known: Mapping[str, Returned] | None) -> tuple[Attempt, ...]:
    """The attempts of a batch; one for which the reference lacks a value is left out."""
    values = {back.id: back.value for back in result.returned if back.outcome is Outcome.OK}
    return tuple(
        Attempt(drawn=one, expected=_by_case(one.cases, values[str(n)]), known=known)
        for n, one in enumerate(drawn)
        if type(values.get(str(n))) is list and len(values[str(n)]) == len(one.cases)
    )


def _by_case(cases: Sequence[Case], values: list[Any]) -> dict[str, Any]:
    return {case.id: plain(value) for case, value in zip(cases, values, strict=True)}


def steady(challenge: Challenge, visible: tuple[Case, ...], one: Result, other: Result) -> dict[str, Returned] | None:
    """What known mistakes answer to visible cases, if two runs with different seeds agree on it; else None.

    Then it holds for every attempt, for visible inputs never change.
    """
    first, second = ({back.id: back for back in result.returned} for result in (one, other))
    if any(_unasked(back) for back in (*first.values(), *second.values())):
        return None
    for name in returning(challenge):
        alone = {case.id: first[f"{name}/{case.id}"] for case in visible if f"{name}/{case.id}" in first}
        if not alike(challenge, visible, alone, second, {name: ""}):
            return None
    return {name: _essence(back) for name, back in first.items()}


def _unasked(back: Returned) -> bool:
    return back.outcome is Outcome.INTERNAL or (back.fault is not None and back.fault.type == NOT_RUN)


def _essence(back: Returned) -> Returned:
    """What two answers are held against each other by; prints and tracebacks would only take up memory."""
    fault = Fault(type=back.fault.type, message="") if back.fault else None
    return Returned(id=back.id, outcome=back.outcome, value=back.value, fault=fault)
