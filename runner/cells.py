"""One warm worker in its cell, as seen from outside: sends it tasks, collects what it writes, ends it.

Knows bytes, limits and time, and nothing of jobs, verdicts or what a value means.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from runner.groups import Group
from runner.session import CHUNK, HEAD, Sink

SEND_S = 20.0
WORD_S = 1.0  # how long word of an end is waited for, which the zygote sends at once
_AGAIN_S = 0.005
_PROCESS_CLOCK = 2  # with the complement of a process id: the clock of its processor time, as the C library makes it


@dataclass(frozen=True, slots=True)
class Exit:
    """How a worker ended, as the zygote saw it."""

    status: int
    cpu_us: int
    peak_kib: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was seen of one task."""

    raw: bytes | None  # what the worker wrote; None when its host was lost
    status: int
    overlong: bool
    timed_out: bool
    wall_ms: float
    complete: bool  # exactly one frame, and the worker can take another task


class LostError(Exception):
    """The cell, or what should have made it, is gone: our fault, never the learner's."""


class Cell:
    """A worker that waits for a task, or runs one."""

    def __init__(self, task: socket.socket, stdout: int, stderr: int, forgotten: Callable[[Cell], None]) -> None:
        """Start with the ends of ours; the rest becomes known as the cell is made."""
        self.task = task
        self.task_fd = task.fileno()
        self.stdout = Sink(stdout, 0, self.alarm)
        self.stderr = Sink(stderr, 0, self.alarm)
        self.forgotten = forgotten
        self.first = -1  # process descriptor of the cell's first process
        self.pids = (0, 0)  # of the first process and of the worker, as this host counts
        self.group: Group | None = None
        self.placing: asyncio.Future[None] | None = None  # while its group is made, in a thread
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.news = asyncio.Event()
        self.exit: Exit | None = None
        self.data = bytearray()
        self.room = 1 << 16
        self.asked = 0  # tasks sent and not answered yet
        self.end_of_data = False
        self.alarmed = False
        self.lost = ""
        self.killed = self.ended = False

    # What happens to it, told by whoever hears of it first.

    def alarm(self) -> None:
        """Have a task in progress end at once."""
        self.alarmed = True
        self.news.set()

    def fail(self, why: str) -> None:
        """Note that this cell can be used no more, and why."""
        self.lost = self.lost or why
        if not self.ready.done():
            self.ready.set_exception(LostError(why))
            self.ready.exception()  # seen: not everyone who orders a cell waits for it
        self.news.set()

    def exited(self, how: Exit) -> None:
        """Note how the worker ended, unless that is of no interest any more."""
        if self.ended:
            return
        self.exit = how
        self.read()
        if not self.ready.done():
            self.fail("the worker ended before it was ready")
        self.news.set()

    def read(self) -> None:
        """Read all there is now, as far as there is room for it."""
        while not self.end_of_data and len(self.data) <= self.room:
            try:
                part = self.task.recv(CHUNK)
            except BlockingIOError:
                return
            except OSError:
                part = b""
            self.data += part
            if not part:
                self.end_of_data = True
                asyncio.get_running_loop().remove_reader(self.task_fd)
            self.news.set()
        if len(self.data) > self.room:
            asyncio.get_running_loop().remove_reader(self.task_fd)

    def greeted(self) -> None:
        """Read what a worker says when it is ready, and nothing else."""
        self.read()
        if self.data == b"R":
            self.data.clear()
            asyncio.get_running_loop().remove_reader(self.task_fd)
            if not self.ready.done():
                self.ready.set_result(None)
        elif self.data:
            self.fail(self.data[1:].decode("utf-8", "replace"))

    # What is asked of it.

    def listen(self, stdout_cap: int, stderr_cap: int) -> None:
        """Start to collect what the worker writes, now that a task is about to come."""
        for sink, cap in ((self.stdout, stdout_cap), (self.stderr, stderr_cap)):
            sink.cap = cap
            sink.watch()
        asyncio.get_running_loop().add_reader(self.task_fd, self.read)

    def cpu_us(self) -> int | None:
        """Return the processor time the worker has used, with that of its children once it has ended.

        None while it is known neither to live nor to have ended: word of its end is on the way.
        """
        if self.exit:
            return self.exit.cpu_us
        with suppress(OSError):
            return int(time.clock_gettime((~self.pids[1] << 3) | _PROCESS_CLOCK) * 1e6)
        return None

    async def used_us(self) -> int:
        """Return the processor time the worker has used, after word of its end if that is on the way."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WORD_S):
                while self.cpu_us() is None:
                    await self.news.wait()
                    self.news.clear()
        return self.cpu_us() or 0

    @property
    def full(self) -> str:
        """The output stream that ran over, if one did."""
        return "stdout" if self.stdout.full else "stderr" if self.stderr.full else ""

    async def answer(self, orders: list[bytes], *, last: bool, wall_s: float, patience_s: float, cap: int) -> Answer:
        """Have one task run and collect what is written until it is over or a limit is passed.

        Args:
            orders: what to send, framed: this task and those sent ahead with it; nothing when this one was.
            last: whether the worker ends after this task.
            wall_s: how long it may take.
            patience_s: how long the worker may take to read what is sent.
            cap: how many bytes it, and what was sent with it, may answer with.
        """
        loop = asyncio.get_running_loop()
        self.room = cap
        # Whoever has run code of a learner's may have stopped reading, which is on the learner's time.
        sent = await self._send(b"".join(orders), patience_s) if orders else True
        self.asked += len(orders)
        began = loop.time() if sent else loop.time() - wall_s
        deadline = loop.call_at(began + wall_s, self.news.set)
        try:
            while not self._over(last=last) and loop.time() < began + wall_s:
                await self.news.wait()
                self.news.clear()
        finally:
            deadline.cancel()
        over = self._over(last=last)
        wall_ms = (loop.time() - began) * 1000
        self.stdout.drain()
        self.stderr.drain()
        self.asked -= 1
        more = bool(self.asked) and 0 <= self._frame() <= len(self.data)  # what ends after this frame is not about it
        raw = bytes(self.data[: self._frame() if more else cap + 1])
        complete = self._frame() == len(raw) and not self.alarmed and (more or not (self.exit or self.end_of_data))
        overlong = len(self.data) > cap
        if complete:
            del self.data[: len(raw)]
        return Answer(
            raw=None if self.lost else raw,
            status=self.exit.status if self.exit and not more else 0,
            overlong=overlong,
            timed_out=not over,
            wall_ms=wall_ms,
            complete=complete,
        )

    async def _send(self, orders: bytes, patience_s: float) -> bool:
        """Send messages; say whether it was read in time, or its reader is gone, which is noticed elsewhere."""
        message = memoryview(orders)
        try:
            with suppress(BlockingIOError):
                message = message[self.task.send(message) :]
            if message:
                await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(self.task, message), patience_s)
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    def _frame(self) -> int:
        """Return how long the frame being written is, with its head; -1 while that is not known."""
        if len(self.data) < HEAD.size:
            return -1
        return HEAD.size + int(HEAD.unpack_from(self.data)[0])

    def _over(self, *, last: bool) -> bool:
        if self.lost or self.alarmed or self.exit or len(self.data) > self.room:
            return True
        whole = 0 <= self._frame() <= len(self.data)
        return whole and (not last or self.end_of_data)

    def kill(self) -> None:
        """Kill everything in the cell."""
        if not self.killed and self.first >= 0:
            self.killed = True
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.first, signal.SIGKILL)

    def end(self) -> None:
        """Kill the cell; once nothing of it is left, close everything and call back."""
        if self.ended:
            return
        self.ended = True
        self.fail("it was ended")
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.task_fd)
        self.task.close()
        self.stdout.stop()
        self.stderr.stop()
        self.kill()
        if self.first >= 0:
            loop.add_reader(self.first, self._empty)
        else:
            self._forget()

    def _empty(self) -> None:
        asyncio.get_running_loop().remove_reader(self.first)
        os.close(self.first)
        self.first = -1
        self._forget()

    def _forget(self) -> None:
        loop = asyncio.get_running_loop()
        if self.placing and not self.placing.done():
            loop.call_later(_AGAIN_S, self._forget)
        elif self.group:
            # In a thread, as the kernel may take milliseconds; and it lets go of a process a moment after its end.
            removing = loop.run_in_executor(None, self.group.try_remove)
            removing.add_done_callback(self._removed)
        else:
            self._removed(None)

    def _removed(self, removing: asyncio.Future[bool] | None) -> None:
        if removing and not removing.result():
            asyncio.get_running_loop().call_later(_AGAIN_S, self._forget)
            return
        if not self.gone.done():
            self.gone.set_result(None)
        self.forgotten(self)
