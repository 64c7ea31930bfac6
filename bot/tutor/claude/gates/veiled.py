"""Whether a text spells a repair out: as it is, read aloud, in pieces, backwards, or in a code that anybody can undo.

Pure, and without running anything: the private fix is known to pass, so its changed lines are what may not be told. Where a fix
changes little, that little is looked for with its neighbours; what the learner's own program or the statement says, may be said.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import difflib
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from bot.tutor.claude.gates.pieces import spoken

LEAST = 6  # letters and signs that say something
LETTERS = 10  # of initials, which have no signs
AROUND = 2  # tokens beside a change that belong to it
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\*\*|//|[<>=!]=|[^\s\w]")
_BETWEEN = re.compile(r"[\s`*_|\"'“”‘’„]+")
_SPREAD = re.compile(r"(?<![^\s.·-])(\S)[\s.·-](?=\S(?![^\s.·-]))")
_CODED = re.compile(r"[A-Za-z0-9+/=_-]{10,}")
_HEX = re.compile(r"(?:\b(?:0x)?[0-9a-f]{2}[\s,:]*){5,}|\b[0-9a-f]{10,}\b", re.IGNORECASE)
_CODES = re.compile(r"(?:\b\d{2,3}\b[\s,]*){5,}")
_STEP = re.compile(r"^\s*(?:\d+[.)]|[-+•])\s*(?:(?:type|write|put|add|then)\s+)?", re.MULTILINE | re.IGNORECASE)
_SPAN = re.compile(r"`([^`\n]+)`")
_INITIAL = re.compile(r"(?:^|[.!?:;]\s+|\n\s*)(\w)")
_WORDS = (
    (r"open(?:ing)? square bracket", "["), (r"clos(?:e|ing) square bracket", "]"), (r"open(?:ing)? (?:bracket|parenthesis)", "("),
    (r"clos(?:e|ing) (?:bracket|parenthesis)", ")"), (r"comma", ","), (r"dot", "."), (r"colon", ":"), (r"underscore", "_"),
    (r"equals(?: sign)?", "="), (r"floor divided by", "//"),
)  # fmt: skip
_OUTWARD = frozenset("@<>`#|[]")


def spells(text: str, source: str, said: str, *fixes: str) -> bool:
    """Whether a text holds what one of some fixes changes in a source, veiled or open.

    Args:
        said: what anybody may say: the statement, and all that was shown before.
    """
    wanted = {part for fix in fixes for part in changes(source, fix)}
    allowed = _squeezed(f"{source}\n{said}")
    wanted = {part for part in wanted if part not in allowed}
    if not wanted:
        return False
    if any(part in layer for layer in map(_squeezed, layers(text)) for part in wanted):
        return True
    initials = "".join(_INITIAL.findall(text)).lower()
    bare = {"".join(c for c in part if c.isalpha()) for part in wanted}
    return any(
        len(part) >= LETTERS and (part[:LETTERS] in initials or part[::-1][:LETTERS] in initials) for part in bare
    )


def veils(text: str) -> bool:
    """Whether a sign that means something to a platform hides in another form, such as a wide @."""
    plain = unicodedata.normalize("NFKC", text)
    return any(plain.count(sign) > text.count(sign) for sign in _OUTWARD)


def changes(source: str, fix: str) -> set[str]:
    """What a fix has where a source has something else, squeezed: whole lines, and what differs in them."""
    before, after = ([line.strip() for line in text.split("\n")] for text in (source, fix))
    found: set[str] = set()
    for tag, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag not in ("replace", "insert"):
            continue
        found |= {_squeezed(line) for line in after[first:last]}
        if end - start == last - first:
            pairs = zip(before[start:end], after[first:last], strict=True)
            found |= {_squeezed(" ".join(_difference(old, new))) for old, new in pairs}
    return {part for part in found if len(part) >= LEAST and not part.isalpha()}


def _difference(old: str, new: str) -> list[str]:
    """The tokens of a line that another has not, with their neighbours."""
    theirs, ours = _TOKEN.findall(old), _TOKEN.findall(new)
    shorter = min(len(theirs), len(ours))
    start = next((n for n in range(shorter) if theirs[n] != ours[n]), shorter)
    end = next((n for n in range(shorter - start) if theirs[-1 - n] != ours[-1 - n]), shorter - start)
    return ours[max(0, start - AROUND) : len(ours) - end + AROUND]


def layers(text: str) -> Iterator[str]:
    """The text as it is, and as it is when what may hide something is undone."""
    plain = unicodedata.normalize("NFKC", text)
    yield plain
    yield _written(plain)
    yield codecs.decode(plain, "rot13")
    yield plain[::-1]
    yield " ".join(reversed(plain.split()))
    yield _SPREAD.sub(r"\1", plain)
    yield _STEP.sub("", plain)
    yield "".join(_SPAN.findall(plain))
    yield unquote(plain)
    yield html.unescape(plain)
    yield from _decoded(plain)


def _written(text: str) -> str:
    """A text read aloud, written as code again."""
    for words, sign in _WORDS:
        text = re.sub(rf"\b{words}\b", sign, text, flags=re.IGNORECASE)
    return spoken(text)


def _decoded(text: str) -> Iterator[str]:
    decoders: tuple[Callable[[str], bytes], ...] = (
        lambda word: base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_"),
        lambda word: base64.b64decode(word + "=" * (-len(word) % 4)),
        lambda word: base64.b32decode(word + "=" * (-len(word) % 8)),
    )
    for word in _CODED.findall(text):
        for decode in decoders:
            try:
                yield decode(word).decode("utf-8")
            except (binascii.Error, UnicodeDecodeError, ValueError):
                continue
    for run in _HEX.findall(text):
        try:
            yield bytes.fromhex(re.sub(r"0x|[\s,:]", "", run)).decode("utf-8")
        except (ValueError, UnicodeDecodeError):
            continue
    for run in _CODES.findall(text):
        yield "".join(chr(int(code)) for code in re.findall(r"\d+", run) if 31 < int(code) < 127)


def _squeezed(text: str) -> str:
    """A text without what may stand between its letters and signs."""
    return _BETWEEN.sub("", text).lower()
