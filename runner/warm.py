"""Runs each job in workers that were forked, isolated and put in their groups before it came.

Owns the order of things for a warm run: worker, tasks against our clock, evidence, verdict. What cannot be run warm is
run cold. An asyncio service: start it with `async with`, or `await close()` it at the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import takewhile
from typing import Any, Self

from runner import groups, prepare, verdict, watchdog
from runner.cells import SEND_S, Answer, Cell, LostError
from runner.cold import ColdRunner
from runner.job import Call, Isolation, Job, Limits, Profile, Result
from runner.pool import Policy, Pool
from runner.session import END_S, HEAD
from runner.zygote import Zygote

TEND_S = 5.0
_SCRIPT = Call(id="", args=())
AHEAD_BYTES = 48 * 1024
"""How much of the tasks behind one is sent with it: less than a socket holds, or sending would wait for the learner."""


class WarmRunner:
    """Runs jobs in warm workers, a few at a time."""

    def __init__(
        self,
        minimum: Isolation = Isolation.REDUCED,
        *,
        slots: int = os.cpu_count() or 1,
        policy: Policy | None = None,
        places: Callable[[], list[groups.Place]] = groups.here,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set the least isolation to accept and how many runs may be in progress; starts nothing yet."""
        self.semaphore = asyncio.Semaphore(slots)
        self.cold = ColdRunner(minimum, semaphore=self.semaphore, places=places)
        self.groups = self.cold.groups
        self.policy = policy or Policy()
        self.clock = clock
        self.pools: dict[Profile, Pool] = {}
        self.tending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to look after the zygotes."""
        return self

    async def __aexit__(self, *_what: object) -> None:
        """Close."""
        await self.close()

    async def _open_zygote(self, profile: Profile) -> Zygote:
        # In version 2 a first group may need us to step aside, which must not be after the zygote was started beside us.
        if first := self.groups.make(Limits()):
            first.remove()
        return await Zygote.open(profile, lambda: self.groups.make(Limits()))

    def _pool(self, profile: Profile) -> Pool:
        if profile not in self.pools:
            self.pools[profile] = Pool(profile, self.policy, self._open_zygote, self.clock)
        return self.pools[profile]

    async def _tend(self) -> None:
        while True:
            await asyncio.sleep(TEND_S)
            for pool in self.pools.values():
                pool.tend()

    async def warm_up(self, *profiles: Profile) -> bool:
        """Start the zygotes of some profiles one after the other; say whether all came up."""
        self._look_after()
        for profile in profiles:
            pool = self._pool(profile)
            if not pool.warm and (starting := pool.start()) is not None:
                await asyncio.shield(starting)
        return all(self._pool(profile).warm for profile in profiles)

    def expect(self, profile: Profile) -> None:
        """Start what jobs of a profile will need, without waiting for it: one is likely to come soon."""
        self._look_after()
        pool = self._pool(profile)
        pool.wanted()
        if not pool.warm:
            pool.start()

    def _look_after(self) -> None:
        self.tending = self.tending or asyncio.create_task(self._tend())

    async def run(self, job: Job) -> Result:
        """Run a job and say what became of it.

        Raises:
            CannotIsolate: when this host cannot isolate it as well as demanded; then nothing was run.
            ValueError: when the job itself cannot work, such as calls without an entry.
        """
        texts = prepare.arguments(job)
        if (refused := prepare.refusal(job, self.cold.minimum)) is not None:
            return refused
        # A zygote that is still starting is waited for: a cold run beside it would slow both, and is hardly there sooner.
        if await self.warm_up(job.profile):
            async with self.semaphore:
                with suppress(LostError):  # nothing of the job was run
                    return await _WarmRun(job, texts, self._pool(job.profile)).result()
        return await self.cold.run(job)

    async def close(self) -> bool:
        """End every zygote and worker; say whether nothing is left."""
        if self.tending:
            self.tending.cancel()
            with suppress(asyncio.CancelledError):
                await self.tending
        return all([await pool.close() for pool in self.pools.values()])


class _WarmRun:
    """One job from its first worker to its result."""

    def __init__(self, job: Job, texts: list[str], pool: Pool) -> None:
        self.job = job
        self.calls = job.calls or (_SCRIPT,)
        self.texts = texts
        self.said = (0, 0)  # how much of both streams there was when the tasks in progress were sent
        self.pool = pool
        self.left = job.limits.result_bytes
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.cell: Cell | None = None
        self.fresh = True  # whether the worker has not been told yet what all its tasks share
        self.watching: asyncio.Task[None] | None = None
        self.memory = watchdog.Memory(None)
        self.level = Isolation.REDUCED
        self.cpu_us = self.peak = 0
        self.cpu_before = 0
        self.lingering = False

    async def result(self) -> Result:
        """Run it and clean up, whatever happens on the way.

        Raises:
            LostError: when not even a first worker could be had.
        """
        try:
            await self._take()
            seen = await self._calls()
        finally:
            await self._drop(wait=False)
        usage = verdict.Usage(
            wall_ms=sum(evidence.wall_ms for evidence in seen),
            cpu_ms=self.cpu_us / 1000,
            peak_bytes=self.peak,
            stdout=bytes(self.stdout),
            stderr=bytes(self.stderr),
        )
        big = sum(len(evidence.raw or b"") for evidence in seen) > verdict.LARGE_BYTES
        if big:  # reading it takes long enough to be felt by everyone else
            return await asyncio.to_thread(verdict.result, self.job, seen, usage, self.level, lingering=self.lingering)
        return verdict.result(self.job, seen, usage, self.level, lingering=self.lingering)

    async def _calls(self) -> list[verdict.Evidence]:
        seen: list[verdict.Evidence] = []
        for at, call in enumerate(self.calls):
            if seen and verdict.ends_box(seen[-1]):
                seen.append(verdict.Evidence(id=call.id, skipped=True))
                continue
            seen.append(await self._call(at))
        return seen

    async def _call(self, at: int) -> verdict.Evidence:
        """Have one call made and note what is seen of it.

        What an earlier call of the group left behind may decide nothing but speed: a reused worker's word is taken only
        when all is well, and otherwise the call is made again in a fresh one.
        """
        used = None if self.fresh else self.cell
        evidence, complete = await self._try(at)
        if used and not verdict.promising(evidence):
            await self._drop(wait=True, said=self.said)
            self.memory.exceeded = False
            evidence, complete = await self._try(at)
        self.left = max(0, self.left - len(evidence.raw or b""))
        if self._together(at) == 1 or not complete:
            await self._drop(wait=verdict.ends_box(evidence))
        return evidence

    async def _try(self, at: int) -> tuple[verdict.Evidence, bool]:
        call, limits = self.calls[at], self.job.limits
        try:
            cell = self.cell or await self._take()
        except LostError as error:
            return verdict.Evidence(id=call.id, broken=f"no worker could be had: {error}"), False
        before = len(cell.stdout.data)
        patience = SEND_S if self.fresh else limits.wall_s
        orders = [] if cell.asked else self._orders(at, cell)
        answer = await cell.answer(
            orders,
            last=self._together(at) == 1,
            wall_s=limits.wall_s,
            patience_s=patience,
            cap=self.left + HEAD.size * (cell.asked + len(orders)),
        )
        return self._evidence(call, cell, answer, before), answer.complete

    def _orders(self, at: int, cell: Cell) -> list[bytes]:
        """Frame what is sent for a call: its task, and those of the calls behind it that may go ahead.

        A fresh worker is sent one alone, so that whatever is seen of it belongs to that call.
        """
        self.said = len(cell.stdout.data), len(cell.stderr.data)
        ahead = self.calls[at + 1 : at + self._together(at)] if self.calls[at].ahead and not self.fresh else ()
        orders = [self._order(at)]
        for next_at, _call in enumerate(takewhile(lambda call: call.ahead, ahead), at + 1):
            if sum(map(len, orders)) + len(self.texts[next_at]) > AHEAD_BYTES:
                break
            orders.append(self._order(next_at))
        return orders

    def _order(self, at: int) -> bytes:
        """Frame one call's task; a worker's first order says what all of its tasks share."""
        together = self._together(at)
        order: dict[str, Any] = {
            "task": prepare.task(self.job, self.calls[at], self.texts[at], self.left),
            "last": together == 1,
        }
        if self.fresh:
            bounds = prepare.bounds(self.job.limits, together)
            order |= {"program": prepare.program(self.job), "bounds": bounds}
            self.fresh = False
        body = json.dumps(order).encode("ascii")
        return HEAD.pack(len(body)) + body

    def _together(self, at: int) -> int:
        """Count the calls, from this one on, that may share a worker."""
        group = self.calls[at].group
        return sum(1 for _call in takewhile(lambda call: call.group == group, self.calls[at:])) if group else 1

    def _evidence(self, call: Call, cell: Cell, answer: Answer, before: int) -> verdict.Evidence:
        return verdict.Evidence(
            id=call.id,
            started=True,
            raw=None if answer.raw is None else verdict.CAGED + answer.raw,
            status=answer.status,
            overlong=answer.overlong,
            timed_out=answer.timed_out,
            out_of_memory=self.memory.ran_out(),
            full=cell.full,
            broken=cell.lost,
            wall_ms=answer.wall_ms,
            stdout=bytes(cell.stdout.data[before:]),
        )

    async def _take(self) -> Cell:
        """Get a worker and give it this job's limits.

        Raises:
            LostError: when there is none to be had.
        """
        limits = self.job.limits
        cell = self.cell = await self.pool.take(limits)
        self.fresh = True
        if cell.group:
            self.level = Isolation.STRONG
            try:
                cell.group.cap(memory=limits.memory_bytes, processes=limits.processes)
            except OSError as error:
                raise LostError(f"its limits could not be set: {error}") from error
        self.cpu_before = cell.cpu_us() or 0
        cell.listen(limits.stdout_bytes - len(self.stdout), limits.stderr_bytes - len(self.stderr))
        self.memory.group = cell.group
        base = 0 if cell.group else sum(watchdog.memory_of(pid) for pid in cell.pids)
        looking = self.memory.watch(cell.pids, limits.memory_bytes + base, cell.alarm)
        self.watching = asyncio.create_task(looking)
        return cell

    async def _drop(self, *, wait: bool, said: tuple[int, int] | None = None) -> None:
        """Give the worker up, noting what it used and wrote; its end is waited for only when it was stopped.

        Args:
            wait: whether to wait until nothing of it is left.
            said: how much of its two streams to keep; all of it unless given.
        """
        cell, self.cell = self.cell, None
        if self.watching:
            self.watching.cancel()
            self.watching = None
        if cell is None:
            return
        try:
            self.cpu_us += max(0, await cell.used_us() - self.cpu_before)
            self._account(cell, said or (len(cell.stdout.data), len(cell.stderr.data)))
        finally:
            cell.end()
            self.pool.refill()
        if wait:
            _done, late = await asyncio.wait([cell.gone], timeout=END_S)
            self.lingering = self.lingering or bool(late)

    def _account(self, cell: Cell, said: tuple[int, int]) -> None:
        self.stdout += cell.stdout.data[: said[0]]
        self.stderr += cell.stderr.data[: said[1]]
        peak = cell.group.peak_bytes() if cell.group else self.memory.peak
        self.peak = max(self.peak, peak, cell.exit.peak_kib * 1024 if cell.exit and not cell.group else 0)
