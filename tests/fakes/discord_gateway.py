"""The fake Discord's gateway: sessions over WebSocket, with heartbeats, resumes, and everything that can go wrong with them."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_state import Guild
from tests.fakes.discord_world import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
GUILDS = 1
SEND_LIMIT = 120  # a minute


@dataclass(eq=False)
class Session:
    """What one shard of the bot is told; lives on without its socket until it is resumed or given up."""

    id: str
    shard: tuple[int, int]
    intents: int
    socket: web.WebSocketResponse | None
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def connected(self) -> bool:
        """Whether someone listens now."""
        return self.socket is not None and not self.socket.closed


class Gateway:
    """All sessions."""

    def __init__(self, world: World, token: str, changed: asyncio.Condition) -> None:
        self._world = world
        self._token = token
        self._changed = changed
        self._numbers = itertools.count(1)
        self.sessions: dict[str, Session] = {}
        self.sockets: set[web.WebSocketResponse] = set()
        self.url = ""
        self.privileged = 0  # privileged intents granted to the application
        self.heartbeat_ms = 41_250
        self.deaf = False  # take heartbeats without acknowledging them
        self.identifies = 0
        self.resumes = 0
        self.heartbeats = 0
        self.max_concurrency = 1
        self.refusals = 0  # how many of the next connections are turned away

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket."""
        if self.refusals > 0:
            self.refusals -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=4096 * 4)
        await socket.prepare(request)
        self.sockets.add(socket)
        await _send(socket, {"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}, "s": None, "t": None})
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._take(socket, json.loads(frame.data))
        finally:
            self.sockets.discard(socket)
            self._left(socket)
        return socket

    def _left(self, socket: web.WebSocketResponse) -> None:
        """A socket closed by the client with 1000 or 1001 ends its session; otherwise the session waits."""
        for session in [s for s in self.sessions.values() if s.socket is socket]:
            session.socket = None
            if socket.close_code in {1000, 1001}:
                del self.sessions[session.id]

    async def _take(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        op, data = frame.get("op"), frame.get("d")
        if op == HEARTBEAT:
            self.heartbeats += 1
            if not self.deaf:
                await _send(socket, {"op": ACK, "d": None})
            await self._notify()
        elif op == IDENTIFY and isinstance(data, dict):
            await self._identify(socket, data)
        elif op == RESUME and isinstance(data, dict):
            await self._resume(socket, data)
        elif op not in {3, 4, 8}:
            await socket.close(code=4001)

    async def _identify(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        self.identifies += 1
        shard = tuple(data.get("shard") or (0, 1))
        if data.get("token") != self._token:
            await socket.close(code=4004)
            return
        if data["intents"] & PRIVILEGED & ~self.privileged:
            await socket.close(code=4014)
            return
        session = Session(f"session-{next(self._numbers)}", (shard[0], shard[1]), data["intents"], socket)
        self.sessions[session.id] = session
        await self._ready(session)

    async def _ready(self, session: Session) -> None:
        guilds = [g for g in self._world.guilds.values() if g.has_bot and self._of(session, g.id)]
        await self._dispatch(session, "READY", {
            "v": 10, "user": self._world.bot.payload(), "guilds": [{"id": str(g.id), "unavailable": True} for g in guilds], "session_id": session.id,
            "resume_gateway_url": self.url, "shard": list(session.shard), "application": {"id": str(self._world.application_id), "flags": 0},
        })  # fmt: skip
        if session.intents & GUILDS:
            for guild in guilds:
                await self._dispatch(session, "GUILD_CREATE", self._world.guild_payload(guild))
        await self._notify()

    async def _resume(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or data.get("token") != self._token:
            await _send(socket, {"op": INVALID, "d": False})
            return
        self.resumes += 1
        session.socket = socket
        for event in [e for e in session.log if e["s"] > (data.get("seq") or 0)]:
            await _send(socket, event)
        await self._dispatch(session, "RESUMED", {})
        await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    @staticmethod
    def _of(session: Session, guild_id: int) -> bool:
        return (guild_id >> 22) % session.shard[1] == session.shard[0]

    async def _dispatch(self, session: Session, name: str, data: dict[str, Any]) -> None:
        event = {"op": DISPATCH, "t": name, "s": len(session.log) + 1, "d": data}
        session.log.append(event)
        if session.connected and session.socket is not None:
            await _send(session.socket, event)

    async def publish(self, name: str, data: dict[str, Any], guild: Guild | None, *, intent: int = 0) -> int:
        """Tell the sessions of a guild's shard, or those of the first shard; say how many were told or will be."""
        told = 0
        for session in list(self.sessions.values()):
            mine = self._of(session, guild.id) if guild and guild.has_bot else session.shard[0] == 0
            if mine and session.intents & intent == intent:
                await self._dispatch(session, name, data)
                told += 1
        return told

    @property
    def connected(self) -> bool:
        """Whether every shard of the bot listens."""
        live = {s.shard[0] for s in self.sessions.values() if s.connected}
        return bool(live) and len(live) == max(s.shard[1] for s in self.sessions.values() if s.connected)

    async def close_sockets(self, code: int) -> None:
        """Close every socket with a code."""
        for session in self.sessions.values():
            session.socket = None  # what the client answers to our closing says nothing about the session
        for socket in list(self.sockets):
            await socket.close(code=code)

    def cut_sockets(self) -> None:
        """Break every connection without a word, as a network does."""
        for session in self.sessions.values():
            session.socket = None
        for socket in list(self.sockets):
            transport = socket._req.transport if socket._req is not None else None
            if transport is not None:
                transport.abort()

    async def order(self, op: int, data: bool | None = None) -> None:
        """Send a frame without an event to every socket: RECONNECT, INVALID."""
        for socket in list(self.sockets):
            await _send(socket, {"op": op, "d": data})


async def _send(socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
    if not socket.closed:
        try:
            await socket.send_str(json.dumps(frame))
        except ConnectionError:
            return
