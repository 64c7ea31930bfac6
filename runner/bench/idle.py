"""Sees when a pool of warm workers has come to rest, and what memory those that wait take."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

from runner.bench.plan import Broken
from runner.cells import Cell
from runner.pool import Pool

REST_S = 30.0
_FIELDS = {
    "Pss": "pss_kib",
    "Private_Clean": "private_kib",
    "Private_Dirty": "private_kib",
    "Anonymous": "anonymous_kib",
}

Kib = Mapping[str, int]
"""Kinds of memory, each with how many KiB of it a process has."""


async def at_rest(pool: Pool) -> None:
    """Wait until a pool has all its idle workers ready, and nothing is left of those before them.

    Raises:
        Broken: when that does not come about.
    """
    try:
        async with asyncio.timeout(REST_S):
            while waiting := _waiting(pool):
                await asyncio.wait(waiting)
    except TimeoutError:
        raise Broken(f"the workers for {pool.profile} jobs did not come to rest") from None


def _waiting(pool: Pool) -> set[asyncio.Future[None]]:
    cells = list(pool.zygote.cells.values()) if pool.zygote else []
    awaited = {cell.ready if cell in pool.idle else cell.gone for cell in cells}
    return {future for future in awaited if not future.done()}


def parse_rollup(text: str) -> dict[str, int]:
    """Add up the fields of a process's smaps_rollup that say something about it alone."""
    found = dict.fromkeys(_FIELDS.values(), 0)
    for line in text.splitlines()[1:]:
        name, _, rest = line.partition(":")
        if name in _FIELDS:
            found[_FIELDS[name]] += int(rest.split()[0])
    return found


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0


def memory_of(pid: int) -> dict[str, int]:
    """Return the memory of one process, its page tables beside it: nothing else counts those.

    Raises:
        OSError: when it is not ours to see, or gone.
    """
    rollup = parse_rollup(Path(f"/proc/{pid}/smaps_rollup").read_text())
    return {**rollup, "page_tables_kib": _status(pid, "VmPTE")}


def _mean(found: list[dict[str, int]]) -> dict[str, int]:
    return {name: round(fmean(one[name] for one in found)) for name in found[0]}


def memory(pool: Pool) -> dict[str, dict[str, int]] | None:
    """Return the memory of a pool's idle workers, of the first processes of their cells, and of the zygote.

    None where the kernel does not show it to us, as to all but root.
    """
    cells: list[Cell] = list(pool.idle)
    if not cells or pool.zygote is None:
        return None
    try:
        return {
            "worker": _mean([memory_of(cell.pids[1]) for cell in cells]),
            "cell": _mean([memory_of(cell.pids[0]) for cell in cells]),
            "zygote": memory_of(_status(cells[0].pids[1], "PPid")),
            "keeper": memory_of(pool.zygote.box.inside),
        }
    except OSError:
        return None
