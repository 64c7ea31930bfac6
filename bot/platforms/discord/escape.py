"""The edge where text becomes Discord's: no learner's text ever mentions anyone, links, or leaves its code block.

Pure. Nothing is dropped but characters that print nothing; marks get a backslash, and what only a code block can show gets
a character of no width in its middle.
"""

from __future__ import annotations

import re

from bot.platforms.plain import clean

BREAK = "\u200b"  # of no width: parts what Discord would join to a mention, a link or a fence
MARKS = re.compile(r"[\\`*_~|<>\[\]()]")
LINE_MARKS = re.compile(r"^(\s*)([#+\-])", re.MULTILINE)
NUMBERED = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)
PINGS = re.compile(r"@(?=everyone|here)|(?<=<)(?=[@#:/]|a:|id:|t:|sound:|https?:)", re.IGNORECASE)
BREAK_AFTER = r"\g<0>" + BREAK
LINKS = re.compile(r"(?<=[a-z]):(?=//)", re.IGNORECASE)


def escape(text: str) -> str:
    """Text that shows exactly as it is typed, whoever typed it."""
    marked = MARKS.sub(lambda found: "\\" + found[0], PINGS.sub(BREAK_AFTER, clean(text)))
    marked = LINE_MARKS.sub(r"\1\\\2", marked)
    marked = NUMBERED.sub(r"\1\\\2", marked)
    return LINKS.sub(BREAK_AFTER, marked)


def fenced(text: str, language: str = "") -> str:
    """A code block. Discord shows nothing in it as a mention or a mark, but its own fence would end it."""
    return f"```{language}\n{unfenced(text)}\n```"


def unfenced(text: str) -> str:
    """What may stand inside a code block: without fences, and without what looks like a mention to a server."""
    shown = clean(text).replace("``", f"`{BREAK}`")
    shown = PINGS.sub(BREAK_AFTER, shown)
    return shown + BREAK if shown.endswith("`") else shown


def inline_code(text: str) -> str:
    """Code within a line; text that holds backticks or lines is shown plain, as nothing could close it there."""
    shown = clean(text)
    if "`" in shown or "\n" in shown or not shown.strip():
        return escape(shown)
    return f"`{PINGS.sub(BREAK_AFTER, shown)}`"


def label(text: str) -> str:
    """Text for a button, an option or a title, where Discord shows no marks: one clean line."""
    return " ".join(clean(text).split())
