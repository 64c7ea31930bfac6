"""Our account on Discord: whether its token works, who we are there, and what a channel must allow us."""

from __future__ import annotations

import discord

from bot.config import ConfigError
from bot.platforms.discord.options import DiscordOptions, point_library_at
from bot.platforms.discord.wire import Failure, attempt

PORTAL = "https://discord.com/developers/applications"
PERMISSIONS = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
REFUSED = (
    f"Discord refuses the bot token. Open {PORTAL}, choose your application, press “Reset Token” on its page “Bot”, "
    "and set the new one as EPOCHBOT_DISCORD_TOKEN."
)
INTENTS = (
    "Discord closed the connection because of intents. I ask for none that is privileged; if the application was made for "
    f"another program, look at its page “Bot” at {PORTAL}."
)
CLOSED = {
    4004: REFUSED,
    4010: "Discord does not know this shard. Unset the number of shards, and Discord chooses it.",
    4011: "The bot is in too many servers for this number of shards. Unset it, and Discord chooses it.",
    4013: INTENTS,
    4014: INTENTS,
}


def missing_permissions(has: discord.Permissions) -> tuple[str, ...]:
    """A sentence for each permission that posts need and do not have here."""
    if has.administrator:
        return ()
    lacking = [name for attribute, name in PERMISSIONS.items() if not getattr(has, attribute)]
    where = "in this channel’s settings, under Permissions, for my role"
    return tuple(f"I lack “{name}” here; allow it {where}." for name in lacking)


async def check_token(options: DiscordOptions) -> str:
    """Ask Discord who we are.

    Raises:
        ConfigError: Discord refuses the token, or cannot be reached; the message says what to do.
    """
    point_library_at(options)
    async with discord.Client(intents=discord.Intents.none()) as client:
        entered = await attempt(_log_in(client, options.token))
        if isinstance(entered, Failure):
            raise ConfigError(
                f"Discord cannot be reached ({entered.reason[:200]}). Check this host’s connection, and try again."
            )
        if not entered:
            raise ConfigError(REFUSED)
        return str(client.user)


async def _log_in(client: discord.Client, token: str) -> bool:
    try:
        await client.login(token)
    except (discord.LoginFailure, ValueError):  # a token with characters that no header may hold
        return False
    return True
