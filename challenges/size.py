"""Weighs values, so that one vastly larger than the right answer is turned away before anything walks through it.

Pure. A learner may return up to eight megabytes; an author's `check` should never have to expect that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from challenges.show import kind_of
from runner.values import Tagged

FREE_PARTS, FREE_BYTES, TIMES = 2_000, 32 * 1024, 8


@dataclass(frozen=True, slots=True)
class Weight:
    """How many elements a value has in all, and about how many bytes they take."""

    parts: int
    bytes: int


def weigh(value: Any) -> Weight:
    """Weigh a decoded value, without recursion."""
    parts = size = 0
    stack = [value]
    while stack:
        item = stack.pop()
        parts += 1
        if isinstance(item, Tagged):
            stack.append(item.value)
        elif isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, (list, tuple, set, frozenset)):
            stack.extend(item)
        elif isinstance(item, np.ndarray):
            parts += int(item.size)
            size += int(item.nbytes)
        else:
            size += _bytes(item)
    return Weight(parts, size)


def oversize(expected: Any, got: Any) -> str | None:
    """None when `got` is of a size that a right answer could have, else one sentence."""
    right, yours = weigh(expected), weigh(got)
    if yours.parts > FREE_PARTS + TIMES * right.parts:
        return f"the result, {kind_of(got)}, has {yours.parts} elements in all; the right one has {right.parts}."
    if yours.bytes > FREE_BYTES + TIMES * right.bytes:
        return f"the result, {kind_of(got)}, takes {yours.bytes} bytes; the right one takes {right.bytes}."
    return None


def _bytes(item: Any) -> int:
    if isinstance(item, (str, bytes)):
        return len(item)
    if isinstance(item, int):
        return item.bit_length() // 8 + 1
    return 8
