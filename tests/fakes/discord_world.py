"""The fake Discord's world: makes people, guilds, channels and messages, and shows them as the API does. Knows no sockets."""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from typing import Any

from tests.fakes.discord_rules import EPHEMERAL_FLAG, FILE, TEXT, V2_FLAG, walk
from tests.fakes.discord_state import (
    DM,
    INVITED,
    LOADING_FLAG,
    MENTION_ALL,
    PEOPLE_MAY,
    TEXT_CHANNEL,
    THREAD,
    Channel,
    Clock,
    Guild,
    Interaction,
    Message,
    Role,
    User,
    permissions_in,
    snowflake,
)

LOCAL_URL = "attachment://"


class World:
    """Everything there is."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._count = itertools.count(1)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, Interaction] = {}  # by token
        self.uploads: dict[str, bytes] = {}  # by path below the host
        self.files_url = ""
        self.bot = self.add_user("Epochbot", bot=True)
        self.application_id = self.bot.id

    def new_id(self) -> int:
        """An id as Discord makes them now."""
        return snowflake(self.clock.now(), next(self._count))

    def add_user(self, name: str, *, bot: bool = False, locale: str = "en-US", installed: bool = False) -> User:
        """A new person."""
        user = User(self.new_id(), name, bot=bot, locale=locale, installed=installed)
        self.users[user.id] = user
        return user

    def add_guild(
        self, name: str, *, has_bot: bool = True, bot_permissions: int = INVITED, shard: tuple[int, int] = (0, 1)
    ) -> Guild:
        """A new server, owned by someone else, on the shard wanted."""
        identity = self.new_id()
        while (identity >> 22) % shard[1] != shard[0]:
            identity += 1 << 22
        guild = Guild(identity, name, has_bot=has_bot, owner=self.add_user(f"Owner of {name}").id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", PEOPLE_MAY, position=0)
        guild.members[guild.owner] = set()
        self.guilds[guild.id] = guild
        if has_bot:
            self.join_bot(guild, bot_permissions)
        return guild

    def join_bot(self, guild: Guild, permissions: int) -> Role:
        """Make the bot a member with a role of its own; everyone's role gives it nothing but what all have."""
        guild.has_bot = True
        role = Role(self.new_id(), self.bot.name, permissions, managed=True, position=2)
        guild.roles[role.id] = role
        guild.members[self.bot.id] = {role.id}
        return role

    def add_role(self, guild: Guild, name: str, *, permissions: int = 0, mentionable: bool = False) -> Role:
        """A new role."""
        role = Role(self.new_id(), name, permissions, mentionable=mentionable)
        guild.roles[role.id] = role
        return role

    def add_channel(self, guild: Guild, name: str, *, kind: int = TEXT_CHANNEL) -> Channel:
        """A new text channel."""
        channel = Channel(self.new_id(), name, kind=kind, guild=guild)
        self.channels[channel.id] = channel
        return channel

    def dm(self, user: User) -> Channel:
        """The private conversation of someone and the bot."""
        for channel in self.channels.values():
            if channel.person is user:
                return channel
        channel = Channel(self.new_id(), user.name, kind=DM, person=user)
        self.channels[channel.id] = channel
        return channel

    def add_thread(self, parent: Channel, name: str, message: Message | None = None) -> Channel:
        """A discussion below a channel or a message."""
        thread = Channel(message.id if message else self.new_id(), name, kind=THREAD, guild=parent.guild, parent=parent)
        self.channels[thread.id] = thread
        if message:
            message.thread = thread
        return thread

    def write(
        self,
        channel: Channel,
        author: User,
        payload: dict[str, Any],
        files: dict[str, bytes],
        owner: User | None = None,
    ) -> Message:
        """A new message."""
        message = Message(self.new_id(), channel, author, self.clock.now(), owner=owner, nonce=_nonce(payload))
        message.flags = payload.get("flags") or 0
        if owner:
            message.flags |= EPHEMERAL_FLAG
        self.messages[message.id] = message
        self.change(message, payload, files)
        message.edits = 0
        message.poll = payload.get("poll")
        message.reply_to = int((payload.get("message_reference") or {}).get("message_id") or 0) or None
        message.pings = self._pings(message, payload.get("allowed_mentions"))
        return message

    def change(self, message: Message, payload: dict[str, Any], files: dict[str, bytes]) -> None:
        """Edit a message: what the payload names is replaced, a flag of the second layout never leaves."""
        if "content" in payload:
            message.content = payload["content"] or ""
        if "embeds" in payload:
            message.embeds = payload["embeds"] or []
        if "components" in payload:
            message.components = _numbered(payload["components"] or [])
        message.flags |= (payload.get("flags") or 0) & V2_FLAG
        message.flags &= ~LOADING_FLAG
        if "attachments" in payload or files:
            self._attach(message, payload, files)
        message.components = [self._resolved(message, c) for c in message.components]
        message.edits += 1

    def _attach(self, message: Message, payload: dict[str, Any], files: dict[str, bytes]) -> None:
        kept = {str(item.get("id")) for item in payload.get("attachments") or ()}
        message.attachments = [a for a in message.attachments if a["id"] in kept or "attachments" not in payload]
        alts = {item.get("filename"): item.get("description") for item in payload.get("attachments") or ()}
        for name, data in files.items():
            message.files[name] = data
            message.attachments.append(self.upload(name, data, description=alts.get(name)))

    def upload(self, name: str, data: bytes, *, description: str | None = None) -> dict[str, Any]:
        """Keep a file where its address leads to."""
        identity = str(self.new_id())
        self.uploads[f"/attachments/{identity}/{name}"] = data
        url = f"{self.files_url}/attachments/{identity}/{name}"
        shown: dict[str, Any] = {
            "id": identity,
            "filename": name,
            "size": len(data),
            "url": url,
            "proxy_url": url,
            "content_type": _content_type(name),
        }
        return shown | ({"description": description} if description else {})

    def _resolved(self, message: Message, component: dict[str, Any]) -> dict[str, Any]:
        """A component with the addresses of files instead of their names."""
        done = dict(component)
        for key in ("media", "file"):
            url = (done.get(key) or {}).get("url", "")
            found = next((a for a in message.attachments if url == LOCAL_URL + a["filename"]), None)
            if found:
                done[key] = {
                    **done[key],
                    "url": found["url"],
                    "proxy_url": found["proxy_url"],
                    "attachment_id": found["id"],
                }
                if done.get("type") == FILE:
                    done |= {"name": found["filename"], "size": found["size"]}
        for key in ("components", "items"):
            if done.get(key):
                done[key] = [self._resolved(message, child) for child in done[key]]
        for key in ("accessory", "component"):
            if done.get(key):
                done[key] = self._resolved(message, done[key])
        return done

    def _pings(self, message: Message, allowed: dict[str, Any] | None) -> set[str]:
        """Whom the message notifies: everyone, roles and people it names and may name."""
        text = "\n".join([message.content, *(c["content"] for c in walk(message.components) if c.get("type") == TEXT)])
        parse = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or ())
        may_all = bool(permissions_in(message.channel, message.author) & MENTION_ALL)
        guild = message.channel.guild
        found: set[str] = set()
        if "everyone" in parse and may_all and re.search(r"@(everyone|here)\b", text):
            found.add("everyone")
        for kind, pattern in (("users", r"<@!?(\d+)>"), ("roles", r"<@&(\d+)>")):
            listed = {str(i) for i in (allowed or {}).get(kind) or ()}
            found |= {i for i in re.findall(pattern, text) if kind in parse or i in listed}
        silent = {str(r.id) for r in (guild.roles.values() if guild else ()) if not r.mentionable and not may_all}
        return found - silent

    def message_payload(self, message: Message) -> dict[str, Any]:
        """A message as the API shows it."""
        shown: dict[str, Any] = {
            "id": str(message.id), "channel_id": str(message.channel.id), "type": 19 if message.reply_to else 0, "content": message.content,
            "author": message.author.payload(), "timestamp": _iso(message.created),
            "edited_timestamp": _iso(self.clock.now()) if message.edits else None, "tts": False, "mention_everyone": "everyone" in message.pings,
            "mentions": [self.users[int(i)].payload() for i in message.pings if i.isdigit() and int(i) in self.users],
            "mention_roles": [], "attachments": message.attachments, "embeds": message.embeds, "components": message.components,
            "pinned": False, "flags": message.flags,
        }  # fmt: skip
        if message.nonce is not None:
            shown["nonce"] = message.nonce
        if message.interaction is not None:
            shown |= {"application_id": str(self.application_id), "webhook_id": str(self.application_id)}
        if message.thread:
            shown["thread"] = self.channel_payload(message.thread)
        return shown

    def channel_payload(self, channel: Channel) -> dict[str, Any]:
        """A channel as the API shows it."""
        shown: dict[str, Any] = {
            "id": str(channel.id),
            "type": channel.kind,
            "name": channel.name,
            "position": 0,
            "last_message_id": None,
            "flags": 0,
        }
        if channel.person:
            return shown | {"recipients": [channel.person.payload()]}
        shown["permission_overwrites"] = [
            {
                "id": str(key),
                "type": int(channel.guild is None or key not in channel.guild.roles),
                "allow": str(allow),
                "deny": str(deny),
            }
            for key, (allow, deny) in channel.overwrites.items()
        ]
        if channel.guild:
            shown["guild_id"] = str(channel.guild.id)
        if channel.parent:
            stamp = _iso(self.clock.now())
            meta = {
                "archived": channel.archived,
                "auto_archive_duration": 1440,
                "archive_timestamp": stamp,
                "locked": False,
            }
            shown |= {
                "parent_id": str(channel.parent.id),
                "owner_id": str(self.bot.id),
                "message_count": 0,
                "member_count": 1,
                "thread_metadata": meta,
            }
        return shown

    def member_payload(self, guild: Guild, user: User, channel: Channel | None = None) -> dict[str, Any]:
        """A member as the API shows it, with permissions where a channel is given."""
        roles = [str(role) for role in sorted(guild.members.get(user.id, set()))]
        shown: dict[str, Any] = {
            "user": user.payload(),
            "roles": roles,
            "joined_at": _iso(self.clock.now()),
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
        }
        return shown | ({"permissions": str(permissions_in(channel, user))} if channel else {})

    def guild_payload(self, guild: Guild) -> dict[str, Any]:
        """A guild as the gateway shows it to the bot when it comes online."""
        mine = [c for c in self.channels.values() if c.guild is guild and not c.deleted]
        return {
            "id": str(guild.id), "name": guild.name, "owner_id": str(guild.owner), "preferred_locale": guild.locale, "member_count": len(guild.members),
            "roles": [role.payload() for role in guild.roles.values()], "emojis": [], "stickers": [], "features": [], "large": False, "unavailable": False,
            "members": [self.member_payload(guild, self.bot)] if guild.has_bot else [], "presences": [], "voice_states": [],
            "channels": [self.channel_payload(c) for c in mine if not c.parent], "threads": [self.channel_payload(c) for c in mine if c.parent],
            "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
            "premium_tier": 0, "premium_subscription_count": 0, "system_channel_flags": 0, "afk_timeout": 300, "icon": None, "description": None,
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        }  # fmt: skip


def _iso(when: datetime) -> str:
    return when.isoformat()


def _nonce(payload: dict[str, Any]) -> str | None:
    return None if payload.get("nonce") is None else str(payload["nonce"])


def _content_type(name: str) -> str:
    kinds = {
        "png": "image/png",
        "json": "application/json",
        "txt": "text/plain; charset=utf-8",
        "py": "text/x-python; charset=utf-8",
    }
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")


def _numbered(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with an id each, as the server gives them."""
    counter = itertools.count(1)

    def number(component: dict[str, Any]) -> dict[str, Any]:
        done = {**component, "id": component.get("id") or next(counter)}
        if component.get("components"):
            done["components"] = [number(child) for child in component["components"]]
        if component.get("accessory"):
            done["accessory"] = number(component["accessory"])
        return done

    return [number(component) for component in components]
