"""Grades all of a challenge's own sources on many seeds in one box, to prove its content.

The jobs, the judging and the matching are those of a submission; only the number of calls in a box differs, so that
libraries which take seconds to import are imported once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from challenges.attempt import reference_values
from challenges.grade import judged
from challenges.hostile import fooled
from challenges.match import alike, returning
from challenges.model import Case, Challenge, Report, Verdict
from challenges.prepare import (
    REFERENCE,
    draw_cases,
    learner_job,
    load_namespace,
    roomier,
    trusted_job,
)
from challenges.trial import answers_of
from runner import Outcome, Result, Returned, Run
from runner.job import gravest

STOPPING = (Verdict.TIMEOUT, Verdict.MEMORY, Verdict.OUTPUT_LIMIT)  # end their box, so need one of their own


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found of a challenge.

    `reports` has one report per seed for every source, `cpu_ms` the mean processor time of a case, and `fooled` the
    hostile values that pass for right ones.
    """

    reports: dict[str, tuple[Report, ...]]
    cpu_ms: float
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
    known = {source: name for name, source in returning(challenge).items()}  # those run anyway, so only once
    names = {name: known.get(source, name) for name, source in sources.items() if name not in stopping}
    together = {names[name]: sources[name] for name in names}
    bank = {REFERENCE: challenge.solution, **returning(challenge), **together}
    trusted = await _trusted(challenge, drawn, seeds, bank, run)
    bench = _Bench(challenge, scope, drawn, seeds[0], trusted, run)
    return Proof(
        reports={
            name: await _alone(bench, source) if name in stopping else _together(bench, names[name], source)
            for name, source in sources.items()
        },
        cpu_ms=trusted.cpu_ms / max(1, len(trusted.returned)),
        fooled=_fooled(bench),
    )


async def _trusted(
    challenge: Challenge, drawn: tuple[tuple[Case, ...], ...], seeds: Sequence[int], bank: dict[str, str], run: Run
) -> Result:
    cases = tuple(case for some in drawn for case in some)
    job = trusted_job(challenge, cases, seeds[0], bank)
    job = replace(job, limits=roomier(job.limits, len(seeds)))
    result = await run(job)
    return await run(job) if result.outcome is Outcome.INTERNAL else result  # once more, as for a submission


def _together(bench: _Bench, name: str, source: str) -> tuple[Report, ...]:
    own = answers_of(bench.trusted, name).returned
    return tuple(_report(bench, source, cases, _part(bench.trusted, own, cases)) for cases in bench.drawn)


async def _alone(bench: _Bench, source: str) -> tuple[Report, ...]:
    return tuple([await _one(bench, source, cases) for cases in bench.drawn])


async def _one(bench: _Bench, source: str, cases: tuple[Case, ...]) -> Report:
    job = learner_job(bench.challenge, source, cases, bench.seed)
    result = await bench.run(job)
    if result.outcome is Outcome.INTERNAL:
        result = await bench.run(job)
    return _report(bench, source, cases, result)


def _report(bench: _Bench, source: str, cases: tuple[Case, ...], learner: Result) -> Report:
    report = judged(bench.challenge, bench.scope, cases, source, learner, bench.trusted)
    if report.verdict not in (Verdict.WRONG, Verdict.ERROR):
        return report
    theirs, known = ({r.id: r for r in result.returned} for result in (learner, bench.trusted))
    same = alike(bench.challenge, cases, theirs, known, returning(bench.challenge))
    return replace(report, matches=next(iter(same), ""))


def _part(trusted: Result, own: tuple[Returned, ...], cases: tuple[Case, ...]) -> Result:
    """The run as it would have been of one source on these cases alone."""
    ids = {case.id for case in cases}
    returned = tuple(back for back in own if back.id in ids)
    return replace(trusted, returned=returned, outcome=gravest([back.outcome for back in returned]), fault=None)


def _fooled(bench: _Bench) -> tuple[str, ...]:
    first = bench.drawn[0]
    expected = reference_values(first, bench.trusted)
    if len(expected) < len(first):
        return ()
    return tuple(fooled(bench.challenge, bench.scope.get("check"), first, expected))


def _numbered(n: int, cases: tuple[Case, ...]) -> tuple[Case, ...]:
    return tuple(replace(case, id=f"s{n}{case.id}") for case in cases)
