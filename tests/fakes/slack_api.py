"""The Web API's front: which methods there are, whose token may call them, how fast, and how a body becomes arguments."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import slack_chat as chat
from tests.fakes import slack_views as views
from tests.fakes.slack_chat import Call
from tests.fakes.slack_world import Install, Json, RefusedError, World

Method = Callable[[Call], Json]
PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
POSTS_APART = 1.0
# A method's scopes (any of them will do), its tier, and what it does. Tier 0 is limited by channel instead.
METHODS: dict[str, tuple[str, int, Method]] = {
    "auth.test": ("", 4, chat.auth_test),
    "chat.delete": ("chat:write", 3, chat.delete),
    "chat.getPermalink": ("", 4, chat.permalink),
    "chat.postEphemeral": ("chat:write", 4, chat.post_ephemeral),
    "chat.postMessage": ("chat:write", 0, chat.post_message),
    "chat.update": ("chat:write", 3, chat.update),
    "conversations.history": ("channels:history groups:history im:history", 3, chat.history),
    "conversations.info": ("channels:read groups:read im:read", 3, chat.channel_info),
    "conversations.join": ("channels:join", 3, chat.join),
    "conversations.list": ("channels:read groups:read", 2, chat.list_channels),
    "conversations.members": ("channels:read groups:read", 4, chat.members),
    "conversations.open": ("im:write", 3, chat.open_direct),
    "conversations.replies": ("channels:history groups:history im:history", 3, chat.history),
    "files.completeUploadExternal": ("files:write", 4, chat.upload_done),
    "files.getUploadURLExternal": ("files:write", 4, chat.upload_url),
    "files.info": ("files:read", 4, chat.file_info),
    "reactions.add": ("reactions:write", 3, chat.react),
    "team.info": ("team:read", 3, chat.team_info),
    "usergroups.list": ("usergroups:read", 2, chat.user_groups),
    "users.conversations": ("channels:read groups:read", 3, chat.list_channels),
    "users.info": ("users:read", 4, chat.user_info),
    "views.open": ("", 4, views.open_view),
    "views.publish": ("", 4, views.publish),
    "views.push": ("", 4, views.push_view),
    "views.update": ("", 4, views.update_view),
}
# What the methods take (and `team_id`, which the library adds by itself); Slack drops the rest without a word, this one says so.
MESSAGE = "channel text blocks attachments metadata thread_ts unfurl_links unfurl_media link_names parse mrkdwn "
TAKES = {
    "chat.delete": "channel ts",
    "chat.postEphemeral": MESSAGE + "user",
    "chat.postMessage": MESSAGE + "reply_broadcast username icon_emoji icon_url markdown_text",
    "chat.update": MESSAGE + "ts reply_broadcast file_ids",
    "views.open": "trigger_id view",
    "views.publish": "user_id view hash",
    "views.push": "trigger_id view",
    "views.update": "view_id external_id view hash",
}
AS_JSON = {"blocks", "view", "files", "metadata", "attachments"}


class LimitedError(Exception):
    """Too fast: 429 with `Retry-After`."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass
class Pace:
    """How often what was called, by the world's clock; asleep unless `on`."""

    on: bool = False
    calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def take(self, method: str, args: Json, team: str, now: float) -> None:
        """Count a call.

        Raises:
            LimitedError: it came too soon.
        """
        tier = METHODS[method][1]
        if not self.on:
            return
        key = f"{team}:{method}:{args.get('channel') if tier == 0 else ''}"
        span, most = (POSTS_APART, 1) if tier == 0 else (60.0, PER_MINUTE[tier])
        past = self.calls[key]
        while past and now - past[0] >= span:
            past.popleft()
        if len(past) >= most:
            raise LimitedError(max(1, int(span - (now - past[0]) + 0.999)))
        past.append(now)


def arguments(raw: bytes, kind: str, form: Mapping[str, Any], query: Mapping[str, str]) -> Json:
    """The arguments of a call, from JSON or form; strings that hold JSON are read."""
    found: Json = dict(query)
    if "json" in kind:
        found |= json.loads(raw or b"{}")
    else:
        found |= {name: value for name, value in form.items() if isinstance(value, str)}
    for name in AS_JSON & set(found):
        if isinstance(found[name], str):
            with suppress(json.JSONDecodeError):  # what is no JSON stays a string, and will be found wrong as one
                found[name] = json.loads(found[name])
    return {name: value for name, value in found.items() if name != "token"}


def token_of(header: str, args: Mapping[str, Any]) -> str:
    """The token of a call."""
    return header.removeprefix("Bearer ").strip() if header else str(args.get("token", ""))


def installed(world: World, token: str) -> Install:
    """The installation that a token belongs to.

    Raises:
        RefusedError: none, or not any more.
    """
    if not token:
        raise RefusedError("not_authed")
    found = world.installs.get(token)
    if found is None:
        raise RefusedError("invalid_auth")
    if found.expires is not None and found.expires <= world.clock():
        raise RefusedError("token_expired")
    return found


def perform(call: Call, pace: Pace) -> Json:
    """Do what a call asks for.

    Raises:
        LimitedError: too fast.
        RefusedError: not allowed, not there or not well formed.
    """
    if call.method not in METHODS:
        call.world.fault("method", f"there is no {call.method} here")
        raise RefusedError("unknown_method", req_method=call.method)
    scopes, _, method = METHODS[call.method]
    if scopes and not set(scopes.split()) & call.install.scopes:
        raise RefusedError("missing_scope", needed=scopes.split()[0], provided=",".join(sorted(call.install.scopes)))
    strange = set(call.args) - set(TAKES[call.method].split()) - {"team_id"} if call.method in TAKES else set()
    if strange:
        call.world.fault("arguments", f"{call.method} takes no {sorted(strange)}")
    pace.take(call.method, call.args, call.install.team, call.world.clock())
    try:
        return method(call)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        call.world.fault("arguments", f"{call.method}: {error!r} with {call.args}")
        raise RefusedError("invalid_arguments") from error


def exchange(world: World, args: Json, client: tuple[str, str], rotate: float | None) -> Json:
    """Trade a code, or a refresh token, for a token: `oauth.v2.access`.

    Raises:
        RefusedError: the client, the code or the refresh token is not known.
    """
    if (args.get("client_id"), args.get("client_secret")) != client:
        raise RefusedError("bad_client_secret" if args.get("client_id") == client[0] else "invalid_client_id")
    if args.get("grant_type") == "refresh_token":
        token = args.get("refresh_token")
        install = next((one for one in world.installs.values() if one.refresh and one.refresh == token), None)
        if install is None:
            raise RefusedError("invalid_refresh_token")
        install.refresh = ""  # it serves once; the access token it came with lives on until it expires
        team, scopes, user = install.team, install.scopes, ""
    else:
        team, user, asked = world.codes.pop(str(args.get("code")), ("", "", ""))
        if not team:
            raise RefusedError("invalid_code")
        scopes = set(asked.split(",")) - {""}
    return _granted(world, team, scopes, user, rotate)


def _granted(world: World, team: str, scopes: set[str], user: str, rotate: float | None) -> Json:
    number = world.number()
    token = f"xoxe.xoxb-{team}-{number}" if rotate else f"xoxb-{team}-{number}"
    install = Install(team, scopes, world.clock() + rotate if rotate else None, f"xoxe-1-{number}" if rotate else "")
    world.installs[token] = install
    answer: Json = {
        "ok": True, "access_token": token, "token_type": "bot", "scope": ",".join(sorted(scopes)), "bot_user_id": chat.bot_user(team),
        "app_id": "A1", "team": {"id": team, "name": world.teams[team]}, "enterprise": None, "is_enterprise_install": False,
    }  # fmt: skip
    if user:
        answer["authed_user"] = {"id": user}
    return answer | ({"expires_in": int(rotate), "refresh_token": install.refresh} if rotate else {})
