"""A closer look through the real dispatcher: at once when it is quick, else in one message later, and never twice the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from bot.dispatch import Dispatcher
from bot.messages import Reply
from bot.platforms.plain import render
from challenges.model import Challenge
from runner.fair import Busy, Closing, FairQueue
from tests.bot.conftest import Chat

SOLUTION = """\
def spread(numbers, scale):
    low = min(numbers)
    high = max(numbers)
    if high == low:
        return 0.0
    middle = sum(numbers) / len(numbers)
    return (high - low) / middle * scale
"""
CASES = """
def cases(rng):
    yield "a few", True, ([1.0, 2.0, 6.0], 2.0)
    for n in range(4):
        yield f"random {n}", False, ([float(v) for v in rng.integers(1, 99, size=9)], float(rng.integers(3, 6)))
"""
WRONG = """\
def spread(values, scale):
    a, b = min(values), max(values)
    if b <= a:
        return 0.0
    middle = sum(values) / (len(values) - 1)
    return (b - a) / middle * scale
"""
HOPELESS = "def spread(values, scale):\n    n = 0\n    for x in values:\n        n = n + x * 3\n    return n + scale\n"
PLACE = "Line 5: this step decides it."


@pytest.fixture
def bank(bank: dict[str, Challenge]) -> dict[str, Challenge]:
    """One challenge whose solution has enough lines to choose between."""
    spread = replace(
        bank["add-up"], slug="spread", entry="spread", solution=SOLUTION, cases=CASES, wrong=(), starter=""
    )
    return {"spread": spread}


def patient(chat: Chat, seconds: float) -> Chat:
    """The same chat, with so much patience before the first reply."""
    services = replace(chat.dispatcher.services, unnoticed_s=seconds)
    return replace(chat, dispatcher=Dispatcher(services, chat.dispatcher.commands))


async def later(reply: Reply) -> str:
    following = await reply.followup() if reply.followup else None
    return "\n".join(render(card) for card in following.cards) if following else ""


async def test_a_quick_look_is_part_of_the_first_reply(start: Callable[..., Chat]) -> None:
    reply = await start().reply(f"/submit spread\n{WRONG}")
    said = "\n".join(render(card) for card in reply.cards)
    assert PLACE in said
    assert "middle = sum(values) / (len(values) - 1)" in said
    assert reply.followup is None


async def test_a_slow_look_follows_in_one_message_and_is_kept(start: Callable[..., Chat]) -> None:
    chat = patient(start(), 0.0)
    reply = await chat.reply(f"/submit spread\n{WRONG}")
    assert PLACE not in "\n".join(render(card) for card in reply.cards)
    said = await later(reply)
    assert said.startswith("── A closer look ──")
    assert PLACE in said
    assert PLACE in await chat.say("/explain")


@pytest.mark.parametrize("seconds", [0.0, 60.0])
async def test_a_look_that_finds_nothing_new_says_nothing(start: Callable[..., Chat], seconds: float) -> None:
    reply = await patient(start(), seconds).reply(f"/submit spread\n{HOPELESS}")
    assert await later(reply) == ""


class Crowd(FairQueue):
    """A queue that is full, or closes, after the first turn."""

    def __init__(self, then: Exception) -> None:
        super().__init__(slots=1, capacity=1, per_client=1)
        self.then, self.turns = then, 0

    def turn(self, *, client: str, group: str) -> AbstractAsyncContextManager[None]:
        """One turn, and no second."""
        self.turns += 1
        if self.turns > 1:
            raise self.then
        return super().turn(client=client, group=group)


@pytest.mark.parametrize("then", [Busy(3, 9), Closing()], ids=repr)
async def test_who_finds_no_turn_for_a_look_keeps_the_first_explanation(
    start: Callable[..., Chat], then: Exception
) -> None:
    chat = start()
    crowd = Crowd(then)
    services = replace(chat.dispatcher.services, turns=crowd)
    reply = await replace(chat, dispatcher=Dispatcher(services, chat.dispatcher.commands)).reply(
        f"/submit spread\n{WRONG}"
    )
    said = "\n".join(render(card) for card in reply.cards)
    assert "What went wrong" in said
    assert PLACE not in said
    assert (crowd.turns, await later(reply)) == (2, "")
