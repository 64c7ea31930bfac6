"""Hostile values: what is made of a right answer, everywhere in it, and that none of them is the right answer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.compare import difference
from challenges.hostile import ANYWHERE, CHANGES, DEEP, EQUAL, hostile_values
from challenges.model import Compare, CompareKind

MADE = [name for name, _change in CHANGES]


def _made(right: Any) -> list[Any]:
    """What the changes make of a right answer."""
    return [value for name, value in hostile_values(right) if name in MADE]


@pytest.mark.parametrize(
    ("right", "made"),
    [
        (2, [math.nan, math.inf, None, 2]),
        (np.float64(2), [math.nan, math.inf, None, np.float64(2)]),
        (True, [True, True, True, True]),
        ("a", ["a", "a", "a", "a"]),
        (None, [None, None, None, None]),
        ((1, "a"), [(math.nan, "a"), (math.inf, "a"), (None, "a"), (1, "a")]),
        ([1, [2.5]], [[math.nan, [math.nan]], [math.inf, [math.inf]], [None, [None]], [1, [2.5]]]),
        ({"a": 1, 2: "b"}, [{"a": math.nan, 2: "b"}, {"a": math.inf, 2: "b"}, {"a": None, 2: "b"}, {"a": 1, 2: "b"}]),
    ],
)
def test_a_right_answer_goes_wrong_in_every_number_and_nowhere_else(right: Any, made: list[Any]) -> None:
    """Of the same types otherwise."""
    assert repr(_made(right)) == repr(made)


@pytest.mark.parametrize("shape", [(), (3,), (2, 2), (0,)])
def test_an_array_keeps_its_shape_or_loses_all(shape: tuple[int, ...]) -> None:
    not_numbers, infinite, nothing, empty = _made(np.ones(shape))
    assert (not_numbers.shape, infinite.shape, empty.shape) == (shape, shape, (0,))
    assert (bool(np.isnan(not_numbers).all()), bool(np.isinf(infinite).all())) == (True, True)
    assert nothing == [None] * len(np.atleast_1d(np.ones(shape)))


@given(st.one_of(st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=3)))
def test_those_hostile_to_any_come_first_and_then_the_right_one_deep_inside(right: Any) -> None:
    named = dict(hostile_values(right))
    assert list(named) == [*(name for name, _value in ANYWHERE), "the right answer, deep inside lists", *MADE]
    deep = named["the right answer, deep inside lists"]
    for _level in range(DEEP):
        (deep,) = deep
    assert difference(right, deep, EQUAL) is None


@pytest.mark.parametrize("how", [Compare(kind=CompareKind.EXACT), EQUAL])
@pytest.mark.parametrize(
    ("right", "got"),
    [
        (np.array([1, 2]), np.array([1, 3])),
        (np.array([True, False]), np.array([True, True])),
        (np.array(["a", "b"]), np.array(["a", "c"])),
    ],
)
def test_arrays_of_other_things_than_floats_are_told_apart_by_their_elements(
    right: np.ndarray[Any, Any], got: np.ndarray[Any, Any], how: Compare
) -> None:
    assert difference(right, right.copy(), how) is None
    assert difference(right, got, how) is not None
