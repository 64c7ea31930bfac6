"""A warm jail seen from outside when something in it fails: every order is answered, and nothing is left."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest

from runner import CannotIsolate, Profile, libraries
from runner import zygote as module
from runner.cells import Cell, LostError
from runner.groups import Group
from runner.zygote import Zygote

DISK = (1 << 20, 50)


def _no_group() -> Group | None:
    return None


async def _opened() -> Zygote:
    return await Zygote.open(Profile.STDLIB, _no_group)


async def _why(cell: Cell) -> str:
    """Wait until a cell is lost; say why."""
    with pytest.raises(LostError) as lost:
        await asyncio.wait_for(asyncio.shield(cell.ready), 20)
    cell.end()
    await asyncio.wait_for(cell.gone, 20)
    return str(lost.value)


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


async def test_a_zygote_that_cannot_import_says_what(
    leftovers: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of it stays."""
    monkeypatch.setattr(libraries, "all_modules", lambda _profile: ["nothing_like_it"])
    with pytest.raises(CannotIsolate, match="did not come up: ModuleNotFoundError: No module named 'nothing_like_it'"):
        await _opened()
    assert leftovers() == []


async def test_a_zygote_that_takes_too_long_is_ended(
    leftovers: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IMPORT_S", 0.001)
    with pytest.raises(CannotIsolate, match=r"for stdlib jobs did not come up: .*ended"):
        await _opened()
    assert leftovers() == []


async def test_a_zygote_that_is_wanted_no_more_while_it_starts_is_ended(leftovers: Callable[[], list[int]]) -> None:
    opening = asyncio.create_task(Zygote.open(Profile.NUMPY, _no_group))
    await _until(lambda: len(leftovers()) > 1)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert leftovers() == []


async def test_a_cell_that_cannot_be_made_is_told_of_and_the_next_can(leftovers: Callable[[], list[int]]) -> None:
    """Here, because there is no disk of less than nothing."""
    zygote = await _opened()
    assert "Invalid argument" in await _why(zygote.order(-1, 50))
    given_up = zygote.order(-1, 50)
    given_up.end()  # before word of its failure has come
    early = zygote.order(*DISK)
    early.end()  # before it was made
    good = zygote.order(*DISK)
    await asyncio.wait_for(good.ready, 20)
    assert (zygote.alive, given_up.lost, early.lost) == (True, "it was ended", "it was ended")
    assert await zygote.end()
    assert leftovers() == []


async def test_a_worker_that_cannot_be_put_in_its_group_is_lost(leftovers: Callable[[], list[int]]) -> None:
    def refused() -> Group | None:
        raise OSError("no room for groups")

    zygote = await Zygote.open(Profile.STDLIB, refused)
    assert await _why(zygote.order(*DISK)) == "its group could not be made: no room for groups"
    assert await zygote.end()
    assert leftovers() == []


async def test_a_jail_whose_keeper_is_told_to_stop_takes_no_orders_and_ends(leftovers: Callable[[], list[int]]) -> None:
    zygote = await _opened()
    zygote.keeper.shutdown(socket.SHUT_WR)
    assert "takes no orders" in await _why(zygote.order(*DISK))
    await _until(lambda: not zygote.alive)
    assert await _why(zygote.order(*DISK)) == "the warm process is gone"
    assert await zygote.end()
    assert leftovers() == []


async def test_a_keeper_without_its_zygote_ends(leftovers: Callable[[], list[int]]) -> None:
    """With it, all of the jail does."""
    zygote = await _opened()
    zygote.zygote.shutdown(socket.SHUT_WR)  # told that nobody listens, a zygote ends
    await _until(lambda: not zygote.alive)
    zygote.keeper.send(b'\0\0\0\1{"disk_bytes": 1048576, "disk_files": 9, "processes": 0, "cpu_s": 0}')
    await _until(lambda: zygote.box.process.poll() is not None)
    assert await zygote.end()
    assert leftovers() == []
