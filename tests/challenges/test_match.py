"""Matching: a known mistake is named only when its answers are the same on every case."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from challenges.match import alike, returning
from challenges.model import Case, Challenge, Compare, CompareKind, Verdict
from runner import Fault, Outcome, Returned

CASES = tuple(Case(id=f"c{n}", name="", visible=True, args=()) for n in range(2))


def back(value: Any) -> Returned:
    if isinstance(value, type):
        return Returned(id="", outcome=Outcome.ERROR, fault=Fault(type=value.__name__, message=""))
    return Returned(id="", outcome=Outcome.OK, value=value)


@pytest.mark.parametrize(
    ("theirs", "known", "same"),
    [
        ([1, 2], [1, 2], True),
        ([1, 2], [1, 3], False),
        ([1.0, 2.0], [1.0 + 1e-9, 2.0], True),
        ([math.nan, 1], [math.nan, 1], True),
        ([ValueError, 1], [ValueError, 1], True),
        ([ValueError, 1], [KeyError, 1], False),
        ([ValueError, 1], [0, 1], False),
    ],
)
def test_answers_are_alike_when_equal_on_every_case(
    challenge: Challenge, theirs: list[Any], known: list[Any], same: bool
) -> None:
    checked = replace(challenge, compare=Compare(kind=CompareKind.CHECK))
    given = {f"c{n}": back(value) for n, value in enumerate(theirs)}
    found = {f"slip/c{n}": back(value) for n, value in enumerate(known)}
    assert alike(checked, CASES, given, found, {"slip": "source"}) == ({"slip": "source"} if same else {})


def test_a_case_that_did_not_come_back_matches_nothing(challenge: Challenge) -> None:
    both = {"c0": back(1), "slip/c0": back(1), "c1": back(1), "slip/c1": back(1)}
    for lost in ("c1", "slip/c1"):
        some = {name: value for name, value in both.items() if name != lost}
        assert alike(challenge, CASES, some, some, {"slip": ""}) == {}
    assert alike(challenge, CASES, both, both, {"slip": ""}) == {"slip": ""}


def test_an_error_without_a_fault_matches_nothing(challenge: Challenge) -> None:
    bare = {name: Returned(id="", outcome=Outcome.ERROR) for name in ("c0", "c1", "slip/c0", "slip/c1")}
    assert alike(challenge, CASES, bare, bare, {"slip": ""}) == {}


def test_only_mistakes_that_return_are_run_again(challenge: Challenge) -> None:
    slow = replace(challenge.wrong[0], name="slow", verdict=Verdict.TIMEOUT)
    assert list(returning(replace(challenge, wrong=(slow, *challenge.wrong)))) == [
        "multiplies",
        "forgets_second",
        "divides",
    ]
