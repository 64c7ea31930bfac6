"""Process 1 of a warm jail: starts the zygote, then makes the cells that the zygote's children are put into.

A cell is a process that sleeps in namespaces of its own and an empty disk of its own. It is forked from here because
this process is small. It runs nobody's code; when it is killed, everything in its cell dies with it.
"""
from __future__ import annotations

import json
import os
import signal
import socket
import struct

from . import namespaces
from .cage import Bounds, drop_powers, hide, mount_disk, seal_devices, show

CONTROL_FD = 3
ID = struct.Struct(">I")
MESSAGE_BYTES = 1 << 16
FDS = 4


def receive(link: socket.socket) -> tuple[bytes, list[int]]:
    """Read one message with the descriptors that came along; no bytes mean that the other side is gone."""
    data, fds, _flags, _address = socket.recv_fds(link, MESSAGE_BYTES, FDS)
    return data, fds


def _sleep_in_cell(bounds: Bounds, proc: int, ready: int) -> None:
    """Become the first process of a cell; never returns."""
    try:
        os.closerange(CONTROL_FD, min(proc, ready))
        os.closerange(min(proc, ready) + 1, max(proc, ready))
        os.closerange(max(proc, ready) + 1, 4096)
        show()
        namespaces.new_user(proc, namespaces.CELL, os.getuid(), os.getgid())
        os.close(proc)
        mount_disk(bounds)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever loses his parent here is collected by the kernel
        drop_powers()
        # The zygote's children may join only the namespaces of a process they could look into.
        show()
    except OSError as error:
        os.write(ready, str(error).encode()[:500] or b"?")
        os._exit(70)
    os.close(ready)
    while True:
        signal.pause()


class Keeper:
    """Makes cells as asked and hands each to the zygote."""

    def __init__(self, control: socket.socket, zygote: socket.socket, proc: int) -> None:
        """Keep the sockets and the way to /proc."""
        self.control = control
        self.zygote = zygote
        self.proc = proc
        self.own = os.pidfd_open(os.getpid())

    def make(self, number: bytes, bounds: Bounds, fds: list[int]) -> None:
        """Make one cell and have a process forked into it."""
        reading, writing = os.pipe()
        # Back to our own first: a process may name a new namespace for its children only once.
        namespaces.join(self.own, namespaces.NEW_PID)
        namespaces.unshare(namespaces.NEW_PID)
        cell = os.fork()
        if cell == 0:
            _sleep_in_cell(bounds, self.proc, writing)
        os.close(writing)
        pidfd = os.pidfd_open(cell)
        said = os.read(reading, 500)
        os.close(reading)
        if said:
            self.control.send(b"X" + number + said)
        else:
            try:
                socket.send_fds(self.zygote, [number], [pidfd, *fds])
            except OSError:
                os._exit(1)  # without the zygote nothing here is of use, and with this process everything ends
        os.close(pidfd)

    def serve(self) -> None:
        """Make cells until the other side is gone."""
        while True:
            data, fds = receive(self.control)
            if not data:
                return
            try:
                self.make(data[: ID.size], Bounds(**json.loads(data[ID.size :])), fds)
            except OSError as error:
                self.control.send(b"X" + data[: ID.size] + str(error).encode()[:500])
            for fd in fds:
                os.close(fd)


def _start_zygote(modules: list[str], outward: int, inner: socket.socket, proc: int) -> None:
    """Become the zygote; never returns."""
    from . import zygote

    code = 1
    try:
        code = zygote.main(modules, socket.socket(fileno=outward), inner, proc)
    finally:
        os._exit(code)


def main(control: int) -> None:
    """Serve requests that come over a socket until the other side closes it."""
    if control != CONTROL_FD:
        os.dup2(control, CONTROL_FD)
    os.closerange(CONTROL_FD + 1, 4096)
    link = socket.socket(fileno=CONTROL_FD)
    proc = namespaces.take_proc()
    seal_devices()
    data, fds = receive(link)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        link.close()
        ours.close()
        _start_zygote(json.loads(data), fds[0], theirs, proc)
    theirs.close()
    os.close(fds[0])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    hide()
    Keeper(link, ours, proc).serve()
    os._exit(0)
