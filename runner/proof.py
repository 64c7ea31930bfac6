"""Proves that a contained run can do none of what it must not, by attempting each thing in one. Decides no policy.

A setting that is only read would also look right on a kernel that ignores it.
"""
from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner import advice
from runner.errors import CannotIsolate
from runner.job import MIB, Isolation, Job, Limits, Outcome, Result, Run
from runner.probe import Check, Report, level_of, said_of

_LIMITS = Limits(wall_s=10, memory_bytes=64 * MIB, processes=12, stdout_bytes=8192)

# Runs confined. Every line tries something that must not work and notes what the kernel said.
_ATTEMPTS = """
import ctypes, errno, json, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
said = {}

def attempt(name, do):
    try:
        do()
        said[name] = "worked"
    except OSError as error:
        said[name] = errno.errorcode.get(error.errno, "?") if error.errno else type(error).__name__

def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)

def fork():
    if os.fork() == 0:
        os._exit(0)

attempt("read", lambda: open("/etc/passwd"))
attempt("list", lambda: os.listdir("/"))
attempt("processes", lambda: open(f"/proc/{OTHER}/environ"))
attempt("memory of others", lambda: open(f"/proc/{OTHER}/mem", "rb"))
attempt("own files", lambda: open(VICTIM))
attempt("write", lambda: open(VICTIM, "r+"))
attempt("plant", lambda: open(os.path.join(os.path.dirname(os.__file__), "planted.py"), "w"))
attempt("keep", lambda: open("/tmp/kept", "w"))
attempt("share", lambda: open("/dev/shm/kept", "w"))
attempt("cut off", lambda: os.truncate(VICTIM, 0))
attempt("mode", lambda: os.chmod(VICTIM, 0o777))
attempt("delete", lambda: os.unlink(VICTIM))
attempt("network", lambda: socket.create_connection(("127.0.0.1", PORT), 1))
attempt("name lookup", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt("local service", lambda: socket.socket(socket.AF_UNIX).connect(NAMED))
attempt("datagrams", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
attempt("signal", lambda: os.kill(OTHER, 0))
attempt("signal its parent", lambda: os.kill(os.getppid(), 0))
attempt("signal all", lambda: os.kill(-1, 0))
attempt("trace", lambda: call("ptrace", 16, os.getppid(), 0, 0))
attempt("slow others down", lambda: os.setpriority(os.PRIO_USER, 0, 19))
attempt("fork", fork)
attempt("program", lambda: os.execv(sys.executable, ["python", "-V"]))
attempt("namespace", lambda: call("unshare", 0x10000000))
attempt("mount", lambda: call("mount", b"x", b"/tmp", b"tmpfs", 0, b""))
attempt("shared memory", lambda: call("shmget", 77, 4096, 0o1600))
attempt("queue", lambda: call("mq_open", b"/kept", 0o102, 0o600, None))
attempt("hidden memory", lambda: os.memfd_create("kept"))
attempt("outlive", lambda: call("prctl", 1, 0, 0, 0, 0))
said["uid"] = os.getuid()
print(json.dumps(said))
"""
_HOARD = "hoard = []\nwhile True:\n    hoard.append(bytearray(1 << 20))\n"
_SHARED_HOARD = "import mmap\nhoard = []\nwhile True:\n    hoard.append(mmap.mmap(-1, 1 << 20))\n    hoard[-1].write(bytes(1 << 20))\n"
_THREADS = """
import threading
made, wait = 1, threading.Event()
try:
    while made < 200:
        threading.Thread(target=wait.wait, daemon=True).start()
        made += 1
except RuntimeError:
    pass
print(made)
"""

# What must have been said: name, what was attempted, the answer, why it matters.
_FILES = "A run could read or change what belongs to this host or to the bot."
_OTHERS = "A run could reach, stop or slow down other processes."
_LEFT = "A run could leave something for the next one, or take more than it is given."
_NETWORK = "A run could reach your network, or a service of this host."
_KERNEL = "A run could reach rarely tested parts of the kernel."
EXPECTED = (
    ("read", "reading /etc/passwd", "EACCES", _FILES),
    ("list", "listing the root folder", "EACCES", _FILES),
    ("own files", "reading a file of this user", "EACCES", _FILES),
    ("write", "writing to a file of this user", "EACCES", _FILES),
    ("cut off", "cutting off a file of this user", "EACCES", _FILES),
    ("mode", "changing the mode of a file of this user", "EPERM", _FILES),
    ("delete", "deleting a file of this user", "EACCES", _FILES),
    ("plant", "writing beside a library", "EACCES", _FILES),
    ("processes", "reading the environment of another process", "EACCES", _OTHERS),
    ("memory of others", "opening the memory of another process", "EACCES", _OTHERS),
    ("signal", "signalling another process", "EPERM", _OTHERS),
    ("signal its parent", "signalling its own first process", "EPERM", _OTHERS),
    ("signal all", "signalling everyone", "EPERM", _OTHERS),
    ("trace", "tracing its own first process", "EPERM", _OTHERS),
    ("slow others down", "changing the priority of this user's processes", "EPERM", _OTHERS),
    ("fork", "starting a process", "EPERM", _LEFT),
    ("program", "starting a program", "EPERM", _LEFT),
    ("keep", "making a file in /tmp", "EACCES", _LEFT),
    ("share", "making a file in /dev/shm", "EACCES", _LEFT),
    ("shared memory", "making shared memory that outlives it", "EPERM", _LEFT),
    ("queue", "making a queue that outlives it", "EPERM", _LEFT),
    ("hidden memory", "making memory that no process is charged for", "EPERM", _LEFT),
    ("outlive", "asking to outlive its first process", "EPERM", _LEFT),
    ("network", "connecting to this host", "EPERM", _NETWORK),
    ("name lookup", "making a datagram socket", "EPERM", _NETWORK),
    ("local service", "connecting to a local service", "EPERM", _NETWORK),
    ("datagrams", "making a pair of sockets that could be led elsewhere", "EPERM", _NETWORK),
    ("namespace", "making a user namespace", "EPERM", _KERNEL),
    ("mount", "mounting a file system", "EPERM", _KERNEL),
)


def _check(name: str, *, ok: bool, found: str, why: str) -> Check:
    return Check(name, ok, found, why, "" if ok else advice.no_containment(name))


def read(said: dict[str, object]) -> list[Check]:
    """Judge what a run said of its attempts; what it did not mention did not hold. Pure."""
    checks = []
    for name, what, accepted, why in EXPECTED:
        answer = str(said.get(name, "nothing was said"))
        checks.append(_check(name, ok=answer == accepted, found=f"{what}: {answer}", why=why))
    ordinary = said.get("uid") not in (0, None)
    found = f"the user it runs as is not root: {ordinary}"
    return [*checks, _check("user", ok=ordinary, found=found, why=_FILES)]


def _limits(hoard: Result, shared: Result, threads: Result) -> list[Check]:
    by = "by a watch from outside"
    checks = [
        _check(name, ok=result.outcome is Outcome.MEMORY, found=f"{what}: {result.outcome}, {by}", why=_LEFT)
        for name, what, result in (
            ("memory", "taking memory without end", hoard),
            ("memory that can be shared", "taking memory that can be shared without end", shared),
        )
    ]
    made = int(threads.stdout) if threads.stdout.strip().isdigit() else -1
    found = f"starting threads without end: stopped at {made}"
    # A user's other threads are counted too, and may come and go while one counts.
    limited = _LIMITS.processes // 2 <= made <= _LIMITS.processes * 2
    return [*checks, _check("threads", ok=limited, found=found, why=_LEFT)]


@contextmanager
def _within_reach() -> Iterator[dict[str, object]]:
    """Offer what an unconfined process of this user could reach: a file, a port and a local service."""
    with (
        tempfile.TemporaryDirectory(prefix="epochbot-proof-") as folder,
        socket.create_server(("127.0.0.1", 0)) as port,
        socket.socket(socket.AF_UNIX) as named,
    ):
        victim = Path(folder, "victim")
        victim.write_text("untouched")
        named.bind(f"{folder}/s")
        named.listen()
        yield {"VICTIM": str(victim), "PORT": port.getsockname()[1], "NAMED": f"{folder}/s", "OTHER": os.getpid()}


async def examine(run: Run) -> Report:
    """Attempt everything in contained runs; takes about a second."""
    try:
        with _within_reach() as reachable:
            names = "".join(f"{name} = {value!r}\n" for name, value in reachable.items())
            sources = (names + _ATTEMPTS, _HOARD, _SHARED_HOARD, _THREADS)
            tried, hoard, shared, threads = [await run(Job(source=source, limits=_LIMITS)) for source in sources]
        if tried.outcome is not Outcome.OK:
            raise CannotIsolate(*advice.explain(said_of(tried), ValueError(tried.outcome)))
    except (CannotIsolate, OSError) as error:
        what, fix = (error.what, error.advice) if isinstance(error, CannotIsolate) else advice.explain("", error)
        return Report(Isolation.NONE, (Check("contained", ok=False, found=what, why=advice.NOTHING_RUNS, fix=fix),))
    groups = Check("groups", ok=False, found="control groups: none is used", why=_LEFT, fix=advice.no_groups())
    checks = (*read(json.loads(tried.stdout)), *_limits(hoard, shared, threads), groups)
    return Report(level_of(checks), checks)
