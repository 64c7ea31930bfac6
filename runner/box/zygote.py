"""The warm process: has the libraries imported and nothing computed, and forks one worker into each cell it is handed.

It never sees a job. A worker joins its cell, gives up every power, says that it is ready, and only then is sent a task.
"""
from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import sys
from typing import Any

from . import filters, namespaces
from .cage import Bounds, enter_cell, limit_job
from .harness import Program, Task, forget, run, settle
from .init import warm
from .keeper import receive

TASK_FD = 3  # in a worker: tasks come in, one frame goes out for each
EXITED = struct.Struct(">4siQQ")  # id, wait status, CPU in microseconds, peak in KiB


def _exactly(size: int) -> bytes:
    parts = []
    while size:
        part = os.read(TASK_FD, min(size, 1 << 20))
        if not part:
            os._exit(0)  # nothing more is wanted of this worker
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _message() -> dict[str, Any]:
    (size,) = struct.unpack(">I", _exactly(4))
    message: dict[str, Any] = json.loads(_exactly(size))
    return message


def work() -> None:
    """Run the tasks of one group, each with a fresh module; a frame is written before anything is torn down."""
    close, leave = os.close, os._exit  # bound now: a learner may rebind them, to no one's harm but his own
    order = _message()
    program = Program.read(order["program"])
    limit_job(Bounds(**order["bounds"]))
    settle()
    while True:
        run(program, Task.read(order["task"]), TASK_FD)
        if order["last"]:
            close(TASK_FD)  # tells the end at once; taking this process apart takes longer
            leave(0)
        order = _message()
        forget()


def _child(cell: int, fds: list[int]) -> None:
    """Become a worker; never returns."""
    task, stdout, stderr = fds
    told = task
    try:
        namespaces.join(cell, namespaces.CELL)
        # A descriptor that was opened once for all would carry marks from run to run.
        nothing = os.open("/dev/null", os.O_RDWR)
        for number, fd in ((0, nothing), (1, stdout), (2, stderr), (TASK_FD, task)):
            os.dup2(fd, number)
        told = TASK_FD
        os.closerange(TASK_FD + 1, 4096)
        enter_cell()
    except OSError as error:
        try:
            os.write(told, b"X" + str(error).encode()[:500])
        finally:
            os._exit(70)
    try:
        os.write(TASK_FD, b"R")
        work()
    finally:
        os._exit(0)


class Zygote:
    """Forks workers, and says how each ended."""

    def __init__(self, control: socket.socket, cells: socket.socket, proc: int) -> None:
        """Start without workers."""
        self.control = control
        self.cells = cells
        self.proc = proc
        self.workers: dict[int, tuple[int, bytes]] = {}  # by process descriptor: id, and the cell's number
        self.poll = select.poll()
        self.poll.register(cells, select.POLLIN)
        self.poll.register(control, select.POLLIN)

    def fork(self, number: bytes, cell: int, fds: list[int]) -> None:
        """Fork one worker into a cell and tell the other side of both."""
        if (threads := namespaces.threads(self.proc)) != 1:
            # The copy would have one thread, and locks that the others held would stay locked in it for ever.
            raise OSError(f"the zygote has {threads} threads")
        namespaces.join(cell, namespaces.NEW_PID)
        worker = os.fork()
        if worker == 0:
            _child(cell, fds)
        pidfd = os.pidfd_open(worker)
        self.workers[pidfd] = worker, number
        self.poll.register(pidfd, select.POLLIN)
        socket.send_fds(self.control, [b"C" + number], [cell, pidfd])

    def _hand(self) -> bool:
        number, fds = receive(self.cells)
        try:
            if number:
                self.fork(number, fds[0], fds[1:])
        except OSError as error:
            signal.pidfd_send_signal(fds[0], signal.SIGKILL)  # no one else could end a cell that got no worker
            self.control.send(b"X" + number + str(error).encode()[:500])
        for fd in fds:
            os.close(fd)
        return bool(number)

    def _reap(self, pidfd: int) -> None:
        worker, number = self.workers.pop(pidfd)
        _pid, status, usage = os.wait4(worker, 0)
        self.poll.unregister(pidfd)
        os.close(pidfd)
        cpu = int((usage.ru_utime + usage.ru_stime) * 1e6)
        self.control.send(b"E" + EXITED.pack(number, status, cpu, usage.ru_maxrss))

    def serve(self) -> None:
        """Fork until the other side, or the keeper, is gone."""
        while True:
            for fd, _events in self.poll.poll():
                if fd in self.workers:
                    self._reap(fd)
                elif fd == self.control.fileno() or not self._hand():
                    return


def main(modules: list[str], control: socket.socket, cells: socket.socket, proc: int) -> int:
    """Import what was asked for and serve; return the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        warm(modules)
    except BaseException as error:  # a library may fail in any way; the other side is told
        control.send(b"F" + f"{type(error).__name__}: {error}".encode()[:1000])
        return 1
    filters.program(os.uname().machine)  # compiled once, for all to come
    huge = namespaces.gather_memory(proc)
    control.send(b"R" + json.dumps({"modules": len(sys.modules), "huge": huge}).encode())
    Zygote(control, cells, proc).serve()
    return 0
