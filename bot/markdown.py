"""The Markdown that our texts are written in: its marks, and which lines belong together. Pure; platforms draw it.

The dialect is what the cards promise and no more: paragraphs, lists, **bold**, `code`, indented and fenced code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BULLET = re.compile(r"(?:[-*]|\d{1,3}[.)]) +")
INLINE = re.compile(r"(?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?!`)|\*\*(?P<bold>[^\s*](?:.*?\S)?)\*\*", re.DOTALL)
FENCE = "```"


def without_marks(text: str) -> str:
    """One line of Markdown as plain words, where no markup can be shown."""
    return re.sub(r"`+|\*\*", "", text)


def unpadded(code: str) -> str:
    """Code without the spaces that keep it from its marks."""
    return code[1:-1] if len(code) > 2 and code[0] == code[-1] == " " else code


def blocks(lines: list[str]) -> Iterator[list[str]]:
    """Group lines: fenced code, indented code, a list, or a paragraph, each a list of its lines."""
    at = 0
    while at < len(lines):
        start = at
        if lines[at].lstrip().startswith(FENCE):
            at = next((n for n in range(at + 1, len(lines)) if lines[n].lstrip().startswith(FENCE)), len(lines)) + 1
        elif is_code(lines[at]):
            while at < len(lines) and (is_code(lines[at]) or not lines[at].strip()):
                at += 1
        elif lines[at].strip():
            at += 1
            listed = BULLET.match(lines[start]) is not None
            while at < len(lines) and _continues(lines[at], listed):
                at += 1
        else:
            at += 1
            continue
        yield lines[start:at]


def is_code(line: str) -> bool:
    """Whether a line is indented code."""
    return line.startswith("    ") and bool(line.strip())


def _continues(line: str, listed: bool) -> bool:
    """Whether a line belongs to the paragraph or list above it."""
    if not line.strip() or line.lstrip().startswith(FENCE):
        return False
    return listed or not BULLET.match(line)
