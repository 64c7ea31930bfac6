"""Each rule of the service with a request that breaks it, beside the request it is made of, which breaks none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.claude_rules import LARGEST, VERSION, complaint

HEADERS = {"authorization": "Bearer sk-ant-x", "anthropic-version": VERSION}
MARK = {"type": "ephemeral"}
SCHEMA = {"type": "object", "properties": {"line": {"type": "integer"}}, "additionalProperties": False}
GOOD: dict[str, Any] = {
    "model": "claude-haiku-5-5",
    "max_tokens": 100,
    "system": [{"type": "text", "text": "You help.", "cache_control": MARK}],
    "messages": [
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": [{"type": "text", "text": "Because."}]},
        {"role": "user", "content": "And?"},
    ],
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
    "thinking": {"type": "adaptive"},
    "metadata": {"user_id": "a1b2"},
}


def said(path: str = "/v1/messages", headers: dict[str, str] = HEADERS, size: int = 10, **changes: Any) -> str:
    """What the service says to the good request with changes; a change to None leaves the field out."""
    body = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    found = complaint(path, headers, body, size)
    return f"{found[0]} {found[1]}" if found else "fine"


def test_a_good_request_is_read() -> None:
    assert said() == "fine"


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "no key": ({"headers": {"anthropic-version": VERSION}}, "401 Authorization"),
    "the key where it used to be": ({"headers": {"x-api-key": "k", "anthropic-version": VERSION}}, "401 Authorization"),
    "no version": ({"headers": {"authorization": "Bearer k"}}, "400 anthropic-version"),
    "an old version": ({"headers": {**HEADERS, "anthropic-version": "2023-06-01"}}, "400 anthropic-version"),
    "too large": ({"size": LARGEST + 1}, "413 Request exceeds"),
    "temperature": ({"temperature": 0.0}, "400 temperature: sampling"),
    "top_p": ({"top_p": 1}, "400 top_p: sampling"),
    "unknown field": ({"wishes": 3}, "400 wishes: Extra inputs"),
    "no model": ({"model": None}, "400 model: Field required"),
    "no max_tokens": ({"max_tokens": None}, "400 max_tokens: Field required"),
    "zero tokens": ({"max_tokens": 0}, "400 max_tokens: must lie"),
    "no messages": ({"messages": []}, "400 messages: at least one"),
    "a role of its own": ({"messages": [{"role": "tutor", "content": "x"}]}, "400 messages.0.role"),
    "begins with the assistant": (
        {"messages": [{"role": "assistant", "content": "x"}, {"role": "user", "content": "y"}]},
        "400 messages.0.role: the first",
    ),
    "prefill": ({"messages": [*GOOD["messages"], {"role": "assistant", "content": "{"}]}, "400 messages: this model"),
    "empty text": ({"messages": [{"role": "user", "content": "  "}]}, "400 messages.0.content.0.text"),
    "half a character": ({"messages": [{"role": "user", "content": "\ud800"}]}, "400 messages.0.content.0.text: not"),
    "citations": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "citations": [1]}]}]},
        "400 messages.0.content.0.citations",
    ),
    "document of the assistant": (
        {"messages": [GOOD["messages"][0], {"role": "assistant", "content": [{"type": "document"}]}, GOOD["messages"][0]]},
        "400 messages.1.content.0: document",
    ),
    "empty system": ({"system": ""}, "400 system: text content"),
    "five marks": (
        {"system": [{"type": "text", "text": "x", "cache_control": MARK}] * 5},
        "400 A maximum of 4",
    ),
    "another life": (
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "1d"}}]},
        "400 cache_control: Input",
    ),
    "the longer life later": (
        {"cache_control": {"type": "ephemeral", "ttl": "1h"}, "system": GOOD["system"]},
        "400 cache_control: a ttl='1h'",
    ),
    "a budget for thinking": ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, "400 thinking.type: 'enabled'"),
    "thinking of no kind": ({"thinking": {"type": "hard"}}, "400 thinking.type: Input"),
    "no thinking at the highest effort": (
        {"thinking": {"type": "disabled"}, "output_config": {"effort": "max"}},
        "400 thinking.type: 'disabled' is not supported at effort max",
    ),
    "no thinking where it is always on": (
        {"model": "claude-opus-5-5", "thinking": {"type": "disabled"}},
        "400 thinking.type: 'disabled' is not supported by this model",
    ),
    "unknown effort": ({"output_config": {"effort": "heroic"}}, "400 output_config.effort"),
    "format of a type": ({"output_config": {"format": {"type": "yaml"}}}, "400 output_config.format: Input"),
    "an open object": (
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object", "properties": {}}}}},
        "400 output_config.format.schema: For 'object' type",
    ),
    "lengths in a schema": (
        {
            "output_config": {
                "format": {
                    "type": "json_schema",
                    "schema": {**SCHEMA, "properties": {"hint": {"type": "string", "maxLength": 9}}},
                }
            }
        },
        "400 output_config.format.schema.hint: property 'maxLength'",
    ),
    "metadata of more than an id": ({"metadata": {"name": "Ada"}}, "400 metadata.name"),
    "an endless id": ({"metadata": {"user_id": "x" * 300}}, "400 metadata.user_id"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "complaint"), BROKEN.values(), ids=BROKEN)
def test_a_broken_request_is_refused_for_what_is_wrong_with_it(changes: dict[str, Any], complaint: str) -> None:
    assert said(**changes).startswith(complaint)


def test_counting_takes_no_max_tokens() -> None:
    counted = {"max_tokens": None, "metadata": None}
    assert said("/v1/messages/count_tokens", **counted) == "fine"
    assert said("/v1/messages/count_tokens", metadata=None).startswith("400 max_tokens: Extra inputs")


def test_thinking_may_be_off_where_the_model_lets_it() -> None:
    assert [said(thinking={"type": kind}) for kind in ("adaptive", "disabled", "between_tools")] == ["fine"] * 3


def test_what_is_no_object_is_refused() -> None:
    assert complaint("/v1/messages", HEADERS, [1], 3) == (400, "body: Input should be an object")
