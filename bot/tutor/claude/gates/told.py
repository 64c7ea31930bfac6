"""What stands on either side of words such as “instead of” and “should be”, read as code as far as it goes.

Pure. Nothing has to be set apart from the words around it: of the words beside such a phrase, as many as are Python are taken.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from bot.tutor.claude.gates.pieces import expression, spoken, statements
from bot.tutor.claude.gates.program import Program

MOST_WORDS = 24  # of one side
_BETWEEN = re.compile(
    r"\b(?:instead of|rather than|in place of|and not|not|with|by|to|into|where|becomes?|but|over"
    r"|(?:should|must|has to|have to|needs to|ought to) (?:be|become|read|say|have|use))\b|→|->|=>",
    re.IGNORECASE,
)
_BEFORE_NEW = re.compile(
    r"\b(?:(?:should|must|has to|have to|needs to|ought to|can|will) (?:be|become|read|say|have|use|return|hold)|needs?|read|write|put|use|return"
    r"|say|to|is|be|by|with|belongs? (?:there|here)?|add|insert|try)\b:?",
    re.IGNORECASE,
)
FEW = 3
_WORDED = '`“”"‘’,;.'
_EDGES = '`“”"‘’,;:!?'
_COMMON = frozenset({"a", "i", "is", "in", "it", "not", "and", "or", "if", "as", "this", "that", "here", "one"})


def exchanged(program: Program, text: str) -> Iterator[tuple[str, str]]:
    """Pairs of code, one of them in the program, that a text sets against each other; either may be the new one."""
    for form in dict.fromkeys((text, spoken(text))):
        for match in _BETWEEN.finditer(form):
            left, right = _suffixes(form[: match.start()]), _prefixes(form[match.end() :])
            for one in left:
                for other in right:
                    if _in(program, one) and _apt(program, other):
                        yield one, other
                    if _in(program, other) and _apt(program, one):
                        yield other, one


def worded(text: str) -> Iterator[tuple[str, str]]:
    """The words on either side as they are, for what is only a part of code, such as the bounds of a slice."""
    for match in _BETWEEN.finditer(text):
        left, right = text[: match.start()].split()[-FEW:], _sentence(text[match.end() :]).split()[:FEW]
        for n in range(1, len(left) + 1):
            for m in range(1, len(right) + 1):
                one, other = " ".join(left[-n:]).strip(_WORDED), " ".join(right[:m]).strip(_WORDED)
                if one and other and not (one.isalpha() and other.isalpha()):
                    yield one, other
                    yield other, one


def announced(text: str) -> Iterator[str]:
    """Code that a text says should be there, the longest reading of each first."""
    for form in dict.fromkeys((text, spoken(text))):
        for match in _BEFORE_NEW.finditer(form):
            yield from _prefixes(form[match.end() :])[:3]


def _in(program: Program, code: str) -> bool:
    value = expression(code)
    return value is not None and program.has(value)


def _apt(program: Program, code: str) -> bool:
    """Whether some words are code: they stand in the program, or have signs that prose lacks."""
    return not re.fullmatch(r"[A-Za-z]+", code) or code in ("None", "True", "False") or _in(program, code)


def _prefixes(text: str) -> list[str]:
    """The beginnings of a text, up to the end of its sentence, that are Python; the longest first."""
    words = _sentence(text).split()[:MOST_WORDS]
    return _python(" ".join(words[:n]) for n in range(len(words), 0, -1))


def _suffixes(text: str) -> list[str]:
    """The ends of a text that are Python; the longest first."""
    words = re.split(r"(?<=[.!?])\s+(?=[A-Z])|\n", text)[-1].split()[-MOST_WORDS:]
    return _python(" ".join(words[n:]) for n in range(len(words)))


def _sentence(text: str) -> str:
    return re.split(r"[.!?;](?:\s|$)|\n", text.lstrip(), maxsplit=1)[0]


def _python(readings: Iterator[str]) -> list[str]:
    found = []
    for reading in readings:
        head = re.fullmatch(r"\W*((?:if|elif|else|for|while|with|def)\b.*:)", reading.strip())
        code = head.group(1) if head else reading.strip().strip(_EDGES).strip()
        if code and code.lower() not in _COMMON and _reads(code):
            found.append(code)
    return found


def _reads(code: str) -> bool:
    if expression(code) is not None:
        return True
    block = statements(code)
    return block is not None and bool(block) and not isinstance(block[0], ast.AnnAssign)  # "this: that" is prose
