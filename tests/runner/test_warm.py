"""Warm runs: forked ahead of need, each alone in its cell, healed when something dies, and gone without a trace."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runner import Call, CannotIsolate, ColdRunner, Isolation, Job, Limits, Outcome, Profile, groups
from runner.box.zygote import Zygote as BoxZygote
from runner.job import MIB, Result
from runner.pool import FAILURES, Policy, Pool
from runner.warm import WarmRunner
from runner.zygote import Zygote

FOREVER = "import time\nprint('on', flush=True)\ntime.sleep(1e6)"
NAMESPACES = ("user", "mnt", "ipc", "uts", "cgroup", "pid")


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _descendants(pid: int) -> list[int]:
    try:
        return [one for child in _children(pid) for one in (child, *_descendants(child))]
    except OSError:
        return []


def _zygote(runner: WarmRunner, profile: Profile = Profile.STDLIB) -> Zygote:
    found = runner.pools[profile].zygote
    assert found is not None
    return found


def _keeper_and_zygote(runner: WarmRunner) -> tuple[int, int]:
    """The keeper is the jail's first process; of its children the zygote is the one that is no cell."""
    zygote = _zygote(runner)
    cells = {pid for cell in zygote.cells.values() for pid in cell.pids}
    return zygote.box.inside, next(pid for pid in _children(zygote.box.inside) if pid not in cells)


def _status(pid: int) -> dict[str, str]:
    return dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())


def _held(pid: int | str) -> list[int]:
    """List the descriptors a process holds."""
    return sorted(int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir())


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


def _namespace(pid: int, kind: str) -> int:
    return Path(f"/proc/{pid}/ns/{kind}").stat().st_ino


async def _rested(runner: WarmRunner) -> None:
    """Wait until only workers that wait for a task are left."""
    pool = runner.pools[Profile.STDLIB]
    while len(_zygote(runner).cells) > len(pool.idle):
        await asyncio.wait([cell.gone for cell in _zygote(runner).cells.values() if cell not in pool.idle])
    await asyncio.gather(*(cell.ready for cell in pool.idle))


async def _until_on(runner: WarmRunner, task: asyncio.Task[Result]) -> None:
    """Wait until the learner's code of a run has begun."""
    await _until(lambda: task.done() or any(cell.stdout.data for cell in _zygote(runner).cells.values()))


@pytest.fixture
async def warm(leftovers, strays):
    """A warm runner with its zygote for small jobs up."""
    async with WarmRunner() as runner:
        assert await runner.warm_up(Profile.STDLIB)
        yield runner
    assert (leftovers(), strays()) == ([], [])


PROGRAMS = {
    "prints": "print('hello')",
    "raises": "def f():\n    return 1 / 0\nf()",
    "does not compile": "def f(:\n",
    "exits": "import sys; print('a'); sys.exit(3)",
    "leaves early": "import os; os._exit(0)",
    "dies of a signal": "import os; os.kill(os.getpid(), 9)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "aborts": "import os; os.abort()",
    "floods": "while True: print('x' * 100)",
    "hoards": "hoard = []\nwhile True: hoard.append(bytearray(1 << 20))",
    "sleeps": "import time; time.sleep(1e6)",
    "leaves daemons": "import os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(1e6)\nprint('left')",
}


def _gist(result: Result) -> tuple[object, ...]:
    return result.outcome, result.isolation, result.stdout, result.stderr, result.fault, result.detail, result.returned


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS.keys())
async def test_a_warm_run_says_what_a_cold_run_says(warm, small, source) -> None:
    """The same words for the same program, whichever way it was run."""
    job = Job(source=source, limits=replace(small, wall_s=1.0, disk_bytes=Limits().disk_bytes))
    assert _gist(await warm.run(job)) == _gist(await ColdRunner().run(job))


async def test_workers_wait_ready_apart_from_each_other_and_from_all_else(warm) -> None:
    """Namespaces, group and limits are in force before any job is there."""
    pool = warm.pools[Profile.STDLIB]
    await asyncio.gather(*(cell.ready for cell in pool.idle))
    keeper, zygote = _keeper_and_zygote(warm)
    workers = [cell.pids[1] for cell in pool.idle]
    assert len(workers) == warm.policy.idle
    for kind in NAMESPACES:
        seen = {_namespace(pid, kind) for pid in (os.getpid(), keeper, *workers)}
        assert len(seen) == 2 + len(workers), kind
    assert {_namespace(pid, "net") for pid in workers} == {_namespace(keeper, "net")} != {_namespace(os.getpid(), "net")}
    assert zygote in _children(keeper)
    for cell in pool.idle:
        status = _status(cell.pids[1])
        assert (status["Seccomp"], status["NoNewPrivs"], status["CapEff"], status["CapBnd"]) == ("2", "1", "0" * 16, "0" * 16)
        assert status["Threads"] == "1"
        if groups.here():
            assert cell.group is not None
            assert cell.group.processes() == (cell.pids[1],)


async def test_what_waits_holds_no_descriptor_but_its_own(warm) -> None:
    """Standard streams and the one socket that tasks come through."""
    await _rested(warm)
    for cell in warm.pools[Profile.STDLIB].idle:
        assert _held(cell.pids[1]) == [0, 1, 2, 3]


async def test_a_run_takes_a_worker_that_waited(warm) -> None:
    """Nothing is forked on its way."""
    await _rested(warm)
    first = warm.pools[Profile.STDLIB].idle[0].pids[1]
    seen: list[int] = []
    job = asyncio.create_task(warm.run(Job(source=FOREVER, limits=Limits(wall_s=0.3))))
    await _until_on(warm, job)
    seen += [cell.pids[1] for cell in _zygote(warm).cells.values() if cell.stdout.data]
    assert (await job).outcome is Outcome.TIMEOUT
    assert seen == [first]


async def test_a_disk_of_another_size_is_made_to_order(warm) -> None:
    """Those who wait have the usual one."""
    source = "import os; v = os.statvfs('/tmp'); print(v.f_blocks * v.f_frsize, v.f_files)"
    limits = replace(Limits(), disk_bytes=3 * MIB, disk_files=17)
    sizes = [(await warm.run(Job(source=source, limits=chosen))).stdout for chosen in (limits, Limits())]
    assert sizes == [f"{3 * MIB} 20\n", f"{32 * MIB} 1027\n"]


async def test_limits_of_the_job_are_those_in_force(warm) -> None:
    """Workers wait with the usual ones; a job may want less or more."""
    source = """
        import resource
        print(resource.getrlimit(resource.RLIMIT_FSIZE)[1], resource.getrlimit(resource.RLIMIT_NPROC)[1])
        hoard = bytearray(@MIB@ << 20)
        print('fits')
    """

    async def run(size: int, memory: int) -> Result:
        limits = replace(Limits(), memory_bytes=memory * MIB, processes=20)
        return await warm.run(Job(source=textwrap.dedent(source).replace("@MIB@", str(size)), limits=limits))

    assert [(await run(size, memory)).outcome for size, memory in ((100, 60), (40, 60), (600, 900))] == [
        Outcome.MEMORY,
        Outcome.OK,
        Outcome.OK,
    ]
    assert (await run(1, 60)).stdout == f"{32 * MIB} 21\nfits\n"


async def test_calls_of_one_group_share_a_process_with_a_fresh_module_each(warm) -> None:
    """And calls without one do not."""
    source = """
        import os, sys
        seen = []
        def f(x):
            seen.append(x)
            sys.modules.setdefault('kept', []).append(x)
            return os.getpid(), list(seen), list(sys.modules['kept'])
    """

    async def run(*names: str) -> list[object]:
        calls = tuple(Call(id=str(at), args=(at,), group=name) for at, name in enumerate(names))
        result = await warm.run(Job(source=textwrap.dedent(source), entry="f", calls=calls))
        return [returned.value for returned in result.returned]

    assert await run("a", "a", "b") == [(2, [0], [0]), (2, [1], [0, 1]), (2, [2], [2])]
    assert await run("", "") == [(2, [0], [0]), (2, [1], [1])]


async def test_a_call_that_ends_its_process_leaves_the_rest_of_its_group_a_new_one(warm) -> None:
    """Leaving early costs the one case, not those after it."""
    source = "import os\ndef f(x):\n    if x == 1: os._exit(0)\n    return x"
    calls = tuple(Call(id=str(at), args=(at,), group="g") for at in range(4))
    result = await warm.run(Job(source=source, entry="f", calls=calls))
    assert [(one.outcome, one.value) for one in result.returned] == [
        (Outcome.OK, 0),
        (Outcome.ERROR, None),
        (Outcome.OK, 2),
        (Outcome.OK, 3),
    ]


async def test_an_answer_too_many_in_a_group_is_a_violation(warm) -> None:
    """Whichever question it is taken for, one is left over in the end."""
    source = """
        import os, struct
        from runner.values import encode
        def f(x):
            if x == 0:
                body = encode(('ok', 99, None))
                os.write(3, struct.pack('>I', len(body)) + body)
            return x
    """
    calls = tuple(Call(id=str(at), args=(at,), group="g") for at in range(3))
    result = await warm.run(Job(source=textwrap.dedent(source), entry="f", calls=calls))
    assert result.outcome is Outcome.VIOLATION
    assert [one.value for one in result.returned] != [0, 1, 2]


AHEAD = {
    "all well": "",
    "one leaves": "if x == 3: os._exit(0)",
    "all but the first leave": "if x: os._exit(7)",
    "one crashes": "if x == 3: os.abort()",
    "one raises": "if x == 3: raise ValueError(x)",
    "one hangs": "if x == 3: time.sleep(60)",
    "one takes all memory": "if x == 3: return len(bytearray(400 << 20))",
    "one floods": "if x == 3: print('x' * 99_999)",
    "one returns too much": "if x == 3: return 'x' * 999_999",
    "each returns a good part of what may be returned": "return 'x' * 60_000",
    "one ends what reads its tasks": "if x == 3: os.close(3)",
}


@pytest.mark.parametrize("line", AHEAD.values(), ids=AHEAD)
async def test_calls_sent_ahead_end_as_those_sent_one_by_one(warm, small, line) -> None:
    """What is sent together is still answered, limited and charged one by one."""

    async def run(*, ahead: bool) -> list[object]:
        calls = tuple(Call(id=str(at), args=(at,), group="g", ahead=ahead and at > 0) for at in range(7))
        source = f"import os, time\ndef f(x):\n    {line or 'pass'}\n    return x"
        job = Job(source=source, entry="f", calls=calls, limits=replace(small, wall_s=0.7))
        result = await warm.run(job)
        return [result.outcome, *((one.outcome, one.value, one.fault) for one in result.returned)]

    assert await run(ahead=True) == await run(ahead=False)


async def test_calls_are_sent_ahead_only_where_asked_and_only_to_a_used_worker(warm) -> None:
    """The control of the test above: a call finds its successors' arguments waiting, but for the first."""
    source = """
        import array, fcntl, termios, time
        def f(x):
            waiting = array.array('i', [0])
            fcntl.ioctl(3, termios.FIONREAD, waiting)
            return waiting[0] > 0
    """
    for ahead, expected in ((True, [False, True, True, False]), (False, [False] * 4)):
        calls = tuple(Call(id=str(at), args=(at,), group="g", ahead=ahead) for at in range(4))
        result = await warm.run(Job(source=textwrap.dedent(source), entry="f", calls=calls))
        assert [one.value for one in result.returned] == expected, result.returned


CANARY = """
    import builtins, os, sys, math
    seen = [name for name in os.listdir('/tmp') + os.listdir('/dev/shm')]
    seen += [getattr(builtins, 'canary', ''), os.environ.get('CANARY', ''), getattr(math, 'canary', '')]
    seen += ['umask'] if os.umask(0o077) != 0o077 else []
    print([one for one in seen if one])
    open('/tmp/canary', 'w').write('1'); open('/dev/shm/canary', 'w').write('1')
    builtins.canary = math.canary = os.environ['CANARY'] = 'sung'
    os.umask(0)
"""


async def test_nothing_one_run_leaves_is_seen_by_the_next(warm) -> None:
    """Fifty in a row, all from one zygote."""
    job = Job(source=textwrap.dedent(CANARY))
    assert {(await warm.run(job)).stdout for _ in range(50)} == {"[]\n"}


@pytest.mark.parametrize("victim", ["keeper", "zygote"])
async def test_killing_what_runs_stand_on_is_internal_and_then_healed(warm, victim) -> None:
    """The run in progress is our fault; those after it are right, cold at first and then warm again."""
    await _rested(warm)
    before = _zygote(warm)
    task = asyncio.create_task(warm.run(Job(source=FOREVER, limits=Limits(wall_s=60))))
    await _until_on(warm, task)
    keeper, zygote = _keeper_and_zygote(warm)
    os.kill(keeper if victim == "keeper" else zygote, signal.SIGKILL)
    assert (await task).outcome is Outcome.INTERNAL
    assert (await warm.run(Job(source="print('again')"))).stdout == "again\n"
    assert await warm.warm_up(Profile.STDLIB)
    assert _zygote(warm) is not before
    assert (await warm.run(Job(source="print('warm')"))).stdout == "warm\n"


async def test_a_worker_that_dies_while_it_waits_is_passed_over(warm) -> None:
    """Nobody's code was in it, so nobody is charged."""
    await _rested(warm)
    pool = warm.pools[Profile.STDLIB]
    dead = list(pool.idle)
    for cell in dead:
        os.kill(cell.pids[1], signal.SIGKILL)
    await _until(lambda: all(cell.exit for cell in dead))
    assert (await warm.run(Job(source="print('fine')"))).stdout == "fine\n"


async def test_a_supervisor_that_is_killed_takes_everything_along(leftovers, tmp_path) -> None:
    """Nobody is left to end the jail, so it ends itself; the groups are swept by the next runner."""
    program = f"""
        import asyncio, sys
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from runner import Job, Limits
        from runner.warm import WarmRunner
        async def main():
            runner = WarmRunner()
            await runner.warm_up('stdlib')
            print('up', flush=True)
            await runner.run(Job(source={FOREVER!r}, limits=Limits(wall_s=60)))
        asyncio.run(main())
    """
    path = tmp_path / "supervisor.py"
    path.write_text(textwrap.dedent(program))
    process = await asyncio.create_subprocess_exec(sys.executable, str(path), stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    boxed = _descendants(process.pid)
    assert len(boxed) >= 3
    process.kill()
    await process.wait()
    await _until(lambda: not any(_is_running(pid) for pid in boxed))
    async with WarmRunner() as runner:
        await runner.run(Job(source="1"))
    left = [path for place in groups.here() for _n, folder in place.folders for path in folder.glob(f"epochbot-{process.pid}-*")]
    assert left == []


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def test_a_zygote_is_replaced_after_so_many_runs() -> None:
    """Its children all share one layout of memory, which must not be learnt for ever."""
    async with WarmRunner(policy=Policy(idle=1, recycle_runs=4)) as runner:
        await runner.warm_up(Profile.STDLIB)
        first = _zygote(runner)
        for _ in range(8):
            assert (await runner.run(Job(source="print(1)"))).outcome is Outcome.OK
        while _zygote(runner) is first:
            await asyncio.wait([asyncio.ensure_future(runner.run(Job(source="1")))])
        while runner.pools[Profile.STDLIB].retired:
            await asyncio.wait(set(runner.pools[Profile.STDLIB].retired))
        assert (first.alive, first.cells, first.box.process.poll() is None) == (False, {}, False)


async def test_a_zygote_is_replaced_when_it_is_old_and_ended_when_nobody_needs_it() -> None:
    """Both by the clock that was passed in."""
    clock = Clock()
    async with WarmRunner(policy=Policy(recycle_s=100, unused_s=1000), clock=clock) as runner:
        await runner.warm_up(Profile.STDLIB)
        pool, first = runner.pools[Profile.STDLIB], _zygote(runner)
        clock.now = 99
        pool.tend()
        assert pool.starting is None
        clock.now = 101
        pool.tend()
        assert pool.starting is not None
        await pool.starting
        assert _zygote(runner) is not first
        clock.now += 50
        pool.policy = Policy(recycle_s=5000, unused_s=40)
        pool.tend()
        assert (pool.zygote, pool.warm) == (None, False)


async def test_a_zygote_that_does_not_come_up_is_left_alone_for_a_while_and_jobs_run_cold() -> None:
    """Three failures in a row, and then patience."""
    clock, tries = Clock(), []

    async def fails(profile: Profile) -> Zygote:
        tries.append(profile)
        raise CannotIsolate("nothing works today.")

    async with WarmRunner(clock=clock) as runner:
        pool = runner.pools[Profile.STDLIB] = Pool(Profile.STDLIB, Policy(patience_s=60), fails, clock)
        for _ in range(5):
            assert (await runner.run(Job(source="print('cold')"))).stdout == "cold\n"
            assert not await runner.warm_up(Profile.STDLIB)
        assert len(tries) == FAILURES
        clock.now = 61
        assert not await runner.warm_up(Profile.STDLIB)
        assert len(tries) == FAILURES + 1
        assert not pool.warm


async def test_without_groups_memory_is_watched_from_outside_and_the_result_says_so() -> None:
    """Reduced, and still stopped."""
    async with WarmRunner(places=list) as runner:
        await runner.warm_up(Profile.STDLIB)
        limits = replace(Limits(), memory_bytes=40 * MIB)
        fits = await runner.run(Job(source="hoard = bytearray(20 << 20)", limits=limits))
        hoards = await runner.run(Job(source=PROGRAMS["hoards"], limits=limits))
    assert [(one.outcome, one.isolation) for one in (fits, hoards)] == [
        (Outcome.OK, Isolation.REDUCED),
        (Outcome.MEMORY, Isolation.REDUCED),
    ]


async def test_below_the_minimum_nothing_is_run_warm_either() -> None:
    """Strong was asked for, and no group can be made."""
    async with WarmRunner(Isolation.STRONG, places=list) as runner:
        await runner.warm_up(Profile.STDLIB)
        with pytest.raises(CannotIsolate, match="No control group"):
            await runner.run(Job(source="print('ran')"))


async def test_a_cancelled_run_leaves_nothing(warm) -> None:
    """Whoever stops waiting also stops the worker."""
    await _rested(warm)
    task = asyncio.create_task(warm.run(Job(source=FOREVER, limits=Limits(wall_s=60))))
    await _until_on(warm, task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _rested(warm)
    assert len(_zygote(warm).cells) == warm.policy.idle


async def test_many_at_once_are_all_right_and_leave_no_descriptor(warm) -> None:
    """Workers, streams and groups do not get mixed up."""
    await _rested(warm)
    before = len(_held("self"))
    results = await asyncio.gather(*(warm.run(Job(source=f"print({number})")) for number in range(60)))
    assert [result.stdout for result in results] == [f"{number}\n" for number in range(60)]
    await _rested(warm)
    assert len(_held("self")) <= before


@pytest.fixture
def proc() -> Iterator[int]:
    """A way to /proc, as a zygote has it."""
    handle = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    yield handle
    os.close(handle)


def test_a_zygote_with_a_second_thread_forks_nothing(proc) -> None:
    """Locks that the other thread holds would stay locked in the child for ever."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        try:
            with pytest.raises(OSError, match="threads"):
                BoxZygote(ours, theirs, proc).fork(b"0001", -1, [])
        finally:
            stop.set()
            thread.join()
