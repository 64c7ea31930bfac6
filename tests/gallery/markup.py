"""The Markdown that Discord reads in a message, as HTML. Knows what our messages use, and shows all else as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

FENCED = re.compile(r"^```(\w*)\n(.*?)\n?```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(
    r"\\(?P<plain>[^0-9A-Za-z\s])|`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|__(?P<under>.+?)__|~~(?P<struck>.+?)~~"
    r"|\|\|(?P<hidden>.+?)\|\||\*(?P<slanted>[^\s*][^*]*?)\*|<(?P<who>[@#]&?\d+)>"
)
TAGS = {"bold": "strong", "under": "u", "struck": "s", "hidden": "mark", "slanted": "em"}
LINES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(#{1,3}) (.+)"), lambda m: f"<h{len(m[1])}>{inline(m[2])}</h{len(m[1])}>"),
    (re.compile(r"-# (.+)"), lambda m: f"<small>{inline(m[1])}</small>"),
    (re.compile(r"> (.*)"), lambda m: f"<blockquote>{inline(m[1])}</blockquote>"),
    (re.compile(r"( *)[-*] (.+)"), lambda m: f"<div class='item' style='--in:{len(m[1])}'>•<span>{inline(m[2])}</span></div>"),
    (re.compile(r"( *)(\d+)\. (.+)"), lambda m: f"<div class='item' style='--in:{len(m[1])}'>{m[2]}.<span>{inline(m[3])}</span></div>"),
)  # fmt: skip


def to_html(text: str) -> str:
    """Show a text of a message as Discord would."""
    out, at = [], 0
    for found in FENCED.finditer(text):
        out += [_lines(text[at : found.start()]), f"<pre>{escape(found[2])}</pre>"]
        at = found.end()
    return "".join([*out, _lines(text[at:])])


def _lines(text: str) -> str:
    stripped = text.strip("\n")
    return "".join(_line(line) for line in stripped.split("\n")) if stripped else ""


def _line(line: str) -> str:
    for pattern, made in LINES:
        if found := pattern.fullmatch(line):
            return made(found)
    return f"<p>{inline(line) or '&nbsp;'}</p>"


def inline(text: str) -> str:
    """Show the marks within one line."""
    out, at = [], 0
    for found in INLINE.finditer(text):
        out += [escape(text[at : found.start()]), _mark(str(found.lastgroup), found[str(found.lastgroup)])]
        at = found.end()
    return "".join([*out, escape(text[at:])])


def _mark(kind: str, text: str) -> str:
    if kind == "plain":
        return escape(text)
    if kind == "code":
        return f"<code>{escape(text)}</code>"
    if kind == "who":
        return f"<b class='who'>{escape(text)}</b>"
    return f"<{TAGS[kind]}>{inline(text)}</{TAGS[kind]}>"
