"""Keeps platforms running beside each other: one that fails is started again, and never takes another with it.

Knows hosts only as the protocol in `bot.platforms.port`; opens nothing and reads no clock but the loop's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from bot.config import ConfigError
from bot.platforms.port import Host

log = structlog.get_logger(__name__)

DRAIN_S = 20.0  # how long requests under way may take to finish after we are told to stop
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
STEADY_S = 300.0  # a host that lived this long begins again with the shortest pause

Life = asyncio.Task[ConfigError | None]
Pause = Callable[[float, asyncio.Event], Awaitable[None]]


async def wait_or_stop(seconds: float, stop: asyncio.Event) -> None:
    """Wait, but no longer than until somebody asks to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently hosts are started again and brought to an end."""

    pause: Pause = wait_or_stop
    drain_s: float = DRAIN_S


def pause_before(failures: int) -> float:
    """Say how long to wait before a start, after so many failures in a row: each time twice as long, up to a minute."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16))


async def run_hosts(hosts: Sequence[Host], stop: asyncio.Event, pace: Pace | None = None) -> dict[str, ConfigError]:
    """Run hosts until asked to stop, or until none can go on; say which were given up for a setting, and why.

    Each is started again when it fails. After `stop`, they have a while to finish; then they are cut short.
    """
    pace = pace or Pace()
    lives = {host.name: asyncio.create_task(_keep(host, stop, pace), name=f"host {host.name}") for host in hosts}
    if not lives:
        return {}
    asked = asyncio.create_task(stop.wait(), name="stop")
    try:
        while not stop.is_set() and not all(task.done() for task in lives.values()):
            await asyncio.wait({asked, *_alive(lives.values())}, return_when=asyncio.FIRST_COMPLETED)
        _, late = await asyncio.wait(lives.values(), timeout=pace.drain_s)
        for task in late:
            log.warning("platform did not finish in time and was cut short", task=task.get_name(), after_s=pace.drain_s)
    finally:
        await _cancel(asked, *lives.values())
    results = {name: task.result() for name, task in lives.items() if not task.cancelled()}
    return {name: fault for name, fault in results.items() if fault is not None}


def _alive(lives: Iterable[Life]) -> set[Life]:
    return {life for life in lives if not life.done()}


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def _keep(host: Host, stop: asyncio.Event, pace: Pace) -> ConfigError | None:
    """Keep one host alive; give it up when its account is refused for good."""
    loop, failures = asyncio.get_running_loop(), 0
    while not stop.is_set():
        started = loop.time()
        fault = await _live(host, stop)
        if fault is not None or stop.is_set():
            return fault
        failures = 1 if loop.time() - started > STEADY_S else failures + 1
        seconds = pause_before(failures)
        log.warning("platform is started again", platform=host.name, after_s=seconds, failures=failures)
        await pace.pause(seconds, stop)
    return None


async def _live(host: Host, stop: asyncio.Event) -> ConfigError | None:
    """Let a host run once; whatever it dies of stays with it."""
    try:
        await host.run(stop)
    except ConfigError as fault:
        log.error("platform is given up", platform=host.name, fault=str(fault))
        return fault
    except Exception:
        log.exception("platform failed; its service may be down, and it is tried again", platform=host.name)
    return None


@asynccontextmanager
async def beside(hosts: Sequence[Host], pace: Pace | None = None) -> AsyncIterator[None]:
    """Run hosts beside something else, for as long as that lasts."""
    stop = asyncio.Event()
    running = asyncio.create_task(run_hosts(hosts, stop, pace), name="hosts")
    try:
        yield
    finally:
        stop.set()
        await running
