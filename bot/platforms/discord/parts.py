"""The pieces a Discord message is made of, as Discord's API wants them, and how they are packed into messages.

Pure. Discord refuses a message with more than 40 components, 4000 characters or 10 files; what is more goes into another
message, and a text too long for a few messages goes into a file. Nothing is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from bot.cards import Action
from bot.platforms.discord.escape import escape, inline_code, label
from bot.platforms.discord.ids import Verb, control_id, numbered
from bot.platforms.discord.markup import measure, split

Component = dict[str, Any]

MOST_COMPONENTS, MOST_TEXT, MOST_FILES = 40, 4000, 10
PIECE = 3600  # characters of one text; leaves room for a heading beside it
MOST_PIECES = 3  # a text of more pieces than this is a file
IN_ROW, IN_SELECT = 5, 25
LABEL, OPTION, PLACEHOLDER = 80, 100, 150
ACTION_ROW, BUTTON, SELECT, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER = 1, 2, 3, 10, 12, 13, 14, 17
PRIMARY, SECONDARY = 1, 2


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes along with a message."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One component with what it holds, and the file it shows."""

    component: Component
    file: Attached | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One card: blocks in a frame with a coloured edge."""

    blocks: tuple[Block, ...]
    accent: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent in one go."""

    components: tuple[Component, ...]
    files: tuple[Attached, ...] = ()


@dataclass
class _Filling:
    """A message while it is being filled."""

    components: list[Component] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)
    count: int = 0
    size: int = 0

    def fits(self, block: Block, *, frame: bool) -> bool:
        """Tell whether a block fits, with a frame of its own if it needs one."""
        count = self.count + frame + count_of(block.component)
        files = len(self.files) + (block.file is not None)
        size = self.size + text_of(block.component)
        return count <= MOST_COMPONENTS and size <= MOST_TEXT and files <= MOST_FILES

    def add(self, block: Block, into: list[Component]) -> None:
        """Put a block into a frame of this message."""
        component = deepcopy(block.component)  # controls get their numbers here, in a copy
        if block.file is not None:
            name = f"{len(self.files) + 1}-{block.file.name}"
            self.files.append(Attached(name, block.file.content, block.file.alt))
            component = _showing(component, name)
        into.append(component)
        self.count += count_of(component)
        self.size += text_of(component)


def pack(panels: Iterable[Panel]) -> tuple[Message, ...]:
    """Put panels into as few messages as the limits allow, in order."""
    messages = [_Filling()]
    for panel in panels:
        frame: list[Component] | None = None
        for block in panel.blocks:
            if not messages[-1].fits(block, frame=frame is None):
                messages.append(_Filling())
                frame = None
            if frame is None:
                frame = []
                messages[-1].components.append({"type": CONTAINER, "accent_color": panel.accent, "components": frame})
                messages[-1].count += 1
            messages[-1].add(block, frame)
    return tuple(_finished(m) for m in messages if m.components)


def _finished(filling: _Filling) -> Message:
    """Number the controls, so that no id comes twice."""
    for number, control in enumerate(controls(filling.components)):
        control["custom_id"] = numbered(control["custom_id"], number)
    return Message(tuple(filling.components), tuple(filling.files))


def inside(component: Component) -> list[Component]:
    """The components right within one."""
    found: list[Component] = component.get("components", [])
    return found


def controls(components: Iterable[Component]) -> Iterator[Component]:
    """Every component that can be used, in order."""
    for component in components:
        if "custom_id" in component:
            yield component
        yield from controls(inside(component))


def count_of(component: Component) -> int:
    """How many components one is, with all within it."""
    return 1 + sum(map(count_of, inside(component)))


def text_of(component: Component) -> int:
    """How much of a message's text one takes."""
    own = measure(component["content"]) if component["type"] == TEXT else 0
    return own + sum(map(text_of, inside(component)))


def _showing(component: Component, name: str) -> Component:
    url = f"attachment://{name}"
    if component["type"] == FILE:
        return {**component, "file": {"url": url}}
    return {**component, "items": [{**component["items"][0], "media": {"url": url}}]}


def text(content: str, name: str = "text") -> list[Block]:
    """Ready text; in pieces when it is long, and as a file when it is very long."""
    if not content.strip():
        return []
    pieces = split(content, PIECE)
    if len(pieces) > MOST_PIECES:
        return [
            _text(f"This is long, so all of it is in {inline_code(name + '.md')}:"),
            attached(f"{name}.md", content),
        ]
    return [_text(piece) for piece in pieces]


def _text(content: str) -> Block:
    return Block({"type": TEXT, "content": content})


def attached(name: str, content: str) -> Block:
    """A text as a file to open or download."""
    return Block({"type": FILE}, Attached(name, content.encode("utf-8", "replace")))


def picture(name: str, png: bytes, alt: list[str]) -> Block:
    """A picture with the words for those who cannot see it."""
    item = {"description": alt[0]} if alt else {}
    return Block({"type": GALLERY, "items": [item]}, Attached(name, png, alt[0] if alt else ""))


def rule() -> Block:
    """A line between two parts."""
    return Block({"type": SEPARATOR, "divider": True, "spacing": 1})


def short(words: str, limit: int) -> str:
    """One line within a limit; a longer one ends in an ellipsis, and whoever uses this shows it in full elsewhere."""
    line = label(words) or "…"
    if measure(line) <= limit:
        return line
    while measure(line) > limit - 1:
        line = line[:-1]
    return line.rstrip() + "…"


def button(words: str, verb: Verb, rest: str, *, primary: bool = False) -> Component | None:
    """A button, or None when what it means does not fit its id."""
    made = control_id(verb, rest)
    if made is None:
        return None
    style = PRIMARY if primary else SECONDARY
    return {"type": BUTTON, "style": style, "label": short(words, LABEL), "custom_id": made}


def select(verb: Verb, rest: str, options: list[Component], placeholder: str) -> Component:
    """A menu of which one entry is chosen."""
    made = control_id(verb, rest) or ""
    return {"type": SELECT, "custom_id": made, "options": options, "placeholder": short(placeholder, PLACEHOLDER)}


def option(words: str, value: str, *, default: bool = False) -> Component:
    """An entry of a menu."""
    entry: Component = {"label": short(words, OPTION), "value": value}
    return {**entry, "default": True} if default else entry


def row(*some: Component) -> Block:
    """Controls side by side."""
    return Block({"type": ACTION_ROW, "components": list(some)})


def rows(buttons: list[Component]) -> list[Block]:
    """Buttons, five to a row."""
    return [row(*buttons[n : n + IN_ROW]) for n in range(0, len(buttons), IN_ROW)]


def actions(some: tuple[Action, ...], *more: Component | None) -> list[Block]:
    """A card's buttons; menus when they are many; and words for what fits neither."""
    fitting = [a for a in some if control_id(Verb.RUN, a.command)]
    told = [a for a in some if a not in fitting or measure(label(a.label)) > LABEL]
    words = [f"- {escape(label(a.label))}: {inline_code('/' + label(a.command))}" for a in told]
    extra = [made for made in more if made]
    if len(fitting) + len(extra) <= 2 * IN_ROW:
        made = [button(a.label, Verb.RUN, a.command, primary=a.primary) for a in fitting]
        blocks = rows([one for one in made if one] + extra)
    else:
        blocks = [*_menus(fitting), *rows(extra)]
    return [*text("\n".join(words), "more"), *blocks]


def _menus(some: list[Action]) -> list[Block]:
    by_command = list({a.command: a for a in some}.values())
    groups = [by_command[n : n + IN_SELECT] for n in range(0, len(by_command), IN_SELECT)]
    made = []
    for n, group in enumerate(groups, 1):
        which = f" ({n} of {len(groups)})" if len(groups) > 1 else ""
        entries = [option(a.label, a.command) for a in group]
        made.append(row(select(Verb.PICK, str(n), entries, f"Choose{which}")))
    return made
