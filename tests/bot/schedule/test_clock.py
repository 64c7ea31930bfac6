"""The engine ticks while something else goes on, the upkeep runs once a day in one process, and no failure ends either."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.schedule.clock import run_due, ticking
from bot.schedule.engine import Engine, Terms
from bot.schedule.kinds import Job
from bot.services import Services
from bot.store import StoreError
from tests.bot.schedule.conftest import A_WHILE, BUILDERS, NINE, TEAM, World


async def test_what_is_due_is_sent_by_itself_and_the_end_is_in_good_order(world: World) -> None:
    await world.set_up()
    services = world.services()
    engine = Engine(services, BUILDERS, owner="one", terms=Terms(drain_s=1))
    arrived = asyncio.Event()
    usual = world.slack.post

    async def post(one: Any) -> Any:
        arrived.set()
        return await usual(one)

    world.slack.post = post  # type: ignore[method-assign]
    async with ticking(engine, services, (), tick_s=0.01):
        world.clock.to(9)
        world.clock.forward(seconds=A_WHILE)
        async with asyncio.timeout(5):
            await arrived.wait()
    assert await world.deliveries() == [("question", "2026-03-02", "sent", 1)]


async def test_a_tick_that_fails_is_followed_by_one_that_does_not(world: World) -> None:
    await world.set_up()
    services = world.services()
    engine = Engine(services, BUILDERS, owner="one")
    ticks, enough = 0, asyncio.Event()

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks > 2:
            enough.set()
        raise StoreError("busy", world.store.path, "wait")

    engine.tick = tick  # type: ignore[method-assign]
    async with ticking(engine, services, (), tick_s=0.01), asyncio.timeout(5):
        await enough.wait()


def jobs(ran: list[str]) -> list[Job]:
    """A job that works, after one that does not."""

    async def fail(services: Services) -> None:
        ran.append("fails")
        raise ValueError("no")

    async def work(services: Services) -> None:
        assert services.store is not None
        ran.append("works")

    return [Job("fails", 3, fail), Job("works", 4, work)]


async def test_upkeep_runs_once_a_day_from_its_hour_on_and_one_failure_stops_no_other(world: World) -> None:
    ran: list[str] = []
    one, other = world.services(), world.services()
    world.clock.to(2)
    for _ in range(3 * 24):
        await run_due(one, jobs(ran))
        await run_due(other, jobs(ran))
        world.clock.forward(hours=1)
    assert ran == ["fails", "works"] * 3


async def test_upkeep_that_was_missed_is_made_up_for_once(world: World) -> None:
    ran: list[str] = []
    await run_due(world.services(), jobs(ran))  # heard of for the first time: nothing is due yet
    assert ran == []
    world.clock.to(23, days=4)
    await run_due(world.services(), jobs(ran))
    await run_due(world.services(), jobs(ran))
    assert ran == ["fails", "works"]


async def test_upkeep_is_part_of_what_ticks(world: World) -> None:
    ran: list[str] = []
    services, done = world.services(), asyncio.Event()
    await run_due(services, jobs(ran))
    world.clock.forward(days=1)

    async def last(services: Services) -> None:
        done.set()

    await run_due(services, [Job("last", 5, last)])
    world.clock.forward(days=1)
    async with ticking(
        Engine(services, BUILDERS, owner="one"), services, [*jobs(ran), Job("last", 5, last)], upkeep_s=0.01
    ):
        async with asyncio.timeout(5):
            await done.wait()
    assert ran == ["fails", "works"]


async def test_a_store_that_cannot_be_planned_does_not_keep_the_bot_from_serving(world: World) -> None:
    services = world.services()
    engine = Engine(services, BUILDERS, owner="one")

    async def begin() -> None:
        raise StoreError("busy", world.store.path, "wait")

    engine.begin = begin  # type: ignore[method-assign]
    async with ticking(engine, services, ()):
        await world.set_up(posting=replace(NINE, hour=10))
    assert [one.active for one in await world.store.deliveries.schedules_of(TEAM)] == [True, False, False, False]


@pytest.mark.parametrize("hour", [0, 23])
async def test_a_job_may_be_due_at_any_hour(world: World, hour: int) -> None:
    claims = [await world.store.deliveries.claim_job("job", hour)]
    for _ in range(48):
        world.clock.forward(hours=1)
        claims.append(await world.store.deliveries.claim_job("job", hour))
    assert sum(claims) == 2
