"""The tokens the stand-in counts add up, and a cached prefix is one whose every byte is the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.claude_usage import Bill, PrefixCache, request_tokens, tokens

LONG = "Explain mistakes without giving the answer away. " * 60  # 735 tokens
MARK = {"type": "ephemeral"}


def asked(question: str = "Why?", prefix: str = LONG, model: str = "claude-haiku-5-5", **mark: str) -> dict[str, Any]:
    """A request with a marked prefix."""
    system = [{"type": "text", "text": prefix, "cache_control": {**MARK, **mark}}]
    return {"model": model, "max_tokens": 9, "system": system, "messages": [{"role": "user", "content": question}]}


SAID = [{"type": "thinking", "thinking": "x" * 40}, {"type": "text", "text": "y" * 80}]


def test_a_prefix_is_written_once_and_then_read() -> None:
    cache = PrefixCache()
    first, second = cache.bill(asked(), SAID), cache.bill(asked("And now?"), SAID)
    assert first == Bill("claude-haiku-5-5", 5, tokens(LONG), 0, 0, 30, 10)
    assert second == Bill("claude-haiku-5-5", 6, 0, 0, tokens(LONG), 30, 10)


def test_one_byte_or_another_model_makes_another_prefix() -> None:
    cache = PrefixCache()
    bills = [cache.bill(asked(prefix=p, model=m), []) for p, m in ((LONG, "a"), (LONG + ".", "a"), (LONG, "b"))]
    assert [bill.read for bill in bills] == [0, 0, 0]


def test_a_short_prefix_is_silently_not_cached() -> None:
    cache = PrefixCache()
    bills = [cache.bill(asked(prefix="Short."), []) for _ in range(2)]
    assert [(b.read, b.written_5m, b.fresh) for b in bills] == [(0, 0, 7)] * 2


def test_the_floor_is_the_models() -> None:
    cache = PrefixCache()
    bills = {m: cache.bill(asked(model=m), []) for m in ("claude-haiku-5-5", "claude-sonnet-5-5")}
    assert {m: bill.written_5m > 0 for m, bill in bills.items()} == {
        "claude-haiku-5-5": True,
        "claude-sonnet-5-5": False,
    }


def test_an_hour_is_billed_as_an_hour() -> None:
    bill = PrefixCache().bill(asked(ttl="1h"), [])
    assert (bill.written_5m, bill.written_1h) == (0, tokens(LONG))


def test_a_longer_conversation_reads_what_it_shares() -> None:
    cache = PrefixCache()
    first = {**asked(LONG), "cache_control": MARK}
    turns = [*first["messages"], {"role": "assistant", "content": "No."}, {"role": "user", "content": "But?"}]
    bills = [cache.bill(body, []) for body in (first, {**first, "messages": turns})]
    assert [(b.fresh, b.read > 0, b.written_5m > 0) for b in bills] == [(0, False, True), (0, True, True)]


@given(st.lists(st.tuples(st.text(min_size=1), st.booleans()), min_size=1, max_size=4), st.text(min_size=1))
def test_every_token_is_billed_exactly_once(blocks: list[tuple[str, bool]], question: str) -> None:
    """New, written and read tokens together are the whole request, however it is cut."""
    cache = PrefixCache()
    system = [
        {"type": "text", "text": text * 200, **({"cache_control": MARK} if marked else {})} for text, marked in blocks
    ]
    body = {"model": "m", "system": system, "messages": [{"role": "user", "content": question}]}
    for bill in (cache.bill(body, None), cache.bill(body, None)):
        assert bill.fresh + bill.written_5m + bill.written_1h + bill.read == request_tokens(body)


def test_a_bill_is_written_as_the_service_writes_it() -> None:
    assert Bill("m", 1, 2, 3, 4, 5, 6).usage() == {
        "input_tokens": 1,
        "output_tokens": 5,
        "cache_creation_input_tokens": 5,
        "cache_read_input_tokens": 4,
        "cache_creation": {"ephemeral_5m_input_tokens": 2, "ephemeral_1h_input_tokens": 3},
        "output_tokens_details": {"thinking_tokens": 6},
        "service_tier": "standard",
    }
