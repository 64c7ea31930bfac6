"""A few processes of our own to which looking at values is left, so that no value can stall or starve this one.

Each question is a module-level function and its arguments. A question that takes more than its bounds costs the process
that looked at it, and nothing else; another takes its place. Knows nothing of challenges: see `juror` for the other end.
"""

from __future__ import annotations

import asyncio
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, TypeVarTuple

from challenges.juror import ANSWERED, HEAD, REFUSED
from challenges.prepare import CasesError

MIB = 1024 * 1024
PROTOCOL = pickle.HIGHEST_PROTOCOL
BEGIN = "import sys; sys.path[:] = sys.argv[4:]; from challenges.juror import main; main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))"
ENVIRONMENT = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""All of it: no token of the bot's, and no thread that could use more processor time than one clock counts."""
GONE_S = 5.0  # to see the end of a process that has closed its socket

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Overrun(Exception):  # noqa: N818 - not a fault of ours: what became of a value
    """A question took more processor time or memory than there is for one."""


class JurorLost(Exception):  # noqa: N818 - named for what happened
    """A process of ours ended or stalled for another reason than a bound; its own last words are on standard error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one question may use, and how many may be looked at together."""

    cpu_s: float = 2.0
    memory_bytes: int = 512 * MIB  # beyond what a juror has when it is ready
    wall_s: float = 30.0  # no value gets here: only a host that gives us no processor does
    jurors: int = 2
    lifetime: int = 2_000  # questions after which a juror is replaced, whatever its memory has come to

    def __str__(self) -> str:
        """Say the two that a value can pass."""
        return f"{self.cpu_s:g} s and {self.memory_bytes // MIB} MB of memory"


class _Juror:
    """One such process, from our side."""

    def __init__(self, bounds: Bounds) -> None:
        self.channel, theirs = socket.socketpair()
        self.channel.setblocking(False)
        self.asked = 0
        numbers = [str(theirs.fileno()), str(bounds.cpu_s), str(bounds.memory_bytes)]
        paths = [str(Path(__file__).parents[1]), *(path for path in sys.path if path)]
        with theirs, ExitStack() as undo:
            undo.enter_context(self.channel)
            self.process = subprocess.Popen(  # noqa: S603 - our own program, and no shell
                [sys.executable, "-I", "-S", "-c", BEGIN, *numbers, *paths],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=ENVIRONMENT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # an interrupt typed at a terminal is for the program, which then ends us
            )
            undo.pop_all()

    async def answer(self, question: bytes) -> bytes:
        """Ask, and wait for the answer.

        Raises:
            EOFError, ConnectionError: the process is gone.
        """
        self.asked += 1
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self.channel, HEAD.pack(len(question)))
        await loop.sock_sendall(self.channel, question)
        (size,) = HEAD.unpack(await self._exactly(HEAD.size))
        return bytes(await self._exactly(size))

    async def _exactly(self, size: int) -> bytearray:
        loop = asyncio.get_running_loop()
        data = bytearray(size)
        view = memoryview(data)
        while view:
            count = await loop.sock_recv_into(self.channel, view)
            if count == 0:
                raise EOFError
            view = view[count:]
        return data

    def cause(self) -> Exception:
        """Why a process that closed its socket has ended."""
        status = self.process.wait(GONE_S)
        if status == -signal.SIGPROF:
            return Overrun()
        return JurorLost(f"A process that judges values ended with status {status}.")

    def end(self) -> None:
        """End it at once: it holds nothing to lose."""
        self.channel.close()
        self.process.kill()


class Jury:
    """Looks at values elsewhere. Starts nothing before the first question; close it, or use it in `async with`."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        # The last place given back is taken first, so a second process is started only when two are needed at once.
        self._places: asyncio.LifoQueue[_Juror | None] = asyncio.LifoQueue()
        for _ in range(self.bounds.jurors):
            self._places.put_nowait(None)
        self._alive: set[_Juror] = set()
        self._ending: list[subprocess.Popen[bytes]] = []
        self._closed = False

    async def __aenter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process."""
        self.close()

    async def ask(self, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Answer `work(*args)`, computed elsewhere.

        Raises:
            Overrun: it took more processor time or memory than allowed.
            JurorLost: the process ended for another reason.
            CasesError: `work` raised it.
            RuntimeError: the jury is closed.
        """
        question = pickle.dumps((work, args), PROTOCOL)
        juror, kept = await self._places.get(), None
        try:
            juror = self._fit(juror)
            reply = await self._exchange(juror, question)
            kept = juror if juror.asked < self.bounds.lifetime and reply[:1] in (ANSWERED, REFUSED) else None
        finally:
            if kept is None and juror is not None:
                self._end(juror)
            self._places.put_nowait(kept)
        if reply[:1] == REFUSED:
            raise CasesError(reply[1:].decode("utf-8"))
        if reply[:1] != ANSWERED:
            raise Overrun
        answer: T = pickle.loads(reply[1:])  # noqa: S301 - written by a process of ours that ran code of ours
        return answer

    async def _exchange(self, juror: _Juror, question: bytes) -> bytes:
        try:
            async with asyncio.timeout(self.bounds.wall_s):
                return await juror.answer(question)
        except (EOFError, ConnectionError):
            raise juror.cause() from None
        except TimeoutError:
            raise JurorLost(f"A process that judges values gave no answer for {self.bounds.wall_s:g} s.") from None

    def _fit(self, place: _Juror | None) -> _Juror:
        """The process of a place if it still lives, else a new one."""
        if self._closed:
            raise RuntimeError("This jury is closed; ask before the end of its `async with`.")
        self._ending = [process for process in self._ending if process.poll() is None]
        if place is not None and place.process.poll() is None:
            return place
        if place is not None:
            self._end(place)
        juror = _Juror(self.bounds)
        self._alive.add(juror)
        return juror

    def _end(self, juror: _Juror) -> None:
        """End one; it is waited for later, for to take down its memory needs a moment."""
        juror.end()
        self._alive.discard(juror)
        self._ending.append(juror.process)

    def close(self) -> None:
        """End every process and wait until it is gone; a question still open is lost with it."""
        self._closed = True
        idle = [self._places.get_nowait() for _ in range(self._places.qsize())]
        for juror in filter(None, idle):
            self._end(juror)
        for _ in idle:
            self._places.put_nowait(None)  # who asks from now on is told that it is too late
        for juror in self._alive:
            juror.process.kill()  # who asked it closes the socket
        for process in (*self._ending, *(juror.process for juror in self._alive)):
            process.wait()
