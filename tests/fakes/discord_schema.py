"""Discord's published schema, where a copy of it lies beside the project; without one nothing is checked here.

`DISCORD_SPEC` names the file if it lies elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]  # ships no types
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).parents[2]
BESIDE = ROOT.parent / "shared" / "specs" / "discord-openapi.json"

CALLBACKS = {
    4: "CreateMessageInteractionCallbackRequest",
    5: "CreateMessageInteractionCallbackRequest",
    6: "UpdateMessageInteractionCallbackRequest",
    7: "UpdateMessageInteractionCallbackRequest",
    8: "ApplicationCommandAutocompleteCallbackRequest",
    9: "ModalInteractionCallbackRequest",
}


def where() -> Path:
    """The file with the schema, whether it is there or not."""
    return Path(os.environ.get("DISCORD_SPEC") or BESIDE)


def available() -> bool:
    """Whether there is a schema to check against."""
    return _document(where()) is not None


@lru_cache(maxsize=2)
def _document(path: Path) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=64)
def _validator(path: Path, name: str) -> Draft202012Validator:
    resource = Resource.from_contents(_document(path), default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:discord", resource)
    return Draft202012Validator({"$ref": f"urn:discord#/components/schemas/{name}"}, registry=registry)


def schema_faults(name: str, payload: Any) -> list[str]:
    """What the schema of that name says against a payload: where and what, of alternatives the nearest."""
    path = where()
    if _document(path) is None:
        return []
    return [fault for error in _validator(path, name).iter_errors(payload) for fault in _sentences(error)]


def _sentences(error: ValidationError) -> Iterator[str]:
    nearest = _nearest(error)
    where = ".".join(str(part) for part in nearest.absolute_path)
    yield f"{where}: {nearest.message[:200]}"


def _nearest(error: ValidationError) -> ValidationError:
    """The error of the alternative meant: the one whose `type` fits, else the one that came furthest."""
    if not error.context:
        return error
    branches: dict[Any, list[ValidationError]] = {}
    for child in error.context:
        branches.setdefault(child.schema_path[0], []).append(child)
    meant = [errors for errors in branches.values() if not any(_is_of_another_type(e, error) for e in errors)]
    deepest = max((e for errors in meant or branches.values() for e in errors), key=lambda e: len(e.absolute_path))
    return _nearest(deepest)


def _is_of_another_type(child: ValidationError, parent: ValidationError) -> bool:
    depth = len(parent.absolute_path)
    return list(child.absolute_path)[depth:] == ["type"] or (
        child.validator == "type" and len(child.absolute_path) == depth
    )
