"""The rules for what an app sends to Slack that a schema cannot say, and the limits that matter most: payload in, faults out.

Pure; knows neither the server nor the bot. Every rule takes a whole payload (a message or a view) and names what is
wrong with it; an empty list is praise.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
Rule = Callable[[Json, str], Iterator[str]]

FORBIDDEN = {
    "message": {"alert", "file"},
    "modal": {
        "card", "carousel", "context_actions", "data_visualization", "file", "markdown", "plan", "table", "task_card"
    },
    "home": {
        "alert", "context_actions", "data_visualization", "file", "markdown", "plan", "table", "task_card"
    },
}  # fmt: skip
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
TABLES = {"table", "data_table"}
TEXT = {"plain_text", "mrkdwn"}
BLOCKS = {
    "actions", "alert", "card", "carousel", "container", "context", "context_actions", "data_table", "data_visualization",
    "divider", "file", "header", "image", "input", "markdown", "plan", "rich_text", "section", "table", "task_card", "video",
}  # fmt: skip
# What holds for a node of a type: the lengths of its texts and lists as (path, least, most).
LIMITS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "section": (("text.text", 1, 3000), ("fields", 1, 10)),
    "header": (("text.text", 1, 150),),
    "markdown": (("text", 1, 12_000),),
    "context": (("elements", 1, 10),),
    "context_actions": (("elements", 1, 5),),
    "actions": (("elements", 1, 25),),
    "image": (("alt_text", 0, 2000), ("title.text", 1, 2000), ("image_url", 1, 3000)),
    "button": (("text.text", 1, 75), ("value", 0, 2000), ("url", 0, 3000), ("accessibility_label", 0, 75)),
    "overflow": (("options", 1, 5),),
    "radio_buttons": (("options", 1, 10),),
    "checkboxes": (("options", 1, 10),),
    "static_select": (("options", 1, 100), ("option_groups", 1, 100), ("placeholder.text", 1, 150)),
    "multi_static_select": (("options", 1, 100), ("option_groups", 1, 100), ("placeholder.text", 1, 150)),
    "plain_text_input": (("initial_value", 0, 3000), ("placeholder.text", 1, 150)),
    "input": (("label.text", 1, 2000), ("hint.text", 1, 2000)),
    "table": (("rows", 1, 100),),
    "data_table": (("rows", 2, 101), ("caption", 1, 10_000)),
    "data_visualization": (("title", 1, 50),),
    "modal": (
        ("title.text", 1, 24), ("submit.text", 1, 24), ("close.text", 1, 24), ("private_metadata", 0, 3000), ("callback_id", 0, 255),
    ),
    "home": (("private_metadata", 0, 3000), ("callback_id", 0, 255)),
}  # fmt: skip
OPTION_LIMITS = (("text.text", 1, 75), ("value", 1, 150), ("description.text", 1, 75))


def nodes(value: Any) -> Iterator[Json]:
    """Every object inside a payload, itself included, in the order they are written."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def all_blocks(payload: Json) -> list[Json]:
    """The blocks of a payload and those inside its containers."""
    found: list[Json] = []
    for block in payload.get("blocks") or []:
        found.append(block)
        found += [child for child in block.get("child_blocks") or [] if isinstance(child, dict)]
    return found


def _of_type(payload: Json, *types: str) -> list[Json]:
    return [block for block in all_blocks(payload) if block.get("type") in types]


def known_blocks(payload: Json, surface: str) -> Iterator[str]:
    """Name blocks of types that do not exist."""
    for block in all_blocks(payload):
        if block.get("type") not in BLOCKS:
            yield f"there is no block of type {block.get('type')!r}"


def right_surface(payload: Json, surface: str) -> Iterator[str]:
    """Name blocks that this surface does not show."""
    for block in all_blocks(payload):
        if block.get("type") in FORBIDDEN[surface]:
            yield f"a {surface} cannot hold a block of type {block['type']!r}"


def not_too_many(payload: Json, surface: str) -> Iterator[str]:
    """Count the blocks."""
    many = len(payload.get("blocks") or [])
    if many > MOST_BLOCKS[surface]:
        yield f"{many} blocks; a {surface} holds {MOST_BLOCKS[surface]}"


def unique_block_ids(payload: Json, surface: str) -> Iterator[str]:
    """Name block ids that occur twice in a payload."""
    counted = Counter(block["block_id"] for block in all_blocks(payload) if block.get("block_id"))
    yield from (f"block_id {name!r} occurs {times} times" for name, times in counted.items() if times > 1)


def unique_action_ids(payload: Json, surface: str) -> Iterator[str]:
    """Name action ids that occur twice in a block."""
    for block in all_blocks(payload):
        own = {name: value for name, value in block.items() if name != "child_blocks"}
        counted = Counter(node["action_id"] for node in nodes(own) if isinstance(node.get("action_id"), str))
        yield from (
            f"action_id {name!r} occurs {times} times in one block" for name, times in counted.items() if times > 1
        )


def markdown_in_all(payload: Json, surface: str) -> Iterator[str]:
    """Add up the text of markdown blocks."""
    total = sum(len(block.get("text", "")) for block in _of_type(payload, "markdown"))
    if total > 12_000:
        yield f"{total} characters in markdown blocks; 12000 are allowed in all"


def one_small_table(payload: Json, surface: str) -> Iterator[str]:
    """Look at the tables: how many, how much in them, and whether their rows are equally long."""
    tables = _of_type(payload, *TABLES)
    if len(tables) > 1:
        yield f"{len(tables)} tables; a message holds one"
    for table in tables:
        rows = table.get("rows") or []
        if len({len(row) for row in rows}) > 1:
            yield f"rows of a {table['type']} differ in length: {sorted({len(row) for row in rows})}"
        size = sum(len(str(node.get("text", ""))) for node in nodes(rows))
        if size > 10_000:
            yield f"{size} characters in the cells of a {table['type']}; 10000 are allowed"


def charts_are_whole(payload: Json, surface: str) -> Iterator[str]:
    """Hold every series of a chart against the chart's categories."""
    for block in _of_type(payload, "data_visualization"):
        chart = block.get("chart") or {}
        series = chart.get("series") or []
        wanted = (chart.get("axis_config") or {}).get("categories") or []
        names = [one.get("name") for one in series]
        if len(set(names)) < len(names):
            yield f"names of series repeat: {names}"
        for one in series:
            if [point.get("label") for point in one.get("data") or []] != wanted:
                yield f"series {one.get('name')!r} does not have one point per category, in their order"


def two_charts(payload: Json, surface: str) -> Iterator[str]:
    """Count the charts."""
    many = len(_of_type(payload, "data_visualization"))
    if many > 2:
        yield f"{many} charts; a message holds two"


def one_focus(payload: Json, surface: str) -> Iterator[str]:
    """Count who wants the focus."""
    many = sum(node.get("focus_on_load") is True for node in nodes(payload))
    if many > 1:
        yield f"{many} elements want the focus; one can have it"


def inputs_need_submit(payload: Json, surface: str) -> Iterator[str]:
    """Ask a modal with inputs for its button."""
    if surface == "modal" and _of_type(payload, "input") and not payload.get("submit"):
        yield "a modal with an input block needs `submit`"


def files_in_modals(payload: Json, surface: str) -> Iterator[str]:
    """Name file inputs outside modals."""
    if surface != "modal" and any(node.get("type") == "file_input" for node in nodes(payload)):
        yield f"a {surface} cannot hold a file_input"


def fallback_text(payload: Json, surface: str) -> Iterator[str]:
    """Ask a message for the text that notifications and screen readers show."""
    if surface != "message":
        return
    text = payload.get("text")
    if not isinstance(text, str) or not text:
        yield "a message needs `text`, as the fallback of its blocks too"
    elif len(text) > 40_000:
        yield f"{len(text)} characters of text; Slack cuts at 40000"


def sizes(payload: Json, surface: str) -> Iterator[str]:
    """Hold texts and lists against the limits of what they belong to."""
    for node in nodes(payload):
        limits = LIMITS.get(str(node.get("type")), ())
        if surface == "message" and node is payload:
            limits = ()
        if isinstance(node.get("text"), dict) and "value" in node and "type" not in node:
            limits = OPTION_LIMITS
        yield from _exceeded(node, limits)
        yield from (f"{name} has {len(node[name])} characters; 255 are allowed"
                    for name in ("action_id", "block_id") if isinstance(node.get(name), str) and len(node[name]) > 255)  # fmt: skip
    yield from (f"a field has {len(field.get('text', ''))} characters; 2000 are allowed"
                for block in _of_type(payload, "section") for field in block.get("fields") or []
                if len(field.get("text", "")) > 2000)  # fmt: skip


def _exceeded(node: Json, limits: tuple[tuple[str, int, int], ...]) -> Iterator[str]:
    for path, least, most in limits:
        value: Any = node
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, (str, list)) and not least <= len(value) <= most:
            yield f"{node.get('type', 'option')}.{path} has length {len(value)}; {least} to {most} are allowed"


def view_size(payload: Json, surface: str) -> Iterator[str]:
    """Weigh a view."""
    weight = len(json.dumps(payload).encode())
    if surface != "message" and weight > 250_000:
        yield f"a view of {weight} bytes; 250000 are allowed"


def public_images(payload: Json, surface: str) -> Iterator[str]:
    """Name pictures that Slack's own servers could not fetch."""
    for node in nodes(payload):
        url = node.get("image_url")
        if isinstance(url, str):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or parts.hostname in (None, "localhost", "127.0.0.1", "::1"):
                yield f"Slack cannot fetch the picture {url!r}"


def text_objects(payload: Json, surface: str) -> Iterator[str]:
    """Name texts that are not plain where they have to be, or empty."""
    for node in nodes(payload):
        kind = node.get("type")
        for name in {
            "header": ("text",),
            "button": ("text",),
            "input": ("label", "hint"),
            "modal": ("title", "submit", "close"),
        }.get(str(kind), ()):
            if isinstance(node.get(name), dict) and node[name].get("type") != "plain_text":
                yield f"{kind}.{name} has to be plain_text"
        if kind in TEXT and not node.get("text"):
            yield f"an empty {kind} text"


def has_blocks(payload: Json, surface: str) -> Iterator[str]:
    """Ask a view for blocks, a modal for a title, and a section for something to show."""
    if surface != "message" and not payload.get("blocks"):
        yield f"a {surface} needs blocks"
    if surface == "modal" and not payload.get("title"):
        yield "a modal needs a title"
    if surface != "message" and payload.get("type") != surface:
        yield f"not a {surface}: its type is {payload.get('type')!r}"
    yield from (
        "a section needs text or fields"
        for block in _of_type(payload, "section")
        if not block.get("text") and not block.get("fields")
    )


RULES: tuple[Rule, ...] = (
    known_blocks, right_surface, not_too_many, unique_block_ids, unique_action_ids, markdown_in_all, one_small_table,
    charts_are_whole, two_charts, one_focus, inputs_need_submit, files_in_modals, fallback_text, sizes, view_size,
    public_images, text_objects, has_blocks,
)  # fmt: skip


def faults(payload: Json, surface: str) -> list[str]:
    """Everything that is wrong with a payload for a surface: `message`, `modal` or `home`."""
    return [found for rule in RULES for found in rule(payload, surface)]
