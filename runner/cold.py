"""Runs each job in a jail of its own, started for it and gone before the result is given.

Owns the order of things: group, jail, imports, calls against our clock, end, verdict. Decides nothing itself.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace

from runner import advice, bwrap, groups, libraries, prepare, verdict, watchdog
from runner.allot import Groups
from runner.errors import CannotIsolate
from runner.job import Call, Isolation, Job, Result
from runner.session import Ended, Session, parse_done
from runner.spawn import Start, open_bare_session, open_session

START_S = 20.0  # to build the jail
IMPORT_S = 120.0  # to import a profile's libraries
FORK_S = 20.0  # to make one call's child
_STARTED = b"S"
_READY = b"R"
_SCRIPT = Call(id="", args=())

OpenBox = Callable[[Start], Awaitable[Session]]


class ColdRunner:
    """Runs jobs one jail each, a few at a time."""

    def __init__(
        self,
        minimum: Isolation = Isolation.REDUCED,
        *,
        semaphore: asyncio.Semaphore | None = None,
        allow_none: bool = False,
        places: Callable[[], list[groups.Place]] = groups.here,
    ) -> None:
        """Set the least isolation to accept.

        Args:
            minimum: below this nothing is run.
            semaphore: how many boxes may live at once; two unless given.
            allow_none: run without any isolation where none can be had. For code you would run yourself, never for a
                stranger's; needs `minimum` to be NONE too, and every result says so.
            places: finds where control groups can be made.

        Raises:
            ValueError: when the minimum is NONE and that is not allowed.
        """
        if minimum is Isolation.NONE and not allow_none:
            raise ValueError("A minimum of none needs allow_none=True: it runs code with all your rights.")
        self.minimum = minimum
        self.semaphore = semaphore or asyncio.Semaphore(2)
        self.places = places
        self.groups = Groups(minimum, places)

    async def run(self, job: Job) -> Result:
        """Run a job and say what became of it, when nothing of it is left.

        Raises:
            CannotIsolate: when this host cannot isolate it as well as demanded; then nothing was run.
            ValueError: when the job itself cannot work, such as calls without an entry.
        """
        texts = prepare.arguments(job)
        if (refused := prepare.refusal(job, self.minimum)) is not None:
            return refused
        async with self.semaphore:
            try:
                return await self._isolated(job, texts)
            except CannotIsolate:
                if self.minimum is not Isolation.NONE:
                    raise
            return await ColdRun(job, texts, None).result(open_bare_session, Isolation.NONE)

    async def _isolated(self, job: Job, texts: list[str]) -> Result:
        group = self.groups.make(job.limits, others=1)
        level = Isolation.STRONG if group else Isolation.REDUCED
        return await ColdRun(job, texts, group).result(open_session, level)


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

    return Start(
        make=make,
        stdout_cap=job.limits.stdout_bytes,
        stderr_cap=job.limits.stderr_bytes,
        join=join,
        allowance_s=START_S,
    )


class ColdRun:
    """One job from its group to its result."""

    def __init__(self, job: Job, texts: list[str], group: groups.Group | None) -> None:
        self.job = job
        self.texts = texts
        self.group = group
        self.memory = watchdog.Memory(group)
        self.left = job.limits.result_bytes
        self.own_cpu_us = 0
        self.own_peak = 0

    async def result(self, open_box: OpenBox, level: Isolation) -> Result:
        """Run it and clean up, whatever happens on the way."""
        with ExitStack() as undo:
            undo.callback(self._remove_group)
            session = await open_box(start_for(self.job, self.group.join if self.group else _join_nothing))
            undo.pop_all()
        looking = self.memory.watch((session.inside,), self.job.limits.memory_bytes, session.alarm.set)
        watching = asyncio.create_task(looking)
        gone = removed = False
        try:
            seen = await self._calls(session)
        finally:
            watching.cancel()
            gone = await session.end()
            peak = self.group.peak_bytes() if self.group else max(self.memory.peak, self.own_peak)
            removed = self._remove_group()
        usage = verdict.Usage(
            wall_ms=sum(evidence.wall_ms for evidence in seen),
            cpu_ms=self.own_cpu_us / 1000,
            peak_bytes=peak,
            stdout=bytes(session.stdout.data),
            stderr=bytes(session.stderr.data),
        )
        return verdict.result(self.job, seen, usage, level, lingering=not (gone and removed))

    def _remove_group(self) -> bool:
        return self.group.remove() if self.group else True

    async def _calls(self, session: Session) -> list[verdict.Evidence]:
        """Make every call in turn, until one of them ends the box."""
        broken = await self._ready(session)
        seen: list[verdict.Evidence] = []
        for call, text in zip(self.job.calls or (_SCRIPT,), self.texts, strict=True):
            over = bool(seen) and verdict.ends_box(seen[-1])
            if broken or over:
                seen.append(verdict.Evidence(id=call.id, broken=broken, skipped=over))
            else:
                seen.append(await self._call(session, call, text))
        return seen

    async def _ready(self, session: Session) -> str:
        """Wait until the libraries are imported; return what went wrong, if anything."""
        await session.send(prepare.setup(self.job, self.texts))
        try:
            message = await session.receive(IMPORT_S)
        except EOFError:
            message = None
        if message is not None and message[:1] == _READY:
            return ""
        if self.memory.ran_out():
            return f"the libraries of {self.job.profile} jobs do not fit in {self.job.limits.memory_bytes} bytes"
        session.stderr.drain()
        said = message[1:500] if message else bytes(session.stderr.data[-500:])
        if not message and said.startswith(b"bwrap:"):  # it names its first process before it has built everything
            raise CannotIsolate(*advice.explain(said.decode("utf-8", "replace"), ValueError("no answer")))
        return f"the box did not become ready: {said.decode('utf-8', 'replace') or 'no answer'}"

    async def _call(self, session: Session, call: Call, text: str) -> verdict.Evidence:
        """Make one call and note what is seen of it."""
        before = len(session.stdout.data)
        session.longest = self.left + 4096
        await session.send(prepare.task(self.job, call, text, self.left))
        began, started, ended = time.perf_counter(), False, None
        late = False
        try:
            message = await session.receive(FORK_S)
            if message == _STARTED:
                began, started = time.perf_counter(), True
                message = await session.receive(self.job.limits.wall_s)
            late = message is None
            ended = parse_done(message) if message is not None else None
        except EOFError:
            pass  # the evidence will have no answer in it
        wall_ms = (time.perf_counter() - began) * 1000
        session.stdout.drain()
        session.stderr.drain()
        self._count(ended)
        full = "stdout" if session.stdout.full else "stderr" if session.stderr.full else ""
        evidence = verdict.Evidence(
            id=call.id,
            started=started,
            out_of_memory=self.memory.ran_out(),
            timed_out=late and started and not session.alarm.is_set(),
            full=full,
            wall_ms=wall_ms,
            stdout=bytes(session.stdout.data[before:]),
        )
        if ended is None:
            return evidence
        return replace(evidence, raw=ended.raw, status=ended.status, overlong=ended.overlong)

    def _count(self, ended: Ended | None) -> None:
        if ended is not None:
            self.left = max(0, self.left - len(ended.raw))
            self.own_cpu_us += ended.cpu_us
            self.own_peak = max(self.own_peak, ended.peak_kib * 1024)


def _join_nothing(_pid: int) -> None:
    """Take the place of joining a group where there is none."""
