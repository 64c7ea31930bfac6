"""What happens to every payload an app sends: it is counted, held against the schema and the rules, and refused when wrong."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from tests.fakes import slack_rules, slack_schema
from tests.fakes.slack_world import Json, RefusedError, World

MESSAGE_PARTS = ("text", "blocks")
ALL_VALIDATED: Counter[str] = Counter()
"""What this process has checked in all, by surface and method."""


def check_message(world: World, kind: str, body: Json) -> None:
    """Count and check a message.

    Raises:
        RefusedError: as Slack would.
    """
    payload = {name: body[name] for name in MESSAGE_PARTS if body.get(name) is not None}
    faults = _faults(world, kind, payload, "message") + metadata_faults(body.get("metadata"))
    _refuse(world, kind, faults, "invalid_blocks" if payload.get("blocks") else "no_text")


def check_view(world: World, kind: str, view: Any, surfaces: tuple[str, ...] = ("modal",)) -> Json:
    """Count and check a view; hand it back.

    Raises:
        RefusedError: as Slack would.
    """
    surface = view.get("type") if isinstance(view, dict) else None
    if surface not in surfaces:
        _refuse(world, kind, [f"a view of type {surface!r}; here belongs one of {surfaces}"], "invalid_arguments")
    _refuse(world, kind, _faults(world, kind, view, str(surface)), "invalid_arguments")
    found: Json = view
    return found


def metadata_faults(metadata: Any) -> list[str]:
    """What is wrong with the metadata of a message."""
    if metadata is None:
        return []
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        return [f"metadata holds event_type and event_payload, not {metadata!r}"]
    fine = isinstance(metadata.get("event_payload"), dict) and re.fullmatch(
        r"\w{1,255}", str(metadata.get("event_type", ""))
    )
    return [] if fine else ["metadata needs an event_type of letters and an event_payload of an object"]


def _faults(world: World, kind: str, payload: Json, surface: str) -> list[str]:
    world.validated[kind] += 1
    world.validated[surface] += 1
    ALL_VALIDATED[surface if kind == surface else f"{surface} by {kind}"] += 1
    published = slack_schema.faults(payload, surface)
    try:
        return slack_rules.faults(payload, surface) + published + _unknown_files(world, payload)
    except (AttributeError, KeyError, TypeError) as error:  # of so odd a form that the rules cannot read it
        return [f"malformed: {error!r}", *published]


def _unknown_files(world: World, payload: Json) -> list[str]:
    named = [
        node["slack_file"].get("id") for node in slack_rules.nodes(payload) if isinstance(node.get("slack_file"), dict)
    ]
    ready = {file.id for file in world.files.values() if file.done}
    return [f"there is no finished file {name!r}" for name in named if name and name not in ready]


def _refuse(world: World, kind: str, faults: list[str], error: str) -> None:
    if not faults:
        return
    world.fault("invalid", f"{kind}: {'; '.join(faults)}")
    raise RefusedError(error, errors=faults, response_metadata={"messages": [f"[ERROR] {fault}" for fault in faults]})
