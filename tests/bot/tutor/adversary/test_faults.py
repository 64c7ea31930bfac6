"""A service that fails in every way known: the offline text is there, nothing is raised, nothing is asked twice, and it ends in time.

The short forms are in the default suite; `make tutor-faults` has a thousand requests.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.tutor import Explanation
from tests.bot.conftest import MORNING
from tests.bot.tutor.adversary.conftest import KEY, Open, Way
from tests.bot.tutor.adversary.model import honest_answer, honest_text
from tests.bot.tutor.adversary.targets import Target
from tests.fakes import claude_wire as wire
from tests.fakes.claude_wire import Recorded, Step

SHARE = 0.3  # of requests that fail
AT_ONCE = 6
QUICK, LONG = 30, 1_000
PROMISED_S, WHOLE_S = 10.0, 8.0  # what is left is for a machine with much else to do
STEP = timedelta(seconds=40)  # between two looks at the clock, so that what is ill for a minute gets its chances

FAULTS: dict[str, Callable[[Step], Step]] = {
    "a short wait": lambda _: wire.failure(429, retry_after="1"),
    "a long wait": lambda _: wire.failure(429, retry_after="3600"),
    "broken": lambda _: wire.failure(500),
    "broken, asks to be asked again": lambda _: wire.failure(500, x_should_retry="true", retry_after_ms="5"),
    "unavailable": lambda _: wire.failure(503),
    "gateway": lambda _: wire.failure(504),
    "overloaded": lambda _: wire.failure(529),
    "hang": lambda _: wire.Step(hang=True),
    "cut": lambda step: wire.cut(step, after=60),
    "cut in the headers' wake": lambda step: wire.cut(step, after=0),
    "error inside": lambda step: wire.broken_stream(step),
    "refusal": lambda _: wire.refusal(),
    "refusal without a reason": lambda _: wire.refusal(None),
    "truncated": lambda _: wire.truncated({"place": "Look at " * 50}),
    "no JSON": lambda _: wire.message("I am sorry, here is what I think."),
    "half of the JSON": lambda _: wire.Step(body=b'{"id": "msg_1", "type": "mess'),
    "a page": lambda _: wire.Step(body=b"<html><h1>502</h1></html>"),
    "another shape": lambda _: wire.Step(body=b'{"hello": [1, 2]}'),
    "no content": lambda _: wire.message("x", content=None),
    "no usage": lambda _: wire.message("x", usage=None),
    "over-long": lambda _: wire.structured({"place": "word " * 3_000, "line": 1, "fix": "x = 1"}),
    "other types": lambda _: wire.structured({"place": ["a"], "line": "three", "fix": None, "question": 7}),
    "an empty object": lambda _: wire.structured({}),
    "nothing": lambda _: wire.message(),
    "a list": lambda _: wire.message("[1, 2, 3]"),
}  # fmt: skip


@dataclass
class Ill:
    """Answers well, but for a share of requests that fail in turn; the order is one of chance."""

    target: Target
    rng: random.Random
    failed: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: Recorded) -> Step:
        """Answer one request."""
        good = wire.structured(honest_answer(self.target))
        if self.rng.random() >= SHARE:
            return good
        name = list(FAULTS)[sum(self.failed.values()) % len(FAULTS)]
        self.failed[name] += 1
        return FAULTS[name](good)


def walking() -> Callable[[], datetime]:
    """A clock that goes on a little whenever somebody looks."""
    looks = itertools.count()
    return lambda: MORNING + STEP * next(looks)


async def crowd(way: Way, target: Target, count: int) -> tuple[list[Explanation | None], list[float]]:
    """Ask for so many learners, some at a time: what each got after the offline text, and how long it took."""
    lanes, took = asyncio.Semaphore(AT_ONCE), []

    async def one(number: int) -> Explanation | None:
        asked = way.asking(target, number)
        assert asked.offline.text
        async with lanes:
            started = time.monotonic()
            found = await way.tutor.improve(asked)
            took.append(time.monotonic() - started)
            return found

    return list(await asyncio.gather(*(one(n) for n in range(count)))), took


async def through_faults(open_way: Open, claude: Any, target: Target, count: int, seed: int) -> None:
    """Ask `count` times while a third of all answers fail, and hold the outcome to what is promised."""
    ill = Ill(target, random.Random(seed))  # noqa: S311 - no secret
    claude.brain = ill
    way = open_way(trusting=True, now=walking(), timeout_s=2.0, whole_s=WHOLE_S, parallel=AT_ONCE)
    found, took = await crowd(way, target, count)
    shown = [one for one in found if one is not None]
    assert len(found) == count, f"seed {seed}"
    assert {one.text for one in shown} <= {honest_text(target)}
    assert count < LONG or sorted(took)[int(0.99 * count)] <= PROMISED_S  # a few at a busy moment show nothing
    asked = Counter(_number(request) for request in claude.record)
    assert max(asked.values()) <= 2  # the first model and the stronger one, never one of them twice
    assert all(len({r.body["model"] for r in claude.record if _number(r) == n}) == k for n, k in asked.items())
    assert shown != []
    assert ill.failed.total() > 0
    said = f"seed {seed}: {count} asked, {len(claude.record)} requests, {ill.failed.total()} failed"
    sys.stdout.write(f"{said}, {len(shown)} improved, the slowest after {max(took):.1f} s\n")


def _number(request: Recorded) -> str:
    return str(request.body["messages"][0]["content"]).rpartition("| N = ")[2].partition("\n")[0]


async def test_a_third_of_all_requests_may_fail(open_way: Open, claude: Any, aims: list[Target]) -> None:
    await through_faults(open_way, claude, aims[0], QUICK, seed=time.time_ns() % 10**6)


@pytest.mark.slow
async def test_a_third_of_a_thousand_requests_may_fail(open_way: Open, claude: Any, aims: list[Target]) -> None:
    await through_faults(open_way, claude, aims[0], LONG, seed=time.time_ns() % 10**6)


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_alone_leaves_the_offline_text(
    open_way: Open, claude: Any, aims: list[Target], fault: str
) -> None:
    target = aims[0]
    claude.brain = lambda _: FAULTS[fault](wire.structured(honest_answer(target)))
    way = open_way(trusting=True, timeout_s=0.4 if fault == "hang" else 30.0)
    found = await way.tutor.improve(way.asking(target, 1))
    assert (found is None) is (fault != "error inside")  # which is only one for streams
    assert len(claude.record) <= 2


PERMANENT = {
    "bad key": wire.failure(401),
    "unpaid": wire.failure(402),
    "forbidden": wire.failure(403),
    "no such model": wire.failure(404),
    "our own limit": wire.own_spend_limit(),
    "the enforced limit": wire.spend_limit(),
}


@pytest.mark.parametrize("fault", PERMANENT)
async def test_a_permanent_fault_is_asked_about_five_times_at_most(
    open_way: Open, claude: Any, aims: list[Target], fault: str
) -> None:
    claude.brain = lambda _: PERMANENT[fault]
    way = open_way(trusting=True)
    found, _ = await crowd(way, aims[0], 30)
    assert found == [None] * 30
    assert 1 <= len(claude.record) <= 5
    assert not await way.tutor.available(way.who)


async def test_those_who_ask_the_same_at_once_make_one_request(open_way: Open, claude: Any, aims: list[Target]) -> None:
    target = aims[0]
    claude.brain = lambda _: wire.structured(honest_answer(target))
    way = open_way(trusting=True)
    same = way.asking(target, 1)
    found = await asyncio.gather(*(way.tutor.improve(same) for _ in range(12)))
    assert {one.text if one else "" for one in found} == {honest_text(target)}
    assert len(claude.record) == 1
    again = await way.tutor.improve(same)
    assert again == found[0]
    assert len(claude.record) == 1


async def test_neither_key_nor_code_is_logged_whatever_happens(
    open_way: Open, claude: Any, aims: list[Target], caplog: pytest.LogCaptureFixture
) -> None:
    target = aims[0]
    steps = itertools.cycle([f for name, f in FAULTS.items() if name != "a long wait"])
    claude.brain = lambda _: next(steps)(wire.structured(honest_answer(target)))
    with caplog.at_level(logging.DEBUG), capture_logs() as events:
        way = open_way(trusting=True, now=walking(), timeout_s=0.3)
        await crowd(way, target, len(FAULTS) + 12)
    said = repr(events) + caplog.text
    secrets = (KEY, target.old, target.new, honest_text(target)[:40], "Zacharias")
    assert [secret for secret in secrets if secret in said] == []
    assert events != []
