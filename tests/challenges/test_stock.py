"""The stock: every attempt is given once, what is kept is bounded, and a failing reference is never hidden by it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenges.attempt import Attempt, read_batch, reference_values, steady
from challenges.compare import difference
from challenges.examine import draw
from challenges.judge import EXACT
from challenges.load import load_challenges
from challenges.match import returning
from challenges.model import Case, Challenge
from challenges.prepare import Drawn, batch_job, box_seed, trusted_job
from challenges.stock import Capacity, Stock, weight_of
from runner import ColdRunner, Fault, Job, Outcome, Profile, Result, Returned, Run
from runner.warm import WarmRunner

DATA = Path(__file__).parents[2] / "data/tracks/ai-machine-learning/challenges"


def attempt(number: int, size: int = 0) -> Attempt:
    cases = (Case(id="c0", name="x", visible=False, args=("x" * size,)),)
    return Attempt(drawn=Drawn(entropy=number, cases=cases), expected={"c0": number})


@dataclass
class Maker:
    """Makes attempts, each with a number of its own, when the gate is open."""

    size: int = 0
    lacking: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    shown: list[Attempt | None] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    gate: asyncio.Event | None = None
    fault: Exception | None = None

    async def __call__(self, challenge: Challenge, count: int, earlier: Attempt | None) -> Sequence[Attempt]:
        self.asked.append((challenge.slug, count))
        self.shown.append(earlier)
        if self.gate:
            await self.gate.wait()
        if self.fault:
            raise self.fault
        return [attempt(next(self.numbers), self.size) for _ in range(count - self.lacking)]


def named(challenge: Challenge, number: int) -> Challenge:
    return replace(challenge, slug=f"add-{number}")


def taken(stock: Stock, challenge: Challenge) -> list[int]:
    """The numbers of all that is there."""
    return [one.drawn.entropy for one in iter(lambda: stock.take(challenge), None)]


async def test_nothing_is_made_for_what_nobody_submits_to(challenge: Challenge) -> None:
    make = Maker()
    stock = Stock(make, Capacity())
    assert (stock.take(challenge), make.asked) == (None, [])


async def test_half_is_made_at_first_and_all_of_it_once_that_was_asked_for(challenge: Challenge) -> None:
    make = Maker()
    stock = Stock(make, Capacity(attempts=8))
    for _ in range(3):
        stock.want(challenge)  # however many want it, one refill is enough
    await stock.settled()
    assert stock.take(challenge) == attempt(0)
    stock.want(challenge)
    await stock.settled()
    assert make.asked == [("add", 4), ("add", 5)]
    assert make.shown == [None, attempt(0)]
    assert taken(stock, challenge) == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_no_more_is_made_while_half_is_there(challenge: Challenge) -> None:
    make = Maker()
    stock = Stock(make, Capacity(attempts=4))
    for _ in range(9):
        stock.want(challenge)
        await stock.settled()
    assert make.asked == [("add", 2), ("add", 2)]
    assert len(taken(stock, challenge)) == 4


async def test_a_stock_of_none_makes_none(challenge: Challenge) -> None:
    make = Maker()
    stock = Stock(make, Capacity(attempts=0))
    stock.want(challenge)
    await stock.close()
    assert make.asked == []


@given(steps=st.lists(st.tuples(st.sampled_from(["take", "want", "let"]), st.integers(0, 4)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_happens_no_attempt_is_given_twice_and_no_bound_is_passed(steps: list[tuple[str, int]]) -> None:
    capacity = Capacity(attempts=3, challenges=2, weight=5_000)
    bank = [replace(BLANK, slug=f"c{n}") for n in range(5)]

    async def play() -> list[int]:
        stock, given_out = Stock(Maker(size=700), capacity), list[int]()
        for step, at in steps:
            if step == "want":
                stock.want(bank[at])
            elif step == "let":
                await asyncio.sleep(0)
            elif (one := stock.take(bank[at])) is not None:
                given_out.append(one.drawn.entropy)
            assert len(stock._shelves) <= capacity.challenges
            assert stock.weight <= capacity.weight
            assert all(len(shelf.attempts) <= capacity.attempts for shelf in stock._shelves.values())
        await stock.close()
        return given_out

    numbers = asyncio.run(play())
    assert len(set(numbers)) == len(numbers)


async def test_what_was_wanted_longest_ago_is_forgotten_first(challenge: Challenge) -> None:
    stock = Stock(Maker(), Capacity(attempts=2, challenges=2))
    for number in (0, 1, 0, 2):
        stock.want(named(challenge, number))
        await stock.settled()
    assert [len(taken(stock, named(challenge, n))) for n in range(3)] == [2, 0, 1]


async def test_heavy_attempts_drive_out_others_and_never_pass_the_bound(challenge: Challenge) -> None:
    one = weight_of(attempt(0, 1000))
    stock = Stock(Maker(size=1000), Capacity(attempts=8, weight=5 * one))
    stock.want(named(challenge, 1))
    await stock.settled()
    stock.want(named(challenge, 2))
    await stock.settled()
    assert stock.weight == 4 * one
    assert [len(taken(stock, named(challenge, n))) for n in (1, 2)] == [0, 4]


async def test_what_is_too_heavy_alone_is_not_made_again_and_again(challenge: Challenge) -> None:
    make = Maker(size=10_000)
    stock = Stock(make, Capacity(weight=5_000))
    for _ in range(3):
        stock.want(challenge)
        await stock.settled()
    assert (make.asked, stock.weight, taken(stock, challenge)) == ([("add", 4)], 0, [])


async def test_changed_content_gets_none_of_the_attempts_of_before(challenge: Challenge) -> None:
    stock = Stock(Maker(), Capacity())
    stock.want(challenge)
    await stock.settled()
    changed = replace(challenge, solution=challenge.solution + "\n")
    same = replace(challenge)
    assert (stock.take(changed), stock.take(same)) == (None, attempt(0))


async def test_one_refill_waits_for_another(challenge: Challenge) -> None:
    make = Maker(gate=asyncio.Event())
    stock = Stock(make, Capacity())
    for number in range(3):
        stock.want(named(challenge, number))
    for _ in range(5):
        await asyncio.sleep(0)
    assert make.asked == [("add-0", 4)]
    make.gate.set()
    await stock.settled()
    assert make.asked == [("add-0", 4), ("add-1", 4), ("add-2", 4)]


async def test_a_refill_that_fails_is_logged_and_tried_again_when_wanted(
    challenge: Challenge, caplog: pytest.LogCaptureFixture
) -> None:
    make = Maker(fault=ValueError("broken"))
    stock = Stock(make, Capacity())
    stock.want(challenge)
    await stock.settled()
    assert stock.take(challenge) is None
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("WARNING", "no attempts of add could be prepared")
    ]
    make.fault = None
    stock.want(challenge)
    await stock.settled()
    assert len(taken(stock, challenge)) == 4


async def test_fewer_than_asked_for_are_kept_all_the_same(challenge: Challenge) -> None:
    stock = Stock(Maker(lacking=3), Capacity())
    stock.want(challenge)
    await stock.settled()
    assert len(taken(stock, challenge)) == 1


async def test_closing_stops_what_is_being_made(challenge: Challenge, caplog: pytest.LogCaptureFixture) -> None:
    stock = Stock(Maker(gate=asyncio.Event()), Capacity())
    stock.want(challenge)
    stock.want(named(challenge, 1))
    await asyncio.sleep(0)
    await stock.close()
    assert (stock._refills, stock._shelves, caplog.records) == ({}, {}, [])


# ---- what a batch is, and how it is read


async def test_a_batch_gives_each_attempt_what_it_would_have_alone(challenge: Challenge, local: Run) -> None:
    drawn = draw(challenge, (1, 2, 3))
    attempts = read_batch(drawn, await local(batch_job(challenge, drawn)), {})
    assert [one.drawn for one in attempts] == list(drawn)
    for one in attempts:
        job = trusted_job(challenge, one.drawn.cases, one.drawn.entropy, {"reference": challenge.solution})
        assert one.expected == reference_values(one.drawn.cases, await local(job))
        assert len(one.expected) == 8


async def test_chance_in_a_batch_is_what_it_is_alone(challenge: Challenge) -> None:
    source = (
        "import random\nimport numpy as np\ndef add(a, b):\n    return [random.random(), float(np.random.rand())]\n"
    )
    task, run = replace(challenge, solution=source, profile=Profile.NUMPY), ColdRunner().run
    drawn = draw(task, (1, 2))
    attempts = read_batch(drawn, await run(batch_job(task, drawn)), {})
    for one in attempts:
        job = trusted_job(task, one.drawn.cases, one.drawn.entropy, {"reference": source})
        assert one.expected == reference_values(one.drawn.cases, await run(job))
    assert attempts[0].expected["c0"] == attempts[0].expected["c1"] != attempts[1].expected["c0"]


async def test_a_driver_drives_the_reference_of_a_batch(challenge: Challenge, local: Run) -> None:
    driven = replace(challenge, driver="def drive(learner, a, b):\n    return [learner.add(a, b)] * 2\n")
    drawn = draw(driven, (1,))
    (one,) = read_batch(drawn, await local(batch_job(driven, drawn)), {})
    assert one.expected["c0"] == [5, 5]


def test_a_batch_is_one_call_for_an_attempt_seeded_by_its_own_entropy(challenge: Challenge) -> None:
    drawn = draw(challenge, (11, 12))
    job = batch_job(challenge, drawn)
    assert [(call.id, call.seed, call.group) for call in job.calls] == [
        ("0", box_seed(11), "trusted"),
        ("1", box_seed(12), "trusted"),
    ]
    assert job.calls[1].args[4] == [case.args for case in drawn[1].cases]
    assert job.limits.result_bytes == 2 * challenge.limits.result_bytes


@pytest.mark.parametrize(
    "back",
    [
        None,
        Returned(id="1", outcome=Outcome.ERROR),
        Returned(id="1", outcome=Outcome.TIMEOUT, value=[0] * 8),
        Returned(id="1", outcome=Outcome.OK, value=[0] * 7),
        Returned(id="1", outcome=Outcome.OK, value="12345678"),
    ],
)
async def test_an_attempt_without_every_value_of_the_reference_is_left_out(
    challenge: Challenge, local: Run, back: Returned | None
) -> None:
    drawn = draw(challenge, (1, 2, 3))
    result = await local(batch_job(challenge, drawn))
    first, _second, third = result.returned
    read = read_batch(drawn, replace(result, returned=(first, *filter(None, [back]), third)), None)
    assert [one.drawn for one in read] == [drawn[0], drawn[2]]


async def both(challenge: Challenge, run: Run) -> tuple[tuple[Case, ...], Result, Result]:
    """The visible cases, and what known mistakes answer to them with one seed and with another."""
    (drawn,) = draw(challenge, (1,))
    visible = tuple(case for case in drawn.cases if case.visible)
    one, other = [await run(trusted_job(challenge, visible, seed, returning(challenge))) for seed in (1, 2)]
    return visible, one, other


async def test_what_known_mistakes_answer_is_kept_without_what_nobody_compares(
    challenge: Challenge, local: Run
) -> None:
    visible, one, other = await both(challenge, local)
    known = steady(challenge, visible, one, other)
    assert known == {
        **{
            f"multiplies/c{n}": Returned(id=f"multiplies/c{n}", outcome=Outcome.OK, value=v)
            for n, v in enumerate((6, 0))
        },
        **{
            f"forgets_second/c{n}": Returned(id=f"forgets_second/c{n}", outcome=Outcome.OK, value=v)
            for n, v in enumerate((2, 0))
        },
        **{
            f"divides/c{n}": Returned(
                id=f"divides/c{n}", outcome=Outcome.ERROR, fault=Fault(type="ZeroDivisionError", message="")
            )
            for n in range(2)
        },
    }


@pytest.mark.parametrize(
    "change",
    [
        {"value": 7},  # another answer with another seed
        {"outcome": Outcome.TIMEOUT, "fault": Fault(type="NotRun", message="")},
        {"outcome": Outcome.INTERNAL},
        {"id": "nobody/c1"},  # one that did not come back
    ],
)
@pytest.mark.parametrize("which", [0, 1])
async def test_mistakes_that_leave_it_to_chance_or_never_ran_are_asked_each_time(
    challenge: Challenge, local: Run, change: dict[str, Any], which: int
) -> None:
    visible, *runs = await both(challenge, local)
    cut = tuple(replace(back, **change) if back.id == "multiplies/c1" else back for back in runs[which].returned)
    runs[which] = replace(runs[which], returned=cut)
    assert steady(challenge, visible, *runs) is None


def test_an_attempt_weighs_its_inputs_and_its_answers() -> None:
    light, inputs = attempt(1), attempt(1, 10_000)
    answers = replace(light, expected={"c0": np.zeros(1250)})
    known = {"slip/c0": Returned(id="slip/c0", outcome=Outcome.OK, value="x" * 10_000)}
    slips = replace(light, known=known)
    assert weight_of(light) < 1_000
    assert min(weight_of(heavy) - weight_of(light) for heavy in (inputs, answers, slips)) >= 10_000 - 8


def apart(challenge: Challenge, one: Drawn) -> Job:
    """The reference on the same cases, each in a fork of its own."""
    job = trusted_job(challenge, one.cases, one.entropy, {"reference": challenge.solution})
    return replace(job, calls=tuple(replace(call, group="") for call in job.calls))


@pytest.mark.parametrize(
    "profile",
    [Profile.STDLIB, *(pytest.param(p, marks=pytest.mark.slow) for p in Profile if p is not Profile.STDLIB)],
)
async def test_the_reference_answers_in_a_shared_fork_as_it_does_alone(profile: Profile) -> None:
    bank = {slug: one for slug, one in load_challenges(DATA)[0].items() if one.profile is profile}
    differing = {}
    async with WarmRunner() as runner:
        await runner.warm_up(profile)
        for slug, challenge in bank.items():
            drawn = draw(challenge, (1, 2))
            shared = read_batch(drawn, await runner.run(batch_job(challenge, drawn)), {})
            assert len(shared) == 2, slug
            alone = reference_values(drawn[1].cases, await runner.run(apart(challenge, drawn[1])))
            differing[slug] = difference(alone, shared[1].expected, EXACT)
    assert bank
    assert {slug: said for slug, said in differing.items() if said} == {}


BLANK = Challenge(
    slug="", title="", level="easy", minutes=1, section="", heading="", concepts=(), entry="f", profile="stdlib",
    compare=EXACT, keep_inputs=True, limits=Job(source="").limits, hints=(), wrong=(), statement="", starter="",
    solution="", cases="",
)  # fmt: skip


async def test_a_result_of_a_batch_that_never_ran_gives_no_attempt(challenge: Challenge) -> None:
    lost = Result(outcome=Outcome.INTERNAL, isolation="none")
    assert read_batch(draw(challenge, (1, 2)), lost, None) == ()
