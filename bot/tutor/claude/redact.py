"""Takes out of a text what nobody else need know, before it leaves this machine, and what could deceive a reader.

Pure. Addresses, tokens, mentions and ids become a word in brackets; characters that cannot be seen go; tags of ours cannot
be opened or closed from inside.
"""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
from collections.abc import Iterable

MAX_CODE, MAX_PRINTED, MAX_TEXT = 4_096, 1_024, 2_048  # bytes
SHORTEST_NAME = 3  # a shorter display name would take ordinary words out
TAGS = ("exercise", "code", "grader", "printed", "already_read", "question", "earlier", "rubric", "answer", "material")
_TAG = re.compile(rf"<(?=\s*/|\s*(?:{'|'.join(TAGS)})\b)", re.IGNORECASE)
_BREAKS = "\n\t"

_SECRETS = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    (re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s'\"<>)\]}]+", re.IGNORECASE), "[link]"),
    (re.compile(r"\b(?:discord(?:app)?\.(?:gg|com)|slack\.com|t\.me)/[^\s'\"<>)\]}]+", re.IGNORECASE), "[link]"),
    (re.compile(r"\b(?:sk|pk|rk|xox[a-z]|xapp|gh[a-z]|github_pat|glpat|hf|npm|pypi)[-_][\w-]{10,}"), "[token]"),
    (re.compile(r"\b(?:AKIA|ASIA|AIza)[\w-]{12,}"), "[token]"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"), "[token]"),
    (re.compile(r"\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,40}\b"), "[token]"),  # of a Discord bot
    (re.compile(r"(?i)\bbearer\s+[\w.~+/=-]{8,}"), "[token]"),
    (re.compile(r"<[@#!][^>\s]{1,80}>|<(?:!subteam|!date)[^>]{0,80}>|<a?:\w+:\d+>"), "[mention]"),
    (re.compile(r"(?<![\d.])\d{17,20}(?![\d.])"), "[id]"),  # of Discord
    (re.compile(r"\b[UWCDGTBE](?=[A-Z0-9]*\d)[A-Z0-9]{8,11}\b"), "[id]"),  # of Slack
    (re.compile(r"(?:/home/|/Users/|\\Users\\)[\w.-]+"), "[home]"),
    (re.compile(r"\b(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{32,}={0,2}"), "[token]"),
    (re.compile(r"\b[0-9a-f]{32,}\b"), "[token]"),
)
_MENTION = re.compile(r"(?<![\w.\])])@[A-Za-z_][\w.-]*")


def redact(text: str, names: Iterable[str] = ()) -> str:
    """A text of a learner, or one that may quote them, as it may leave: visible, and without whom it is about."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    text = _MENTION.sub("[mention]", text)
    for name in sorted({name.strip() for name in names}, key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[name]", text, flags=re.IGNORECASE)
    return text


def redact_code(source: str, names: Iterable[str] = ()) -> str:
    """Code as it may leave: everywhere without secrets and ids, and in its comments and strings without mentions and names.

    Outside those an `@` multiplies or decorates, and a name may be an ordinary function. Lines keep their numbers.
    """
    for pattern, instead in _SECRETS[1:]:  # outside texts, what looks like an address multiplies
        source = pattern.sub(instead, source)
    lines = source.split("\n")
    for start, end in reversed(_told(source)):
        _replace(lines, start, end, list(names))
    return "\n".join(lines)


def visible(text: str) -> str:
    """Text without characters that are not seen or turn the direction of reading, in one form of each letter."""
    unbroken = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in unbroken if c in _BREAKS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return "".join(kept).encode("utf-8", "ignore").decode("utf-8")


def enclosed(tag: str, text: str, limit: int = MAX_TEXT) -> str:
    """Text between tags of ours, which it can neither close nor open."""
    return f"<{tag}>\n{_TAG.sub('‹', cut(text, limit))}\n</{tag}>"


def cut(text: str, limit: int) -> str:
    """The beginning of a text, at most so many bytes."""
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= limit else raw[:limit].decode("utf-8", "ignore") + "\n[cut here]"


Place = tuple[int, int]


def _told(source: str) -> list[tuple[Place, Place]]:
    """Where comments and strings stand, by line from 1 and column; all of it, line by line, where it is no Python."""
    kinds = (
        tokenize.COMMENT,
        tokenize.STRING,
        *(getattr(tokenize, n) for n in ("FSTRING_MIDDLE",) if hasattr(tokenize, n)),
    )
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        lines = source.split("\n")
        return [((n, _margin(line)), (n, len(line))) for n, line in enumerate(lines, 1)]
    return [(token.start, token.end) for token in tokens if token.type in kinds]


def _margin(line: str) -> int:
    """Where a line's text begins, past the `@` of what may be a decorator."""
    bare = line.lstrip()
    return len(line) - len(bare) + bare.startswith("@")


def _replace(lines: list[str], start: Place, end: Place, names: list[str]) -> None:
    for number in range(start[0], end[0] + 1):
        line = lines[number - 1]
        begin = start[1] if number == start[0] else 0
        stop = end[1] if number == end[0] else len(line)
        lines[number - 1] = line[:begin] + redact(line[begin:stop], names) + line[stop:]
