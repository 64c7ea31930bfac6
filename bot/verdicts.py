"""Turns a grading report into the card a learner reads and the record the store keeps.

Pure. Hidden cases leave here as counts and a class of failure, never as values.
"""

from __future__ import annotations

import json
from typing import Any

from bot.cards import Action, CaseLine, VerdictCard
from bot.store import Recorded
from challenges.model import CaseReport, Challenge, Report, Verdict
from runner import Isolation

HEADLINES = {
    Verdict.ACCEPTED: "Accepted: every case passes",
    Verdict.WRONG: "Not yet: some values differ",
    Verdict.ERROR: "Your code stopped with an error",
    Verdict.TIMEOUT: "Out of time",
    Verdict.MEMORY: "Out of memory",
    Verdict.OUTPUT_LIMIT: "Too much output",
    Verdict.VIOLATION: "That is not allowed here",
    Verdict.INTERNAL: "That was our fault",
}
CASE_OUTCOMES = {
    Verdict.ACCEPTED: "passed",
    Verdict.WRONG: "different value",
    Verdict.ERROR: "error",
    Verdict.TIMEOUT: "out of time",
    Verdict.MEMORY: "out of memory",
    Verdict.OUTPUT_LIMIT: "too much output",
    Verdict.VIOLATION: "not allowed",
    Verdict.INTERNAL: "not run (our fault)",
}


def verdict_card(challenge: Challenge, report: Report, recorded: Recorded) -> VerdictCard:
    """The card for one graded submission."""
    return VerdictCard(
        slug=challenge.slug,
        title=challenge.title,
        verdict=report.verdict.value,
        headline=HEADLINES[report.verdict],
        cases=tuple(_line(case) for case in report.cases),
        hidden=hidden_line(report),
        detail=_detail(report),
        footer=f"Isolation: {report.isolation}. Ran for {report.wall_ms / 1000:.1f} s.",
        gains=_gains(report, recorded),
        actions=_actions(challenge, report),
    )


def hidden_line(report: Report) -> str:
    """The hidden cases as a sentence of counts."""
    if not report.hidden_total:
        return ""
    line = f"Hidden cases: {report.hidden_passed} of {report.hidden_total} pass."
    if report.hidden_failure:
        line += f" Worst failure: {CASE_OUTCOMES[report.hidden_failure]}."
    return line


def report_dict(report: Report) -> dict[str, Any]:
    """The report as plain data, for `--json` and the store."""
    return {
        "verdict": report.verdict.value,
        "cases": [
            {
                "name": case.name,
                "verdict": case.verdict.value,
                "input": case.given,
                "expected": case.expected,
                "got": case.got,
                "message": case.message,
                "printed": case.printed,
            }
            for case in report.cases
        ],
        "hidden": {"passed": report.hidden_passed, "total": report.hidden_total},
        "isolation": report.isolation.value,
        "wall_ms": round(report.wall_ms, 1),
    }


def report_json(report: Report) -> str:
    """The report as the text the store keeps."""
    return json.dumps(report_dict(report), ensure_ascii=False)


def read_report(text: str) -> Report | None:
    """Read back what the store keeps of a report: what a learner saw of it. None when it was blanked since."""
    kept = json.loads(text)
    if "verdict" not in kept:
        return None
    cases = tuple(
        CaseReport(
            name=case["name"],
            verdict=Verdict(case["verdict"]),
            given=case["input"],
            expected=case["expected"],
            got=case["got"],
            message=case["message"],
            printed=case["printed"],
        )
        for case in kept["cases"]
    )
    return Report(
        verdict=Verdict(kept["verdict"]),
        cases=cases,
        hidden_passed=kept["hidden"]["passed"],
        hidden_total=kept["hidden"]["total"],
        isolation=Isolation(kept["isolation"]),
        wall_ms=kept["wall_ms"],
    )


def _line(case: CaseReport) -> CaseLine:
    return CaseLine(
        name=case.name,
        passed=case.verdict is Verdict.ACCEPTED,
        outcome=CASE_OUTCOMES[case.verdict],
        given=case.given,
        expected=case.expected,
        got=case.got,
        message=case.message,
        printed=case.printed,
    )


def _detail(report: Report) -> str:
    if report.verdict is Verdict.INTERNAL:
        return "Grading failed on our side, twice. Nothing is charged; please submit again in a minute."
    return report.detail


def _gains(report: Report, recorded: Recorded) -> str:
    if report.verdict is not Verdict.ACCEPTED:
        return ""
    gains = (
        [f"+{recorded.xp_gained} XP"] if recorded.xp_gained else ["no new XP: passed or seen before"]
    )
    if recorded.day_counted:
        gains.append(f"streak {recorded.streak_after.current}")
    return ", ".join(gains)


def _actions(challenge: Challenge, report: Report) -> tuple[Action, ...]:
    if report.verdict is Verdict.ACCEPTED:
        return (Action("Next challenge", "challenge", primary=True), Action("Leaderboard", "leaderboard"))
    if report.verdict is Verdict.INTERNAL:
        return (Action("Edit and try again", f"challenge {challenge.slug}", primary=True),)
    return ()  # the explanation below it has them
