"""Grades many sources of ours on many seeds with few boxes, to prove a challenge's content.

The jobs, the judging and the matching are those of a submission; only the number of cases in a box differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from challenges.grade import judged, reference_values
from challenges.hostile import fooled
from challenges.match import alike, returning
from challenges.model import Case, Challenge, Report, Verdict
from challenges.prepare import REFERENCE, draw_cases, learner_job, load_namespace, roomier, trusted_job
from runner import Outcome, Result, Run
from runner.job import gravest

STOPPING = (Verdict.TIMEOUT, Verdict.MEMORY, Verdict.OUTPUT_LIMIT)  # end their box, so need one for every seed


@dataclass(frozen=True, slots=True)
class Trial:
    """What one source got on every seed, and the mean time of the processor it took for a case."""

    reports: tuple[Report, ...]
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found of a challenge: a trial for every source, and the hostile values that pass."""

    trials: dict[str, Trial]
    fooled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all sources are held against."""

    challenge: Challenge
    scope: dict[str, Any]
    drawn: tuple[tuple[Case, ...], ...]  # one per seed
    seed: int
    trusted: Result
    run: Run


async def prove(
    challenge: Challenge, sources: Mapping[str, str], run: Run, seeds: Sequence[int], stopping: Sequence[str] = ()
) -> Proof:
    """Grade every source on every seed, and try hostile values on the first.

    Args:
        stopping: names of sources that are expected to end their box; they get one for each seed.

    Raises:
        CasesError: the challenge's own cases.py fails.
    """
    scope = load_namespace(challenge)
    drawn = tuple(_numbered(n, draw_cases(scope, challenge, seed)) for n, seed in enumerate(seeds))
    together = {REFERENCE: challenge.solution, **returning(challenge)}
    job = trusted_job(challenge, _all(drawn), seeds[0], together)
    trusted = await run(replace(job, limits=roomier(job.limits, len(seeds))))
    bench = _Bench(challenge, scope, drawn, seeds[0], trusted, run)
    trials = {name: await _trial(bench, source, alone=name in stopping) for name, source in sources.items()}
    expected = reference_values(drawn[0], trusted)
    if len(expected) < len(drawn[0]):
        return Proof(trials, ())
    return Proof(trials, tuple(fooled(challenge, scope.get("check"), drawn[0], expected)))


async def _trial(bench: _Bench, source: str, *, alone: bool) -> Trial:
    groups = [(cases,) for cases in bench.drawn] if alone else [bench.drawn]
    found = [await _on_some(bench, source, group) for group in groups]
    if any(r.verdict is Verdict.INTERNAL for trial in found for r in trial.reports):  # once more, as a submission is
        found = [await _on_some(bench, source, group) for group in groups]
    return Trial(
        reports=tuple(report for trial in found for report in trial.reports),
        cpu_ms=sum(trial.cpu_ms for trial in found) / len(found),
    )


async def _on_some(bench: _Bench, source: str, drawn: tuple[tuple[Case, ...], ...]) -> Trial:
    job = learner_job(bench.challenge, source, _all(drawn), bench.seed)
    learner = await bench.run(replace(job, limits=roomier(job.limits, len(drawn))))
    return Trial(
        reports=tuple(_report(bench, source, cases, _part(learner, cases)) for cases in drawn),
        cpu_ms=learner.cpu_ms / max(1, len(job.calls)),
    )


def _report(bench: _Bench, source: str, cases: tuple[Case, ...], learner: Result) -> Report:
    report = judged(bench.challenge, bench.scope, cases, source, learner, bench.trusted)
    if report.verdict not in (Verdict.WRONG, Verdict.ERROR):
        return report
    theirs, known = ({r.id: r for r in result.returned} for result in (learner, bench.trusted))
    same = alike(bench.challenge, cases, theirs, known, returning(bench.challenge))
    return replace(report, matches=next(iter(same), ""))


def _part(learner: Result, cases: tuple[Case, ...]) -> Result:
    """The run as it would have been on these cases alone."""
    ids = {case.id for case in cases}
    returned = tuple(back for back in learner.returned if back.id in ids)
    lost = learner.outcome is Outcome.INTERNAL
    return replace(
        learner,
        returned=returned,
        outcome=Outcome.INTERNAL if lost else gravest([back.outcome for back in returned]),
    )


def _numbered(n: int, cases: tuple[Case, ...]) -> tuple[Case, ...]:
    return tuple(replace(case, id=f"s{n}{case.id}") for case in cases)


def _all(drawn: tuple[tuple[Case, ...], ...]) -> tuple[Case, ...]:
    return tuple(case for cases in drawn for case in cases)
