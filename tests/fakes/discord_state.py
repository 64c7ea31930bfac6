"""What the fake Discord remembers: people, guilds, channels, messages, interactions, and the clock. Knows no sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.discord_rules import BUTTON, EPHEMERAL_FLAG, SELECTS, TEXT, walk

EPOCH_MS = 1_420_070_400_000
ADMINISTRATOR, MANAGE_GUILD, MANAGE_ROLES = 1 << 3, 1 << 5, 1 << 28
VIEW, SEND, EMBED, ATTACH, HISTORY, MENTION_ALL = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 16, 1 << 17
PUBLIC_THREADS, SEND_IN_THREADS, EXTERNAL_APPS = 1 << 35, 1 << 38, 1 << 50
EVERYTHING = (1 << 53) - 1
INVITED = VIEW | SEND | EMBED | ATTACH | HISTORY | PUBLIC_THREADS | SEND_IN_THREADS
PEOPLE_MAY = INVITED | EXTERNAL_APPS | 1 << 31
TEXT_CHANNEL, DM, ANNOUNCEMENT, THREAD = 0, 1, 5, 11
LOADING_FLAG = 1 << 7


class Clock:
    """The platform's time: stands still until moved, so that a busy machine expires nothing; or runs, when asked to."""

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        self._start = start or datetime.now(UTC)
        self._origin = time.monotonic()
        self._running = running
        self._moved = timedelta()

    def now(self) -> datetime:
        """The time it is there."""
        ran = timedelta(seconds=time.monotonic() - self._origin) if self._running else timedelta()
        return self._start + self._moved + ran

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._moved += timedelta(seconds=seconds)


@dataclass(eq=False)
class User:
    """A person, or the bot."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    accepts_dms: bool = True
    installed: bool = False  # has the app for themselves, wherever they are

    def payload(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
        }


@dataclass(eq=False)
class Role:
    """A role of a guild; the one with the guild's id is everyone's."""

    id: int
    name: str
    permissions: int = 0
    mentionable: bool = False
    managed: bool = False
    position: int = 1

    def payload(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "id": str(self.id), "name": self.name, "color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False, "position": self.position, "permissions": str(self.permissions), "managed": self.managed,
            "mentionable": self.mentionable, "flags": 0,
        }  # fmt: skip


@dataclass(eq=False)
class Guild:
    """A server. Where the bot is no member, its app may still be used by who installed it for themselves."""

    id: int
    name: str
    has_bot: bool = True
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)  # person -> their roles
    owner: int = 0


@dataclass(eq=False)
class Channel:
    """A text channel, a thread or a private conversation."""

    id: int
    name: str
    kind: int = TEXT_CHANNEL
    guild: Guild | None = None
    parent: Channel | None = None
    person: User | None = None  # of a private conversation
    archived: bool = False
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)  # role or person -> (allow, deny)
    deleted: bool = False


@dataclass(eq=False)
class Message:
    """A message as it stands. `owner` is the only one who sees it, or None when all do."""

    id: int
    channel: Channel
    author: User
    created: datetime
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    flags: int = 0
    owner: User | None = None
    edits: int = 0
    deleted: bool = False
    nonce: str | None = None
    pings: set[str] = field(default_factory=set)
    reply_to: int | None = None
    thread: Channel | None = None
    poll: dict[str, Any] | None = None
    interaction: int | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether only its owner sees it."""
        return bool(self.flags & EPHEMERAL_FLAG)

    @property
    def loading(self) -> bool:
        """Whether it still says that the bot is thinking."""
        return bool(self.flags & LOADING_FLAG)

    @property
    def text(self) -> str:
        """All the words a reader sees outside the controls, one part a line."""
        parts = [self.content, *(c.get("content") or "" for c in walk(self.components) if c.get("type") == TEXT)]
        for embed in self.embeds:
            parts += [embed.get("title") or "", embed.get("description") or ""]
            parts += [item.get(key) or "" for item in embed.get("fields") or () for key in ("name", "value")]
            parts.append((embed.get("footer") or {}).get("text") or "")
        return "\n".join(part for part in parts if part)

    @property
    def controls(self) -> list[dict[str, Any]]:
        """The buttons and selects, in order."""
        return [dict(c) for c in walk(self.components) if c.get("type") == BUTTON or c.get("type") in SELECTS]

    @property
    def labels(self) -> list[str]:
        """What the buttons say."""
        return [str(c.get("label") or "") for c in self.controls if c["type"] == BUTTON]

    def control(self, wanted: str) -> dict[str, Any]:
        """The control of that custom id or label."""
        for key in ("custom_id", "label"):
            found = [c for c in self.controls if c.get(key) == wanted]
            if found:
                return found[0]
        raise AssertionError(
            f"no control {wanted!r} among {[c.get('custom_id') or c.get('url') for c in self.controls]}"
        )


@dataclass(eq=False)
class Interaction:
    """Something a person did, and what came of it."""

    id: int
    token: str
    kind: int  # 2 command, 3 component, 4 autocomplete, 5 modal
    user: User
    channel: Channel
    created: datetime
    payload: dict[str, Any]
    user_install_only: bool = False
    source: Message | None = None
    callback: int | None = None  # the type of the first response
    original: Message | None = None
    original_gone: bool = False
    made: list[Message] = field(default_factory=list)
    edited: list[Message] = field(default_factory=list)
    follow_ups: int = 0
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    deliveries: int = 1
    late_tries: int = 0  # answers refused for coming too late
    sent_at: float = field(default_factory=time.monotonic)
    acked_at: float | None = None
    touched: asyncio.Event = field(default_factory=asyncio.Event)

    def answered_in_full(self) -> bool:
        """Whether more came than a promise to answer."""
        if self.callback in {5, 6}:
            return self.follow_ups > 0 or bool(self.edited) or self.original_gone
        return self.callback is not None


def base_permissions(guild: Guild, roles: Iterable[int]) -> int:
    """What roles allow in a guild before any channel says otherwise."""
    total = 0
    for role in (guild.id, *roles):
        total |= guild.roles[role].permissions
    return EVERYTHING if total & ADMINISTRATOR else total


def permissions_in(channel: Channel, user: User) -> int:
    """What someone may do in a channel: roles, then what the channel says for everyone, their roles, and themselves."""
    place = channel.parent or channel
    guild = place.guild
    if guild is None:
        return INVITED if channel.kind == DM else 0
    if user.id not in guild.members:
        return 0
    if guild.owner == user.id:
        return EVERYTHING
    roles = guild.members[user.id]
    total = base_permissions(guild, roles)
    if total == EVERYTHING:
        return total
    for group in ((guild.id,), tuple(roles), (user.id,)):
        rules = [place.overwrites[key] for key in group if key in place.overwrites]
        for _, deny in rules:
            total &= ~deny
        for allow, _ in rules:
            total |= allow
    return total if total & VIEW else 0


def snowflake(when: datetime, count: int) -> int:
    """An id made at that time."""
    return (int(when.timestamp() * 1000) - EPOCH_MS << 22) | (count & 0x3FFFFF)
