"""Orders of steps: which are right when neighbours may swap, and how near another one is. Knows no learner."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from quizzes.items import Order

_MOST = 5_000  # orders to follow; far above what seven steps with two free pairs have


@lru_cache(maxsize=256)
def acceptable(body: Order) -> frozenset[tuple[str, ...]]:
    """Find every order that is right: swap neighbours that may stand either way until nothing new appears."""
    free = {frozenset((body.steps[a], body.steps[b])) for a, b in body.either if max(a, b) < len(body.steps)}
    found, queue = {body.steps}, [body.steps]
    while queue and len(found) < _MOST:
        order = queue.pop()
        for place in range(len(order) - 1):
            if frozenset(order[place : place + 2]) in free:
                swapped = (*order[:place], order[place + 1], order[place], *order[place + 2 :])
                if swapped not in found:
                    found.add(swapped)
                    queue.append(swapped)
    return frozenset(found)


def nearest(order: Sequence[str], body: Order) -> tuple[str, ...]:
    """Choose the right order that has most in common with this one."""
    return max(sorted(acceptable(body)), key=lambda right: in_common(order, right))


def in_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Count the longest common subsequence: steps that already stand in the right order."""
    row = [0] * (len(second) + 1)
    for a in first:
        previous = row[:]
        for i, b in enumerate(second):
            row[i + 1] = previous[i] + 1 if a == b else max(previous[i + 1], row[i])
    return row[-1]
