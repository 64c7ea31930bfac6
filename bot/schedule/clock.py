"""What drives the engine: a tick every second, and once a day the upkeep, in one process of several.

APScheduler only counts seconds here. When something is due is decided by our own rule and the store, because its triggers
lose days where clocks change, and it knows nothing of other processes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]

from bot.schedule.engine import Engine
from bot.schedule.kinds import Job
from bot.services import Services

log = structlog.get_logger(__name__)

TICK_S, UPKEEP_S = 1.0, 60.0


@asynccontextmanager
async def ticking(
    engine: Engine, services: Services, jobs: Sequence[Job], *, tick_s: float = TICK_S, upkeep_s: float = UPKEEP_S
) -> AsyncIterator[None]:
    """Run the engine and the upkeep beside something else, for as long as that lasts."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it tells of each tick that took longer than a second
    scheduler: Any = AsyncIOScheduler(timezone=UTC)
    usual = {"trigger": "interval", "coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(_safe, args=("tick", engine.tick), seconds=tick_s, **usual)
    scheduler.add_job(_safe, args=("upkeep", lambda: run_due(services, jobs)), seconds=upkeep_s, **usual)
    await _safe("planning", engine.begin)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # a tick that was cut short ends before the engine does
        await _safe("the end of sending", engine.finish)


async def run_due(services: Services, jobs: Sequence[Job]) -> None:
    """Run the upkeep whose hour has come and which nobody has begun today, one after the other."""
    for job in jobs:
        if await services.store.deliveries.claim_job(job.name, job.hour_utc):
            await _safe(job.name, lambda run=job.run: run(services))  # type: ignore[misc]


async def _safe(what: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do something whose failure must not stop anything else."""
    try:
        await work()
    except Exception:
        log.exception("failed; it is tried again when its time comes", what=what)
