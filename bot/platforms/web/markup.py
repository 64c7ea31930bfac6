"""Our small Markdown as HTML, and Python code with its words marked. Pure: text in, escaped text out.

The dialect is what the cards promise and no more: paragraphs, lists, **bold**, `code`, indented and fenced code. Every
character of the text is escaped, so nothing in it can ever act as a tag.
"""

from __future__ import annotations

import html
import keyword
import re

from bot.markdown import BULLET, FENCE, INLINE, blocks, is_code, unpadded

KEYWORDS = [word for word in keyword.kwlist if word.islower()]
PYTHON = re.compile(
    r"(?P<comment>#[^\n]*)"
    r"|(?P<string>(?<!\w)[rbfuRBFU]{0,2}(?:'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"))"
    rf"|(?P<keyword>\b(?:{'|'.join(KEYWORDS)})\b)"
    r"|(?P<value>\b(?:True|False|None|\d[\d_]*\.?\d*(?:e[+-]?\d+)?)\b)",
    re.DOTALL,
)


def to_html(text: str) -> str:
    """Render Markdown of ours."""
    return "".join(_block(lines) for lines in blocks(text.expandtabs(4).split("\n")))


def inline_html(text: str) -> str:
    """Render one line of Markdown of ours: `code` and **bold**."""
    out, at = [], 0
    for found in INLINE.finditer(text):
        out.append(html.escape(text[at : found.start()], quote=False))
        code, bold = found["code"], found["bold"]
        if code is not None:
            out.append(f"<code>{html.escape(unpadded(code), quote=False)}</code>")
        else:
            out.append(f"<strong>{inline_html(bold)}</strong>")
        at = found.end()
    return "".join([*out, html.escape(text[at:], quote=False)])


def code_html(code: str) -> str:
    """Render Python code with its comments, strings, keywords and values marked; anything else stays as it is."""
    out, at = [], 0
    for found in PYTHON.finditer(code):
        out.append(html.escape(code[at : found.start()], quote=False))
        out.append(f'<span class="py-{found.lastgroup}">{html.escape(found[0], quote=False)}</span>')
        at = found.end()
    return "".join([*out, html.escape(code[at:], quote=False)])


def code_lines(code: str) -> list[str]:
    """Render Python code line by line; a text that spans lines is marked on each of them."""
    lines = [""]
    for part in re.split(r"(<span[^>]*>.*?</span>)", code_html(code), flags=re.DOTALL):
        opening, closing = (part[: part.index(">") + 1], "</span>") if part.startswith("<span") else ("", "")
        for n, piece in enumerate(part.removeprefix(opening).removesuffix(closing).split("\n")):
            lines += [""] if n else []
            lines[-1] += f"{opening}{piece}{closing}" if piece else ""
    return lines


def _block(lines: list[str]) -> str:
    if lines[0].lstrip().startswith(FENCE):
        closed = len(lines) > 1 and lines[-1].lstrip().startswith(FENCE)
        return _pre("\n".join(lines[1:-1] if closed else lines[1:]))
    if is_code(lines[0]):
        return _pre("\n".join(line[4:] for line in lines).rstrip())
    if BULLET.match(lines[0]):
        return _list(lines)
    return f"<p>{inline_html(_joined(lines))}</p>"


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _list(lines: list[str]) -> str:
    first = re.match(r"\d+", lines[0])
    opening, closing = (f'<ol start="{int(first[0])}">', "</ol>") if first else ("<ul>", "</ul>")
    items: list[list[str]] = []
    for line in lines:
        mark = BULLET.match(line)
        if mark:
            items.append([line[mark.end() :]])
        else:
            items[-1].append(line)
    return opening + "".join(f"<li>{inline_html(_joined(item))}</li>" for item in items) + closing


def _pre(code: str) -> str:
    return f'<pre tabindex="0">{code_html(code)}</pre>'
