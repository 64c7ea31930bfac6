"""Taking out of learners' texts what may say who wrote them: names, addresses, mentions, links, tokens. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

GONE = "[…]"
SHORTEST_NAME = 3
"""Names shorter than this are taken out only as whole words in their own case; "A" is a word of its own."""
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # addresses
    re.compile(r"<[@#!&][^>\s]*>|(?<!\w)@(?!\s)[\w.\-]+"),  # mentions, as platforms write them and as people do
    re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE),
    re.compile(r"\b(?:sk|xox[a-z]|xapp|ghp|gho|pat|key|token)[-_][\w-]{6,}", re.IGNORECASE),
    re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w\-]{20,}\b"),  # long mixtures of letters and digits
    re.compile(r"(?<![\d.])\+?\d(?:[\s()/-]*\d){8,}(?![\d.])"),  # telephone and card numbers
)


def redact(text: str, names: Sequence[str] = ()) -> str:
    """Replace everything that looks personal, and the given names and their parts as whole words."""
    for pattern in _PATTERNS:
        text = pattern.sub(GONE, text)
    parts = {part for name in names for part in (name, *name.split()) if part}
    for part in sorted(parts, key=lambda one: (-len(one), one)):
        flags = re.IGNORECASE if len(part) >= SHORTEST_NAME else re.NOFLAG
        text = re.sub(rf"(?<![^\W_]){re.escape(part)}(?![^\W_])", GONE, text, flags=flags)
    return text
