"""Decides a verdict from returned values, on the trusted side and from values alone.

Pure. A missing value is never a pass, an unknown type is never a pass, and nothing a learner's object says is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from challenges.compare import difference
from challenges.model import Case, CaseReport, Challenge, Compare, CompareKind, Mismatch, Report, Verdict, gravest
from challenges.prepare import AUTHOR_FAULTS
from challenges.show import kind_of, show, show_args
from runner import Outcome, Result, Returned
from runner.values import Opaque, Tagged

Check = Callable[[Any, Any, Any], str | None]
EXACT = Compare(kind=CompareKind.EXACT)
PRINTED_CAP = 500


def judge(
    challenge: Challenge, check: Check | None, cases: tuple[Case, ...], learner: Result, expected: dict[str, Any]
) -> Report:
    """Report on one run.

    Args:
        check: the challenge's own `check(args, returned, reference)`, if it has one.
        expected: the reference's value for every case id.
    """
    returned = {r.id: replace(r, value=plain(r.value)) for r in learner.returned}
    judged = [
        (case, *_case(challenge, check, case, returned.get(case.id), expected[case.id], learner)) for case in cases
    ]
    hidden = [verdict for case, verdict, _ in judged if not case.visible]
    failed = [verdict for verdict in hidden if verdict is not Verdict.ACCEPTED]
    overall = gravest([*(verdict for _, verdict, _ in judged), _of_run(learner)] if judged else [])
    return Report(
        verdict=overall,
        cases=tuple(
            _shown(case, verdict, message, returned.get(case.id), expected[case.id])
            for case, verdict, message in judged
            if case.visible
        ),
        hidden_passed=len(hidden) - len(failed),
        hidden_total=len(hidden),
        hidden_failure=gravest(failed) if failed else None,
        fault=learner.fault or next((r.fault for r in _in_order(cases, returned) if r.fault), None),
        detail=learner.detail,
        isolation=learner.isolation,
        wall_ms=learner.wall_ms,
        mismatch=_smallest([(c, m) for c, v, m in judged if v is Verdict.WRONG], returned, expected),
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


def _in_order(cases: tuple[Case, ...], returned: dict[str, Returned]) -> list[Returned]:
    return [returned[case.id] for case in cases if case.id in returned]


def _case(
    challenge: Challenge, check: Check | None, case: Case, back: Returned | None, expected: Any, learner: Result
) -> tuple[Verdict, str]:
    if back is None:
        verdict = _of_run(learner)
        return (Verdict.INTERNAL if verdict is Verdict.ACCEPTED else verdict), "This case did not come back."
    if back.outcome is not Outcome.OK:
        return Verdict(back.outcome.value), _fault_line(back)
    if isinstance(back.value, Opaque):
        return (
            Verdict.WRONG,
            f"Your code returned {kind_of(back.value)}, which cannot be compared; return plain values or arrays.",
        )
    if (
        challenge.keep_inputs
        and back.args_after is not None
        and difference(list(case.args), list(back.args_after), EXACT)
    ):
        return Verdict.WRONG, "Your code changed its arguments; work on a copy instead."
    message = _compare(challenge, check, case, back.value, expected)
    return (Verdict.ACCEPTED, "") if message is None else (Verdict.WRONG, message)


def _compare(challenge: Challenge, check: Check | None, case: Case, got: Any, expected: Any) -> str | None:
    plain: str | None = None
    if challenge.compare.kind is not CompareKind.CHECK:
        plain = difference(expected, got, challenge.compare)
        if plain is None:
            return None
    if check is None:
        return plain or "This challenge has no check."
    try:
        said = check(case.args, got, expected)
    except AUTHOR_FAULTS:  # a check that chokes on a value has found a wrong value
        return plain or f"The returned value, {kind_of(got)}, does not have the expected form."
    if said is not None:
        return str(said)
    return None if challenge.compare.kind is CompareKind.CHECK else plain


def _fault_line(back: Returned) -> str:
    if back.fault is None:
        return ""
    where = f" (line {back.fault.line})" if back.fault.line else ""
    return f"{back.fault.type}: {back.fault.message}{where}"


def _shown(case: Case, verdict: Verdict, message: str, back: Returned | None, expected: Any) -> CaseReport:
    came_back = back is not None and back.outcome is Outcome.OK
    return CaseReport(
        name=case.name,
        verdict=verdict,
        given=show_args(case.args),
        expected=show(expected),
        got=show(back.value) if back is not None and came_back else "",
        message=message,
        printed=back.stdout[:PRINTED_CAP] if back is not None else "",
    )


def _smallest(
    failing: list[tuple[Case, str]], returned: dict[str, Returned], expected: dict[str, Any]
) -> Mismatch | None:
    """The failing case a person could follow: a visible one first, then the shortest inputs."""
    if not failing:
        return None
    case, message = min(failing, key=lambda pair: (not pair[0].visible, len(show_args(pair[0].args, 10_000))))
    back = returned.get(case.id)
    return Mismatch(
        case=case.name,
        visible=case.visible,
        args=case.args,
        expected=expected[case.id],
        got=back.value if back else None,
        message=message,
    )
