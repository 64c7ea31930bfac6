"""Decides a verdict from returned values, on the trusted side and from values alone.

Pure. A missing value is never a pass, an unknown type is never a pass, and nothing a learner's object says is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from challenges.compare import difference
from challenges.model import Case, CaseReport, Challenge, Compare, CompareKind, Mismatch, Report, Verdict, gravest
from challenges.prepare import AUTHOR_FAULTS
from challenges.show import clean, kind_of, show, show_args
from challenges.size import oversize
from challenges.withhold import told
from runner import Outcome, Result, Returned
from runner.values import Opaque, Tagged

Check = Callable[[Any, Any, Any], str | None]
EXACT = Compare(kind=CompareKind.EXACT)
PRINTED_CAP = 500
SAID_CAP = 600
DIFFERING = 4  # failing cases whose values a report carries
CHECK_FAULTS = (*AUTHOR_FAULTS, BufferError, MemoryError, StopIteration)
"""What an author's check may raise when it meets a value it was not written for; such a value is wrong."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """One case, what came back for it, and what that is worth."""

    case: Case
    back: Returned | None
    expected: Any
    verdict: Verdict
    message: str


def judge(
    challenge: Challenge,
    check: Check | None,
    cases: tuple[Case, ...],
    learner: Result,
    expected: dict[str, Any],
    source: str = "",
) -> Report:
    """Report on one run.

    Args:
        check: the challenge's own `check(args, returned, reference)`, if it has one.
        expected: the reference's value for every case id.
        source: the submission, to show the line of a fault from our own copy.
    """
    returned = {back.id: back for back in reversed(learner.returned)}  # of two with one id, the first counts
    judged = [_judged(challenge, check, case, returned.get(case.id), expected[case.id], learner) for case in cases]
    hidden = [one.verdict for one in judged if not one.case.visible]
    failed = [verdict for verdict in hidden if verdict is not Verdict.ACCEPTED]
    fault, detail = told(cases, returned, learner, source)
    wrong = _by_size([one for one in judged if one.verdict is Verdict.WRONG])
    return Report(
        verdict=gravest([*(one.verdict for one in judged), _of_run(learner)] if judged else []),
        cases=tuple(_shown(one) for one in judged if one.case.visible),
        hidden_passed=len(hidden) - len(failed),
        hidden_total=len(hidden),
        hidden_failure=gravest(failed) if failed else None,
        fault=fault,
        detail=detail,
        isolation=learner.isolation,
        wall_ms=learner.wall_ms,
        mismatch=next(iter(wrong), None),
        differing=tuple(wrong[1:DIFFERING]),
        failing=tuple(
            one.case.name
            for one in sorted(judged, key=lambda one: not one.case.visible)
            if one.verdict is not Verdict.ACCEPTED
        ),
    )


def uncompared(cases: tuple[Case, ...], learner: Result, why: str, source: str = "") -> Report:
    """Report on a run whose values nobody could look at within bounds: wrong at best, and told without a value."""
    returned = {back.id: back for back in reversed(learner.returned)}
    fault, detail = told(cases, returned, learner, source)
    return Report(
        verdict=gravest([Verdict.WRONG, _of_run(learner)]),
        cases=(),
        hidden_passed=0,
        hidden_total=sum(not case.visible for case in cases),
        hidden_failure=Verdict.WRONG,
        fault=fault,
        detail=detail or why,
        isolation=learner.isolation,
        wall_ms=learner.wall_ms,
        mismatch=Mismatch(case="", visible=False, args=(), expected=None, got=Opaque("value", ""), message=why),
    )


def plain(value: Any) -> Any:
    """A decoded value with tensors and frames as the arrays and columns they hold, at any depth."""
    if isinstance(value, Tagged):
        return plain(value.value)
    if type(value) in (list, tuple):
        return type(value)(plain(v) for v in value)
    if type(value) is dict:
        return {k: plain(v) for k, v in value.items()}
    return value


def _of_run(learner: Result) -> Verdict:
    """What the run as a whole allows: an outcome that no single call carries must still count."""
    return Verdict.ACCEPTED if learner.outcome is Outcome.OK else Verdict(learner.outcome.value)


def _judged(
    challenge: Challenge, check: Check | None, case: Case, back: Returned | None, expected: Any, learner: Result
) -> _Judged:
    if back is None:
        verdict = _of_run(learner)
        missing = Verdict.INTERNAL if verdict is Verdict.ACCEPTED else verdict
        return _Judged(case, None, expected, missing, "This case did not come back.")
    if back.outcome is not Outcome.OK:
        return _Judged(case, back, expected, Verdict(back.outcome.value), _fault_line(back))
    too_large = oversize(expected, back.value)
    if too_large is not None:
        kept = Opaque(type(back.value).__name__, "(far too large to show)")
        return _Judged(case, replace(back, value=kept), expected, Verdict.WRONG, too_large)
    back = replace(back, value=plain(back.value))
    message = _changed_arguments(challenge, case, back) or value_fault(challenge, check, case, back.value, expected)
    return _Judged(case, back, expected, Verdict.ACCEPTED if message is None else Verdict.WRONG, message or "")


def _changed_arguments(challenge: Challenge, case: Case, back: Returned) -> str | None:
    if not challenge.keep_inputs or back.args_after is None:
        return None
    same = difference(plain(list(case.args)), plain(list(back.args_after)), EXACT) is None
    return None if same else "Your code changed its arguments; work on a copy instead."


def value_fault(challenge: Challenge, check: Check | None, case: Case, got: Any, expected: Any) -> str | None:
    """None when a returned value is right, else one sentence."""
    too_large = oversize(expected, got)
    if too_large is not None:
        return too_large
    if isinstance(got, Opaque):
        return f"Your code returned {kind_of(got)}, which cannot be compared; return plain values or arrays."
    differs: str | None = None
    if challenge.compare.kind is not CompareKind.CHECK:
        differs = difference(expected, got, challenge.compare)
        if differs is None:
            return None
    if check is None:
        return differs or "This challenge has no check."
    try:
        with np.errstate(all="ignore"):
            said = check(case.args, got, expected)
            text = None if said is None else clean(str(said))[:SAID_CAP]
    except CHECK_FAULTS:  # a check that chokes on a value has found a wrong value
        return differs or f"The returned value, {kind_of(got)}, does not have the expected form."
    return text if text is not None or challenge.compare.kind is CompareKind.CHECK else differs


def _fault_line(back: Returned) -> str:
    if back.fault is None:
        return ""
    where = f" (line {back.fault.line})" if back.fault.line else ""
    return clean(f"{back.fault.type}: {back.fault.message}{where}")


def _shown(one: _Judged) -> CaseReport:
    came_back = one.back is not None and one.back.outcome is Outcome.OK
    return CaseReport(
        name=one.case.name,
        verdict=one.verdict,
        given=show_args(one.case.args),
        expected=show(one.expected),
        got=show(one.back.value) if one.back is not None and came_back else "",
        message=one.message,
        printed=clean(one.back.stdout[:PRINTED_CAP]) if one.back is not None else "",
    )


def _by_size(failing: list[_Judged]) -> list[Mismatch]:
    """Failing cases, those a person could follow first: visible ones, then the shortest inputs."""
    ordered = sorted(failing, key=lambda f: (not f.case.visible, len(show_args(f.case.args, 10_000))))
    return [
        Mismatch(
            case=one.case.name,
            visible=one.case.visible,
            args=one.case.args,
            expected=one.expected,
            got=one.back.value if one.back else None,
            message=one.message,
        )
        for one in ordered
    ]
