"""Smaller inputs hold nothing that the larger one did not, stay in step, and fail in the same way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bot.tutor.shrink import MOST_INPUTS, SMALL, length, like, smaller
from challenges.model import Mismatch
from challenges.show import show_args

LONG = list(range(100, 140))
SEEN = Mismatch(
    case="", visible=True, args=(), expected=[1.5], got=[2.5], message="the result[0] is 2.5; expected 1.5."
)


def test_halves_come_first_then_one_row_less_and_never_none() -> None:
    made = smaller((LONG, "text", 3))
    assert [len(args[0]) for args in made] == [20, 20, *[39] * (MOST_INPUTS - 2)]
    assert all(args[1:] == ("text", 3) for args in made)
    assert smaller(([1], 2)) == smaller(([], 2)) == smaller(()) == smaller((3, 4.5)) == []


def test_a_small_input_stays_as_it_is() -> None:
    assert smaller(([1, 2, 3], 2)) == []


def test_lists_and_arrays_of_one_length_stay_of_one_length() -> None:
    rows, labels, other = np.arange(60).reshape(20, 3), list(range(20)), [1, 2, 3]
    for args in smaller((rows, labels, other)):
        assert len(args[0]) == len(args[1]) < 20
        assert args[2] == other
        assert (rows[args[1]] == args[0]).all()


@pytest.mark.parametrize(
    ("args", "expected"),
    [(((1, 2), [3, 4], [5]), 2), (("ab", 3), 0), ((np.float64(3), np.zeros(4)), 4), ((np.array(1),), 0)],
)
def test_the_length_that_most_share(args: tuple[Any, ...], expected: int) -> None:
    assert length(args) == expected


ROWS = st.lists(st.integers(0, 9), max_size=40) | hnp.arrays(
    np.float64, st.tuples(st.integers(0, 20), st.integers(1, 3)), elements=st.floats(0, 9)
)


@given(st.lists(ROWS | st.integers() | st.text(max_size=90), max_size=4).map(tuple))
def test_nothing_is_invented_and_what_is_made_is_smaller(args: tuple[Any, ...]) -> None:
    made = smaller(args)
    assert len(made) <= MOST_INPUTS
    assert not made or len(show_args(args)) > SMALL
    for other in made:
        assert len(other) == len(args)
        for before, after in zip(args, other, strict=True):
            assert type(before) is type(after)
            if isinstance(before, (list, np.ndarray)):
                old, new = ([repr(row) for row in rows] for rows in (list(before), list(after)))
                assert set(new) <= set(old)
                assert len(new) <= len(old)


@pytest.mark.parametrize(
    ("message", "got", "same"),
    [
        ("the result[0] is 7; expected 8.25.", [7], True),
        ("the result[3] is -1e-05; expected nan.", [7], False),
        ("the result has shape (2,); (3,) was expected.", [7], False),
        ("the result[0] is 7; expected 8.25.", [1.5], False),
    ],
)
def test_a_smaller_failure_is_of_the_same_sort_and_shows(message: str, got: Any, same: bool) -> None:
    assert like(replace(SEEN, message=message, got=got), SEEN) is same
