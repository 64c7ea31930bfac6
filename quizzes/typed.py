"""What a learner typed, made safe to read and to show back. Pure; never raises on any text. Knows no items."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 4_000
_ECHO = 200
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_FENCE = re.compile(r"^```[a-z]*\n(.*?)\n?```$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The answer could not be read: say what to type. It does not count as an answer."""

    message: str


def cleaned(text: str) -> str:
    """Drop invisible and control characters, unify line ends, unwrap code quoting."""
    text = text[: LONGEST + 1].replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = _CONTROL.sub("", _INVISIBLE.sub("", text)).strip("\n")
    fenced = _FENCE.match(text.strip())
    if fenced:
        return fenced[1]
    inner = text.strip()
    if len(inner) > 2 and inner[0] == inner[-1] == "`" and "`" not in inner[1:-1]:
        return inner[1:-1]
    return text


def plain(text: str) -> str:
    """Fold typography that means the same: full-width letters, foreign digits, kinds of spaces, minus signs."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(_digit(c) for c in text)
    return re.sub(r"[\u2010-\u2015\u2212]", "-", text).strip()


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def folded(text: str) -> str:
    """Reduce a text to what counts when two are compared: no case, no spacing, no final punctuation."""
    return " ".join(plain(text).casefold().split()).rstrip(" .!;,")


def shown_back(text: str) -> str:
    """Cut a learner's text for showing it back."""
    text = cleaned(text).strip()
    return text if len(text) <= _ECHO else text[: _ECHO - 1].rstrip() + "…"
