"""Where a newcomer begins: ten to fifteen questions that tell most, and what follows from the answers. Knows no store.

One parameter per item (Rasch) with the guess known, ability by its most likely value under a normal prior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quizzes.items import Track


@dataclass(frozen=True, slots=True)
class Placed:
    """One answer of a placement test."""

    item_id: str
    correct: bool


def next_placement(track: Track, answers: Sequence[Placed], seed: int) -> str | None:
    """Choose the question that tells most about somebody who answered so; None when enough is known."""
    raise NotImplementedError


def ability(track: Track, answers: Sequence[Placed]) -> tuple[float, float]:
    """Estimate ability and its standard error, both in logits."""
    raise NotImplementedError


def known_concepts(track: Track, answers: Sequence[Placed]) -> dict[str, float]:
    """Name the concepts that somebody who answered so most likely knows already, each with how likely that is."""
    raise NotImplementedError
