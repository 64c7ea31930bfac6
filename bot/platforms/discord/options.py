"""What an operator sets for Discord, and where the library finds it. Addresses differ from Discord's own only in tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

DISCORD_API, DISCORD_GATEWAY = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """One bot account.

    Attributes:
        api_url: another address of the API, ending in its version, such as ``http://127.0.0.1:8900/api/v10``.
        gateway_url: another address of the gateway.
        state: the folder that remembers which commands Discord knows; None sends them at every start.
        shard_count: how many connections share the servers; None lets Discord say.
    """

    token: str = field(repr=False)
    api_url: str | None = None
    gateway_url: str | None = None
    state: Path | None = None
    shard_count: int | None = None


def point_library_at(options: DiscordOptions) -> None:
    """Set where discord.py connects to. It keeps the addresses on its classes, so they hold for the whole process."""
    Route.BASE = options.api_url or DISCORD_API
    DiscordWebSocket.DEFAULT_GATEWAY = URL(options.gateway_url) if options.gateway_url else DISCORD_GATEWAY
