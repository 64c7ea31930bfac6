"""One request to Claude and what became of it: the only place that touches the SDK, which is loaded when it is first needed.

Never raises for a service that fails. A request is made once: the offline explanation stands already, and a second try, however
short the wait, could be paid for twice.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.store.tutoring_money import Used
from bot.tutor.claude.breaker import Fault, next_month
from bot.tutor.claude.options import ClaudeOptions, Model

if TYPE_CHECKING:
    from anthropic import APIStatusError, AsyncAnthropic
    from anthropic.types import Message, ModelInfo

log = structlog.get_logger(__name__)

SDK = "anthropic"
TALKATIVE = ("anthropic", "httpx2", "httpcore2")  # at debug level they log whole requests, and so a learner's code
FINISHED = ("end_turn", "stop_sequence")
PERMANENT = (401, 402, 403, 404)
BAD_REQUEST, TIMED_OUT, CONFLICT, TOO_MANY, SERVER = 400, 408, 409, 429, 500
SPENT = re.compile(r"spend|credit|billing|usage limit", re.IGNORECASE)
SPEND_CODE = "spend_limit"
NOTHING = Used()


@dataclass(frozen=True, slots=True)
class Call:
    """One request: a stable beginning that the service may cache, what is new, and the form of the answer."""

    purpose: str
    model: Model
    system: str
    prompt: str
    schema: dict[str, Any]
    max_tokens: int
    timeout_s: float
    pseudonym: str = ""

    @property
    def size(self) -> int:
        """The most tokens the request can be, for no token is shorter than a byte."""
        return len(repr((self.system, self.prompt, self.schema)).encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request. `used` is None when nobody knows what it cost; `text` is empty when there is no answer."""

    text: str = ""
    used: Used | None = NOTHING
    fault: Fault = Fault.NONE
    why: str = ""
    until: datetime | None = None


class Client:
    """Asks Claude, a few requests at a time."""

    def __init__(self, options: ClaudeOptions, now: Callable[[], datetime]) -> None:
        self._options, self._now = options, now
        self._tls: ssl.SSLContext | None = None
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)

    async def ask(self, call: Call) -> Answer:
        """Make one request."""
        await self._ready()
        import anthropic
        import httpx2
        from pydantic import ValidationError

        try:
            async with asyncio.timeout(call.timeout_s):
                message = await self._send(call)
            return _answered(message)
        except anthropic.APIStatusError as fault:
            return self._refused(fault)
        except (TimeoutError, anthropic.APITimeoutError):
            return Answer(used=None, fault=Fault.TRANSIENT, why="it took too long")
        except anthropic.APIConnectionError as fault:
            unsent = isinstance(fault.__cause__, httpx2.ConnectError)
            return Answer(used=Used() if unsent else None, fault=Fault.TRANSIENT, why="it could not be reached")
        except (anthropic.AnthropicError, httpx2.HTTPError) as fault:
            return Answer(used=None, fault=Fault.TRANSIENT, why=type(fault).__name__)
        except (ValidationError, AttributeError, TypeError, ValueError) as fault:
            # the SDK takes an answer of another shape for a message, and says so by whatever fails first
            return Answer(used=None, fault=Fault.TRANSIENT, why=f"an answer of another shape: {type(fault).__name__}")

    async def model(self, name: str) -> ModelInfo | None:
        """What the service says about a model; None when it cannot be asked."""
        await self._ready()
        import anthropic
        import httpx2

        try:
            async with asyncio.timeout(self._options.timeout_s), self._connection() as client:
                return await client.models.retrieve(name)
        except (
            anthropic.AnthropicError,
            httpx2.HTTPError,
            TimeoutError,
            AttributeError,
            TypeError,
            ValueError,
        ) as fault:
            log.info("a model could not be looked up", model=name, reason=type(fault).__name__)
            return None

    async def _send(self, call: Call) -> Message:
        body = _body(call)
        async with self._connection() as client:
            message: Message = await client.messages.create(**body)
            return message

    async def _ready(self) -> None:
        """Load the SDK and the certificates, which takes a second or two, in which others want to be answered."""
        if self._tls is None:
            self._tls = await asyncio.to_thread(_load)

    def _connection(self) -> AsyncAnthropic:
        """A client for one question: they are rare, and nothing stays open between them."""
        from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

        # Key and address are passed, so that a developer's profile or environment is never picked up by accident.
        return AsyncAnthropic(
            api_key=self._options.api_key,
            base_url=self._options.base_url,
            max_retries=0,
            timeout=self._options.timeout_s,
            http_client=DefaultAsyncHttpxClient(verify=self._tls or True),
        )

    def _refused(self, fault: APIStatusError) -> Answer:
        """What a status says about the next request."""
        status, now = fault.status_code, self._now()
        code, kind = fault.error_code or "", fault.type or ""
        why = f"{status} {code or kind}".strip()
        said = f"{code} {kind} {fault.api_message or ''}"
        if SPEND_CODE in code or (status == BAD_REQUEST and SPENT.search(said)):
            return Answer(fault=Fault.PERMANENT, why=why, until=next_month(now))
        if status in PERMANENT:
            return Answer(fault=Fault.PERMANENT, why=why)
        if status == TOO_MANY:
            return Answer(fault=Fault.BUSY, why=why, until=now + _wait(fault))
        known = status >= BAD_REQUEST  # an error inside an answer that had begun may be paid for
        return Answer(used=Used() if known else None, fault=Fault.TRANSIENT, why=why)


def _load() -> ssl.SSLContext:
    importlib.import_module(SDK)
    import httpx2

    return httpx2.create_ssl_context()


def _body(call: Call) -> dict[str, Any]:
    """A request as the service takes it. Settings are plain text, and what they do not name is left to the model."""
    output: dict[str, Any] = {"format": {"type": "json_schema", "schema": call.schema}}
    if call.model.effort:
        output["effort"] = call.model.effort
    body: dict[str, Any] = {
        "model": call.model.name,
        "max_tokens": call.max_tokens,
        "system": [{"type": "text", "text": call.system, "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": call.prompt}],
        "output_config": output,
    }
    if call.model.thinking:
        body["thinking"] = {"type": call.model.thinking}
    if call.pseudonym:
        body["metadata"] = {"user_id": call.pseudonym}
    return body


def _answered(message: Message) -> Answer:
    """A message's text, by the kind of its blocks; a refusal, or one that ran out of tokens, has none."""
    used = _used(message)
    text = "".join(block.text for block in message.content if block.type == "text").strip()
    if message.stop_reason not in FINISHED:
        return Answer(used=used, why=str(message.stop_reason))
    return Answer(text=text, used=used, why="" if text else "an empty answer")


def _used(message: Message) -> Used:
    usage = message.usage
    return Used(
        input=usage.input_tokens,
        output=usage.output_tokens,
        read=usage.cache_read_input_tokens or 0,
        written=usage.cache_creation_input_tokens or 0,
    )


def _wait(fault: APIStatusError) -> timedelta:
    """How long the service asks us to wait; half a minute when it does not say."""
    headers = fault.response.headers
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return timedelta(seconds=min(max(float(headers.get(name, "")) * unit, 1.0), 86_400.0))
        except ValueError:
            continue
    return timedelta(seconds=30)
