"""Proves what this host's isolation is worth by attempting each thing it must prevent, in throw-away boxes.

A probe that only read settings would also pass on a kernel that ignores them.
"""
from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace

from runner import advice, groups, primitives
from runner.cold import ColdRunner
from runner.errors import CannotIsolate
from runner.job import MIB, Isolation, Job, Limits, Outcome, Result
from runner.spawn import UNPRIVILEGED

_MEMORY = 48 * MIB
_PROCESSES = 12
_DISK, _FILES = 1 * MIB, 40


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was attempted."""

    name: str
    ok: bool
    found: str  # what happened
    why: str  # why it matters
    fix: str  # one thing to do, when it is not ok


@dataclass(frozen=True, slots=True)
class Way:
    """One of the three ways to keep memory and processes within limits, and what came of trying it here."""

    name: str
    tested: bool
    held: bool
    found: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a host can be trusted with, and what that rests on.

    The level rests on `checks` alone: `parts` are attempted one by one so that it can be said which of them a host
    refuses, and `ways` so that it can be said what a run's limits rest on.
    """

    level: Isolation
    checks: tuple[Check, ...]
    parts: tuple[Check, ...] = ()
    ways: tuple[Way, ...] = ()

    @property
    def faults(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.ok)

    @property
    def used(self) -> str:
        """How runs are kept within their limits: the first way that could be tried."""
        return next((way.name for way in self.ways if way.tested), "")


# Runs inside a box. Every line tries something that must not work and notes what the kernel said.
_ATTEMPTS = """
import ctypes, errno, json, os, socket
libc = ctypes.CDLL(None, use_errno=True)
said = {}

def attempt(name, do):
    try:
        do()
        said[name] = "worked"
    except OSError as error:
        said[name] = errno.errorcode.get(error.errno, "?") if error.errno else type(error).__name__

def call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), name)

def fill():
    for number in range(4):
        with open(f"/tmp/full{number}", "wb", buffering=0) as file:
            file.write(bytes(SIZE // 2))

def crowd():
    for number in range(200):
        open(f"/tmp/{number}", "w").close()

attempt("files", lambda: open("/etc/passwd"))
attempt("write", lambda: open("/python/planted", "w"))
attempt("network", lambda: socket.create_connection(("127.0.0.1", PORT), 1))
attempt("mount", lambda: call("mount", b"x", b"/tmp", b"tmpfs", 0, b""))
attempt("namespace", lambda: call("unshare", 0x10000000))
attempt("bytes", fill)
for name in os.listdir("/tmp"):
    os.unlink(f"/tmp/{name}")
attempt("inodes", crowd)
attempt("first process", lambda: os.kill(1, 9) or None)
said["parent"] = os.getppid()
said["uid"] = os.getuid()
print(json.dumps(said))
"""
_FORKS = """
import os, time
made = 0
try:
    while made < 200:
        if os.fork() == 0:
            time.sleep(60)
        made += 1
except OSError:
    pass
print(made)
"""
_HOARD = "hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 20))\n"

# What must have been said: name, what was attempted, acceptable answers, why it matters.
_EXPECTED = (
    ("files", "reading /etc/passwd", ("ENOENT",), "A run could read this host's files."),
    ("write", "writing beside the interpreter", ("EROFS",), "A run could change what later runs load."),
    ("network", "connecting to this host", ("EPERM", "ECONNREFUSED", "ENETUNREACH"), "A run could reach your network."),
    ("mount", "mounting a file system", ("EPERM",), "A run could undo its own walls."),
    ("namespace", "making a user namespace", ("EPERM",), "A run could reach rarely tested parts of the kernel."),
    ("bytes", "filling the disk", ("ENOSPC",), "A run could fill this host's memory with files."),
    ("inodes", "making files without end", ("ENOSPC",), "A run could use up this host's inodes."),
)


_PARTS = (
    ("become", "becoming an ordinary user", "A run must be a user who owns nothing."),
    ("unshare", "leaving what is shared with others", "A filter that refuses this refuses every namespace."),
    ("user", "making a user namespace", "Every other wall is built inside it."),
    ("identity", "choosing users in a user namespace", "A run must be a user who owns nothing outside."),
    ("mount", "mounting in a mount namespace", "Without it a run could see this host's files."),
    ("root", "taking the host's root away", "Without it a run could see this host's files."),
    ("process", "making a process namespace", "Without it a run could see and outlive its end."),
    ("network", "leaving the network", "Without it a run could reach your network."),
    ("ipc", "making an IPC namespace", "Without it a run could leave something for the next."),
    ("host name", "making a host-name namespace", "Without it a run could learn this host's name."),
    ("group", "making a control-group namespace", "Without it a run could see where its limits are kept."),
    ("filter", "refusing system calls", "Without it a run could reach rarely tested parts of the kernel."),
)
_LANDLOCK = "Contained mode rests on it; nothing else does."


def _check(name: str, *, ok: bool, found: str, why: str, fix: str) -> Check:
    return Check(name, ok, found, why, "" if ok else fix)


def _attempt_checks(said: dict[str, object]) -> list[Check]:
    checks = []
    for name, what, accepted, why in _EXPECTED:
        answer = str(said.get(name, "nothing"))
        fix = advice.for_text(answer)
        checks.append(_check(name, ok=answer in accepted, found=f"{what}: {answer}", why=why, fix=fix))
    alone = said.get("parent") == 1 and said.get("uid") != 0
    why = "A run could see and signal other processes."
    found = f"the box's own process tree: {alone}"
    checks.append(_check("processes seen", ok=alone, found=found, why=why, fix=advice.for_text("")))
    return checks


def _memory_check(result: Result) -> Check:
    by = "the kernel's count" if result.isolation is Isolation.STRONG else "a watch from outside"
    found = f"taking memory without end: {result.outcome}, by {by}"
    why = "A run could bring this host to its knees."
    return _check("memory", ok=result.outcome is Outcome.MEMORY, found=found, why=why, fix=advice.no_groups())


def _process_check(result: Result) -> Check:
    made = int(result.stdout) if result.stdout.strip().isdigit() else -1
    why = "A run could fork until nothing else can start."
    found = f"forking without end: stopped at {made}"
    return _check("processes", ok=0 <= made <= _PROCESSES, found=found, why=why, fix=advice.no_groups())


def _group_check(result: Result) -> Check:
    strong = result.isolation is Isolation.STRONG
    found = "control groups: " + ("made, and removed again" if strong else "none could be made")
    why = "Without them memory is watched from outside, which is slower."
    return _check("groups", ok=strong, found=found, why=why, fix=advice.no_groups())


def level_of(checks: tuple[Check, ...]) -> Isolation:
    """Derive the level: strong when all holds, reduced when only the groups are missing, else none."""
    failed = {check.name for check in checks if not check.ok}
    if not failed:
        return Isolation.STRONG
    return Isolation.REDUCED if failed == {"groups"} else Isolation.NONE


def part_checks(said: Mapping[str, str]) -> tuple[Check, ...]:
    """Judge what came of each part's attempt; all that failed share one remedy, for they share one cause. Pure."""
    if "start" in said:
        why = "Without it no part can be attempted."
        return (_check("parts", ok=False, found=f"starting a process: {said['start']}", why=why, fix=advice.for_text("")),)
    if not said:
        return ()
    fix = advice.for_primitives(said) or advice.for_text("")
    checks = [
        _check(name, ok=said.get(name) == primitives.WORKED, found=f"{what}: {said.get(name)}", why=why, fix=fix)
        for name, what, why in _PARTS
        if name in said or name != "become"  # only root has to
    ]
    version, refuses = said.get("version", "0"), said.get("landlock") == primitives.WORKED
    found = f"Landlock: version {version}, and refuses what it should" if refuses else "Landlock: not to be had"
    return (*checks, Check("landlock", ok=True, found=found, why=_LANDLOCK, fix=""))


def _by(runner: ColdRunner, places: list[groups.Place]) -> ColdRunner:
    minimum = Isolation.STRONG if places else Isolation.REDUCED
    return ColdRunner(minimum, semaphore=runner.semaphore, places=lambda: places)


@dataclass(frozen=True, slots=True)
class _Trial:
    """What came of taking too much in one way."""

    way: Way
    hoard: Result
    forks: Result


async def _tried(runner: ColdRunner, name: str, places: list[groups.Place], limits: Limits) -> Way | _Trial:
    """Take too much memory and too many processes in boxes whose limits are kept in one way."""
    on = _by(runner, places)
    try:
        hoard, forks = [await on.run(Job(source=source, limits=limits)) for source in (_HOARD, _FORKS)]
    except CannotIsolate as error:
        return Way(name, tested=False, held=False, found=error.what)
    memory, processes = _memory_check(hoard), _process_check(forks)
    held = memory.ok and processes.ok
    return _Trial(Way(name, tested=True, held=held, found=f"{memory.found}; {processes.found}"), hoard, forks)


async def _trials(runner: ColdRunner, limits: Limits) -> list[Way | _Trial]:
    places = runner.places()
    trials: list[Way | _Trial] = []
    for version in (2, 1):
        own = [place for place in places if place.version == version]
        name = f"control groups, version {version}"
        absent = Way(name, tested=False, held=False, found="no usable memory and pids controllers here")
        trials.append(await _tried(runner, name, own, limits) if own else absent)
    trials.append(await _tried(runner, "a watch from outside", [], limits))
    return trials


def _parts() -> tuple[Check, ...]:
    return part_checks(primitives.ask(UNPRIVILEGED if os.geteuid() == 0 else None))


async def examine(runner: ColdRunner | None = None) -> Report:
    """Attempt everything, in throw-away processes and boxes; takes about a second on an idle host."""
    runner = runner or ColdRunner(Isolation.REDUCED)
    limits = Limits(
        wall_s=10, memory_bytes=_MEMORY, processes=_PROCESSES, disk_bytes=_DISK, disk_files=_FILES, stdout_bytes=4096
    )
    parts = await asyncio.to_thread(_parts)
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            source = _ATTEMPTS.replace("PORT", str(server.getsockname()[1])).replace("SIZE", str(_DISK))
            tried = await runner.run(Job(source=source, limits=limits))
        if tried.outcome is not Outcome.OK:
            raise CannotIsolate(*advice.explain(said_of(tried), ValueError(tried.outcome)))
        trials = await _trials(runner, limits)
        used = next(trial for trial in trials if isinstance(trial, _Trial))
    except CannotIsolate as error:
        failed = Check("sandbox", ok=False, found=error.what, why=advice.NOTHING_RUNS, fix=_remedy(error, parts))
        return Report(Isolation.NONE, (failed,), parts)
    checks = (*_attempt_checks(json.loads(tried.stdout)), _memory_check(used.hoard), _process_check(used.forks), _group_check(tried))
    ways = tuple(trial.way if isinstance(trial, _Trial) else trial for trial in trials)
    return Report(level_of(checks), checks, _allowed(parts), ways)


def said_of(result: Result) -> str:
    """Return why a run that can do no wrong did not go well."""
    return result.fault.message if result.fault else result.detail


def _allowed(parts: tuple[Check, ...]) -> tuple[Check, ...]:
    """Take back the faults of parts once a box is up: AppArmor may allow the jail's program what it refuses others."""
    return tuple(
        part if part.ok else replace(part, ok=True, found=f"{part.found}, but the jail's program may", fix="")
        for part in parts
    )


def _remedy(error: CannotIsolate, parts: tuple[Check, ...]) -> str:
    """Prefer what the parts show over what the jail's program happened to say."""
    return next((part.fix for part in parts if not part.ok), error.advice)


def probe() -> Report:
    """Attempt everything, from a program without an event loop."""
    return asyncio.run(examine())
