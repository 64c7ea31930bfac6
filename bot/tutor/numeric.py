"""Recognises how a wrong number relates to the right one: a sign, a factor, a transposition, a neighbour.

Pure. Says nothing unless the relation holds for every element, and more than one element or a telling factor backs it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
RTOL = 1e-6
PAIR = 2
NAN = "Look for 0/0, the logarithm of 0 or of a negative number, or a mean of nothing."
INFINITY = "Look for a division by zero or an exponential of a large number."
SWAPPED = "The two things you return have changed places. Compare their order with the statement’s."
REVERSED = "Your values are right and in reverse order. Check where the order is made."
REORDERED = "Your values are right and in a different order. Check what the result must be ordered by."


def relation(expected: Any, got: Any) -> str:
    """What is said of how `got` misses `expected`, the advice in the last sentence; or ""."""
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        return _in_parts(list(expected.values()), [got[key] for key in expected])
    pair = _as_floats(expected, got)
    if pair is not None:
        with np.errstate(all="ignore"):
            return _between(*pair)
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        return _of_sequences(list(expected), list(got))
    return ""


def holds(pairs: Sequence[tuple[Any, Any]]) -> str:
    """What is said of every pair alike, or "": what holds in one case by chance seldom holds in the next.

    That a result is not finite is telling even in one case.
    """
    said = [relation(expected, got) for expected, got in pairs]
    first = next(iter(said), "")
    return first if first.endswith((NAN, INFINITY)) or all(other == first for other in said) else ""


def _of_sequences(expected: list[Any], got: list[Any]) -> str:
    """How two lists of the same things differ, whatever the things are."""
    right, yours = ([repr(item) for item in items] for items in (expected, got))  # decoded values: a repr is ours
    said = _other_order(right, yours) if len(right) == len(yours) else _other_length(right, yours)
    return said or (_in_parts(expected, got) if len(right) == len(yours) else "")


def _other_order(right: list[str], yours: list[str]) -> str:
    if len(right) < PAIR or right == yours or sorted(right) != sorted(yours):
        return ""
    if right == yours[::-1]:
        return SWAPPED if len(right) == PAIR else REVERSED
    return REORDERED


def _other_length(right: list[str], yours: list[str]) -> str:
    for shorter, where in ((right[:-1], "last"), (right[1:], "first")):
        if right and yours == shorter:
            return f"Only the {where} one is missing from your list. Check where your loop or slice starts and ends."
    for shorter, where in ((yours[:-1], "end"), (yours[1:], "start")):
        if yours and right == shorter:
            return f"Your list has one too many, at its {where}. Check where your loop or slice starts and ends."
    if list(dict.fromkeys(right)) == yours:
        return "Repeated values are missing from your list. Check what drops equal ones, such as a set or dictionary."
    return ""


def _in_parts(expected: list[Any], got: list[Any]) -> str:
    """What is said of the first part that something can be said of, when parts are of different kinds or named."""
    said = (relation(right, yours) for right, yours in zip(expected, got, strict=True))
    return next((f"In part {number} of what you return: {text}" for number, text in enumerate(said, 1) if text), "")


def _between(right: Array, yours: Array) -> str:
    if right.size == 0 or not np.isfinite(right).all() or _same(right, yours):
        return ""
    if np.isnan(yours).any():
        return f"Your result holds NaN. {NAN}"
    if np.isinf(yours).any():
        return f"Your result holds infinity. {INFINITY}"
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


def _complement(right: Array, yours: Array) -> bool:
    return (
        bool(np.all((right >= 0) & (right <= 1)))
        and not _same(right, np.full_like(right, 0.5))
        and _same(1 - right, yours)
    )


def _reciprocal(right: Array, yours: Array) -> bool:
    return bool(np.all(right != 0)) and not _same(np.abs(right), np.ones_like(right)) and _same(1 / right, yours)


def _truncated(right: Array, yours: Array) -> bool:
    whole = bool(np.all(yours == np.round(yours)))
    return whole and bool(np.any(right != np.round(right))) and bool(np.all(np.abs(right - yours) < 1))


def _unsigned(right: Array, yours: Array) -> bool:
    return bool(np.any(right < 0)) and bool(np.any(right > 0)) and _same(np.abs(right), yours)


def _not_normalised(right: Array, yours: Array) -> bool:
    """The right values of each row sum to 1, and each row of yours is that row times a factor of its own."""
    if right.ndim == 0 or right.shape[-1] < 2 or not _same(right.sum(axis=-1), np.ones(right.shape[:-1])):
        return False
    totals = yours.sum(axis=-1, keepdims=True)
    return bool(np.all(totals != 0)) and _same(yours / totals, right)


def _flipped(right: Array, yours: Array) -> bool:
    return right.ndim == 2 and (_same(right[::-1], yours) or _same(right[:, ::-1], yours))


def _rows_reordered(right: Array, yours: Array) -> bool:
    return right.ndim == 2 and len(right) > 1 and _same(right[np.lexsort(right.T)], yours[np.lexsort(yours.T)])


def _one_value(right: Array, yours: Array) -> bool:
    return right.size > PAIR and bool(np.all(yours == yours.flat[0])) and not bool(np.all(right == right.flat[0]))


def _same_factor(right: Array, yours: Array) -> bool:
    return right.size > PAIR and int(np.count_nonzero(right)) > PAIR and _ratio(right, yours) is not None


RELATIONS: tuple[tuple[Callable[[Array, Array], bool], str], ...] = (
    (_complement, "Your result is one minus the right one. Check which of the two sides you count."),
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
    (
        _factor(float(np.log(10))),
        "Your result is too large by the logarithm of 10: the logarithm of base 10 was asked for.",
    ),
    (
        _factor(float(1 / np.log(10))),
        "Your result is too small by the logarithm of 10: use the natural logarithm, not that of base 10.",
    ),
    (_reciprocal, "Your result is one divided by the right one. Check what is divided by what."),
    (
        _truncated,
        "Your result is a whole number where a fraction was asked for. Look for //, int() or an array of whole numbers.",
    ),
    (
        _unsigned,
        "The sizes are right and the signs are lost. Look for abs, a square, or a distance where a difference was meant.",
    ),
    (
        _not_normalised,
        "Your values stand in the right proportions but do not sum to 1. Check what each row is divided by.",
    ),
    (_reversed, REVERSED),
    (_permuted, REORDERED),
    (_flipped, "Your rows or columns are right and in reverse order. Check where the order is made."),
    (_rows_reordered, "Your rows are right and in a different order. Check what the result must be ordered by."),
    (
        _one_value,
        "All your values are the same, and they should differ. Look for a value computed once for all, or an axis that is missing.",
    ),
    (
        _shifted,
        "All your values are off by the same amount: a constant, such as a mean or an intercept, is missing or added once too often.",
    ),
    (
        _same_factor,
        "All your values are off by one and the same factor. Check what everything is divided by or multiplied with.",
    ),
)
