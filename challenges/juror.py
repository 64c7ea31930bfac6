"""A process of our own that looks at values a stranger chose, within bounds that the kernel keeps.

Answers one question at a time: a function of ours and its arguments, pickled by the process that started this one and by
nobody else. Holds no secret, has no environment, and remembers nothing from one question to the next.
"""

from __future__ import annotations

import gc
import pickle
import resource
import signal
import socket
import struct
from contextlib import suppress
from pathlib import Path

import challenges.examine  # noqa: F401 - imported now, so that it counts neither as time nor as memory of a question
from challenges.prepare import CasesError

HEAD = struct.Struct(">Q")
ANSWERED, REFUSED, TOO_LARGE = b"A", b"R", b"M"
CHUNK = 1 << 20


def main(fd: int, cpu_s: float, memory_bytes: int) -> None:
    """Answer what comes over a socket until the other side is gone."""
    gc.freeze()
    bound_memory(memory_bytes)
    with socket.socket(fileno=fd) as channel, suppress(ConnectionError):
        serve(channel, cpu_s)


def bound_memory(headroom: int) -> None:
    """Let this process grow by no more than `headroom` bytes, and leave no file behind when it crashes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + headroom
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(channel: socket.socket, cpu_s: float) -> None:
    """Answer each question; one that takes more processor time ends the process, by the kernel's own clock.

    SIGPROF keeps its default action, so that it also ends code that never returns to the interpreter.
    """
    while (question := receive(channel)) is not None:
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        try:
            reply = _reply(question)
        except MemoryError:
            reply = TOO_LARGE
        signal.setitimer(signal.ITIMER_PROF, 0)
        send(channel, reply)


def _reply(question: bytes) -> bytes:
    work, args = pickle.loads(question)  # noqa: S301 - written by the process that started us
    try:
        return ANSWERED + pickle.dumps(work(*args), pickle.HIGHEST_PROTOCOL)
    except CasesError as fault:
        return REFUSED + str(fault).encode("utf-8", "replace")


def receive(channel: socket.socket) -> bytes | None:
    """Read one message, or None when the other side is gone."""
    head = _exactly(channel, HEAD.size)
    return None if head is None else _exactly(channel, int(HEAD.unpack(head)[0]))


def send(channel: socket.socket, message: bytes) -> None:
    """Write one message."""
    channel.sendall(HEAD.pack(len(message)))
    channel.sendall(message)


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    parts = []
    while size:
        part = channel.recv(min(size, CHUNK))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
