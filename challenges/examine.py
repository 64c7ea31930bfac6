"""What is done with content and values in a process apart: draw cases, judge a run, recognise a known mistake.

Pure. Everything that an author's code or a stranger's value could draw out is here, and nothing that waits for a box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from challenges.attempt import Attempt
from challenges.judge import judge
from challenges.match import alike, returning
from challenges.model import Challenge, Report, Verdict
from challenges.prepare import Drawn, draw_cases, load_namespace
from runner import Result


@dataclass(frozen=True, slots=True)
class Examined:
    """A report, and which known mistakes answer the visible cases alike; None when nobody has asked them yet."""

    report: Report
    suspects: tuple[str, ...] | None


def draw(challenge: Challenge, entropies: Sequence[int]) -> tuple[Drawn, ...]:
    """Draw the cases of some attempts.

    Raises:
        CasesError: the challenge's own cases.py fails.
    """
    scope = load_namespace(challenge)
    return tuple(Drawn(entropy=bits, cases=draw_cases(scope, challenge, bits)) for bits in entropies)


def examine(challenge: Challenge, attempt: Attempt, source: str | bytes, learner: Result) -> Examined:
    """Judge one run of a submission.

    Raises:
        CasesError: the challenge's own cases.py fails.
    """
    check = load_namespace(challenge).get("check")
    text = source if isinstance(source, str) else source.decode("utf-8", "replace")
    report = judge(challenge, check, attempt.drawn.cases, learner, dict(attempt.expected), text)
    if report.verdict not in (Verdict.WRONG, Verdict.ERROR) or attempt.known is None:
        return Examined(report, None)
    visible = tuple(case for case in attempt.drawn.cases if case.visible)
    theirs = {back.id: back for back in learner.returned}
    return Examined(report, tuple(alike(challenge, visible, theirs, attempt.known, returning(challenge))))
