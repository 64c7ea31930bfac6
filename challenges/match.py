"""Tells which known wrong solutions answer as a submission does.

Pure: works on answers, and runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from challenges.compare import difference
from challenges.judge import plain
from challenges.model import Case, Challenge, Compare, CompareKind, Verdict
from runner import Outcome, Returned

RETURNING = (Verdict.WRONG, Verdict.ERROR)  # a wrong solution that stalls or floods is not worth running again


def returning(challenge: Challenge) -> dict[str, str]:
    """The wrong solutions that can be run again for their answers."""
    return {w.name: w.source for w in challenge.wrong if w.verdict in RETURNING}


def alike(
    challenge: Challenge,
    cases: tuple[Case, ...],
    theirs: Mapping[str, Returned],
    known: Mapping[str, Returned],
    candidates: Mapping[str, str],
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
