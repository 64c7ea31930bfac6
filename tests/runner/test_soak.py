"""Thousands of runs of every kind, at once and one after another: each ends as it should, and nothing of any is left.

The default suite has the short form. `make soak` runs the long one and shows what was counted.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from runner import Call, Isolation, Job, Limits, Outcome, Profile, Result, Returned, groups
from runner.bench.idle import at_rest, memory_of
from runner.job import MIB
from runner.pool import Policy, Pool
from runner.warm import WarmRunner

ABREAST = 4
SOAK = int(os.environ.get("EPOCHBOT_SOAK_RUNS", "10000"))
SLACK_BYTES = 24 * MIB  # of shared memory: others on this machine use some too, and less than a few runs would leave
DRIFT = 0.01
STILL = 20  # looks in a row
NEVER = float("inf")
NOTICED_S = 1.0  # how long after a zygote was killed runs may still meet it
LIMITS = Limits(
    wall_s=30.0, memory_bytes=128 * MIB, processes=16, stdout_bytes=8192, stderr_bytes=8192, result_bytes=65_536
)
HASTY = replace(LIMITS, wall_s=0.15)
NARROW = replace(LIMITS, disk_bytes=1 * MIB, disk_files=40)  # not the disk of workers that wait: made to order


Finder = Callable[[], list[int]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """A program, and how it must end."""

    source: str
    outcome: Outcome = Outcome.OK
    values: list[object] | None = None  # what its calls return; a script without
    groups: tuple[str, ...] = ()  # a call for each; without a name, each has a process of its own
    limits: Limits = LIMITS
    least: Profile = Profile.STDLIB

    def job(self, profile: Profile) -> Job:
        """Return it as a job of a profile, or of the least that has its libraries."""
        profile = max(profile, self.least, key=[*Profile].index)
        calls = tuple(Call(id=str(at), args=(), group=name) for at, name in enumerate(self.groups))
        return Job(source=self.source, entry="f", calls=calls, limits=self.limits, profile=profile)

    def fits(self, result: Result) -> bool:
        """Say whether a run ended as it must, with the values it must return."""
        values = [back.value for back in result.returned]
        return result.outcome is self.outcome and (self.values is None or values == self.values)


def _kinds() -> dict[str, Kind]:
    limits = {"hasty": HASTY, "narrow": NARROW}
    rows = tomllib.loads(Path(__file__).with_name("soak.toml").read_text())["kind"]
    return {
        row.pop("name"): Kind(
            source=row.pop("source"),
            outcome=Outcome(row.pop("outcome", "ok")),
            limits=limits.get(row.pop("limits", ""), LIMITS),
            least=Profile(row.pop("least", "stdlib")),
            groups=tuple(row.pop("groups", ())),
            **row,
        )
        for row in rows
    }


KINDS = _kinds()


@dataclass
class Sides:
    """Two runners at work: one whose zygotes live on, and one whose zygotes are replaced, and once killed."""

    steady: WarmRunner
    churning: WarmRunner
    killed_at: float = NEVER
    wrong: list[str] = field(default_factory=list)
    excused: int = 0
    done: int = 0

    async def one(self, runner: WarmRunner, name: str, profile: Profile) -> None:
        """Do one run and judge how it ended."""
        began = time.monotonic()
        result = await runner.run(KINDS[name].job(profile))
        self.done += 1
        hit = runner is self.churning and began <= self.killed_at + NOTICED_S and time.monotonic() >= self.killed_at
        if hit and result.outcome is Outcome.INTERNAL:
            self.excused += 1
        elif not KINDS[name].fits(result):
            self.wrong.append(f"{name} of {profile}: {result.outcome} {result.detail} {result.fault} {result.returned}")

    async def many(self, runs: Iterator[tuple[WarmRunner, str, Profile]], each: Callable[[int], None]) -> None:
        """Do runs, a few at once."""

        async def caller() -> None:
            for runner, name, profile in runs:
                await self.one(runner, name, profile)
                each(self.done)

        await asyncio.gather(*(caller() for _ in range(ABREAST)))

    def kill_a_zygote(self) -> None:
        """Kill one that runs are standing on, if there is one just now."""
        pool = self.churning.pools[Profile.STDLIB]
        if pool.warm and (pid := _zygote_of(pool)):
            self.killed_at = time.monotonic()
            os.kill(pid, signal.SIGKILL)

    async def rest(self) -> list[Pool]:
        """Wait until only idle workers are left; return all pools."""
        pools = [*self.steady.pools.values(), *self.churning.pools.values()]
        for pool in pools:
            while late := {*pool.retired, *((pool.starting,) if pool.starting else ())}:
                await asyncio.wait(late)
            pool.tend()
            if pool.starting:
                await pool.starting
            await at_rest(pool)
        return pools


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _zygote_of(pool: Pool) -> int:
    """Find the zygote among its keeper's children, which are cells but for one."""
    assert pool.zygote
    firsts = {cell.pids[0] for cell in pool.zygote.cells.values()}
    keeper = pool.zygote.box.inside
    return next((pid for pid in _children(keeper) if pid not in firsts and _children(pid)), 0)


def _expected(pools: list[Pool]) -> set[int]:
    """List the processes that may be there when nothing is being done."""
    found: set[int] = set()
    for pool in pools:
        assert pool.zygote
        found |= {pool.zygote.box.inside, _zygote_of(pool), *(pid for cell in pool.idle for pid in cell.pids)}
    return found


def _groups() -> set[str]:
    mine = f"epochbot-{os.getpid()}-*"
    return {str(path) for place in groups.here() for _name, folder in place.folders for path in folder.glob(mine)}


def _idle_groups(pools: list[Pool]) -> set[str]:
    return {str(path) for pool in pools for cell in pool.idle if cell.group for _name, path in cell.group.folders}


def _descriptors(pid: int | str = "self") -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _shared_bytes() -> tuple[int, ...]:
    """Return what is in tmpfs and shared memory, on the whole machine and in our own group."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    found = [next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Shmem:"))]
    for place in groups.here():
        stat = dict(line.split() for line in (dict(place.folders)["memory"] / "memory.stat").read_text().splitlines())
        found.append(int(stat.get("total_shmem", stat.get("shmem", 0))))
    return tuple(found)


async def _no_more_shared(before: tuple[int, ...]) -> bool:
    """Say whether shared memory is back to what it was; others may use some for a moment."""
    for _ in range(200):
        if all(now <= then + SLACK_BYTES for now, then in zip(_shared_bytes(), before, strict=True)):
            return True
        await asyncio.sleep(0.05)
    return False


def _plan(count: int, sides: Sides, profiles: tuple[Profile, ...]) -> list[tuple[WarmRunner, str, Profile]]:
    """Mix all kinds, small profiles more often, for both runners; the same mix at every run of the test."""
    rng = random.Random(count)  # noqa: S311 - no secret depends on it
    names = [list(KINDS)[at % len(KINDS)] for at in range(count)]
    rng.shuffle(names)
    weights = [2.0**-at for at in range(len(profiles))]
    picked = rng.choices(profiles, weights, k=count)
    return [
        (rng.choice((sides.steady, sides.churning)), name, profile) for name, profile in zip(names, picked, strict=True)
    ]


@dataclass(frozen=True)
class State:
    """What is held while nothing is being done."""

    mounts: tuple[str, ...]
    descriptors: int
    inside: tuple[int, ...]  # descriptors of keepers and zygotes that live on
    tasks: int

    @classmethod
    def now(cls, sides: Sides) -> State:
        """Look, once everything is at rest."""
        steady = [
            pid
            for pool in sides.steady.pools.values()
            if pool.zygote
            for pid in (pool.zygote.box.inside, _zygote_of(pool))
        ]
        return cls(
            mounts=tuple(Path("/proc/self/mountinfo").read_text().splitlines()),
            descriptors=_descriptors(),
            inside=tuple(map(_descriptors, steady)) if os.geteuid() == 0 else (),
            tasks=len(asyncio.all_tasks()),
        )


async def _state(sides: Sides) -> State:
    """Return what is held when it has not changed for a while: a zygote closes what it passed on a moment later."""
    seen: list[State] = []
    while len(seen) < STILL:
        now = State.now(sides)
        seen = [*seen, now] if not seen or seen[-1] == now else [now]
        await asyncio.sleep(0.01)
    return seen[-1]


def _weights(sides: Sides) -> dict[str, dict[str, int]]:
    """Return the memory of the zygotes that live on, where it is shown."""
    with suppress(PermissionError):
        return {str(profile): memory_of(_zygote_of(pool)) for profile, pool in sides.steady.pools.items()}
    return {}


def _drift(early: dict[str, dict[str, int]], late: dict[str, dict[str, int]]) -> dict[str, float]:
    """Return by what share the memory of each zygote's own has changed."""
    return {name: late[name]["anonymous_kib"] / early[name]["anonymous_kib"] - 1 for name in late}


async def _soak(sides: Sides, count: int, profiles: tuple[Profile, ...], found: Finder, say: Say) -> None:
    """Warm up, do the runs, and hold what is there afterwards against what was there before."""
    others, other_groups = set(found()), _groups()
    for runner in (sides.steady, sides.churning):
        assert await runner.warm_up(*profiles)
    await sides.rest()
    before, shared = await _state(sides), _shared_bytes()
    plan, first, began = _plan(count, sides, profiles), count // 10, time.monotonic()

    def each(done: int) -> None:
        if done >= count // 2 and sides.killed_at == NEVER:
            sides.kill_a_zygote()
        if done % max(1, count // 20) == 0:
            say(f"{done} of {count} runs, {done / (time.monotonic() - began):.0f} a second, {len(sides.wrong)} wrong")

    await sides.many(iter(plan[:first]), each)
    await sides.rest()
    early = _weights(sides)
    await sides.many(iter(plan[first:]), each)
    pools = await sides.rest()
    late, after = _weights(sides), await _state(sides)
    say(f"lost their zygote: {sides.excused}; made: {[pool.zygote and pool.zygote.made for pool in pools]}")
    say(f"zygotes in KiB after {first} runs: {early}\nafter {count}: {late}\ndrift: {_drift(early, late)}")
    say(f"before: {before.descriptors} descriptors, {before.inside} inside, {shared} shared bytes")
    say(f"after: {after.descriptors} descriptors, {after.inside} inside, {_shared_bytes()} shared bytes")
    assert (sides.wrong, sides.killed_at < NEVER) == ([], True)
    assert sides.excused <= ABREAST
    assert set(found()) - others - _expected(pools) == set()
    assert _groups() - other_groups == _idle_groups(pools)
    assert after == before
    assert await _no_more_shared(shared)
    assert all(abs(drift) <= DRIFT for drift in _drift(early, late).values())


async def _soaked(count: int, profiles: tuple[Profile, ...], recycle: int, found: Finder, say: Say) -> None:
    """Soak two runners, end them, and see that nothing at all is left."""
    before = set(found()), _groups(), _descriptors()
    async with (
        WarmRunner(slots=ABREAST, policy=Policy(recycle_runs=10**9)) as steady,
        WarmRunner(slots=ABREAST, policy=Policy(recycle_runs=recycle)) as churning,
    ):
        await _soak(Sides(steady, churning), count, profiles, found, say)
    assert (set(found()) - before[0], _groups() - before[1], _descriptors()) == (set(), set(), before[2])


async def test_a_run_in_progress_is_seen_by_every_check(leftovers) -> None:
    """The control of this module: what the checks find nothing of afterwards, they find while it is there."""
    others, other_groups = set(leftovers()), _groups()
    source = "import time\nfor n in range(28): open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))\nprint('on', flush=True)\ntime.sleep(1e6)"
    async with WarmRunner() as runner:
        await runner.warm_up(Profile.STDLIB)
        sides = Sides(runner, runner)
        pools = await sides.rest()
        before, shared = await _state(sides), _shared_bytes()
        run = asyncio.create_task(runner.run(Job(source=source, limits=replace(LIMITS, wall_s=60.0))))
        assert pools[0].zygote
        cells = pools[0].zygote.cells
        async with asyncio.timeout(20):
            while not any(cell.stdout.data for cell in cells.values()):  # noqa: ASYNC110 - a pipe of someone else's
                await asyncio.sleep(0.01)
        assert set(leftovers()) - others - _expected(pools)
        assert not groups.here() or _groups() - other_groups - _idle_groups(pools)
        assert State.now(sides) != before
        copy = os.dup(0)
        assert State.now(sides).descriptors == before.descriptors + 1
        os.close(copy)
        async with asyncio.timeout(20):  # the host is counted whole, and others may just have let go of as much
            while not any(now > then + SLACK_BYTES for now, then in zip(_shared_bytes(), shared, strict=True)):  # noqa: ASYNC110 - the host's own count
                await asyncio.sleep(0.05)
        run.cancel()
        await asyncio.wait([run])
        pools = await sides.rest()
        assert set(leftovers()) - others - _expected(pools) == set()
        assert (_groups() - other_groups, await _state(sides)) == (_idle_groups(pools), before)
        assert await _no_more_shared(shared)


def test_a_wrong_end_or_value_fits_no_kind() -> None:
    """And so would be counted as wrong."""
    returned = Result(
        outcome=Outcome.OK, isolation=Isolation.STRONG, returned=(Returned(id="0", outcome=Outcome.OK, value=41),)
    )
    assert not KINDS["returns"].fits(returned)
    assert not any(kind.fits(replace(returned, outcome=Outcome.INTERNAL)) for kind in KINDS.values())


async def test_of_many_mixed_runs_all_end_right_and_nothing_is_left(leftovers) -> None:
    await _soaked(150, (Profile.STDLIB, Profile.NUMPY), 25, leftovers, lambda _text: None)


@pytest.mark.slow
async def test_of_thousands_of_mixed_runs_all_end_right_and_nothing_is_left(leftovers, capsys) -> None:
    def say(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"{text}\n")

    await _soaked(SOAK, tuple(Profile), SOAK // 20, leftovers, say)
