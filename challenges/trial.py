"""Tries variants of a submission: which of them would pass. For explanations alone; no verdict comes from here.

Pure: works on answers, and runs nothing. Variants may hold pieces of our solution, so they run in a box whose values nobody is shown;
all that leaves it is which variants pass, and a learner who writes code to choose that could learn a few bits a time of what they are
shown whole once they pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from challenges.attempt import Attempt
from challenges.judge import judge
from challenges.model import Case, Challenge, Mismatch, Report, Verdict
from challenges.prepare import TRUSTED_PREFIX, load_namespace, trusted_job
from runner import Job, Result, Returned
from runner.job import gravest

VARIANTS = "variants"  # the group of calls that may share a fork
TRIAL_TIME = 2  # a variant that needs longer than this many submissions is not worth waiting for
MADE_UP = "an input made from the visible ones"


def variants_job(challenge: Challenge, cases: Sequence[Case], entropy: int, variants: Mapping[str, str]) -> Job:
    """A run of variants on some cases. They share a fork, unless a driver must trust its process."""
    job = trusted_job(challenge, tuple(cases), entropy, variants)
    shared = "" if challenge.driver else VARIANTS
    limits = replace(job.limits, wall_s=challenge.limits.wall_s * TRIAL_TIME)
    return replace(job, calls=tuple(replace(call, group=shared) for call in job.calls), limits=limits)


def passing(
    challenge: Challenge, attempt: Attempt, cases: tuple[Case, ...], variants: Mapping[str, str], result: Result
) -> tuple[str, ...]:
    """Names of the variants that answer all these cases rightly.

    Raises:
        CasesError: the challenge's own cases.py fails.
    """
    check = load_namespace(challenge).get("check")
    expected = {case.id: attempt.expected[case.id] for case in cases}
    return tuple(
        name
        for name in variants
        if judge(challenge, check, cases, answers_of(result, name), expected).verdict is Verdict.ACCEPTED
    )


def answers_of(result: Result, name: str) -> Result:
    """The run as it would have been of one source alone."""
    returned = tuple(_own(back, name) for back in result.returned if back.id.startswith(f"{name}/"))
    return replace(result, returned=returned, outcome=gravest([back.outcome for back in returned]), fault=None)


def _own(back: Returned, name: str) -> Returned:
    """An answer of the trusted driver as the learner's job would have it."""
    after = back.args_after[TRUSTED_PREFIX:] if back.args_after is not None else None
    return replace(back, id=back.id.removeprefix(f"{name}/"), args_after=after)


def screening(cases: tuple[Case, ...], failing: Sequence[str]) -> tuple[Case, ...]:
    """The one case to try first: one of those, by name, that the submission failed; all when none is known by name."""
    named = [case for name in failing for case in cases if case.name == name]
    return tuple(named[:1]) or cases


def made_up(inputs: Sequence[tuple[object, ...]]) -> tuple[Case, ...]:
    """Cases of inputs that hold nothing of a hidden one, so all may be shown."""
    return tuple(Case(id=f"t{n}", name=MADE_UP, visible=True, args=args) for n, args in enumerate(inputs))


def mismatches(
    challenge: Challenge, cases: tuple[Case, ...], learner: Result, expected: Mapping[str, object]
) -> tuple[Mismatch, ...]:
    """What came out wrong, for cases that our solution gives a value for, in their order.

    Raises:
        CasesError: the challenge's own cases.py fails.
    """
    check = load_namespace(challenge).get("check")
    asked = [case for case in cases if case.id in expected]
    reports: list[Report] = [judge(challenge, check, (case,), _only(learner, case), dict(expected)) for case in asked]
    return tuple(report.mismatch for report in reports if report.mismatch is not None)


def _only(learner: Result, case: Case) -> Result:
    returned = tuple(back for back in learner.returned if back.id == case.id)
    return replace(learner, returned=returned, outcome=gravest([back.outcome for back in returned]), fault=None)
