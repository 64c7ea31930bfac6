"""Duels: which items are chosen, who wins, and what Elo makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.duels import QUESTIONS, K, Result, choose, gain, score
from quizzes.generators import seeded
from quizzes.items import Kind, Track

RATINGS = st.floats(0, 3000)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (Result(3, 90_000), Result(2, 10_000), 1),
        (Result(2, 90_000), Result(2, 10_000), 0),
        (Result(0, 5_000), Result(0, 5_000), 0.5),
    ],
)
def test_more_right_wins_then_less_time(mine: Result, theirs: Result, expected: float) -> None:
    assert (score(mine, theirs), score(theirs, mine)) == (expected, 1 - expected)


def test_equals_win_half_of_k_and_a_sure_win_brings_little() -> None:
    assert (gain(1500, 1500, 1), gain(1500, 1500, 0.5), gain(1500, 1500, 0)) == (K / 2, 0, -K / 2)
    assert gain(1900, 1500, 1) == pytest.approx(K / 11)  # 400 points apart: ten to one


@given(RATINGS, RATINGS, st.sampled_from([0, 0.5, 1]))
def test_what_one_gains_the_other_loses(mine: float, theirs: float, scored: float) -> None:
    moved = gain(mine, theirs, scored)
    assert moved == pytest.approx(-gain(theirs, mine, 1 - scored))
    assert abs(moved) <= K


@given(st.integers(0, 2**32))
def test_a_duel_asks_marked_items_of_different_concepts_easiest_first(shipped_track: Track, seed: int) -> None:
    chosen = choose(shipped_track.items, (), (), seeded(seed))
    assert len({item.concept for item in chosen}) == len(chosen) == QUESTIONS
    assert [item.difficulty for item in chosen] == sorted(item.difficulty for item in chosen)
    assert Kind.SHORT not in {item.kind for item in chosen}
    assert not any(item.quarantined for item in chosen)


def test_a_duel_asks_what_both_have_met_and_nothing_just_seen(shipped_track: Track) -> None:
    known = [concept.id for concept in shipped_track.concepts][:8]
    barred = {item.id for item in shipped_track.items if item.concept == known[0]}
    for seed in range(20):
        chosen = choose(shipped_track.items, known, barred, seeded(seed))
        assert {item.concept for item in chosen} <= set(known[1:])


def test_a_small_course_gives_what_it_has(track: Track) -> None:
    assert len(choose(track.items, (), (), seeded(1))) == min(QUESTIONS, len({i.concept for i in track.items}))
    assert choose([], (), (), seeded(1)) == []
