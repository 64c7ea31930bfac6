"""Starts a jail's process and puts it in its group before anything inside runs; hands back a session.

As root it goes through `launch`, so that the jail never runs with the host's user 0.
"""
from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, replace

from runner import bwrap, launch
from runner.advice import explain
from runner.errors import CannotIsolate
from runner.libraries import HERE, JailProgram, jail_program
from runner.session import Box, Session, Sink

UNPRIVILEGED = 60706  # the first of a range of ids that no account, container or service is given
_ORDER_BYTES = 60_000  # less than a pipe holds, so that writing it never waits

MakeJail = Callable[[int, int, int], bwrap.Jail]
"""Builds a jail from its info, block and control descriptors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What starting a jail depends on."""

    make: MakeJail
    stdout_cap: int
    stderr_cap: int
    join: Callable[[int], None]  # moves a process into the run's group
    allowance_s: float


class _Ends:
    """The descriptors between us and a box: ours until handed over, theirs until the box has been started."""

    def __init__(self, kind: socket.SocketKind = socket.SOCK_STREAM) -> None:
        self.ours = ExitStack()
        self.theirs = ExitStack()
        self.control, inner = socket.socketpair(socket.AF_UNIX, kind)
        self.ours.enter_context(self.control)
        self.theirs.enter_context(inner)
        self.inner = inner.fileno()
        self.stdout, self.stdout_in = self._outward()
        self.stderr, self.stderr_in = self._outward()
        self.info, self.info_in = self._outward()
        self.block, self.block_out = self.inward()

    def _outward(self) -> tuple[int, int]:
        """Make a pipe that they write and we read."""
        ours, other = os.pipe()
        self.ours.callback(os.close, ours)
        self.theirs.callback(os.close, other)
        return ours, other

    def inward(self) -> tuple[int, int]:
        """Make a pipe that we write and they read."""
        other, ours = os.pipe()
        self.ours.callback(os.close, ours)
        self.theirs.callback(os.close, other)
        return ours, other

    def start(self, command: list[str], executable: str, passed: list[int]) -> subprocess.Popen[bytes]:
        """Start a program that gets these descriptors, and nothing of our environment."""
        return subprocess.Popen(  # our own program, no shell
            command,
            executable=executable,
            stdin=subprocess.DEVNULL,
            stdout=self.stdout_in,
            stderr=self.stderr_in,
            pass_fds=passed,
            cwd="/",
            env={},
            umask=0o077,
        )


def _through_launcher(jail: bwrap.Jail, program: JailProgram, ends: _Ends) -> tuple[list[str], int]:
    """Return the launcher's command and the descriptor on which its order waits."""
    paths = [program.path, program.libraries, *dict.fromkeys(bind.source for bind in jail.binds)]
    moved = {path: launch.staged(index) for index, path in enumerate(paths)}
    order = launch.order(UNPRIVILEGED, paths, bwrap.arguments(replace(jail, moved=moved)))
    if len(order) > _ORDER_BYTES:
        raise CannotIsolate("The sandbox's command line is too long.", "Install into a folder with a shorter path.")
    # A pipe's closed end is how the launcher knows that its order is complete, so ours is closed right away.
    other, ours = os.pipe()
    ends.theirs.callback(os.close, other)
    os.write(ours, order)
    os.close(ours)
    return [sys.executable, "-I", "-S", str(launch.__file__), str(other)], other


def _start_jail(start: Start, ends: _Ends) -> subprocess.Popen[bytes]:
    program = jail_program()
    jail = start.make(ends.info_in, ends.block_out, ends.inner)
    passed = [ends.info_in, ends.block_out, ends.inner]
    if os.geteuid() != 0:
        return ends.start(bwrap.arguments(jail), program.path, passed)
    command, order = _through_launcher(jail, program, ends)
    return ends.start(command, sys.executable, [*passed, order])


def _start_bare(start: Start, ends: _Ends) -> subprocess.Popen[bytes]:
    command = bwrap.bare_python(sys.executable, str(HERE.parent), sys.path, ends.inner)
    return ends.start(command, sys.executable, [ends.inner])


async def _session(start: Start, ends: _Ends, process: subprocess.Popen[bytes]) -> Session:
    alarm = asyncio.Event()
    ends.control.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=ends.control)
    stdout = Sink(ends.stdout, start.stdout_cap, alarm.set)
    stderr = Sink(ends.stderr, start.stderr_cap, alarm.set)
    return Session(process=process, reader=reader, writer=writer, stdout=stdout, stderr=stderr, alarm=alarm)


def _box(start: Start, ends: _Ends, process: subprocess.Popen[bytes]) -> Box:
    alarm = asyncio.Event()
    stdout = Sink(ends.stdout, start.stdout_cap, alarm.set)
    stderr = Sink(ends.stderr, start.stderr_cap, alarm.set)
    return Box(process=process, stdout=stdout, stderr=stderr, alarm=alarm)


def _started(start: Start, ends: _Ends) -> subprocess.Popen[bytes]:
    """Start the jail's process; what is ours of the descriptors is then to be closed by whoever gets it.

    Raises:
        CannotIsolate: when the program does not even start; nothing of it is left.
    """
    with ends.ours:
        try:
            with ends.theirs:
                process = _start_jail(start, ends)
        except OSError as error:
            raise CannotIsolate(*explain("", error)) from error
        ends.ours.pop_all()
    return process


async def _released(box: Box, start: Start, ends: _Ends) -> None:
    """Put a jail that has been started in its group, and let it run.

    Raises:
        CannotIsolate: when it does not come up; nothing of it is left.
    """
    async with AsyncExitStack() as undo:
        undo.push_async_callback(box.end)
        try:
            await _release(box, start, ends)
        except (OSError, ValueError, KeyError) as error:
            await box.end()  # only then is all it said known
            raise CannotIsolate(*explain(bytes(box.stderr.data).decode("utf-8", "replace"), error)) from error
        undo.pop_all()
    box.watch()


async def open_session(start: Start) -> Session:
    """Start a jail whose first process is spoken with in messages.

    Raises:
        CannotIsolate: when it does not come up; nothing of it is left.
    """
    ends = _Ends()
    process = _started(start, ends)
    session = await _session(start, ends, process)
    await _released(session, start, ends)
    return session


async def open_box(start: Start) -> tuple[Box, socket.socket]:
    """Start a jail and return it with a socket that carries messages and descriptors.

    Raises:
        CannotIsolate: when it does not come up; nothing of it is left.
    """
    ends = _Ends(socket.SOCK_SEQPACKET)
    box = _box(start, ends, _started(start, ends))
    with ExitStack() as undo:
        undo.enter_context(ends.control)
        await _released(box, start, ends)
        undo.pop_all()
    ends.control.setblocking(False)
    return box, ends.control


async def open_bare_session(start: Start) -> Session:
    """Start the same program without any jail, for code one would run oneself."""
    ends = _Ends()
    with ends.theirs:
        process = _start_bare(start, ends)
    session = await _session(start, ends, process)
    session.inside = process.pid
    os.close(ends.info)
    os.close(ends.block)
    session.watch()
    return session


async def _release(box: Box, start: Start, ends: _Ends) -> None:
    """Let the box go, once its first process is in its group."""
    try:
        box.inside = await asyncio.wait_for(_first_process(ends.info), start.allowance_s)
        start.join(box.inside)
        os.write(ends.block, b"x")
    finally:
        os.close(ends.info)
        os.close(ends.block)


async def _first_process(info: int) -> int:
    """Read the id of the box's first process from the jail's own report."""
    os.set_blocking(info, False)
    data = b""
    while b"}" not in data:
        await _readable(info)
        part = os.read(info, 4096)
        if not part:
            raise ValueError("it ended while it was being built")
        data += part
    return int(json.loads(data)["child-pid"])


async def _readable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
