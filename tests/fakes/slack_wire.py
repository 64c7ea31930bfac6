"""How events reach an app: over its Socket Mode connections, or by signed posts to its own server; and how it answers in time."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.fakes.slack_world import Clock, Json, World

MOST_CONNECTIONS = 10
RETRIES = ("timeout", "http_error", "connection_failed")


@dataclass
class Delivery:
    """One thing told to the app, and what came back. `latency` is in seconds, None when nothing came in time."""

    kind: str
    payload: Json
    retry: int = 0
    latency: float | None = None
    answer: Any = None
    status: int = 0

    @property
    def acked(self) -> bool:
        """Say whether the app answered in time."""
        return self.latency is not None


@dataclass
class Endpoint:
    """An app's own server: where its events go and the secret they are signed with."""

    url: str
    secret: str


def signed(secret: str, body: str, at: float) -> dict[str, str]:
    """The headers that prove a post comes from Slack."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


@dataclass
class Wire:
    """The app's connections, and the envelopes that wait for its answer."""

    world: World
    clock: Clock
    ack_seconds: float = 3.0
    endpoint: Endpoint | None = None
    sockets: list[tuple[web.WebSocketResponse, web.Request]] = field(default_factory=list)
    frozen: list[tuple[web.WebSocketResponse, web.Request]] = field(default_factory=list)
    waiting: dict[str, tuple[float, asyncio.Future[Any]]] = field(default_factory=dict)
    sent: list[Delivery] = field(default_factory=list)
    connections: int = 0

    async def deliver(self, kind: str, payload: Json, retry: int = 0) -> Delivery:
        """Tell the app something and wait for its answer, for as long as Slack does."""
        delivery = Delivery(kind, deepcopy(payload), retry)
        self.sent.append(delivery)
        if self.endpoint:
            await self._post(self.endpoint, delivery)
        elif self.sockets:
            await self._send(delivery)
        if not delivery.acked:
            why = "nobody is connected" if not (self.endpoint or self.sockets) else "no answer in time"
            self.world.fault("ack", f"{kind} {_name(payload)}: {why} (status {delivery.status})")
        return delivery

    async def _send(self, delivery: Delivery) -> None:
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()), "type": delivery.kind, "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }  # fmt: skip
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.retry, "retry_reason": RETRIES[0] if delivery.retry else ""}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting[envelope["envelope_id"]] = (self.clock(), future)
        self.world.stir()
        begin = time.perf_counter()
        try:
            await self.sockets[-1][0].send_str(json.dumps(envelope))
            delivery.answer = await asyncio.wait_for(future, self.ack_seconds)
            delivery.latency = time.perf_counter() - begin
        except (TimeoutError, ConnectionError):
            return
        finally:
            del self.waiting[envelope["envelope_id"]]

    async def _post(self, endpoint: Endpoint, delivery: Delivery) -> None:
        body, kind = encoded(delivery)
        headers = signed(endpoint.secret, body, self.clock()) | {"Content-Type": kind}
        if delivery.retry:
            headers |= {
                "X-Slack-Retry-Num": str(delivery.retry),
                "X-Slack-Retry-Reason": RETRIES[0].replace("timeout", "http_timeout"),
            }
        begin = time.perf_counter()
        try:
            delivery.status, text = await self.post(endpoint.url, body, headers)
        except (TimeoutError, aiohttp.ClientConnectionError):
            return
        if delivery.status == 200:
            delivery.latency = time.perf_counter() - begin
            delivery.answer = _read(text)

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> tuple[int, str]:
        """Post to the app's server as it is; the status and the body of its answer."""
        timeout = aiohttp.ClientTimeout(total=self.ack_seconds)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.text()

    async def fetch(self, url: str, headers: Mapping[str, str]) -> tuple[int, str]:
        """Get something with a browser's means; the status and the body, no redirect followed."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, await answer.text()

    def expire(self) -> None:
        """Give up on envelopes that are too old by the clock."""
        for at, future in list(self.waiting.values()):
            if self.clock() - at > self.ack_seconds and not future.done():
                future.set_exception(TimeoutError())

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one Socket Mode connection until it ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        entry = (socket, request)
        self.sockets.append(entry)
        self.connections += 1
        if len(self.sockets) > MOST_CONNECTIONS:
            await self.sockets.pop(0)[0].send_str(_goodbye("too_many_websockets"))
        hello = {"type": "hello", "num_connections": len(self.sockets), "connection_info": {"app_id": "A1"},
                 "debug_info": {"host": "fake", "build_number": 1, "approximate_connection_time": 18_060}}  # fmt: skip
        try:
            await socket.send_str(json.dumps(hello))
            self.world.stir()
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._acknowledge(json.loads(frame.data))
        except ConnectionError:
            pass  # the other side went away; so be it
        finally:
            if entry in self.sockets:
                self.sockets.remove(entry)
            self.world.stir()
        return socket

    def _acknowledge(self, answer: Json) -> None:
        waiting = self.waiting.get(answer.get("envelope_id", ""))
        if waiting and not waiting[1].done():
            waiting[1].set_result(answer.get("payload"))

    async def dismiss(self, reason: str) -> None:
        """Ask the app to connect anew, as Slack does now and then."""
        for socket, _ in list(self.sockets):
            await socket.send_str(_goodbye(reason))

    def abort(self) -> None:
        """Cut every connection without a word."""
        for entry in list(self.sockets):
            self.sockets.remove(entry)
            if entry[1].transport is not None:
                entry[1].transport.abort()
        self.world.stir()

    def freeze(self) -> None:
        """Let every connection go silent: open, but nothing is read from it and nothing said."""
        for entry in list(self.sockets):
            self.sockets.remove(entry)
            if entry[1].transport is not None:
                entry[1].transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport reads too
            self.frozen.append(entry)

    async def close(self) -> None:
        """Say goodbye to whoever is still connected, and hang up on who was left in silence."""
        self.sockets += self.frozen
        if self.frozen:
            self.abort()
        for socket, _ in list(self.sockets):
            await socket.close(code=aiohttp.WSCloseCode.GOING_AWAY)


def _goodbye(reason: str) -> str:
    return json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})


def encoded(delivery: Delivery) -> tuple[str, str]:
    """The body of a signed post and its type."""
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload), "application/json"
    fields = delivery.payload if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.payload)}
    return urlencode(fields), "application/x-www-form-urlencoded"


def _read(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return {"text": text}


def _name(payload: Json) -> str:
    return str(
        payload.get("command")
        or payload.get("callback_id")
        or (payload.get("event") or {}).get("type")
        or payload.get("type")
    )
