"""A stand-in for Claude that speaks the real wire format over a real socket: a script of steps in, a record of requests out.

Runs in a thread of its own and knows nothing of the bot. One step answers one request; a request beyond the script is a
failure the record shows.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass(frozen=True)
class Recorded:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Step:
    """How one request is answered."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None  # bytes of the body sent before the connection is closed
    hang: bool = False  # never answer


def message(*texts: str, stop_reason: str = "end_turn", thinking: str = "", **changes: object) -> Step:
    """An answer of the given text blocks, as the service sends it."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": text} for text in texts]
    if thinking:
        blocks.insert(0, {"type": "thinking", "thinking": thinking, "signature": "c2lnbmVk"})
    whole = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-of-the-test",
        "content": blocks,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "stop_details": None,
        "usage": {
            "input_tokens": 25,
            "output_tokens": 40,
            "cache_creation_input_tokens": 600,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 600, "ephemeral_1h_input_tokens": 0},
            "output_tokens_details": {"thinking_tokens": 0},
            "service_tier": "standard",
        },
        **changes,
    }
    return Step(body=json.dumps(whole).encode())


def failure(status: int, **headers: str) -> Step:
    """An error as the service sends it."""
    error = {"type": ERROR_TYPES[status], "message": f"a scripted {status}"}
    body = {"type": "error", "error": error, "request_id": "req_01"}
    return Step(status, json.dumps(body).encode(), {name.replace("_", "-"): value for name, value in headers.items()})


class ClaudeServer:
    """The script and the record of one server."""

    def __init__(self) -> None:
        """Begin with nothing to say."""
        self.script: list[Step | Callable[[Recorded], Step]] = []
        self.record: list[Recorded] = []
        self.address = ""
        self.released = threading.Event()  # lets hanging requests go at the end

    def answer(self, request: Recorded) -> Step:
        """Take the next step; a request too many is answered with an error that no client retries."""
        self.record.append(request)
        if not self.script:
            return failure(400)
        step = self.script.pop(0)
        return step(request) if callable(step) else step


def _handler(server: ClaudeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(length) or b"{}")
            headers = {name.lower(): value for name, value in self.headers.items()}
            step = server.answer(Recorded(self.path, headers, body))
            if step.hang:
                server.released.wait()
                self.close_connection = True
                return
            self._send(step)

        def _send(self, step: Step) -> None:
            self.send_response(step.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(step.body)))
            self.send_header("request-id", "req_01")
            for name, value in step.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(step.body[: step.cut_after])
            if step.cut_after is not None:
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing: the record says it all."""

    return Handler


@contextmanager
def serving() -> Iterator[ClaudeServer]:
    """Serve on a free loopback port until the block ends."""
    server = ClaudeServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = False
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
