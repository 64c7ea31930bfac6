"""Comparing: what counts as the same value, what is said of the first difference, and that nothing makes it fall over."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from challenges.compare import difference
from challenges.model import Compare, CompareKind
from runner.values import Opaque, decode, encode

CLOSE, EXACT, UNORDERED = (Compare(kind=kind) for kind in list(CompareKind)[:3])
NAN, INF = math.nan, math.inf

SAME: list[tuple[Compare, Any, Any]] = [
    (CLOSE, 1.0, 1.0 + 1e-9),
    (CLOSE, 1.0, 1),
    (CLOSE, 3, 3.0),
    (CLOSE, 1.0, np.float32(1.0)),
    (CLOSE, 0.0, 1e-9),
    (CLOSE, NAN, NAN),
    (CLOSE, NAN, np.float64(NAN)),
    (CLOSE, INF, INF),
    (CLOSE, 1 + 2j, 1 + 2j),
    (CLOSE, 1 + 0j, 1.0),
    (CLOSE, complex(NAN, 1), complex(2, NAN)),
    (CLOSE, 1e308 + 1e308j, 1e308 + 1e308j),
    (CLOSE, 10**400, 10**400),
    (CLOSE, 2.5, np.array(2.5)),
    (CLOSE, np.array(2.5), 2.5),
    (CLOSE, True, np.True_),
    (CLOSE, np.False_, False),
    (CLOSE, "a", np.str_("a")),
    (CLOSE, [1.0, 2.0], np.array([1.0, 2.0])),
    (CLOSE, [[1.0], [2.0]], np.array([[1.0], [2.0]])),
    (CLOSE, (1, [2.0]), [1, (2.0,)]),
    (CLOSE, {"a": [NAN]}, {"a": [NAN]}),
    (CLOSE, np.array([1, 2]), np.array([1.0, 2.0])),
    (CLOSE, np.array([NAN, INF]), np.array([NAN, INF])),
    (CLOSE, np.empty((0, 3)), np.empty((0, 3))),
    (CLOSE, np.array(["a", "b"]), np.array(["a", "b"])),
    (CLOSE, {1, 2}, {2, 1}),
    (CLOSE, None, None),
    (CLOSE, b"a", b"a"),
    (EXACT, [1, 2], (1, 2)),
    (EXACT, 1.5, np.float64(1.5)),
    (EXACT, NAN, NAN),
    (EXACT, [NAN, {"a": NAN}], [NAN, {"a": NAN}]),
    (EXACT, np.array([NAN]), np.array([NAN])),
    (EXACT, True, np.True_),
    (UNORDERED, [3, 1, 1], [1, 3, 1]),
    (UNORDERED, [[1, 2], [3]], [[3], [1, 2]]),
    (UNORDERED, [NAN, 1.0], (1.0, NAN)),
    (UNORDERED, [], []),
    (UNORDERED, [{"a": 1}, {"b": {2}}], [{"b": {2}}, {"a": 1}]),
    (UNORDERED, [np.array([1, 2]), np.array([NAN])], [np.array([NAN]), np.array([1.0, 2.0])]),
    (UNORDERED, [None, "a", b"a", True, 1, 1.0, 1 + 0j], [1 + 0j, 1.0, 1, True, b"a", "a", None]),
]

LIST_FOR_ARRAY = "the result is a list; a numpy array of shape (2,) was expected: return np.array(...), not a list."
DIFFERENT: list[tuple[Compare, Any, Any, str]] = [
    (CLOSE, 1.0, 1.1, "the result is 1.1; expected 1.0."),
    (CLOSE, 1.0, NAN, "the result is nan; expected 1.0."),
    (CLOSE, NAN, 1.0, "the result is 1.0; expected nan."),
    (CLOSE, INF, -INF, "the result is -inf; expected inf."),
    (CLOSE, 1e308, INF, "the result is inf; expected 1e+308."),
    (CLOSE, 1e308 + 1e308j, -1e308 - 1e308j, "the result is (-1e+308-1e+308j); expected (1e+308+1e+308j)."),
    (CLOSE, 10**400, 1.0, "the result is 1.0; expected an integer of about 401 digits."),
    (CLOSE, 0.875, 1, "the result is 1; expected 0.875."),
    (CLOSE, (1, 0.5), (1, np.float64(2)), "the result[1] is 2.0; expected 0.5."),
    (EXACT, np.zeros(2), [0.0, 0.0], LIST_FOR_ARRAY),
    (CLOSE, 1, True, "the result is a bool; an int was expected."),
    (CLOSE, True, 1, "the result is an int; a bool was expected."),
    (CLOSE, 1.0, 1 + 0j, "the result is a complex number; a real one was expected."),
    (CLOSE, 1.0, None, "the result is None: does every path of your code return something?"),
    (CLOSE, 1.0, "1.0", "the result is a str; a float was expected."),
    (CLOSE, [1, 2], [1], "the result has 1 element; 2 were expected."),
    (CLOSE, [1], [], "the result has 0 elements; 1 was expected."),
    (CLOSE, [1, [2, 3]], [1, [2, 4]], "the result[1][1] is 4; expected 3."),
    (CLOSE, [1.0], 1.0, "the result is a float; a list was expected."),
    (CLOSE, {"a": 1}, {}, "the result lacks key 'a'."),
    (CLOSE, {"a": 1}, {"a": 1, "b": 2}, "the result has the unexpected key 'b'."),
    (CLOSE, {"a": [1]}, {"a": [2]}, "the result['a'][0] is 2; expected 1."),
    (CLOSE, {}, [], "the result is a list; a dict was expected."),
    (CLOSE, np.zeros(2), [0.0, 0.0], LIST_FOR_ARRAY),
    (CLOSE, np.zeros(2), 0.0, "the result is a float; an array of shape (2,) was expected."),
    (CLOSE, np.zeros((2, 1)), np.zeros((1, 2)), "the result has shape (1, 2); (2, 1) was expected."),
    (CLOSE, np.zeros(2), np.zeros(2, complex), "the result holds complex128 values; float64 was expected."),
    (CLOSE, np.zeros(1), np.array(["a"]), "the result holds <U1 values; float64 was expected."),
    (CLOSE, np.array([True]), np.array([1]), "the result holds int64 values; bool was expected."),
    (CLOSE, np.zeros(3), np.array([0, 1.0, 1]), "the result[1] is 1.0; expected 0.0 (2 of 3 values differ)."),
    (CLOSE, np.eye(2), np.ones((2, 2)), "the result[0, 1] is 1.0; expected 0.0 (2 of 4 values differ)."),
    (CLOSE, {1}, {2}, "the result is {2}; expected {1}."),
    (CLOSE, "a", Opaque("Liar", "a"), "the result is a Liar object; a str was expected."),
    (EXACT, 1, 1.0, "the result is a float; an int was expected."),
    (EXACT, 1, 2, "the result is 2; expected 1."),
    (EXACT, [1], np.array([1]), "the result is an array of shape (1,); a list was expected."),
    (EXACT, np.array([1.0]), np.array([1.0 + 1e-12]), "the result[0] is 1.0; expected 1.0."),
    (UNORDERED, [1, 2], [1, 1], "the result lacks 2."),
    (UNORDERED, [1, 2], [1, 2, 2], "the result has 3 elements; 2 were expected."),
    (UNORDERED, [1, 2, 2], [2, 1, 1], "the result lacks 2."),
    (UNORDERED, [None], [0], "the result lacks None."),
    (UNORDERED, [np.zeros(2)], [np.zeros((2, 1))], "the result lacks [0., 0.]."),
    (UNORDERED, ["a"], [Opaque("str", "'a'")], "the result lacks 'a'."),
    (UNORDERED, [1], {1}, "the result is a set; a list was expected."),
    (UNORDERED, [1], [True], "the result lacks 1."),
]


@pytest.mark.parametrize(("how", "expected", "got"), SAME, ids=range(len(SAME)))
def test_the_same_value_in_another_guise_has_no_difference(how: Compare, expected: Any, got: Any) -> None:
    assert difference(expected, got, how) is None


@pytest.mark.parametrize(("how", "expected", "got", "said"), DIFFERENT, ids=range(len(DIFFERENT)))
def test_a_difference_is_said_in_one_sentence(how: Compare, expected: Any, got: Any, said: str) -> None:
    assert difference(expected, got, how) == said


def test_tolerance_is_relative_to_the_expected_value() -> None:
    how = Compare(rtol=0.1, atol=0.0)
    assert difference(100.0, 109.0, how) is None
    assert difference(100.0, 111.0, how) is not None
    assert difference(np.array([100.0]), np.array([111.0]), how) is not None


def test_what_is_nested_too_deeply_is_different() -> None:
    deep: Any = 1
    for _ in range(60):
        deep = [deep]
    assert difference(deep, deep, CLOSE) == "the result" + "[0]" * 41 + " is nested too deeply to compare."


numbers = st.integers() | st.floats() | st.complex_numbers() | st.integers(10**300, 10**330)
arrays = hnp.arrays(
    st.sampled_from(["f8", "f4", "f2", "i8", "u8", "i1", "b1", "c16", "<U3"]), hnp.array_shapes(min_dims=0, min_side=0)
)
atoms = st.none() | st.booleans() | numbers | st.text() | st.binary(max_size=8) | arrays
keys = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.tuples(st.integers(), st.text(max_size=2))
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=4)
        | st.sets(st.integers() | st.text(max_size=3), max_size=4)
    ),
    max_leaves=12,
)
kinds = st.sampled_from([CLOSE, EXACT, UNORDERED])


@given(value=values, how=st.sampled_from([CLOSE, EXACT]))
def test_a_value_that_went_through_the_wall_equals_itself(value: Any, how: Compare) -> None:
    assert difference(value, decode(encode(value)), how) is None


@given(value=st.lists(values, max_size=5), order=st.randoms(use_true_random=False))
def test_a_list_in_any_order_equals_itself_unordered(value: list[Any], order: Any) -> None:
    shuffled = order.sample(value, len(value))
    assert difference(value, shuffled, UNORDERED) is None


@given(expected=values, got=values, how=kinds)
@settings(max_examples=300)
def test_any_two_values_give_a_sentence_or_nothing(expected: Any, got: Any, how: Compare) -> None:
    said = difference(expected, got, how)
    assert said is None or (said.endswith((".", "?")) and len(said) < 2000)


reals = st.floats(allow_nan=True, allow_infinity=True)


@given(a=reals, b=reals)
def test_exact_comparison_of_numbers_is_symmetric(a: float, b: float) -> None:
    assert (difference(a, b, EXACT) is None) == (difference(b, a, EXACT) is None)
    assert (difference(a, b, EXACT) is None) == (a == b or (a != a and b != b))


@given(a=reals, b=reals)
def test_an_absolute_tolerance_is_symmetric(a: float, b: float) -> None:
    how = Compare(rtol=0.0, atol=0.5)
    assert (difference(a, b, how) is None) == (difference(b, a, how) is None)


@given(a=st.floats(-1e6, 1e6), b=st.floats(-1e6, 1e6))
def test_a_relative_tolerance_is_symmetric_up_to_itself(a: float, b: float) -> None:
    tight, wide = Compare(rtol=1e-3, atol=0.0), Compare(rtol=1.1e-3, atol=0.0)
    if difference(a, b, tight) is None:
        assert difference(b, a, wide) is None


@pytest.mark.parametrize("how", [CLOSE, EXACT], ids=lambda how: how.kind.value)
def test_lists_that_are_in_themselves_are_different_after_so_many_levels(how: Compare) -> None:
    one: list[Any] = []
    one.append(one)
    other: list[Any] = []
    other.append(other)
    with pytest.raises(RecursionError):
        assert one == other  # the control: Python's own comparison never gets to an end
    assert str(difference(one, other, how)).endswith("[0] is nested too deeply to compare.")


@given(a=reals, b=reals)
def test_numbers_and_arrays_of_them_are_judged_alike(a: float, b: float) -> None:
    alone, inside = difference(a, b, CLOSE), difference(np.array([a]), np.array([b]), CLOSE)
    assert (alone is None) == (inside is None)


def nested(width: int, depth: int) -> Any:
    value: Any = 1.0
    for _ in range(depth):
        value = [value] * width
    return value


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1.0, nested(2, 17)),
        ([1.0], np.zeros(10**6)),
        (np.zeros(10**6), np.ones(10**6)),
        (nested(2, 16), nested(2, 16)),
        ({n: n for n in range(10**5)}, {n: -n for n in range(10**5)}),
        ({"a": 1}, {n: n for n in range(10**5)}),
        ("a", "b" * 8_000_000),
        (set(range(10)), set(range(10**5))),
        (1, 1 << 65_000),
        (np.zeros(3), np.zeros((2,) * 20)),
        ([[n] for n in range(600)], [[n] for n in reversed(range(600))]),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("how", [CLOSE, EXACT, UNORDERED], ids=lambda how: how.kind.value)
def test_large_values_are_compared_in_bounded_time(how: Compare, expected: Any, got: Any) -> None:
    assert _cpu_s(lambda: difference(expected, got, how)) < 20 * _counting_s()


@cache
def _counting_s() -> float:
    """What it takes to count to ten million here: the measure of all others."""
    return _cpu_s(lambda: sum(range(10**7)))


def _cpu_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
