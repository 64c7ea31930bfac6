"""Reading letters: which shown options, in which order. Never raises; knows what is shown, not what is right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quizzes.typed import Unreadable, cleaned, folded, plain


@dataclass(frozen=True, slots=True)
class Shown:
    """One line a learner can name by its label."""

    label: str  # a letter, or a number on the left side of a match
    text: str


_NOISE = re.compile(r"\b(options?|answers?|choices?|letters?|lines?|reasons?|and|then)\b", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s,;:.>&+|/()\[\]{}=\-→]+")
_WITH_TEXT = re.compile(r"^\(?([A-Za-z])\s*[).:\-]\s*(\S.*)$", re.DOTALL)


def by_text(text: str, shown: Sequence[Shown]) -> str | None:
    """Find the label of the line whose own text was typed, also after its letter; None when there is none."""
    wanted = folded(text)
    for line in shown:
        if wanted and wanted in (
            folded(line.text),
            folded(f"{line.label}) {line.text}"),
            folded(f"{line.label} {line.text}"),
        ):
            return line.label
    found = _WITH_TEXT.match(plain(text))
    if found and folded(found[2]) in {folded(line.text) for line in shown if line.label == found[1].upper()}:
        return found[1].upper()
    return None


def read_labels(text: str, shown: Sequence[Shown], example: str) -> tuple[str, ...] | Unreadable:
    """Read labels in the order they were typed: "C A", "ca", "c,a", "options C and A", "31" or the lines' own texts."""
    texts = _own_texts(cleaned(text), shown)
    if texts:
        return texts
    labels = tuple(line.label for line in shown)
    short = "".join(_SEPARATORS.split(_NOISE.sub(" ", plain(cleaned(text)))))
    if not short:
        return Unreadable(f"There is no answer in that. Type {example}.")
    if len(short) > 3 * len(labels):
        return Unreadable(f"That is longer than an answer can be. Type {example}.")
    if short.isascii() and short.isdigit() and not any(line.text[:1].isdigit() for line in shown):
        short = "".join(labels[int(c) - 1] if 1 <= int(c) <= len(labels) else c for c in short)
    strange = [c for c in short if c.upper() not in labels]
    if strange:
        return Unreadable(f"{_quoted(strange)} is not one of {labels[0]} to {labels[-1]}. Type {example}.")
    return tuple(short.upper())


def _own_texts(text: str, shown: Sequence[Shown]) -> tuple[str, ...]:
    whole = by_text(text, shown)
    if whole:
        return (whole,)
    parts = [part for part in re.split(r"[;\n]", text) if part.strip()]
    found = [by_text(part, shown) for part in parts]
    return tuple(label for label in found if label) if len(parts) > 1 and all(found) else ()


def _quoted(characters: list[str]) -> str:
    return "“" + "".join(characters)[:12] + "”"
