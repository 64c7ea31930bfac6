"""Keeping workers ready, with what a warm runner does when there are none: nothing is promised that is not there."""

from __future__ import annotations

import asyncio
import logging
from typing import cast

import pytest

from runner import Call, CannotIsolate, Isolation, Job, Limits, Outcome, Profile
from runner.cells import Cell, LostError
from runner.groups import Group
from runner.pool import FAILURES, Policy, Pool
from runner.warm import AHEAD_BYTES, WarmRunner
from runner.zygote import Zygote


class Stubborn:
    """Stands in for a zygote that leaves something behind when it is ended."""

    alive = True
    made = 0
    cells: dict[int, Cell] = {}  # noqa: RUF012 - nobody adds to it

    async def end(self) -> bool:
        """Leave something."""
        return False


refused: list[int] = []


class Refusing(Group):
    """A group of which the kernel says that its limits cannot be changed."""

    def cap(self, *, memory: int, processes: int) -> None:
        """Refuse."""
        refused.append(memory)
        raise OSError("Device or resource busy")


def _pool(open_zygote, policy: Policy | None = None, now: float = 0.0) -> Pool:
    return Pool(Profile.STDLIB, policy or Policy(idle=0), open_zygote, lambda: now)


async def _none(_profile: Profile) -> Zygote:
    raise CannotIsolate("No room.", "Make some.")


async def test_a_pool_whose_zygotes_fail_says_so_and_gives_up_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    pool = _pool(_none)
    for _attempt in range(FAILURES):
        starting = pool.start()
        assert starting is not None
        await starting
    assert (pool.start(), pool.warm, pool.failures) == (None, False, FAILURES)
    pool.tend()
    pool.refill()
    with pytest.raises(LostError, match="the warm process is gone"):
        await pool.take(Limits())
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * FAILURES
    assert await pool.close()


async def test_a_pool_that_is_closed_while_it_starts_starts_nothing() -> None:
    async def never(_profile: Profile) -> Zygote:
        await asyncio.Event().wait()
        raise AssertionError

    pool = _pool(never)
    starting = pool.start()
    assert starting is not None
    assert pool.start() is starting
    await asyncio.sleep(0)
    assert await pool.close()
    assert (starting.cancelled(), pool.start(), pool.warm) == (True, None, False)


async def test_what_a_replaced_zygote_leaves_behind_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def open_one(_profile: Profile) -> Zygote:
        return cast("Zygote", Stubborn())

    pool = _pool(open_one, Policy(idle=0, recycle_s=0.0))
    for _turn in range(2):
        await (pool.start() or asyncio.sleep(0))
    await asyncio.gather(*pool.retired)
    assert [record.getMessage() for record in caplog.records] == [
        "a warm process for stdlib jobs left something behind"
    ]
    assert not await pool.close()


async def test_a_runner_that_was_never_used_has_nothing_to_close() -> None:
    async with WarmRunner() as runner:
        assert (runner.pools, runner.tending) == ({}, None)
    assert await runner.close()


async def test_what_is_expected_is_started_once_and_not_waited_for(leftovers, strays) -> None:
    async with WarmRunner(Isolation.REDUCED) as runner:
        runner.expect(Profile.STDLIB)
        pool = runner.pools[Profile.STDLIB]
        starting = pool.starting
        runner.expect(Profile.STDLIB)
        assert starting is not None
        assert (pool.warm, pool.starting) == (False, starting)
        await starting
        runner.expect(Profile.STDLIB)
        assert (pool.warm, pool.starting) == (True, None)
    assert (leftovers(), strays()) == ([], [])


async def test_a_call_for_which_no_worker_can_be_had_is_our_fault_and_none_of_the_others(leftovers, strays) -> None:
    """The first has its answer; the run as a whole is internal."""
    async with WarmRunner(Isolation.REDUCED) as runner:
        assert await runner.warm_up(Profile.STDLIB)
        pool = runner.pools[Profile.STDLIB]
        take, taken = pool.take, list[Cell]()

        async def once(limits: Limits) -> Cell:
            if taken:
                raise LostError("the warm process is gone")
            taken.append(await take(limits))
            return taken[0]

        pool.take = once  # type: ignore[method-assign]  # as if the zygote died between two calls
        calls = (Call(id="first", args=(1,)), Call(id="second", args=(2,)))
        result = await runner.run(Job(source="def f(x): return x", entry="f", calls=calls))
    assert [(one.outcome, one.value) for one in result.returned] == [(Outcome.OK, 1), (Outcome.INTERNAL, None)]
    fault = result.returned[1].fault
    assert fault is not None
    assert "no worker could be had: the warm process is gone" in fault.message
    assert result.outcome is Outcome.INTERNAL
    assert (leftovers(), strays()) == ([], [])


async def test_tasks_too_large_to_be_sent_together_are_sent_one_by_one(leftovers, strays) -> None:
    """And all are answered, in order."""
    texts = [str(at) * (AHEAD_BYTES // 2 + at) for at in range(4)]
    calls = tuple(Call(id=text[:1], args=(text,), group="g", ahead=True) for text in texts)
    async with WarmRunner(Isolation.REDUCED) as runner:
        result = await runner.run(Job(source="def f(x): return len(x)", entry="f", calls=calls))
    assert [one.value for one in result.returned] == [len(text) for text in texts]
    assert (leftovers(), strays()) == ([], [])


async def test_a_worker_whose_group_takes_no_limits_is_not_used(leftovers, strays) -> None:
    """The job is then run cold, and well."""
    refused.clear()
    async with WarmRunner(Isolation.REDUCED) as runner:
        assert await runner.warm_up(Profile.STDLIB)
        pool = runner.pools[Profile.STDLIB]
        take = pool.take

        async def ungrouped(limits: Limits) -> Cell:
            cell = await take(limits)
            if cell.group is None:
                pytest.skip("no control groups here")
            cell.group = Refusing(cell.group.version, cell.group.folders)
            return cell

        pool.take = ungrouped  # type: ignore[method-assign]
        result = await runner.run(Job(source="print('ran')"))
        assert pool.zygote is not None
        assert (result.outcome, result.stdout, pool.zygote.made > 0) == (Outcome.OK, "ran\n", True)
    assert (refused, leftovers(), strays()) == ([Limits().memory_bytes], [], [])
