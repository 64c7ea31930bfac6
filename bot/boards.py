"""Leaderboards: ranks, ties, which part of a board is shown to whom, own progress, and leagues.

Pure. Equal XP shares a rank and the next one skips (1, 1, 3), so a rank is one more than the number of people ahead.
Nobody in the lower half is shown a rank unless they ask for the full board; a quarter of the group is told instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

PODIUM = 3
AROUND = 2
QUARTERS = ("first", "second", "third", "fourth")
LEAGUES_FROM = 12  # active members: below that, leagues would be smaller than a table of friends
LEAGUE_SIZE = 30
FEWEST_LEAGUES = 2  # nobody moves up where there is one
MOVERS = 6  # one of so many members moves up and one down, and one at least


class Score(NamedTuple):
    """One member's XP on some board."""

    user_id: int
    xp: int


class Placed(NamedTuple):
    """One member's place on a board."""

    rank: int
    user_id: int
    xp: int


class History(NamedTuple):
    """One member's XP in the running week, in earlier ones, and how many of those they were there for."""

    user_id: int
    now: int
    before: int
    weeks: int


def rank(scores: Iterable[Score]) -> list[Placed]:
    """Order scores from the top; members without XP are not on a board."""
    ordered = sorted((s for s in scores if s.xp > 0), key=lambda s: (-s.xp, s.user_id))
    placed: list[Placed] = []
    for index, score in enumerate(ordered):
        tied = placed and placed[-1].xp == score.xp
        placed.append(Placed(placed[-1].rank if tied else index + 1, *score))
    return placed


def excerpt(placed: Sequence[Placed], me: int | None, *, top: int, around: int) -> list[Placed]:
    """Keep the first `top` places and the neighbourhood of one member."""
    mine = next((i for i, p in enumerate(placed) if p.user_id == me), None)
    near = range(0) if mine is None else range(mine - around, mine + around + 1)
    return [p for i, p in enumerate(placed) if i < top or i in near]


def in_upper_half(rank: int, size: int) -> bool:
    """Tell whether a rank is at or above the median of a board of `size` members."""
    return 2 * rank <= size + 1


def quarter(rank: int, size: int) -> str:
    """Name the quarter of a board a rank lies in."""
    return QUARTERS[min(len(QUARTERS), -(-len(QUARTERS) * rank // size)) - 1]


def gently(placed: Sequence[Placed], me: int | None, size: int) -> list[Placed]:
    """Cut an excerpt of a board of `size` members down to its podium and, around a member of the upper half, that half.

    `placed` begins with the podium and is in order.
    """
    mine = next((p for p in placed if p.user_id == me), None)
    upper = mine is not None and in_upper_half(mine.rank, size)
    return [p for i, p in enumerate(placed) if i < PODIUM or (upper and in_upper_half(p.rank, size))]


def average(history: History) -> float | None:
    """A member's own XP in a usual week; None for who has no week behind them."""
    return history.before / history.weeks if history.weeks else None


def improved(histories: Iterable[History]) -> list[Score]:
    """Score each member by how far the running week is above their own usual one."""
    scores = []
    for history in histories:
        usual = average(history)
        if usual is not None:
            scores.append(Score(history.user_id, round(history.now - usual)))
    return scores


def leagues_for(active: int) -> int:
    """Say how many leagues so many active members make; none for few."""
    return 0 if active < LEAGUES_FROM else max(FEWEST_LEAGUES, -(-active // LEAGUE_SIZE))


def movers(size: int) -> int:
    """Say how many move up from, and down from, a league of `size`."""
    return max(1, size // MOVERS)


def new_leagues(last: Mapping[int, int], scores: Mapping[int, int], active: Iterable[int]) -> dict[int, int]:
    """Put the active members into next week's leagues, 1 the highest.

    The best of each of last week's leagues go before the worst of the one above; newcomers follow the lowest league, by
    their XP. Then all are cut into leagues of equal size. Empty when there are too few.
    """
    everyone = sorted(active)
    count = leagues_for(len(everyone))
    lowest = max(last.values(), default=1)
    tiers = {one: last.get(one, lowest) for one in everyone}
    moved = dict(tiers)
    for league in sorted(set(tiers.values())):
        table = _table([one for one in everyone if tiers[one] == league and one in last], scores)
        for one in table[: movers(len(table))]:
            moved[one] -= scores.get(one, 0) > 0 and league > 1
        for one in table[len(table) - movers(len(table)) :]:
            moved[one] += league < lowest and len(table) > 1
    ordered = sorted(everyone, key=lambda one: (moved[one], -scores.get(one, 0), one))
    return {one: 1 + index * count // len(ordered) for index, one in enumerate(ordered)} if count else {}


def _table(members: Sequence[int], scores: Mapping[int, int]) -> list[int]:
    return sorted(members, key=lambda one: (-scores.get(one, 0), one))
