"""From what a question's form holds to the one text that answers it. Pure; knows no page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Input, QuestionCard
from bot.markdown import without_marks

Fields = Sequence[tuple[str, str]]


def read_fields(sent: object) -> Fields:
    """Keep the pairs of texts in what a browser sent; anything else is dropped."""
    pairs = sent if isinstance(sent, list) else []
    return [
        (pair[0], pair[1])
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
    ]


def answer_text(card: QuestionCard, fields: Fields) -> str:
    """Write the answer as one would type it; empty while something is missing."""
    match card.input:
        case Input.CHOICES | Input.ORDER:
            return " ".join(_all(fields, "choice"))
        case Input.LINES:
            lines = _all(fields, "blank")
            return "\n".join(lines) if len(lines) == card.blanks else ""
        case Input.MATCH:
            picks = [(n, _one(fields, str(n))) for n in range(1, len(card.lefts) + 1)]
            return " ".join(f"{n}{letter}" for n, letter in picks) if all(letter for _, letter in picks) else ""
        case Input.BUG:
            line, reason = _one(fields, "line"), _one(fields, "choice")
            return f"{line} {reason}" if line and reason else ""
        case Input.CHOICE:
            return _one(fields, "choice")
        case _:
            return _one(fields, "text")


def missing(card: QuestionCard) -> str:
    """Say what to do before the answer can be sent."""
    match card.input:
        case Input.MATCH:
            return "Choose a match for each line first."
        case Input.BUG:
            return "Choose the line and the reason first."
        case Input.LINES:
            return "Fill in every blank first."
        case Input.CHOICES:
            return "Tick at least one option first."
        case Input.ORDER:
            return "Press the steps in their order first."
        case _:
            return "Type your answer first."


def spoken(card: QuestionCard, text: str) -> str:
    """The answer as the learner's bubble says it: a single option with its words, all else as it was sent."""
    if card.input is not Input.CHOICE:
        return text
    return next((f"{c.letter}: {without_marks(c.text)}" for c in card.choices if c.letter == text), text)


def _one(fields: Fields, name: str) -> str:
    return next(iter(_all(fields, name)), "")


def _all(fields: Fields, name: str) -> list[str]:
    return [value.strip() for key, value in fields if key == name and value.strip()]
