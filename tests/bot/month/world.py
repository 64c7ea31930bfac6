"""A program on four hosts and the time that passes for it: started, stopped and started again over one database.

Discord and Slack are stand-ins that speak the real protocols; the page and the terminal are their own last step before the
dispatcher. Nothing sleeps: one clock moves when told, and with it the engine ticks and the upkeep runs.
"""

from __future__ import annotations

import asyncio
import itertools
import pickle
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import LOCAL_PLACE, MAINTENANCE, SAMPLE_MEMBERS
from bot.commands import discover
from bot.dispatch import Dispatcher
from bot.platforms.discord.host import DiscordHost
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.slack.connection import Timing
from bot.platforms.slack.host import SlackHost
from bot.platforms.slack.options import SlackOptions
from bot.schedule.clock import run_due
from bot.schedule.engine import Engine
from bot.schedule.posts import BUILDERS
from bot.services import Services
from bot.serving import run_hosts
from bot.store import Store
from bot.tutor import Tutor
from challenges.grade import NO_STOCK, Grader
from challenges.model import Challenge
from quizzes.items import Track
from runner import Job, Result, Run
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import Clock as DiscordClock
from tests.fakes.slack_server import FakeSlack

BEGIN = datetime(2026, 10, 10, 6, tzinfo=UTC)  # a Saturday, eight in the morning in Paris
TICKS = (3, 18, 33)  # minutes of each hour at which the engine ticks; posts are sent within two of the full one
HIDDEN = 7  # all hidden inputs are drawn from it, so that the same code is the same job
QUICK = Timing(ping=30.0, watch=5.0, drain=5.0, close=2.0, again=0.05, most=2.0)


@dataclass
class Clock:
    """The one clock there is."""

    at: datetime = BEGIN

    def __call__(self) -> datetime:
        """The present instant."""
        return self.at

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


class Following(DiscordClock):
    """Discord's clock, which is ours."""

    def __init__(self, ours: Clock) -> None:
        super().__init__(ours.at)
        self._ours = ours

    def now(self) -> datetime:
        """The time it is there."""
        return self._ours.at


@dataclass
class Boxes:
    """Runs code in real boxes, once: the same code with the same inputs gives again what was recorded the first time."""

    box: Run
    ran: int = 0
    recorded: dict[bytes, Result] = field(default_factory=dict)
    replayed: int = 0

    async def run(self, job: Job) -> Result:
        """Run one job, or remember it."""
        key = pickle.dumps(job)
        if key in self.recorded:
            self.replayed += 1
        else:
            self.ran += 1
            self.recorded[key] = await self.box(job)
        return self.recorded[key]


async def _nothing() -> None:
    """Do nothing."""


@dataclass
class Program:
    """What is there between a start and the stop that follows it."""

    store: Store
    dispatcher: Dispatcher
    engine: Engine
    slack: SlackHost
    stop: asyncio.Event
    serving: asyncio.Task[Any]

    @property
    def services(self) -> Services:
        """Everything commands may use."""
        return self.dispatcher.services


@dataclass
class World:
    """Both platforms, the database's folder, and the program while it is up."""

    home: Path
    track: Track
    bank: dict[str, Challenge]
    clock: Clock
    discord: FakeDiscord
    slack: FakeSlack
    boxes: Boxes
    keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    bits: itertools.count[int] = field(default_factory=lambda: itertools.count(7))
    starts: int = 0
    after_upkeep: Callable[[], Awaitable[None]] = _nothing
    program: Program | None = None

    @property
    def up(self) -> Program:
        """The program; it has to be up."""
        assert self.program is not None, f"the program is down at {self.clock()}"
        return self.program

    @property
    def store(self) -> Store:
        """The database behind it."""
        return self.up.store

    async def start(self) -> None:
        """Start the program as `epochbot serve` does, on the clock of this world."""
        self.starts += 1
        store = await Store.open(self.home / "epochbot.sqlite3", now=self.clock)
        await store.privacy.reapply_erasures()
        place = {"platform": LOCAL_PLACE.platform, "external_id": LOCAL_PLACE.external_id}
        await store.seed_demo_group(SAMPLE_MEMBERS, name=LOCAL_PLACE.name, **place)
        dispatcher = Dispatcher(self._services(store), discover())
        discord, slack = self._hosts(dispatcher)
        dispatcher.services.hosts.update({discord.name: discord, slack.name: slack})
        engine = Engine(dispatcher.services, BUILDERS, owner=f"process {self.starts}")
        stop, sockets = asyncio.Event(), self.slack.wire.connections
        serving = asyncio.create_task(run_hosts([discord, slack], stop))
        await self.discord.ready(sessions=self.starts)
        await self.slack.connected(sockets + 1)
        await engine.begin()
        self.program = Program(store, dispatcher, engine, slack, stop, serving)
        await self.tick()

    def _services(self, store: Store) -> Services:
        grader = Grader(self.boxes.run, lambda: HIDDEN, capacity=NO_STOCK)
        return Services(
            store=store, track=self.track, challenges=self.bank, run=self.boxes.run, grader=grader, tutor=Tutor(),
            now=self.clock, entropy=lambda: next(self.bits),
        )  # fmt: skip

    def _hosts(self, dispatcher: Dispatcher) -> tuple[DiscordHost, SlackHost]:
        there, here = self.discord, self.slack
        d = DiscordOptions(there.token, there.api_url, there.gateway_url, state=self.home / "discord", shard_count=1)
        s = SlackOptions(here.bot_token, here.app_token, api_url=here.api_url, state=self.home / "slack")
        return (
            DiscordHost(dispatcher, d, now=self.clock, new_key=lambda: "unused"),
            SlackHost(dispatcher, s, now=self.clock, new_key=lambda: f"k{next(self.keys)}", timing=QUICK),
        )

    async def end(self) -> None:
        """Stop the program in good order."""
        program, self.program = self.up, None
        await program.engine.finish()
        program.stop.set()
        assert await program.serving == {}
        await program.services.grader.close()
        await program.store.close()

    async def tick(self) -> None:
        """Let the engine send what is due, if anybody is there to."""
        self._follow()
        if self.program is not None:
            await self.program.engine.tick()
            await self.program.engine.settled()

    async def until(self, instant: datetime) -> None:
        """Let time pass to an instant, with all that comes by itself meanwhile; it never goes back."""
        while (following := self._next_tick()) <= instant:
            self.clock.at = following
            await self.tick()
            if self.program is not None and following.minute == TICKS[0]:
                await run_due(self.program.services, MAINTENANCE)
                await self.after_upkeep()
        self.clock.at = max(self.clock.at, instant)
        self._follow()

    def _next_tick(self) -> datetime:
        hour = self.clock.at.replace(minute=0, second=0, microsecond=0)
        minutes = (hour + timedelta(minutes=minute) for minute in (*TICKS, 60 + TICKS[0]))
        return next(at for at in minutes if at > self.clock.at)

    def _follow(self) -> None:
        """Slack's clock runs with the real one, from ours."""
        self.slack.clock.ahead = self.clock.at.timestamp() - time.time()

    def wait(self, seconds: float) -> None:
        """Let somebody think for a moment."""
        self.clock.forward(seconds=seconds)
        self._follow()


@asynccontextmanager
async def opened(
    home: Path, track: Track, bank: dict[str, Challenge], box: Run, *, schema: bool = True
) -> AsyncIterator[World]:
    """A world whose program is up, until the end of the block; `schema` holds what Discord gets against its own."""
    clock = Clock()
    async with FakeDiscord(clock=Following(clock), schema=schema) as discord, FakeSlack() as slack:
        world = World(home, track, bank, clock, discord, slack, Boxes(box))
        world._follow()
        await world.start()
        try:
            yield world
        finally:
            if world.program is not None:
                await world.end()
