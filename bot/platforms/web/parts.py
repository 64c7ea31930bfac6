"""The small pieces cards are made of: headings, text, code, buttons. The only place that decides what is markup.

Native elements throughout: a browser gives them their keyboard, their roles and their names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from bot.cards import Action
from bot.platforms.plain import clean
from bot.platforms.web.desk import Desk
from bot.platforms.web.markup import code_html, inline_html, to_html

MANY = 5  # more buttons than this are a list to look through

Press = Callable[[], Awaitable[Any] | None]
E = TypeVar("E", bound=ui.element)


def box(name: str, classes: str = "", /, **attributes: str) -> ui.element:
    """An element to put others in. Attributes are named with underscores for dashes; a `value` is only where it starts."""
    return _set(ui.element(name), classes, attributes)


def tag(name: str, text: str, classes: str = "", /, **attributes: str) -> TextElement:
    """An element with text in it: shown as it is, never as markup."""
    return _set(TextElement(tag=name, text=clean(text)), classes, attributes)


def _set(element: E, classes: str, attributes: dict[str, str]) -> E:
    element.classes(classes)
    for key, value in attributes.items():
        name = key.strip("_").replace("_", "-")
        element.props["^value" if name == "value" else name] = value  # as an attribute, so typing is never set back
    return element


def heading(text: str, classes: str = "title") -> ui.element:
    """A card's title, which screen readers can jump to."""
    return tag("h2", text, classes)


def said(text: str, classes: str = "") -> None:
    """Text that may be a learner's: shown as it is, in its own direction."""
    if text:
        tag("p", text, f"plain {classes}", dir="auto")


def written(text: str) -> None:
    """Text of ours, with its Markdown."""
    if text:
        ui.html(to_html(text)).classes("prose")


def line_of_ours(text: str, name: str = "span") -> None:
    """One line of ours, with its code and bold words."""
    ui.html(inline_html(text), tag=name).classes("prose")


def code(text: str, label: str = "Code") -> None:
    """Code to read; it can be scrolled with the keyboard."""
    block = ui.html(code_html(clean(text.rstrip("\n"))), tag="pre").classes("code")
    _set(block, "", {"tabindex": "0", "role": "region", "aria_label": label})


def output(text: str, label: str) -> None:
    """A value or printed text, which may be a learner's: plain, in a box that scrolls."""
    tag("pre", text, "code value", tabindex="0", role="region", aria_label=label)


def button(label: str, press: Press | None = None, classes: str = "", /, **attributes: str) -> ui.element:
    """A button; what it does happens once per press."""
    made = tag("button", label, f"button {classes}", **{"type": "button", **attributes})
    return made.on("click", lambda: press(), js_handler="() => emit()") if press else made


def actions(some: tuple[Action, ...], desk: Desk) -> None:
    """The card's buttons."""
    if not some:
        return
    with box("div", "actions many" if len(some) > MANY else "actions"):
        for action in some:
            button(action.label, partial(desk.send, action.command), "primary" if action.primary else "")
