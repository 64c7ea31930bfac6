"""What Slack sends, as requests. Pure: a payload in, where it came from and what was meant out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.messages import Actor, Attachment, Place, Request, parse_line
from bot.platforms.slack.escape import unescape
from bot.platforms.slack.forms import Origin, unpacked

PLATFORM = "slack"
MENU = ("", "menu", "start", "hi", "hello")
MEANT = {  # what people type, and the command they mean
    "question": "daily",
    "questions": "daily",
    "board": "leaderboard",
    "top": "leaderboard",
    "rank": "leaderboard",
    "ranking": "leaderboard",
    "score": "progress",
    "stats": "progress",
    "me": "progress",
    "practice": "quiz",
    "practise": "quiz",
    "code": "challenge",
    "challenges": "challenge list",
    "track": "learn",
    "config": "settings",
    "setting": "settings",
    "?": "help",
    "commands": "help",
    "why": "explain",
}
MENTION = re.compile(r"^\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s:,]*")
FENCE = re.compile(r"```(?:[A-Za-z0-9_+-]*\n)?(.*?)```", re.DOTALL)
PRIVATE_KINDS = ("im", "app_home")


def said_line(text: str) -> str:
    """What somebody typed after the slash command, as the command they meant; "" asks for the menu."""
    line = unescape(text).strip()
    line = line.removeprefix("/learn ").strip() if line.lower().startswith("/learn ") else line
    head, _, body = line.partition("\n")
    name, _, rest = head.strip().partition(" ")
    name = name.removeprefix("/")
    if name.lower() in MENU and not rest and not body:
        return ""
    meant = MEANT.get(name.lower(), name) if not rest or name.lower() in MEANT else name
    return f"{meant} {rest.strip()}".strip() + (f"\n{body}" if body else "")


def parted(text: str) -> tuple[str, str]:
    """What somebody typed in a message, and the code block in it, whose fences may share a line with the code."""
    fenced = FENCE.search(text)
    if fenced is None:
        return said_line(text), ""
    return said_line(text[: fenced.start()]), unescape(fenced[1]).strip("\n")


def without_mention(text: str) -> str:
    """A message to us, without our name in front."""
    return MENTION.sub("", text)


def command_origin(body: Mapping[str, Any]) -> Origin:
    """Where a slash command was typed."""
    return Origin(
        team=_text(body, "team_id") or _text(body, "enterprise_id"),
        user=_text(body, "user_id"),
        name=_text(body, "user_name"),
        team_name=_text(body, "team_domain"),
        channel=_text(body, "channel_id"),
        url=_text(body, "response_url"),
        trigger=_text(body, "trigger_id"),
    )


def event_origin(body: Mapping[str, Any]) -> Origin:
    """Where an event of the Events API happened."""
    event = body.get("event") or {}
    return Origin(
        team=_text(body, "team_id") or _text(event, "team"),
        user=_text(event, "user"),
        channel="" if event.get("type") == "app_home_opened" else _text(event, "channel"),
        thread=_text(event, "thread_ts") or (_text(event, "ts") if event.get("type") == "app_mention" else ""),
        private=_text(event, "channel_type") in PRIVATE_KINDS,
    )


def interaction_origin(body: Mapping[str, Any]) -> Origin:
    """Where a control was used, a form was sent or a shortcut was chosen."""
    user, team, where = body.get("user") or {}, body.get("team") or {}, body.get("container") or {}
    message = body.get("message") or {}
    kept = unpacked(_text(body.get("view") or {}, "private_metadata")) if "view" in body else {}
    thread = _text(where, "thread_ts") or _text(message, "thread_ts")
    return Origin(
        team=_text(team, "id") or _text(user, "team_id"),
        user=_text(user, "id"),
        name=_text(user, "name") or _text(user, "username"),
        team_name=_text(team, "domain"),
        channel=_text(body.get("channel") or {}, "id") or _text(where, "channel_id") or str(kept.get("channel", "")),
        thread=thread or str(kept.get("thread", "")),
        message=_text(where, "message_ts") or _text(message, "ts") or str(kept.get("message", "")),
        url=_text(body, "response_url") or str(kept.get("url", "")),
        trigger=_text(body, "trigger_id"),
        private=bool(where.get("is_ephemeral")) or kept.get("private") is True,
    )


def key_of(body: Mapping[str, Any]) -> str:
    """The same for a repeat of the same event, and for nothing else."""
    if body.get("event_id"):
        return f"{PLATFORM}:{body['event_id']}"
    view = body.get("view") or {}
    if body.get("type") in ("view_submission", "view_closed"):
        return f"{PLATFORM}:{body.get('type')}:{view.get('id', '')}:{view.get('hash', '')}:{body.get('trigger_id', '')}"
    stamp = ":".join(str(action.get("action_ts", "")) for action in body.get("actions") or ())
    return f"{PLATFORM}:{body.get('trigger_id') or body.get('action_ts', '')}" + (f":{stamp}" if stamp else "")


def actor_of(origin: Origin) -> Actor:
    """The person as the rest of the program knows them."""
    return Actor(PLATFORM, f"{origin.team}:{origin.user}", origin.name or origin.user)


def place_of(origin: Origin, *, many: bool = False) -> Place:
    """The workspace; a private conversation is a place of its own. `many` names a channel with its workspace."""
    channel = f"{origin.team}/{origin.channel}" if many and origin.channel else origin.channel
    if origin.direct:
        return Place(PLATFORM, f"dm:{origin.team}:{origin.user}", "Private messages", channel)
    return Place(PLATFORM, origin.team, origin.team_name or origin.team, channel)


def request_of(
    origin: Origin,
    line: str,
    key: str,
    now: datetime,
    *,
    body: str = "",
    files: tuple[Attachment, ...] = (),
    many: bool = False,
) -> Request:
    """One command from somewhere."""
    command, args, below = parse_line(line)
    return Request(actor_of(origin), place_of(origin, many=many), command, args, key, now, body or below, files)


def answer_key(origin: Origin, public_id: str) -> str:
    """The key of an answer by a control."""
    return f"{PLATFORM}:answer:{public_id}:{origin.team}:{origin.user}"


def snippet(message: Mapping[str, Any]) -> str:
    """The code in somebody's message: what stands in its code blocks, else all of it."""
    blocks = "\n".join(_preformatted(message.get("blocks")))
    if blocks.strip():
        return blocks
    text = unescape(_text(message, "text"))
    fenced = "\n".join(found[1].strip("\n") for found in FENCE.finditer(text))
    return fenced if fenced.strip() else text.strip("`")


def _preformatted(found: object) -> Iterator[str]:
    """The texts of code blocks, wherever they are; Slack escapes nothing in them."""
    if isinstance(found, list):
        for one in found:
            yield from _preformatted(one)
    elif isinstance(found, dict):
        if found.get("type") == "rich_text_preformatted":
            yield "".join(_text(run, "text") or _text(run, "url") for run in found.get("elements") or ())
        else:
            yield from _preformatted(found.get("elements"))


def _text(some: Mapping[str, Any], name: str) -> str:
    value = some.get(name)
    return value if isinstance(value, str) else ""
