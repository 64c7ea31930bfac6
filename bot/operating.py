"""What an operator is told and asked when setting up a platform, and how `.env` changes by it. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import tokens

DISCORD_PERMISSIONS = 309_237_763_072  # see, write and read back; embeds, files, public threads; nothing to fear
DISCORD_SCOPES = "bot+applications.commands"
MANIFEST = Path(__file__).parent / "platforms" / "slack" / "manifest.json"
ASSIGNED = re.compile(r"\s*(?:export\s+)?(\w+)\s*=")


@dataclass(frozen=True, slots=True)
class Question:
    """A secret to ask for: the setting it becomes, and the words. An optional one may be left empty."""

    name: str
    prompt: str
    optional: bool = False

    @property
    def variable(self) -> str:
        """The variable it belongs into."""
        return f"EPOCHBOT_{self.name.upper()}"


QUESTIONS = {
    "discord": (Question("discord_token", "Bot token"),),
    "slack": (
        Question("slack_bot_token", "Bot User OAuth Token (xoxb-…)"),
        Question("slack_app_token", "App-level token (xapp-…), or empty to use HTTP instead", optional=True),
    ),
}
OVER_HTTP = Question("slack_signing_secret", "Signing Secret, for HTTP")


def steps(platform: str) -> str:
    """Say step by step how the app is made on a platform."""
    return DISCORD_STEPS if platform == "discord" else SLACK_STEPS


DISCORD_STEPS = f"""\
Epochbot on Discord, in four steps:
  1. Open {tokens.DISCORD_PAGE} and press “New Application”; call it Epochbot, or as you like.
  2. Under Installation, tick “User Install” and “Guild Install”. Under Bot, switch nothing on: no privileged intent is needed.
  3. Under Bot, press “Reset Token” and copy the token. It goes into EPOCHBOT_DISCORD_TOKEN.
  4. Open the invite link below and choose your server. Then type /group setup there."""
SLACK_STEPS = f"""\
Epochbot on Slack, in five steps:
  1. Open {tokens.SLACK_PAGE}, press “Create New App”, then “From a manifest”, and choose your workspace.
  2. Paste the manifest: all of {MANIFEST} (shown below).
  3. Under Basic Information, App-Level Tokens, make one with the scope connections:write. It goes into
     EPOCHBOT_SLACK_APP_TOKEN. (With an HTTPS address of your own, take the Signing Secret there instead:
     EPOCHBOT_SLACK_SIGNING_SECRET and EPOCHBOT_SLACK_HTTP_PORT.)
  4. Under Install App, install it and copy the Bot User OAuth Token. It goes into EPOCHBOT_SLACK_BOT_TOKEN.
  5. Invite it to a channel (/invite @epochbot) and type /learn group setup there."""


def application_id(token: str) -> str:
    """Read the application's id from a Discord bot token, whose first part it is; "" when it cannot be read."""
    first = token.partition(".")[0]
    try:
        text = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return text if re.fullmatch(r"[0-9]{15,22}", text) else ""


def invite_link(application: str) -> str:
    """Where an admin adds the bot to a Discord server, with exactly the permissions it uses."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application}"
        f"&scope={DISCORD_SCOPES}&permissions={DISCORD_PERMISSIONS}"
    )


def with_values(env: str, values: Mapping[str, str]) -> str:
    """Change an `.env` file's text: each variable once, where it stood or at the end, and every other line as it is."""
    left, kept = dict(values), []
    for line in env.splitlines():
        found = ASSIGNED.match(line)
        name = found[1] if found else ""
        if name not in values:
            kept.append(line)
        elif name in left:
            kept.append(f"{name}={left.pop(name)}")
    kept += [f"{name}={value}" for name, value in left.items()]
    return "".join(f"{line}\n" for line in kept)
