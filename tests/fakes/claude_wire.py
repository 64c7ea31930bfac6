"""How the service answers, as values: one step for each request, plain or as a stream of events, whole or failing on the way.

Pure; knows neither sockets nor the bot.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
DELTA = 24  # characters of one text event
UNSET = {
    "input_tokens": 25,
    "output_tokens": 40,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    "output_tokens_details": {"thinking_tokens": 0},
    "service_tier": "standard",
}


@dataclass(frozen=True)
class Recorded:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: Json
    raw: bytes = b""
    method: str = "POST"


@dataclass(frozen=True)
class Step:
    """How one request is answered. `whole` is a message the server still fills in: what it used, and for which model."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None  # bytes of the body sent before the connection is closed
    hang: bool = False  # never answer
    whole: Json | None = None
    metered: bool = False  # `whole` gets the usage the server counts
    break_after: int | None = None  # events of a stream before an error event takes the place of the next


def message(*texts: str, stop_reason: str = "end_turn", thinking: str = "", **changes: object) -> Step:
    """An answer of the given text blocks, as the service sends it; its usage is counted unless it is among the changes."""
    blocks: list[Json] = [{"type": "text", "text": text} for text in texts]
    if thinking:
        blocks.insert(0, {"type": "thinking", "thinking": thinking, "signature": "c2lnbmVk"})
    whole = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-of-the-test",
        "content": blocks,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "stop_details": None,
        "usage": UNSET,
        **changes,
    }
    return Step(body=json.dumps(whole).encode(), whole=whole, metered="usage" not in changes)


def structured(answer: Json, thinking: str = "", **changes: object) -> Step:
    """An answer in the shape that was asked for: JSON as the text of a block."""
    return message(json.dumps(answer), thinking=thinking, **changes)  # type: ignore[arg-type]  # changes may name any field


def refusal(category: str | None = "frontier_llm") -> Step:
    """A refusal: fine as HTTP, no content, and a reason nobody can rely on."""
    details = {"type": "refusal", "category": category, "explanation": None}
    return message(stop_reason="refusal", stop_details=details)


def failure(status: int, error_code: str = "", text: str = "", **headers: str) -> Step:
    """An error as the service sends it; underscores in names of headers are hyphens."""
    error: Json = {"type": ERROR_TYPES[status], "message": text or f"a scripted {status}"}
    if error_code:
        error["details"] = {"error_code": error_code}
    body = {"type": "error", "error": error, "request_id": "req_01"}
    return Step(status, json.dumps(body).encode(), {name.replace("_", "-"): value for name, value in headers.items()})


def spend_limit() -> Step:
    """The enforced limit of an organisation: nothing more until the first of next month, yet clients try again."""
    return failure(429, "enforced_spend_limit_reached", retry_after_ms="5")


def own_spend_limit() -> Step:
    """The limit a workspace has set itself, which comes as a bad request."""
    return failure(400, "spend_limit_exceeded", text="You have reached your specified API usage limits.")


def truncated(answer: Json, keep: float = 0.5) -> Step:
    """JSON that ends in the middle, because the tokens did."""
    text = json.dumps(answer)
    return message(text[: int(len(text) * keep)], stop_reason="max_tokens")


def cut(step: Step, after: int = 40) -> Step:
    """An answer whose connection is gone after so many bytes."""
    return Step(step.status, step.body, step.headers, cut_after=after, whole=step.whole, metered=step.metered)


def broken_stream(step: Step, after: int = 4) -> Step:
    """A stream in which an error event follows so many good ones."""
    return Step(step.status, step.body, step.headers, whole=step.whole, metered=step.metered, break_after=after)


def events(whole: Json, break_after: int | None = None) -> Iterator[bytes]:
    """A message as server-sent events, in the order of the service; an error event may end it early."""
    for number, event in enumerate(_events(whole)):
        if number == break_after:
            error = {"type": "overloaded_error", "message": "Overloaded"}
            yield _event({"type": "error", "error": error, "request_id": "req_01"})
            return
        yield _event(event)


def _event(event: Json) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _events(whole: Json) -> Iterator[Json]:
    used = {**whole["usage"], "output_tokens": 1}
    opening = {**whole, "content": [], "stop_reason": None, "stop_sequence": None, "usage": used}
    yield {"type": "message_start", "message": opening}
    for index, block in enumerate(whole["content"]):
        yield from _block(index, block)
        yield {"type": "ping"}
    delta = {name: whole[name] for name in ("stop_reason", "stop_sequence", "stop_details")}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": whole["usage"]["output_tokens"]}}
    yield {"type": "message_stop"}


def _block(index: int, block: Json) -> Iterator[Json]:
    kind, text = block["type"], block[block["type"]]
    empty = {**block, kind: ""} | ({"signature": ""} if kind == "thinking" else {})
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for start in range(0, len(text), DELTA):
        delta = {"type": f"{kind}_delta", kind: text[start : start + DELTA]}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    if kind == "thinking":
        signed = {"type": "signature_delta", "signature": block["signature"]}
        yield {"type": "content_block_delta", "index": index, "delta": signed}
    yield {"type": "content_block_stop", "index": index}
