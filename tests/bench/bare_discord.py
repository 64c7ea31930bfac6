"""The least a bot on Discord can do: it says that it has heard, and nothing else. What `bench bot` compares ours with.

Run as a program with the addresses of an API and a gateway.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

with warnings.catch_warnings():  # the library's voice part imports a module that Python retires
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

COMMANDS = [
    {"type": 1, "name": name, "description": name, "options": options}
    for name, options in (
        ("daily", []),
        ("answer", [{"type": 3, "name": "answer", "description": "answer", "required": True}]),
    )
]


class Bare(discord.Client):
    """Acknowledges every interaction with one word."""

    async def setup_hook(self) -> None:
        """Offer the two commands that are measured."""
        await self.http.bulk_upsert_global_commands(self.application_id or 0, COMMANDS)  # type: ignore[arg-type]  # plain payloads

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer it."""
        await interaction.response.send_message("heard", ephemeral=True)


def main(token: str, api: str, gateway: str) -> None:
    """Serve until killed."""
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api, URL(gateway)
    Bare(intents=discord.Intents(guilds=True), max_messages=None).run(token, log_handler=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
