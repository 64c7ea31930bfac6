"""The parts of messages and views that people act on, and the names Slack gives those that have none. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


def name_parts(blocks: list[Json], number: Callable[[], int]) -> list[Json]:
    """Give the blocks and elements that have none an id, as Slack does; changes and returns them."""
    for block in blocks:
        block.setdefault("block_id", f"b{number()}")
        for element in elements(block):
            element.setdefault("action_id", f"a{number()}")
        name_parts(block.get("child_blocks") or [], number)
    return blocks


def elements(block: Json) -> list[Json]:
    """The elements of a block that people can act on."""
    inner = [*(block.get("elements") or []), block.get("accessory"), block.get("element")]
    if block.get("type") == "rich_text":
        return []
    passive = {"image", "mrkdwn", "plain_text"}
    return [one for one in inner if isinstance(one, dict) and one.get("type") not in passive]
