"""Says what is wrong with the kind of thing a submission returned: None, another type, another shape, other keys.

Pure. Of a hidden case neither sizes nor names are told: a learner's code can choose them by its inputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bot.tutor.numeric import relation
from challenges.model import Challenge, CompareKind, Mismatch
from challenges.show import kind_of, show
from runner.values import Opaque


def shape_fault(challenge: Challenge, case: Mismatch) -> str:
    """What is wrong with the kind of thing returned, the advice in the last sentence; or ""."""
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
        if (
            challenge.driver
        ):  # the dictionary is its driver's account of what happened, and nothing the learner returned
            return _raised(expected, got)
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
        return f"{counts} {relation(list(expected), list(got)) or 'Compare with what the statement says to return.'}"
    for number, (right, yours) in enumerate(zip(expected, got, strict=True), 1):
        if isinstance(right, np.ndarray) and isinstance(yours, np.ndarray) and right.shape != yours.shape:
            return f"In part {number} of what you return: {_other_shape(right.shape, yours.shape, visible=visible)}"
    return ""


def _other_keys(expected: dict[Any, Any], got: dict[Any, Any], *, visible: bool) -> str:
    lacking = [show(key, 40) for key in expected if key not in got][:3]
    extra = [show(key, 40) for key in got if key not in expected][:3]
    which = f": it lacks {', '.join(lacking)}" if lacking else f": {', '.join(extra)} does not belong there"
    return f"Your dictionary has other keys than expected{which if visible else ''}. Compare them with the statement’s."


def _raised(expected: dict[Any, Any], got: dict[Any, Any]) -> str:
    if "raised" in expected and "raised" not in got:
        return "Your code returned a value where an exception should be raised. Read which inputs the statement does not allow."
    if "raised" in got and "raised" not in expected:
        return "Your code raised an exception where it should return a value. Read which inputs the statement allows."
    return ""


def _plain(value: Any) -> str:
    """A coarse kind, so that 3 and 3.0, or a list and a tuple, are not called different."""
    if isinstance(value, (bool, np.bool_)):
        return "truth value"
    if isinstance(value, (int, float, complex, np.generic)):
        return "number"
    if isinstance(value, (list, tuple, np.ndarray)):
        return "sequence"
    return type(value).__name__
