"""Keeps workers of one profile ready ahead of need, and the zygote they come from young and alive.

Decides when to order, when to replace and when to give up for a while; how a jail works is not known here.
"""
from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from runner.cells import Cell, LostError
from runner.errors import CannotIsolate
from runner.job import Limits, Profile
from runner.zygote import Zygote

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How workers are kept."""

    idle: int = 2  # workers kept waiting
    recycle_runs: int = 5000  # after so many a zygote is replaced: all its children share one memory layout
    recycle_s: float = 3600.0
    unused_s: float = 900.0  # a zygote that nobody needed for so long is ended
    patience_s: float = 60.0  # how long to leave a zygote alone that failed three times in a row


FAILURES = 3
_STANDARD = Limits()
STANDARD = (_STANDARD.disk_bytes, _STANDARD.disk_files)
"""The disk of the workers that are kept waiting; a job that wants another has one made."""


OpenZygote = Callable[[Profile], Awaitable[Zygote]]
"""Starts a zygote and waits until it is warm."""


class Pool:
    """The workers of one profile."""

    def __init__(self, profile: Profile, policy: Policy, open_zygote: OpenZygote, clock: Callable[[], float]) -> None:
        """Start nothing yet."""
        self.profile = profile
        self.policy = policy
        self.open_zygote = open_zygote
        self.clock = clock
        self.zygote: Zygote | None = None
        self.idle: deque[Cell] = deque()
        self.starting: asyncio.Task[None] | None = None
        self.retired: set[asyncio.Task[None]] = set()
        self.began = self.used = clock()
        self.failures = 0
        self.failed_at = 0.0
        self.closed = False

    @property
    def warm(self) -> bool:
        """Say whether a worker can be had now."""
        return self.zygote is not None and self.zygote.alive

    def wanted(self) -> None:
        """Note that this pool is of use, so that it is kept."""
        self.used = self.clock()

    def start(self) -> asyncio.Task[None] | None:
        """See to it that a zygote comes up, unless the last ones failed just now."""
        given_up = self.failures >= FAILURES and self.clock() - self.failed_at < self.policy.patience_s
        if self.closed or given_up or self.starting:
            return self.starting
        self.starting = asyncio.create_task(self._start())
        return self.starting

    async def _start(self) -> None:
        try:
            fresh = await self.open_zygote(self.profile)
        except (CannotIsolate, OSError) as error:
            self.failures += 1
            self.failed_at = self.clock()
            log.warning("no warm process for %s jobs, which are run cold: %s", self.profile, error)
            return
        finally:
            self.starting = None
        self.failures = 0
        old, self.zygote = self.zygote, fresh
        self.began = self.used = self.clock()
        self._retire(old)
        self.refill()

    def _retire(self, old: Zygote | None) -> None:
        """End a zygote once the runs it still has are over; those who only waited are let go at once."""
        if old is None:
            return
        for cell in self.idle:
            cell.end()
        self.idle.clear()
        task = asyncio.create_task(self._end_when_empty(old))
        self.retired.add(task)
        task.add_done_callback(self.retired.discard)

    async def _end_when_empty(self, old: Zygote) -> None:
        while old.alive and old.cells:
            await asyncio.wait([cell.gone for cell in old.cells.values()], timeout=1.0)
        if not await old.end():
            log.error("a warm process for %s jobs left something behind", self.profile)

    def refill(self) -> None:
        """Order as many workers as should be waiting."""
        if self.zygote is None or self.closed:
            return
        while self.warm and len(self.idle) < self.policy.idle:
            self.idle.append(self.zygote.order(*STANDARD))

    def tend(self) -> None:
        """Replace what is dead or old, and end what nobody uses; to be called now and then."""
        if self.zygote is None:
            return
        if not self.zygote.alive or self._old():
            if not self.zygote.alive:
                dead, self.zygote = self.zygote, None
                self._retire(dead)
            self.start()
        elif self.clock() - self.used > self.policy.unused_s:
            unused, self.zygote = self.zygote, None
            self._retire(unused)

    def _old(self) -> bool:
        made = self.zygote.made if self.zygote else 0
        return made >= self.policy.recycle_runs or self.clock() - self.began >= self.policy.recycle_s

    async def take(self, limits: Limits) -> Cell:
        """Return a worker that waits for a task, with the disk a job wants.

        Raises:
            LostError: when the zygote, or this one worker, cannot be had.
        """
        self.wanted()
        self.tend()
        if self.zygote is None or not self.zygote.alive:
            raise LostError("the warm process is gone")
        cell = self._waiting(limits) or self.zygote.order(limits.disk_bytes, limits.disk_files)
        if not self.idle:  # otherwise the next can wait until this run is over, and does not slow it down
            self.refill()
        try:
            await asyncio.shield(cell.ready)
        except (LostError, asyncio.CancelledError):
            cell.end()
            raise
        return cell

    def _waiting(self, limits: Limits) -> Cell | None:
        """Return the worker that has waited longest, if one waits that has the disk a job wants."""
        while self.idle and (limits.disk_bytes, limits.disk_files) == STANDARD:
            cell = self.idle.popleft()
            if not cell.exit and not cell.lost:
                return cell
            cell.end()  # it died while it waited, and nobody's code was in it
        return None

    async def close(self) -> bool:
        """End everything; say whether it went."""
        self.closed = True
        if self.starting:
            self.starting.cancel()
            await asyncio.wait([self.starting])
        last, self.zygote = self.zygote, None
        gone = await last.end() if last else True
        self.idle.clear()
        if self.retired:
            await asyncio.wait(set(self.retired))
        return gone
