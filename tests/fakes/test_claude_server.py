"""The stand-in for Claude as the real SDK sees it: whole answers, streams, every class of error, and what it keeps of each request."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import pytest
from pydantic import BaseModel, ValidationError

from tests.fakes import claude_wire as wire
from tests.fakes.claude_server import ClaudeServer, serving

KEY = "sk-ant-test-of-the-stand-in"
ASKED = {"model": "claude-haiku-5-5", "max_tokens": 400, "messages": [{"role": "user", "content": "Why is it wrong?"}]}
ANSWER = "The sum leaves out the last number."


class Verdict(BaseModel):
    """A shape to ask for."""

    line: int
    hint: str


@pytest.fixture
def claude(monkeypatch: pytest.MonkeyPatch) -> Iterator[ClaudeServer]:
    """A stand-in, and an environment in which nothing else is reached by accident; it never breaks itself."""
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        yield server
    assert server.faults == []


def client(claude: ClaudeServer, key: str = KEY, **options: Any) -> anthropic.AsyncAnthropic:
    """The real SDK, pointed at the stand-in."""
    settled = {"max_retries": 0, "timeout": 5.0, **options}
    return anthropic.AsyncAnthropic(api_key=key, base_url=claude.address, **settled)


async def test_an_answer_is_read_whole_with_what_it_used(claude: ClaudeServer) -> None:
    claude.script = [wire.message(ANSWER, thinking="They slice with [:-1].")]
    async with client(claude) as sdk:
        said = await sdk.messages.create(**ASKED)
    assert [block.type for block in said.content] == ["thinking", "text"]
    assert (said.model, said.stop_reason, said.content[1].text) == ("claude-haiku-5-5", "end_turn", ANSWER)
    (bill,) = claude.bills
    assert (said.usage.input_tokens, said.usage.output_tokens) == (bill.fresh, bill.output)
    assert bill.thinking > 0
    assert (claude.record[0].path, claude.record[0].headers["authorization"]) == ("/v1/messages", f"Bearer {KEY}")


async def test_a_stream_says_the_same_as_a_whole_answer(claude: ClaudeServer) -> None:
    claude.script = [wire.message(ANSWER, thinking="Hm."), wire.message(ANSWER, thinking="Hm.")]
    async with client(claude) as sdk:
        whole = await sdk.messages.create(**ASKED)
        async with sdk.messages.stream(**ASKED) as stream:
            pieces = [piece async for piece in stream.text_stream]
            streamed = await stream.get_final_message()
    assert "".join(pieces) == ANSWER
    assert len(pieces) > 1
    assert [b.to_dict() for b in streamed.content] == [b.to_dict() for b in whole.content]
    assert (streamed.stop_reason, streamed.usage.output_tokens) == (whole.stop_reason, whole.usage.output_tokens)


async def test_a_shape_that_was_asked_for_is_parsed(claude: ClaudeServer) -> None:
    claude.script = [wire.structured({"line": 2, "hint": "Look at the slice."}, thinking="Line 2.")]
    async with client(claude) as sdk:
        said = await sdk.messages.parse(**ASKED, output_format=Verdict)
    assert said.parsed_output == Verdict(line=2, hint="Look at the slice.")
    assert claude.record[0].body["output_config"]["format"]["type"] == "json_schema"


ERRORS = {
    "bad request": (wire.failure(400), anthropic.BadRequestError),
    "own spend limit": (wire.own_spend_limit(), anthropic.BadRequestError),
    "bad key": (wire.failure(401), anthropic.AuthenticationError),
    "unpaid": (wire.failure(402), anthropic.PaymentRequiredError),
    "forbidden": (wire.failure(403), anthropic.PermissionDeniedError),
    "no such model": (wire.failure(404), anthropic.NotFoundError),
    "too large": (wire.failure(413), anthropic.ContentTooLargeError),
    "rate limited": (wire.failure(429, retry_after="3600"), anthropic.RateLimitError),
    "spend limit": (wire.spend_limit(), anthropic.EnforcedSpendLimitReachedError),
    "broken": (wire.failure(500), anthropic.InternalServerError),
    "unavailable": (wire.failure(503), anthropic.ServiceUnavailableError),
    "gateway": (wire.failure(504), anthropic.GatewayTimeoutError),
    "overloaded": (wire.failure(529), anthropic.OverloadedError),
    "hang": (wire.Step(hang=True), anthropic.APITimeoutError),
    "truncated JSON": (wire.truncated({"line": 2, "hint": "Look"}), ValidationError),
    "another shape": (wire.structured({"row": 2}), ValidationError),
}  # fmt: skip


@pytest.mark.parametrize(("step", "error"), ERRORS.values(), ids=ERRORS)
async def test_every_failure_is_the_one_the_sdk_knows(
    claude: ClaudeServer, step: wire.Step, error: type[Exception]
) -> None:
    claude.script = [step]
    async with client(claude, timeout=0.3) as sdk:
        with pytest.raises(error) as caught:
            await sdk.messages.parse(**ASKED, output_format=Verdict)
    assert type(caught.value) is error
    assert len(claude.record) == 1


async def test_a_spend_limit_is_tried_again_unless_told_otherwise(claude: ClaudeServer) -> None:
    """What makes a breaker of our own necessary."""
    claude.script = [wire.spend_limit()] * 3
    async with client(claude, max_retries=2) as sdk:
        with pytest.raises(anthropic.EnforcedSpendLimitReachedError):
            await sdk.messages.create(**ASKED)
    assert [r.headers["x-stainless-retry-count"] for r in claude.record] == ["0", "1", "2"]


async def test_a_short_wait_is_waited_and_a_long_one_would_hang(claude: ClaudeServer) -> None:
    claude.script = [
        wire.failure(429, retry_after_ms="10"),
        wire.message(ANSWER),
        wire.failure(429, retry_after="3600"),
    ]
    async with client(claude, max_retries=1) as sdk:
        assert (await sdk.messages.create(**ASKED)).content[0].text == ANSWER
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await sdk.messages.create(**ASKED)
    assert len(claude.record) == 3


async def test_a_refusal_is_fine_as_http_and_empty(claude: ClaudeServer) -> None:
    claude.script = [wire.refusal()]
    async with client(claude) as sdk:
        said = await sdk.messages.parse(**ASKED, output_format=Verdict)
    assert (said.stop_reason, said.content, said.parsed_output) == ("refusal", [], None)
    assert said.stop_details is not None
    assert said.stop_details.category == "frontier_llm"


async def test_an_error_in_a_stream_has_no_class_of_its_own(claude: ClaudeServer) -> None:
    claude.script = [wire.broken_stream(wire.message(ANSWER))]
    async with client(claude) as sdk:
        with pytest.raises(anthropic.APIStatusError) as caught:
            async with sdk.messages.stream(**ASKED) as stream:
                await stream.get_final_text()
    assert (type(caught.value), caught.value.status_code) == (anthropic.APIStatusError, 200)
    assert caught.value.type == "overloaded_error"


async def test_a_cut_stream_ends_in_an_error_of_the_transport(claude: ClaudeServer) -> None:
    claude.script = [wire.cut(wire.message(ANSWER), after=700)]
    async with client(claude) as sdk:
        with pytest.raises(httpx2.RemoteProtocolError):
            async with sdk.messages.stream(**ASKED) as stream:
                await stream.get_final_text()


async def test_a_dead_port_is_a_connection_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sdk = anthropic.AsyncAnthropic(api_key=KEY, base_url=f"http://127.0.0.1:{port}", max_retries=0)
    with pytest.raises(anthropic.APIConnectionError):
        await sdk.messages.create(**ASKED)
    await sdk.close()


async def test_only_keys_that_are_known_are_let_in(claude: ClaudeServer) -> None:
    claude.keys = frozenset({KEY})
    claude.brain = lambda _: wire.message(ANSWER)
    async with client(claude) as sdk, client(claude, "sk-ant-of-somebody-else") as stranger:
        await sdk.messages.create(**ASKED)
        with pytest.raises(anthropic.AuthenticationError):
            await stranger.messages.create(**ASKED)
    assert claude.complaints == ["401 invalid bearer token"]


async def test_models_have_lives(claude: ClaudeServer) -> None:
    claude.strict_models = True
    claude.lifecycles["claude-of-long-ago"] = "retired"
    claude.brain = lambda _: wire.message(ANSWER)
    async with client(claude) as sdk:
        lives = [(await sdk.models.retrieve(name)).lifecycle for name in claude.lifecycles]
        for gone in ("claude-of-long-ago", "claude-never-was"):
            with pytest.raises(anthropic.NotFoundError):
                await sdk.messages.create(**{**ASKED, "model": gone})
    assert lives == ["active", "active", "active", "deprecated", "retired", "retired"]


async def test_tokens_are_counted_as_they_are_billed(claude: ClaudeServer) -> None:
    claude.script = [wire.message(ANSWER)]
    async with client(claude) as sdk:
        counted = await sdk.messages.count_tokens(model=ASKED["model"], messages=ASKED["messages"])
        said = await sdk.messages.create(**ASKED)
    assert counted.input_tokens == said.usage.input_tokens > 0


async def test_an_answer_ends_where_its_tokens_do(claude: ClaudeServer) -> None:
    claude.script = [wire.message("word " * 1000)]
    async with client(claude) as sdk:
        said = await sdk.messages.create(**ASKED)
    assert (said.stop_reason, said.usage.output_tokens) == ("max_tokens", 400)


async def test_many_at_once_are_all_answered_and_all_kept(claude: ClaudeServer) -> None:
    claude.brain = lambda request: wire.message(request.body["messages"][0]["content"])
    async with client(claude) as sdk:
        asked = [{**ASKED, "messages": [{"role": "user", "content": f"question {n}"}]} for n in range(60)]
        answers = await asyncio.gather(*(sdk.messages.create(**one) for one in asked))
    assert [a.content[0].text for a in answers] == [f"question {n}" for n in range(60)]
    assert (len(claude.record), len(claude.bills)) == (60, 60)


async def test_the_script_comes_before_the_brain_and_nothing_after_both(claude: ClaudeServer) -> None:
    claude.script = [wire.message("one"), lambda request: wire.message(request.body["model"])]
    async with client(claude) as sdk:
        assert [(await sdk.messages.create(**ASKED)).content[0].text for _ in range(2)] == ["one", "claude-haiku-5-5"]
        with pytest.raises(anthropic.BadRequestError, match="the script is at its end"):
            await sdk.messages.create(**ASKED)
