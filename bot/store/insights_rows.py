"""What the insight part of the store takes and gives: frozen values, as in `rows`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Reason = Literal["key", "unclear", "typo", "other"]


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """A learner's first answer ever to an item. `formative` ones are free texts that nobody marks."""

    user_id: int
    item_id: str
    correct: bool
    score: float
    formative: bool
    text: str
    seed: str
    misconceptions: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class FailedCode:
    """A submission of a group's member that did not pass."""

    user_id: int
    slug: str
    source: str
    verdict: str
    report_json: str
    misconceptions: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item that is not asked, since when, why, and on what evidence."""

    item_id: str
    since: datetime
    why: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """An item to be put into quarantine."""

    item_id: str
    why: str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody said about an item; who it was stays in the store."""

    item_id: str
    reason: Reason
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report: whether it was the learner's first open one on the item, and how many report it now."""

    new: bool
    reporters: int


@dataclass(frozen=True, slots=True)
class GroupSize:
    """How many learners belong to a group, sample members not counted, and what to leave out of texts: their names."""

    members: int
    names: tuple[str, ...] = ()
