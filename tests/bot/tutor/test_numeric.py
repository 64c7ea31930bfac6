"""Every relation is recognised where it holds, and nothing is said of equal, foreign or merely different numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bot.tutor.numeric import RELATIONS, holds, relation

RIGHT = np.array([0.5, 2.25, 3.75])
SQUARE = np.array([[1.5, 2.0], [3.0, 4.0]])
TALL = np.array([[1.5, 2.0], [3.0, 4.0], [0.5, 9.0]])
EXAMPLES: tuple[tuple[str, Any, Any], ...] = (
    ("off by exactly one", 4, 3),
    ("off by exactly one", [1, 2], [2, 3]),
    ("but for the sign", RIGHT, -RIGHT),
    ("exactly twice", RIGHT, RIGHT * 2),
    ("exactly half", RIGHT, RIGHT / 2),
    ("a hundred times too large", 0.25, 25.0),
    ("a hundred times too small", 25.5, 0.255),
    ("in bits, and nats", RIGHT, RIGHT / np.log(2)),
    ("in nats, and bits", RIGHT, RIGHT * np.log(2)),
    ("transpose", SQUARE, SQUARE.T),
    ("n and n − 1", RIGHT, RIGHT * 10 / 9),
    ("n and n − 1", RIGHT, RIGHT * np.sqrt(4 / 5)),
    ("a sum where a mean", 2.5, 10.0),
    ("a mean where a sum", RIGHT * 7, RIGHT),
    ("one root too many", RIGHT, np.sqrt(RIGHT)),
    ("a square root is missing", RIGHT, RIGHT**2),
    ("in reverse order", RIGHT, RIGHT[::-1]),
    ("in a different order", RIGHT, RIGHT[[1, 0, 2]]),
    ("off by the same amount", RIGHT, RIGHT + 0.7),
    ("base 10 was asked for", RIGHT, RIGHT * np.log(10)),
    ("not that of base 10", RIGHT, RIGHT / np.log(10)),
    ("one minus the right one", 0.2, 0.8),
    ("one divided by the right one", RIGHT, 1 / RIGHT),
    ("a whole number where a fraction", RIGHT, [0, 2, 3]),
    ("the signs are lost", [-1.5, 2.0, 3.0], [1.5, 2.0, 3.0]),
    ("do not sum to 1", [[0.2, 0.8], [0.5, 0.5]], [[0.3, 1.2], [2.0, 2.0]]),
    ("Your rows or columns are right and in reverse", SQUARE, SQUARE[:, ::-1]),
    ("Your rows are right and in a different order", TALL, TALL[[2, 0, 1]]),
    ("All your values are the same", RIGHT, [2.0, 2.0, 2.0]),
    ("by one and the same factor", RIGHT, RIGHT * 1.37),
    ("The two things you return have changed places", ("a", "b"), ("b", "a")),
    ("in reverse order", list("abc"), list("cba")),
    ("in a different order", list("abc"), list("bac")),
    ("Only the last one is missing", list("abc"), list("ab")),
    ("Only the first one is missing", list("abc"), list("bc")),
    ("one too many, at its end", list("abc"), list("abcd")),
    ("one too many, at its start", list("abc"), list("zabc")),
    ("Repeated values are missing", list("abcab"), list("abc")),
    ("holds NaN", RIGHT, [0.5, float("nan"), 3.75]),
    ("holds infinity", RIGHT, [0.5, float("inf"), 3.75]),
    ("In part 2 of what you return: Your numbers are right but for the sign", ("a", 1.5), ("a", -1.5)),
    ("In part 1 of what you return: Your result is exactly twice", {"p": 0.3, "r": 0.4}, {"r": 0.4, "p": 0.6}),
    ("In part 1 of what you return: You are off by exactly one", (3, RIGHT), (4, RIGHT)),
)


@pytest.mark.parametrize(("says", "expected", "got"), EXAMPLES, ids=[says for says, _, _ in EXAMPLES])
def test_a_relation_is_recognised(says: str, expected: Any, got: Any) -> None:
    assert says in relation(expected, got)


def test_every_relation_has_an_example() -> None:
    said = {relation(expected, got) for _, expected, got in EXAMPLES}
    assert {text for _, text in RELATIONS} <= said


def test_what_holds_in_one_case_by_chance_is_not_said() -> None:
    twice, chance = (RIGHT, RIGHT * 2), (RIGHT, RIGHT * 2 + 0.1)
    assert holds([twice, (1.5, 3.0)]) == relation(*twice) != ""
    assert holds([twice, chance]) == holds([chance, twice]) == holds([]) == ""


def test_a_result_that_is_not_finite_is_told_even_of_one_case() -> None:
    assert "NaN" in holds([(1.0, float("nan")), (2.0, 5.0)])
    assert "infinity" in holds([(1.0, float("inf")), (2.0, 5.0)])


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (list("abc"), list("abz")),
        (list("abc"), []),
        ([], ["a", "b"]),
        ("a", "b"),
        (3, 12),  # a count: twelve is no sum of a mean of three
        (4, 3.5),
        (RIGHT, [0.5, 2.25]),
        (RIGHT, [0.5, 2.0, 9.0]),
        (True, False),
        ("1.5", "3.0"),
        (1 + 2j, 2 + 4j),
        ([], []),
        ([1.0, float("inf")], [2.0, 4.0]),
        ({"a": 1.0}, {"b": 2.0}),
        ({1, 2}, {2, 4}),
        (None, 1.0),
        ([[1.0], [2.0, 3.0]], [[1.0], [2.0, 3.0]]),
        (10**400, 10**401),
    ],
)
def test_nothing_is_said_without_evidence(expected: Any, got: Any) -> None:
    assert relation(expected, got) == ""


NUMBERS = hnp.arrays(
    np.float64,
    hnp.array_shapes(max_dims=2, max_side=4),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


@given(NUMBERS)
def test_equal_numbers_are_left_alone(values: np.ndarray[Any, Any]) -> None:
    assert relation(values, values.copy()) == ""
    assert relation(values, values * (1 + 1e-12)) == ""


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=4)
    | hnp.arrays(st.sampled_from([np.float32, np.int8, np.bool_, np.complex64]), hnp.array_shapes(max_side=3)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)


@given(VALUES, VALUES)
def test_no_pair_of_values_makes_it_raise(expected: Any, got: Any) -> None:
    assert isinstance(relation(expected, got), str)


@given(NUMBERS, st.floats(1.5, 9.0))
def test_a_claimed_relation_is_never_of_equal_numbers(values: np.ndarray[Any, Any], factor: float) -> None:
    said = relation(values, values * factor)
    assert not (said and np.allclose(values, values * factor, rtol=1e-6, atol=1e-9))
