"""A Discord message or form, as its API takes it, drawn as HTML. Pure; a component nobody knows here is an error."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from bot.platforms.discord.parts import Message
from tests.gallery.markup import to_html

Component = Mapping[str, Any]
Files = Mapping[str, bytes]
STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}
NATIVE = {5: "a person", 6: "a role", 7: "a person or role", 8: "a channel"}


class UnknownComponentError(LookupError):
    """A component that this gallery cannot draw yet: teach it, for people would see something it does not show."""


def message(shown: Message) -> str:
    """Draw a message."""
    files = {file.name: file.content for file in shown.files}
    return "".join(draw(component, files) for component in shown.components)


def form(modal: Mapping[str, Any]) -> str:
    """Draw a form that opened on top."""
    parts = "".join(draw(component, {}) for component in modal["components"])
    foot = "<footer><span class='button secondary'>Cancel</span><span class='button primary'>Submit</span></footer>"
    return f"<div class='modal'><h3>{escape(modal['title'])}</h3>{parts}{foot}</div>"


def draw(component: Component, files: Files) -> str:
    """Draw one component with all within it."""
    made = DRAWN.get(component["type"])
    if made is None:
        raise UnknownComponentError(
            f"no drawing for Discord's component {component['type']}; it is {dict(component)!r}"
        )
    return made(component, files)


def _inside(component: Component, files: Files) -> str:
    return "".join(draw(one, files) for one in component["components"])


def _container(component: Component, files: Files) -> str:
    colour = f"#{component['accent_color']:06x}"
    return f"<div class='container' style='border-left-color:{colour}'>{_inside(component, files)}</div>"


def _row(component: Component, files: Files) -> str:
    return f"<div class='row'>{_inside(component, files)}</div>"


def _button(component: Component, _: Files) -> str:
    rest = " resting" if component.get("disabled") else ""
    return f"<span class='button {STYLES[component['style']]}{rest}'>{escape(component['label'])}</span>"


def _select(component: Component, _: Files) -> str:
    chosen = [option["label"] for option in component.get("options", ()) if option.get("default")]
    hint = component.get("placeholder") or f"Make a selection: {NATIVE.get(component['type'], 'an option')}"
    words = f"<b>{escape(', '.join(chosen))}</b>" if chosen else escape(hint)
    rest = " resting" if component.get("disabled") else ""
    return f"<span class='select{rest}'><span>{words}</span><i>⌄</i></span>"


def _text(component: Component, _: Files) -> str:
    return f"<div class='text'>{to_html(component['content'])}</div>"


def _gallery(component: Component, files: Files) -> str:
    return "".join(_picture(item, files) for item in component["items"])


def _picture(item: Component, files: Files) -> str:
    content = files[item["media"]["url"].removeprefix("attachment://")]
    return picture(content, item.get("description", ""))


def picture(png: bytes, alt: str) -> str:
    """Draw a picture without asking any server for it."""
    return f"<img alt='{escape(alt, quote=True)}' src='data:image/png;base64,{b64encode(png).decode()}'>"


def _file(component: Component, files: Files) -> str:
    name = component["file"]["url"].removeprefix("attachment://")
    return f"<div class='file'>📄 <b>{escape(name)}</b> <small>{len(files[name])} bytes</small></div>"


def _rule(component: Component, _: Files) -> str:
    return "<hr>" if component.get("divider", True) else "<div class='gap'></div>"


def _label(component: Component, files: Files) -> str:
    held = component["component"]
    star = " <em>*</em>" if held.get("required", True) else ""
    about = f"<small>{escape(component['description'])}</small>" if component.get("description") else ""
    return f"<div class='field'><b>{escape(component['label'])}{star}</b>{about}{draw(held, files)}</div>"


def _typed(component: Component, _: Files) -> str:
    lines = "lines" if component["style"] == 2 else "line"
    value, hint = component.get("value", ""), component.get("placeholder", "")
    return f"<div class='typed {lines}'>{escape(value) or f'<i>{escape(hint)}</i>'}</div>"


def _upload(component: Component, _: Files) -> str:
    return f"<div class='upload'>Drop a file here, or <u>browse</u> (at most {component.get('max_values', 1)})</div>"


def _dots(component: Component, _: Files) -> str:
    return _options(component, "○")


def _boxes(component: Component, _: Files) -> str:
    return _options(component, "☐")


def _options(component: Component, mark: str) -> str:
    return "".join(f"<div class='option'>{mark}<span>{escape(o['label'])}</span></div>" for o in component["options"])


DRAWN: dict[int, Callable[[Component, Files], str]] = {
    1: _row, 2: _button, 3: _select, 4: _typed, 5: _select, 6: _select, 7: _select, 8: _select,
    10: _text, 12: _gallery, 13: _file, 14: _rule, 17: _container, 18: _label, 19: _upload, 21: _dots, 22: _boxes,
}  # fmt: skip
