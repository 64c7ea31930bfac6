"""The XP formula: what pays, what does not, and how a day's total flattens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.xp import TOO_FAST_MS, capped, challenge_points, gain, quiz_points


def answer(**changed: object) -> int:
    plain = {"correct": True, "difficulty": 1, "met_before": False, "paid_today": False, "elapsed_ms": None}
    return quiz_points(**{**plain, **changed})  # type: ignore[arg-type]  # a table of keyword arguments


@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({"difficulty": 0}, 4),
        ({"difficulty": 1}, 8),
        ({"difficulty": 2}, 12),
        ({"difficulty": 3}, 16),
        ({"difficulty": 9}, 16),
        ({"difficulty": -1}, 4),
        ({"met_before": True}, 8),
        ({"met_before": True, "paid_today": True}, 0),
        ({"correct": False}, 1),
        ({"correct": False, "met_before": True}, 0),
        ({"elapsed_ms": TOO_FAST_MS}, 8),
        ({"elapsed_ms": TOO_FAST_MS - 1}, 0),
        ({"correct": False, "elapsed_ms": 0}, 0),
        ({"formative": True, "correct": False, "difficulty": 3}, 4),
        ({"formative": True, "paid_today": True}, 0),
    ],
)
def test_answers_pay_by_the_published_table(changed: dict[str, object], points: int) -> None:
    assert answer(**changed) == points


@pytest.mark.parametrize(
    ("level", "failed_before", "hints", "points"),
    [
        ("easy", 0, 0, 20),
        ("medium", 0, 0, 40),
        ("hard", 0, 0, 80),
        ("hard", 1, 0, 64),
        ("hard", 2, 0, 48),
        ("hard", 3, 0, 40),
        ("hard", 50, 0, 40),
        ("hard", 0, 1, 72),
        ("medium", 1, 3, 22),
        ("easy", 0, 12, 0),
    ],
)
def test_challenges_pay_less_for_tries_and_hints(level: str, failed_before: int, hints: int, points: int) -> None:
    assert challenge_points(level=level, failed_before=failed_before, hints=hints) == points


@pytest.mark.parametrize(
    ("points", "paid"), [(0, 0), (99, 99), (100, 100), (101, 101), (125, 121), (200, 162), (2000, 489)]
)
def test_day_flattens_after_a_hundred(points: int, paid: int) -> None:
    assert capped(points) == paid


@given(st.integers(0, 5000), st.integers(0, 500))
def test_more_points_never_pay_less_nor_more_than_themselves(today: int, more: int) -> None:
    assert 0 <= gain(more, points_today=today) <= more + 1  # rounding may shift one


@given(st.lists(st.integers(0, 80), max_size=40))
def test_gains_of_a_day_add_up_to_its_cap(points: list[int]) -> None:
    gains = [gain(one, points_today=sum(points[:index])) for index, one in enumerate(points)]
    assert sum(gains) == capped(sum(points))
