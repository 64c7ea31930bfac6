"""What the parts of the fake Discord's REST side share: reading requests, limits, troubles made on purpose, telling who waits."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.fakes.discord_answers import Inspector, Refused
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_state import Channel, Guild, Message
from tests.fakes.discord_world import World

FILE_LIMIT = 10 * 1024 * 1024
REQUEST_LIMIT = 25 * 1024 * 1024


@dataclass
class Trouble:
    """Something that goes wrong with the next requests of a kind.

    Attributes:
        method: of the requests; any when empty.
        part: what their path contains.
        status: the answer; of 200 the request is only delayed.
        times: how many of them.
        lost: the request is carried out, only its answer goes wrong.
        hold: requests wait for this before anything else.
    """

    method: str
    part: str
    status: int
    code: int = 0
    times: int = 1
    retry_after: float | None = None
    scope: str = "user"
    via: bool = True
    lost: bool = False
    hold: asyncio.Event | None = None

    def takes(self, request: web.Request) -> bool:
        """Whether this request is one of them."""
        return self.times > 0 and self.method in {"", request.method} and self.part in request.path

    def refusal(self) -> Refused:
        """The answer."""
        wait = self.retry_after if self.retry_after is not None else 0.01 if self.status == 429 else None
        return Refused(self.status, self.code, retry_after=wait, scope=self.scope, via=self.via)


@dataclass
class Limit:
    """So many requests in a window of seconds, for each channel, guild or webhook."""

    count: int
    window: float
    seen: dict[str, deque[float]] = field(default_factory=dict)

    def take(self, major: str) -> tuple[int, float]:
        """Take one; say how many remain, -1 when it was one too many, and the seconds until one is free again."""
        now, times = time.monotonic(), self.seen.setdefault(major, deque())
        while times and times[0] <= now - self.window:
            times.popleft()
        if len(times) >= self.count:
            return -1, times[0] + self.window - now
        times.append(now)
        return self.count - len(times), times[0] + self.window - now


@dataclass
class Desk:
    """What every route works with."""

    world: World
    gateway: Gateway
    inspector: Inspector
    changed: asyncio.Condition
    api_url: str = ""
    token: str = ""
    troubles: list[Trouble] = field(default_factory=list)
    limits: dict[tuple[str, str], Limit] = field(default_factory=dict)
    global_limit: Limit | None = None
    requests: list[tuple[str, str, int]] = field(default_factory=list)
    limited: int = 0
    watchers: list[Callable[[], None]] = field(default_factory=list)

    async def notify(self) -> None:
        """Wake everyone who waits for something to change."""
        async with self.changed:
            self.changed.notify_all()

    def channel(self, request: web.Request) -> Channel:
        """The channel of the path.

        Raises:
            Refused: there is none, or the bot does not see it.
        """
        found = self.world.channels.get(number(request, "channel"))
        if found is None or found.deleted:
            raise Refused(404, 10003)
        return found

    def guild(self, request: web.Request) -> Guild:
        """The guild of the path, with the bot in it.

        Raises:
            Refused: there is none.
        """
        found = self.world.guilds.get(number(request, "guild"))
        if found is None:
            raise Refused(404, 10004)
        if not found.has_bot:
            raise Refused(403, 50001)
        return found

    def message(self, request: web.Request, channel: Channel) -> Message:
        """The message of the path, as a channel shows it to the bot.

        Raises:
            Refused: there is none.
        """
        found = self.world.messages.get(number(request, "message"))
        if found is None or found.deleted or found.ephemeral or found.channel is not channel:
            raise Refused(404, 10008)
        return found


def number(request: web.Request, name: str) -> int:
    """A number of the path."""
    text = request.match_info[name]
    if not text.isdigit():
        raise Refused(400, 50035, details=[f"{name} is no id"])
    return int(text)


async def read(request: web.Request) -> tuple[Any, dict[str, bytes]]:
    """The body of a request and the files sent with it.

    Raises:
        Refused: it is too large.
    """
    if not request.content_type.startswith("multipart/"):
        raw = await request.read()
        return (json.loads(raw) if raw else {}), {}
    payload: Any = {}
    files: dict[str, bytes] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Refused(400, 50035, details=["nested multipart"])
        data = bytes(await part.read(decode=False))
        if part.name == "payload_json":
            payload = json.loads(data)
        elif part.filename is not None and (part.name or "").startswith("files["):
            files[part.filename] = data
    if any(len(data) > FILE_LIMIT for data in files.values()) or sum(map(len, files.values())) > REQUEST_LIMIT:
        raise Refused(413, 40005)
    return payload, files
