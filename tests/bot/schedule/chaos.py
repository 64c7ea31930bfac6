"""Processes that send what is due and are killed at random moments, all day long: real ones, on one real database.

Imports once and forks, so that a process lives for the things that matter. Their clock runs fast. Reads its orders as JSON
from its first argument; says on standard output when it has killed enough; ends the rest in good order when its standard
input ends.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import structlog

with warnings.catch_warnings():  # the library's voice part imports a module that Python retires
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord

from bot.cards import NoticeCard
from bot.platforms.discord.options import DiscordOptions, point_library_at
from bot.platforms.discord.posts import Poster
from bot.platforms.port import Host, Post, Posted
from bot.platforms.slack.account import web_client
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.posts import Posts
from bot.schedule.engine import Engine, Terms
from bot.schedule.kinds import Built, Delivery, Kind
from bot.services import Services
from bot.store import Store

TICK_S = 0.02


@dataclass(frozen=True)
class Orders:
    """What to do; see `tests/bot/schedule/test_chaos.py`."""

    database: str
    discord_url: str
    discord_token: str
    slack_url: str
    slack_token: str
    day: str
    speed: float
    lease_s: float
    dwell_s: float  # how long a process may take between sending and noting it, at most
    kills: int
    every_s: float
    careful: bool
    processes: int = 3
    seed: int = 1
    began: float = 0.0  # the real clock when the fast one began

    def now(self) -> datetime:
        """The fast clock."""
        return datetime.fromisoformat(self.day) + timedelta(seconds=(time.time() - self.began) * self.speed)


class Sender:
    """A platform's way to send, and a while afterwards in which nobody knows of it."""

    def __init__(self, name: str, send: Callable[[Post], Any], orders: Orders) -> None:
        self.name, self._send, self._orders = name, send, orders
        self._dice = random.Random()  # noqa: S311

    async def post(self, post: Post) -> Posted:
        if not self._orders.careful:  # the control: nothing lets anybody know a repeat
            post = replace(post, key=f"{self._dice.random()}", repeat=False)
        posted = await self._send(post)
        await asyncio.sleep(self._dice.random() * self._orders.dwell_s)
        return cast("Posted", posted)


async def build(_services: Services, delivery: Delivery) -> Built:
    """A post whose title says what it is."""
    title = f"{delivery.kind} {delivery.local_date}"
    thread = "Discuss" if delivery.kind is Kind.QUESTION else ""
    return Built(Post(channel="", cards=(NoticeCard(title=title, text="text"),), key="", thread=thread), "item")


async def serve(orders: Orders) -> None:
    """Be one process until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    store = await Store.open(Path(orders.database), now=orders.now)
    point_library_at(DiscordOptions(orders.discord_token, orders.discord_url))
    client = discord.Client(intents=discord.Intents.none())
    await client.login(orders.discord_token)
    slack = web_client(SlackOptions(orders.slack_token, api_url=orders.slack_url))
    posts, poster = Posts(), Poster(client, asyncio.get_running_loop().time)
    hosts = (
        Sender("discord", poster.post, orders),
        Sender("slack", lambda post: posts.post(slack, post), orders),
    )
    terms = Terms(lease=timedelta(seconds=orders.lease_s * orders.speed))
    engine = Engine(_services(store, orders, hosts), dict.fromkeys(Kind, build), owner=str(os.getpid()), terms=terms)
    await engine.begin()
    while not stop.is_set():
        await engine.tick()
        await asyncio.sleep(TICK_S)
    await engine.finish()
    await client.close()
    await store.close()


def _services(store: Store, orders: Orders, hosts: tuple[Sender, ...]) -> Services:
    nothing = cast("Any", None)
    served = {host.name: cast("Host", host) for host in hosts}
    return Services(
        store=store, track=nothing, challenges={}, run=nothing, grader=nothing, tutor=nothing, now=orders.now,
        entropy=lambda: 1, hosts=served,
    )  # fmt: skip


def begin(orders: Orders) -> int:
    """Start one process."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        asyncio.run(serve(orders))
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Start processes, kill them one by one, and end the last in good order."""
    orders = Orders(**json.loads(sys.argv[1]), began=time.time())
    level = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=level, logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    dice = random.Random(orders.seed)  # noqa: S311
    alive = [begin(orders) for _ in range(orders.processes)]
    for _ in range(orders.kills):
        time.sleep(dice.random() * 2 * orders.every_s)
        victim = dice.randrange(len(alive))
        if os.waitpid(alive[victim], os.WNOHANG) != (0, 0):
            raise SystemExit("a process died by itself")
        os.kill(alive[victim], signal.SIGKILL)
        os.waitpid(alive[victim], 0)
        alive[victim] = begin(orders)
    print("killed", flush=True)  # noqa: T201
    sys.stdin.read()
    for pid in alive:
        os.kill(pid, signal.SIGTERM)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in alive]
    raise SystemExit(max(codes))


if __name__ == "__main__":
    main()
