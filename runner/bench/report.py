"""Turns what was measured into figures, holds them against their targets, and lays both out. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.bench.machine import Quiet, judge
from runner.bench.measure import FORK_KINDS, GATHERED, PLAIN, Found
from runner.bench.plan import Plan
from runner.bench.sources import ENDLESS
from runner.job import Profile

BUSY = "busy: no verdict"
HONEST = "answer"
_PATH = (
    "arguments encoded",
    "waited for a worker",
    "limits set",
    "task sent to frame read",
    "worker given back",
    "verdict",
)
_ASIDE = ("cell made and worker forked", "worker put in its group", "and caged, beyond that", "torn down")
_HOW = {
    "warm": "what the caller of run() waits for a function that does nothing, each sent when the pool was at rest",
    "cold": "the same through a jail made for it that imports the same libraries",
    "fork": "a plain process with the same libraries forks; the child calls the function and answers through a pipe; "
    "the parent has the answer and has collected the child",
    "runs_per_s": "trivial runs by several callers, until everything is cleared away again",
    "deadline": "from the deadline until none of the run's processes is in the host's list",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What one figure should be."""

    name: str
    bound: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Say whether it is."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        """Write it as one would."""
        return f"{self.name} {'>=' if self.at_least else '<='} {self.bound:g}"


TARGETS = (
    *(Target(f"warm_{profile}_p50", 10) for profile in ("stdlib", "sklearn", "torch")),
    *(Target(f"warm_{profile}_p99", 40) for profile in ("stdlib", "sklearn", "torch")),
    Target("cold_over_warm_torch", 100, at_least=True),
    Target("warm_over_fork_torch", 2),
    Target("runs_per_s_sklearn", 100, at_least=True),
    Target("runs_per_s_torch", 60, at_least=True),
    Target("grades_per_s_sklearn", 40, at_least=True),
    Target("deadline_to_empty_ms_max", 100),
)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least value that so large a share of all does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _medians(found: Found, profiles: Sequence[Profile]) -> dict[str, float]:
    times = found.times
    figures: dict[str, float] = {}
    for profile in profiles:
        warm = times[f"warm_{profile}"]
        figures[f"warm_{profile}_p50"] = statistics.median(warm)
        figures[f"warm_{profile}_p99"] = percentile(warm, 0.99)
        figures[f"cold_{profile}_p50"] = statistics.median(times[f"cold_{profile}"])
        figures[f"fork_{profile}_p50"] = statistics.median(times[f"fork_{HONEST}_{PLAIN}_{profile}"])
        figures[f"fork_gathered_{profile}_p50"] = statistics.median(times[f"fork_{HONEST}_{GATHERED}_{profile}"])
    return figures


def _ratios(figures: Mapping[str, float], profiles: Sequence[Profile]) -> dict[str, float]:
    ratios = {}
    for profile in profiles:
        warm = figures[f"warm_{profile}_p50"]
        ratios[f"cold_over_warm_{profile}"] = figures[f"cold_{profile}_p50"] / warm
        ratios[f"warm_over_fork_{profile}"] = warm / figures[f"fork_{profile}_p50"]
        ratios[f"warm_over_fork_gathered_{profile}"] = warm / figures[f"fork_gathered_{profile}_p50"]
    return ratios


def _forks(found: Found, profiles: Sequence[Profile]) -> dict[str, dict[str, float]]:
    return {
        f"{profile}_{memory}": {kind: _ms(found.times[f"fork_{kind}_{memory}_{profile}"]) for kind in FORK_KINDS}
        for profile in profiles
        for memory in (PLAIN, GATHERED)
    }


def _ms(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


def _phase(values: Sequence[float]) -> dict[str, float]:
    return {"p50": _ms(values), "p99": round(percentile(values, 0.99), 3)}


def phases(runs: Sequence[Mapping[str, float]]) -> dict[str, dict[str, dict[str, float]]]:
    """Sum up the phases of one profile's runs: on their way, and aside from it."""
    runs = [{**run, "limits set": run["worker taken"] - run["waited for a worker"]} for run in runs]
    taken = {name: [run[name] for run in runs if name in run] for name in (*_PATH, "whole run", *_ASIDE)}
    return {
        "path": {name: _phase(taken[name]) for name in (*_PATH, "whole run")},
        "aside": {name: _phase(taken[name]) for name in _ASIDE if taken[name]},
    }


def _deadlines(found: Found) -> dict[str, dict[str, float]]:
    named = {name: times for name, times in found.times.items() if name.startswith("deadline_")}
    return {
        name.removeprefix("deadline_"): {"p50": _ms(times), "max": round(max(times), 1)}
        for name, times in sorted(named.items(), key=lambda item: [*ENDLESS].index(item[0].split("_")[1]))
    }


def _rates(found: Found) -> dict[str, float]:
    return {name: found.done[name] / found.seconds[name] for name in found.done}


def _idle(found: Found) -> dict[str, int | None]:
    return {
        profile: None if one is None else one["worker"]["pss_kib"] + one["cell"]["pss_kib"]
        for profile, one in found.memory.items()
    }


def verdict(values: Mapping[str, float], quiet: Quiet) -> dict[str, str] | str:
    """Hold figures against their targets, unless the machine was too busy for that to mean anything."""
    if quiet.reasons:
        return BUSY
    return {
        str(target): ("pass" if target.met(values[target.name]) else "fail")
        if target.name in values
        else "not measured"
        for target in TARGETS
    }


_BASELINES = {
    "warm_torch_p50": "cold_torch_p50",
    "warm_torch_p99": "cold_torch_p50",
    "warm_stdlib_p50": "fork_stdlib_p50",
}


def _results(values: Mapping[str, float]) -> list[dict[str, Any]]:
    """List each figure in the form that all benchmarks share."""
    listed = []
    for name, value in values.items():
        unit = "1/s" if "_per_s" in name else "x" if "_over_" in name else "ms"
        base = values.get(_BASELINES.get(name, ""))
        ratio = None if base is None else round(base / value, 2)
        listed.append(
            {"name": name, "value": _rounded(value), "unit": unit, "baseline": base and _rounded(base), "ratio": ratio}
        )
    return listed


def _rounded(value: float) -> float:
    return round(value, 3 if value < 100 else 1)


def _machine(quiet: Quiet) -> dict[str, Any]:
    return {
        "busy": bool(quiet.reasons),
        "busy_because": list(quiet.reasons),
        "others_cores": round(quiet.others, 3),
        "steal": round(quiet.steal, 4),
        "spread": round(quiet.spread, 3),
        "load_before": quiet.load_before,
        "load_after": quiet.load_after,
    }


def report(plan: Plan, found: Found, cores: int, facts: Mapping[str, object]) -> dict[str, Any]:
    """Describe one benchmark in plain JSON types."""
    quiet = judge(found.looks, cores)
    figures = _medians(found, plan.profiles) | _rates(found)
    ratios = _ratios(figures, plan.profiles)
    figures["deadline_to_empty_ms_max"] = max(one["max"] for one in _deadlines(found).values())
    values = figures | ratios
    return {
        **{name: _rounded(value) for name, value in figures.items()},
        "ratios": {name: _rounded(value) for name, value in ratios.items()},
        "verdict": verdict(values, quiet),
        **_machine(quiet),
        "idle_pss_kib": _idle(found),
        "memory_kib": found.memory,
        "phases": {str(profile): phases(found.phases[profile]) for profile in plan.profiles},
        "deadlines_ms": _deadlines(found),
        "forks_ms": _forks(found, plan.profiles),
        "n": {"warm": plan.n, "cold": plan.cold, "fork": plan.forks, "deadline": plan.deadlines, "traced": plan.traced},
        "callers": plan.callers,
        "isolation": found.isolation and found.isolation.value,
        "cores": cores,
        **facts,
        "how": _HOW,
        "results": _results(values),
    }
