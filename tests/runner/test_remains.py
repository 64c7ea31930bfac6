"""Nothing of a run survives it: no process, no group, no descriptor; and ending a box from outside is never OK."""

from __future__ import annotations

import asyncio
import os
import signal
import textwrap
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from runner import Call, ColdRunner, Isolation, Job, Limits, Outcome, groups

DAEMON = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1e6)
        os._exit(0)
print('left')
"""


@pytest.fixture
def runner(cold):
    """Cold runs, whose boxes come and go; `test_warm.py` asks the same of warm ones."""
    return cold


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def _until_boxed(leftovers) -> list[int]:
    """Wait until a box's learner process is there; a box has at least the jail's first process and one more."""
    for _ in range(1000):
        if len(found := leftovers()) >= 2:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("no box came up")


async def test_a_live_box_is_seen_by_the_check_that_finds_none_afterwards(runner, leftovers, strays):
    """The control of this module: processes and groups of a box are visible while it lives."""
    task = asyncio.create_task(runner.run(Job(source="import time; time.sleep(1e6)", limits=Limits(wall_s=1.5))))
    assert await _until_boxed(leftovers)
    if runner.places():
        assert strays()
    assert (await task).outcome is Outcome.TIMEOUT
    assert (leftovers(), strays()) == ([], [])


@pytest.mark.parametrize(
    ("name", "source"),
    {
        "daemons": DAEMON,
        "a daemon and a crash": DAEMON + "os.abort()",
        "a daemon and no memory": DAEMON + "hoard = bytearray(200 << 20)",
        "a daemon and no end": DAEMON + "while True: pass",
        "a fork bomb": textwrap.dedent("""
            import os
            while True:
                try: os.fork()
                except OSError: pass
        """),
    }.items(),
    ids=str,
)
async def test_no_process_and_no_group_outlives_a_run(name, source, script, leftovers, small, strays):
    """When the result is here, everything else is gone."""
    result = await script(source, replace(small, wall_s=0.5))
    assert result.outcome is not Outcome.INTERNAL
    assert (leftovers(), strays()) == ([], [])


async def test_no_descriptor_is_left_open(runner, small):
    """A service runs for months."""
    await runner.run(Job(source="print(1)", limits=small))
    before = _descriptors()
    for source in ("print(1)", "1/0", "while True: print('x' * 999)"):
        await runner.run(Job(source=source, limits=small))
    assert _descriptors() <= before


async def test_a_cancelled_run_leaves_nothing(runner, leftovers, strays):
    """Whoever stops waiting also stops the box."""
    task = asyncio.create_task(runner.run(Job(source="import time; time.sleep(1e6)", limits=Limits(wall_s=60))))
    await _until_boxed(leftovers)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (leftovers(), strays()) == ([], [])


async def test_a_box_killed_from_outside_is_internal_and_never_ok(runner, leftovers, strays):
    """It was not the learner's doing, and no answer came."""
    calls = (Call(id="a", args=()), Call(id="b", args=()))
    job = Job(source="import time\ndef f(): time.sleep(1e6)", entry="f", calls=calls, limits=Limits(wall_s=60))
    task = asyncio.create_task(runner.run(job))
    for pid in await _until_boxed(leftovers):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    result = await task
    assert result.outcome is Outcome.INTERNAL
    assert {returned.outcome for returned in result.returned} == {Outcome.INTERNAL}
    assert (leftovers(), strays()) == ([], [])


async def test_only_as_many_boxes_live_as_allowed(leftovers):
    """The rest wait their turn."""
    runner = ColdRunner(Isolation.REDUCED, semaphore=asyncio.Semaphore(1))
    jobs = [
        runner.run(Job(source="import time; t = time.time(); time.sleep(0.15); print(t, time.time())"))
        for _ in range(3)
    ]
    spans = sorted(tuple(map(float, result.stdout.split())) for result in await asyncio.gather(*jobs))
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


async def test_twenty_boxes_at_once_are_all_right(runner, small):
    """Groups, descriptors and process ids do not get mixed up."""
    jobs = [Job(source=f"print({number})", limits=small) for number in range(20)]
    results = await asyncio.gather(*(runner.run(job) for job in jobs))
    assert [result.stdout for result in results] == [f"{number}\n" for number in range(20)]


def test_the_folder_of_groups_is_below_our_own() -> None:
    """Nothing is ever made above or beside the group this process is in."""
    own = dict(line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    for place in groups.here():
        for name, folder in place.folders:
            path = own[""] if place.version == 2 else own[next(key for key in own if name in key.split(","))]
            assert str(folder).endswith(path.rstrip("/"))
