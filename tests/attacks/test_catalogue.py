"""The catalogue names every attack there is to try, and every test it names exists; the report counts what happened."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("attack_report", Path(__file__).with_name("report.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its dataclasses look their types up
    spec.loader.exec_module(module)
    return module


REPORT = _module()
ATTACKS = REPORT.load()


PATTERNS = sorted({pattern for attack in ATTACKS for pattern in (*attack.tests, *attack.controls)})


def _missing(found: list[str]) -> list[str]:
    return [pattern for pattern in PATTERNS if not REPORT.nodes([pattern], found)]


@pytest.fixture(scope="module", name="collected")
def _collected(request: pytest.FixtureRequest) -> list[str]:
    """All cases of the tests that the catalogue names; collected anew only where this run is of fewer."""
    functions = set(REPORT.functions(ATTACKS))
    found = [item.nodeid for item in request.session.items if item.nodeid.partition("[")[0] in functions]
    if not _missing(found):
        return found
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:xdist", *sorted(functions)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_no_number_of_the_catalogue_is_missing_or_double() -> None:
    assert [attack.number for attack in ATTACKS] == list(range(1, len(ATTACKS) + 1))
    assert len(ATTACKS) >= 112 + 15
    assert len({attack.title for attack in ATTACKS}) == len(ATTACKS)


def test_every_attack_is_tried_or_has_a_reason_not_to_be() -> None:
    assert [attack.number for attack in ATTACKS if bool(attack.tests) == bool(attack.reason)] == []
    assert {attack.threat for attack in ATTACKS} == {"escape", "flood", "forgery"}


def test_every_test_that_is_named_exists(collected: list[str]) -> None:
    assert _missing(collected) == []


def test_every_attack_that_is_run_has_a_number(collected: list[str]) -> None:
    assert [node for node in collected if not any(REPORT.matches(pattern, node) for pattern in PATTERNS)] == []


@pytest.mark.parametrize(
    ("pattern", "node", "same"),
    [
        ("a.py::test", "a.py::test[x]", True),
        ("a.py::test", "a.py::test", True),
        ("a.py::test", "a.py::test_more", False),
        ("a.py::test[a loop]", "a.py::test[a loop]", True),
        ("a.py::test[a loop]", "a.py::test[warm-a loop]", True),
        ("a.py::test[a loop]", "a.py::test[a loop-cold]", True),
        ("a.py::test[a loop]", "a.py::test[a loop that ignores signals]", False),
        ("a.py::test[9 *]", "a.py::test[9 leave a file]", True),
        ("a.py::test[9 *]", "a.py::test[warm-9 leave a file]", True),
        ("a.py::test[9 *]", "a.py::test[99 leave a file]", False),
    ],
)
def test_a_pattern_means_its_case_under_every_runner(pattern: str, node: str, same: bool) -> None:
    assert REPORT.matches(pattern, node) is same


def _attack(threat: str = "escape", reason: str = "") -> object:
    tests = () if reason else ("a.py::test[x]",)
    return REPORT.Attack(7, "seven", "escape", threat, tests, ("a.py::control",), reason)


@pytest.mark.parametrize(
    ("threat", "outcomes", "unshown", "found", "verdict"),
    [
        ("escape", ("passed", "passed"), False, (True, True, True), (0, 0, 0)),
        ("escape", ("failed", "passed"), False, (True, False, True), (1, 0, 0)),
        ("forgery", ("failed", "passed"), False, (True, False, True), (0, 1, 0)),
        ("escape", ("skipped", "passed"), False, (False, False, True), (0, 0, 2)),
        ("escape", ("passed", "failed"), False, (True, True, False), (0, 0, 0)),
        ("escape", ("passed", "passed"), True, (True, True, False), (0, 0, 0)),
        ("escape", (None, "passed"), False, (False, False, True), (0, 0, 1)),
    ],
)
def test_only_what_was_seen_to_hold_is_defended(
    threat: str,
    outcomes: tuple[str | None, str],
    unshown: bool,
    found: tuple[bool, bool, bool],
    verdict: tuple[int, int, int],
) -> None:
    ran = dict(zip(("a.py::test[cold-x]", "a.py::control"), outcomes, strict=True))
    seen = REPORT.Seen(
        {node: outcome for node, outcome in ran.items() if outcome}, {"a.py::control"} if unshown else set()
    )
    finding = REPORT.find(_attack(threat), seen)
    assert (finding.attempted, finding.defended, finding.shown) == found
    assert REPORT.verdict([finding], seen) == verdict


def test_an_attack_with_a_reason_counts_as_not_applicable() -> None:
    finding = REPORT.find(_attack(reason="nothing to attack"), REPORT.Seen())
    assert REPORT.verdict([finding], REPORT.Seen()) == (0, 0, 0)
    assert REPORT.table([finding])[1].split() == ["escape", "0", "0", "0", "1"]
    assert REPORT.remarks([finding]) == ["not applicable: 7 seven: nothing to attack"]


def test_the_report_hears_of_expected_failures_skips_and_broken_preparations() -> None:
    def told(when: str, outcome: str, **more: object) -> pytest.TestReport:
        return pytest.TestReport("a.py::test", ("a.py", 1, "test"), {}, outcome, None, when, [], **more)  # type: ignore[arg-type]

    heard = []
    for reports in (
        [told("setup", "passed"), told("call", "passed"), told("teardown", "passed")],
        [told("setup", "passed"), told("call", "skipped", wasxfail="a known hole")],
        [told("setup", "skipped")],
        [told("setup", "failed")],
        [told("setup", "passed"), told("call", "passed"), told("teardown", "failed")],
    ):
        seen = REPORT.Seen()
        for report in reports:
            seen.pytest_runtest_logreport(report)
        heard.append(seen.outcomes["a.py::test"])
    assert heard == ["passed", "failed", "skipped", "failed", "failed"]
