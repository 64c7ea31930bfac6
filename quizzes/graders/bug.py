"""Grading `bug`: the faulty line, then the reason. The line alone is worth half."""

from __future__ import annotations

import re

from quizzes.graders.verdict import Mark, joined
from quizzes.items import Bug
from quizzes.letters import read_labels
from quizzes.present import Posed
from quizzes.typed import Unreadable, cleaned, plain

_LINE_FIRST = re.compile(r"^\W*(?:line|l)?\s*(\d{1,3})\s*[,;:.)\-/]*\s*(.*)$", re.IGNORECASE | re.DOTALL)
_LINE_LAST = re.compile(r"^\W*(?:reason\s+)?([a-z])\W+(?:line|l)?\s*(\d{1,3})\W*$", re.IGNORECASE)


def key(body: Bug, posed: Posed) -> str:
    """Name the line and the letter of the reason under this showing."""
    return f"{body.line} {next(line.label for line in posed.options if line.text == body.answer)}"


def grade(body: Bug, posed: Posed, text: str) -> Mark | Unreadable:
    """Judge a line and a reason."""
    parts = _parts(text, posed)
    if isinstance(parts, Unreadable):
        return parts
    line, label = parts
    reasons = {shown.label: shown.text for shown in posed.options}
    right_line, right_reason = line == body.line, reasons[label] == body.answer
    option = next((option for option in body.options if option.text == reasons[label]), None)
    return Mark(
        correct=right_line and right_reason,
        score=right_line * (1.0 if right_reason else 0.5),
        chosen=f"line {line}, {label}: {reasons[label]}",
        right=f"line {body.line}, {key(body, posed).split()[1]}: {body.answer}",
        feedback=joined([_about_line(line, body, right_reason), option.feedback if option else ""]),
        misconceptions=(option.misconception,) if option else (),
    )


def _about_line(line: int, body: Bug, right_reason: bool) -> str:
    if line == body.line:
        return ""
    return (
        f"{'The reason is right, but' if right_reason else 'Look again:'} the slip is in line {body.line}, not {line}."
    )


def _parts(text: str, posed: Posed) -> tuple[int, str] | Unreadable:
    short = plain(cleaned(text))[:1_000]
    swapped = _LINE_LAST.match(short)
    found = _LINE_FIRST.match(f"{swapped[2]} {swapped[1]}" if swapped else short)
    example = "such as 3 B"
    if not found or not found[2].strip():
        return Unreadable(f"Type the number of the line, then the letter of the reason, {example}.")
    lines = len(posed.code.split("\n"))
    if not 1 <= int(found[1]) <= lines:
        return Unreadable(f"The code has lines 1 to {lines}. Type the line, then the letter of the reason, {example}.")
    labels = read_labels(found[2], posed.options, f"the line, then one letter, {example}")
    if isinstance(labels, Unreadable):
        return labels
    if len(set(labels)) != 1:
        return Unreadable(f"Name one reason. Type the line, then one letter, {example}.")
    return int(found[1]), labels[0]
