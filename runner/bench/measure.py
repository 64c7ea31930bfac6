"""Does the measuring: every measure in turn, a little of each in every round, all in one process and one run."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from runner.bench import sources
from runner.bench.deadline import overdue_ms
from runner.bench.forks import Forker, forker
from runner.bench.idle import at_rest, memory
from runner.bench.machine import Look, look
from runner.bench.plan import Broken, Load, Once, Plan, rotated, share
from runner.bench.trace import traced
from runner.cold import ColdRunner
from runner.job import Isolation, Job, Outcome, Profile, Result, Run
from runner.warm import WarmRunner

FORK_KINDS = ("answer", "byte", "exit")
PLAIN, GATHERED = "plain", "gathered"

Say = Callable[[str], None]
Step = tuple[Callable[[int], Awaitable[None]], int]
"""Something that can be done so many times, and how many times in all."""


@dataclass(slots=True)
class Found:
    """Everything that was measured, untreated. Times are in milliseconds."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    phases: dict[str, list[dict[str, float]]] = field(default_factory=lambda: defaultdict(list))  # one for each run
    done: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # pieces of work of each load
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # and the time they took
    memory: dict[str, dict[str, dict[str, int]] | None] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    isolation: Isolation | None = None


def _expect(result: Result, job: Job) -> None:
    if result.outcome is not Outcome.OK or [back.value for back in result.returned] != [sources.VALUE]:
        raise Broken(f"a trivial {job.profile} run ended with {result.outcome}. {result.detail} {result.fault or ''}")


async def _timed_run(run: Run, job: Job) -> tuple[float, Result]:
    """Run a job; return what its caller waits, in milliseconds, and the result."""
    began = time.perf_counter()
    result = await run(job)
    took = (time.perf_counter() - began) * 1000
    _expect(result, job)
    return took, result


class Bench:
    """One benchmark: its parts, and what they found."""

    def __init__(self, plan: Plan, runner: WarmRunner, forkers: dict[tuple[Profile, str], Forker]) -> None:
        """Take over what has been started."""
        self.plan = plan
        self.runner = runner
        self.cold = ColdRunner(runner.cold.minimum)
        self.forkers = forkers
        self.found = Found()

    async def warm(self, profile: Profile, count: int) -> None:
        """Time warm runs, each sent when everything is at rest."""
        job = sources.warm_job(profile)
        for _ in range(count):
            await at_rest(self.runner.pools[profile])
            took, result = await _timed_run(self.runner.run, job)
            self.found.times[f"warm_{profile}"].append(took)
            self.found.isolation = result.isolation

    async def phases(self, profile: Profile, count: int) -> None:
        """Time the phases of other warm runs."""
        job = sources.warm_job(profile)
        pool = self.runner.pools[profile]
        await at_rest(pool)
        for _ in range(count):
            spent: dict[str, float] = defaultdict(float)
            with traced(spent):
                spent["whole run"], _result = await _timed_run(self.runner.run, job)
                await at_rest(pool)
            self.found.phases[profile].append(spent)

    async def cold_runs(self, profile: Profile, count: int) -> None:
        """Time runs in a jail of their own that imports the same libraries."""
        job = sources.cold_job(profile)
        for _ in range(count):
            took, _result = await _timed_run(self.cold.run, job)
            self.found.times[f"cold_{profile}"].append(took)

    async def forks(self, profile: Profile, memory: str, kind: str, count: int) -> None:
        """Have a plain warm process time its bare forks."""
        took = self.forkers[profile, memory].fork(kind, count)
        self.found.times[f"fork_{kind}_{memory}_{profile}"] += took

    async def deadlines(self, profile: Profile, program: str, count: int) -> None:
        """Time the end of runs that do not end by themselves."""
        for _ in range(count):
            self.found.times[f"deadline_{program}_{profile}"].append(await overdue_ms(self.runner, profile, program))

    async def load(self, load: Load, count: int) -> None:
        """Count what several callers get done in a while, with all that has to be cleared away afterwards."""
        for _ in range(count):
            async with AsyncExitStack() as stack:
                once = await stack.enter_async_context(load.open(self.runner.run))
                await self._all_at_rest()
                began = time.perf_counter()
                until = began + self.plan.slice_s
                done = await asyncio.gather(*(self._caller(once, until) for _ in range(self.plan.callers)))
            await self._all_at_rest()
            self.found.done[load.name] += sum(done)
            self.found.seconds[load.name] += time.perf_counter() - began

    async def _caller(self, once: Once, until: float) -> int:
        done = 0
        while time.perf_counter() < until:
            await once()
            done += 1
        return done

    async def _all_at_rest(self) -> None:
        for pool in self.runner.pools.values():
            await at_rest(pool)

    async def look(self, count: int) -> None:
        """See what others do on the machine."""
        await self._all_at_rest()
        for _ in range(count):
            self.found.looks.append(await look(self.plan.look_s))

    async def weigh(self) -> None:
        """Note what memory the workers that wait take."""
        await self._all_at_rest()
        self.found.memory = {str(profile): memory(pool) for profile, pool in self.runner.pools.items()}

    def steps(self, loads: Sequence[Load]) -> list[Step]:
        """List all there is to do in rounds."""
        plan = self.plan
        ends = dict.fromkeys((plan.profiles[0], plan.profiles[-1]))
        return [
            *((partial(self.warm, profile), plan.n) for profile in plan.profiles),
            *((partial(self.phases, profile), plan.traced) for profile in plan.profiles),
            *((partial(self.forks, *which, kind), plan.forks) for which in self.forkers for kind in FORK_KINDS),
            *((partial(self.cold_runs, profile), plan.cold) for profile in plan.profiles),
            *((partial(self.deadlines, end, name), plan.deadlines) for end in ends for name in sources.ENDLESS),
            *((partial(self.load, load), plan.slices) for load in loads if load.profile in plan.profiles),
            (self.look, plan.rounds),
        ]

    async def rounds(self, steps: list[Step], say: Say) -> None:
        """Do a share of every step in each round."""
        for at in range(self.plan.rounds):
            for do, total in rotated(steps, at):
                if count := share(total, self.plan.rounds, at):
                    await do(count)
            say(f"round {at + 1} of {self.plan.rounds}")


@asynccontextmanager
async def _isolated_runs(profile: Profile, run: Run) -> AsyncIterator[Once]:
    job = sources.warm_job(profile)

    async def once() -> None:
        _expect(await run(job), job)

    yield once


def run_loads(profiles: Sequence[Profile]) -> list[Load]:
    """Return trivial runs as loads."""
    return [
        Load(name=f"runs_per_s_{profile}", profile=profile, open=partial(_isolated_runs, profile))
        for profile in profiles
    ]


def _start_forkers(profiles: Sequence[Profile], stack: AsyncExitStack) -> dict[tuple[Profile, str], Forker]:
    """Start plain warm processes: as they come, and with their memory gathered as that of our zygotes is."""
    return {
        (profile, memory): stack.enter_context(forker(profile, gather=memory == GATHERED))
        for profile in profiles
        for memory in (PLAIN, GATHERED)
    }


async def measure(plan: Plan, loads: Sequence[Load], say: Say, *, minimum: Isolation = Isolation.REDUCED) -> Found:
    """Start everything, measure it all and end everything.

    Raises:
        Broken: when something does not do what is to be measured.
        CannotIsolate: when this host cannot isolate a run.
    """
    first = await look(plan.look_s)
    async with AsyncExitStack() as stack:
        forkers = _start_forkers(plan.profiles, stack)
        runner = await stack.enter_async_context(WarmRunner(minimum))
        for profile in plan.profiles:
            say(f"warming up {profile}")
            if not await runner.warm_up(profile):
                raise Broken(f"no warm process came up for {profile} jobs")
        for one in forkers.values():
            one.ready()
        bench = Bench(plan, runner, forkers)
        bench.found.looks.append(first)
        await bench.weigh()
        await bench.rounds(bench.steps([*run_loads(plan.profiles), *loads]), say)
        await bench.look(1)
        return bench.found
