"""Leaderboards: ranks, ties and which part of a long board to show.

Pure. Equal XP shares a rank and the next one skips (1, 1, 3), so a rank is one more than the number of people ahead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Score(NamedTuple):
    """One member's XP on some board."""

    user_id: int
    xp: int


class Placed(NamedTuple):
    """One member's place on a board."""

    rank: int
    user_id: int
    xp: int


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
