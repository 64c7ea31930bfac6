"""Whether a text has the form we promise: a length people read, one question, words only, nothing hidden in it.

Pure. Each fault is a word or two for the log, never a piece of the text.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from dataclasses import dataclass

from bot.tutor.claude.redact import visible

MAX_CHARS = 1_900  # the narrowest platform takes 2,000
MAX_SENTENCE_GRADE = 9.0
SHINGLE = 8  # words in a row that are ours
LONGEST_WORD = 32
_HIDDEN_RUN = 8  # letters of a solution's line, hidden as first letters

_FENCE = re.compile(r"```|~~~|^(?: {4,}|\t)\S", re.MULTILINE)
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]*://|\bwww\.|\]\(|\]\[|\b\w+\.(?:com|org|net|io|dev|gg|ly|me|ai|app|co|ru|xyz)\b", re.I
)
_MENTION = re.compile(r"<[@#!:a]|@[\w]|(?<!\w)(?:everyone|here|channel)@")
_MARKUP = re.compile(r"</?[a-zA-Z][^>]{0,80}>|<!--|^\s{0,3}#{1,6} |!\[|\|\||^\s*>", re.MULTILINE)
_CODE_LINE = re.compile(
    r"^\s*(?:(?:async\s+)?def\s+\w+\s*\(|class\s+\w+.*:\s*$|import\s+\w+|from\s+[\w.]+\s+import\b|return\b.*[\[(=*/+-]"
    r"|(?:for|while|if|elif|with)\b.*:\s*$|\w+(?:\[[^\]]*\])?\s*[-+*/]?=\s*\S)",
    re.MULTILINE,
)
_VERDICT = re.compile(
    r"\b(?:is|are|was|now|been|marked|verdict:?|status:?)\s+(?:now\s+)?(?:accepted|passed|passing)\b"
    r"|\bfull marks\b|\ball (?:the )?(?:tests|cases)(?: now)? pass(?:ed)?\b|\byou(?:'ve| have)? passed\b|\b\d+ xp\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PYTHON = re.compile(r"\bdef \w+\(|\breturn \w|\bimport \w|\blambda\b")
_BASE64 = re.compile(r"[A-Za-z0-9+/=_-]{16,}")


@dataclass(frozen=True, slots=True)
class Form:
    """How long a text may be, in words."""

    least: int
    most: int


TIER = Form(80, 160)
REPLY = Form(12, 160)
NOTE = Form(3, 80)


def faults(text: str, form: Form, *, solution: str = "", ours: str = "") -> list[str]:
    """What is wrong with a text's form; `solution` must not be hidden in it, nor `ours` be repeated."""
    words = len(text.split())
    found = {
        "too short": words < form.least,
        "too long": words > form.most or len(text) > MAX_CHARS,
        "questions": text.count("?") > 1,
        "code block": bool(_FENCE.search(text) or _CODE_LINE.search(text)),
        "link": bool(_LINK.search(text)),
        "mention": bool(_MENTION.search(text)),
        "markup": bool(_MARKUP.search(text)),
        "unseen characters": visible(text) != text or not _plain(text),
        "a verdict": bool(_VERDICT.search(text)),
        "hidden text": _hides(text, solution),
        "our own words": _repeats(text, ours),
    }
    return [name for name, there in found.items() if there]


def grade(text: str) -> float:
    """The US school grade a text reads at, by Kincaid et al. (1975): 0.39 words/sentence + 11.8 syllables/word - 15.59."""
    words = _WORD.findall(re.sub(r"`[^`]*`", "it", text)) or ["a"]
    sentences = max(1, len(re.findall(r"[.!?:;](?:\s|$)", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _plain(text: str) -> bool:
    """Whether all letters are Latin or Greek, as in formulas: others can look like these and mean nothing to a filter."""
    return all(ord(c) < 0x0400 or not c.isalnum() for c in text)


def _hides(text: str, solution: str) -> bool:
    """Whether something is written so that a person or a program can turn it back into code."""
    if any(len(word) > LONGEST_WORD for word in re.split(r"[\s`]+", text)):
        return True
    turned = (codecs.decode(text, "rot13"), text[::-1])
    if any(_PYTHON.search(other) for other in turned) or any(_decodes(m.group()) for m in _BASE64.finditer(text)):
        return True
    lines = [run for run in (_letters(line) for line in solution.split("\n")) if len(run) >= _HIDDEN_RUN]
    firsts = [_initials(text, where) for where in (r"\s+", r"(?<=[.!?:;])\s+", r"\n+")]
    return any(line in first or line[::-1] in first for line in lines for first in firsts)


def _decodes(word: str) -> bool:
    """Whether a word is base64 of readable text; an ordinary long word is not."""
    try:
        raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) > _HIDDEN_RUN and raw.isascii() and raw.decode("ascii").isprintable()


def _initials(text: str, between: str) -> str:
    return _letters("".join(part[:1] for part in re.split(between, text)))


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha())


def _repeats(text: str, ours: str) -> bool:
    """Whether so many words in a row are from our own prompt."""
    known = _shingles(ours)
    return bool(known & _shingles(text)) if known else False


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return {tuple(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)}
