"""From a report to the card a learner reads: each verdict has its words, and hidden cases stay counts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.verdicts import CASE_OUTCOMES, HEADLINES, hidden_line, report_dict, report_json
from challenges.model import CaseReport, Report, Verdict
from runner import Isolation

CASE = CaseReport(name="one", verdict=Verdict.WRONG, given="[1]", expected="1", got="2", message="no", printed="hi\n")
REPORT = Report(
    verdict=Verdict.WRONG,
    cases=(CASE,),
    hidden_passed=2,
    hidden_total=6,
    hidden_failure=Verdict.TIMEOUT,
    isolation=Isolation.STRONG,
    wall_ms=12.345,
)


@pytest.mark.parametrize("verdict", Verdict, ids=str)
def test_every_verdict_has_words(verdict: Verdict) -> None:
    assert (HEADLINES[verdict][:1].isupper(), CASE_OUTCOMES[verdict][:1].islower()) == (True, True)


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (REPORT, "Hidden cases: 2 of 6 pass. Worst failure: out of time."),
        (replace(REPORT, hidden_passed=6, hidden_failure=None), "Hidden cases: 6 of 6 pass."),
        (replace(REPORT, hidden_total=0, hidden_failure=None), ""),
    ],
)
def test_hidden_cases_are_counts_and_a_kind_of_failure(report: Report, line: str) -> None:
    assert hidden_line(report) == line


def test_the_record_says_everything_about_visible_cases_and_counts_the_rest() -> None:
    assert report_dict(REPORT) == {
        "verdict": "wrong",
        "cases": [
            {
                "name": "one",
                "verdict": "wrong",
                "input": "[1]",
                "expected": "1",
                "got": "2",
                "message": "no",
                "printed": "hi\n",
            }
        ],
        "hidden": {"passed": 2, "total": 6},
        "isolation": "strong",
        "wall_ms": 12.3,
    }
    assert json.loads(report_json(REPORT)) == report_dict(REPORT)
