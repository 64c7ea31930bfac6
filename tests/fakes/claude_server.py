"""A stand-in for Claude that speaks the real wire format over a real socket, refuses what the service refuses, and forgets nothing.

Runs in threads of its own and knows nothing of the bot. A request is answered by the next step of the script; behind the script by
the brain, if there is one; and otherwise by an error that no client retries.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes.claude_rules import complaint, parsed
from tests.fakes.claude_usage import Bill, PrefixCache, request_tokens, tokens
from tests.fakes.claude_wire import ERROR_TYPES, Json, Recorded, Step, events, failure, message

__all__ = ["ERROR_TYPES", "ClaudeServer", "Recorded", "Step", "failure", "message", "serving"]

Brain = Callable[[Recorded], Step]
LIFECYCLES = {
    "claude-haiku-5-5": "active",
    "claude-sonnet-5-5": "active",
    "claude-opus-5-5": "active",
    "claude-sonnet-4-5": "deprecated",
    "claude-3-5-haiku-20241022": "retired",
}


class ClaudeServer:
    """The script, the brain and the record of one server."""

    def __init__(self) -> None:
        """Begin with nothing to say."""
        self.script: list[Step | Brain] = []
        self.brain: Brain | None = None
        self.record: list[Recorded] = []  # requests for messages
        self.others: list[Recorded] = []  # requests for anything else
        self.bills: list[Bill] = []  # what answered requests used, in the order of their answers
        self.complaints: list[str] = []  # about requests the service would not read
        self.faults: list[str] = []  # of the stand-in itself
        self.keys: frozenset[str] | None = None  # None: any key will do
        self.lifecycles: dict[str, str] = dict(LIFECYCLES)
        self.strict_models = False  # whether a model nobody knows is refused
        self.address = ""
        self.released = threading.Event()  # lets hanging requests go at the end
        self._cache = PrefixCache()
        self._lock = threading.Lock()

    def answer(self, request: Recorded) -> Step:
        """Answer one request."""
        if request.path.partition("?")[0] != "/v1/messages":
            with self._lock:
                self.others.append(request)
            return self._refused(request) or self._other(request)
        with self._lock:
            self.record.append(request)
        return self._refused(request) or self._filled(request, self._next(request))

    def _next(self, request: Recorded) -> Step:
        with self._lock:
            step = self.script.pop(0) if self.script else self.brain
        if step is None:
            return failure(400, text="the script is at its end")
        return step(request) if callable(step) else step

    def _refused(self, request: Recorded) -> Step | None:
        said: tuple[int, str] | None = None
        if request.method == "POST":
            body = request.body if request.body or request.raw in (b"", b"{}") else parsed(request.raw)
            said = complaint(request.path, request.headers, body, len(request.raw))
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if said is None and self.keys is not None and key not in self.keys:
            said = 401, "invalid bearer token"
        if said is None and self._unknown(str(request.body.get("model", ""))):
            said = 404, f"model: {request.body['model']}"
        if said is None:
            return None
        with self._lock:
            self.complaints.append(f"{said[0]} {said[1]}")
        return failure(said[0], text=said[1])

    def _unknown(self, model: str) -> bool:
        lifecycle = self.lifecycles.get(model, "" if self.strict_models else "active")
        return bool(model) and lifecycle not in ("active", "deprecated")

    def _filled(self, request: Recorded, step: Step) -> Step:
        """The step with the usage counted, and cut where the tokens end, as the service does both."""
        if step.whole is None or not step.metered:
            return step
        whole = {**step.whole, "model": request.body["model"], "id": f"msg_{len(self.record):04}"}
        whole = _within(whole, int(request.body["max_tokens"]))
        bill = self._cache.bill(request.body, whole["content"])
        with self._lock:
            self.bills.append(bill)
        whole["usage"] = bill.usage()
        return replace(step, whole=whole, body=json.dumps(whole).encode())

    def _other(self, request: Recorded) -> Step:
        path = request.path.partition("?")[0]
        if path == "/v1/messages/count_tokens" and request.method == "POST":
            return Step(body=json.dumps({"input_tokens": request_tokens(request.body)}).encode())
        model = path.removeprefix("/v1/models/")
        if request.method == "GET" and model != path and model in self.lifecycles:
            return Step(body=json.dumps(self._model(model)).encode())
        return failure(404, text=f"Not found: {path}")

    def _model(self, model: str) -> Json:
        lifecycle = self.lifecycles[model]
        ends = None if lifecycle == "active" else "2026-11-30T00:00:00Z"
        return {
            "type": "model",
            "id": model,
            "display_name": model.replace("-", " ").title(),
            "created_at": "2026-09-01T00:00:00Z",
            "lifecycle": lifecycle,
            "deprecated_at": None if lifecycle == "active" else "2026-09-30T00:00:00Z",
            "retires_at": ends,
            "max_input_tokens": 1_000_000,
            "max_tokens": 128_000,
            "capabilities": None,
        }


def _within(whole: Json, most: int) -> Json:
    """A message cut where its tokens end; it says so."""
    left, kept = most, []
    for block in whole["content"] or []:
        name = block["type"]
        text = block[name]
        while text and tokens(text) > left:
            text = text[: len(text) - 1 - (tokens(text) - left)]
        left -= tokens(text)
        kept.append({**block, name: text})
    cut = kept != (whole["content"] or [])
    return {**whole, "content": kept, "stop_reason": "max_tokens"} if cut else whole


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    claude: ClaudeServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        body = parsed(raw)
        self._answer("POST", body if isinstance(body, dict) else {}, raw)

    def do_GET(self) -> None:
        self._answer("GET", {}, b"")

    def _answer(self, method: str, body: Json, raw: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        step = self.claude.answer(Recorded(self.path, headers, body, raw, method))
        if step.hang:
            self.claude.released.wait()
            self.close_connection = True
            return
        try:
            streams = bool(body.get("stream")) and step.whole is not None and step.status == 200
            self._stream(step) if streams else self._send(step)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client has gone, as clients whose time is up do

    def _head(self, step: Step, **more: str) -> None:
        self.send_response(step.status)
        self.send_header("request-id", "req_01")
        for name, value in {**more, **step.headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _send(self, step: Step) -> None:
        self._head(step, content_type="application/json", content_length=str(len(step.body)))
        self.wfile.write(step.body[: step.cut_after])
        if step.cut_after is not None:
            self._cut()

    def _stream(self, step: Step) -> None:
        self._head(step, content_type="text/event-stream; charset=utf-8", transfer_encoding="chunked")
        sent = 0
        for event in events(step.whole or {}, step.break_after):
            left = event if step.cut_after is None else event[: max(0, step.cut_after - sent)]
            self.wfile.write(f"{len(event):x}\r\n".encode() + left)
            if len(left) < len(event):
                self._cut()
                return
            self.wfile.write(b"\r\n")
            sent += len(event)
        self.wfile.write(b"0\r\n\r\n")

    def _cut(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the record says it all."""


class _Crowded(ThreadingHTTPServer):
    request_queue_size = 512  # connections that wait while hundreds arrive at once
    daemon_threads = False

    claude: ClaudeServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that leave in the middle; keep what is a fault of ours."""
        fault = sys.exc_info()[1]
        if not isinstance(fault, ConnectionError):
            self.claude.faults.append(repr(fault))


@contextmanager
def serving() -> Iterator[ClaudeServer]:
    """Serve on a free loopback port until the block ends."""
    server = ClaudeServer()
    http = _Crowded(("127.0.0.1", 0), type("Handler", (_Handler,), {"claude": server}))
    http.claude = server
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        http.shutdown()
        http.server_close()
        thread.join()
