"""The small pieces of Block Kit that cards are made of, each within Slack's limits. Pure.

Text longer than a piece may hold becomes several pieces; nothing is cut. Rich text is preferred over markup, for Slack
reads nothing into its characters.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.cards import Action
from bot.platforms.slack.escape import literal

Block = dict[str, Any]
Element = dict[str, Any]

PIECE = 2800  # characters of one block; Slack takes 3000 in most
HEADER, LABEL, VALUE, OPTION, TITLE = 150, 75, 2000, 75, 24
FINE = 1900  # characters of one line of small print
IN_A_ROW = 5  # buttons that stand side by side on a wide screen
PRIMARY = "primary"


def plain(text: str) -> Element:
    """A text object that is shown as it is."""
    return {"type": "plain_text", "text": literal(text) or " ", "emoji": False}


def short(text: str, most: int) -> str:
    """A name for a control: one line of at most so many characters. What it leaves out has to be said elsewhere."""
    line = " ".join(literal(text).split()) or "…"
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def pieces(text: str, most: int = PIECE) -> Iterator[str]:
    """Text in parts of at most so many characters, parted between lines or words where there are any."""
    rest = text
    while len(rest) > most:
        at = max(rest.rfind("\n", 1, most), 0) or max(rest.rfind(" ", 1, most), 0) or most
        yield rest[:at]
        rest = rest[at:].removeprefix("\n") if rest[at] == "\n" else rest[at:]
    if rest.strip():
        yield rest


def words(text: str, **style: bool) -> Element:
    """A run of rich text."""
    run: Element = {"type": "text", "text": text}
    return run | ({"style": style} if style else {})


def rich(*elements: Element) -> Block:
    """A block of rich text."""
    return {"type": "rich_text", "elements": list(elements)}


def line(*runs: Element) -> Element:
    """One paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(runs)}


def heading(text: str) -> list[Block]:
    """A title; one too long for a header is a bold paragraph."""
    flat = " ".join(literal(text).split())
    if not flat:
        return []
    if len(flat) <= HEADER:
        return [{"type": "header", "text": plain(flat)}]
    return [rich(line(words(piece, bold=True))) for piece in pieces(flat)]


def said(text: str) -> list[Block]:
    """Plain text, which may be a learner's, with its own line breaks."""
    return [rich(line(words(piece))) for piece in pieces(literal(text).strip("\n"))]


def fact(label: str, text: str) -> list[Block]:
    """Plain text behind its label."""
    first, *more = pieces(literal(text).strip()) if literal(text).strip() else ["—"]
    head = rich(line(words(f"{label}: ", bold=True), words(first)))
    return [head, *(rich(line(words(piece))) for piece in more)]


def verbatim(text: str, label: str = "") -> list[Block]:
    """Code or a value, in its own columns."""
    found = []
    for n, piece in enumerate(pieces(literal(text).rstrip("\n"))):
        head = [line(words(label))] if label and n == 0 else []
        found.append(rich(*head, {"type": "rich_text_preformatted", "elements": [words(piece)]}))
    return found


def fine(text: str) -> list[Block]:
    """Small print."""
    return [{"type": "context", "elements": [plain(piece)]} for piece in pieces(literal(text).strip(), FINE)]


def button(label: str, action_id: str, value: str, *, primary: bool = False) -> Element:
    """A button; a label that is too long for it is shortened."""
    made: Element = {"type": "button", "text": plain(short(label, LABEL)), "action_id": action_id, "value": value}
    return made | ({"style": PRIMARY} if primary else {})


def row(*elements: Element, block_id: str = "") -> Block:
    """Controls side by side."""
    made: Block = {"type": "actions", "elements": list(elements)}
    return made | ({"block_id": block_id} if block_id else {})


def actions(some: Sequence[Action]) -> list[Block]:
    """Buttons that are each the same as typing a command."""
    fitting = [action for action in some if len(action.command) <= VALUE]
    made = [button(action.label, f"do:{n}", action.command, primary=action.primary) for n, action in enumerate(fitting)]
    long = [action for action in some if action not in fitting or len(" ".join(literal(action.label).split())) > LABEL]
    told = [block for action in long for block in said(f"{action.label}: /learn {action.command}")]
    return [*told, *rows(made)]


def rows(elements: Sequence[Element]) -> list[Block]:
    """Controls in rows that are not too wide."""
    return [row(*elements[at : at + IN_A_ROW]) for at in range(0, len(elements), IN_A_ROW)]


def option(text: str, value: str) -> Element:
    """One option of a select, of checkboxes or of radio buttons."""
    return {"text": plain(short(text, OPTION)), "value": value}


def select(action_id: str, options: Sequence[Element], *, hint: str = "Choose …", chosen: str = "") -> Element:
    """A menu to choose one option from."""
    initial = next((one for one in options if one["value"] == chosen), None)
    made = {"type": "static_select", "action_id": action_id, "placeholder": plain(hint), "options": list(options)}
    return made | ({"initial_option": initial} if initial else {})


def entry(block_id: str, label: str, element: Element, *, hint: str = "", optional: bool = False) -> Block:
    """A field of a form."""
    made: Block = {"type": "input", "block_id": block_id, "label": plain(short(label, VALUE)), "element": element}
    if hint:
        made["hint"] = plain(short(hint, VALUE))
    return made | ({"optional": True} if optional else {})


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> Block:
    """A table of plain cells."""
    cells = [[{"type": "raw_text", "text": literal(text) or "–"} for text in line] for line in (header, *lines)]
    return {"type": "table", "rows": cells}


def texts(blocks: object) -> Iterator[str]:
    """Every text that blocks show, in their order."""
    if isinstance(blocks, dict):
        for key, value in blocks.items():
            if key in ("text", "alt_text", "initial_value") and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(blocks, list | tuple):
        for one in blocks:
            yield from texts(one)


def columns(pairs: Iterable[tuple[str, str]]) -> str:
    """Two columns, the first as wide as it has to be."""
    rows_ = [(literal(left), literal(right)) for left, right in pairs]
    wide = min(max((len(left) for left, _ in rows_), default=0), 40)
    return "\n".join(textwrap.shorten(left, 10**6).ljust(wide) + "  " + right for left, right in rows_)
