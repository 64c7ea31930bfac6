"""Speaking with a box and ending it: what is no message is the end of it, and who does not go is not waited for."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from typing import cast

import pytest

from runner import CannotIsolate, ColdRunner, Isolation, Job, Limits, Outcome, Profile, session, spawn
from runner.job import MIB
from runner.session import DONE, HEAD, Ended, Session, Sink, parse_done


class Immortal(subprocess.Popen[bytes]):
    """Stands in for a process that the kernel does not let go."""

    def poll(self) -> int | None:
        """Live on."""
        return None


def _sleeps(stdout: int, stderr: int, kind: type[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    return kind(["sleep", "600"], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)


@pytest.fixture(name="sleeper")
async def _sleeper() -> AsyncIterator[Session]:
    """A session with a process that sleeps, from which we hear what we feed it."""
    ends = [os.pipe() for _stream in range(2)]
    process = _sleeps(ends[0][1], ends[1][1], subprocess.Popen)
    for _ours, theirs in ends:
        os.close(theirs)
    alarm = asyncio.Event()
    stdout, stderr = (Sink(ours, 10, alarm.set) for ours, _theirs in ends)
    nobody = cast("asyncio.StreamWriter", None)
    made = Session(
        process=process, stdout=stdout, stderr=stderr, alarm=alarm, reader=asyncio.StreamReader(), writer=nobody
    )
    yield made
    process.kill()
    process.wait()
    stdout.stop()
    stderr.stop()


@pytest.mark.parametrize("size", [0, 11, 1 << 31])
async def test_a_message_of_a_length_that_is_not_allowed_is_the_end(sleeper: Session, size: int) -> None:
    sleeper.longest = 10
    sleeper.reader.feed_data(HEAD.pack(size))
    with pytest.raises(EOFError, match="a length that is not allowed"):
        await sleeper.receive(5)


async def test_a_message_that_is_cut_off_is_the_end_and_a_whole_one_is_read(sleeper: Session) -> None:
    sleeper.reader.feed_data(HEAD.pack(3) + b"abc" + HEAD.pack(3) + b"a")
    assert await sleeper.receive(5) == b"abc"
    assert await sleeper.receive(0.01) is None
    sleeper.reader.feed_eof()
    with pytest.raises(EOFError, match="the box is gone"):
        await sleeper.receive(5)


@pytest.mark.parametrize("message", [b"", b"S", b"D", b"D" + bytes(DONE.size - 1), b"X" + bytes(DONE.size)])
def test_what_is_no_report_is_the_end(message: bytes) -> None:
    with pytest.raises(EOFError, match="an unexpected message"):
        parse_done(message)


def test_a_report_is_read() -> None:
    assert parse_done(b"D" + DONE.pack(9, 10, 11, True) + b"raw") == Ended(9, 10, 11, True, b"raw")


async def test_a_box_that_does_not_go_is_said_to_be_left(sleeper: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """After all the time there is for it, twice; one that goes is said to have gone."""
    monkeypatch.setattr(session, "END_S", 0.01)
    mortal, sleeper.process = sleeper.process, _sleeps(subprocess.DEVNULL, subprocess.DEVNULL, Immortal)
    monkeypatch.setattr(session.os, "kill", lambda *_signal: None)
    monkeypatch.setattr(Immortal, "kill", lambda _self: None)
    assert not await session.Box.end(sleeper)
    monkeypatch.undo()
    sleeper.process.kill()
    sleeper.process.wait()
    sleeper.process = mortal
    assert await session.Box.end(sleeper)
    assert mortal.returncode == -signal.SIGKILL


async def test_an_order_that_no_pipe_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started then."""
    if os.geteuid() != 0:
        pytest.skip("only root needs a launcher")
    monkeypatch.setattr(spawn, "_ORDER_BYTES", 100)
    with pytest.raises(CannotIsolate, match=r"command line is too long\. Install into a folder with a shorter path"):
        await ColdRunner(Isolation.REDUCED).run(Job(source=""))


async def test_libraries_that_do_not_fit_into_the_memory_are_said_not_to() -> None:
    """That is nothing a learner can do something about."""
    limits = Limits(memory_bytes=12 * MIB)
    result = await ColdRunner(Isolation.REDUCED).run(Job(source="import numpy", profile=Profile.NUMPY, limits=limits))
    assert result.outcome is Outcome.INTERNAL
    assert result.detail == f"The libraries of numpy jobs do not fit in {12 * MIB} bytes."
