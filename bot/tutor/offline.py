"""Explains a failed submission from what is known here: no key, no network, no guess.

Pure. From the most telling evidence to the least: a limit, a known wrong solution, a syntax error, an exception with the
learner's own line, what came back instead of a value, how the numbers differ, and at last the smallest failing case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bot.tutor.exceptions import explain_fault
from bot.tutor.explanation import Explanation
from bot.tutor.numeric import relation
from challenges.model import Challenge, CompareKind, Mismatch, Report, Verdict
from challenges.show import kind_of, show, show_args
from runner import Fault
from runner.values import Opaque

HIDDEN_INPUTS = "Hidden cases use other sizes, ties, zeros and empty inputs: try your function on those, by hand."

LIMITS = {
    Verdict.TIMEOUT: "Your code was still running when its time was up. Look for a loop that never ends, or one that does far more "
    "steps than the input has elements; try it by hand on the smallest case.",
    Verdict.MEMORY: "Your code asked for more memory than it may have. Look for an array or list that grows with every step, or a "
    "product of two sizes where one would do.",
    Verdict.OUTPUT_LIMIT: "Your code printed or returned far more than was asked for. Remove prints inside loops, and return only what "
    "the statement names.",
    Verdict.VIOLATION: "Your code tried something the sandbox does not allow, such as new programs, the network, or the channel its "
    "results travel on. A solution needs none of these: it only has to return a value.",
}


PRINTED = "Your code printed far more than anyone could read. Remove prints inside loops; only what is returned counts."
RETURNED = (
    "What your code returned is too large, or nested too deeply. Look for a list that is put into itself or wrapped once more in "
    "every step, and for a result that is larger than the statement asks for."
)

MAX_TEXT = 1_900  # characters; the narrowest platform takes 2,000


def explain(challenge: Challenge, source: str, report: Report) -> Explanation:
    """One explanation for any failed submission; there is always one, and it fits on every platform."""
    found = _explain(challenge, source, report)
    return found if len(found.text) <= MAX_TEXT else replace(found, text=found.text[: MAX_TEXT - 2] + " …")


def _explain(challenge: Challenge, source: str, report: Report) -> Explanation:
    if report.verdict in LIMITS:
        text = f"{report.detail} {_limit(report)}".strip()
        return Explanation(source="limit", specific=True, text=text)
    known = next((w for w in challenge.wrong if w.name == report.matches), None)
    if known is not None:
        line, code = (report.fault.line, report.fault.source_line) if report.fault else (None, "")
        return Explanation(
            source="known",
            specific=True,
            text=known.explanation,
            line=line,
            code_line=code,
            misconception=known.misconception,
        )
    if report.fault is not None:
        return _explain_raised(challenge, source, report, report.fault)
    if report.mismatch is not None:
        return _explain_mismatch(challenge, report, report.mismatch)
    return Explanation(
        source="case",
        specific=False,
        text="Some hidden cases fail. Read the statement’s edge cases once more and try each by hand.",
    )


def _limit(report: Report) -> str:
    """Which limit was passed; of a hidden case it is not told whether it printed or returned too much."""
    said = report.fault.message if report.fault else ""
    if report.verdict is not Verdict.OUTPUT_LIMIT or not said:
        return LIMITS[report.verdict]
    return PRINTED if said.startswith("wrote ") else RETURNED


def _explain_raised(challenge: Challenge, source: str, report: Report, fault: Fault) -> Explanation:
    explained = explain_fault(fault, source, challenge.entry)
    if any(case.verdict is Verdict.ERROR for case in report.cases):
        return explained
    return replace(explained, text=f"{explained.text}\nOnly hidden cases show it. {HIDDEN_INPUTS}")


def _explain_mismatch(challenge: Challenge, report: Report, case: Mismatch) -> Explanation:
    shape = _shape(challenge, case)
    if shape:
        return Explanation(source="shape", specific=True, text=shape + _where(case))
    if "changed its arguments" in case.message:
        text = "Your code changes the arrays or lists it was given; the caller still needs them. Copy first, then change the copy."
        return Explanation(source="shape", specific=True, text=text + _where(case))
    numbers = relation(case.expected, case.got)
    if numbers:
        return Explanation(source="numeric", specific=True, text=numbers + _where(case))
    return Explanation(source="case", specific=False, text=_smallest(report, case))


def _shape(challenge: Challenge, case: Mismatch) -> str:
    """What is wrong with the kind of thing returned, or "".

    Of a hidden case neither sizes nor names are told: a learner's code can choose them by its inputs.
    """
    got, expected = case.got, case.expected
    if got is None and expected is not None:
        return f"{challenge.entry} returned None. A path through your function ends without a return; every path needs one."
    if isinstance(got, Opaque):
        what = kind_of(got) if case.visible else "an object"
        return f"{challenge.entry} returned {what}, which the grader cannot compare. Return plain numbers, lists or arrays."
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        return "" if expected.shape == got.shape else _other_shape(expected.shape, got.shape, visible=case.visible)
    if _lacks_array(expected, got) and challenge.compare.kind is not CompareKind.CHECK:
        return f"{challenge.entry} returned {_no_array(got)}"
    if isinstance(expected, (tuple, list)) and isinstance(got, (tuple, list)):
        return _other_parts(expected, got, visible=case.visible)
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() != got.keys():
        return _other_keys(expected, got, visible=case.visible)
    if _plain(expected) != _plain(got):
        kinds = (kind_of(got), kind_of(expected)) if case.visible else (f"a {_plain(got)}", f"a {_plain(expected)}")
        return f"You returned {kinds[0]}; {kinds[1]} was expected. Read again what the statement says to return."
    return ""


def _lacks_array(expected: Any, got: Any) -> bool:
    return isinstance(expected, np.ndarray) and expected.ndim > 0 and isinstance(got, (list, tuple))


def _no_array(got: Any) -> str:
    return f"{kind_of(got)}; return a numpy array, np.array(...), not {kind_of(got)}."


def _other_shape(expected: tuple[int, ...], got: tuple[int, ...], *, visible: bool) -> str:
    shapes = f"Your result has shape {got}, and {expected} was expected" if visible else "Your result has another shape"
    if expected == got[::-1]:
        return f"{shapes}: it is transposed. Check which axis is which."
    return f"{shapes}. Check the axis of each sum or mean, and what is kept."


def _other_parts(expected: tuple[Any, ...] | list[Any], got: tuple[Any, ...] | list[Any], *, visible: bool) -> str:
    """What is wrong with the number of values, or with the shape of an array among them, or ""."""
    if len(expected) != len(got):
        counts = f"The number of values you returned is {len(got)}; {len(expected)} was expected."
        counts = counts if visible else "You returned another number of values than was expected."
        return f"{counts} Compare with what the statement says to return."
    for number, (right, yours) in enumerate(zip(expected, got, strict=True), 1):
        if isinstance(right, np.ndarray) and isinstance(yours, np.ndarray) and right.shape != yours.shape:
            return f"In part {number} of what you return: {_other_shape(right.shape, yours.shape, visible=visible)}"
    return ""


def _other_keys(expected: dict[Any, Any], got: dict[Any, Any], *, visible: bool) -> str:
    lacking = [show(key, 40) for key in expected if key not in got][:3]
    extra = [show(key, 40) for key in got if key not in expected][:3]
    which = f": it lacks {', '.join(lacking)}" if lacking else f": {', '.join(extra)} does not belong there"
    return f"Your dictionary has other keys than expected{which if visible else ''}. Compare them with the statement’s."


def _plain(value: Any) -> str:
    """A coarse kind, so that 3 and 3.0, or a list and a tuple, are not called different."""
    if isinstance(value, (bool, np.bool_)):
        return "truth value"
    if isinstance(value, (int, float, complex, np.generic)):
        return "number"
    if isinstance(value, (list, tuple, np.ndarray)):
        return "sequence"
    return type(value).__name__


def _where(case: Mismatch) -> str:
    if not case.visible:
        return " A hidden case shows it; the visible ones may not."
    return f" See the case “{case.case}”."


def _smallest(report: Report, case: Mismatch) -> str:
    if not case.visible:
        failing = report.hidden_total - report.hidden_passed
        do = "does" if failing == 1 else "do"
        return f"The visible cases pass and {failing} of {report.hidden_total} hidden ones {do} not. {HIDDEN_INPUTS}"
    return (
        f"The smallest case that fails is “{case.case}”: for {show_args(case.args, 240)} you returned {show(case.got, 160)}, "
        f"and {show(case.expected, 160)} was expected. Work this one out on paper, then print each step and see where yours departs."
    )
