"""Holds a returned value against the expected one, outside the box, and says in one sentence how they differ.

Values arrive decoded from bytes, so they are plain data; nothing here calls into a learner's object. NaN equals NaN
everywhere; a NumPy truth value or text stands for the plain one, and an array without axes for the scalar in it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable
from numbers import Number
from typing import Any

import numpy as np

from challenges.model import Compare, CompareKind
from challenges.show import kind_of, show

MAX_DEPTH = 40
Array = np.ndarray[Any, Any]


def difference(expected: Any, got: Any, how: Compare) -> str | None:
    """None when the values agree, else what differs and where."""
    if how.kind is CompareKind.UNORDERED:
        return _unordered(expected, got)
    return _differ(expected, got, how, "the result", 0)


def _differ(expected: Any, got: Any, how: Compare, where: str, depth: int) -> str | None:
    if depth > MAX_DEPTH:
        return f"{where} is nested too deeply to compare."
    expected, got = _native(expected), _native(got)
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


def _native(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return value.item() if isinstance(value, (np.bool_, np.str_)) else value


def _values(expected: Any, got: Any, where: str) -> str:
    if got is None:
        return f"{where} is None: does every path of your code return something?"
    if kind_of(expected) != kind_of(got):
        return f"{where} is {kind_of(got)}; {kind_of(expected)} was expected."
    return f"{where} is {show(got, 120)}; expected {show(expected, 120)}."


def _is_number(value: Any) -> bool:
    return isinstance(value, (Number, np.number)) and not isinstance(value, bool)


def _is_complex(value: Any) -> bool:
    return isinstance(value, (complex, np.complexfloating))


def _numbers(expected: Any, got: Any, how: Compare, where: str) -> str | None:
    if not _is_number(got):
        return _values(expected, got, where)
    if _is_complex(got) and not _is_complex(expected):
        return f"{where} is a complex number; a real one was expected."
    if how.kind is CompareKind.EXACT:
        same_class = isinstance(expected, (int, np.integer)) == isinstance(got, (int, np.integer))
        same = same_class and (expected == got or (_is_nan(expected) and _is_nan(got)))
        return None if same else _values(expected, got, where)
    return None if _close(expected, got, how) else _other_number(expected, got, where)


def _other_number(expected: Any, got: Any, where: str) -> str:
    """Speak of the values alone: where numbers need only be close, an int may stand for a float."""
    return f"{where} is {show(got, 120)}; expected {show(expected, 120)}."


def _is_nan(value: Any) -> bool:
    return bool(value != value)


def _close(expected: Any, got: Any, how: Compare) -> bool:
    try:
        a, b = complex(expected), complex(got)
    except OverflowError:  # integers beyond the floats
        return bool(expected == got)
    if _is_nan(a) or _is_nan(b):
        return _is_nan(a) and _is_nan(b)
    if a == b:
        return True
    if not all(map(math.isfinite, (a.real, a.imag, b.real, b.imag))):
        return False
    apart = math.hypot(a.real - b.real, a.imag - b.imag)
    return math.isfinite(apart) and apart <= how.atol + how.rtol * math.hypot(a.real, a.imag)


def _arrays(expected: Array, got: Any, how: Compare, where: str) -> str | None:
    if isinstance(got, (list, tuple)):
        advice = f"return np.array(...), not {kind_of(got)}"
        return f"{where} is {kind_of(got)}; a numpy array of shape {expected.shape} was expected: {advice}."
    if not isinstance(got, np.ndarray):
        return _values(expected, got, where)
    if expected.shape != got.shape:
        return f"{where} has shape {got.shape}; {expected.shape} was expected."
    if _sort(expected) != _sort(got) or (got.dtype.kind == "c" and expected.dtype.kind != "c"):
        return f"{where} holds {got.dtype} values; {expected.dtype} was expected."
    return _elements(expected, got, how, where)


def _sort(array: Array) -> str:
    """Truth values, numbers and texts: values of different sorts are never equal."""
    return "number" if array.dtype.kind in "iufc" else array.dtype.kind


def _elements(expected: Array, got: Array, how: Compare, where: str) -> str | None:
    if expected.dtype == got.dtype and expected.tobytes() == got.tobytes():
        return None  # as most are; a tenth of the time
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
    place = f"[{', '.join(map(str, first))}]"
    share = f" ({count} of {expected.size} values differ)" if expected.size > 1 else ""
    return f"{where}{place} is {show(got[first], 60)}; expected {show(expected[first], 60)}{share}."


def _sequences(expected: Any, got: Any, how: Compare, where: str, depth: int) -> str | None:
    array = isinstance(got, np.ndarray) and how.kind is CompareKind.CLOSE
    if not isinstance(got, (list, tuple)) and not array:
        return _values(expected, got, where)
    if len(expected) != len(got):
        return f"{where} {_counts(expected, got)}"
    for i, (a, b) in enumerate(zip(expected, got, strict=True)):
        fault = _differ(a, b, how, f"{where}[{i}]", depth + 1)
        if fault:
            return fault
    return None


def _counts(expected: Any, got: Any) -> str:
    elements, were = "element" if len(got) == 1 else "elements", "was" if len(expected) == 1 else "were"
    return f"has {len(got)} {elements}; {len(expected)} {were} expected."


def _mappings(expected: dict[Any, Any], got: Any, how: Compare, where: str, depth: int) -> str | None:
    if not isinstance(got, dict):
        return _values(expected, got, where)
    for key in expected:
        if key not in got:
            return f"{where} lacks key {show(key, 80)}."
    if len(got) > len(expected):
        surplus = next(key for key in got if key not in expected)
        return f"{where} has the unexpected key {show(surplus, 80)}."
    for key, value in expected.items():
        fault = _differ(value, got[key], how, f"{where}[{show(key, 40)}]", depth + 1)
        if fault:
            return fault
    return None


def _unordered(expected: Any, got: Any) -> str | None:
    if not isinstance(got, (list, tuple)) or not isinstance(expected, (list, tuple)):
        return _values(expected, got, "the result")
    if len(expected) != len(got):
        return f"the result {_counts(expected, got)}"
    left = Counter(_key(value) for value in expected)  # a table of trusted values, so that no learner can crowd it
    for other in got:
        key = _key(other)
        if left[key] == 0:
            break
        left[key] -= 1
    lacking = next((value for value in expected if left[_key(value)] > 0), None)
    return None if not +left else f"the result lacks {show(lacking, 120)}."


def _key(value: Any) -> Hashable:
    """A key that two values share when they are exactly equal."""
    value = _native(value)
    if isinstance(value, np.ndarray):
        return (_sort(value), value.shape, tuple(map(_number_key, value.ravel().tolist())))
    if isinstance(value, (list, tuple)):
        return ("sequence", tuple(map(_key, value)))
    if isinstance(value, dict):
        return ("dict", frozenset((_key(k), _key(v)) for k, v in value.items()))
    if isinstance(value, (set, frozenset)):
        return ("set", frozenset(map(_key, value)))
    if _is_number(value):
        kind = "int" if isinstance(value, (int, np.integer)) else "complex" if _is_complex(value) else "real"
        return (kind, _number_key(value))
    return (type(value).__name__, value)


def _number_key(value: Any) -> Hashable:
    return "NaN" if _is_nan(value) else value
