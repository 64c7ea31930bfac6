"""Finds the known wrong solution that answers as a submission does, on every case.

The visible cases sort out most candidates; only what is left runs on the hidden ones. All of it is our own code, in a
box of its own.
"""

from __future__ import annotations

from dataclasses import replace

from challenges.compare import difference
from challenges.judge import plain
from challenges.model import Case, Challenge, Compare, CompareKind, Verdict
from challenges.prepare import trusted_job
from runner import Outcome, Result, Returned, Run

RETURNING = (Verdict.WRONG, Verdict.ERROR)  # a wrong solution that stalls or floods is not worth running again


async def find_match(challenge: Challenge, cases: tuple[Case, ...], learner: Result, run: Run, seed: int) -> str:
    """The name of the wrong solution that matches, or ""."""
    theirs = {r.id: r for r in learner.returned}
    candidates = returning(challenge)
    for some in (tuple(c for c in cases if c.visible), tuple(c for c in cases if not c.visible)):
        if candidates and some:
            known = await run(trusted_job(challenge, some, seed, candidates))
            candidates = alike(challenge, some, theirs, {r.id: r for r in known.returned}, candidates)
    return next(iter(candidates), "")


def returning(challenge: Challenge) -> dict[str, str]:
    """The wrong solutions that can be run again for their answers."""
    return {w.name: w.source for w in challenge.wrong if w.verdict in RETURNING}


def alike(
    challenge: Challenge,
    cases: tuple[Case, ...],
    theirs: dict[str, Returned],
    known: dict[str, Returned],
    candidates: dict[str, str],
) -> dict[str, str]:
    """Those of the candidates that answer every case as `theirs` do; `known` has their answers by `name/case`."""
    how = _comparison(challenge)
    return {
        name: source
        for name, source in candidates.items()
        if all(_same(theirs.get(case.id), known.get(f"{name}/{case.id}"), how) for case in cases)
    }


def _comparison(challenge: Challenge) -> Compare:
    """How two answers are told apart where the challenge itself leaves that to its check."""
    if challenge.compare.kind is CompareKind.CHECK:
        return replace(challenge.compare, kind=CompareKind.CLOSE)
    return challenge.compare


def _same(a: Returned | None, b: Returned | None, how: Compare) -> bool:
    if a is None or b is None or a.outcome is not b.outcome:
        return False
    if a.outcome is Outcome.OK:
        return difference(plain(a.value), plain(b.value), how) is None
    return a.fault is not None and b.fault is not None and a.fault.type == b.fault.type
