"""Makes smaller inputs out of one that may be shown, to find the smallest on which a submission goes wrong in the same way.

Pure. Nothing is invented: rows are only left out, so that what a statement promises about values still holds. Lists and arrays of one
length belong together, and stay of one length.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from challenges.model import Mismatch
from challenges.show import show, show_args

MOST_INPUTS = 12  # tried in one run
SMALL = 60  # characters of an input that a person takes in at a glance
Args = tuple[Any, ...]


def length(args: Args) -> int:
    """The length that most of the lists and arrays share; 0 when there are none."""
    lengths = [len(arg) for arg in args if _rows(arg)]
    return max(lengths, key=lengths.count, default=0)


def smaller(args: Args) -> list[Args]:
    """The inputs with rows left out: half of them, then one at a time, the smallest first."""
    if len(show_args(args)) <= SMALL:
        return []
    n = length(args)
    keeps = [range(n // 2), range(n // 2, n), *([i for i in range(n) if i != out] for out in range(n))]
    made = [_with_rows(args, n, list(keep)) for keep in keeps if 0 < len(keep) < n]
    return made[:MOST_INPUTS]


def like(one: Mismatch, seen: Mismatch) -> bool:
    """Whether one failure is of the same sort as another, and shows on paper: the same is said of both, numbers aside."""
    return _wordless(one.message) == _wordless(seen.message) and show(one.got) != show(one.expected)


def _wordless(message: str) -> str:
    return re.sub(r"[\d\[][\d\s.,eE+\-\[\]]*", "#", message)


def _with_rows(args: Args, n: int, keep: list[int]) -> Args:
    return tuple(_taken(arg, keep) if _rows(arg) and len(arg) == n else arg for arg in args)


def _rows(arg: Any) -> bool:
    return (isinstance(arg, np.ndarray) and arg.ndim > 0) or isinstance(arg, (list, tuple))


def _taken(arg: Any, keep: list[int]) -> Any:
    return arg[keep] if isinstance(arg, np.ndarray) else type(arg)(arg[i] for i in keep)
