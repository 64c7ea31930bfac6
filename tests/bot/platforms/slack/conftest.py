"""The bot in a Slack of its own: the real library, connected to a stand-in for Slack on loopback."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.slack.connection import Timing
from bot.platforms.slack.host import SlackHost
from bot.platforms.slack.options import SlackOptions
from tests.fakes.slack_server import FakeSlack, Seen

QUICK = Timing(ping=1.0, watch=0.1, drain=5.0, close=2.0, again=0.05, most=2.0)


@dataclass
class Talk:
    """A bot that is connected, and the Slack it is connected to. `chat` is the bot's side: its store and its questions."""

    fake: FakeSlack
    host: SlackHost
    chat: Any

    def buttons(self, seen: Seen) -> dict[str, str]:
        """The buttons somebody sees, by their labels."""
        found = [element for block in seen.blocks if block["type"] == "actions" for element in block["elements"]]
        return {one["text"]["text"]: one["action_id"] for one in found if one["type"] == "button"}

    async def settled(self) -> None:
        """Wait until nothing is under way any more."""
        while self.host._listeners.busy:
            await asyncio.wait(self.host._listeners.busy)

    async def user_id(self, user: str = "U1") -> int:
        """A learner's key in the store."""
        return int((await self.chat.store.ensure_user("slack", f"T1:{user}", user)).id)

    async def attempts(self, user: str = "U1") -> list[Any]:
        """What somebody has answered."""
        return list(await self.chat.store.attempts(await self.user_id(user)))

    async def questions(self, user: str = "U1") -> list[Any]:
        """Somebody's questions of today."""
        return list(await self.chat.store.questions_today(await self.user_id(user), self.chat.clock().date()))


Connect = Callable[..., AbstractAsyncContextManager[Talk]]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library reads proxies and tokens from the environment; tests have none."""
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    """A Slack of one's own, which holds the bot to its rules when the test is over."""
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
def connect(fake: FakeSlack, start: Callable[..., Any], tmp_path: Path) -> Connect:
    """Run the bot until the block ends; twice in one test is a restart."""
    keys = itertools.count(1)

    @asynccontextmanager
    async def connected(*, timing: Timing = QUICK, chat: Any = None, **options: Any) -> AsyncIterator[Talk]:
        chat = chat or start()
        whole = {"bot_token": fake.bot_token, "app_token": fake.app_token, "api_url": fake.api_url, "state": tmp_path}
        made = SlackOptions(**(whole | options))
        host = SlackHost(chat.dispatcher, made, now=chat.clock, new_key=lambda: f"k{next(keys)}", timing=timing)
        stop, before = asyncio.Event(), fake.wire.connections
        running = asyncio.create_task(host.run(stop))
        if made.app_token:
            waiting = asyncio.create_task(fake.connected(before + 1))
            await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        if running.done():
            running.result()
        try:
            yield Talk(fake, host, chat)
        finally:
            stop.set()
            await running

    return connected


@pytest.fixture
async def talk(connect: Connect) -> AsyncIterator[Talk]:
    """The bot, connected by Socket Mode."""
    async with connect() as talk:
        yield talk
