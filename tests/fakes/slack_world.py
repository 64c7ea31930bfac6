"""A workspace as Slack keeps it: people, channels, messages, views, files, tokens, and a clock that a test can move.

State and its few rules; knows no sockets. What somebody sees is kept as a list of sights in the order they came.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_parts import Json, name_parts

SCOPES = (
    "app_mentions:read channels:history channels:join channels:read chat:write chat:write.public commands files:read files:write"
    " groups:history groups:read im:history im:read im:write mpim:read reactions:write team:read usergroups:read users:read"
)


class RefusedError(Exception):
    """What Slack answers instead of doing it: `{"ok": false, "error": …}`."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}


@dataclass
class Clock:
    """Real time, and what a test has added to it."""

    ahead: float = 0.0

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.ahead


@dataclass(frozen=True)
class User:
    """A person or a bot of one workspace."""

    id: str
    name: str
    team: str = "T1"
    admin: bool = False
    tz: str = "Europe/Berlin"
    locale: str = "en-GB"
    bot: bool = False


@dataclass
class Channel:
    """A place for messages; `bot_in` says whether our app was invited."""

    id: str
    name: str
    members: set[str]
    bot_in: bool = True
    team: str = "T1"
    kind: str = "channel"  # channel, group, im
    archived: bool = False


@dataclass
class Message:
    """One message as it stands now. `only_for` is the one person who sees an ephemeral."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    only_for: str = ""
    edits: int = 0
    gone: bool = False
    team: str = "T1"
    reactions: list[str] = field(default_factory=list)

    def shown(self) -> Json:
        """As the API and events show it."""
        whole: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": self.team}
        if self.blocks:
            whole["blocks"] = self.blocks
        if self.thread_ts:
            whole["thread_ts"] = self.thread_ts
        if self.files:
            whole["files"] = self.files
        if self.user.startswith("UBOT"):
            whole |= {"bot_id": "B" + self.user[4:], "app_id": "A1"}
        return whole


@dataclass
class View:
    """A modal or a home as it stands now; `hash` changes with every update."""

    id: str
    user: str
    team: str
    content: Json
    hash: str
    root: str = ""
    previous: str = ""
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    open: bool = True

    @property
    def title(self) -> str:
        """The words at its top."""
        return str((self.content.get("title") or {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        found: list[Json] = self.content["blocks"]
        return found

    def shown(self) -> Json:
        """As the API and payloads show it."""
        empty: Json = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
        }
        if self.content["type"] == "modal":
            empty |= {"submit": None, "close": None, "previous_view_id": self.previous or None}
        return {
            **empty, **self.content, "id": self.id, "team_id": self.team, "hash": self.hash, "state": {"values": self.state},
            "root_view_id": self.root or self.id, "app_id": "A1", "app_installed_team_id": self.team, "bot_id": "B1",
        }  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What came before somebody's eyes.

    `kind`: message, ephemeral, edit, delete, modal, modal_update, modal_close, errors (of fields), home, reaction,
    trouble (Slack's own words that the app did not answer).
    """

    kind: str
    users: frozenset[str]
    text: str = ""
    channel: str = ""
    message: Message | None = None
    view: View | None = None
    errors: dict[str, str] = field(default_factory=dict)
    blocks: tuple[Json, ...] = ()


@dataclass
class StoredFile:
    """A file on its way in three steps, or one that a person put there."""

    id: str
    name: str
    length: int
    content: bytes = b""
    title: str = ""
    alt_txt: str = ""
    done: bool = False
    user: str = "UBOT1"

    def shown(self, base: str) -> Json:
        """As the API shows it."""
        return {
            "id": self.id, "name": self.name, "title": self.title or self.name, "size": self.length, "user": self.user,
            "mimetype": "text/plain", "filetype": self.name.rpartition(".")[2], "permalink": f"{base}/files/{self.id}",
            "url_private": f"{base}/private/{self.id}", "url_private_download": f"{base}/private/{self.id}", "alt_txt": self.alt_txt,
        }  # fmt: skip


@dataclass
class Install:
    """A token of our app in a workspace."""

    team: str
    scopes: set[str]
    expires: float | None = None
    refresh: str = ""


@dataclass(frozen=True)
class Trigger:
    """What lets an app open a modal once, within three seconds."""

    user: str
    at: float
    view: str = ""


@dataclass
class ResponseUrl:
    """Where an app may answer five times within half an hour."""

    user: str
    channel: str
    at: float
    message: Message | None = None
    uses: int = 0


@dataclass(frozen=True)
class Fault:
    """A mistake of the app: its kind, and words on where and what."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


class World:
    """Everything Slack knows, and what everyone has seen of it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.all_messages: list[Message] = []
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, StoredFile] = {}
        self.installs: dict[str, Install] = {}
        self.teams: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.codes: dict[str, tuple[str, str, str]] = {}
        self.sights: list[Seen] = []
        self.faults: list[Fault] = []
        self.validated: Counter[str] = Counter()
        self.changed = asyncio.Event()
        self._count = itertools.count(1)
        self._last_ts = 0

    def number(self) -> int:
        """A number that was not given before."""
        return next(self._count)

    def ts(self) -> str:
        """The time as Slack names messages: unique, growing, six digits behind the point."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def fault(self, kind: str, what: str) -> None:
        """Write down a mistake of the app."""
        self.faults.append(Fault(kind, what))
        self.stir()

    def stir(self) -> None:
        """Wake whoever waits for something to happen."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def until(self, true: Callable[[], bool], patience: float) -> None:
        """Wait until something holds.

        Raises:
            TimeoutError: it did not within so many real seconds.
        """
        async with asyncio.timeout(patience):
            while not true():
                await self.changed.wait()

    def show(self, kind: str, users: set[str] | frozenset[str], **more: Any) -> Seen:
        """Put something before people's eyes."""
        seen = Seen(kind, frozenset(users), **more)
        self.sights.append(seen)
        self.stir()
        return seen

    def audience(self, message: Message) -> set[str]:
        """Who can see a message."""
        return {message.only_for} if message.only_for else set(self.channels[message.channel].members)

    def add(self, message: Message) -> Message:
        """Put up a message."""
        name_parts(message.blocks, self.number)
        self.all_messages.append(message)
        self.see(message, "ephemeral" if message.only_for else "message")
        return message

    def see(self, message: Message, kind: str) -> None:
        """Show a message to whoever may see it."""
        blocks = tuple(message.blocks)
        self.show(
            kind, self.audience(message), text=message.text, channel=message.channel, message=message, blocks=blocks
        )

    def change(self, message: Message, text: str, blocks: list[Json] | None, metadata: Json | None = None) -> None:
        """Put other content into a message."""
        message.text = text
        if blocks is not None:
            message.blocks = name_parts(blocks, self.number)
        message.metadata = metadata or message.metadata
        message.edits += 1
        self.see(message, "edit")

    def remove(self, message: Message) -> None:
        """Take a message away."""
        message.gone = True
        self.see(message, "delete")

    def find(self, channel: str, ts: str) -> Message | None:
        """A standing message that everyone may see, by its name."""
        found = (one for one in self.all_messages if (one.channel, one.ts) == (channel, ts))
        return next((one for one in found if not one.gone and not one.only_for), None)

    def trigger(self, user: str, view: str = "") -> str:
        """A new permission to open a modal."""
        name = f"{self.number()}.{int(self.clock() * 1000)}.trigger"
        self.triggers[name] = Trigger(user, self.clock(), view)
        return name

    def hash(self) -> str:
        """A name for this state of a view."""
        return f"{int(self.clock())}.{self.number()}"


def matches(fault: Fault, pattern: str) -> bool:
    """Say whether a pattern names a fault."""
    return re.search(pattern, str(fault)) is not None
