"""How well a learner has a concept, for display: what is still remembered times how able they are. Knows no track."""

from __future__ import annotations

from datetime import datetime

from quizzes.memory import DEFAULT, Memory, Parameters, retrievability
from quizzes.skill import Skill, expected

MEDIUM = Skill()
"""A question between the easy and the hard labels, typed, so that nothing of it can be guessed."""


def mastery(
    memory: Memory | None, learner: Skill, section: Skill, *, at: datetime, parameters: Parameters = DEFAULT
) -> float | None:
    """Rate a concept 0 to 1: retrievability times the chance of a right answer to a medium question.

    None means that the learner never met it, which is not the same as 0.

    Raises:
        ValueError: the time has no zone, or the parameters are out of their bounds.
    """
    if memory is None:
        return None
    return retrievability(memory, at, parameters) * expected(learner, section, MEDIUM, 0.0)
