"""Measures how long after its deadline the last process of a run is gone, as seen in the host's list of processes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from runner.bench.idle import at_rest
from runner.bench.plan import Broken
from runner.bench.sources import DAEMONS, endless_job
from runner.cells import Cell
from runner.family import family
from runner.job import Outcome, Profile
from runner.warm import WarmRunner

WALL_S = 0.4
TRIES = 4
_LOOK_AT = 0.75  # of the time allowed: by then all processes of the run are there
_AGAIN_S = 0.0005
_GONE_S = 10.0
_PROC = Path("/proc")
_LEAST = {"loop": 2, "daemons": 2 + DAEMONS}  # the cell's first process, the worker, and what it starts


def _all_of(cell: Cell) -> set[int]:
    return {pid for root in cell.pids for pid in family(root, _PROC)}


async def _until_gone(pids: set[int]) -> None:
    until = time.perf_counter() + _GONE_S
    while any((_PROC / str(pid)).exists() for pid in pids):
        if time.perf_counter() > until:
            raise Broken(f"processes of a run are still there {_GONE_S:g} s after its deadline")
        await asyncio.sleep(_AGAIN_S)


async def overdue_ms(runner: WarmRunner, profile: Profile, program: str) -> float:
    """Run a program that never ends; return how long after the deadline all its processes existed no more.

    When the machine is so busy that the program has not started all of them in its time, it gets twice as much.

    Raises:
        Broken: when the program does not do what it should.
    """
    for attempt in range(TRIES):
        overdue, seen = await _run_over(runner, profile, program, WALL_S * 2**attempt)
        if seen >= _LEAST[program]:
            return overdue
    raise Broken(f"{program}: {seen} processes, of {_LEAST[program]}")


async def _run_over(runner: WarmRunner, profile: Profile, program: str, wall_s: float) -> tuple[float, int]:
    """Return how long after its deadline a run was gone, and of how many processes.

    The clock starts before the run is even sent, so what is found is a little more than the truth.
    """
    pool = runner.pools[profile]
    await at_rest(pool)
    cell = pool.idle[0]
    began = time.perf_counter()
    run = asyncio.create_task(runner.run(endless_job(program, profile, wall_s)))
    await asyncio.sleep(wall_s * _LOOK_AT)
    pids = _all_of(cell)
    result = await run
    await _until_gone(pids)
    ended = time.perf_counter()
    if result.outcome is not Outcome.TIMEOUT:
        raise Broken(f"{program}: {result.outcome}, not a timeout. {result.detail}")
    return (ended - began - wall_s) * 1000, len(pids)
