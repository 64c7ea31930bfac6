"""Recognises how a wrong number relates to the right one: a sign, a factor, a transposition, a neighbour.

Pure. Says nothing unless the relation holds for every element, and more than one element or a telling factor backs it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
RTOL = 1e-6


def relation(expected: Any, got: Any) -> str:
    """One sentence on how `got` misses `expected`, or ""."""
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        return _in_parts(list(expected.values()), [got[key] for key in expected])
    pair = _as_floats(expected, got)
    if pair is not None:
        with np.errstate(all="ignore"):
            return _between(*pair)
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)) and len(expected) == len(got):
        return _in_parts(list(expected), list(got))
    return ""


def _in_parts(expected: list[Any], got: list[Any]) -> str:
    """What is said of the first part that something can be said of, when parts are of different kinds or named."""
    said = (relation(right, yours) for right, yours in zip(expected, got, strict=True))
    return next((f"In part {number} of what you return: {text}" for number, text in enumerate(said, 1) if text), "")


def _between(right: Array, yours: Array) -> str:
    if right.size == 0 or not np.isfinite(right).all() or _same(right, yours):
        return ""
    if np.isnan(yours).any():
        return "Your result holds NaN. Look for 0/0, the logarithm of 0 or of a negative number, or a mean of nothing."
    if np.isinf(yours).any():
        return "Your result holds infinity. Look for a division by zero or an exponential of a large number."
    return next((text for test, text in RELATIONS if test(right, yours)), "")


def _as_floats(expected: Any, got: Any) -> tuple[Array, Array] | None:
    try:
        pair = np.asarray(expected), np.asarray(got)
    except (TypeError, ValueError, OverflowError):
        return None
    if any(array.dtype.kind not in "iuf" for array in pair) or pair[0].shape != pair[1].shape:
        return None
    return pair[0].astype(np.float64), pair[1].astype(np.float64)


def _same(a: Array, b: Array) -> bool:
    return bool(np.allclose(a, b, rtol=RTOL, atol=1e-9))


def _counts(right: Array) -> bool:
    """One whole number: then a ratio says little, and it is more likely a count than a mean."""
    return right.size == 1 and bool(np.all(right == np.round(right)))


def _factor(value: float) -> Callable[[Array, Array], bool]:
    return lambda right, yours: bool(np.any(right != 0)) and _same(right * value, yours)


def _transposed(right: Array, yours: Array) -> bool:
    return right.ndim == 2 and right.shape[0] == right.shape[1] and _same(right.T, yours)


def _sum_for_mean(right: Array, yours: Array) -> bool:
    ratio = _ratio(right, yours)
    return not _counts(right) and ratio is not None and 2 < ratio <= 10_000 and abs(ratio - round(ratio)) < RTOL * ratio


def _mean_for_sum(right: Array, yours: Array) -> bool:
    return _sum_for_mean(yours, right)


def _rooted(right: Array, yours: Array) -> bool:
    return bool(np.all(right >= 0)) and _same(np.sqrt(right), yours)


def _ddof(right: Array, yours: Array) -> bool:
    """A ratio of n/(n-1), or its root, for some n up to 1,000: one is divided by n, the other by n - 1."""
    ratio = _ratio(right, yours)
    if ratio is None or _counts(right) or not 0 < ratio < 2.5 or abs(ratio - 1) < 1e-4:
        return False
    high = max(ratio, 1 / ratio)
    return any(_is_count(1 / (1 - 1 / r)) for r in (high, high * high) if r > 1)


def _is_count(n: float) -> bool:
    return 2 <= n <= 1000 and abs(n - round(n)) < 1e-6 * n


def _ratio(right: Array, yours: Array) -> float | None:
    """The one factor between the two, or None; zeros must match zeros."""
    nonzero = right != 0
    if not nonzero.any() or np.any(yours[~nonzero] != 0):
        return None
    ratios = yours[nonzero] / right[nonzero]
    first = float(ratios.flat[0])
    return first if first != 0 and bool(np.allclose(ratios, first, rtol=RTOL)) else None


def _off_by_one(right: Array, yours: Array) -> bool:
    gap = yours - right
    return bool(np.all(gap == gap.flat[0])) and abs(float(gap.flat[0])) == 1 and bool(np.all(right == np.round(right)))


def _shifted(right: Array, yours: Array) -> bool:
    gap = yours - right
    return right.size > 1 and not _same(gap, np.zeros_like(gap)) and _same(gap, np.full_like(gap, gap.flat[0]))


def _reversed(right: Array, yours: Array) -> bool:
    return right.ndim == 1 and right.size > 1 and _same(right[::-1], yours)


def _permuted(right: Array, yours: Array) -> bool:
    return right.ndim == 1 and right.size > 1 and _same(np.sort(right), np.sort(yours))


RELATIONS: tuple[tuple[Callable[[Array, Array], bool], str], ...] = (
    (
        _off_by_one,
        "You are off by exactly one. Check where a range starts and ends, and whether counting begins at 0 or at 1.",
    ),
    (
        _factor(-1),
        "Your numbers are right but for the sign. Look for a subtraction the other way round, or a missing minus.",
    ),
    (
        _factor(2),
        "Your result is exactly twice the right one. Look for a factor of 2 in a derivative, or something counted twice.",
    ),
    (
        _factor(0.5),
        "Your result is exactly half the right one. Look for a stray factor of one half, or pairs counted once.",
    ),
    (_factor(100), "Your result is a hundred times too large: a percentage where a fraction was asked for."),
    (_factor(0.01), "Your result is a hundred times too small: a fraction where a percentage was asked for."),
    (
        _factor(float(np.log2(np.e))),
        "Your result is in bits, and nats were asked for: use the natural logarithm instead of base 2.",
    ),
    (_factor(float(np.log(2))), "Your result is in nats, and bits were asked for: use the logarithm of base 2."),
    (_transposed, "Your matrix is the transpose of the right one: rows and columns are swapped."),
    (
        _ddof,
        "Your result is off by the factor between n and n − 1: check which one the variance or standard deviation divides by (ddof).",
    ),
    (_sum_for_mean, "Your result is a whole number of times too large: probably a sum where a mean was asked for."),
    (_mean_for_sum, "Your result is a whole number of times too small: probably a mean where a sum was asked for."),
    (
        _rooted,
        "Your result is the square root of the right one: one root too many.",
    ),
    (
        lambda right, yours: _same(right**2, yours),
        "Your result is the square of the right one: a square root is missing at the end.",
    ),
    (_reversed, "Your values are right and in reverse order."),
    (_permuted, "Your values are right and in a different order. Check what the result must be ordered by."),
    (
        _shifted,
        "All your values are off by the same amount: a constant, such as a mean or an intercept, is missing or added once too often.",
    ),
)
