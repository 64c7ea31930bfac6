"""Holds a returned value against the expected one, outside the box, and says in one sentence how they differ.

Values arrive decoded from bytes, so they are plain data; nothing here calls into a learner's object.
"""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

import numpy as np

from challenges.model import Compare, CompareKind
from challenges.show import kind_of, show

MAX_DEPTH = 40


def difference(expected: Any, got: Any, how: Compare) -> str | None:
    """None when the values agree, else what differs and where."""
    if how.kind is CompareKind.UNORDERED:
        return _unordered(expected, got)
    return _differ(expected, got, how, "the result", 0)


def _differ(expected: Any, got: Any, how: Compare, where: str, depth: int) -> str | None:
    if depth > MAX_DEPTH:
        return f"{where} is nested too deeply to compare."
    if isinstance(expected, np.ndarray):
        return _arrays(expected, got, how, where)
    if isinstance(expected, (list, tuple)):
        return _sequences(expected, got, how, where, depth)
    if isinstance(expected, dict):
        return _mappings(expected, got, how, where, depth)
    if _is_number(expected):
        return _numbers(expected, got, how, where)
    if type(expected) is not type(got) or expected != got:
        return _values(expected, got, where)
    return None


def _values(expected: Any, got: Any, where: str) -> str:
    if got is None:
        return f"{where} is None: does every path of your code return something?"
    if kind_of(expected) != kind_of(got):
        return f"{where} is {kind_of(got)}; {kind_of(expected)} was expected."
    return f"{where} is {show(got, 120)}; expected {show(expected, 120)}."


def _is_number(value: Any) -> bool:
    return isinstance(value, (Number, np.generic)) and not isinstance(value, (bool, np.bool_))


def _numbers(expected: Any, got: Any, how: Compare, where: str) -> str | None:
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    if not _is_number(got):
        return _values(expected, got, where)
    if how.kind is CompareKind.EXACT:
        same_class = isinstance(expected, (int, np.integer)) == isinstance(got, (int, np.integer))
        return None if same_class and expected == got else _values(expected, got, where)
    return None if _close(expected, got, how) else _values(expected, got, where)


def _close(expected: Any, got: Any, how: Compare) -> bool:
    try:
        a, b = complex(expected), complex(got)
    except OverflowError:  # integers beyond the floats
        return bool(expected == got)
    if math.isnan(a.real) or math.isnan(b.real):
        return math.isnan(a.real) and math.isnan(b.real)
    if a == b:
        return True
    return math.isfinite(abs(b)) and math.isfinite(abs(a)) and abs(a - b) <= how.atol + how.rtol * abs(a)


def _arrays(expected: np.ndarray[Any, Any], got: Any, how: Compare, where: str) -> str | None:
    if isinstance(got, (list, tuple)) and how.kind is not CompareKind.EXACT:
        return f"{where} is {kind_of(got)}; a numpy array of shape {expected.shape} was expected."
    if not isinstance(got, np.ndarray):
        return _values(expected, got, where)
    if expected.shape != got.shape:
        return f"{where} has shape {got.shape}; {expected.shape} was expected."
    if (expected.dtype.kind in "biufc") != (got.dtype.kind in "biufc"):
        return f"{where} holds {got.dtype} values; {expected.dtype} was expected."
    if (expected.dtype.kind == "b") != (got.dtype.kind == "b"):
        return f"{where} holds {got.dtype} values; {expected.dtype} was expected."
    return _elements(expected, got, how, where)


def _elements(expected: np.ndarray[Any, Any], got: np.ndarray[Any, Any], how: Compare, where: str) -> str | None:
    if expected.dtype.kind in "fc" or got.dtype.kind in "fc":
        tolerant = how.kind is not CompareKind.EXACT
        rtol, atol = (how.rtol, how.atol) if tolerant else (0.0, 0.0)
        with np.errstate(all="ignore"):
            same = np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True)
    else:
        same = np.asarray(got == expected)
    if same.all():
        return None
    first = tuple(int(i) for i in np.argwhere(~same)[0])
    count = int((~same).sum())
    place = f"[{', '.join(map(str, first))}]" if first else ""
    share = f" ({count} of {expected.size} values differ)" if expected.size > 1 else ""
    return f"{where}{place} is {show(got[first], 60)}; expected {show(expected[first], 60)}{share}."


def _sequences(expected: Any, got: Any, how: Compare, where: str, depth: int) -> str | None:
    if isinstance(got, np.ndarray) and how.kind is CompareKind.CLOSE and got.ndim:
        got = list(got)
    if not isinstance(got, (list, tuple)):
        return _values(expected, got, where)
    if len(expected) != len(got):
        return f"{where} has {len(got)} elements; {len(expected)} were expected."
    for i, (a, b) in enumerate(zip(expected, got, strict=True)):
        fault = _differ(a, b, how, f"{where}[{i}]", depth + 1)
        if fault:
            return fault
    return None


def _mappings(expected: dict[Any, Any], got: Any, how: Compare, where: str, depth: int) -> str | None:
    if not isinstance(got, dict):
        return _values(expected, got, where)
    missing = [k for k in expected if k not in got]
    surplus = [k for k in got if k not in expected]
    if missing or surplus:
        what, keys = ("lacks", missing) if missing else ("has the unexpected", surplus)
        return f"{where} {what} key {show(keys[0], 80)}."
    for key, value in expected.items():
        fault = _differ(value, got[key], how, f"{where}[{show(key, 40)}]", depth + 1)
        if fault:
            return fault
    return None


def _unordered(expected: Any, got: Any) -> str | None:
    if not isinstance(got, (list, tuple)) or not isinstance(expected, (list, tuple)):
        return _values(expected, got, "the result")
    if len(expected) != len(got):
        return f"the result has {len(got)} elements; {len(expected)} were expected."
    exact = Compare(kind=CompareKind.EXACT)
    left = list(got)
    for value in expected:
        match = next((i for i, other in enumerate(left) if _differ(value, other, exact, "", 0) is None), None)
        if match is None:
            return f"the result lacks {show(value, 120)}."
        left.pop(match)
    return None
