"""Adds up the memory of a box's processes from outside, for hosts without control groups."""
from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

PERIOD_S = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(first: int, proc: Path) -> set[int]:
    """List a process and all below it. In a box, whoever loses his parent is given to the first process."""
    found: set[int] = set()
    waiting = [first]
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting.extend(_children(pid, proc))
    return found


def _children(pid: int, proc: Path) -> list[int]:
    children: list[int] = []
    try:
        for task in (proc / str(pid) / "task").iterdir():
            children.extend(int(child) for child in (task / "children").read_text().split())
    except OSError:
        pass  # it ended while we looked
    return children


def memory_of(pid: int, proc: Path) -> int:
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


async def watch(first: int, cap: int, seen: Callable[[int], None], exceeded: Callable[[], None]) -> None:
    """Report the sum over and over until it is more than the cap, then say so once and end."""
    proc = Path("/proc")
    while True:
        total = sum(memory_of(pid, proc) for pid in family(first, proc))
        seen(total)
        if total > cap:
            exceeded()
            return
        await asyncio.sleep(PERIOD_S)
