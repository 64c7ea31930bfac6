"""A small bot on the real library, with one command of each sort, for showing that the fake Discord is like the real one."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import yarl

from tests.fakes.discord_people import Seen
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import User

with warnings.catch_warnings():  # the library imports a module that Python 3.13 leaves out
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord
    from discord import app_commands, ui
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

__all__ = [
    "Answer", "Bot", "Closing", "Code", "Do", "Route", "app_commands", "buttons", "channel_of", "choose_topic", "discord", "running", "scene", "serving", "ui",
]  # fmt: skip

Do = Callable[[discord.Interaction[Any]], Awaitable[None]]


class Answer(ui.DynamicItem[ui.Button[Any]], template=r"answer:(?P<letter>[A-D])"):
    """A button that outlives the bot."""

    def __init__(self, letter: str) -> None:
        super().__init__(ui.Button(label=letter, custom_id=f"answer:{letter}"))
        self.letter = letter

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any) -> Answer:
        return cls(match["letter"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"You chose {self.letter}.", ephemeral=True)


class Closing(Answer, template=r"answer:(?P<letter>[A-D])"):
    """The same button, of a bot that has moved on."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(content="Closed.", view=None)


class Code(ui.Modal):
    """A modal with an id of its own for each opening."""

    def __init__(self, custom_id: str) -> None:
        super().__init__(title="Your code", custom_id=custom_id)
        self.code: ui.TextInput[Any] = ui.TextInput(style=discord.TextStyle.paragraph, custom_id="code", default="pass")
        self.add_item(ui.Label(text="Code", component=self.code))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"{interaction.user.name} wrote {self.code.value}", ephemeral=True)


class Bot(discord.Client):
    """A bot with one command of each sort; `scene` is what /scene does."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree: app_commands.CommandTree[Bot] = app_commands.CommandTree(self)
        self.errors: list[BaseException] = []
        self.failed = asyncio.Event()
        self.scene: Do = self._say_hello
        self.tree.command(name="scene", description="Does what the test says")(self._scene)
        self.tree.command(name="topic", description="Chooses a topic")(
            app_commands.autocomplete(topic=suggest)(choose_topic)
        )
        self.tree.context_menu(name="Run this code")(_run)
        self.tree.error(self._failed)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Answer)
        await self.tree.sync()

    async def _failed(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        self.errors.append(getattr(error, "original", error))
        self.failed.set()

    async def error(self) -> discord.HTTPException:
        """The platform's refusal that the last command ran into."""
        await asyncio.wait_for(self.failed.wait(), 10)
        self.failed.clear()
        found = self.errors.pop()
        assert isinstance(found, discord.HTTPException), found
        return found

    async def _scene(self, interaction: discord.Interaction[Any]) -> None:
        await self.scene(interaction)

    @staticmethod
    async def _say_hello(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("Hello.", view=buttons())


def buttons() -> ui.View:
    view = ui.View(timeout=None)
    for letter in "ABCD":
        view.add_item(Answer(letter))
    return view


async def suggest(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=t, value=t) for t in ("loss", "learning rate", "recall") if t.startswith(current)]


async def choose_topic(interaction: discord.Interaction[Any], topic: str) -> None:
    await interaction.response.send_message(f"Topic: {topic}")


async def _run(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.response.send_message(f"Ran {message.content}", ephemeral=True)


@asynccontextmanager
async def running(fake: FakeDiscord) -> AsyncIterator[Bot]:
    """A bot connected to the fake."""
    bot = Bot()
    seen = fake.gateway.identifies
    task = asyncio.create_task(bot.start(fake.token))
    try:
        await fake.ready(sessions=seen + fake.gateway.resumes + 1)
        yield bot
    finally:
        await bot.close()
        await task


@asynccontextmanager
async def serving(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    """A fake that the library takes for Discord."""
    async with FakeDiscord() as made:
        monkeypatch.setattr(Route, "BASE", made.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(made.gateway_url))
        yield made


async def scene(fake: FakeDiscord, bot: Bot, user: User, do: Do, **how: Any) -> Seen:
    """What comes of /scene doing that."""
    bot.scene = do
    return await fake.slash("scene", user=user, channel=how.pop("channel", fake.channel), **how)


def channel_of(fake: FakeDiscord, bot: Bot) -> discord.PartialMessageable:
    """The first channel, as the bot posts to it."""
    return bot.get_partial_messageable(fake.channel.id)
