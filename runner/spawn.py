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
from contextlib import ExitStack
from dataclasses import dataclass, replace

from runner import bwrap, launch
from runner.advice import explain
from runner.errors import CannotIsolate
from runner.libraries import JailProgram
from runner.session import Session, Sink

UNPRIVILEGED = 60706  # the first of a range of ids that no account, container or service is given
_ORDER_BYTES = 60_000  # less than a pipe holds, so that writing it never waits

MakeJail = Callable[[int, int, int], bwrap.Jail]
"""Builds a jail from its info, block and control descriptors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What starting a jail depends on."""

    make: MakeJail
    program: JailProgram
    stdout_cap: int
    stderr_cap: int
    join: Callable[[int], None]  # moves a process into the run's group
    allowance_s: float


@dataclass(frozen=True, slots=True)
class _Ends:
    """Our ends of the pipes to a jail."""

    control: socket.socket
    info: int
    block: int
    stdout: int
    stderr: int


def _outward(theirs: ExitStack) -> tuple[int, int]:
    """Make a pipe that they write and we read."""
    ours, other = os.pipe()
    theirs.callback(os.close, other)
    return ours, other


def _inward(theirs: ExitStack) -> tuple[int, int]:
    """Make a pipe that we write and they read."""
    other, ours = os.pipe()
    theirs.callback(os.close, other)
    return ours, other


def _through_launcher(jail: bwrap.Jail, program: JailProgram, theirs: ExitStack) -> tuple[list[str], int]:
    """Return the launcher's command and the descriptor on which its order waits."""
    paths = [program.path, program.libraries, *dict.fromkeys(bind.source for bind in jail.binds)]
    moved = {path: launch.staged(index) for index, path in enumerate(paths)}
    order = launch.order(UNPRIVILEGED, paths, bwrap.arguments(replace(jail, moved=moved)))
    if len(order) > _ORDER_BYTES:
        raise CannotIsolate("The sandbox's command line is too long.", "Install into a folder with a shorter path.")
    ours, other = _inward(theirs)
    os.write(ours, order)
    os.close(ours)
    return [sys.executable, "-I", "-S", str(launch.__file__), str(other)], other


def _spawn(start: Start, ends: ExitStack) -> tuple[subprocess.Popen[bytes], _Ends]:
    with ExitStack() as theirs:
        control, inner = socket.socketpair()
        theirs.enter_context(inner)
        ends.enter_context(control)
        (info, info_in), (out, out_in), (err, err_in) = (_outward(theirs) for _ in range(3))
        block, block_out = _inward(theirs)
        for fd in (info, out, err, block):
            ends.callback(os.close, fd)
        jail = start.make(info_in, block_out, inner.fileno())
        passed = [info_in, block_out, inner.fileno()]
        command, executable = bwrap.arguments(jail), start.program.path
        if os.geteuid() == 0:
            command, order = _through_launcher(jail, start.program, theirs)
            executable = sys.executable
            passed.append(order)
        process = subprocess.Popen(  # noqa: S603 - our own jail, no shell
            command,
            executable=executable,
            stdin=subprocess.DEVNULL,
            stdout=out_in,
            stderr=err_in,
            pass_fds=passed,
            cwd="/",
            env={},
            umask=0o077,
        )
    return process, _Ends(control, info, block, out, err)


async def open_session(start: Start) -> Session:
    """Start a jail and let it run.

    Raises:
        CannotIsolate: when it does not come up; nothing of it is left.
    """
    with ExitStack() as ends:
        try:
            process, ours = _spawn(start, ends)
        except OSError as error:
            raise CannotIsolate(*explain("", error)) from error
        ends.pop_all()
    alarm = asyncio.Event()
    ours.control.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=ours.control)
    stdout = Sink(ours.stdout, start.stdout_cap, alarm.set)
    stderr = Sink(ours.stderr, start.stderr_cap, alarm.set)
    session = Session(process, reader, writer, stdout, stderr, alarm=alarm)
    try:
        session.inside = await asyncio.wait_for(_first_process(ours.info), start.allowance_s)
        start.join(session.inside)
        os.write(ours.block, b"x")
    except (OSError, ValueError, KeyError) as error:
        await session.end()
        raise CannotIsolate(*explain(bytes(stderr.data).decode("utf-8", "replace"), error)) from error
    finally:
        os.close(ours.info)
        os.close(ours.block)
    stdout.watch()
    stderr.watch()
    return session


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
