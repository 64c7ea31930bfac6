"""Grading `single` and `multi`: letters or the options' own texts."""

from __future__ import annotations

from quizzes.graders.verdict import Mark, distinct, joined
from quizzes.items import Choice, Kind
from quizzes.letters import Shown, read_labels
from quizzes.present import Posed
from quizzes.typed import Unreadable


def key(body: Choice, posed: Posed) -> str:
    """Name the letters that are right under this showing."""
    return " ".join(line.label for line in posed.options if line.text in body.answers)


def grade(body: Choice, posed: Posed, text: str) -> Mark | Unreadable:
    """Judge letters."""
    labels = read_labels(text, posed.options, "a letter, such as B" if posed.kind is Kind.SINGLE else "letters: A C")
    if isinstance(labels, Unreadable):
        return labels
    picked = [line for line in posed.options if line.label in labels]
    if posed.kind is Kind.SINGLE and len(picked) > 1:
        return Unreadable(f"This question has one answer, and you named {len(picked)}. Type one letter, such as B.")
    return _mark(body, posed, picked)


def _mark(body: Choice, posed: Posed, picked: list[Shown]) -> Mark:
    right = [line for line in posed.options if line.text in body.answers]
    hits = [line for line in picked if line in right]
    missed = [line for line in right if line not in picked]
    chosen_options = [option for option in body.options if option.text in {line.text for line in picked}]
    false = len(picked) - len(hits)
    return Mark(
        correct=not false and not missed,
        score=max(0, len(hits) - false) / len(right),
        chosen=_lines(picked),
        right=_lines(right),
        feedback=joined([*(option.feedback for option in chosen_options), _missed(missed, posed.kind)]),
        misconceptions=distinct(option.misconception for option in chosen_options),
    )


def _missed(missed: list[Shown], kind: Kind) -> str:
    if kind is Kind.SINGLE or not missed:
        return ""
    return f"You left out {'; '.join(f'{line.label}: {line.text}' for line in missed)}."


def _lines(lines: list[Shown]) -> str:
    return "; ".join(f"{line.label}: {line.text}" for line in lines)
