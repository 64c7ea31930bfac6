"""The box's first process: imports the libraries once, then forks a caged child for every call it is sent.

Being process 1 of its namespace, it cannot be killed from within, and everything in the box dies with it. It keeps the
capability to mount, in a user namespace that owns nothing else, so that every child gets an empty disk. What it reports
is not believed outside beyond what a learner could also have returned.
"""
from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import struct
import sys
import tempfile
import time
import warnings
from typing import Any

from . import filters
from .cage import Bounds, enter, enter_bare, hide, seal_devices
from .harness import Program, Task, run, settle

CONTROL_FD = 3
FRAME_FD = 3  # in the child, where the control socket is closed
CHUNK = 1 << 16
REAP_MS = 20
DONE = struct.Struct(">iQQ?")
CAGED, UNCAGED = b"\x01", b"\x00"


class Ended:
    """How one child ended: wait status, CPU and memory as this process saw them, and whether it wrote too much."""

    __slots__ = ("cpu_us", "overlong", "peak_kib", "raw", "status")

    def __init__(self, *, status: int, cpu_us: int, peak_kib: int, overlong: bool, raw: bytes) -> None:
        """Keep it."""
        self.status = status
        self.cpu_us = cpu_us
        self.peak_kib = peak_kib
        self.overlong = overlong
        self.raw = raw


def receive() -> bytes | None:
    """Read one length-prefixed message, or None when the other side is gone."""
    head = _exactly(4)
    return None if head is None else _exactly(int(struct.unpack(">I", head)[0]))


def _exactly(size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(CONTROL_FD, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def send(kind: bytes, body: bytes = b"") -> None:
    """Write one length-prefixed message of a kind."""
    view = memoryview(struct.pack(">I", len(kind) + len(body)) + kind + body)
    while view:
        view = view[os.write(CONTROL_FD, view) :]


def warm(modules: list[str]) -> None:
    """Import the libraries a job may need, and compute nothing with them."""
    # Nothing can be written yet, and torch's compiler looks for a place to write as it is imported.
    tempfile.tempdir = "/tmp"  # the only one there will be
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", "/tmp")  # the same
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in modules:
            importlib.import_module(name)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
    gc.collect()
    gc.freeze()


def boxed() -> bool:
    """Say whether this is the first process of its own namespace, as it is in every jail."""
    return os.getpid() == 1


def _child(program: Program, task: Task, bounds: Bounds, frame_fd: int) -> None:
    """Become a caged run; never returns."""
    try:
        os.dup2(frame_fd, FRAME_FD)  # first, for it is where a failure of what follows is told
        os.dup2(os.open("/dev/null", os.O_RDWR), 0)  # one opened for all calls would carry marks from call to call
        os.closerange(FRAME_FD + 1, 4096)
        (enter if os.getppid() == 1 else enter_bare)(bounds)
    except OSError as error:
        os.write(FRAME_FD, UNCAGED + str(error).encode())
        os._exit(70)
    try:
        os.write(FRAME_FD, CAGED)
        settle()
        run(program, task, FRAME_FD)
    finally:
        os._exit(0)


def _reap(child: int) -> tuple[int, Any] | None:
    """Collect every process that has ended; return how the child did, once it has."""
    ended = None
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        if pid == child:
            ended = (status, usage)


def _end_all(child: int) -> None:
    """Kill whatever the child left behind and wait until none of it exists."""
    while True:
        with contextlib.suppress(ProcessLookupError):
            # Only in a process namespace of our own does -1 mean the box; without a jail it would mean the user.
            os.kill(-1 if boxed() else -child, signal.SIGKILL)
        try:
            os.wait4(-1, 0)
        except ChildProcessError:
            return


def follow(child: int, frames: int, cap: int) -> Ended:
    """Read what a child writes until it ends, forwarding nothing until then but that it has started."""
    poll = select.poll()
    pidfd = os.pidfd_open(child)
    poll.register(frames, select.POLLIN)
    poll.register(pidfd, select.POLLIN)
    raw = bytearray()
    ended = None
    while ended is None:
        ready = dict(poll.poll(REAP_MS))
        if frames in ready:
            part = os.read(frames, CHUNK)
            if not part:
                poll.unregister(frames)
            if part and not raw and part[:1] == CAGED:
                send(b"S")
            raw += part
            if len(raw) > cap:
                os.kill(child, signal.SIGKILL)
                poll.unregister(frames)
        ended = _reap(child)
    os.close(pidfd)
    _end_all(child)
    while len(raw) <= cap and (part := os.read(frames, CHUNK)):
        raw += part
    status, usage = ended
    cpu = int((usage.ru_utime + usage.ru_stime) * 1e6)
    return Ended(
        status=status, cpu_us=cpu, peak_kib=usage.ru_maxrss, overlong=len(raw) > cap, raw=bytes(raw[:cap])
    )


def serve(program: Program, bounds: Bounds, message: dict[str, Any]) -> None:
    """Run one call in a fresh child and report how it ended."""
    task = Task.read(message)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _child(program, task, bounds, writing)
    os.close(writing)
    # One byte says "caged", four the length; one more than that and the cap is too much.
    ended = follow(child, reading, task.cap + 5)
    os.close(reading)
    report = DONE.pack(ended.status, ended.cpu_us, ended.peak_kib, ended.overlong)
    send(b"D", report + ended.raw)


def main(control: int) -> None:
    """Serve calls that come over a socket until the other side closes it."""
    if control != CONTROL_FD:
        os.dup2(control, CONTROL_FD)
    os.closerange(CONTROL_FD + 1, 4096)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # process 1 ignores what it has no handler for
    hide()
    if boxed():
        seal_devices()
    filters.program(os.uname().machine)  # compiled once, for every child
    setup = json.loads(receive() or b"{}")
    began = time.perf_counter()
    try:
        warm(setup["modules"])
    except BaseException as error:  # a library may fail in any way; the other side is told
        send(b"F", f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    program = Program.read(setup["program"])
    bounds = Bounds(**setup["bounds"])
    send(b"R", str(int((time.perf_counter() - began) * 1000)).encode())
    while (message := receive()) is not None:
        serve(program, bounds, json.loads(message))
    os._exit(0)
