"""Three processes on one database, killed at any moment, miss nothing and send nothing twice, as Discord and Slack count."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest

from bot.schedule.kinds import Kind
from bot.store import Posting, Spot, Store
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.slack_server import FakeSlack

ROOT = Path(__file__).parents[3]
DAY = datetime(2026, 3, 2, 6, tzinfo=UTC)  # a Monday
KINDS = (Kind.QUESTION, Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP)
LONGEST_SHIFT = timedelta(minutes=2)
TITLE = re.compile(r"(question|challenge|reveal|recap) (\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class Plan:
    """How hard to try: so many places on the two platforms together, so many kills, and how fast the clock runs."""

    places: int
    kills: int
    every_s: float
    speed: float
    careful: bool = True
    lease_s: float = 0.6
    dwell_s: float = 0.15

    @property
    def span(self) -> timedelta:
        """The time, of the fast clock, over which posts come."""
        return timedelta(seconds=self.kills * self.every_s * self.speed)


async def set_up(plan: Plan, store: Store, spots: list[Spot]) -> set[tuple[str, str, str]]:
    """Let every kind come to every place at some minute of the time that there is."""
    expected, many = set(), len(spots) * len(KINDS)
    for n, spot in enumerate(spots):
        await store.ensure_group(spot.platform, spot.external_id, "Group")
        await store.places.set_posting(spot, Posting(channel=spot.channel, hour=6))
        for m, kind in enumerate(KINDS):
            at = DAY + timedelta(minutes=1) + plan.span * ((n + m * len(spots)) / many)
            weekdays = frozenset({0}) if kind is Kind.RECAP else frozenset(range(7))
            await store.deliveries.set_schedule(spot, kind, clock_time(at.hour, at.minute), weekdays)
            expected.add((spot.channel, kind.value, "2026-03-02"))
    return expected


def arrived(fake_discord: FakeDiscord, fake_slack: FakeSlack, spots: list[Spot]) -> Counter[tuple[str, str, str]]:
    """What the platforms show, as channel, kind and date."""
    texts = [
        (str(m.channel.id), m.text)
        for m in fake_discord.world.messages.values()
        if not m.deleted and not m.channel.parent
    ]
    for spot in spots:
        if spot.platform == "slack":
            texts += [(spot.channel, m.text) for m in fake_slack.messages(spot.channel) if not m.thread_ts]
    return Counter((channel, found[1], found[2]) for channel, text in texts if (found := TITLE.search(text)))


@dataclass(frozen=True)
class Outcome:
    """What should have arrived, what did, how often a post was begun again, and Slack as it was left."""

    expected: set[tuple[str, str, str]]
    found: Counter[tuple[str, str, str]]
    again: int
    slack: FakeSlack

    @property
    def faults(self) -> dict[str, int]:
        """Count what went wrong."""
        return {
            "missed": len(self.expected - self.found.keys()),
            "doubled": sum(n - 1 for n in self.found.values()),
            "uncalled for": len(self.found.keys() - self.expected),
        }


async def begun_again(database: Path) -> int:
    """How many attempts there were beyond the first of each post."""
    store = await Store.open(database, now=lambda: DAY)
    found = await store._read(lambda db: db.execute("SELECT sum(tries - 1) FROM delivery").fetchall())
    await store.close()
    return int(found[0][0])


async def torment(plan: Plan, folder: Path) -> Outcome:
    """Let posts come while processes are killed."""
    async with FakeDiscord() as fake_discord, FakeSlack() as fake_slack:
        spots = []
        for n in range(plan.places):
            if n % 2:
                channel = fake_discord.world.add_channel(fake_discord.guild, f"c{n}")
                spots.append(Spot("discord", str(fake_discord.guild.id), str(channel.id)))
            else:
                spots.append(Spot("slack", "T1", fake_slack.add_channel(f"C{n + 100}", f"c{n}").id))
        store = await Store.open(folder / "bot.db", now=lambda: DAY)
        expected = await set_up(plan, store, spots)
        await store.close()
        orders = {
            "database": str(folder / "bot.db"), "discord_url": fake_discord.api_url, "discord_token": fake_discord.token,
            "slack_url": fake_slack.api_url, "slack_token": fake_slack.bot_token, "day": DAY.isoformat(),
            "speed": plan.speed, "lease_s": plan.lease_s, "dwell_s": plan.dwell_s, "kills": plan.kills,
            "every_s": plan.every_s, "careful": plan.careful,
        }  # fmt: skip
        killer = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bot.schedule.chaos", json.dumps(orders), cwd=ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        ticking = asyncio.create_task(pass_time(fake_discord, plan.speed))
        assert killer.stdout is not None
        assert await killer.stdout.readline() == b"killed\n"
        last = time.monotonic() + 20
        while time.monotonic() < last and not expected <= arrived(fake_discord, fake_slack, spots).keys():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await asyncio.sleep(2 * plan.lease_s)  # whoever would send something twice has the time to
        await killer.communicate(b"")
        ticking.cancel()
        assert killer.returncode == 0
        again = await begun_again(folder / "bot.db")
        return Outcome(expected, arrived(fake_discord, fake_slack, spots), again, fake_slack)


async def pass_time(fake: FakeDiscord, speed: float) -> None:
    """Let Discord's clock run as fast as ours, so that it forgets nonces."""
    before = time.monotonic()
    while True:
        await asyncio.sleep(0.05)
        fake.clock.move((time.monotonic() - before) * speed)
        before = time.monotonic()


FINE = {"missed": 0, "doubled": 0, "uncalled for": 0}
SHORT = Plan(places=12, kills=16, every_s=0.2, speed=1200)
CARELESS = Plan(places=12, kills=10, every_s=0.2, speed=1800, careful=False, dwell_s=0.6)
LONG = Plan(places=48, kills=150, every_s=0.35, speed=600, lease_s=1.0, dwell_s=0.6)


async def test_killed_processes_miss_nothing_and_send_nothing_twice(tmp_path: Path) -> None:
    came = await torment(SHORT, tmp_path)
    assert (came.faults, came.found.total(), came.again > 0) == (FINE, 48, True)
    threads = Counter(m.thread_ts for n in range(0, 12, 2) for m in came.slack.messages(f"C{n + 100}") if m.thread_ts)
    assert set(threads.values()) == {1}


@pytest.mark.slow
async def test_a_hundred_and_fifty_kills_miss_nothing_and_double_nothing(tmp_path: Path) -> None:
    came = await torment(LONG, tmp_path)
    assert (came.faults, came.found.total(), came.again > 10) == (FINE, 192, True)


async def test_the_control_without_marks_and_keys_some_arrive_twice(tmp_path: Path) -> None:
    came = await torment(CARELESS, tmp_path)
    assert (came.faults["missed"], came.faults["doubled"] > 0) == (0, True)
