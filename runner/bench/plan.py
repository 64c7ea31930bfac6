"""Says how much is measured, and spreads it over rounds so that what disturbs one measure disturbs all. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeVar

from runner.job import Profile, Run

T = TypeVar("T")

PROFILES = (Profile.STDLIB, Profile.SKLEARN, Profile.TORCH)

Once = Callable[[], Awaitable[None]]
"""Does one piece of work, and raises `Broken` when it did not come out as it must."""


class Broken(Exception):  # noqa: N818 - reads as what it says
    """What was to be measured does not work, so that its speed is of no interest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Work that is done by several callers for a while, to be counted per second."""

    name: str
    profile: Profile
    open: Callable[[Run], AbstractAsyncContextManager[Once]]  # leaving it waits for what was left to be done later


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often each thing is measured."""

    profiles: tuple[Profile, ...] = PROFILES
    n: int = 2000  # warm runs of each profile
    rounds: int = 40
    traced: int = 200  # warm runs of each profile whose phases are noted; not among the n
    cold: int = 12  # of each profile
    forks: int = 200  # of each profile and kind
    deadlines: int = 25  # of each program, in the smallest and in the largest profile
    slices: int = 4  # of each load
    slice_s: float = 3.0
    callers: int = 4
    look_s: float = 0.2  # how long to watch what others do while we do nothing


def quick(profiles: tuple[Profile, ...]) -> Plan:
    """Return a plan that shows that everything works, and says little about speed."""
    return Plan(
        profiles=profiles, n=16, rounds=2, traced=4, cold=1, forks=6, deadlines=2, slices=1, slice_s=0.2, look_s=0.05
    )


def share(total: int, rounds: int, at: int) -> int:
    """Return how many of a total fall to one round, so that all rounds together make the total."""
    return total * (at + 1) // rounds - total * at // rounds


def rotated(steps: Sequence[T], at: int) -> list[T]:
    """Begin each round with another step, so that no step always follows the same one."""
    start = at % len(steps) if steps else 0
    return [*steps[start:], *steps[:start]]
