"""Notices from outside that a run's memory has run out: by the kernel's count, or by adding up where it keeps none."""
from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runner.family import family
from runner.groups import Group

PERIOD_S = 0.02
KILLS_S = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


def memory_of(pid: int, proc: Path = Path("/proc")) -> int:
    """Return the memory a process holds: its share of what it shares, or its private part where that is not shown."""
    try:
        for line in (proc / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # not ours to see, or gone
    try:
        _size, resident, shared, *_rest = (proc / str(pid) / "statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * _PAGE


@dataclass(slots=True)
class Memory:
    """What the outside knows of a run's memory: the kernel's count of its kills, or our own sum where it keeps none."""

    group: Group | None
    peak: int = 0
    exceeded: bool = False

    def ran_out(self) -> bool:
        """Say whether there was not enough."""
        return self.exceeded or (self.group is not None and self.group.kills() > 0)

    async def watch(self, roots: tuple[int, ...], cap: int, alarm: Callable[[], None]) -> None:
        """Look over and over until memory has run out, then raise the alarm once and end."""
        if self.group:
            # Whoever was killed may have a parent that waits for him for ever.
            await self._await_kill(self.group)
        else:
            await self._add_up(roots, cap)
        alarm()

    async def _await_kill(self, group: Group) -> None:
        while True:
            await asyncio.sleep(KILLS_S)
            if group.kills():
                return

    async def _add_up(self, roots: tuple[int, ...], cap: int) -> None:
        proc = Path("/proc")
        while not self.exceeded:
            total = sum(memory_of(pid, proc) for root in roots for pid in family(root, proc))
            self.peak = max(self.peak, total)
            self.exceeded = total > cap
            await asyncio.sleep(0 if self.exceeded else PERIOD_S)
