"""No crowd spends more than it may, and what is written down is what the bills say, to the billionth of a dollar."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.store.tutoring_money import Limits
from bot.tutor import Who
from bot.tutor.claude import Model
from bot.tutor.claude.prices import nano
from tests.bot.tutor.adversary.conftest import Open, Way
from tests.bot.tutor.adversary.model import honest_answer, honest_text
from tests.bot.tutor.adversary.targets import Target
from tests.fakes import claude_wire as wire
from tests.fakes.claude_usage import Bill

DAY, MONTH = "2026-11-23", "2026-11"
CROWD = 200
DOLLARS = {  # per million tokens: new, written to the cache, read from it, given out; by hand from the price list
    "claude-haiku-5-5": ("0.10", "0.125", "0.01", "0.50"),
    "claude-sonnet-5-5": ("2", "2.50", "0.10", "10"),
}


def by_hand(bills: list[Bill]) -> Decimal:
    """What bills come to, in dollars."""
    total = Decimal(0)
    for bill in bills:
        fresh, written, read, out = map(Decimal, DOLLARS[bill.model])
        total += bill.fresh * fresh + bill.written_5m * written + bill.read * read + bill.output * out
    return total / 1_000_000


async def spend(way: Way, target: Target, who: list[Who]) -> int:
    """Ask for so many at the same time; how many were improved."""
    asked = [way.asking(target, n) for n in range(len(who))]
    found = await asyncio.gather(*(way.tutor.improve(replace(a, who=w)) for a, w in zip(asked, who, strict=True)))
    return sum(one is not None for one in found)


LIMITS = {
    "the learner's day": lambda money: Limits(money, 10**15, 10**15),
    "the group's day": lambda money: Limits(10**15, money, 10**15),
    "the month": lambda money: Limits(10**15, 10**15, money),
}


@pytest.mark.parametrize("limit", LIMITS)
async def test_two_hundred_at_once_never_spend_more_than_they_may(
    open_way: Open, claude: Any, aims: list[Target], limit: str
) -> None:
    claude.brain = lambda _: wire.structured(honest_answer(aims[0]))
    money = nano(0.005)
    way = open_way(trusting=True, limits=LIMITS[limit](money), parallel=8)
    improved = await spend(way, aims[0], [way.who] * CROWD)
    spent = await way.store.tutoring.spent(DAY)
    assert 0 < improved < CROWD
    assert spent.cost + spent.open <= money
    assert by_hand(claude.bills) <= Decimal(money) / 10**9
    assert spent.open == 0


async def test_what_is_written_down_is_what_the_bills_say(open_way: Open, claude: Any, aims: list[Target]) -> None:
    """With the cache written and read, by both models: the first one's text is held back, the second's is shown."""
    target = aims[0]
    claude.brain = lambda request: wire.structured(
        honest_answer(target, **({"place": "@everyone"} if "haiku" in request.body["model"] else {})),
        thinking="Hm. " * 20,
    )
    way = open_way(trusting=True, strong=Model("claude-sonnet-5-5", "low"))
    assert await spend(way, target, [way.who] * 4) == 4
    spent, month = await way.store.tutoring.spent(DAY), await way.store.tutoring.spent(MONTH)
    assert {bill.model for bill in claude.bills} == set(DOLLARS)
    assert any(bill.read for bill in claude.bills)
    assert Decimal(spent.cost) / 10**9 == by_hand(claude.bills)
    assert (month.cost, spent.calls, spent.open) == (spent.cost, 8, 0)


async def test_what_failed_is_paid_for_as_the_bills_say_or_at_its_most(
    open_way: Open, claude: Any, aims: list[Target]
) -> None:
    """A refusal and a truncated answer have bills; of a connection that broke nobody knows, and the most stays set aside."""
    target = aims[0]
    claude.script = [
        wire.refusal(),
        wire.truncated(honest_answer(target)),
        wire.cut(wire.structured(honest_answer(target))),
    ]
    way = open_way(trusting=True)
    assert await spend(way, target, [way.who]) == 0
    spent = await way.store.tutoring.spent(DAY)
    assert Decimal(spent.cost) / 10**9 == by_hand(claude.bills)
    assert spent.open == 0
    assert await spend(way, aims[1], [way.who]) == 0
    unknown = await way.store.tutoring.spent(DAY)
    assert unknown.open > 0
    assert Decimal(unknown.cost + unknown.open) / 10**9 >= by_hand(claude.bills)


async def test_an_explanation_costs_less_than_a_tenth_of_a_cent(
    open_way: Open, claude: Any, aims: list[Target]
) -> None:
    claude.brain = lambda _: wire.structured(honest_answer(aims[0]), thinking="Let me see. " * 100)
    way = open_way(trusting=True)
    assert await spend(way, aims[0], [way.who]) == 1
    assert by_hand(claude.bills) <= Decimal("0.001")
    assert honest_text(aims[0])
