"""Requests with all that surrounds them: consent and health before, money set aside and settled, and what a fault says noted.

Knows nothing of what is asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.store.tutoring import Tutoring
from bot.store.tutoring_money import Expense, Reserved
from bot.tutor.asking import Who
from bot.tutor.claude.breaker import Breaker, Fault
from bot.tutor.claude.client import Answer, Call, Client
from bot.tutor.claude.options import ClaudeOptions, Model
from bot.tutor.claude.prices import price_of

log = structlog.get_logger(__name__)

PSEUDONYM_CHARS = 32
TYPICAL_PROMPT = 12_000  # bytes, to see beforehand whether there is money at all


class Desk:
    """Takes requests to Claude, one after the other in as many lanes as are allowed."""

    def __init__(
        self,
        options: ClaudeOptions,
        tutoring: Tutoring,
        now: Callable[[], datetime],
        entropy: Callable[[], int],
    ) -> None:
        self.options, self.breaker, self.client = options, Breaker(), Client(options, now)
        self._tutoring, self._now, self._entropy = tutoring, now, entropy
        self._lanes = asyncio.Semaphore(options.parallel)
        self._settling: set[asyncio.Task[None]] = set()

    async def available(self, who: Who) -> bool:
        """Whether a request for this learner would be made now."""
        if self.breaker.is_open(self._now()):
            return False
        if who.user_id and not await self._tutoring.may_send(who.user_id, who.group_id):
            return False
        most = self._most(self.options.model, TYPICAL_PROMPT, self.options.max_tokens)
        return await self._tutoring.affords(
            Expense(who.user_id, who.group_id, self.options.model.name, "", most), self.options.limits
        )

    async def names(self, who: Who) -> tuple[str, ...]:
        """What a learner is called here, to keep it out of what is sent."""
        return (await self._tutoring.name(who.user_id),) if who.user_id else ()

    async def pseudonym(self, who: Who) -> str:
        """A learner's name towards the service: always the same, and leading back to nobody."""
        if not who.user_id:
            return ""
        secret = await self._tutoring.secret(self._entropy)
        return hmac.new(secret, str(who.user_id).encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_CHARS]

    async def ask(self, call: Call, who: Who) -> Answer | None:
        """Make a request, or None where it must not be made: the service is ill, or the money does not reach."""
        async with self._lanes:
            if not self.breaker.admit(self._now()):
                return None
            most = self._most(call.model, call.size, call.max_tokens)
            expense = Expense(who.user_id, who.group_id, call.model.name, call.purpose, most)
            reserved = await self._tutoring.reserve(expense, self.options.limits)
            if not isinstance(reserved, Reserved):
                self.breaker.abandoned()
                log.info("no money for a request", whose=reserved.value, purpose=call.purpose)
                return None
            return await self._made(call, reserved)

    async def settled(self) -> None:
        """Wait until the cost of every request made is written down."""
        while self._settling:
            await asyncio.wait(list(self._settling))

    async def _made(self, call: Call, reserved: Reserved) -> Answer:
        answer = Answer(used=None, why="it was given up")
        try:
            answer = await self.client.ask(call)
        finally:
            self._note(answer)
            task = asyncio.ensure_future(self._settle(call, reserved, answer))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)
            await asyncio.shield(task)
        return answer

    def _note(self, answer: Answer) -> None:
        """Tell the breaker what a request showed."""
        if answer.fault is not Fault.NONE:
            self.breaker.failed(answer.fault, self._now(), why=answer.why, until=answer.until)
            level = log.error if answer.fault is Fault.PERMANENT else log.warning
            level("Claude could not be asked", reason=answer.why, fault=answer.fault.value)
        elif answer.used is None:
            self.breaker.abandoned()
        else:
            self.breaker.succeeded()

    async def _settle(self, call: Call, reserved: Reserved, answer: Answer) -> None:
        price = price_of(call.model.name, self.options.prices)
        cost = None if answer.used is None else price.of(answer.used)
        await self._tutoring.settle(reserved, cost, answer.used)

    def _most(self, model: Model, prompt_bytes: int, max_tokens: int) -> int:
        return price_of(model.name, self.options.prices).at_most(prompt_bytes, max_tokens)
