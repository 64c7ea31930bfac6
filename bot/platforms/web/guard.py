"""Keeps other web sites out of the local page: a page elsewhere, or on another port, may not read it, post to it or open its sockets."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ELSEWHERE = ("cross-site", "same-site")


class SameOrigin:
    """Refuses requests and sockets that another origin's page sends, and tells browsers to load nothing from elsewhere.

    The name of the host is checked apart from this, so a name that merely points here does not pass.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from this page or from no page at all."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if is_foreign(headers):
            await _refuse(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["content-security-policy"] = policy(headers.get("host", ""))
                answer["x-content-type-options"] = "nosniff"
                answer["referrer-policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, guarded)


def is_foreign(headers: Headers) -> bool:
    """Tell whether a request is another page's doing. A link to here is fine, and so is a program without an origin."""
    origin, host = headers.get("origin"), headers.get("host")
    if origin is not None and origin != f"http://{host}":
        return True
    return headers.get("sec-fetch-site") in ELSEWHERE and headers.get("sec-fetch-mode") != "navigate"


def policy(host: str) -> str:
    """The content security policy: everything from here, and sockets to here alone."""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws://{host}; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    )


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse("This page answers only itself.", status_code=403)(scope, receive, send)
