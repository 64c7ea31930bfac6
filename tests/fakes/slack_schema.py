"""Slack's published shapes, where a copy lies beside the checkout: payloads held against them, faults named at their depth.

The folder is `../shared/specs` or what `EPOCHBOT_SPECS` says. Without it nothing is checked here and `available()` says so.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, ValidationError

Json = dict[str, Any]
BESIDE = Path(__file__).parents[2].parent / "shared" / "specs"


def folder() -> Path:
    """Where the shapes are, if anywhere."""
    return Path(os.environ.get("EPOCHBOT_SPECS", BESIDE))


def available() -> bool:
    """Say whether there are shapes to check against."""
    return (folder() / "slack-blockkit.schema.json").is_file()


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(json.loads((folder() / "slack-blockkit.schema.json").read_text("utf-8")))


def cross_rules() -> Json:
    """What the schema's authors say beyond the schema."""
    found: Json = _validator().schema["x-rules"]
    return found


@cache
def shapes() -> Json:
    """The keys that real events and answers have, by their names."""
    found: Json = json.loads((folder() / "slack-payload-shapes.json").read_text("utf-8"))["shapes"]
    return found


def faults(payload: Json, surface: str) -> list[str]:
    """What the schema finds wrong with a payload for a surface; nothing when there is no schema."""
    if not available():
        return []
    return [_told(error) for error in _validator().iter_errors({surface: payload})]


def _told(error: ValidationError) -> str:
    deep = _deepest(error)
    where = "/".join(str(part) for part in deep.absolute_path)
    return f"{where}: {deep.message[:300]}"


def _deepest(error: ValidationError) -> ValidationError:
    """Follow alternatives into the one that was meant: whose `type` fits, else the one with the fewest faults."""
    if not error.context:
        return error
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [branch for branch in branches.values() if not any(_other_type(one) for one in branch)]
    return _deepest(min(meant or branches.values(), key=len)[0])


def _other_type(error: ValidationError) -> bool:
    if error.validator == "const" and list(error.path)[-1:] == ["type"]:
        return True
    return bool(error.context) and all(_other_type(one) for one in error.context)


def strange_keys(payload: Any, shape: Any, at: str = "") -> list[str]:
    """Name the keys of a payload that its shape lacks; where a shape is blank, anything goes."""
    if isinstance(payload, dict) and isinstance(shape, dict) and shape:
        found = [f"{at}{key}" for key in payload if key not in shape]
        return found + [
            one for key in payload if key in shape for one in strange_keys(payload[key], shape[key], f"{at}{key}.")
        ]
    if isinstance(payload, list) and isinstance(shape, list) and shape:
        return [one for item in payload for one in strange_keys(item, shape[0], f"{at}[].")]
    return []
