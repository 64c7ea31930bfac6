"""Runs every attack of the catalogue and tells what was attempted, what was defended, and whose control was shown.

Run as `python -m tests.attacks.report`; what is told comes from the outcomes of tests, never from the catalogue. The exit
code is 0 only if nothing got out, nothing was accepted that should not be, and nothing was skipped.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SECTIONS = (("escape", 1, 33), ("denial of service", 34, 62), ("tampering", 63, 112), ("ours", 113, 9999))
FORGERY = "forgery"
UNSHOWN = ("control", "not on this host")


@dataclass(frozen=True)
class Attack:
    """One idea, and where it is tried; a pattern is a test, with the case in brackets if it has several."""

    number: int
    title: str
    section: str
    threat: str  # what it would be if it worked: an escape, a flood or a forgery
    tests: tuple[str, ...]
    controls: tuple[str, ...]
    reason: str = ""  # why there is nothing to try


@dataclass
class Seen:
    """The outcome of every test that ran, and which could not show on this host that its attack works."""

    outcomes: dict[str, str] = field(default_factory=dict)
    unshown: set[str] = field(default_factory=set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one test's outcome: that of its call, or of what kept it from being called."""
        if report.when == "call" or report.outcome != "passed":
            xfailed = report.outcome == "skipped" and hasattr(report, "wasxfail")
            self.outcomes[report.nodeid] = "failed" if xfailed else report.outcome
        if UNSHOWN in [tuple(each) for each in report.user_properties]:
            self.unshown.add(report.nodeid)


def _section(number: int) -> str:
    return next(name for name, first, last in SECTIONS if first <= number <= last)


def _threat(number: int) -> str:
    return {"escape": "escape", "denial of service": "flood", "tampering": FORGERY}[_section(number)]


def _spell(pattern: str, places: Mapping[str, Mapping[str, str]], kind: str) -> str:
    """Write a pattern out: `place[case]` as the test that the place stands for."""
    place, bracket, case = pattern.partition("[")
    found = places.get(place)
    return f"{found.get(kind, found['test'])}{bracket}{case}" if found else pattern


def load(file: Path = HERE / "catalogue.toml") -> list[Attack]:
    """Read the catalogue."""
    tables: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    places = tables["place"]
    return [
        Attack(
            number=entry["number"],
            title=entry["title"],
            section=_section(entry["number"]),
            threat=entry.get("threat") or _threat(entry["number"]),
            tests=tuple(_spell(pattern, places, "test") for pattern in entry.get("by", ())),
            controls=tuple(_spell(one, places, "control") for one in entry.get("control", entry.get("by", ()))),
            reason=entry.get("reason", ""),
        )
        for entry in tables["attack"]
    ]


def matches(pattern: str, node: str) -> bool:
    """Say whether a test that ran is one that a pattern means; a runner's name may stand before or after the case."""
    wanted, _, case = pattern.partition("[")
    ran, _, cases = node.partition("[")
    if wanted != ran:
        return False
    if not case:
        return True
    case, cases = case.removesuffix("]"), cases.removesuffix("]")
    if case.endswith("*"):
        return cases.startswith(case[:-1]) or f"-{case[:-1]}" in cases
    return cases == case or cases.endswith(f"-{case}") or cases.startswith(f"{case}-")


def functions(attacks: Iterable[Attack]) -> list[str]:
    """List the tests to run, without their cases."""
    patterns = [pattern for attack in attacks for pattern in (*attack.tests, *attack.controls)]
    return sorted({pattern.partition("[")[0] for pattern in patterns})


def nodes(patterns: Iterable[str], seen: Iterable[str]) -> list[str]:
    """List the tests that ran for some patterns; empty as soon as one pattern has none."""
    found = [[node for node in seen if matches(pattern, node)] for pattern in patterns]
    return [node for each in found for node in each] if all(found) else []


@dataclass(frozen=True)
class Finding:
    """What became of one attack."""

    attack: Attack
    attempted: bool
    defended: bool
    shown: bool


def find(attack: Attack, seen: Seen) -> Finding:
    """Decide what became of an attack from the outcomes of its tests."""
    tried, controls = nodes(attack.tests, seen.outcomes), nodes(attack.controls, seen.outcomes)
    return Finding(
        attack=attack,
        attempted=bool(tried) and all(seen.outcomes[node] != "skipped" for node in tried),
        defended=bool(tried) and all(seen.outcomes[node] == "passed" for node in tried),
        shown=bool(controls)
        and all(seen.outcomes[node] == "passed" for node in set(controls))
        and not seen.unshown.intersection(controls),
    )


def table(findings: list[Finding]) -> list[str]:
    """Write one line of counts for each section, and one for all."""
    lines = [f"{'':<18}{'attempted':>10}{'defended':>10}{'control shown':>15}{'not applicable':>16}"]
    for name in (*(section for section, _, _ in SECTIONS), "all"):
        here = [one for one in findings if name in (one.attack.section, "all")]
        tried = [one for one in here if not one.attack.reason]
        counts = (
            sum(one.attempted for one in tried),
            sum(one.defended for one in tried),
            sum(one.shown for one in tried),
        )
        lines.append(f"{name:<18}{counts[0]:>10}{counts[1]:>10}{counts[2]:>15}{len(here) - len(tried):>16}")
    return lines


def remarks(findings: list[Finding]) -> list[str]:
    """Name every attack that got through, was not tried, or whose control was not shown."""
    lines = []
    for one in findings:
        called = f"{one.attack.number} {one.attack.title}"
        if one.attack.reason:
            lines.append(f"not applicable: {called}: {one.attack.reason}")
        elif not one.attempted:
            lines.append(f"NOT ATTEMPTED: {called}")
        elif not one.defended:
            lines.append(f"NOT DEFENDED: {called}")
        elif not one.shown:
            lines.append(f"control not shown here: {called}")
    return lines


def verdict(findings: list[Finding], seen: Seen) -> tuple[int, int, int]:
    """Count what got out, what was wrongly accepted, and what was not tried."""
    through = [one for one in findings if one.attempted and not one.defended]
    forged = sum(one.attack.threat == FORGERY for one in through)
    untried = sum(not one.attempted and not one.attack.reason for one in findings)
    return len(through) - forged, forged, untried + list(seen.outcomes.values()).count("skipped")


def main(options: list[str]) -> int:
    """Run the tests, print the report, and return the exit code."""
    attacks, seen = load(), Seen()
    pytest.main(["-q", "--no-header", "-r", "fE", *(options or ["-n", "2"]), *functions(attacks)], plugins=[seen])
    findings = [find(attack, seen) for attack in attacks]
    escapes, forged, skipped = verdict(findings, seen)
    ending = f"{escapes} escapes, {forged} forged acceptances, {skipped} skipped"
    sys.stdout.write("\n".join(["", *remarks(findings), "", *table(findings), "", ending, ""]))
    return 0 if (escapes, forged, skipped) == (0, 0, 0) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
