"""Platforms beside each other: one fails, reconnects, is refused or hangs, and the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bot.config import ConfigError
from bot.platforms.port import Host, Post, Posted, PostError
from bot.serving import Pace, beside, pause_before, run_hosts

Life = Callable[[asyncio.Event], Awaitable[None]]


async def until_stopped(stop: asyncio.Event) -> None:
    """A life without events."""
    await stop.wait()


async def breaks(stop: asyncio.Event) -> None:
    """A life that ends with the connection."""
    raise ConnectionError("the socket is gone")


async def refused(stop: asyncio.Event) -> None:
    """A life that the platform does not allow."""
    raise ConfigError("The token was refused. Make a new one.")


async def deaf(stop: asyncio.Event) -> None:
    """A life that never listens."""
    await asyncio.Event().wait()


@dataclass
class Lives:
    """A host that lives as it is told, one life after another, and the last one again and again."""

    name: str
    lives: list[Life]
    begun: int = 0
    reached: dict[int, asyncio.Event] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Live once."""
        life = self.lives[min(self.begun, len(self.lives) - 1)]
        self.begun += 1
        self.times(self.begun).set()
        await life(stop)

    def times(self, count: int) -> asyncio.Event:
        """Set once it was started so often."""
        return self.reached.setdefault(count, asyncio.Event())

    async def check(self, channel: str) -> tuple[str, ...]:
        """Nothing is ever missing."""
        return ()

    async def post(self, post: Post) -> Posted:
        """Nothing ever arrives."""
        raise PostError("no post here", lasting=True)


def noted(pauses: list[float]) -> Pace:
    """Note each pause instead of making it."""

    async def pause(seconds: float, stop: asyncio.Event) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    return Pace(pause=pause, drain_s=0.05)


@pytest.fixture
def stop() -> asyncio.Event:
    return asyncio.Event()


async def test_one_that_fails_again_and_again_is_started_again_while_the_other_goes_on(stop) -> None:
    weak, sound, pauses = Lives("discord", [breaks, breaks, breaks, until_stopped]), Lives("slack", [until_stopped]), []
    hosts: list[Host] = [weak, sound]
    running = asyncio.create_task(run_hosts(hosts, stop, noted(pauses)))
    await weak.times(4).wait()
    stop.set()
    assert (await running, weak.begun, sound.begun, pauses) == ({}, 4, 1, [1.0, 2.0, 4.0])


async def test_one_that_returns_unasked_is_started_again(stop) -> None:
    async def returns(stop: asyncio.Event) -> None:
        return

    host = Lives("slack", [returns, until_stopped])
    running = asyncio.create_task(run_hosts([host], stop, noted([])))
    await host.times(2).wait()
    stop.set()
    assert (await running, host.begun) == ({}, 2)


async def test_a_refused_account_ends_its_platform_alone(stop) -> None:
    bad, sound = Lives("discord", [refused]), Lives("slack", [until_stopped])
    running = asyncio.create_task(run_hosts([bad, sound], stop, noted([])))
    await sound.times(1).wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert (running.done(), bad.begun) == (False, 1)
    stop.set()
    assert {name: str(fault) for name, fault in (await running).items()} == {
        "discord": "The token was refused. Make a new one."
    }


async def test_when_all_are_refused_nothing_is_left_to_wait_for(stop) -> None:
    both = [Lives("discord", [refused]), Lives("slack", [breaks, refused])]
    assert set(await run_hosts(both, stop, noted([]))) == {"discord", "slack"}


async def test_work_under_way_is_finished_after_the_signal(stop) -> None:
    finished = []

    async def careful(stop: asyncio.Event) -> None:
        await stop.wait()
        await asyncio.sleep(0)
        finished.append("the last request")

    host = Lives("discord", [careful])
    running = asyncio.create_task(run_hosts([host], stop, noted([])))
    await host.times(1).wait()
    stop.set()
    await running
    assert finished == ["the last request"]


async def test_one_that_does_not_listen_is_cut_short_and_the_careful_one_is_not(stop) -> None:
    hosts = [Lives("discord", [deaf]), Lives("slack", [until_stopped])]
    running = asyncio.create_task(run_hosts(hosts, stop, noted([])))
    await hosts[0].times(1).wait()
    stop.set()
    assert await asyncio.wait_for(running, 5) == {}


async def test_beside_something_else_hosts_live_as_long_as_that(stop) -> None:
    host = Lives("discord", [breaks, until_stopped])
    async with beside([host], noted([])):
        await host.times(2).wait()
    assert host.begun == 2


async def test_cancelling_the_whole_leaves_no_host_behind(stop) -> None:
    ended = []

    async def noticing(stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    host = Lives("discord", [noticing])
    running = asyncio.create_task(run_hosts([host], stop, noted([])))
    await host.times(1).wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended == ["cancelled"]


def test_pauses_double_up_to_a_minute() -> None:
    assert [pause_before(n) for n in (1, 2, 3, 6, 7, 8, 10**6)] == [1, 2, 4, 32, 60, 60, 60]
