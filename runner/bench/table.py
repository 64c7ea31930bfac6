"""Lays a benchmark's report out for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def _row(*cells: object) -> str:
    first, *rest = (
        f"{cell:,.2f}" if isinstance(cell, float) else "n/a" if cell is None else str(cell) for cell in cells
    )
    return f"  {first:<34}" + "".join(f"{cell:>12}" for cell in rest)


def _times(report: Mapping[str, Any], profiles: list[str]) -> Iterator[str]:
    yield _row("milliseconds", *profiles)
    for name, label in (
        ("warm_{}_p50", "warm run, p50"),
        ("warm_{}_p99", "warm run, p99"),
        ("fork_{}_p50", "bare fork, p50"),
        ("fork_gathered_{}_p50", "bare fork, memory gathered, p50"),
        ("cold_{}_p50", "cold jail, p50"),
    ):
        yield _row(label, *(report[name.format(profile)] for profile in profiles))
    for name, label in (
        ("cold_over_warm_{}", "cold / warm"),
        ("warm_over_fork_{}", "warm / fork"),
        ("warm_over_fork_gathered_{}", "warm / fork, memory gathered"),
    ):
        yield _row(label, *(report["ratios"][name.format(profile)] for profile in profiles))


def _rates(report: Mapping[str, Any]) -> Iterator[str]:
    yield _row("per second", "")
    for name, value in report.items():
        if "_per_s" in name:
            yield _row(name, value)


def _phases(report: Mapping[str, Any], profiles: list[str]) -> Iterator[str]:
    for part, label in (("path", "phases of a run, p50 ms"), ("aside", "beside it, p50 ms")):
        yield _row(label, *profiles)
        each = [report["phases"][profile][part] for profile in profiles]
        for name in each[0]:
            yield _row(name, *(phases.get(name, {}).get("p50") for phases in each))


def _memory(report: Mapping[str, Any], profiles: list[str]) -> Iterator[str]:
    yield _row("memory in KiB (PSS / private)", *profiles)
    for part in ("worker", "cell", "zygote", "keeper"):
        each = [(report["memory_kib"].get(profile) or {}).get(part) for profile in profiles]
        yield _row(part, *(one and f"{one['pss_kib']}/{one['private_kib']}" for one in each))


def _ends(report: Mapping[str, Any]) -> Iterator[str]:
    yield _row("deadline to no process, ms", "p50", "max")
    for name, one in report["deadlines_ms"].items():
        yield _row(name, one["p50"], one["max"])


def _verdict(report: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(report["verdict"], str):
        yield f"  {report['verdict']} ({'; '.join(report['busy_because'])})"
        return
    for target, said in report["verdict"].items():
        yield _row(target, said)


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a readable table."""
    profiles = list(report["phases"])
    machine = f"{report['cores']} cores, {report['processor']}, Linux {report['kernel']}, Python {report['python']}"
    yield f"{machine}, isolation {report['isolation']}, {report['n']['warm']} warm runs of each profile"
    yield f"  others used {report['others_cores']} cores, steal {report['steal']:.1%}, fixed loop x{report['spread']}"
    for part in (
        _times(report, profiles),
        _rates(report),
        _phases(report, profiles),
        _memory(report, profiles),
        _ends(report),
        _verdict(report),
    ):
        yield ""
        yield from part
