"""Showing: short, readable, never more than its cap, and never an exception."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from challenges.show import clean, kind_of, show, show_args
from runner.values import Opaque, Tagged

HUGE = 1 << 65_000

SHOWN: list[tuple[Any, str]] = [
    (None, "None"),
    (True, "True"),
    (3, "3"),
    (10**70, "an integer of about 71 digits"),
    (HUGE, "an integer of about 19568 digits"),
    (0.1 + 0.2, "0.3"),
    (1e300, "1e+300"),
    ((0, 3.0, 0.5), "(0, 3.0, 0.5)"),
    (-0.0, "-0.0"),
    (0.999999999999, "1.0"),
    (123456789.0, "123456789.0"),
    (12345678.5, "12345678.5"),
    (math.nan, "nan"),
    (-math.inf, "-inf"),
    (1 + 2j, "(1+2j)"),
    ("it's", '"it\'s"'),
    (b"\x00", "b'\\x00'"),
    ("x" * 301, f"'{'x' * 300}' … (301 long)"),
    ([1, "a", None], "[1, 'a', None]"),
    ((1,), "(1,)"),
    ((), "()"),
    ([], "[]"),
    ({}, "{}"),
    ({"a": [1.0], 2: (3,)}, "{'a': [1.0], 2: (3,)}"),
    (set(), "set()"),
    ({3, 1}, "{1, 3}"),
    (frozenset({1}), "frozenset({1})"),
    (list(range(14)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (14 in all)]"),
    ({n: n for n in range(13)}, "{" + ", ".join(f"{n}: {n}" for n in range(12)) + ", … (13 in all)}"),
    (np.float32(0.5), "0.5"),
    (np.int8(3), "3"),
    (np.array([1.0, 2.5]), "[1. , 2.5]"),
    (np.array(2.0), "2."),
    (np.arange(100), "[ 0,  1,  2, ..., 97, 98, 99]  (shape (100,))"),
    (np.empty((0, 3)), "[]  (shape (0, 3))"),
    (np.zeros((2, 2, 2, 4)), f"[{'0.0, ' * 12}… (32 in all)]  (shape (2, 2, 2, 4))"),
    (np.array(["a", "b"]), "['a', 'b']"),
    (Opaque("Net", "Net()"), "<Net> Net()"),
    (Tagged("tensor", np.array([1])), "[1]"),
]


@pytest.mark.parametrize(("value", "text"), SHOWN, ids=[text[:30] for _, text in SHOWN])
def test_a_value_reads_as_it_would_be_typed(value: Any, text: str) -> None:
    assert show(value) == text


def test_a_long_text_is_cut_and_says_so() -> None:
    assert show(["a" * 50] * 9, 60) == "['" + "a" * 50 + "', '" + "a" * 2 + " …"


def test_arguments_read_like_a_call() -> None:
    assert show_args((1, "a", [2])) == "1, 'a', [2]"
    assert show_args(()) == ""
    assert len(show_args(("x" * 500, "y" * 500), 100)) == 100


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "an int"),
        (1.0, "a float"),
        (None, "None"),
        ([], "a list"),
        (np.zeros((3,)), "an array of shape (3,)"),
        (np.float64(1), "a float64"),
        (np.uint8(1), "a uint8"),
        (Opaque("Net", "x"), "a Net object"),
        (Opaque("R", "x"), "an R object"),
        (Opaque("SVC", "x"), "an SVC object"),
        (Opaque("Axes", "x"), "an Axes object"),
        (Opaque("User", "x"), "a User object"),
        (Opaque("", "x"), "a  object"),
        (Opaque("N" * 500, "x"), f"a {'N' * 60} object"),
    ],
)
def test_a_type_is_named_as_a_learner_would(value: Any, text: str) -> None:
    assert kind_of(value) == text


def test_halves_of_characters_are_taken_out() -> None:
    assert clean("a\ud800b") == "a?b"
    assert show(Opaque("\ud800", "\udfff")) == "<?> ?"
    assert show("\ud800").isascii()


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((2,) * 20),
        np.zeros((6,) * 7),
        np.zeros(10**6),
        np.array(["x" * 9_999] * 50),
        ["x" * 8_000_000],
        [[[0] * 60] * 60] * 60,
        {n: n for n in range(10**5)},
        set(range(10**5)),
        [HUGE] * 1000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_huge_value_is_shown_at_once(value: Any) -> None:
    began = time.process_time()
    assert len(show(value, 200)) <= 200
    assert time.process_time() - began < 0.5


atoms = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary()
arrays = hnp.arrays(st.sampled_from(["f8", "f2", "i8", "b1", "c16", "<U5"]), hnp.array_shapes(min_dims=0, min_side=0))
opaque = st.builds(Opaque, st.text(alphabet=st.characters()), st.text(alphabet=st.characters()))
values = st.recursive(
    atoms | arrays | opaque,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.builds(Tagged, st.just("tensor"), inner)
    ),
    max_leaves=20,
)


@given(value=values, cap=st.integers(10, 500))
def test_any_value_gives_a_text_within_its_cap_that_can_be_sent(value: Any, cap: int) -> None:
    text = show(value, cap)
    assert len(text) <= cap
    assert text.encode("utf-8")
    assert kind_of(value).encode("utf-8")
