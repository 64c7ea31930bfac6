"""Reading `short` answers: which points of the rubric their words show. Formative: never wrong."""

from __future__ import annotations

import re

from quizzes.graders.verdict import Mark
from quizzes.items import Rubric, Short
from quizzes.typed import Unreadable, cleaned, folded, shown_back

_MOST_WORDS = 100  # the prompt asks for 60; nobody should lose an answer over counting


def key(body: Short) -> str:
    """Give the model answer."""
    return body.model_answer


def grade(body: Short, text: str) -> Mark | Unreadable:
    """Tell which points a text covers, and show the model answer."""
    words = re.findall(r"\w+", cleaned(text))
    if len(words) < 2:
        return Unreadable("Answer with a sentence or two in your own words.")
    if len(words) > _MOST_WORDS:
        return Unreadable(f"Those are {len(words)} words or more. Say it in at most 60.")
    covered = [rubric for rubric in body.rubric if covers(text, rubric)]
    open_points = [rubric for rubric in body.rubric if rubric not in covered]
    return Mark(
        correct=True,
        score=len(covered) / len(body.rubric) if body.rubric else 1.0,
        chosen=shown_back(text),
        right=body.model_answer,
        feedback="\n".join(filter(None, (_list("Covered", covered), _list("Not found in your words", open_points)))),
    )


def covers(text: str, rubric: Rubric) -> bool:
    """Tell whether a text has one of a point's keywords at the start of a word."""
    words = folded(text)
    return any(re.search(rf"(?<!\w){re.escape(folded(keyword))}", words) for keyword in rubric.keywords)


def _list(title: str, rubrics: list[Rubric]) -> str:
    return f"{title}: {'; '.join(rubric.point.rstrip('.') for rubric in rubrics)}." if rubrics else ""
