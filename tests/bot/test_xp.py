"""The XP formula: what pays, what does not, and how a day's total flattens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import xp
from bot.xp import LEAST, MOST, TOO_FAST_MS, capped, challenge_points, gain, price, quiz_points


def answer(**changed: object) -> int:
    plain = {"correct": True, "expected": 0.6, "met_before": False, "paid_before": False, "elapsed_ms": None}
    return quiz_points(**{**plain, **changed})  # type: ignore[arg-type]  # a table of keyword arguments


@pytest.mark.parametrize(
    ("expected", "points"), [(0.0, 16), (0.2, 16), (0.35, 13), (0.5, 10), (0.7, 6), (0.8, 4), (0.95, 4), (1.0, 4)]
)
def test_a_right_answer_pays_for_its_surprise(expected: float, points: int) -> None:
    assert (price(expected), answer(expected=expected)) == (points, points)


@pytest.mark.parametrize(
    ("changed", "points"),
    [
        ({"met_before": True}, 8),
        ({"met_before": True, "paid_before": True}, 0),
        ({"correct": False}, 1),
        ({"correct": False, "expected": 0.0}, 1),
        ({"correct": False, "met_before": True}, 0),
        ({"elapsed_ms": TOO_FAST_MS}, 8),
        ({"elapsed_ms": TOO_FAST_MS - 1}, 0),
        ({"correct": False, "elapsed_ms": 0}, 0),
        ({"hints": 1}, 7),
        ({"hints": 5}, 4),
        ({"hints": 12}, 0),
    ],
)
def test_answers_pay_by_the_published_rules(changed: dict[str, object], points: int) -> None:
    assert answer(**changed) == points


@given(expected=st.floats(0, 1), likelier=st.floats(0, 1))
def test_what_is_likelier_never_pays_more(expected: float, likelier: float) -> None:
    low, high = sorted((expected, likelier))
    assert LEAST <= price(high) <= price(low) <= MOST


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


HONEST, GRINDS = 80, 2000
FAIR = 6.7
"""How many times an honest learner's day the day of somebody who grinds 2,000 points may be."""


def test_a_day_of_grinding_is_worth_a_few_honest_days_at_most() -> None:
    assert capped(GRINDS) <= FAIR * capped(HONEST)
    assert capped(GRINDS * MOST) / capped(HONEST) < 25, "not even if every repeat paid the most, as none does"


@pytest.mark.parametrize(
    "said",
    [
        "`20 × (1 − p)`, rounded, at least 4 and at most 16",
        "the same question pays again only when its concept comes up",
        "within 2 seconds pay nothing",
        "20, 40 or 80 by level",
        "times 1, 0.8, 0.6, then 0.5 after failed tries, and 10% less per hint",
        "200 points make 162 xp",
        "20 × 0.3 = 6 xp",
        "at 35%: 13 xp",
        "40 × 0.8 × 0.9 = 29 xp",
    ],
)
def test_the_published_text_says_what_is_computed(said: str) -> None:
    assert said in xp.DESCRIPTION.casefold()
