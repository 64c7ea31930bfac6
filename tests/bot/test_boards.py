"""Ranks with ties, and the part of a board that is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.boards import Placed, Score, excerpt, rank

SCORES = st.dictionaries(st.integers(1, 60), st.integers(0, 20), max_size=40).map(
    lambda xp: [Score(user_id, amount) for user_id, amount in xp.items()]
)


def test_equal_scores_share_a_rank_and_the_next_skips() -> None:
    scores = [Score(4, 10), Score(2, 30), Score(3, 30), Score(1, 5)]
    assert rank(scores) == [Placed(1, 2, 30), Placed(1, 3, 30), Placed(3, 4, 10), Placed(4, 1, 5)]


def test_members_without_xp_are_not_on_the_board() -> None:
    assert rank([Score(1, 0)]) == []


@given(SCORES)
def test_rank_is_one_more_than_those_ahead(scores: list[Score]) -> None:
    on_board = [score for score in scores if score.xp > 0]
    expected = {s.user_id: 1 + sum(other.xp > s.xp for other in on_board) for s in on_board}
    assert {place.user_id: place.rank for place in rank(scores)} == expected


def test_excerpt_is_the_top_and_the_neighbourhood() -> None:
    placed = [Placed(n, n, 100 - n) for n in range(1, 21)]
    assert [p.rank for p in excerpt(placed, 12, top=3, around=2)] == [1, 2, 3, 10, 11, 12, 13, 14]


def test_excerpt_for_a_stranger_is_the_top() -> None:
    placed = [Placed(n, n, 100 - n) for n in range(1, 6)]
    assert excerpt(placed, 99, top=3, around=2) == placed[:3]


def test_neighbourhood_at_the_top_is_not_doubled() -> None:
    placed = [Placed(n, n, 100 - n) for n in range(1, 8)]
    assert excerpt(placed, 1, top=3, around=2) == placed[:3]
