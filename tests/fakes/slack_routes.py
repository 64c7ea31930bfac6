"""The HTTP side of the fake: the Web API, response_urls, uploads and private files, with the faults a test has put in."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.slack_api import LimitedError, Pace, arguments, exchange, installed, perform, token_of
from tests.fakes.slack_chat import Call, bot_user
from tests.fakes.slack_checks import check_message
from tests.fakes.slack_wire import Wire
from tests.fakes.slack_world import Json, Message, RefusedError, ResponseUrl, World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
USES, HALF_AN_HOUR = 5, 1800.0


@dataclass(frozen=True)
class Trouble:
    """A fault to put in. With `after`, the call is done and only its answer is lost.

    `hold` keeps the answer back until it is set; `cut` closes the connection instead of answering.
    """

    status: int = 200
    error: str = ""
    retry_after: int | None = None
    cut: bool = False
    after: bool = False
    hold: asyncio.Event | None = None


@dataclass
class Routes:
    """The server's handlers and what they have heard."""

    world: World
    wire: Wire
    app_token: str
    client: tuple[str, str]
    base: str = ""
    down: bool = False
    rotate: float | None = None
    pace: Pace = field(default_factory=Pace)
    troubles: dict[str, list[Trouble]] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def application(self) -> web.Application:
        """The routes as an application."""

        @web.middleware
        async def outage(request: web.Request, handler: Handler) -> web.StreamResponse:
            return _cut(request) if self.down else await handler(request)

        app = web.Application(client_max_size=64 * 2**20, middlewares=[outage])
        app.add_routes(
            [
                web.route("*", "/api/{method}", self.api),
                web.get("/link", self.link),
                web.post("/resp/{id}", self.respond),
                web.post("/upload/{id}", self.upload),
                web.get("/private/{id}", self.private),
            ]
        )
        return app

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """Take a Socket Mode connection."""
        return await self.wire.serve(request)

    async def api(self, request: web.Request) -> web.Response:
        """Answer a call of the Web API."""
        method = request.match_info["method"]
        raw = await request.read()
        form: Any = {} if "json" in request.content_type else await request.post()
        args = arguments(raw, request.content_type, form, request.query) | _basic(
            request.headers.get("Authorization", "")
        )
        self.calls.append((method, args))
        self.world.stir()
        token = token_of(request.headers.get("Authorization", ""), {**request.query, **form})
        return await self._troubled(method, request, lambda: self._answer(method, args, token))

    async def _troubled(self, name: str, request: web.Request, answer: Callable[[], web.Response]) -> web.Response:
        queue = self.troubles.get(name) or self.troubles.get("*") or []
        trouble = queue.pop(0) if queue else Trouble()
        done = answer() if trouble.after or (not trouble.cut and trouble.status == 200 and not trouble.error) else None
        if trouble.hold is not None:
            await trouble.hold.wait()
        if trouble.cut:
            return _cut(request)
        if trouble.status != 200:
            return _failing(trouble)
        if trouble.error:
            self.refused[trouble.error] += 1
            return web.json_response(
                {"ok": False, "error": trouble.error}, status=_status(trouble.error) if name == "response_url" else 200
            )
        assert done is not None
        return done

    def _answer(self, method: str, args: Json, token: str) -> web.Response:
        try:
            return web.json_response(self._perform(method, args, token))
        except RefusedError as refusal:
            self.refused[str(refusal)] += 1
            return web.json_response(refusal.answer)
        except LimitedError as limit:
            self.refused["ratelimited"] += 1
            return _failing(Trouble(429, "ratelimited", limit.retry_after))

    def _perform(self, method: str, args: Json, token: str) -> Json:
        if method == "apps.connections.open":
            if token != self.app_token:
                raise RefusedError("not_allowed_token_type" if token.startswith("xoxb") else "invalid_auth")
            return {"ok": True, "url": f"{self.base.replace('http', 'ws', 1)}/link?ticket={self.world.number()}"}
        if method == "oauth.v2.access":
            return exchange(self.world, args, self.client, self.rotate)
        return perform(Call(method, args, self.world, installed(self.world, token), self.base), self.pace)

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer to a response_url."""
        body = await request.json()
        self.calls.append(("response_url", body))
        return await self._troubled("response_url", request, lambda: self._responded(request.match_info["id"], body))

    def _responded(self, name: str, body: Json) -> web.Response:
        try:
            use_response_url(self.world, name, body)
        except RefusedError as refusal:
            self.refused[str(refusal)] += 1
            return web.json_response(refusal.answer, status=_status(str(refusal)))
        return web.json_response({"ok": True})

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file: step two of three."""
        file, content = self.world.files.get(request.match_info["id"]), await request.read()

        def store() -> web.Response:
            if file is None or file.done:
                return web.Response(status=404, text="no such upload")
            file.content = content
            return web.Response(text=f"OK - {len(content)}")

        return await self._troubled("upload", request, store)

    async def private(self, request: web.Request) -> web.Response:
        """Give out a file to whoever may read files."""
        file = self.world.files.get(request.match_info["id"])
        install = self.world.installs.get(token_of(request.headers.get("Authorization", ""), {}))
        if file is None or install is None or "files:read" not in install.scopes:
            return web.Response(
                text="<html>Sign in</html>", content_type="text/html"
            )  # what Slack does instead of saying no
        return await self._troubled("private", request, lambda: web.Response(body=file.content))


def _basic(header: str) -> Json:
    """The client's id and secret, which the library sends as a login."""
    if not header.startswith("Basic "):
        return {}
    name, _, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return {"client_id": name, "client_secret": secret}


def _cut(request: web.Request) -> web.Response:
    """Close a request's connection; the answer that is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _status(error: str) -> int:
    """The status with which a response_url refuses; the Web API always says 200."""
    return 404 if error.endswith("_url") else 400


def _failing(trouble: Trouble) -> web.Response:
    headers = {} if trouble.retry_after is None else {"Retry-After": str(trouble.retry_after)}
    body = {"ok": False, "error": trouble.error or ("ratelimited" if trouble.status == 429 else "internal_error")}
    return web.json_response(body, status=trouble.status, headers=headers)


def use_response_url(world: World, name: str, body: Json) -> None:
    """Do what an app posted to a response_url.

    Raises:
        RefusedError: it is used up, too old or unknown, or the message is not well formed.
    """
    url = world.response_urls.get(name)
    if url is None:
        world.fault("response_url", f"there is no {name!r}")
        raise RefusedError("invalid_url")
    age = world.clock() - url.at
    if age > HALF_AN_HOUR:
        world.fault("response_url", f"used after {age:.0f} s")
        raise RefusedError("expired_url")
    if url.uses >= USES:
        world.fault("response_url", f"used more than {USES} times")
        raise RefusedError("used_url")
    url.uses += 1
    if body.get("delete_original") and url.message:
        world.remove(url.message)
        return
    check_message(world, "response_url", body)
    if body.get("replace_original") and url.message:
        world.change(url.message, body["text"], body.get("blocks") or [], body.get("metadata"))
        return
    put_answer(world, url, body)


def put_answer(world: World, url: ResponseUrl, body: Json) -> Message:
    """Put up a message that answers somebody: for their eyes only unless it says otherwise."""
    only_for = "" if body.get("response_type") == "in_channel" else url.user
    team = world.channels[url.channel].team
    thread = str(body.get("thread_ts") or "")
    blocks, text = list(body.get("blocks") or []), str(body.get("text") or "")
    return world.add(
        Message(
            url.channel,
            world.ts(),
            bot_user(team),
            text,
            blocks,
            thread,
            body.get("metadata"),
            only_for=only_for,
            team=team,
        )
    )
