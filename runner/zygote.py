"""The outside of a warm jail: starts it, orders cells from it, hears how workers end, notices when it dies."""
from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from runner import bwrap, libraries
from runner.cells import Cell, Exit
from runner.errors import CannotIsolate
from runner.groups import Group
from runner.job import Profile
from runner.session import Box
from runner.spawn import Start, open_box

START_S = 20.0
IMPORT_S = 180.0
_SAID_BYTES = 64 * 1024
_EXITED = struct.Struct(">4siQQ")
_ID = struct.Struct(">I")

MakeGroup = Callable[[], Group | None]
"""Makes the group of one cell, or none where there are none."""


@dataclass(frozen=True, slots=True)
class Warmth:
    """What a zygote says of itself once it is warm."""

    modules: int
    huge: int  # huge pages that its memory was gathered in


def _start(profile: Profile) -> Start:
    def make(info_fd: int, block_fd: int, control_fd: int) -> bwrap.Jail:
        return bwrap.Jail(
            interpreter=libraries.interpreter(),
            libraries=libraries.binds(profile),
            ours=libraries.ours(),
            info_fd=info_fd,
            block_fd=block_fd,
            control_fd=control_fd,
            module="runner.box.keeper",
            proc=True,
        )

    return Start(
        make=make, stdout_cap=_SAID_BYTES, stderr_cap=_SAID_BYTES, join=lambda _pid: None, allowance_s=START_S
    )


def _pid_of(pidfd: int) -> int:
    """Return the process id, as this host counts, behind a process descriptor."""
    file = os.open(f"/proc/self/fdinfo/{pidfd}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        lines = os.read(file, 4096).decode("ascii").splitlines()
    finally:
        os.close(file)
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


class Zygote:
    """A live jail with a keeper and a zygote in it."""

    def __init__(self, box: Box, keeper: socket.socket, zygote: socket.socket, make_group: MakeGroup) -> None:
        """Take over a jail that has been started."""
        self.box = box
        self.keeper = keeper
        self.zygote = zygote
        self.make_group = make_group
        self.alive = True
        self.warmth: asyncio.Future[Warmth] = asyncio.get_running_loop().create_future()
        self.cells: dict[int, Cell] = {}
        self.made = 0
        loop = asyncio.get_running_loop()
        loop.add_reader(keeper.fileno(), self._hear, keeper)
        loop.add_reader(zygote.fileno(), self._hear, zygote)

    @classmethod
    async def open(cls, profile: Profile, make_group: MakeGroup) -> Zygote:
        """Start one and wait until its libraries are imported.

        Raises:
            CannotIsolate: when it does not come up; nothing of it is left.
        """
        box, keeper = await open_box(_start(profile))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            modules = json.dumps(libraries.all_modules(profile)).encode("ascii")
            socket.send_fds(keeper, [modules], [theirs.fileno()])
        zygote = cls(box, keeper, ours, make_group)
        try:
            await asyncio.wait_for(asyncio.shield(zygote.warmth), IMPORT_S)
        except (TimeoutError, CannotIsolate):
            await zygote.end()
            raise CannotIsolate(f"The warm process for {profile} jobs did not come up: {zygote.said()}.") from None
        except asyncio.CancelledError:
            await zygote.end()
            raise
        return zygote

    def said(self) -> str:
        """Return the end of what the jail wrote to standard error, to explain a failure."""
        text = bytes(self.box.stderr.data[-1000:]).decode("utf-8", "replace").strip()
        if self.warmth.done() and not self.warmth.cancelled() and (error := self.warmth.exception()):
            return f"{error} {text}".strip()
        return text or "no answer"

    def order(self, disk_bytes: int, disk_files: int) -> Cell:
        """Have a cell made, with a worker in it; await its `ready`."""
        task, inner = socket.socketpair()
        task.setblocking(False)
        (stdout, stdout_in), (stderr, stderr_in) = os.pipe(), os.pipe()
        cell = Cell(task, stdout, stderr, self._forgotten)
        self.made += 1
        number = self.made & 0xFFFFFFFF
        bounds = {"disk_bytes": disk_bytes, "disk_files": disk_files, "processes": 0, "cpu_s": 0}
        message = _ID.pack(number) + json.dumps(bounds).encode("ascii")
        self.cells[number] = cell
        try:
            if not self.alive:
                cell.fail("the warm process is gone")
            else:
                socket.send_fds(self.keeper, [message], [inner.fileno(), stdout_in, stderr_in])
        except OSError as error:
            cell.fail(f"the warm process takes no orders: {error}")
        finally:
            inner.close()
            os.close(stdout_in)
            os.close(stderr_in)
        return cell

    def _hear(self, link: socket.socket) -> None:
        while self.alive:
            try:
                data, fds, _flags, _address = socket.recv_fds(link, 1 << 12, 4)
            except BlockingIOError:
                return
            except OSError:
                data, fds = b"", []
            if not data:
                self._lose("the warm process ended")
                return
            self._heard(data[:1], data[1:], fds)

    def _heard(self, kind: bytes, body: bytes, fds: list[int]) -> None:
        if kind == b"C":
            self._made(_ID.unpack(body)[0], *fds)
        elif kind == b"E":
            number, status, cpu_us, peak_kib = _EXITED.unpack(body)
            if cell := self.cells.get(_ID.unpack(number)[0]):
                cell.exited(Exit(status, cpu_us, peak_kib))
        elif kind == b"X":
            if cell := self.cells.get(_ID.unpack(body[: _ID.size])[0]):
                cell.fail(body[_ID.size :].decode("utf-8", "replace"))
        elif kind == b"R":
            said: dict[str, Any] = json.loads(body)
            self.warmth.set_result(Warmth(said["modules"], said["huge"]))
        else:
            self._lose(body.decode("utf-8", "replace"))

    def _made(self, number: int, first: int, worker: int) -> None:
        """Put a worker in its group while it is still getting ready."""
        cell = self.cells.get(number)
        try:
            pids = _pid_of(first), _pid_of(worker)
        finally:
            os.close(worker)
        if cell is None or cell.lost:
            with suppress(ProcessLookupError):  # it was given up while it was made
                signal.pidfd_send_signal(first, signal.SIGKILL)
            os.close(first)
            return
        cell.first, cell.pids = first, pids
        placing = cell.placing = asyncio.get_running_loop().run_in_executor(None, self._place, cell)
        placing.add_done_callback(lambda _placed: self._placed(cell, placing))

    def _place(self, cell: Cell) -> None:
        """Put a worker in a group of its own; in a thread, since the kernel may take milliseconds to move it."""
        cell.group = self.make_group()
        if cell.group:
            cell.group.join(cell.pids[1])

    def _placed(self, cell: Cell, placing: asyncio.Future[None]) -> None:
        error = placing.exception()
        if error is not None:
            cell.fail(f"its group could not be made: {error}")
        elif not cell.ended:
            asyncio.get_running_loop().add_reader(cell.task_fd, cell.greeted)

    def _lose(self, why: str) -> None:
        """Note that the jail is gone, and with it every cell."""
        self.alive = False
        loop = asyncio.get_running_loop()
        for link in (self.keeper, self.zygote):
            loop.remove_reader(link.fileno())
        if not self.warmth.done():
            self.warmth.set_exception(CannotIsolate(why))
            self.warmth.exception()
        for cell in list(self.cells.values()):
            cell.fail(why)

    def _forgotten(self, cell: Cell) -> None:
        self.cells = {number: other for number, other in self.cells.items() if other is not cell}

    async def end(self) -> bool:
        """End the jail and all cells; say whether everything went within the time allowed."""
        self._lose("the warm process was ended")
        cells = list(self.cells.values())
        for cell in cells:
            cell.end()
        gone = await self.box.end()
        self.keeper.close()
        self.zygote.close()
        if cells:
            _done, late = await asyncio.wait([cell.gone for cell in cells], timeout=START_S)
            gone = gone and not late
        return gone
