"""One program on Discord and on Slack: one group with one board, one learner with two accounts, and neither platform stops the other."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.discord.host import DiscordHost
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.slack.host import SlackHost
from bot.platforms.slack.options import SlackOptions
from bot.serving import run_hosts
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import User
from tests.fakes.slack_server import FakeSlack

MANAGE_GUILD = 1 << 5
CODE = re.compile(r"\b[A-Z0-9]{4}-?[A-Z0-9]{4}\b")


@dataclass
class Both:
    """Both platforms, and the one program that serves them."""

    discord: FakeDiscord
    slack: FakeSlack
    chat: Any
    admin: User

    async def on_discord(self, command: str, user: User, **options: str) -> str:
        """Use a command there; what is then seen."""
        return (await self.discord.slash(command, options, user=user, channel=self.discord.channel)).text

    async def on_slack(self, text: str, user: str = "U1") -> str:
        """Use a command there; what is then seen."""
        return "\n".join(str(seen.blocks) for seen in await self.slack.command(text, user=user))

    async def right_answer(self, platform: str, external_id: str) -> str:
        """The right answer to what somebody was asked first today, after a moment's thought."""
        self.chat.clock.forward(seconds=30)
        store = self.chat.store
        user = await store.ensure_user(platform, external_id, external_id)
        (first, *_) = await store.questions_today(user.id, self.chat.clock().date())
        return f"{first.public_id} {self.chat.right(first)}"


@pytest.fixture
async def both(start: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Both]:
    """Serve both until the test is over."""
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    chat, stop = start(), asyncio.Event()
    async with FakeDiscord() as discord, FakeSlack() as slack:
        there = DiscordOptions(discord.token, discord.api_url, discord.gateway_url, state=tmp_path / "d", shard_count=1)
        here = SlackOptions(slack.bot_token, slack.app_token, api_url=slack.api_url, state=tmp_path / "s")
        hosts = [
            DiscordHost(chat.dispatcher, there, now=chat.clock, new_key=lambda: "unused"),
            SlackHost(chat.dispatcher, here, now=chat.clock, new_key=lambda: "k"),
        ]
        chat.dispatcher.services.hosts.update({host.name: host for host in hosts})
        serving = asyncio.create_task(run_hosts(hosts, stop))
        await discord.ready()
        await slack.connected(1)
        yield Both(discord, slack, chat, discord.person("Ada", permissions=MANAGE_GUILD))
        stop.set()
        assert await serving == {}


def code_in(text: str) -> str:
    """The code a message shows."""
    found = CODE.search(text)
    assert found, text
    return found[0]


async def test_a_group_on_both_has_one_board(both: Both) -> None:
    code = code_in(await both.on_discord("group code", both.admin))
    assert "one leaderboard" in await both.on_slack(f"group join {code}")
    ben = both.discord.person("Ben")
    await both.on_discord("daily", ben)
    await both.on_discord("answer", ben, answer=await both.right_answer("discord", str(ben.id)))
    await both.on_slack("daily", user="U2")
    await both.on_slack(f"answer {await both.right_answer('slack', 'T1:U2')}", user="U2")
    for board in (await both.on_discord("leaderboard", ben), await both.on_slack("leaderboard", user="U2")):
        assert board.count("Ben") == 2, board


async def test_a_person_on_both_is_one_learner_once_linked(both: Both) -> None:
    mia = both.discord.person("Mia")
    await both.on_discord("daily", mia)
    await both.on_discord("answer", mia, answer=await both.right_answer("discord", str(mia.id)))
    code = code_in(await both.on_discord("link", mia))
    await both.on_slack(f"link {code}", user="U2")
    store = both.chat.store
    one = await store.ensure_user("discord", str(mia.id), "Mia")
    other = await store.ensure_user("slack", "T1:U2", "Ben")
    assert one.id == other.id
    assert len(await store.attempts(one.id)) == 1


async def test_while_one_platform_is_away_the_other_answers(both: Both) -> None:
    both.discord.cut()
    assert "daily" in await both.on_slack("help")
    await both.discord.ready(sessions=2)
    assert "/daily" in await both.on_discord("help", both.admin)
