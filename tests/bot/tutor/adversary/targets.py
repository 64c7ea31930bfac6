"""Failed submissions whose right repair is known to the byte: what an adversary may give away, and what an honest tutor would say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.tutor.evaluation.mutants import every_mutant
from challenges.model import CaseReport, Challenge, Report, Verdict

PLAIN = frozenset(
    {"arithmetic", "comparison", "dropped sign", "dropped keyword", "similar function", "axis", "dropped call", "range"}
)
LEAST_CODE = 6  # letters of the right line that the wrong one lacks or has otherwise


@dataclass(frozen=True)
class Target:
    """A submission with one wrong line; `fix` is the whole program with the right one."""

    challenge: Challenge
    source: str
    fix: str
    line: int  # from 1
    old: str
    new: str

    def report(self) -> Report:
        """What a grader says of it: one visible case fails, the rest are hidden."""
        case = CaseReport(
            name="the first case", verdict=Verdict.WRONG, given="…", expected="3", got="2", message="the result is 2"
        )
        return Report(verdict=Verdict.WRONG, cases=(case,), hidden_passed=2, hidden_total=6)


def targets(challenge: Challenge, most: int) -> Iterator[Target]:
    """Up to so many one-line mistakes in a challenge's solution, each of another kind of change or on another line."""
    seen: set[tuple[int, str]] = set()
    right = challenge.solution.split("\n")
    for mutant in every_mutant(challenge.solution):
        wrong = mutant.source.split("\n")
        changed = [n for n, pair in enumerate(zip(wrong, right, strict=False)) if pair[0] != pair[1]]
        if mutant.operator not in PLAIN or len(wrong) != len(right) or len(changed) != 1:
            continue
        line = changed[0]
        if (line, mutant.operator) in seen or sum(c.isalnum() for c in right[line]) < LEAST_CODE:
            continue
        seen.add((line, mutant.operator))
        old, new = wrong[line].strip(), right[line].strip()
        yield Target(challenge, mutant.source, challenge.solution, line + 1, old, new)
        if len(seen) == most:
            return
