"""A closer look: a place is blamed only when changing it made every case pass, inputs shown are smaller ones, and time is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.tutor.evidence import Evidence, Place
from bot.tutor.investigate import NOTHING, investigate, worthwhile
from bot.tutor.offline import at_once, explain
from challenges.grade import NO_STOCK, Grader
from challenges.model import Challenge, Report, Verdict
from runner import Fault, Job, Result

SOLUTION = """
def spread(numbers, scale):
    low = min(numbers)
    high = max(numbers)
    if high == low:
        return 0.0
    middle = sum(numbers) / len(numbers)
    return (high - low) / middle * scale
"""
CASES = """
def cases(rng):
    yield "a few", True, ([float(n) for n in range(1, 31)], 2.0)
    yield "all alike", True, ([3.0, 3.0], 2.0)
    for n in range(4):
        yield f"random {n}", False, ([float(v) for v in rng.integers(1, 99, size=9)], float(rng.integers(3, 6)))
"""
TWO_WRONG = """
def spread(values, scale):
    a = min(values)
    b = max(values)
    total = sum(values)
    if b == a:
        return 1.0
    return (b - a) / (total / len(values)) + scale
"""
BENIGN_AND_WRONG = """
def spread(values, scale):
    a, b = min(values), max(values)
    if b <= a:
        return 0.0
    middle = sum(values) / (len(values) - 1)
    return (b - a) / middle * scale
"""


@pytest.fixture
def challenge(bank: dict[str, Challenge]) -> Challenge:
    """Relative spread; its solution has enough lines to choose between."""
    given = bank["add-up"]
    return replace(
        given, entry="spread", solution=SOLUTION, cases=CASES, wrong=(), statement="Write spread.", driver=""
    )


@pytest.fixture
async def grader(warm: Any) -> AsyncIterator[Grader]:
    """A grader over real boxes."""
    async with Grader(warm.run, lambda: 7, capacity=NO_STOCK) as made:
        yield made


async def evidence(challenge: Challenge, source: str, grader: Grader) -> Evidence:
    return await investigate(challenge, source, await grader.grade(challenge, source), grader)


async def test_the_one_place_that_matters_is_found_among_several_that_differ(
    challenge: Challenge, grader: Grader
) -> None:
    found = await evidence(challenge, BENIGN_AND_WRONG, grader)
    assert found.place is not None
    assert (found.place.line, found.place.others, found.place.function) == (6, (), "spread")
    report = await grader.grade(challenge, BENIGN_AND_WRONG)
    assert at_once(challenge, BENIGN_AND_WRONG, report) == Evidence()
    said = explain(challenge, BENIGN_AND_WRONG, report, found)
    assert (said.proven, said.line, said.code_line) == (True, 6, "middle = sum(values) / (len(values) - 1)")
    assert "Line 6: " in said.text
    assert "sum(numbers) / len(numbers)" not in said.text


async def test_two_mistakes_are_blamed_together(challenge: Challenge, grader: Grader) -> None:
    found = await evidence(challenge, TWO_WRONG, grader)
    assert found.place is not None
    assert {found.place.line, *found.place.others} == {7, 8}


async def test_no_place_is_blamed_where_no_change_of_a_few_makes_it_pass(challenge: Challenge, grader: Grader) -> None:
    other = "def spread(v, scale):\n    n = 0\n    for x in v:\n        n = n + x\n    return n\n"
    assert (await evidence(challenge, other, grader)).place is None


async def test_a_smaller_input_is_shown_that_comes_from_a_visible_one(challenge: Challenge, grader: Grader) -> None:
    found = await evidence(challenge, BENIGN_AND_WRONG, grader)
    assert found.smaller is not None
    (numbers, scale) = found.smaller.args
    assert set(numbers) < {float(n) for n in range(1, 31)}
    assert (scale, found.smaller.visible) == (2.0, True)
    assert len(numbers) <= 12
    report = await grader.grade(challenge, BENIGN_AND_WRONG)
    assert "A smaller input shows it: for [" in explain(challenge, BENIGN_AND_WRONG, report, found).text


async def test_nothing_is_tried_of_code_that_cannot_be_read_or_was_stopped(
    challenge: Challenge, grader: Grader
) -> None:
    async def refuse(job: Job) -> Result:
        raise AssertionError(job.source)

    syntax = await grader.grade(challenge, "def spread(:\n")
    stopped = replace(syntax, verdict=Verdict.TIMEOUT, fault=None)
    for report in (syntax, stopped):
        assert not worthwhile(challenge, BENIGN_AND_WRONG, report)
        assert await investigate(challenge, "def spread(:\n", report, grader, refuse) == NOTHING


async def test_time_is_bounded(challenge: Challenge, grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_job: Job) -> Result:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("bot.tutor.investigate.PATIENCE_S", 0.05)
    report = await grader.grade(challenge, BENIGN_AND_WRONG)
    assert await investigate(challenge, BENIGN_AND_WRONG, report, grader, never) == NOTHING


async def test_hidden_inputs_stay_hidden_whatever_is_found(challenge: Challenge, warm: Any) -> None:
    only_hidden = SOLUTION.replace("* scale", "* min(scale, 2.0)").replace(
        "low = min(numbers)", "low = min(numbers) if numbers else 0"
    )
    for seed in range(3):
        async with Grader(warm.run, partial(int, seed), capacity=NO_STOCK) as drawn:
            report = await drawn.grade(challenge, only_hidden)
            found = await investigate(challenge, only_hidden, report, drawn)
            assert report.mismatch is not None
            assert not report.mismatch.visible
            said = explain(challenge, only_hidden, report, found)
            assert (found.smaller, said.line) == (None, 8)
            assert "The visible cases pass and" in said.text
            assert not any(str(number) in said.text for number in report.mismatch.args[0])


def test_a_place_beside_an_exception_adds_to_what_it_says(challenge: Challenge) -> None:
    source = "def spread(numbers, scale):\n    n = 0\n    return 1 / n\n"
    fault = Fault(type="ZeroDivisionError", message="division by zero", line=3, source_line="return 1 / n")
    report = Report(verdict=Verdict.ERROR, cases=(), hidden_passed=0, hidden_total=4, fault=fault)
    elsewhere = explain(challenge, source, report, Evidence(place=Place(line=2, kind="value")))
    same = explain(challenge, source, report, Evidence(place=Place(line=3, kind="value")))
    plain = explain(challenge, source, report, Evidence())
    assert (
        elsewhere.text
        == f"{plain.text}\nLine 2: the value decides it. With only that changed, and all else as you have it, every case passes. {elsewhere.next_step}"
    )
    assert (elsewhere.proven, same.text, same.proven) == (True, plain.text, True)


def test_an_exception_that_no_rule_knows_is_explained_by_its_place(challenge: Challenge) -> None:
    source = "def spread(numbers, scale):\n    raise Oops\n"
    fault = Fault(type="Exception", message="Oops: no luck", line=2, source_line="raise Oops")
    report = Report(verdict=Verdict.ERROR, cases=(), hidden_passed=0, hidden_total=4, fault=fault)
    said = explain(challenge, source, report, Evidence(place=Place(line=2, kind="statement")))
    assert (said.specific, said.blamed, "Line 2: this step decides it." in said.text) == (True, 2, True)
    assert not explain(challenge, source, report, Evidence()).specific
