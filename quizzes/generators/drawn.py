"""What one seeded draw of a numeric question is. Knows no family, no item and no learner."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

Param = int | float | str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The numbers of one question: what the prompt shows, its answer, and what typical mistakes would give."""

    params: Mapping[str, Param]
    answer: float  # an int means that only the exact number counts
    wrong: Mapping[str, float] = field(default_factory=dict)


def listed(values: list[int] | list[float]) -> str:
    """Join numbers the way prompts and code show them: `3, 5, 8`."""
    return ", ".join(str(value) for value in values)


def seeded(seed: int | str) -> random.Random:
    """Make the generator of one showing: repeatable everywhere, and guarding nothing."""
    return random.Random(seed)  # chooses and shuffles questions; no secret depends on it
