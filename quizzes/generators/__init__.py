"""Families of numeric questions: name -> a seeded draw of its parameters, answer and typical wrong values.

A family is any public function of a module in this folder. Adding one needs no other change.
Families know nothing of items; `draw` makes sure that no typical mistake happens to give the right number.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from collections.abc import Callable
from functools import cache
from itertools import combinations
from types import ModuleType

from quizzes.generators.drawn import Drawn, Param, seeded

__all__ = ["Drawn", "Family", "Param", "clear", "draw", "families", "first_clear", "seeded"]

Family = Callable[[random.Random], Drawn]
_GAP = 0.025  # relative distance that keeps two values apart under the usual 1 % tolerance
_TRIES = 500


@cache
def families() -> dict[str, Family]:
    """Find every family by name."""
    found: dict[str, Family] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if info.name != "drawn":
            found.update(_public(importlib.import_module(f"{__name__}.{info.name}")))
    return found


def _public(module: ModuleType) -> dict[str, Family]:
    functions = inspect.getmembers(module, inspect.isfunction)
    return {name: f for name, f in functions if not name.startswith("_") and f.__module__ == module.__name__}


def draw(name: str, rng: random.Random) -> Drawn:
    """Draw one question of a family whose wrong values differ from its answer and from each other."""
    return first_clear(families()[name], rng)


def first_clear(family: Family, rng: random.Random) -> Drawn:
    """Draw until the numbers are clear; a family that hardly ever is has ranges that are too narrow."""
    for _ in range(_TRIES):
        drawn = family(rng)
        if clear(drawn):
            return drawn
    raise RuntimeError(f"the family {family.__name__} found no clear numbers in {_TRIES} tries; widen its ranges")


def clear(drawn: Drawn) -> bool:
    """Tell whether the answer is not zero and differs from all wrong values, and they from each other."""
    if not drawn.answer:  # a relative tolerance around zero accepts nothing
        return False
    gap = 0.0 if isinstance(drawn.answer, int) else _GAP
    values = (drawn.answer, *drawn.wrong.values())
    return all(abs(a - b) > gap * max(abs(a), abs(b)) for a, b in combinations(values, 2))
