"""Rules about options: unique, parallel, none given away by its length, its words or its certainty."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from statistics import mean

from quizzes.faults import twice
from quizzes.items import Bug, Choice, Item, Kind, Section
from quizzes.typed import folded

LONGEST_RATIO, SLACK = 1.6, 15  # characters under which lengths do not give anything away
LONGEST_SHARE, ENOUGH = 0.40, 6  # of a file's items with options, once there are enough to speak of a share
_ALL_OR_NONE = re.compile(r"\b(all|none|both|neither) of (the above|these|them|the others)\b", re.IGNORECASE)
_ABSOLUTE = re.compile(r"\b(always|never|only)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z][a-z'-]{4,}")
_COMMON = frozenset(
    [
        "about",
        "above",
        "after",
        "again",
        "against",
        "answer",
        "because",
        "before",
        "being",
        "below",
        "better",
        "between",
        "could",
        "different",
        "during",
        "every",
        "first",
        "found",
        "gives",
        "having",
        "largest",
        "later",
        "least",
        "line",
        "makes",
        "means",
        "might",
        "model",
        "number",
        "often",
        "other",
        "others",
        "rather",
        "right",
        "second",
        "should",
        "since",
        "smaller",
        "still",
        "taken",
        "their",
        "there",
        "these",
        "thing",
        "things",
        "those",
        "three",
        "through",
        "today",
        "under",
        "until",
        "value",
        "values",
        "which",
        "while",
        "whose",
        "within",
        "without",
        "would",
        "wrong",
        "your",
    ]
)


def texts_of(item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the right and the wrong options of an item; empty for kinds without."""
    match item.body:
        case Choice(answers=answers, options=options):
            return answers, tuple(option.text for option in options)
        case Bug(answer=answer, options=options):
            return (answer,), tuple(option.text for option in options)
        case _:
            return (), ()


def counted(item: Item) -> Iterator[str]:
    """Give two or three wrong options to one answer, and at least three options in all."""
    right, wrong = texts_of(item)
    if item.kind in (Kind.SINGLE, Kind.BUG) and not 2 <= len(wrong) <= 3:
        yield f"has {len(wrong)} wrong options; write two or three"
    if item.kind is Kind.MULTI and not (wrong and 3 <= len(right) + len(wrong) <= 6):
        yield f"has {len(right)} right and {len(wrong)} wrong options; three to six in all, at least one wrong"


def unique(item: Item) -> Iterator[str]:
    """Make options differ by more than case, spacing and punctuation."""
    right, wrong = texts_of(item)
    for text in sorted(set(twice(map(folded, [*right, *wrong])))):
        yield f"option {text!r} is there twice"


def balanced(item: Item) -> Iterator[str]:
    """Do not let the key stand out by length."""
    right, wrong = texts_of(item)
    if not wrong:
        return
    usual = mean(map(len, wrong))
    longest = max(map(len, right), default=0)
    if longest > LONGEST_RATIO * usual and longest > usual + SLACK:
        yield f"the answer has {longest} characters, the wrong options {usual:.0f} on average; at most {LONGEST_RATIO} times"


def fair(item: Item) -> Iterator[str]:
    """Avoid words that give options away."""
    right, wrong = texts_of(item)
    for text in (*right, *wrong):
        if _ALL_OR_NONE.search(text):
            yield f"option {text!r}: write what it means instead of all or none of the others"
        absolute = _ABSOLUTE.search(text)
        if absolute:
            yield f"option {text!r} says {absolute[0]!r}, which gives it away; say it without"


def clang(item: Item) -> Iterator[str]:
    """Repeat no word of the prompt in the key alone."""
    right, wrong = texts_of(item)
    if item.kind is not Kind.SINGLE or not wrong:
        return
    asked = {_stem(word) for word in _words([item.prompt])}
    for word in sorted(_words(right)):
        if _stem(word) in asked and not any(_stem(word) in text.casefold() for text in wrong):
            yield f"the word {word!r} of the prompt stands in the answer alone; reword one, or use it in a wrong option too"


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text.casefold())} - _COMMON


def _stem(word: str) -> str:
    return re.sub(r"(ing|ed|es|s|e)$", "", word)


def longest_share(section: Section) -> Iterator[str]:
    """Do not let "take the longest" be a strategy in a file."""
    lengths = [([len(t) for t in right], [len(t) for t in wrong]) for right, wrong in map(texts_of, section.items)]
    counts = Counter(max(right) > max(wrong) for right, wrong in lengths if wrong and len(right) == 1)
    if counts.total() >= ENOUGH and counts[True] > LONGEST_SHARE * counts.total():
        yield (
            f"the answer is the longest option in {counts[True]} of {counts.total()} items; "
            f"at most {LONGEST_SHARE:.0%}: shorten answers or lengthen wrong options"
        )
