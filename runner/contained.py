"""Runs jobs where a host allows no namespaces, such as in a container with its default profile: Landlock and filters.

Weaker than a jail, so it is never chosen silently: making a `ContainedRunner` is the consent, every result says reduced,
and before its first job it attempts each thing it must prevent; if one works, nothing runs.
"""
from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from runner import advice, bwrap, libraries, prepare, proof
from runner.box.landlock import LIST, READ, WRITE
from runner.cold import ColdRun, OpenBox
from runner.errors import CannotIsolate
from runner.family import family
from runner.job import Isolation, Job, Outcome, Profile, Result, Run
from runner.libraries import HERE, LIBS
from runner.probe import Report, said_of
from runner.session import Session, Sink
from runner.spawn import UNPRIVILEGED, Start

REAP_S = 1.0
_PROC = Path("/proc")


class ContainedRunner:
    """Runs jobs one after the other, each in processes of its own that Landlock and two filters confine.

    One at a time, because runs of one user could otherwise count each other's threads against their own limit.
    """

    def __init__(self, *, semaphore: asyncio.Semaphore | None = None) -> None:
        """Consent to the weaker walls; nothing is started yet."""
        self.semaphore = semaphore or asyncio.Semaphore(1)
        self.proving = asyncio.Lock()
        self.report: Report | None = None

    async def run(self, job: Job) -> Result:
        """Run a job and say what became of it, when nothing of it is left.

        Raises:
            CannotIsolate: when a wall does not hold here; then nothing was run.
            ValueError: when the job itself cannot work, such as calls without an entry.
        """
        await self.prove()
        return await self._run(job)

    async def _run(self, job: Job) -> Result:
        texts = prepare.arguments(job)
        if (refused := prepare.refusal(job, Isolation.REDUCED)) is not None:
            return refused
        async with self.semaphore:
            return await ColdRun(job, texts, None).result(_opener(job), Isolation.REDUCED)

    async def examine(self) -> Report:
        """Attempt everything once; later answers are the first one."""
        async with self.proving:
            if self.report is None:
                self.report = await proof.examine(self._run)
            return self.report

    async def prove(self) -> None:
        """Make sure that every wall holds.

        Raises:
            CannotIsolate: when one does not.
        """
        report = await self.examine()
        if report.level is not Isolation.REDUCED:
            first = next(check for check in report.faults if check.name != "groups")
            raise CannotIsolate(f"Contained mode does not hold here ({first.found}).", first.fix)


async def or_contained(preferred: Run, *, minimum: Isolation, allowed: bool) -> Run:
    """Return the preferred runner where it works here, else the contained one if that is allowed, enough and proven.

    Raises:
        CannotIsolate: when neither works.
    """
    try:
        result = await preferred(Job(source="", profile=Profile.STDLIB))
        if result.outcome is Outcome.OK:
            return preferred
        raise CannotIsolate(*advice.explain(said_of(result), ValueError(result.outcome)))
    except CannotIsolate as error:
        if not allowed or minimum is not Isolation.REDUCED:
            raise
        refused = error
    contained = ContainedRunner()
    try:
        await contained.prove()
    except CannotIsolate as error:
        raise CannotIsolate(f"{refused.what} {error.what}", error.advice) from refused
    return contained.run


@dataclass(slots=True, kw_only=True)
class _Confined(Session):
    """A first process without a process namespace: its children do not die with it unseen, so they go first."""

    async def end(self) -> bool:
        """Kill the children, let the first process collect them, and end it."""
        deadline = asyncio.get_running_loop().time() + REAP_S
        while (left := family(self.inside, _PROC) - {self.inside}) and self.process.poll() is None:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, 9)
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.002)
        return await Session.end(self) and not left


def tasks_of(user: int, proc: Path = _PROC) -> int:
    """Count the processes and threads of a user that can be seen."""
    found = 0
    for folder in proc.glob("[0-9]*"):
        with suppress(OSError):
            fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
            found += int(fields["Threads"]) if int(fields["Uid"].split()[0]) == user else 0
    return found


def _visible(folder: Path, hidden: frozenset[Path]) -> Iterator[tuple[str, int]]:
    """Yield what may be read of a folder when some folders below it may not: rules only ever add."""
    if not any(path.is_relative_to(folder) for path in hidden):
        yield str(folder), READ | LIST
    elif folder not in hidden:
        yield str(folder), LIST
        for path in folder.iterdir():
            if not path.is_symlink():  # what it leads to may lie anywhere
                yield from _visible(path, hidden)


@lru_cache(maxsize=8)
def files(profile: Profile) -> tuple[tuple[str, int], ...]:
    """List the files that a profile's jobs may read, as Landlock wants them: a path, and what may be done with it.

    Raises:
        MissingLibrary: when a library of the profile is not installed.
    """
    interpreter, binds = libraries.interpreter(), libraries.binds(profile)
    hidden = frozenset(
        Path(bind.source, Path(place).relative_to(bind.target))
        for bind in interpreter.binds
        for place in interpreter.masked
        if Path(place).is_relative_to(bind.target)
    )
    found = [rule for bind in interpreter.binds for rule in _visible(Path(bind.source), hidden)]
    devices = [(f"/dev/{name}", READ | (WRITE if name == "null" else 0)) for name in bwrap.DEVICES]
    return (*found, *devices, *((bind.source, READ | LIST) for bind in binds))


def places(profile: Profile) -> dict[str, str]:
    """Give the file of each library of a profile, by the name it is imported by."""
    inside = [Path(bind.source) for bind in libraries.binds(profile) if bind.target.startswith(f"{LIBS}/")]
    files = [path / "__init__.py" if path.is_dir() else path for path in inside if not path.name.endswith(".libs")]
    return {(file.parent if file.name == "__init__.py" else file).name.partition(".")[0]: str(file) for file in files}


def _environment() -> dict[str, str]:
    settings = bwrap.environment(libraries.interpreter())
    return {**settings, "LD_LIBRARY_PATH": f"{sys.base_prefix}/lib", "PATH": "/usr/bin:/bin"}


def _command(order: int, ready: int, control: int) -> list[str]:
    start = (
        "import sys, types; m = types.ModuleType('runner'); "
        f"m.__path__ = [{str(HERE)!r}]; sys.modules['runner'] = m; "
        f"from runner.box.confine import main; main({order}, {ready}, {control})"
    )
    return [sys.executable, "-s", "-S", "-P", "-B", "-X", "utf8", "-c", start]


def _order(profile: Profile, processes: int) -> bytes:
    """Say what the first process confines itself to."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    # Counted for each user, not for each run: who is there already, the first process, and what a run may have.
    tasks = tasks_of(os.geteuid() if user is None else user) + 1 + processes
    order = {"files": files(profile), "libraries": places(profile), "parent": os.getpid(), "tasks": tasks, "user": user}
    return json.dumps(order).encode("ascii")


def _opener(job: Job) -> OpenBox:
    async def open_confined(start: Start) -> Session:
        return await _open(start, _order(job.profile, job.limits.processes))

    return open_confined


@dataclass(frozen=True, slots=True)
class _Started:
    """A first process and our ends of what leads to it."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    stdout: int
    stderr: int
    ready: int


def _start(order: bytes) -> _Started:
    with ExitStack() as theirs:
        control, inner = socket.socketpair()
        theirs.enter_context(inner)
        asked = theirs.enter_context(os.fdopen(os.memfd_create("order"), "wb", buffering=0))
        asked.write(order)
        asked.seek(0)
        (stdout, stdout_in), (stderr, stderr_in), (ready, ready_in) = [_pipe(theirs) for _stream in range(3)]
        passed = (asked.fileno(), ready_in, inner.fileno())
        process = subprocess.Popen(
            _command(*passed),
            stdin=subprocess.DEVNULL,
            stdout=stdout_in,
            stderr=stderr_in,
            pass_fds=passed,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            umask=0o077,
        )
    return _Started(process, control, stdout, stderr, ready)


async def _open(start: Start, order: bytes) -> Session:
    """Start a first process and wait until it has confined itself.

    Raises:
        CannotIsolate: when it could not; nothing of it is left.
    """
    started = _start(order)
    session = await _session(start, started)
    try:
        await _confirmed(session, started.ready, start.allowance_s)
    finally:
        os.close(started.ready)
    session.watch()
    return session


def _pipe(theirs: ExitStack) -> tuple[int, int]:
    """Make a pipe that they write and we read."""
    ours, other = os.pipe()
    theirs.callback(os.close, other)
    return ours, other


async def _session(start: Start, started: _Started) -> _Confined:
    alarm = asyncio.Event()
    started.control.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=started.control)
    return _Confined(
        process=started.process,
        reader=reader,
        writer=writer,
        stdout=Sink(started.stdout, start.stdout_cap, alarm.set),
        stderr=Sink(started.stderr, start.stderr_cap, alarm.set),
        inside=started.process.pid,
        alarm=alarm,
    )


async def _confirmed(session: _Confined, ready: int, allowance_s: float) -> None:
    """Wait for the first process to say that it is confined; end it when it does not."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(ready, told.set)
    try:
        await asyncio.wait_for(told.wait(), allowance_s)
        if os.read(ready, 1):
            return
        problem: Exception = ValueError("it ended while it confined itself")
    except TimeoutError as error:
        problem = error
    finally:
        loop.remove_reader(ready)
    await session.end()  # only then is all it said known
    raise CannotIsolate(*advice.explain(bytes(session.stderr.data).decode("utf-8", "replace"), problem))
