"""Looks closer at a failed submission: tries which of its places is to blame, and where it first goes wrong on small inputs.

A thin shell: what to try is decided by `places` and `shrink`, what passes by the grader. Bounded in what it tries and in time; when
there is nothing to find, or no time, the explanation stands without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.tutor.evidence import Evidence, Place
from bot.tutor.exceptions import SYNTAX
from bot.tutor.places import Candidate, compare, joined
from bot.tutor.shrink import like, smaller
from challenges.grade import Grader
from challenges.model import Challenge, Mismatch, Report, Verdict
from challenges.prepare import CasesError
from runner import Run
from runner.fair import Busy

log = structlog.get_logger(__name__)

NOTHING = Evidence()
LOOKED_AT = (Verdict.WRONG, Verdict.ERROR)
PATIENCE_S = 10.0  # for all of it; learners have their explanation meanwhile
BATCH = 8  # candidates of several places that are tried in one run
ROUNDS = 3  # of making a failing input smaller


def worthwhile(challenge: Challenge, source: str, report: Report) -> bool:
    """Whether there is anything to try: some places to choose between, or an input that could be smaller."""
    if report.verdict not in LOOKED_AT or _unreadable(report) or report.matches:
        return False
    comparison = compare(source, challenge.solution)
    seen = report.mismatch
    return bool(comparison and comparison.sites) or bool(seen and seen.visible and smaller(seen.args))


async def investigate(
    challenge: Challenge, source: str, report: Report, grader: Grader, run: Run | None = None
) -> Evidence:
    """Find what more there is to say; nothing when time is up or there is no box for it."""
    if report.verdict not in LOOKED_AT or _unreadable(report):
        return NOTHING
    evidence = NOTHING
    try:
        async with asyncio.timeout(PATIENCE_S):
            evidence = Evidence(place=await _proven(challenge, source, report, grader, run))
            evidence = replace(evidence, smaller=await _smallest(challenge, source, report, grader, run))
    except (TimeoutError, Busy, CasesError) as fault:
        log.info("no closer look", challenge=challenge.slug, reason=type(fault).__name__)
    return evidence


def _unreadable(report: Report) -> bool:
    return report.fault is not None and report.fault.type in SYNTAX


async def _proven(challenge: Challenge, source: str, report: Report, grader: Grader, run: Run | None) -> Place | None:
    comparison = compare(source, challenge.solution)
    if comparison is None:
        return None
    return comparison.certain() or await _tried(comparison.candidates(), challenge, report, grader, run)


async def _tried(
    candidates: Sequence[Candidate], challenge: Challenge, report: Report, grader: Grader, run: Run | None
) -> Place | None:
    """The fewest places whose change makes every case pass; single ones are tried first, for they are the usual ones."""
    single = [candidate for candidate in candidates if len(candidate.places) == 1]
    several = [candidate for candidate in candidates if len(candidate.places) > 1]
    for batch in (single, *(several[n : n + BATCH] for n in range(0, len(several), BATCH))):
        sources = {f"v{n}": candidate.source for n, candidate in enumerate(batch)}
        good = await grader.passing(challenge, sources, report.failing, run) if sources else ()
        if good:
            return joined(batch[int(good[0].removeprefix("v"))].places)
    return None


async def _smallest(
    challenge: Challenge, source: str, report: Report, grader: Grader, run: Run | None
) -> Mismatch | None:
    """A smaller input than that of the failing visible case, on which submission and solution still part."""
    seen = report.mismatch if report.mismatch is not None and report.mismatch.visible else None
    best = seen
    for _ in range(ROUNDS):
        inputs = smaller(best.args) if best is not None else []
        found = await grader.departures(challenge, source, inputs, run) if inputs else ()
        alike = [one for one in found if seen is not None and like(one, seen)]
        if not alike:
            break
        best = alike[0]
    return best if best is not seen else None
