"""Proves what this host's isolation is worth by attempting each thing it must prevent, in throw-away boxes.

A probe that only read settings would also pass on a kernel that ignores them.
"""
from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import dataclass

from runner import advice
from runner.cold import ColdRunner
from runner.errors import CannotIsolate
from runner.job import MIB, Isolation, Job, Limits, Outcome, Result

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
class Report:
    """What a host can be trusted with, and what that rests on."""

    level: Isolation
    checks: tuple[Check, ...]

    @property
    def faults(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.ok)


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
    ("network", "connecting to this host", ("ECONNREFUSED", "ENETUNREACH"), "A run could reach your network."),
    ("mount", "mounting a file system", ("EPERM",), "A run could undo its own walls."),
    ("namespace", "making a user namespace", ("EPERM",), "A run could reach rarely tested parts of the kernel."),
    ("bytes", "filling the disk", ("ENOSPC",), "A run could fill this host's memory with files."),
    ("inodes", "making files without end", ("ENOSPC",), "A run could use up this host's inodes."),
)


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


async def examine(runner: ColdRunner | None = None) -> Report:
    """Attempt everything, in three boxes; takes under a second on an idle host."""
    runner = runner or ColdRunner(Isolation.REDUCED)
    limits = Limits(
        wall_s=10, memory_bytes=_MEMORY, processes=_PROCESSES, disk_bytes=_DISK, disk_files=_FILES, stdout_bytes=4096
    )
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            source = _ATTEMPTS.replace("PORT", str(server.getsockname()[1])).replace("SIZE", str(_DISK))
            sources = (source, _HOARD, _FORKS)
            tried, hoard, forks = [await runner.run(Job(source=source, limits=limits)) for source in sources]
    except CannotIsolate as error:
        why = "Without it no code of a stranger can be run."
        return Report(Isolation.NONE, (Check("sandbox", ok=False, found=error.what, why=why, fix=error.advice),))
    said = json.loads(tried.stdout) if tried.outcome is Outcome.OK else {}
    checks = (*_attempt_checks(said), _memory_check(hoard), _process_check(forks), _group_check(tried))
    return Report(level_of(checks), checks)


def probe() -> Report:
    """Attempt everything, from a program without an event loop."""
    return asyncio.run(examine())
