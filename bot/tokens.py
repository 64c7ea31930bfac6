"""What can be told of a platform's token without asking the platform: placeholders, mix-ups, missing halves. Pure.

Each function answers with what is wrong and where the right value is found, or with "".
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

PLACEHOLDERS = ("changeme", "your-", "your_", "xxxx", "placeholder", "<", "...")
DISCORD_PAGE = "https://discord.com/developers/applications"
SLACK_PAGE = "https://api.slack.com/apps"
_DISCORD = re.compile(r"[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}", re.ASCII)
_BOT = re.compile(r"(xoxe\.)?xoxb-[\w-]{10,}", re.ASCII)
_APP = re.compile(r"xapp-[\w-]{10,}", re.ASCII)
_SECRET = re.compile(r"[0-9a-f]{32}")
_OTHERS = {
    "xapp-": "an app-level token; it belongs into EPOCHBOT_SLACK_APP_TOKEN",
    "xoxb-": "a bot token; it belongs into EPOCHBOT_SLACK_BOT_TOKEN",
    "xoxp-": "a user token; the bot needs the bot token, which begins with xoxb-",
}


def is_placeholder(text: str) -> bool:
    """Tell whether a text stands where a real value was meant to be put."""
    return any(mark in text.lower() for mark in PLACEHOLDERS)


def discord_token(text: str) -> str:
    """Say what is wrong with a Discord bot token."""
    where = f"copy it from {DISCORD_PAGE}, your application, Bot, Reset Token"
    if is_placeholder(text):
        return f"still holds a placeholder; {where}"
    if text.lower().startswith("bot "):
        return "begins with the word Bot, which is no part of the token; leave it out"
    return "" if _DISCORD.fullmatch(text) else f"is no bot token, which has three parts with dots between them; {where}"


def slack_bot_token(text: str) -> str:
    """Say what is wrong with a Slack bot token."""
    return _slack(
        text, _BOT, "xoxb-", f"copy it from {SLACK_PAGE}, your app, OAuth & Permissions, Bot User OAuth Token"
    )


def slack_app_token(text: str) -> str:
    """Say what is wrong with a Slack app-level token."""
    where = f"make one at {SLACK_PAGE}, your app, Basic Information, App-Level Tokens, with the scope connections:write"
    return _slack(text, _APP, "xapp-", where)


def _slack(text: str, shape: re.Pattern[str], begins: str, where: str) -> str:
    if is_placeholder(text):
        return f"still holds a placeholder; {where}"
    if shape.fullmatch(text):
        return ""
    other = next((what for prefix, what in _OTHERS.items() if prefix != begins and text.startswith(prefix)), "")
    return f"holds {other}" if other else f"does not begin with {begins} or is cut short; {where}"


def slack_signing_secret(text: str) -> str:
    """Say what is wrong with a Slack signing secret."""
    where = f"copy it from {SLACK_PAGE}, your app, Basic Information, Signing Secret"
    if is_placeholder(text):
        return f"still holds a placeholder; {where}"
    return "" if _SECRET.fullmatch(text) else f"is no signing secret, which has 32 digits and letters a to f; {where}"


def slack_set(given: frozenset[str]) -> str:
    """Say what is missing among the Slack settings that are set, each named as its field is."""
    if not given:
        return ""
    if ("slack_client_id" in given) != ("slack_client_secret" in given):
        return "EPOCHBOT_SLACK_CLIENT_ID and EPOCHBOT_SLACK_CLIENT_SECRET belong together; set both, or neither."
    if "slack_client_id" in given:
        if "slack_signing_secret" in given:
            return ""
        return "Installing into many workspaces works over HTTP, which needs EPOCHBOT_SLACK_SIGNING_SECRET; set it too."
    if "slack_bot_token" not in given:
        return "Slack is half set: EPOCHBOT_SLACK_BOT_TOKEN is missing. Set it, or unset the other EPOCHBOT_SLACK_ settings."
    if not given & {"slack_app_token", "slack_signing_secret"}:
        return (
            "Slack is half set: beside EPOCHBOT_SLACK_BOT_TOKEN, set EPOCHBOT_SLACK_APP_TOKEN (Socket Mode, which needs"
            " no address of yours) or EPOCHBOT_SLACK_SIGNING_SECRET (HTTP)."
        )
    return ""


def loopback(url: str) -> str:
    """Say why an address is not one of this machine: only tests set these, and tokens would go there."""
    host = urlsplit(url).hostname or ""
    try:
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    return "" if here else "is for tests and takes addresses on 127.0.0.1 only; unset it"
