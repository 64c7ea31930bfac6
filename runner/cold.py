"""Runs each job in a jail of its own, started for it and gone before the result is given.

Owns the order of things: group, jail, imports, calls against our clock, end, verdict. Decides nothing itself.
"""
from __future__ import annotations

import asyncio
import base64
import itertools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from runner import advice, bwrap, groups, libraries, verdict, watchdog
from runner.errors import CannotIsolate
from runner.job import Call, Fault, Isolation, Job, Limits, Outcome, Result, Returned
from runner.session import Session, parse_done
from runner.spawn import Start, open_session
from runner.values import encode

START_S = 15.0  # to build the jail
IMPORT_S = 60.0  # to import a profile's libraries
FORK_S = 15.0  # to make one call's child
_RANK = (Isolation.NONE, Isolation.REDUCED, Isolation.STRONG)
_numbers = itertools.count()


def at_least(level: Isolation, minimum: Isolation) -> bool:
    """Say whether a level is good enough."""
    return _RANK.index(level) >= _RANK.index(minimum)


@dataclass(slots=True)
class _Watch:
    """What the outside knows of memory: the kernel's count, or our own where there is none."""

    group: groups.Group | None
    peak: int = 0
    exceeded: bool = False

    def out_of_memory(self) -> bool:
        return self.exceeded or (self.group is not None and self.group.kills() > 0)

    def saw(self, total: int) -> None:
        self.peak = max(self.peak, total)


class ColdRunner:
    """Runs jobs one jail each, a few at a time."""

    def __init__(
        self,
        minimum: Isolation = Isolation.REDUCED,
        *,
        semaphore: asyncio.Semaphore | None = None,
        places: Callable[[], list[groups.Place]] = groups.here,
    ) -> None:
        """Set the least isolation to accept and how many boxes may live at once (two unless given)."""
        self.minimum = minimum
        self.semaphore = semaphore or asyncio.Semaphore(2)
        self.places = places

    async def run(self, job: Job) -> Result:
        """Run a job and say what became of it, when nothing of it is left.

        Raises:
            CannotIsolate: when this host cannot isolate it as well as demanded; then nothing was run.
        """
        if len(source_bytes(job)) > job.limits.source_bytes:
            return too_long(job, self.minimum)
        async with self.semaphore:
            return await _Run(job, self._group(job)).result()

    def _group(self, job: Job) -> groups.Group | None:
        """Make a group of the run's own, or none where the minimum allows that."""
        limits, failed = job.limits, "no usable controller"
        for place in self.places():
            try:
                name = f"epochbot-{os.getpid()}-{next(_numbers)}"
                return groups.create(place, name, memory=limits.memory_bytes, processes=limits.processes + 1)
            except OSError as error:
                failed = str(error)
        if self.minimum is Isolation.STRONG:
            raise CannotIsolate(f"No control group could be made ({failed}).", advice.no_groups())
        return None


def source_bytes(job: Job) -> bytes:
    """Return the source as bytes; a lone surrogate becomes bytes that the box will call unreadable."""
    return job.source if isinstance(job.source, bytes) else job.source.encode("utf-8", "surrogatepass")


def too_long(job: Job, isolation: Isolation) -> Result:
    """Answer for a source that is not even sent to a box."""
    size, cap = len(source_bytes(job)), job.limits.source_bytes
    fault = Fault(type="SyntaxError", message=f"the code is {size} bytes long; at most {cap} are read")
    returned = tuple(Returned(id=call.id, outcome=Outcome.ERROR, fault=fault) for call in job.calls)
    return Result(outcome=Outcome.ERROR, isolation=isolation, returned=returned, fault=fault)


def setup_message(job: Job) -> dict[str, Any]:
    """Tell the box's first process what it is there for."""
    source = source_bytes(job)
    text = source.decode("utf-8", "replace") + "\n" + job.driver
    return {
        "modules": libraries.warm_modules(job.profile, text),
        "program": {
            "source": base64.b64encode(source).decode("ascii"),
            "filename": job.filename,
            "entry": job.entry,
            "driver": job.driver,
            "seed": job.seed,
            "script": not job.calls,
        },
        "bounds": bounds(job.limits),
    }


def bounds(limits: Limits) -> dict[str, int]:
    """Return the limits that a process is given from within."""
    return {
        "disk_bytes": limits.disk_bytes,
        "disk_files": limits.disk_files,
        "processes": limits.processes,
        "cpu_s": int(limits.wall_s * (os.cpu_count() or 1)) + 2,
    }


def start_for(job: Job, join: Callable[[int], None]) -> Start:
    """Say how the jail of a job is started."""

    def make(info_fd: int, block_fd: int, control_fd: int) -> bwrap.Jail:
        return bwrap.Jail(
            interpreter=libraries.interpreter(),
            libraries=libraries.binds(job.profile),
            ours=libraries.ours(),
            info_fd=info_fd,
            block_fd=block_fd,
            control_fd=control_fd,
        )

    limits = job.limits
    return Start(
        make=make,
        program=libraries.jail_program(),
        stdout_cap=limits.stdout_bytes,
        stderr_cap=limits.stderr_bytes,
        join=join,
        allowance_s=START_S,
    )


class _Run:
    """One job from its group to its result."""

    def __init__(self, job: Job, group: groups.Group | None) -> None:
        self.job = job
        self.group = group
        self.watch = _Watch(group)
        self.left = job.limits.result_bytes
        self.cpu_us = 0
        self.peak_kib = 0

    async def result(self) -> Result:
        """Run it and clean up, whatever happens on the way."""
        try:
            encoded = [encode(call.args, max_bytes=1 << 30).decode("ascii") for call in self.job.calls] or ["[\"t\"]"]
            session = await open_session(start_for(self.job, self.group.join if self.group else _join_nothing))
        except BaseException:
            self._remove_group()
            raise
        watching = self._start_watchdog(session)
        try:
            seen = await self._calls(session, encoded)
            cpu_us = self._cpu_us()
        finally:
            if watching:
                watching.cancel()
            gone = await session.end()
            peak = self.group.peak_bytes() if self.group else self.watch.peak
            removed = self._remove_group()
        usage = verdict.Usage(
            wall_ms=sum(evidence.wall_ms for evidence in seen),
            cpu_ms=cpu_us / 1000,
            peak_bytes=peak or self.peak_kib * 1024,
            stdout=bytes(session.stdout.data),
            stderr=bytes(session.stderr.data),
        )
        level = Isolation.STRONG if self.group else Isolation.REDUCED
        return verdict.result(self.job, seen, usage, level, lingering=not (gone and removed))

    def _remove_group(self) -> bool:
        return self.group.remove() if self.group else True

    def _cpu_us(self) -> int:
        counted = self.group.cpu_us() if self.group else None
        return self.cpu_us if counted is None else max(0, counted - self.cpu_before)

    def _start_watchdog(self, session: Session) -> asyncio.Task[None] | None:
        if self.group is not None:
            return None

        def exceeded() -> None:
            self.watch.exceeded = True
            session.alarm.set()

        cap = self.job.limits.memory_bytes
        return asyncio.create_task(watchdog.watch(session.inside, cap, self.watch.saw, exceeded))

    async def _calls(self, session: Session, encoded: list[str]) -> list[verdict.Evidence]:
        """Make every call in turn, until one of them ends the box."""
        calls = self.job.calls or (Call(id="", args=()),)
        broken = await self._ready(session)
        self.cpu_before = (self.group.cpu_us() or 0) if self.group else 0
        seen: list[verdict.Evidence] = []
        over = False
        for call, args in zip(calls, encoded, strict=True):
            if broken or over:
                seen.append(verdict.Evidence(id=call.id, broken=broken, skipped=over))
                continue
            evidence = await self._call(session, call, args)
            seen.append(evidence)
            over = ends_box(evidence)
        return seen

    async def _ready(self, session: Session) -> str:
        """Wait until the libraries are imported; return what went wrong, if anything."""
        await session.send(setup_message(self.job))
        try:
            message = await session.receive(IMPORT_S)
        except EOFError:
            message = None
        if message is not None and message[:1] == b"R":
            return ""
        if self.watch.out_of_memory():
            return f"the libraries of {self.job.profile} jobs do not fit in {self.job.limits.memory_bytes} bytes"
        said = message[1:500] if message else bytes(session.stderr.data[-500:])
        return f"the box did not become ready: {said.decode('utf-8', 'replace') or 'no answer'}"

    async def _call(self, session: Session, call: Call, args: str) -> verdict.Evidence:
        """Make one call and note what is seen of it."""
        before = len(session.stdout.data)
        session.longest = self.left + 4096
        await session.send({"args": args, "echo": call.echo_args, "cap": self.left})
        evidence = verdict.Evidence(id=call.id)
        began = time.perf_counter()
        try:
            message = await session.receive(FORK_S)
            if message == b"S":
                began = time.perf_counter()
                evidence = replace(evidence, started=True)
                message = await session.receive(self.job.limits.wall_s)
            elif message is not None:
                evidence = replace(evidence, broken=f"the cage did not close: {message[22:500].decode('utf-8', 'replace')}")
            ended = parse_done(message) if message is not None else None
        except EOFError:
            ended = None
            message = b""
        wall_ms = (time.perf_counter() - began) * 1000
        session.stdout.drain()
        session.stderr.drain()
        if ended is not None:
            self.left = max(0, self.left - len(ended.raw))
            self.cpu_us += ended.cpu_us
            self.peak_kib = max(self.peak_kib, ended.peak_kib)
            evidence = replace(evidence, raw=ended.raw, status=ended.status, overlong=ended.overlong)
        full = "stdout" if session.stdout.full else "stderr" if session.stderr.full else ""
        memory = self.watch.out_of_memory()
        return replace(
            evidence,
            timed_out=message is None and not full and not memory,
            out_of_memory=memory,
            full=full,
            wall_ms=wall_ms,
            stdout=bytes(session.stdout.data[before:]),
        )


def ends_box(evidence: verdict.Evidence) -> bool:
    """Say whether nothing more can or should be asked of the box after this call."""
    return bool(
        evidence.timed_out or evidence.out_of_memory or evidence.full or evidence.broken or evidence.raw is None
    )


def _join_nothing(_pid: int) -> None:
    """Take the place of joining a group where there is none."""
