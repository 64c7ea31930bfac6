"""The API's methods around messages, channels, people and files; each takes a call and gives the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.fakes.slack_checks import check_message
from tests.fakes.slack_world import Channel, Install, Json, Message, RefusedError, StoredFile, User, World

MOST_TEXT = 40_000


@dataclass(frozen=True)
class Call:
    """One call of a method as it arrived, with whose token."""

    method: str
    args: Json
    world: World
    install: Install
    base: str

    def need(self, *names: str) -> None:
        """Refuse when arguments are missing."""
        missing = [name for name in names if self.args.get(name) in (None, "")]
        if missing:
            self.world.fault("arguments", f"{self.method} without {', '.join(missing)}")
            raise RefusedError("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing {missing}"]})

    @property
    def bot(self) -> str:
        """Our app's own user there."""
        return bot_user(self.install.team)


def bot_user(team: str) -> str:
    """The id of our app's user in a workspace."""
    return "UBOT" + team[1:]


def channel_of(call: Call, name: str = "channel", *, inside: bool = True) -> Channel:
    """The channel a call is about; a person's id stands for the talk with them."""
    call.need(name)
    asked = str(call.args[name])
    if asked in call.world.users:
        return direct(call.world, asked, call.install.team)
    found = call.world.channels.get(asked)
    if found is None or found.team != call.install.team:
        raise RefusedError("channel_not_found")
    if found.archived and inside:
        raise RefusedError("is_archived")
    if inside and not found.bot_in:
        raise RefusedError("not_in_channel" if found.kind == "channel" else "channel_not_found")
    return found


def direct(world: World, user: str, team: str) -> Channel:
    """The talk of a person with our app, opened when there is none."""
    name = "D" + user[1:]
    return world.channels.setdefault(name, Channel(name, "direct", {user, bot_user(team)}, team=team, kind="im"))


def post_message(call: Call) -> Json:
    """Put a message into a channel."""
    channel = channel_of(call)
    check_message(call.world, call.method, call.args)
    message = call.world.add(_message(call, channel))
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": message.shown()}


def _message(call: Call, channel: Channel, only_for: str = "") -> Message:
    args, world = call.args, call.world
    thread = str(args.get("thread_ts") or "")
    if thread and not world.find(channel.id, thread):
        raise RefusedError("thread_not_found")
    blocks = list(args.get("blocks") or [])
    return Message(
        channel.id, world.ts(), call.bot, str(args.get("text") or "")[:MOST_TEXT], blocks, thread,
        metadata=args.get("metadata"), only_for=only_for, team=call.install.team,
    )  # fmt: skip


def post_ephemeral(call: Call) -> Json:
    """Show a message to one person in a channel."""
    channel = channel_of(call)
    call.need("user")
    check_message(call.world, call.method, call.args)
    if call.args["user"] not in channel.members:
        raise RefusedError("user_not_in_channel")
    message = call.world.add(_message(call, channel, only_for=call.args["user"]))
    return {"ok": True, "message_ts": message.ts}


def _own(call: Call) -> Message:
    channel = channel_of(call)
    call.need("ts")
    found = call.world.find(channel.id, str(call.args["ts"]))
    if found is None:
        raise RefusedError("message_not_found")
    if found.user != call.bot:
        raise RefusedError("cant_update_message" if call.method == "chat.update" else "cant_delete_message")
    return found


def update(call: Call) -> Json:
    """Put other content into a message of our own."""
    message = _own(call)
    check_message(call.world, call.method, call.args)
    call.world.change(message, str(call.args.get("text") or ""), call.args.get("blocks"), call.args.get("metadata"))
    return {
        "ok": True,
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": _without(message.shown(), "ts"),
    }


def _without(whole: Json, *names: str) -> Json:
    return {name: value for name, value in whole.items() if name not in names}


def delete(call: Call) -> Json:
    """Take a message of our own away."""
    message = _own(call)
    call.world.remove(message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def permalink(call: Call) -> Json:
    """Say where a message is found."""
    channel = channel_of(call, inside=False)
    return {
        "ok": True,
        "channel": channel.id,
        "permalink": f"{call.base}/archives/{channel.id}/p{call.args.get('message_ts')}",
    }


def react(call: Call) -> Json:
    """Put an emoji below a message."""
    channel = channel_of(call)
    call.need("timestamp", "name")
    message = call.world.find(channel.id, str(call.args["timestamp"]))
    if message is None:
        raise RefusedError("message_not_found")
    if call.args["name"] in message.reactions:
        raise RefusedError("already_reacted")
    message.reactions.append(call.args["name"])
    call.world.show("reaction", channel.members, text=call.args["name"], channel=channel.id, message=message)
    return {"ok": True}


def history(call: Call) -> Json:
    """List a channel's messages, or those of a thread, newest first, with their metadata when asked."""
    channel = channel_of(call)
    thread, oldest = call.args.get("ts"), str(call.args.get("oldest") or "0")
    kept = [one for one in call.world.all_messages if one.channel == channel.id and not one.gone and not one.only_for]
    if call.method == "conversations.replies":
        kept = [one for one in kept if thread in (one.ts, one.thread_ts)]
    else:
        kept = [one for one in reversed(kept) if not one.thread_ts]
    meta = str(call.args.get("include_all_metadata", "")).lower() in ("1", "true")
    shown = [
        one.shown() | ({"metadata": one.metadata} if meta and one.metadata else {}) for one in kept if one.ts >= oldest
    ]
    return {"ok": True, "messages": shown[: int(call.args.get("limit") or 100)], "has_more": False}


def open_direct(call: Call) -> Json:
    """Open the talk with one person."""
    call.need("users")
    user = str(call.args["users"])
    if user not in call.world.users:
        raise RefusedError("user_not_found")
    return {"ok": True, "channel": {"id": direct(call.world, user, call.install.team).id}}


def channel_info(call: Call) -> Json:
    """Describe a channel."""
    return {"ok": True, "channel": described(channel_of(call, inside=False))}


def described(channel: Channel) -> Json:
    """A channel as the API shows it."""
    return {
        "id": channel.id, "name": channel.name, "is_channel": channel.kind == "channel", "is_im": channel.kind == "im",
        "is_private": channel.kind != "channel", "is_member": channel.bot_in, "is_archived": channel.archived,
    }  # fmt: skip


def join(call: Call) -> Json:
    """Let our app into a public channel."""
    channel = channel_of(call, inside=False)
    if channel.kind != "channel":
        raise RefusedError("method_not_supported_for_channel_type")
    channel.bot_in = True
    channel.members.add(call.bot)
    return {"ok": True, "channel": described(channel)}


def list_channels(call: Call) -> Json:
    """List the channels of a workspace, private ones only when our app is in them."""
    seen = [one for one in call.world.channels.values() if one.team == call.install.team and one.kind != "im"]
    shown = [
        described(one) for one in seen if one.bot_in or (one.kind == "channel" and call.method == "conversations.list")
    ]
    return {"ok": True, "channels": shown, "response_metadata": {"next_cursor": ""}}


def members(call: Call) -> Json:
    """List who is in a channel."""
    return {"ok": True, "members": sorted(channel_of(call).members), "response_metadata": {"next_cursor": ""}}


def user_info(call: Call) -> Json:
    """Describe a person."""
    call.need("user")
    user = call.world.users.get(call.args["user"])
    if user is None or user.team != call.install.team:
        raise RefusedError("user_not_found")
    return {"ok": True, "user": _person(user, call)}


def _person(user: User, call: Call) -> Json:
    whole: Json = {
        "id": user.id, "team_id": user.team, "name": user.name.lower(), "real_name": user.name, "tz": user.tz, "deleted": False,
        "is_admin": user.admin, "is_owner": False, "is_bot": user.bot, "profile": {"display_name": user.name, "real_name": user.name},
    }  # fmt: skip
    asked = str(call.args.get("include_locale", "")).lower() in ("1", "true")
    return whole | ({"locale": user.locale} if asked else {})


def user_groups(call: Call) -> Json:
    """List the groups that can be called by one name."""
    return {
        "ok": True,
        "usergroups": [{"id": key, "handle": name, "name": name} for key, name in call.world.groups.items()],
    }


def auth_test(call: Call) -> Json:
    """Say who the token belongs to."""
    team = call.install.team
    return {
        "ok": True, "url": f"{call.base}/", "team": call.world.teams[team], "user": "epochbot", "team_id": team,
        "user_id": call.bot, "bot_id": "B" + team[1:], "is_enterprise_install": False, "app_id": "A1",
    }  # fmt: skip


def team_info(call: Call) -> Json:
    """Describe the workspace."""
    team = call.install.team
    return {"ok": True, "team": {"id": team, "name": call.world.teams[team], "domain": "garden"}}


def upload_url(call: Call) -> Json:
    """Begin an upload: step one of three."""
    call.need("filename", "length")
    name = f"F{call.world.number()}"
    stored = StoredFile(
        name,
        call.args["filename"],
        int(call.args["length"]),
        alt_txt=str(call.args.get("alt_txt") or ""),
        user=call.bot,
    )
    call.world.files[name] = stored
    return {"ok": True, "upload_url": f"{call.base}/upload/{name}", "file_id": name}


def upload_done(call: Call) -> Json:
    """End an upload and show it: step three."""
    call.need("files")
    files = [_finished(call, item) for item in call.args["files"]]
    shown: list[Json] = [file.shown(call.base) for file in files]
    if call.args.get("channel_id"):
        channel = channel_of(call, "channel_id")
        message = _message(call, channel)
        message.text, message.files = str(call.args.get("initial_comment") or ""), shown
        call.world.add(message)
    return {"ok": True, "files": shown}


def _finished(call: Call, item: Any) -> StoredFile:
    file = call.world.files.get(item.get("id", ""))
    if file is None or len(file.content) != file.length:
        call.world.fault(
            "upload", f"{item.get('id')}: {file and len(file.content)} bytes arrived of {file and file.length}"
        )
        raise RefusedError("file_not_found" if file is None else "file_upload_size_mismatch")
    file.title, file.done = str(item.get("title") or ""), True
    call.world.validated["file"] += 1
    return file


def file_info(call: Call) -> Json:
    """Describe a file."""
    file = call.world.files.get(str(call.args.get("file")))
    if file is None:
        raise RefusedError("file_not_found")
    return {"ok": True, "file": file.shown(call.base)}
