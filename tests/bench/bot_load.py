"""Many learners answer at once through a real gateway: how soon each is acknowledged, and whether any answer is lost.

The stand-in for Discord runs in this process, the bot as a program of its own, as it does in use. The baseline is a bot
that acknowledges and does nothing else, asked the same in the same run.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.store import Store
from tests.fakes.discord_people import Seen
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import Message, User

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300.0
PREPARED_AT_A_TIME = 20
BUSY = 0.5  # processes that wish to run, for each core, before we begin: figures are then not to be trusted
PLATFORM, DATABASE = "discord", "epochbot.sqlite3"

Say = Callable[[str], None]
Act = Callable[[], Awaitable[Seen]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a load: milliseconds to each acknowledgement, and seconds until the last answer was complete."""

    acks_ms: list[float]
    whole_s: float

    def percentile(self, hundredth: int) -> float:
        """A percentile of the acknowledgements, in milliseconds."""
        return statistics.quantiles(self.acks_ms, n=100, method="inclusive")[hundredth - 1]


async def measure(home: Path, learners: int, rate: float, say: Say) -> dict[str, Any]:
    """Ask our bot and the bare one the same.

    Args:
        home: an empty folder for the database.
        learners: how many answer, each once.
        rate: how many of them a second in the steady round; in the other one, all at one moment.
    """
    busy = os.getloadavg()[0] > BUSY * len(os.sched_getaffinity(0))
    ours: dict[str, Answered] = {}
    bare: dict[str, Answered] = {}
    stored: list[int] = []
    for kind, per_s in (("steady", rate), ("burst", 0.0)):
        say(f"{kind}: {learners} learners and a bot that only acknowledges")
        async with _bare() as fake:
            heard = [
                partial(fake.slash, "answer", {"answer": "A"}, user=one, channel=fake.channel)
                for one in _people(fake, learners)
            ]
            bare[kind] = await _answers(heard, per_s)
        say(f"{kind}: {learners} learners and Epochbot; each is asked a question first")
        folder = home / kind
        async with _ours(folder) as fake:
            people = _people(fake, learners)
            asked = await _asked(fake, people)
            clicks = [partial(fake.click, each, "A", user=one) for each, one in zip(asked, people, strict=True)]
            ours[kind] = await _answers(clicks, per_s)
        stored += await _stored(folder, people)
    lost = 2 * learners - sum(1 for count in stored if count)
    again = sum(count - 1 for count in stored if count > 1)
    return {"busy": busy, **report(ours, bare, learners, rate, lost, again)}


def report(
    ours: dict[str, Answered], bare: dict[str, Answered], learners: int, rate: float, lost: int, again: int
) -> dict[str, Any]:
    """Put every figure beside its baseline."""

    def row(name: str, value: float, unit: str, baseline: float) -> dict[str, Any]:
        ratio = round(value / baseline, 3) if baseline else None
        return {"name": name, "value": round(value, 3), "unit": unit, "baseline": round(baseline, 3), "ratio": ratio}

    return {
        "results": [
            row("ack_p99", ours["steady"].percentile(99), "ms", bare["steady"].percentile(99)),
            row("ack_p50", ours["steady"].percentile(50), "ms", bare["steady"].percentile(50)),
            row("ack_p99_burst", ours["burst"].percentile(99), "ms", bare["burst"].percentile(99)),
            row("answers_per_s", learners / ours["burst"].whole_s, "1/s", learners / bare["burst"].whole_s),
            row("lost", lost, "answers", 0),
            row("duplicated", again, "answers", 0),
        ],
        "learners": learners,
        "rate_per_s": rate,
        "cores": len(os.sched_getaffinity(0)),
    }


def _people(fake: FakeDiscord, learners: int) -> list[User]:
    return [fake.person(f"Learner {n}") for n in range(learners)]


async def _asked(fake: FakeDiscord, people: list[User]) -> list[Message]:
    """Have everyone be asked a question with options, a few at a time; the messages that ask."""
    found: list[Message] = []
    for some in batched(people, PREPARED_AT_A_TIME):
        found += await asyncio.gather(*(_choice(fake, one) for one in some))
    return found


async def _choice(fake: FakeDiscord, user: User) -> Message:
    for _ in range(50):
        seen = await fake.slash("quiz", user=user, channel=fake.channel)
        if any(control.get("label") == "A" for control in seen.messages[-1].controls):
            return seen.messages[-1]
    raise AssertionError("no question with options came up")


def batched(people: list[User], size: int) -> Iterator[list[User]]:
    """Cut a list into parts."""
    return (people[start : start + size] for start in range(0, len(people), size))


async def _answers(acts: list[Act], per_s: float) -> Answered:
    """Have everyone answer: at a steady rate whatever the bot does, or all at one moment."""
    began = perf_counter()

    async def one(n: int, act: Act) -> Seen:
        if per_s:
            await asyncio.sleep(max(0.0, n / per_s - (perf_counter() - began)))
        return await act()

    seen = await asyncio.gather(*(one(n, act) for n, act in enumerate(acts)))
    return Answered([each.ack_ms for each in seen], perf_counter() - began)


async def _stored(home: Path, people: list[User]) -> list[int]:
    """How many answers of each learner the database holds."""
    store = await Store.open(home / DATABASE, now=lambda: datetime.now(UTC))
    try:
        known = [await store.ensure_user(PLATFORM, str(one.id), one.name) for one in people]
        return [len(await store.attempts(user.id)) for user in known]
    finally:
        await store.close()


@asynccontextmanager
async def _bare() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(schema=False) as fake:
        program = ["-m", "tests.bench.bare_discord", fake.token, fake.api_url, fake.gateway_url]
        async with _running(fake, program, {}):
            yield fake


@asynccontextmanager
async def _ours(home: Path) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(schema=False) as fake:
        settings = {
            "EPOCHBOT_HOME": str(home),
            "EPOCHBOT_DISCORD_TOKEN": fake.token,
            "EPOCHBOT_DISCORD_API_URL": fake.api_url,
            "EPOCHBOT_DISCORD_GATEWAY_URL": fake.gateway_url,
        }
        async with _running(fake, ["-m", "bot", "serve"], settings):
            yield fake


@asynccontextmanager
async def _running(fake: FakeDiscord, program: list[str], settings: dict[str, str]) -> AsyncIterator[None]:
    fake.patience = PATIENCE_S
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "ignore",
        *program,
        cwd=ROOT,
        env={"PATH": os.defpath, **settings},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await fake.until(lambda: fake.gateway.connected and bool(fake.account.commands[None]), timeout=60)
        yield
    finally:
        process.terminate()
        await process.wait()
