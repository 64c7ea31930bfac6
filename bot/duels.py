"""Duels: which questions two learners get, who wins, and what that does to their ratings.

Pure. Both get the same items with different numbers and orders, so that answers cannot be passed on.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import NamedTuple

from quizzes.items import Item, Kind
from quizzes.present import present

QUESTIONS = 3
LASTS = timedelta(hours=48)
START_RATING = 1500.0
K = 60.0  # Elo's factor: a few duels are enough to find somebody's level
SPREAD = 400.0  # rating points that make the stronger one ten times as likely to win, by Elo's convention
_SEEDS = (1, 2)  # two showings that differ tell that an item has twins


class Result(NamedTuple):
    """How one learner did in a duel: right answers, and the time taken over all of them."""

    correct: int
    took_ms: int


def choose(items: Iterable[Item], known: Collection[str], barred: Collection[str], rng: random.Random) -> list[Item]:
    """Choose the items of a duel, the easiest first: of different concepts, such as both have met before if there are any.

    `known` are concepts both have met, `barred` items one of them has just seen. Items whose showing depends on the seed
    come before others; a free text, which nobody marks, never comes.
    """
    pool = [item for item in items if not item.quarantined and item.kind is not Kind.SHORT and item.id not in barred]
    rng.shuffle(pool)
    pool.sort(key=lambda item: (item.concept not in known, not _has_twins(item), item.difficulty))
    chosen: dict[str, Item] = {}
    for item in pool:
        chosen.setdefault(item.concept, item)
    return sorted(list(chosen.values())[:QUESTIONS], key=lambda item: item.difficulty)


def _has_twins(item: Item) -> bool:
    first, second = (present(item, seed) for seed in _SEEDS)
    shown = [(p.prompt, p.code, p.options, p.steps, p.lefts, p.rights) for p in (first, second)]
    return shown[0] != shown[1]


def score(mine: Result, theirs: Result) -> float:
    """Score a duel for the first of two: 1 won, 0.5 drawn, 0 lost. More right wins, then less time."""
    ahead = (mine.correct, -mine.took_ms)
    behind = (theirs.correct, -theirs.took_ms)
    return 0.5 if ahead == behind else float(ahead > behind)


def gain(mine: float, theirs: float, scored: float) -> float:
    """Find what a score does to the first rating; the other moves by as much the other way.

    Elo, The Rating of Chessplayers (1978): K times the score above what was to be expected.
    """
    expected = 1 / (1 + 10 ** ((theirs - mine) / SPREAD))
    return K * (scored - expected)
