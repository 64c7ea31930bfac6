"""The benchmark measures what it names, in little; its sums are exact; and it keeps silent about a busy machine."""

from __future__ import annotations

import asyncio
import json
import os
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner import CannotIsolate, Isolation, Job, Outcome, Profile, Result, Returned
from runner.bench import __main__ as shell
from runner.bench import sources
from runner.bench.deadline import overdue_ms
from runner.bench.forks import forker
from runner.bench.idle import at_rest, memory, parse_rollup
from runner.bench.machine import Look, Quiet, Ticks, facts, judge, on_two_cores, parse_ticks
from runner.bench.measure import Bench, Found, measure
from runner.bench.plan import Broken, Load, Plan, quick, rotated, share
from runner.bench.report import BUSY, TARGETS, percentile, phases, report, verdict
from runner.bench.table import lines
from runner.bench.trace import traced
from runner.cells import Cell
from runner.libraries import all_modules
from runner.pool import Pool
from runner.warm import WarmRunner

CALM = Quiet(others=0.0, steal=0.0, spread=1.0, load_before=0.0, load_after=0.0)
TINY = replace(quick((Profile.STDLIB,)), cold=2, rounds=2)


@pytest.fixture(scope="module")
def found() -> Found:
    """What a tiny benchmark found, with a load of its own."""

    @asynccontextmanager
    async def _open(run):
        async def once() -> None:
            await run(sources.warm_job(Profile.STDLIB))

        yield once

    said: list[str] = []
    own = Load(name="own_per_s_stdlib", profile=Profile.STDLIB, open=_open)
    unmeant = Load(name="own_per_s_torch", profile=Profile.TORCH, open=_open)
    found = asyncio.run(measure(TINY, [own, unmeant], said.append))
    assert said == ["warming up stdlib", "round 1 of 2", "round 2 of 2"]
    return found


def test_everything_is_measured_as_often_as_planned(found: Found) -> None:
    counts = {name: len(times) for name, times in found.times.items()}
    kinds = [f"fork_{kind}_{memory}" for kind in ("answer", "byte", "exit") for memory in ("plain", "gathered")]
    assert counts == {
        "warm_stdlib": TINY.n,
        "cold_stdlib": TINY.cold,
        **{f"{kind}_stdlib": TINY.forks for kind in kinds},
        "deadline_loop_stdlib": TINY.deadlines,
        "deadline_daemons_stdlib": TINY.deadlines,
    }
    assert len(found.phases["stdlib"]) == TINY.traced
    assert set(found.done) == {"runs_per_s_stdlib", "own_per_s_stdlib"}
    assert len(found.looks) == TINY.rounds + 2
    assert all(value > 0 for times in found.times.values() for value in times)


def test_a_cold_run_takes_longer_than_a_warm_one_and_than_a_bare_fork(found: Found) -> None:
    """Otherwise they measure the wrong thing. The best of each, which is what a busy machine distorts least."""
    cold, warm, fork = (min(found.times[f"{name}_stdlib"]) for name in ("cold", "warm", "fork_answer_plain"))
    assert cold > max(warm, fork)


def test_the_report_has_the_names_others_rely_on(found: Found) -> None:
    said = json.loads(json.dumps(report(TINY, found, 2, facts())))
    assert set(said) >= {
        *("warm_stdlib_p50", "warm_stdlib_p99", "cold_stdlib_p50", "fork_stdlib_p50", "runs_per_s_stdlib"),
        *("ratios", "verdict", "busy", "idle_pss_kib", "deadline_to_empty_ms_max", "phases", "n", "cores", "kernel"),
        *("python", "libraries", "results", "isolation"),
    }
    assert said["warm_stdlib_p50"] == pytest.approx(median(found.times["warm_stdlib"]), rel=0.01)
    assert {tuple(one) for one in said["results"]} == {("name", "value", "unit", "baseline", "ratio")}
    path = said["phases"]["stdlib"]["path"]
    assert sum(one["p50"] for name, one in path.items() if name != "whole run") <= path["whole run"]["p99"]
    assert set(said["phases"]["stdlib"]["aside"]) >= {"cell made and worker forked", "torn down"}


def test_the_table_says_the_same_as_the_report(found: Found) -> None:
    said = report(TINY, found, 2, facts())
    text = "\n".join(lines(said))
    assert f"{said['warm_stdlib_p50']:,.2f}" in text
    assert "None" not in text
    assert (BUSY in text) == said["busy"]
    assert "pass" in "\n".join(lines({**said, "verdict": {"warm_torch_p50 <= 10": "pass"}}))


@pytest.mark.skipif(os.geteuid() != 0, reason="memory of others is shown to root alone")
def test_memory_is_told_of_all_that_waits(found: Found) -> None:
    told = found.memory["stdlib"]
    assert told is not None
    assert set(told) == {"worker", "cell", "zygote", "keeper"}
    assert all(kib["pss_kib"] >= kib["private_kib"] > 0 for kib in told.values())


@given(total=st.integers(0, 500), rounds=st.integers(1, 60))
def test_shares_add_up_and_differ_by_one_at_most(total: int, rounds: int) -> None:
    shares = [share(total, rounds, at) for at in range(rounds)]
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1


@given(st.lists(st.integers()), st.integers(0, 100))
def test_a_rotated_round_has_every_step_once(steps: list[int], at: int) -> None:
    assert sorted(rotated(steps, at)) == sorted(steps)
    if steps:
        assert rotated(steps, at)[0] == steps[at % len(steps)]


@pytest.mark.parametrize(
    ("values", "at", "expected"), [([5.0], 0.99, 5.0), ([3.0, 1.0, 2.0], 0.5, 2.0), (list(range(1, 101)), 0.99, 99)]
)
def test_a_percentile_is_one_of_the_values(values: list[float], at: float, expected: float) -> None:
    assert percentile(values, at) == expected


def test_each_target_passes_at_its_bound_and_fails_beyond() -> None:
    at = {target.name: target.bound for target in TARGETS}
    beyond = {target.name: target.bound * (0.99 if target.at_least else 1.01) for target in TARGETS}
    assert verdict(at, CALM) == {str(target): "pass" for target in TARGETS}
    assert verdict(beyond, CALM) == {str(target): "fail" for target in TARGETS}
    assert verdict({}, CALM) == {str(target): "not measured" for target in TARGETS}


@pytest.mark.parametrize(
    ("quiet", "reason"),
    [
        (replace(CALM, others=0.5), "others used 0.50 cores while nothing of ours ran"),
        (replace(CALM, steal=0.05), "the host took 5.0% of the time for others"),
        (replace(CALM, spread=1.5), "a fixed loop took 1.50 times its best"),
    ],
)
def test_on_a_busy_machine_there_is_no_verdict(quiet: Quiet, reason: str) -> None:
    assert (quiet.reasons, verdict({}, quiet)) == ((reason,), BUSY)


def test_looks_are_summed_up_over_the_whole_benchmark() -> None:
    """Others are watched while we sleep; what the host takes counts all the time."""
    first = Look(Ticks(100, 0, 1000), Ticks(110, 0, 1040), 2.0, 0.5)
    last = Look(Ticks(900, 20, 1960), Ticks(910, 20, 2000), 2.4, 1.5)
    assert judge([first, last], 2) == Quiet(
        others=20 / 80 * 2, steal=20 / 1000, spread=2.2 / 2.0, load_before=0.5, load_after=1.5
    )


def test_ticks_are_read_from_the_line_of_all_processors() -> None:
    assert parse_ticks("cpu  10 1 5 100 7 2 3 4 50 0\ncpu0 1 1 1 1\n") == Ticks(busy=21, steal=4, total=132)


def test_memory_is_read_from_the_kernels_sum() -> None:
    text = "5-7 ---p 00000000 00:00 0 [rollup]\nRss: 9 kB\nPss: 8 kB\nPss_Dirty: 1 kB\nPrivate_Clean: 2 kB\nPrivate_Dirty: 3 kB\nAnonymous: 4 kB\n"
    assert parse_rollup(text) == {"pss_kib": 8, "private_kib": 5, "anonymous_kib": 4}


def test_two_cores_are_used_and_all_given_back() -> None:
    before = os.sched_getaffinity(0)
    with on_two_cores() as cores:
        assert len(os.sched_getaffinity(0)) == cores == min(2, len(before))
    assert os.sched_getaffinity(0) == before


def test_the_cold_run_imports_what_the_warm_process_has() -> None:
    text = str(sources.cold_job(Profile.TORCH).source)
    assert {f"import {name}" for name in all_modules(Profile.TORCH)} <= set(text.splitlines())


def _children() -> set[str]:
    """List the processes that the main thread of this one has started."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


def test_the_bare_process_has_imported_what_it_was_told_and_forks() -> None:
    before = _children()
    with forker(Profile.NUMPY, gather=True) as one:
        one.ready()
        mapped = [child for child in _children() - before if "numpy" in Path(f"/proc/{child}/maps").read_text()]
        assert len(mapped) == 1
        assert len(one.fork("answer", 3)) == len(one.fork("byte", 3)) == len(one.fork("exit", 3)) == 3
        assert Path(f"/proc/{mapped[0]}/task/{mapped[0]}/children").read_text() == ""


def test_a_bare_process_that_ended_is_noticed() -> None:
    with forker(Profile.STDLIB, gather=False) as one:
        one.ready()
        with pytest.raises(Broken, match="ended"):
            one.fork("no such kind", 1)
    with forker(Profile.STDLIB, gather=False) as one:
        one.asked.close()
        one.ready()
        with pytest.raises(Broken, match="did not come up"):
            one.ready()  # it said so once, and ended


async def test_a_trace_ends_with_its_block() -> None:
    before = (Pool.take, Cell.answer, Cell.end)
    with traced({}):
        within = (Pool.take, Cell.answer, Cell.end)
    assert all(one is not other for one, other in zip(before, within, strict=True))
    assert (Pool.take, Cell.answer, Cell.end) == before


def test_phases_tell_the_wait_apart_from_the_limits() -> None:
    run = defaultdict(lambda: 1.0, {"worker taken": 5.0, "waited for a worker": 3.0})
    for name in ("arguments encoded", "task sent to frame read", "worker given back", "verdict", "whole run"):
        run[name] = 1.0
    told = phases([run])
    assert (told["path"]["limits set"], told["aside"]) == ({"p50": 2.0, "p99": 2.0}, {})


async def test_a_run_that_ends_before_its_deadline_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sources.ENDLESS, "loop", "pass")
    async with WarmRunner() as runner:
        await runner.warm_up(Profile.STDLIB)
        with pytest.raises(Broken, match="not a timeout"):
            await overdue_ms(runner, Profile.STDLIB, "loop")


async def test_a_run_of_too_few_processes_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.bench.deadline.WALL_S", 0.1)
    monkeypatch.setitem(sources.ENDLESS, "daemons", sources.ENDLESS["loop"])
    async with WarmRunner() as runner:
        await runner.warm_up(Profile.STDLIB)
        with pytest.raises(Broken, match="daemons: 2 processes"):
            await overdue_ms(runner, Profile.STDLIB, "daemons")


async def test_a_run_that_does_not_answer_right_ends_the_benchmark() -> None:
    async with WarmRunner() as runner:
        bench = Bench(Plan(), runner, {})
        await runner.warm_up(Profile.STDLIB)

        async def wrong(_job: Job) -> Result:
            return Result(
                outcome=Outcome.OK,
                isolation=Isolation.STRONG,
                returned=(Returned(id="1", outcome=Outcome.OK, value=2),),
            )

        bench.cold.run = wrong  # type: ignore[method-assign]  # a runner that answers wrong
        with pytest.raises(Broken, match="a trivial stdlib run ended with ok"):
            await bench.cold_runs(Profile.STDLIB, 1)


async def test_a_pool_that_never_comes_to_rest_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.bench.idle.REST_S", 0.2)
    async with WarmRunner() as runner:
        await runner.warm_up(Profile.STDLIB)
        pool = runner.pools[Profile.STDLIB]
        await at_rest(pool)
        pool.idle.popleft()  # one that nobody took and nobody ends
        with pytest.raises(Broken, match="did not come to rest"):
            await at_rest(pool)
        pool.idle.clear()
        assert memory(pool) is None


def test_as_a_program_it_says_what_is_broken_and_what_cannot_be_isolated(monkeypatch, capsys) -> None:
    def failing(fault: Exception):
        async def fail(*_args: object, **_named: object) -> Found:
            raise fault

        return fail

    monkeypatch.setattr(shell, "measure", failing(Broken("it does not work")))
    assert shell.main(["--quick"]) == 1
    monkeypatch.setattr(shell, "measure", failing(CannotIsolate("No.", "Do this.")))
    assert shell.main(["--quick", "--n", "20"]) == 125
    assert capsys.readouterr().err == "The benchmark cannot go on: it does not work.\nNo. Do this.\n"


def test_as_a_program_it_prints_a_table(found, monkeypatch, capsys) -> None:
    async def done(*_args: object, **_named: object) -> Found:
        return found

    monkeypatch.setattr(shell, "measure", done)
    assert shell.main(["--quick", "--profiles", "stdlib"]) == 0
    assert "warm run, p50" in capsys.readouterr().out
