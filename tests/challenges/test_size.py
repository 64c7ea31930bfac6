"""The size gate: room for mistakes, none for floods."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from challenges.size import Weight, oversize, weigh
from runner.values import Tagged


@pytest.mark.parametrize(
    ("value", "weight"),
    [
        (1.0, Weight(1, 8)),
        (None, Weight(1, 8)),
        (True, Weight(1, 1)),
        (1 << 80, Weight(1, 11)),
        ("abc", Weight(1, 3)),
        ([1.0, [2.0]], Weight(4, 16)),
        ({"a": 1.0}, Weight(3, 9)),
        ({1.0}, Weight(2, 8)),
        (np.zeros((2, 3)), Weight(7, 48)),
        (Tagged("tensor", np.zeros(2)), Weight(4, 16)),
    ],
)
def test_a_value_weighs_its_elements_and_bytes(value: Any, weight: Weight) -> None:
    assert weigh(value) == weight


@pytest.mark.parametrize(
    ("expected", "got"),
    [(1.0, [0.0] * 1000), (1.0, "x" * 10_000), ([0.0] * 1000, [0.0] * 9_000), (np.zeros(10**6), np.zeros(2 * 10**6))],
)
def test_a_merely_wrong_value_passes_the_gate(expected: Any, got: Any) -> None:
    assert oversize(expected, got) is None


def test_a_flood_of_elements_is_turned_away_with_both_counts() -> None:
    said = "the result, a list, has 100001 elements in all; the right one has 1."
    assert oversize(1.0, [0] * 100_000) == said


def test_a_flood_of_bytes_is_turned_away_with_both_counts() -> None:
    assert oversize(1.0, "x" * 8_000_000) == "the result, a str, takes 8000000 bytes; the right one takes 8."


@pytest.mark.parametrize(
    "got",
    [[[0] * 500] * 500, {n: n for n in range(10**5)}, np.zeros(10**6), "x" * 8_000_000, [1 << 65_000] * 900],
    ids=lambda value: type(value).__name__,
)
def test_the_gate_itself_is_quick(got: Any) -> None:
    began = time.process_time()
    assert oversize([1.0, 2.0], got) is not None
    assert time.process_time() - began < 1
