"""Slack's blocks and forms, as its API takes them, drawn as HTML. Pure; a block nobody knows here is an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

Block = Mapping[str, Any]
MARKS = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}


class UnknownBlockError(LookupError):
    """A block or element that this gallery cannot draw yet: teach it, for people would see something it does not show."""


def message(blocks: Iterable[Block]) -> str:
    """Draw the blocks of a message."""
    return "".join(map(draw, blocks))


def form(view: Block) -> str:
    """Draw a form that opened on top."""
    send = f"<span class='button primary'>{_plain(view['submit'])}</span>" if "submit" in view else ""
    foot = f"<footer><span class='button'>{_plain(view['close'])}</span>{send}</footer>"
    return f"<div class='modal'><h3>{_plain(view['title'])}</h3>{message(view['blocks'])}{foot}</div>"


def draw(block: Block) -> str:
    """Draw one block, element or run of text."""
    made = DRAWN.get(block["type"])
    if made is None:
        raise UnknownBlockError(f"no drawing for Slack's {block['type']!r}; it is {dict(block)!r}")
    return made(block)


def _plain(text: Block) -> str:
    if text["type"] not in ("plain_text", "raw_text"):
        raise UnknownBlockError(f"no drawing for text of Slack's type {text['type']!r}")
    return escape(text["text"])


def _header(block: Block) -> str:
    return f"<h2>{_plain(block['text'])}</h2>"


def _within(block: Block) -> str:
    return "".join(map(draw, block["elements"]))


def _context(block: Block) -> str:
    return f"<div class='context'>{'<span></span>'.join(map(_plain, block['elements']))}</div>"


def _row(block: Block) -> str:
    return f"<div class='row'>{_within(block)}</div>"


def _rich(block: Block) -> str:
    return f"<div class='rich'>{_within(block)}</div>"


def _paragraph(block: Block) -> str:
    return f"<p>{_within(block)}</p>"


def _preformatted(block: Block) -> str:
    return f"<pre>{_within(block)}</pre>"


def _list(block: Block) -> str:
    tag = {"bullet": "ul", "ordered": "ol"}[block["style"]]
    return f"<{tag}>{''.join(f'<li>{_within(item)}</li>' for item in block['elements'])}</{tag}>"


def _run(block: Block) -> str:
    made = escape(block["text"])
    for name, on in block.get("style", {}).items():
        made = f"<{MARKS[name]}>{made}</{MARKS[name]}>" if on else made
    return made


def _button(block: Block) -> str:
    return f"<span class='button {block.get('style', '')}'>{_plain(block['text'])}</span>"


def _select(block: Block) -> str:
    chosen = block.get("initial_option")
    words = _plain(chosen["text"]) if chosen else f"<i>{_plain(block['placeholder'])}</i>"
    return f"<span class='select'>{words}<i>⌄</i></span>"


def _boxes(block: Block) -> str:
    return "".join(f"<div class='option'>☐<span>{_plain(one['text'])}</span></div>" for one in block["options"])


def _table(block: Block) -> str:
    head, *rest = block["rows"]
    rows = "".join(f"<tr>{''.join(f'<td>{_plain(cell)}</td>' for cell in row)}</tr>" for row in rest)
    return f"<table><tr>{''.join(f'<th>{_plain(cell)}</th>' for cell in head)}</tr>{rows}</table>"


def _input(block: Block) -> str:
    optional = " <i>(optional)</i>" if block.get("optional") else ""
    hint = f"<small>{_plain(block['hint'])}</small>" if "hint" in block else ""
    return f"<div class='field'><b>{_plain(block['label'])}{optional}</b>{draw(block['element'])}{hint}</div>"


def _typed(block: Block) -> str:
    lines = "lines" if block.get("multiline") else "line"
    hint = f"<i>{_plain(block['placeholder'])}</i>" if "placeholder" in block else ""
    return f"<div class='typed {lines}'>{escape(block.get('initial_value', '')) or hint}</div>"


def _upload(_: Block) -> str:
    return "<div class='upload'>⬆ Add a file</div>"


def _rule(_: Block) -> str:
    return "<hr>"


DRAWN: dict[str, Callable[[Block], str]] = {
    "header": _header, "context": _context, "actions": _row, "rich_text": _rich, "rich_text_section": _paragraph,
    "rich_text_preformatted": _preformatted, "rich_text_list": _list, "text": _run, "button": _button,
    "static_select": _select, "multi_static_select": _select, "checkboxes": _boxes, "table": _table, "divider": _rule,
    "input": _input, "plain_text_input": _typed, "file_input": _upload,
}  # fmt: skip
