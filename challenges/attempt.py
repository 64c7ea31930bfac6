"""One grading's secret part: the entropy, the cases drawn from it, and what our own solutions answer to them.

Pure. An attempt may be prepared ahead of the submission it serves, and serves exactly one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from challenges.judge import plain
from challenges.model import Case
from challenges.prepare import REFERENCE, Drawn
from challenges.withhold import NOT_RUN
from runner import Fault, Outcome, Result, Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one submission is graded on."""

    drawn: Drawn
    expected: Mapping[str, Any]  # the reference's value for every case, by its id
    known: Mapping[str, Returned] | None = None  # what known mistakes answer to visible cases, by `name/case`, if asked


def reference_values(cases: Sequence[Case], trusted: Result) -> dict[str, Any]:
    """The reference's value for every case it gave one for."""
    return _values(cases, {back.id: back for back in trusted.returned}, REFERENCE)


def read_batch(drawn: Sequence[Drawn], result: Result) -> tuple[Attempt, ...]:
    """The attempts of a batch; one for which the reference lacks a value is left out."""
    returned = {back.id: back for back in result.returned}
    read = []
    for n, one in enumerate(drawn):
        expected = _values(one.cases, returned, f"{n}/{REFERENCE}")
        if len(expected) == len(one.cases):
            read.append(Attempt(drawn=one, expected=expected, known=_known(returned, f"{n}/")))
    return tuple(read)


def _values(cases: Sequence[Case], returned: Mapping[str, Returned], name: str) -> dict[str, Any]:
    backs = {case.id: returned.get(f"{name}/{case.id}") for case in cases}
    return {case: plain(back.value) for case, back in backs.items() if back is not None and back.outcome is Outcome.OK}


def _known(returned: Mapping[str, Returned], number: str) -> dict[str, Returned] | None:
    """What the known mistakes answered, or None if one of them never did: then nobody can tell who is like it."""
    backs = {name.removeprefix(number): back for name, back in returned.items() if name.startswith(number)}
    slips = {name: back for name, back in backs.items() if not name.startswith(f"{REFERENCE}/")}
    if any(back.outcome is Outcome.INTERNAL or (back.fault and back.fault.type == NOT_RUN) for back in slips.values()):
        return None
    return {name: _essence(name, back) for name, back in slips.items()}


def _essence(name: str, back: Returned) -> Returned:
    """What two answers are held against each other by; prints and tracebacks would only take up memory."""
    fault = Fault(type=back.fault.type, message="") if back.fault else None
    return Returned(id=name, outcome=back.outcome, value=back.value, fault=fault)
