"""Grades one submission: draws cases, runs learner and reference in boxes of their own, and judges the values.

The order of things lives here; how a box works and what a verdict needs live elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from challenges.judge import judge, plain
from challenges.match import find_match
from challenges.model import Case, Challenge, Report, Verdict
from challenges.prepare import REFERENCE, draw_cases, learner_job, load_namespace, trusted_job
from runner import Outcome, Result, Run

Entropy = Callable[[], int]


async def grade(challenge: Challenge, source: str | bytes, run: Run, entropy: Entropy) -> Report:
    """Grade a submission, trying once more in new boxes when the fault was ours."""
    report = await _attempt(challenge, source, run, entropy())
    if report.verdict is Verdict.INTERNAL:
        report = await _attempt(challenge, source, run, entropy())
    return report


async def _attempt(challenge: Challenge, source: str | bytes, run: Run, seed: int) -> Report:
    scope = load_namespace(challenge)
    cases = draw_cases(scope, challenge, seed)
    learner, trusted = await asyncio.gather(
        run(learner_job(challenge, source, cases, seed)),
        run(trusted_job(challenge, cases, seed, {REFERENCE: challenge.solution})),
    )
    report = await asyncio.to_thread(judged, challenge, scope, cases, source, learner, trusted)
    if report.verdict in (Verdict.WRONG, Verdict.ERROR):
        return replace(report, matches=await find_match(challenge, cases, learner, run, seed))
    return report


def judged(
    challenge: Challenge,
    scope: dict[str, Any],
    cases: tuple[Case, ...],
    source: str | bytes,
    learner: Result,
    trusted: Result,
) -> Report:
    """The verdict on a learner's run beside a run of the reference; internal unless the reference gave every value."""
    expected = reference_values(cases, trusted)
    if len(expected) < len(cases):
        return _no_reference(cases, trusted)
    text = source if isinstance(source, str) else source.decode("utf-8", "replace")
    return judge(challenge, scope.get("check"), cases, learner, expected, text)


def reference_values(cases: tuple[Case, ...], trusted: Result) -> dict[str, Any]:
    """The reference's value for every case it gave one for."""
    values = {r.id: plain(r.value) for r in trusted.returned if r.outcome is Outcome.OK}
    return {case.id: values[f"{REFERENCE}/{case.id}"] for case in cases if f"{REFERENCE}/{case.id}" in values}


def _no_reference(cases: tuple[Case, ...], trusted: Result) -> Report:
    fault = next((r.fault for r in trusted.returned if r.fault and r.id.startswith(REFERENCE)), trusted.fault)
    return Report(
        verdict=Verdict.INTERNAL,
        cases=(),
        hidden_passed=0,
        hidden_total=sum(not case.visible for case in cases),
        detail=f"The reference gave no value. {trusted.detail} {fault.message if fault else ''}".strip(),
        isolation=trusted.isolation,
        wall_ms=trusted.wall_ms,
    )
