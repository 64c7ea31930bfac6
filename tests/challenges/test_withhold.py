"""Withholding: what a hidden case's fault tells is counted in bits, whatever a learner makes of class and line."""

from __future__ import annotations

import builtins
import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from challenges.judge import judge
from challenges.model import Case, Challenge, Verdict
from challenges.withhold import BITS, TOLD_LINES, withheld
from runner import Fault, Outcome, Result, Returned

Shape = Callable[..., tuple[tuple[Case, ...], Result]]
CLASSES = [name for name, item in vars(builtins).items() if isinstance(item, type) and issubclass(item, BaseException)]


def raised(kind: str, line: int) -> Fault:
    return Fault(type=kind, message=f"line {line}", line=line)


def table(lines: int) -> str:
    """A submission that raises in the line that its input names."""
    return "def add(x): LINES[x]()\n" + "def _(): raise ValueError\n" * (lines - 1)


def channel(source: str, lines: range) -> set[Fault]:
    """All that a learner can be told by choosing class and line."""
    return {withheld(raised(kind, n), Outcome.ERROR, source) for kind, n in itertools.product(CLASSES, lines)}


def test_line_numbers_of_a_long_source_carry_nothing(challenge: Challenge, run_of: Shape) -> None:
    source, secrets = table(5_000), (1, 77, 4_999)
    seen: dict[str, set[Any]] = {"raw": set(), "told": set()}
    for secret in secrets:
        fault = raised("ValueError", secret)
        back = Returned(id="", outcome=Outcome.ERROR, fault=fault)
        fine = Returned(id="", outcome=Outcome.OK, value=0)
        cases, result = run_of(fine, back, fine)
        report = judge(challenge, None, cases, result, {"c0": 0, "c1": 0, "c2": 0}, source)
        seen["raw"].add(result.returned[1].fault)
        seen["told"].add((report.fault, report.detail, report.hidden_passed, report.verdict))
    assert len(seen["raw"]) == len(secrets)  # the control: unfiltered, each secret is there to be read
    assert seen["told"] == {(Fault(type="ValueError", message=""), "", 1, Verdict.ERROR)}


@pytest.mark.parametrize("lines", [1, TOLD_LINES, TOLD_LINES + 1])
def test_class_and_line_carry_no_more_bits_than_is_said(lines: int) -> None:
    tellings = len(channel(table(lines), range(-1, lines + 70)))
    told = lines + 1 if lines <= TOLD_LINES else 1
    assert tellings == told * len(CLASSES)
    assert math.log2(tellings) < BITS


def test_a_line_of_a_source_of_usual_length_is_told_with_our_copy_of_it() -> None:
    source = "def add(x):\n    return 1 / x\n"
    fault = replace(raised("ZeroDivisionError", 2), source_line="forged", traceback="forged", offset=99)
    told = Fault(type="ZeroDivisionError", message="", line=2, source_line="return 1 / x")
    assert withheld(fault, Outcome.ERROR, source) == told


@pytest.mark.parametrize("line", [None, 0, -1, 3, 10_000_000])
def test_a_line_that_the_source_does_not_have_is_not_told(line: int | None) -> None:
    fault = Fault(type="ValueError", message="", line=line)
    assert withheld(fault, Outcome.ERROR, "def add(x):\n    raise ValueError\n").line is None
