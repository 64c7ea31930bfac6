"""What is measured, in which order, and how much of it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday; the store's clock stands still
NAMES = (
    "durable_writes_per_s", "answer_path_p99", "rank_100k", "rank_1m", "rebuild_1m", "backup_1m", "backup_stall",
)  # fmt: skip
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured value and what it is compared with; a ratio above 1 says that we are the better of the two."""

    name: str
    value: float
    unit: str
    baseline: float
    ratio: float
    note: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything. The names of figures are those of the full sizes."""

    writes: int = 40_000
    callers: int = 500
    answers: int = 2_000
    answers_per_s: int = 200
    fewer_members: int = 100_000
    more_members: int = 1_000_000
    events: int = 1_000_000
    ranks: int = 200


QUICK = Sizes(1_000, 50, 60, 200, 500, 2_000, 3_000, 20)
"""Shows that everything works, not how fast it is."""


async def measure(folder: Path, sizes: Sizes, say: Say) -> list[Measure]:
    """Measure in an empty folder on the disk that matters."""
    from bot.store.bench import answering, histories, ranking, writing

    say("durable writes")
    found = [await writing.durable_writes_per_s(folder, sizes)]
    say("the path of an answer")
    found.append(await answering.answer_path_p99(folder, sizes))
    for name, members in (("rank_100k", sizes.fewer_members), ("rank_1m", sizes.more_members)):
        say(f"ranks among {members:,} members")
        found.append(await ranking.rank(folder, name, members, sizes.ranks))
    say(f"a history of {sizes.events:,} events")
    return found + await histories.measure(folder, sizes, say)


def figure(name: str, value: float, unit: str, baseline: float, note: str, *, more_is_better: bool = False) -> Measure:
    """Put a value beside its baseline."""
    ours, theirs = (value, baseline) if more_is_better else (baseline, value)
    return Measure(name, _short(value), unit, _short(baseline), round(ours / theirs, 2) if theirs else 0.0, note)


def _short(number: float) -> float:
    return round(number) if number >= 1000 else round(number, 3)


def percentile(values: Sequence[float], per_cent: int) -> float:
    """Find the value that so many per cent of the others do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * per_cent // 100)]


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Say how many seconds something takes."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started
