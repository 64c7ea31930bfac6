"""Whatever processes and clocks do, a post of a date is sent at most once; and once, if anybody lives while it can be."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.platforms.port import PostError
from bot.schedule.engine import Engine
from bot.schedule.kinds import Kind
from bot.schedule.plan import CATCH_UP, LONGEST_PAUSE, occurrence, spread
from bot.schedule.rule import ONE_DAY, Rule, local_date
from bot.store import Posting, Spot, Store
from bot.store.claims import Asking
from tests.bot.schedule.conftest import MONDAY, Clock, FakeHost, Killed, World

SPOTS = (("slack", "T1", "C1", 9, "America/Los_Angeles"), ("discord", "77", "88", 0, "Pacific/Apia"))
STEP = timedelta(minutes=7)
STEPS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 250)),  # of seven minutes, a tick after each
    st.tuples(st.just("sleep"), st.integers(1, 400)),  # the same without anybody alive
    st.tuples(st.just("jump"), st.integers(-3_000, 3_000)),  # the clock is set, by minutes
    st.tuples(st.just("die before"), st.just(1)),
    st.tuples(st.just("die after"), st.just(1)),
    st.tuples(st.just("refuse"), st.integers(1, 4)),
    st.tuples(st.just("die holding"), st.just(1)),
)


@dataclass
class Life:
    """The story of one store: who was alive, on the clock, from when to when."""

    world: World
    engine: Engine
    awake: list[tuple[datetime, datetime]] = field(default_factory=list)
    faults: int = 0  # attempts that go wrong, at the most

    async def act(self, what: str, n: int) -> None:
        """Let one thing happen."""
        clock, hosts = self.world.clock, (self.world.slack, self.world.discord)
        if what == "wait":
            began = clock()
            for _ in range(n):
                await self.tick()
                clock.forward(seconds=STEP.total_seconds())
            self.awake.append((began, clock()))
        elif what == "sleep":
            clock.forward(seconds=STEP.total_seconds() * n)
        elif what == "jump":
            clock.forward(minutes=n)
        elif what == "die holding":
            asking = Asking("dead", ("slack", "discord"), 9, timedelta(seconds=60))
            await self.world.store.deliveries.take(asking)
            self.engine = await self.world.engine()
        else:
            for host in hosts:
                fault = PostError("not now", lasting=False) if what == "refuse" else Killed()
                (host.after if what == "die after" else host.before).extend([fault] * n)
            self.faults += n

    async def tick(self) -> None:
        """Tick until nothing is left to do; a process that was killed is another one afterwards."""
        await self.engine.tick()
        sending = list(self.engine._sending.values())
        ended = await asyncio.gather(*sending, return_exceptions=True)
        if any(isinstance(end, Killed) for end in ended):
            self.engine = await self.world.engine()


async def live(steps: Sequence[tuple[str, int]], *, dedupes: bool = True) -> tuple[World, Life]:
    """Live through a story, and then for an hour in peace."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock(MONDAY)
        store = await Store.open(Path(folder) / "bot.db", now=clock)
        world = World(store, clock, FakeHost("slack", dedupes=dedupes), FakeHost("discord", dedupes=dedupes))
        for platform, place, channel, hour, tz in SPOTS:
            await world.set_up(Spot(platform, place), Posting(channel=channel, hour=hour, tz=tz))
        life = Life(world, await world.engine())
        for what, n in steps:
            await life.act(what, n)
        await life.act("wait", 9)
        await store.close()
        return world, life


def owed(life: Life, spot: tuple[str, str, str, int, str]) -> set[str]:
    """The keys of what could be sent, from some time to some later one, while somebody was awake long enough to."""
    platform, place, channel, hour, tz = spot
    rule, shift = Rule(time(hour), tz), spread(f"{platform}:{place}:{channel}")
    keys = set()
    for began, ended in life.awake:
        day = local_date(began, tz) - ONE_DAY
        while day <= local_date(ended, tz):
            found = occurrence(rule, day, shift, CATCH_UP)
            enough = LONGEST_PAUSE + (5 + life.faults) * STEP  # for leases to run out, and one attempt in each step
            if found.due > MONDAY and max(found.due, began) + enough < min(found.until, ended):
                keys.add(f"question:{platform}:{place}:{channel}:{day.isoformat()}")
            day += ONE_DAY
    return keys


def faults(steps: Sequence[tuple[str, int]], *, dedupes: bool = True) -> dict[str, object]:
    """What went wrong in a story."""
    world, life = asyncio.run(live(steps, dedupes=dedupes))
    sent = Counter(post.key for host in (world.slack, world.discord) for post in host.arrived)
    due = set().union(*(owed(life, spot) for spot in SPOTS))
    return {"missed": due - sent.keys(), "doubled": {key for key, n in sent.items() if n > 1}}


@settings(deadline=None)
@given(st.lists(STEPS, max_size=12))
@example([("sleep", 136), ("die holding", 1), ("jump", -784)])
def test_each_date_is_sent_at_most_once_and_once_if_it_can_be(steps: list[tuple[str, int]]) -> None:
    assert faults(steps) == {"missed": set(), "doubled": set()}


def test_the_control_without_the_platforms_memory_a_kill_after_sending_doubles() -> None:
    story = [("wait", 8), ("die after", 1), ("wait", 200)]
    assert faults(story) == {"missed": set(), "doubled": set()}
    assert faults(story, dedupes=False)["doubled"] != set()


def test_the_story_of_a_quiet_week_owes_and_sends_every_day() -> None:
    world, life = asyncio.run(live([("wait", 1440)]))
    owes = [len(owed(life, spot)) for spot in SPOTS]
    assert ([len(world.slack.arrived), len(world.discord.arrived)], owes) == ([7, 7], [7, 7])
    assert {post.cards[0].title.split()[0] for post in world.slack.arrived} == {Kind.QUESTION.value}
