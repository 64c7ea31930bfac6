"""Grades one submission: draws cases, runs learner and reference in boxes of their own, and judges the values.

The order of things lives here; how a box works and what a verdict needs live elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from challenges.compare import difference
from challenges.judge import judge
from challenges.model import Case, Challenge, CompareKind, Report, Verdict
from challenges.prepare import REFERENCE, comparable, draw_cases, learner_job, load_namespace, trusted_job
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
        run(trusted_job(challenge, cases, seed, comparable(challenge))),
    )
    return await asyncio.to_thread(_judge, challenge, scope, cases, learner, trusted)


def _judge(
    challenge: Challenge, scope: dict[str, Any], cases: tuple[Case, ...], learner: Result, trusted: Result
) -> Report:
    values = {r.id: r.value for r in trusted.returned if r.outcome is Outcome.OK}
    expected = {case.id: values[f"{REFERENCE}/{case.id}"] for case in cases if f"{REFERENCE}/{case.id}" in values}
    if len(expected) < len(cases):
        return _no_reference(cases, trusted)
    report = judge(challenge, scope.get("check"), cases, learner, expected)
    if report.verdict in (Verdict.WRONG, Verdict.ERROR):
        return replace(report, matches=_match(challenge, cases, learner, trusted))
    return report


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


def _match(challenge: Challenge, cases: tuple[Case, ...], learner: Result, trusted: Result) -> str:
    """The name of a known wrong solution that did the same as the learner on every case, or ""."""
    theirs = {r.id: r for r in learner.returned}
    known = {r.id: r for r in trusted.returned}
    how = (
        replace(challenge.compare, kind=CompareKind.CLOSE)
        if challenge.compare.kind is CompareKind.CHECK
        else challenge.compare
    )

    def same(name: str, case: Case) -> bool:
        a, b = known.get(f"{name}/{case.id}"), theirs.get(case.id)
        if a is None or b is None or a.outcome is not b.outcome:
            return False
        if a.outcome is not Outcome.OK:
            return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
        return difference(a.value, b.value, how) is None

    return next((w.name for w in comparable(challenge) if all(same(w.name, case) for case in cases)), "")
