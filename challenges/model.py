"""The nouns of a challenge: what an author writes, what a run is judged on, and the report a learner reads.

Knows nothing of files, boxes or chat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from runner import Fault, Isolation, Limits, Profile


class Verdict(StrEnum):
    """The answer to a submission. `accepted` is earned by every case; nothing else can lead to it."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT_LIMIT = "output_limit"
    VIOLATION = "violation"
    INTERNAL = "internal"


GRAVITY = (
    Verdict.INTERNAL,
    Verdict.TIMEOUT,
    Verdict.MEMORY,
    Verdict.OUTPUT_LIMIT,
    Verdict.VIOLATION,
    Verdict.ERROR,
    Verdict.WRONG,
    Verdict.ACCEPTED,
)


class CompareKind(StrEnum):
    """How returned values are held against the reference."""

    CLOSE = "close"
    EXACT = "exact"
    UNORDERED = "unordered"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True)  # no slots: it is pickled for every grading
class Compare:
    """Tolerances follow numpy: |got - expected| <= atol + rtol * |expected|."""

    kind: CompareKind = CompareKind.CLOSE
    rtol: float = 1e-6
    atol: float = 1e-8


@dataclass(frozen=True, kw_only=True)  # no slots: it is pickled for every grading
class WrongSolution:
    """A real mistake, kept as code: it proves the cases, and explains the same mistake to a learner."""

    name: str
    source: str
    verdict: Verdict
    misconception: str
    explanation: str


@dataclass(frozen=True, kw_only=True)  # no slots: it is pickled for every grading
class Challenge:
    """One folder of content."""

    slug: str
    title: str
    level: str
    minutes: int
    section: str
    heading: str
    concepts: tuple[str, ...]
    entry: str
    profile: Profile
    compare: Compare
    keep_inputs: bool
    limits: Limits
    hints: tuple[str, ...]
    wrong: tuple[WrongSolution, ...]
    statement: str
    starter: str
    solution: str
    cases: str
    driver: str = ""


@dataclass(frozen=True, kw_only=True)  # no slots: it is pickled for every grading
class Case:
    """Inputs for one call. Only visible ones are ever shown."""

    id: str
    name: str
    visible: bool
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """What one visible case showed. `expected` and `got` are texts, capped and safe to show."""

    name: str
    verdict: Verdict
    given: str
    expected: str
    got: str
    message: str = ""
    printed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict on one submission, in the learner's terms. Hidden cases are counts and a class, never values."""

    verdict: Verdict
    cases: tuple[CaseReport, ...]
    hidden_passed: int
    hidden_total: int
    hidden_failure: Verdict | None = None
    fault: Fault | None = None  # the learner's own exception, from the first case that raised
    detail: str = ""
    isolation: Isolation = Isolation.NONE
    wall_ms: float = 0.0
    matches: str = ""  # name of the known wrong solution whose values are equal on every case
    mismatch: Mismatch | None = None  # the smallest failing case, for explanations; may be hidden
    differing: tuple[Mismatch, ...] = field(default=(), compare=False, repr=False)  # a few more such cases; some hidden
    failing: tuple[str, ...] = field(default=(), compare=False)  # failing cases by name; some hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One failing case with its values, for the trusted side only: show it only when `visible`."""

    case: str
    visible: bool
    args: tuple[Any, ...] = field(repr=False)
    expected: Any = field(repr=False)
    got: Any = field(repr=False)
    message: str = ""


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict to show when several hold; internal when there are none, for silence is never a pass."""
    return min(verdicts, key=GRAVITY.index, default=Verdict.INTERNAL)
