"""Owns one live jail: starts its process, speaks with the process inside, collects output, ends everything.

Knows limits on bytes and time it is given, and nothing of jobs, verdicts or what a value means.
"""
from __future__ import annotations

import asyncio
import json
import os
import signal
import struct
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

END_S = 5.0
HEAD = struct.Struct(">I")
DONE = struct.Struct(">iQQ?")
CHUNK = 1 << 16


class Sink:
    """Collects one output stream up to a cap; one byte more and it says so and forgets the rest."""

    def __init__(self, fd: int, cap: int, on_full: Callable[[], None]) -> None:
        """Start with nothing read."""
        os.set_blocking(fd, False)
        self.fd = fd
        self.cap = cap
        self.data = bytearray()
        self.full = False
        self.open = True
        self.on_full = on_full

    def drain(self) -> None:
        """Read all there is now, without waiting."""
        while self.open:
            try:
                part = os.read(self.fd, CHUNK)
            except BlockingIOError:
                return
            if not part:
                self.stop()
                return
            self.keep(part)

    def keep(self, part: bytes) -> None:
        """Add what fits."""
        room = self.cap - len(self.data)
        self.data += part[:room]
        if len(part) > room and not self.full:
            self.full = True
            self.on_full()

    def watch(self) -> None:
        """Read whenever there is something."""
        asyncio.get_running_loop().add_reader(self.fd, self._some)

    def _some(self) -> None:
        with suppress(BlockingIOError):
            part = os.read(self.fd, CHUNK)
            if part:
                self.keep(part)
            else:
                self.stop()

    def stop(self) -> None:
        """Read no more and close."""
        if self.open:
            self.open = False
            asyncio.get_running_loop().remove_reader(self.fd)
            os.close(self.fd)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the process inside says a call ended; the frames are as the learner's process wrote them."""

    status: int
    cpu_us: int
    peak_kib: int
    overlong: bool
    raw: bytes


@dataclass(slots=True, kw_only=True)
class Box:
    """A jail that has been started. Always `end` it."""

    process: subprocess.Popen[bytes]
    stdout: Sink
    stderr: Sink
    inside: int = 0  # process id, as this host counts, of the box's first process
    alarm: asyncio.Event = field(default_factory=asyncio.Event)

    def watch(self) -> None:
        """Start to collect what it writes."""
        self.stdout.watch()
        self.stderr.watch()

    def kill(self) -> None:
        """Kill the box's first process, and with it everything inside."""
        if self.process.poll() is None:
            for pid in (self.inside, 0 if self.inside else self.process.pid):
                if pid:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    async def end(self) -> bool:
        """End the box and wait until no process of it exists; say whether it went within the time allowed."""
        self.kill()
        gone = await wait_for_exit(self.process, END_S)
        if not gone:
            self.process.kill()
            gone = await wait_for_exit(self.process, END_S)
        for sink in (self.stdout, self.stderr):
            sink.drain()
            sink.stop()
        return gone


@dataclass(slots=True, kw_only=True)
class Session(Box):
    """A jail that is spoken with in messages."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    longest: int = 1 << 20

    async def send(self, message: object) -> None:
        """Send one message; a peer that is gone is noticed when its answer is awaited."""
        data = json.dumps(message).encode("ascii")
        self.writer.write(HEAD.pack(len(data)) + data)
        with suppress(ConnectionError):
            await self.writer.drain()

    async def receive(self, timeout_s: float) -> bytes | None:
        """Wait for one message, until a deadline or an alarm; None when none came.

        Raises:
            EOFError: when the box is gone, or says what it must not.
        """
        message = asyncio.ensure_future(self._message())
        alarm = asyncio.ensure_future(self.alarm.wait())
        try:
            await asyncio.wait({message, alarm}, timeout=max(timeout_s, 0.0), return_when=asyncio.FIRST_COMPLETED)
            return message.result() if message.done() else None
        finally:
            message.cancel()
            alarm.cancel()

    async def _message(self) -> bytes:
        try:
            (size,) = HEAD.unpack(await self.reader.readexactly(HEAD.size))
            if not 1 <= size <= self.longest:
                raise EOFError("a message of a length that is not allowed")
            return await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise EOFError("the box is gone") from error

    async def end(self) -> bool:
        """End the box, then close what it was spoken with through."""
        gone = await Box.end(self)
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()
        return gone


async def wait_for_exit(process: subprocess.Popen[bytes], timeout_s: float) -> bool:
    """Wait for a process without a thread or a signal handler."""
    if process.poll() is not None:
        return True
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    pidfd = os.pidfd_open(process.pid)
    loop.add_reader(pidfd, ended.set)
    try:
        await asyncio.wait_for(ended.wait(), timeout_s)
        process.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(pidfd)
        os.close(pidfd)
    return True


def parse_done(message: bytes) -> Ended:
    """Read the report that ends a call.

    Raises:
        EOFError: when it is not one.
    """
    if message[:1] != b"D" or len(message) <= DONE.size:
        raise EOFError("an unexpected message")
    status, cpu_us, peak_kib, overlong = DONE.unpack_from(message, 1)
    return Ended(status, cpu_us, peak_kib, overlong, message[1 + DONE.size :])
