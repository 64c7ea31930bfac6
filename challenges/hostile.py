"""Values that must never pass for a right answer, to prove a comparison and an author's `check` before a learner tries.

Pure. Some are hostile to any challenge; the others are the right answer itself with one thing gone wrong everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from challenges.compare import difference
from challenges.judge import Check, value_fault
from challenges.model import Case, Challenge, Compare
from runner.values import Opaque

EQUAL = Compare(rtol=1e-9, atol=0.0)
DEEP, LONG = 38, 5_000

ANYWHERE: tuple[tuple[str, Any], ...] = (
    ("None", None),
    ("NaN", math.nan),
    ("infinity", math.inf),
    ("an integer of 60,000 bits", 1 << 60_000),
    ("a complex number", complex(math.nan, 1)),
    ("an empty text", ""),
    ("a long text", "9" * LONG),
    ("bytes", b"\x00\xff"),
    ("an empty list", []),
    ("a list of None", [None] * 5),
    ("a list of different things", [1, "a", None, [2.0], {}]),
    ("an empty dict", {}),
    ("a dict with odd keys", {None: 1, (1, 2): math.nan, b"": []}),
    ("an empty set", set()),
    ("an array of NaN", np.full((2, 3), math.nan)),
    ("an empty array", np.empty((0, 4))),
    ("an array of texts", np.array(["a", "b"])),
    ("a NaN without axes", np.array(math.nan)),
    ("an object", Opaque("object", "<object>")),
)


def fooled(
    challenge: Challenge, check: Check | None, cases: tuple[Case, ...], expected: Mapping[str, Any]
) -> list[str]:
    """Say which hostile values pass, each with a case it passes on."""
    found: dict[str, str] = {}
    for case in cases:
        right = expected[case.id]
        for name, value in hostile_values(right):
            if difference(right, value, EQUAL) is None:
                continue
            if value_fault(challenge, check, case, value, right) is None:
                found.setdefault(name, f"{name} passes for the right answer in “{case.name}”.")
    return list(found.values())


def hostile_values(right: Any) -> Iterator[tuple[str, Any]]:
    """Every hostile value, those made of the right answer last."""
    yield from ANYWHERE
    deep: Any = right
    for _ in range(DEEP):
        deep = [deep]
    yield "the right answer, deep inside lists", deep
    for name, change in CHANGES:
        yield name, _everywhere(right, change)


def _to(value: Any) -> Callable[[Any], Any]:
    return lambda _number: value


def _array(value: float) -> Callable[[np.ndarray[Any, Any]], Any]:
    return lambda array: np.full(array.shape, value)


CHANGES: tuple[tuple[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]], ...] = (
    ("the right answer with every number NaN", (_to(math.nan), _array(math.nan))),
    ("the right answer with every number infinite", (_to(math.inf), _array(math.inf))),
    ("the right answer with every number None", (_to(None), lambda array: [None] * len(np.atleast_1d(array)))),
    ("the right answer with every array empty", (lambda number: number, lambda _array: np.empty(0))),
)


def _everywhere(value: Any, change: tuple[Callable[[Any], Any], Callable[[Any], Any]]) -> Any:
    number, array = change
    if isinstance(value, (list, tuple)):
        return type(value)(_everywhere(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _everywhere(item, change) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return array(value)
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return number(value)
    return value
