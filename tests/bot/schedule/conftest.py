"""A group whose posts are set up, hosts that only remember, and engines on one store that stand for processes."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.cards import NoticeCard
from bot.platforms.port import Host, Post, Posted
from bot.schedule.engine import Engine, Terms
from bot.schedule.kinds import Built, Delivery, Kind
from bot.services import Services
from bot.store import Posting, Spot, Store

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
TEAM = Spot("slack", "T1")
GUILD = Spot("discord", "77")
ONLY_QUESTION = (Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP)
NINE = Posting(channel="C1", hour=9, tz="UTC")
A_WHILE = 180  # seconds after which whatever is due at a minute was sent


@dataclass
class Clock:
    """A clock that moves only when told."""

    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)

    def to(self, hour: int, minute: int = 0, *, days: int = 0) -> None:
        self.at = datetime.combine(self.at.date() + timedelta(days=days), time(hour, minute), UTC)


class Killed(BaseException):
    """The process is gone: nothing after it happens."""


@dataclass
class FakeHost:
    """A platform that keeps what arrives, knows a repeat by its key, and fails when told."""

    name: str
    arrived: list[Post] = field(default_factory=list)
    before: list[BaseException] = field(default_factory=list)  # raised instead of sending
    after: list[BaseException] = field(default_factory=list)  # raised once it was sent
    asked: int = 0
    dedupes: bool = True
    ready: bool = True

    async def run(self, stop: Any) -> None:
        await stop.wait()

    async def check(self, channel: str) -> tuple[str, ...]:
        return ()

    async def direct(self, person: str, post: Post) -> Posted:
        assert post.channel == person
        return await self.post(post)

    async def post(self, post: Post) -> Posted:
        self.asked += 1
        if self.before:
            raise self.before.pop(0)
        keys = [one.key for one in self.arrived]
        if not (self.dedupes and post.key in keys):
            self.arrived.append(post)
            keys.append(post.key)
        if self.after:
            raise self.after.pop(0)
        return Posted(f"m{keys.index(post.key) + 1}")

    @property
    def titles(self) -> list[str]:
        return [card.title for post in self.arrived for card in post.cards if isinstance(card, NoticeCard)]


def card_of(delivery: Delivery) -> str:
    return f"{delivery.kind} {delivery.local_date} {delivery.item_id}".strip()


async def plain(services: Services, delivery: Delivery) -> Built | None:
    """Show kind, date and item; the item is the first of anybody's choosing."""
    item = delivery.item_id or f"item-{services.entropy()}"
    card = NoticeCard(title=f"{delivery.kind} {delivery.local_date} {item}", text="text")
    return Built(Post(channel="elsewhere", cards=(card,), key="whatever"), item)


BUILDERS = dict.fromkeys(Kind, plain)


@dataclass
class World:
    """One store, its hosts, and as many engines as a test starts."""

    store: Store
    clock: Clock
    slack: FakeHost
    discord: FakeHost
    numbers: Any = field(default_factory=itertools.count)

    def services(self, hosts: Mapping[str, FakeHost] | None = None) -> Services:
        served = {"slack": self.slack, "discord": self.discord} if hosts is None else hosts
        nothing = cast("Any", None)
        return Services(
            store=self.store,
            track=nothing,
            challenges={},
            run=nothing,
            grader=nothing,
            tutor=nothing,
            now=self.clock,
            entropy=lambda: next(self.numbers),
            hosts=cast("dict[str, Host]", dict(served)),
        )

    async def engine(self, builders: Mapping[Kind, Any] = BUILDERS, **hosts: FakeHost) -> Engine:
        engine = Engine(
            self.services(hosts or None), builders, owner=f"process {next(self.numbers)}", terms=Terms(drain_s=0.01)
        )
        await engine.begin()
        return engine

    async def tick(self, engine: Engine, times: int = 1) -> None:
        for _ in range(times):
            await engine.tick()
            await engine.settled()

    async def set_up(self, spot: Spot = TEAM, posting: Posting = NINE, *, only: Kind | None = Kind.QUESTION) -> None:
        await self.store.ensure_group(spot.platform, spot.external_id, "Garden club")
        await self.store.places.set_posting(spot, posting)
        for kind in Kind:
            if only and kind is not only:
                await self.store.deliveries.pause(spot, kind)

    async def deliveries(self) -> list[tuple[str, str, str, int]]:
        """Every delivery: kind, local date, state, tries."""

        def read(db: Any) -> list[tuple[str, str, str, int]]:
            found = db.execute("SELECT kind, local_date, state, tries FROM delivery ORDER BY due_at, id").fetchall()
            return [tuple(row) for row in found]

        return await self.store._read(read)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def world(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    store = await Store.open(tmp_path / "bot.db", now=clock)
    yield World(store, clock, FakeHost("slack"), FakeHost("discord"))
    await store.close()
