"""Answers jobs over HTTP with a runner of this host: who may ask, how much, and in which order.

Owns connections and the order of checks: secret before anything is read, room before a body is, shape before a turn.
It is given the runner it uses and never looks into a job. Nothing it writes or logs holds the secret or learners' code.
"""
from __future__ import annotations

import asyncio
import logging
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socket import socket

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from runner.errors import CannotIsolate
from runner.fair import Busy, Closing, FairQueue
from runner.job import Isolation, Job, Result, Run
from runner.remote.bounds import Bounds, Offer
from runner.remote.fields import OverLimitError, WireError
from runner.remote.guard import is_below, knows_secret
from runner.remote.speech import (
    CLIENT,
    GROUP,
    HEALTH,
    JSON_TYPE,
    LINES_TYPE,
    MINIMUM,
    RUN,
    Health,
    Said,
    Why,
    our_fault,
    write_health,
    write_refusal,
)
from runner.remote.wire import decode_job, encode_result

log = logging.getLogger("runner.remote")

NAME = "epochbot-runner"
CLOSING_RETRY_S = 5
CROWDED_RETRY_S = 5
ABORT_S = 0.1  # for a handler to notice that its run was cut off
_ALIAS = re.compile(r"[0-9a-f]{32}")


class _Refusal(Exception):  # noqa: N818 - an answer on its way out
    """Ends a request with an answer that is none."""

    def __init__(self, status: int, said: Said, retry_s: int = 0) -> None:
        super().__init__(said.why.value)
        self.status = status
        self.said = said
        self.retry_s = retry_s


@dataclass(slots=True)
class _Memory:
    """Bytes of request bodies that are held at the moment."""

    most: int
    used: int = 0

    @contextmanager
    def share(self) -> Iterator[_Share]:
        """Hold some until the end."""
        share = _Share(self)
        try:
            yield share
        finally:
            self.used -= share.size


@dataclass(slots=True)
class _Share:
    """One request's part of the memory."""

    memory: _Memory
    size: int = 0

    def grow(self, more: int) -> None:
        """Hold more, if there is more."""
        if self.memory.used + more > self.memory.most:
            said = Said(why=Why.BUSY, message="Too much is being held at the moment.")
            raise _Refusal(429, said, CROWDED_RETRY_S)
        self.memory.used += more
        self.size += more


class _Turned(asyncio.Protocol):
    """Ends a connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hang up."""
        transport.close()


class _Quiet(logging.Filter):
    """Keeps what strangers sent out of the log: a broken header line may hold a secret that was almost right."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Name the kind of fault alone."""
        if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
            record.msg, record.args = "refused a request that is no HTTP: %s", (type(record.exc_info[1]).__name__,)
            record.exc_info, record.levelno, record.levelname = None, logging.INFO, "INFO"
        return True


@dataclass(slots=True)
class RunnerServer:
    """One runner, open to whoever knows the secret. Start it with `listen`, end it with `stop`."""

    run: Run
    secret: str = field(repr=False)
    offer: Offer
    bounds: Bounds = field(default_factory=Bounds)
    queue: FairQueue = field(init=False)
    _memory: _Memory = field(init=False)
    _http: web.Server | None = None
    _listeners: list[asyncio.Server] = field(default_factory=list)
    _silent: dict[asyncio.BaseProtocol, asyncio.TimerHandle] = field(default_factory=dict)  # no head of a request yet

    def __post_init__(self) -> None:
        """Make the queue."""
        bounds = self.bounds
        self.queue = FairQueue(bounds.slots, bounds.waiting, bounds.per_client, at_once=bounds.at_once)
        self._memory = _Memory(bounds.held_bytes)

    async def listen(self, sock: socket, tls: ssl.SSLContext | None = None) -> None:
        """Answer whoever connects to a bound socket."""
        logger = logging.getLogger("runner.remote.http")
        if not any(isinstance(each, _Quiet) for each in logger.filters):
            logger.addFilter(_Quiet())
        self._http = self._http or web.Server(
            self._answer,
            handler_cancellation=True,
            access_log=None,
            logger=logger,
            auto_decompress=False,
            lingering_time=self.bounds.linger_s,
            keepalive_timeout=self.bounds.header_s,
        )
        loop, patience = asyncio.get_running_loop(), self.bounds.header_s if tls else None
        listener = await loop.create_server(self._accept, sock=sock, ssl=tls, ssl_handshake_timeout=patience)
        self._listeners.append(listener)

    async def stop(self, grace_s: float) -> None:
        """Refuse what is new, let what runs end within a time, and close."""
        self.queue.close()
        last_words_s = ABORT_S
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await self.queue.idle()
            last_words_s = self.bounds.linger_s
        for listener in self._listeners:
            listener.close()
        if self._http:
            self._http.pre_shutdown()
            await self._http.shutdown(last_words_s)
        for listener in self._listeners:
            await listener.wait_closed()

    def _accept(self) -> asyncio.Protocol:
        """Give a new connection somebody to talk to, who hangs up on whoever does not speak."""
        if self._http is None or len(self._http.connections) >= self.bounds.connections:
            return _Turned()
        connection = self._http()

        def hang_up() -> None:
            del self._silent[connection]
            connection.force_close()

        self._silent[connection] = asyncio.get_running_loop().call_later(self.bounds.header_s, hang_up)
        return connection

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if (timer := self._silent.pop(request.protocol, None)) is not None:
            timer.cancel()
        try:
            if request.path == HEALTH and request.method == "GET":
                answer = self._health(request)
            elif request.path == RUN and request.method == "POST":
                answer = await self._job(request)
            else:
                answer = _refused(_Refusal(404, Said(why=Why.REQUEST, message="Only POST /run and GET /health.")))
        except _Refusal as refusal:
            log.info("refused a request: %s", refusal.said.why)
            answer = _refused(refusal)
        answer.headers["Server"] = NAME
        return await self._send(request, answer)

    async def _send(self, request: web.BaseRequest, answer: web.Response) -> web.Response:
        """Send an answer to somebody who may not take it."""
        try:
            async with asyncio.timeout(self.bounds.answer_s):
                await answer.prepare(request)
                await answer.write_eof()
        except (TimeoutError, ConnectionError):
            if request.transport is not None:
                request.transport.abort()
        return answer

    def _health(self, request: web.BaseRequest) -> web.Response:
        if "Authorization" not in request.headers:
            word, status = ("closing", 503) if self.queue.closing else ("ok", 200)
            return web.Response(text=word, status=status)
        self._check_secret(request)
        health = Health(
            isolation=self.offer.isolation,
            profiles=self.offer.profiles,
            slots=self.queue.slots,
            running=self.queue.running,
            waiting=self.queue.waiting,
        )
        return web.Response(body=write_health(health), content_type=JSON_TYPE)

    async def _job(self, request: web.BaseRequest) -> web.Response:
        self._check_secret(request)
        self._check_minimum(request)
        client, group = _alias(request, CLIENT), _alias(request, GROUP)
        try:
            self.queue.check_room(client)
            with self._memory.share() as share:
                body = await self._body(request, share)
                job = await self._decoded(body)
                del body
                async with self.queue.turn(client=client, group=group):
                    result = await self._ran(job)
        except Busy as busy:
            said = Said(why=Why.BUSY, message=str(busy), waiting=busy.waiting)
            raise _Refusal(429, said, busy.retry_after_s) from None
        except Closing:
            said = Said(why=Why.CLOSING, message="This runner is being stopped.")
            raise _Refusal(503, said, CLOSING_RETRY_S) from None
        return web.Response(body=await asyncio.to_thread(encode_result, result), content_type=LINES_TYPE)

    def _check_secret(self, request: web.BaseRequest) -> None:
        given = request.headers.getall("Authorization", [])
        if not knows_secret(given[0] if len(given) == 1 else None, self.secret):
            raise _Refusal(401, Said(why=Why.SECRET))

    def _check_minimum(self, request: web.BaseRequest) -> None:
        try:
            minimum = Isolation(request.headers.get(MINIMUM, ""))
        except ValueError:
            message = f"{MINIMUM} must be one of {', '.join(Isolation)}."
            raise _Refusal(400, Said(why=Why.REQUEST, message=message)) from None
        if is_below(self.offer.isolation, minimum):
            message = f"This runner's isolation is {self.offer.isolation}, and at least {minimum} is asked for."
            said = Said(why=Why.ISOLATION, message=message, advice="Run `epochbot doctor` on the runner's host.")
            raise _Refusal(409, said)

    async def _body(self, request: web.BaseRequest, share: _Share) -> bytes:
        """Read a body of whatever length is announced, or none, up to the cap."""
        most = self.bounds.body_bytes
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise _Refusal(415, Said(why=Why.REQUEST, message="Bodies must not be compressed."))
        too_long = _Refusal(413, Said(why=Why.SIZE, message=f"At most {most} bytes are read."))
        if (request.content_length or 0) > most:
            raise too_long
        body = bytearray()
        try:
            async with asyncio.timeout(self.bounds.body_s):
                async for part in request.content.iter_any():
                    if len(body) + len(part) > most:
                        raise too_long
                    share.grow(len(part))
                    body += part
        except TimeoutError:
            raise _Refusal(408, Said(why=Why.SLOW, message="The job took too long to arrive.")) from None
        except web.RequestPayloadError:
            raise _Refusal(400, Said(why=Why.REQUEST, message="The body ends in the middle.")) from None
        return bytes(body)

    async def _decoded(self, body: bytes) -> Job:
        try:
            return await asyncio.to_thread(decode_job, body, self.bounds.limits)
        except OverLimitError as error:
            advice = "Ask for less, or start the server with a higher --max-wall or --max-memory-mb."
            raise _Refusal(400, Said(why=Why.LIMITS, message=f"{error}.", advice=advice)) from None
        except WireError as error:
            raise _Refusal(400, Said(why=Why.WIRE, message=f"{error}.")) from None

    async def _ran(self, job: Job) -> Result:
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.bounds.job_s):
                result = await self.run(job)
        except TimeoutError:
            detail = f"The whole job took more than the {self.bounds.job_s:g} s this runner gives to one."
            return our_fault(job, self.offer.isolation, detail)
        except CannotIsolate as error:
            raise _Refusal(409, Said(why=Why.ISOLATION, message=error.what, advice=error.advice)) from None
        except ValueError as error:
            raise _Refusal(422, Said(why=Why.JOB, message=str(error))) from None
        log.info("ran a job: %s in %.0f ms", result.outcome, (time.monotonic() - began) * 1000)
        return result


def _alias(request: web.BaseRequest, header: str) -> str:
    """Return the name a client goes by here: it is hashed where it comes from."""
    name = request.headers.get(header, "")
    if not _ALIAS.fullmatch(name):
        raise _Refusal(400, Said(why=Why.REQUEST, message=f"{header} must be 32 hexadecimal digits."))
    return name


def _refused(refusal: _Refusal) -> web.Response:
    """Write a refusal; the connection ends with it, for what was not read of the request still stands in it."""
    answer = web.Response(status=refusal.status, body=write_refusal(refusal.said), content_type=JSON_TYPE)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if refusal.retry_s:
        answer.headers["Retry-After"] = str(refusal.retry_s)
    answer.force_close()
    return answer
