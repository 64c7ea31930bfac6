"""Looks at the machine itself: what it is, what others do on it, and whether a fixed loop always takes as long.

Knows nothing of runs. Numbers are read from /proc; whether they mean that the machine was busy is decided purely.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CORES = 2
LIBRARIES = ("numpy", "scipy", "pandas", "scikit-learn", "torch")
MAX_OTHERS = 0.15  # of a core, on average
MAX_STEAL = 0.02
MAX_SPREAD = 1.25  # of the fixed loop's usual time over its best
_SPINS = 5
_SPIN = 20_000


@dataclass(frozen=True, slots=True)
class Ticks:
    """Processor time counted since the machine started, over all cores."""

    busy: int
    steal: int
    total: int


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment of the benchmark at which it did nothing itself."""

    before: Ticks
    after: Ticks
    spin_ms: float
    load: float


def parse_ticks(stat: str) -> Ticks:
    """Read the first line of /proc/stat."""
    user, nice, system, idle, iowait, irq, softirq, steal = (int(part) for part in stat.split("\n")[0].split()[1:9])
    busy = user + nice + system + irq + softirq
    return Ticks(busy, steal, busy + idle + iowait + steal)


def _ticks() -> Ticks:
    return parse_ticks(Path("/proc/stat").read_text())


def _spin_ms() -> float:
    began = time.perf_counter()
    number = 0
    for step in range(_SPIN):
        number += step
    return (time.perf_counter() - began) * 1000


async def look(seconds: float) -> Look:
    """Do nothing for a moment and see what others do; then time a fixed loop."""
    before = _ticks()
    await asyncio.sleep(seconds)
    after = _ticks()
    return Look(before, after, statistics.median(_spin_ms() for _ in range(_SPINS)), os.getloadavg()[0])


@dataclass(frozen=True, slots=True)
class Quiet:
    """How undisturbed a benchmark was."""

    others: float  # cores that others used while we did nothing
    steal: float  # share of time in which the host gave our processors to others
    spread: float  # usual time of a fixed loop over its best
    load_before: float
    load_after: float

    @property
    def reasons(self) -> tuple[str, ...]:
        """Say why the machine counts as busy; nothing when it does not."""
        found = (
            (self.others > MAX_OTHERS, f"others used {self.others:.2f} cores while nothing of ours ran"),
            (self.steal > MAX_STEAL, f"the host took {self.steal:.1%} of the time for others"),
            (self.spread > MAX_SPREAD, f"a fixed loop took {self.spread:.2f} times its best"),
        )
        return tuple(text for holds, text in found if holds)


def judge(looks: Sequence[Look], cores: int) -> Quiet:
    """Sum up all looks of one benchmark. The time that the host took counts from the first to the last."""
    idle = sum(one.after.total - one.before.total for one in looks)
    busy = sum(one.after.busy - one.before.busy for one in looks)
    first, last = looks[0].before, looks[-1].after
    spins = [one.spin_ms for one in looks]
    return Quiet(
        others=busy / max(idle, 1) * cores,
        steal=(last.steal - first.steal) / max(last.total - first.total, 1),
        spread=statistics.median(spins) / min(spins),
        load_before=looks[0].load,
        load_after=looks[-1].load,
    )


@contextmanager
def on_two_cores() -> Iterator[int]:
    """Stay on two cores, with all that is started meanwhile; yield how many there really are."""
    before = os.sched_getaffinity(0)
    few = set(sorted(before)[:CORES])
    os.sched_setaffinity(0, few)
    try:
        yield len(few)
    finally:
        os.sched_setaffinity(0, before)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def facts() -> dict[str, object]:
    """Name the kernel, the processor, Python and the libraries."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "kernel": platform.release(),
        "machine": platform.machine(),
        "processor": model,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }
