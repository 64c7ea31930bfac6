"""Our small Markdown as Discord's: paragraphs joined, lists kept, every code block fenced, all other marks harmless.

Pure. Also measures text as Discord does, and cuts it into pieces that never break a code block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.platforms.discord.escape import escape, fenced, inline_code

FENCE = re.compile(r"\s{0,3}(?:```|~~~)\s*\w*\s*$")
ITEM = re.compile(r"(\s{0,3})([-*+]|\d{1,3}[.)])\s+(.*)", re.DOTALL)
INLINE = re.compile(
    r"(?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?!`)|(?<!\w)\*\*(?P<bold>[^\s*](?:.*?\S)?)\*\*(?!\w)", re.DOTALL
)
OPEN_FENCE = re.compile(r"^```(\w*)$")


def to_discord(markdown: str) -> str:
    """Turn Markdown of ours into Discord's."""
    return "\n".join(_block(block) for block in _blocks(markdown.expandtabs(4).strip("\n").split("\n")))


def inline(text: str) -> str:
    """Turn one line of ours into Discord's: its `code` and **bold** stay, and no other character is a mark."""
    out, at = [], 0
    for found in INLINE.finditer(text):
        out.append(escape(text[at : found.start()]))
        code, bold = found["code"], found["bold"]
        out.append(inline_code(_unpadded(code)) if code is not None else f"**{inline(bold)}**")
        at = found.end()
    return "".join([*out, escape(text[at:])])


def without_marks(text: str) -> str:
    """One line of Markdown as plain words, for buttons and options."""
    return INLINE.sub(lambda found: without_marks(found["bold"]) if found["bold"] else _unpadded(found["code"]), text)


def _unpadded(code: str) -> str:
    return code[1:-1] if len(code) > 2 and code[0] == code[-1] == " " else code


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Group lines: a fenced or indented code block, a list item, a paragraph, or one empty line."""
    at = 0
    while at < len(lines):
        start = at
        at += 1
        if FENCE.match(lines[start]):
            at = next((n for n in range(at, len(lines)) if FENCE.match(lines[n])), len(lines) - 1) + 1
        elif _is_code(lines[start]):
            while at < len(lines) and (_is_code(lines[at]) or _blank_inside(lines, at)):
                at += 1
        elif lines[start].strip():
            listed = ITEM.match(lines[start]) is not None
            while at < len(lines) and _continues(lines[at], listed):
                at += 1
        yield lines[start:at]


def _is_code(line: str) -> bool:
    return line.startswith("    ") and bool(line.strip())


def _blank_inside(lines: list[str], at: int) -> bool:
    """Whether an empty line stands between two lines of one indented block."""
    rest = next((line for line in lines[at:] if line.strip()), "")
    return not lines[at].strip() and _is_code(rest)


def _continues(line: str, listed: bool) -> bool:
    if not line.strip() or FENCE.match(line) or ITEM.match(line) or line.lstrip().startswith(("|", "#", ">")):
        return False
    return listed or not _is_code(line)


def _block(lines: list[str]) -> str:
    first = lines[0]
    if FENCE.match(first):
        closed = len(lines) > 1 and FENCE.match(lines[-1]) is not None
        return fenced("\n".join(lines[1:-1] if closed else lines[1:]), "py")
    if _is_code(first):
        return fenced("\n".join(line[4:] for line in lines).rstrip(), "py")
    item = ITEM.match(first)
    if item:
        mark = "-" if item[2] in "-*+" else item[2]
        return f"{item[1]}{mark} {inline(_joined([item[3], *lines[1:]]))}"
    return inline(_joined(lines))


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def measure(text: str) -> int:
    """The length of a text in units that are never fewer than Discord counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """Cut ready text into pieces within a limit, at line ends where possible; a code block goes on in the next piece."""
    pieces: list[str] = []
    held, fence = "", None
    for line in _short_lines(text, limit - 2 * len("```python\n")):
        if held and measure(held) + measure(f"\n{line}\n```") > limit:
            pieces.append(_closed(held, fence))
            held = line if fence is None else "" if line == "```" else f"```{fence}\n{line}"
        else:
            held = f"{held}\n{line}" if held else line
        opened = OPEN_FENCE.match(line)
        if fence is None and opened:
            fence = opened[1]
        elif fence is not None and line == "```":
            fence = None
    return [piece for piece in (*pieces, held) if piece.strip()]


def _closed(held: str, fence: str | None) -> str:
    """A piece that ends here; a code block that has only just been opened begins in the next one."""
    if fence is None:
        return held
    begun = f"```{fence}"
    return held.removesuffix(begun).rstrip("\n") if held.endswith(f"\n{begun}") or held == begun else f"{held}\n```"


def _short_lines(text: str, limit: int) -> Iterator[str]:
    for line in text.split("\n"):
        rest = line
        while measure(rest) > limit:
            cut = _place_to_cut(rest, limit)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _place_to_cut(line: str, limit: int) -> int:
    """Where to break a line that is too long: behind a blank in its second half if there is one, never behind a backslash."""
    cut = limit // 2 if measure(line[:limit]) > limit else limit
    blank = line.rfind(" ", cut // 2, cut)
    if blank > 0:
        return blank + 1
    while cut > 1 and line[cut - 1] == "\\":
        cut -= 1
    return cut
