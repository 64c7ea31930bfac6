"""What the service refuses to read: a request's headers and body in, its complaint out. API version 2026-10-21.

Pure; knows neither the server nor the bot. Where the documentation leaves a choice open it takes the stricter one, so that what
passes here does not depend on luck.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

VERSION = "2026-10-21"
LARGEST = 32 * 1024 * 1024  # bytes of a body
MOST_OUTPUT = 128_000
MOST_MARKS = 4
LONGEST_USER_ID = 256
SAMPLING = ("temperature", "top_p", "top_k")
KNOWN = {
    "model", "max_tokens", "messages", "system", "cache_control", "container", "diagnostics", "inference_geo", "metadata",
    "output_config", "service_tier", "speed", "stop_sequences", "stream", "thinking", "tool_choice", "tools",
}  # fmt: skip
COUNTED = {"model", "messages", "system", "cache_control", "output_config", "thinking", "tool_choice", "tools"}
EFFORTS = ("low", "medium", "high", "xhigh", "max")
THINKING = ("adaptive", "disabled", "between_tools")
UNENFORCED = {
    "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "maxItems", "uniqueItems",
}  # fmt: skip


def complaint(path: str, headers: dict[str, str], body: object, size: int) -> tuple[int, str] | None:
    """The status and the words of the first thing wrong with a request, or None."""
    if not headers.get("authorization", "").removeprefix("Bearer").strip():
        return 401, "Authorization: expected `Bearer <key>`"
    if headers.get("anthropic-version") != VERSION:
        return 400, "anthropic-version: missing, or not one this service speaks"
    if size > LARGEST:
        return 413, "Request exceeds the maximum size"
    if not isinstance(body, dict):
        return 400, "body: Input should be an object"
    known = COUNTED if path.endswith("/count_tokens") else KNOWN
    said = next(_faults(body, known), None)
    return (400, said) if said else None


def _faults(body: Json, known: set[str]) -> Iterator[str]:
    yield from (f"{name}: sampling parameters are not supported" for name in SAMPLING if name in body)
    yield from (f"{name}: Extra inputs are not permitted" for name in body if name not in known | set(SAMPLING))
    if not isinstance(body.get("model"), str) or not body["model"]:
        yield "model: Field required"
    if "max_tokens" in known:
        yield from _tokens(body)
    for rule in RULES:
        yield from rule(body)


def _tokens(body: Json) -> Iterator[str]:
    most = body.get("max_tokens")
    if not isinstance(most, int) or isinstance(most, bool):
        yield "max_tokens: Field required"
    elif not 1 <= most <= MOST_OUTPUT:
        yield f"max_tokens: must lie between 1 and {MOST_OUTPUT}"


def _turns(body: Json) -> Iterator[str]:
    turns = body.get("messages")
    if not isinstance(turns, list) or not turns:
        yield "messages: at least one message is required"
        return
    for n, turn in enumerate(turns):
        if not isinstance(turn, dict) or turn.get("role") not in ("user", "assistant"):
            yield f"messages.{n}.role: Input should be 'user' or 'assistant'"
            return
        yield from _content(f"messages.{n}.content", turn.get("content"), turn["role"])
    if turns[0]["role"] != "user":
        yield "messages.0.role: the first message must be of role user"
    if turns[-1]["role"] != "user":
        yield "messages: this model does not support assistant message prefill; the last message must be of role user"


def _content(where: str, content: object, role: str) -> Iterator[str]:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(blocks, list) or not blocks:
        yield f"{where}: Input should be a string or a list of blocks"
        return
    for n, block in enumerate(blocks):
        if not isinstance(block, dict) or "type" not in block:
            yield f"{where}.{n}.type: Field required"
        elif block["type"] == "text":
            yield from _text(f"{where}.{n}", block)
            if role == "user" and block.get("citations"):
                yield f"{where}.{n}.citations: Extra inputs are not permitted"
        elif block["type"] == "document" and role == "assistant":
            yield f"{where}.{n}: document blocks are not allowed in assistant turns"


def _text(where: str, block: Json) -> Iterator[str]:
    if not isinstance(block.get("text"), str) or not block["text"].strip():
        yield f"{where}.text: text content blocks must be non-empty"
    elif any(0xD800 <= ord(c) <= 0xDFFF for c in block["text"]):
        yield f"{where}.text: not valid UTF-8"


def _system(body: Json) -> Iterator[str]:
    system = body.get("system", "x")
    if isinstance(system, str):
        if not system.strip():
            yield "system: text content blocks must be non-empty"
        return
    for n, block in enumerate(system):
        if block.get("type") != "text":
            yield f"system.{n}.type: Input should be 'text'"
        yield from _text(f"system.{n}", block)


def _marks(body: Json) -> Iterator[str]:
    marks = list(_cache_controls({name: body.get(name) for name in ("tools", "system", "messages", "cache_control")}))
    if len(marks) > MOST_MARKS:
        yield f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found {len(marks)}."
    for mark in marks:
        if mark.get("type") != "ephemeral" or mark.get("ttl", "5m") not in ("5m", "1h"):
            yield "cache_control: Input should be of type 'ephemeral' with a ttl of '5m' or '1h'"
    lives = [mark.get("ttl", "5m") for mark in marks]
    if lives != sorted(lives):
        yield "cache_control: a ttl='1h' block must not come after a ttl='5m' block"


def _cache_controls(node: object) -> Iterator[Json]:
    if isinstance(node, dict):
        for name, child in node.items():
            if name == "cache_control" and isinstance(child, dict):
                yield child
            else:
                yield from _cache_controls(child)
    elif isinstance(node, list):
        for child in node:
            yield from _cache_controls(child)


def _thinking(body: Json) -> Iterator[str]:
    thinking = body.get("thinking")
    if thinking is None:
        return
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind == "enabled":
        yield "thinking.type: 'enabled' with budget_tokens is not supported by this model; use 'adaptive'"
    elif kind not in THINKING:
        yield f"thinking.type: Input should be one of {', '.join(THINKING)}"
    elif kind == "disabled":
        model, effort = str(body.get("model", "")), body.get("output_config", {}).get("effort")
        if any(line in model for line in ("opus-5", "fable", "mythos", "sonnet-5")):
            yield "thinking.type: 'disabled' is not supported by this model"
        if effort in ("xhigh", "max"):
            yield f"thinking.type: 'disabled' is not supported at effort {effort}"


def _output(body: Json) -> Iterator[str]:
    output = body.get("output_config", {})
    yield from (f"output_config.{n}: Extra inputs are not permitted" for n in output if n not in ("effort", "format"))
    if output.get("effort") is not None and output["effort"] not in EFFORTS:
        yield f"output_config.effort: Input should be one of {', '.join(EFFORTS)}"
    form = output.get("format")
    if form is None:
        return
    if form.get("type") != "json_schema" or not isinstance(form.get("schema"), dict):
        yield "output_config.format: Input should be of type 'json_schema' with a schema"
        return
    yield from _schema(form["schema"], "output_config.format.schema")


def _schema(node: object, where: str) -> Iterator[str]:
    if isinstance(node, list):
        for child in node:
            yield from _schema(child, where)
    if not isinstance(node, dict):
        return
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        yield f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false"
    for name, child in node.items():
        if name in UNENFORCED and not isinstance(child, dict):
            yield f"{where}: property '{name}' is not supported"
        if name in ("properties", "$defs", "definitions"):
            for inner, schema in child.items():
                yield from _schema(schema, f"{where}.{inner}")
        elif name not in ("enum", "const", "default", "examples"):
            yield from _schema(child, where)


def _metadata(body: Json) -> Iterator[str]:
    metadata = body.get("metadata", {})
    yield from (f"metadata.{name}: Extra inputs are not permitted" for name in metadata if name != "user_id")
    if len(str(metadata.get("user_id", ""))) > LONGEST_USER_ID:
        yield f"metadata.user_id: String should have at most {LONGEST_USER_ID} characters"


RULES: tuple[Callable[[Json], Iterator[str]], ...] = (_turns, _system, _marks, _thinking, _output, _metadata)


def parsed(raw: bytes) -> object:
    """A body as JSON, or None when it is none."""
    try:
        return json.loads(raw or b"null")
    except ValueError:
        return None
