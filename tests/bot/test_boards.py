"""Ranks with ties, the part of a board that is shown to whom, progress against oneself, and leagues."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.boards import (
    LEAGUE_SIZE,
    PODIUM,
    History,
    Placed,
    Score,
    average,
    excerpt,
    gently,
    improved,
    in_upper_half,
    leagues_for,
    movers,
    new_leagues,
    quarter,
    rank,
)

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


# What is shown to whom


@pytest.mark.parametrize(
    ("size", "upper", "quarters"),
    [
        (1, [1], ["fourth"]),
        (4, [1, 2], ["first", "second", "third", "fourth"]),
        (5, [1, 2, 3], ["first", "second", "third", "fourth", "fourth"]),
        (15, list(range(1, 9)), ["first"] * 3 + ["second"] * 4 + ["third"] * 4 + ["fourth"] * 4),
    ],
)
def test_halves_and_quarters_of_boards(size: int, upper: list[int], quarters: list[str]) -> None:
    ranks = range(1, size + 1)
    assert [r for r in ranks if in_upper_half(r, size)] == upper
    assert [quarter(r, size) for r in ranks] == quarters


@given(SCORES)
def test_nobody_below_the_podium_is_ranked_in_the_lower_half(scores: list[Score]) -> None:
    placed = rank(scores)
    for me in (None, *(place.user_id for place in placed)):
        shown = gently(excerpt(placed, me, top=PODIUM, around=2), me, len(placed))
        assert shown[:PODIUM] == placed[:PODIUM]
        assert all(in_upper_half(place.rank, len(placed)) for place in shown[PODIUM:])


@given(SCORES)
def test_whoever_is_not_shown_is_told_a_lower_quarter(scores: list[Score]) -> None:
    placed = rank(scores)
    for place in placed[PODIUM:]:
        shown = gently(excerpt(placed, place.user_id, top=PODIUM, around=2), place.user_id, len(placed))
        if place not in shown:
            assert quarter(place.rank, len(placed)) in ("third", "fourth")
            assert shown == placed[:PODIUM]


# Oneself as the measure


def test_improvement_is_this_week_above_ones_own_average() -> None:
    histories = [History(1, 50, 80, 4), History(2, 200, 900, 4), History(3, 30, 0, 0), History(4, 10, 4, 1)]
    assert [average(history) for history in histories] == [20, 225, None, 4]
    assert rank(improved(histories)) == [Placed(1, 1, 30), Placed(2, 4, 6)]


# Leagues


@pytest.mark.parametrize(
    ("active", "leagues"), [(0, 0), (11, 0), (12, 2), (60, 2), (61, 3), (90, 3), (91, 4), (1000, 34)]
)
def test_leagues_begin_at_twelve_and_hold_thirty(active: int, leagues: int) -> None:
    assert leagues_for(active) == leagues


def test_first_leagues_follow_last_weeks_xp() -> None:
    scores = {one: 100 - one for one in range(1, 15)}
    assert new_leagues({}, scores, range(1, 15)) == {one: 1 if one <= 7 else 2 for one in range(1, 15)}


def test_the_best_of_a_league_moves_up_and_the_last_of_the_one_above_down() -> None:
    last = {one: 1 if one <= 7 else 2 for one in range(1, 15)}
    scores = {one: 100 - one for one in range(1, 15)} | {14: 300, 2: 1}
    assert new_leagues(last, scores, range(1, 15)) == last | {14: 1, 2: 2}


def test_a_league_where_nobody_worked_sends_nobody_up() -> None:
    last = {one: 1 if one <= 6 else 2 for one in range(1, 13)}
    assert new_leagues(last, dict.fromkeys(range(1, 7), 50), range(1, 13)) == last


def test_who_is_gone_leaves_and_a_newcomer_starts_in_the_lowest() -> None:
    last = {one: 1 if one <= 7 else 2 for one in range(1, 15)}
    scores = {one: 100 - one for one in range(1, 16)}
    leagues = new_leagues(last, scores, [*range(2, 15), 15])
    assert (1 in leagues, leagues[15]) == (False, 2)


LAST = st.dictionaries(st.integers(1, 80), st.integers(1, 3), max_size=80)


@given(LAST, st.dictionaries(st.integers(1, 80), st.integers(0, 90)), st.sets(st.integers(1, 80)))
def test_leagues_are_fair_whatever_came_before(last: dict[int, int], scores: dict[int, int], active: set[int]) -> None:
    leagues = new_leagues(last, scores, active)
    sizes = Counter(leagues.values())
    if leagues_for(len(active)) == 0:
        assert leagues == {}
        return
    assert (leagues.keys(), sorted(sizes)) == (active, list(range(1, leagues_for(len(active)) + 1)))
    assert max(sizes.values()) - min(sizes.values()) <= 1
    assert max(sizes.values()) <= LEAGUE_SIZE
    assert leagues == new_leagues(dict(reversed(last.items())), scores, sorted(active, reverse=True))


@given(st.integers(12, 60), st.randoms())
def test_in_a_group_that_stays_the_same_each_league_swaps_as_many_as_move(size: int, rng: Any) -> None:
    members = range(1, size + 1)
    last = new_leagues({}, {one: rng.randrange(1, 100) for one in members}, members)
    scores = {one: rng.randrange(1, 100) for one in members}
    after = new_leagues(last, scores, members)
    up = [one for one in members if after[one] < last[one]]
    down = [one for one in members if after[one] > last[one]]
    assert len(up) == len(down)
    assert len(up) <= movers(max(Counter(last.values()).values()))
