"""Our small Markdown as rich text: paragraphs, lists, **bold**, `code`, indented and fenced code. Pure.

The dialect is the one of the web page. Every character lands in a text of its own, where Slack reads nothing into it.
"""

from __future__ import annotations

from bot.markdown import BULLET, FENCE, INLINE, blocks, is_code
from bot.platforms.slack.blocks import PIECE, Block, Element, line, pieces, rich, verbatim, words
from bot.platforms.slack.escape import literal


def written(text: str) -> list[Block]:
    """Blocks for Markdown of ours."""
    found: list[Block] = []
    for group in blocks(literal(text).expandtabs(4).split("\n")):
        found += _blocks(group)
    return found


def inline(text: str, *, bold: bool = False) -> list[Element]:
    """Runs for one line of Markdown of ours."""
    runs: list[Element] = []
    at, style = 0, {"bold": True} if bold else {}
    for found in INLINE.finditer(text):
        runs.append(words(text[at : found.start()], **style))
        code = found["code"]
        runs += (
            [words(code.strip() or code, code=True, **style)] if code is not None else inline(found["bold"], bold=True)
        )
        at = found.end()
    runs.append(words(text[at:], **style))
    return [run for run in runs if run["text"]]


def _blocks(group: list[str]) -> list[Block]:
    if group[0].lstrip().startswith(FENCE):
        closed = len(group) > 1 and group[-1].lstrip().startswith(FENCE)
        return verbatim("\n".join(group[1:-1] if closed else group[1:]))
    if is_code(group[0]):
        return verbatim("\n".join(text[4:] for text in group))
    if BULLET.match(group[0]):
        return _list(group)
    return [rich(line(*inline(piece))) for piece in pieces(" ".join(text.strip() for text in group))]


def _list(group: list[str]) -> list[Block]:
    items: list[str] = []
    for text in group:
        mark = BULLET.match(text)
        if mark:
            items.append(text[mark.end() :].strip())
        else:
            items[-1] += " " + text.strip()
    number = int(group[0].split(".")[0].split(")")[0]) if group[0][:1].isdigit() else 0
    if number <= 1 and sum(map(len, items)) <= PIECE:
        style = "ordered" if number else "bullet"
        return [rich({"type": "rich_text_list", "style": style, "elements": [line(*inline(item)) for item in items]})]
    marks = (f"{number + n}. " if number else "• " for n in range(len(items)))
    return [
        rich(line(*inline(piece))) for mark, item in zip(marks, items, strict=True) for piece in pieces(mark + item)
    ]
