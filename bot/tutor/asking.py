"""What is asked of an assistant and what it gives back: the values that cross the tutor's border. No text of a prompt, no SDK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.tutor.explanation import Explanation
from challenges.model import Challenge, Report

DraftKind = Literal["items", "wrong-solutions"]


@dataclass(frozen=True, slots=True)
class Who:
    """Whom an answer is for: keys of the store, which never leave it. An author at a shell is 0 in group 0."""

    user_id: int
    group_id: int


@dataclass(frozen=True, slots=True)
class Asking:
    """A failed submission to say more about. `rung` is how much may be told: 1 place, 2 question, 3 concept, 4 analogous example."""

    challenge: Challenge
    source: str
    report: Report
    offline: Explanation
    who: Who
    rung: int = 1


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a learner about an explanation, and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A short answer held against a rubric: a yes or no for each criterion, and a sentence or two to the learner."""

    criteria: tuple[bool, ...]
    text: str


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """Drafts an author wants: so many items for a concept, or wrong solutions of a challenge.

    `name` is the concept or the slug; `material` is what the drafts must fit: format, examples, statement, solution.
    """

    kind: DraftKind
    name: str
    count: int
    material: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """Drafts as texts, and why others were dropped or why there are none. Nobody has checked their content."""

    texts: tuple[str, ...]
    rejected: tuple[str, ...] = ()
