"""A worker's outside, spoken with by a stand-in for the worker: what is made of each thing it may say or fail to say."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runner.cells import Cell, Exit, LostError
from runner.groups import Group


@asynccontextmanager
async def cell() -> AsyncIterator[tuple[Cell, socket.socket, list[Cell]]]:
    """A cell, the worker's end of its socket, and who was told that it is gone."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    (out, out_in), (err, err_in) = os.pipe(), os.pipe()
    forgotten: list[Cell] = []
    made = Cell(ours, out, err, forgotten.append)
    try:
        yield made, theirs, forgotten
        made.end()
        await asyncio.wait_for(made.gone, 10)
    finally:
        theirs.close()
        os.close(out_in)
        os.close(err_in)


async def test_a_worker_that_says_why_it_is_not_ready_is_lost_for_that() -> None:
    async with cell() as (one, worker, forgotten):
        one.greeted()
        assert not one.ready.done()
        worker.send(b"Xno way in")
        one.greeted()
        with pytest.raises(LostError, match=r"^no way in$"):
            await one.ready
    assert forgotten == [one]


async def test_a_worker_that_ends_before_it_is_ready_is_lost() -> None:
    async with cell() as (one, _worker, _forgotten):
        one.exited(Exit(0, 5, 6))
        with pytest.raises(LostError, match="ended before it was ready"):
            await one.ready
        assert (one.cpu_us(), await one.used_us()) == (5, 5)
    one.exited(Exit(1, 7, 8))
    assert one.exit == Exit(0, 5, 6)  # of no interest any more


async def test_a_worker_that_is_ready_when_it_is_wanted_no_more_is_no_surprise() -> None:
    async with cell() as (one, worker, _forgotten):
        one.fail("given up")
        worker.send(b"R")
        one.greeted()
        assert (one.lost, bytes(one.data)) == ("given up", b"")


async def test_a_worker_of_which_nothing_is_known_has_used_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a moment of waiting for word."""
    monkeypatch.setattr("runner.cells.WORD_S", 0.05)
    async with cell() as (one, _worker, _forgotten):
        one.pids = (0, 1 << 22)  # no process has an id that high
        assert (one.cpu_us(), await one.used_us()) == (None, 0)


async def test_what_is_sent_to_a_worker_that_is_gone_is_not_answered() -> None:
    """In as much time as there was, which is then up."""
    async with cell() as (one, worker, _forgotten):
        one.listen(10, 10)
        worker.close()
        said = await one.answer([b"an order"], last=True, wall_s=0.05, patience_s=1, cap=100)
        assert (said.raw, said.timed_out, said.complete) == (b"", True, False)


async def test_a_worker_that_reads_nothing_is_out_of_time() -> None:
    async with cell() as (one, _worker, _forgotten):
        one.listen(10, 10)
        said = await one.answer([bytes(1 << 22)], last=True, wall_s=60, patience_s=0.05, cap=100)
        assert (said.raw, said.timed_out, said.overlong) == (b"", True, False)


async def test_a_group_that_is_not_let_go_at_once_is_tried_again(tmp_path: Path) -> None:
    """Until it is gone, and only then is the cell."""
    (tmp_path / "run" / "inside").mkdir(parents=True)
    async with cell() as (one, _worker, forgotten):
        one.group = Group(1, (("memory", tmp_path / "run"),))
        one.end()
        one.end()  # once more changes nothing
        await asyncio.sleep(0.05)
        assert (one.gone.done(), forgotten) == (False, [])
        (tmp_path / "run" / "inside").rmdir()
    assert (forgotten, (tmp_path / "run").exists()) == ([one], False)
