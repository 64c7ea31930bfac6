"""Facts about a text that need no judgement: its code, the lines it cites, its length, how hard it is to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

FENCE = re.compile(r"(?:```|~~~)[^\n]*\n(.*?)(?:```|~~~|\Z)", re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
QUOTED = re.compile(r"“([^”\n]+)”|`([^`\n]+)`")
CITED = re.compile(r"\blines? (\d+)(?:\s*(?:and|to|[-–])\s*(\d+))?", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?…:](?=\s|$)|\n")
SYLLABLE = re.compile(r"[aeiouy]+")
OUTWARD = re.compile(r"https?:|www\.|\]\(|discord\.gg|<[@#!]|@(?:everyone|here|channel)\b", re.IGNORECASE)


def code_pieces(text: str) -> tuple[str, ...]:
    """Everything a text sets as code: fenced blocks, then spans, in their order and without repetition."""
    fences = [fence.strip("\n") for fence in FENCE.findall(text)]
    spans = [span.strip() for span in SPAN.findall(FENCE.sub(" ", text))]
    return tuple(dict.fromkeys(piece for piece in (*fences, *spans) if piece.strip()))


def quotations(text: str) -> tuple[str, ...]:
    """Everything between backticks or typographic quotation marks."""
    return tuple(dict.fromkeys((a or b).strip() for a, b in QUOTED.findall(text)))


def cited_lines(text: str) -> tuple[int, ...]:
    """The line numbers a text speaks of."""
    return tuple(dict.fromkeys(int(n) for pair in CITED.findall(text) for n in pair if n))


def words(text: str) -> list[str]:
    """The words of a text outside its code."""
    return WORD.findall(SPAN.sub(" ", FENCE.sub(" ", text)))


def reading_grade(text: str) -> float:
    """The school year (US) a text asks for, by Flesch and Kincaid (1975), with syllables counted as groups of vowels.

    0 for a text of no words. The count of syllables is rough: take it for whole texts, never for one sentence.
    """
    found = words(text)
    if not found:
        return 0.0
    sentences = max(1, len(SENTENCE_END.findall(SPAN.sub("x", FENCE.sub(" ", text)).strip())))
    syllables = sum(_syllables(word) for word in found)
    return max(0.0, 0.39 * len(found) / sentences + 11.8 * syllables / len(found) - 15.59)


def _syllables(word: str) -> int:
    lower = word.lower()
    silent = lower.endswith("e") and not lower.endswith("le")
    return max(1, len(SYLLABLE.findall(lower)) - silent)


def form_faults(text: str, least: int, most: int, longest: int) -> Iterator[str]:
    """What a text's form lacks; `least` and `most` are words, `longest` is characters."""
    count = len(words(text))
    if count < least:
        yield "short"
    if count > most:
        yield "long"
    if len(text) > longest:
        yield "too many characters"
    if text.count("?") > 1:
        yield "more than one question"
    if FENCE.search(text):
        yield "code block"
    if OUTWARD.search(text):
        yield "link or mention"
