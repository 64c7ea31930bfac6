"""What grading an answer says. Knows no kind of question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How one answer did, before the item's explanation is added."""

    correct: bool
    score: float  # 0 to 1
    chosen: str  # what the learner answered, as it was understood
    right: str
    feedback: str = ""  # to what they chose; empty when all is right
    misconceptions: tuple[str, ...] = ()


def joined(sentences: Iterable[str]) -> str:
    """Join feedback to several things into one text, each said once."""
    return "\n".join(dict.fromkeys(sentence for sentence in sentences if sentence))


def distinct(misconceptions: Iterable[str]) -> tuple[str, ...]:
    """Keep each misconception once, in the order met."""
    return tuple(dict.fromkeys(name for name in misconceptions if name))
