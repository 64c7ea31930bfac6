"""Runs jobs on another host's runner: the same verb, so that whoever calls it need not know.

Owns sending, waiting and trying again. What comes back is read as strictly as what comes out of a box, for the other
host may be broken or hostile. A job that was sent and not answered is our fault and is never sent twice.
"""
from __future__ import annotations

import asyncio
import hmac
import secrets
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import aiohttp

from runner.errors import CannotIsolate
from runner.fair import Busy, current_turn
from runner.job import Isolation, Job, Result
from runner.remote.errors import RemoteRefused, SetupError, WrongSecret
from runner.remote.fields import WireError
from runner.remote.guard import VARIABLE, bearer, is_below, parse_address, secret_from
from runner.remote.speech import (
    CLIENT,
    GROUP,
    HEALTH,
    LINES_TYPE,
    MAX_REFUSAL,
    MINIMUM,
    RUN,
    Health,
    Said,
    Why,
    our_fault,
    read_health,
    read_refusal,
)
from runner.remote.wire import answer_cap, decode_result, encode_job

CONNECT_S = 5.0
AGAIN_S = 0.5  # before the second and last try to connect
QUEUE_S = 300.0  # a job may wait this long on the other host
START_S = 180.0  # to start a box and import libraries, on a busy host
CALL_S = 2.0  # beyond a call's own time
KEEP_S = 4.0  # less than the server keeps an idle connection, so that none is used in the moment it ends
CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back over HTTP, whole."""

    status: int
    retry_s: int
    body: bytes


class _TooLong(Exception):  # noqa: N818 - never leaves this file
    """An answer has more bytes than the job's result may take."""


def deadline_s(job: Job) -> float:
    """Say how long an answer may take: a wait, a start, and the time of every call."""
    return QUEUE_S + START_S + max(1, len(job.calls)) * (job.limits.wall_s + CALL_S)


class RemoteRunner:
    """Runs jobs on another host. With `async with` it keeps connections between jobs; without, each job makes its own."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        minimum: Isolation = Isolation.REDUCED,
        ca_file: Path | None = None,
        patience_s: float = 30.0,
        salt: bytes | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Set where jobs go; connects to nothing yet.

        Args:
            url: `unix:///path`, `https://host:port`, or `http://127.0.0.1:port`.
            secret: what the other host knows us by.
            minimum: below this nothing is run there, and no result is taken.
            ca_file: certificates to trust in place of the system's, for a server that made its own.
            patience_s: how long to come back to a server that is full or closing.
            salt: makes learners' names unreadable to the other host; random unless given.
            pause: waits so many seconds.

        Raises:
            SetupError: when the address, the secret or the certificates cannot be used.
        """
        self.address = parse_address(url)
        self._secret = secret_from({VARIABLE: secret})
        self.minimum = minimum
        self.patience_s = patience_s
        self._salt = salt or secrets.token_bytes(16)
        self._pause = pause
        self._tls = _trusting(ca_file) if self.address.encrypted else None
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        """Show where jobs go, and no secret."""
        return f"RemoteRunner({self.address!r})"

    async def __aenter__(self) -> Self:
        """Keep connections from here on."""
        self._session = self._session or self._open()
        return self

    async def __aexit__(self, *_what: object) -> None:
        """Close them."""
        await self.close()

    async def close(self) -> None:
        """Close what is open; running jobs end as our fault."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def run(self, job: Job) -> Result:
        """Run a job on the other host and say what became of it.

        Raises:
            Busy: when the other host is full for longer than our patience.
            CannotIsolate: when it cannot isolate as well as demanded.
            RemoteRefused: when it will not take such a job, or any of ours.
            ValueError: when the job itself cannot work, such as calls without an entry.
        """
        body = await asyncio.to_thread(encode_job, job)
        if self._session is not None:
            return await self._insist(self._session, job, body)
        async with self._open() as session:
            return await self._insist(session, job, body)

    async def health(self) -> Health:
        """Ask how the other host is.

        Raises:
            RemoteRefused: when it cannot be reached or does not say.
        """
        timeout = aiohttp.ClientTimeout(total=4 * CONNECT_S, sock_connect=CONNECT_S)
        try:
            async with (
                self._open() as session,
                session.get(self._url(HEALTH), timeout=timeout, allow_redirects=False) as response,
            ):
                answer = await _read(response, MAX_REFUSAL)
        except (aiohttp.ClientError, TimeoutError, OSError, _TooLong) as error:
            _check_tls(error)
            raise RemoteRefused(f"The remote runner cannot be reached ({type(error).__name__}).", _REACH) from None
        if answer.status != 200:
            raise _refusal(answer.status, read_refusal(answer.body))
        try:
            return read_health(answer.body)
        except WireError as error:
            raise RemoteRefused(f"What answers is no runner of ours ({error}).", _REACH) from None

    def _open(self) -> aiohttp.ClientSession:
        connector: aiohttp.BaseConnector
        if self.address.unix is not None:
            connector = aiohttp.UnixConnector(str(self.address.unix), limit=CONNECTIONS, keepalive_timeout=KEEP_S)
        else:
            tls = self._tls or True
            connector = aiohttp.TCPConnector(ssl=tls, limit=CONNECTIONS, keepalive_timeout=KEEP_S)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Authorization": bearer(self._secret), "User-Agent": "epochbot"},
            auto_decompress=False,
        )

    def _url(self, path: str) -> str:
        return f"{self.address.base or 'http://runner'}{path}"

    def _headers(self) -> dict[str, str]:
        turn = current_turn()
        return {
            MINIMUM: self.minimum.value,
            CLIENT: self._alias("client", turn.client if turn else ""),
            GROUP: self._alias("group", turn.group if turn else ""),
            "Content-Type": LINES_TYPE,
        }

    def _alias(self, kind: str, name: str) -> str:
        """Name a learner or a group so that only the same process can tell who it is."""
        return hmac.digest(self._salt, f"{kind}:{name}".encode(), "sha256").hex()[:32]

    async def _insist(self, session: aiohttp.ClientSession, job: Job, body: bytes) -> Result:
        """Send a job until it is answered, or until trying longer would be no use."""
        left, connected = self.patience_s, 0
        while True:
            try:
                answer = await self._post(session, job, body)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:  # nothing has been sent
                _check_tls(error)
                connected += 1
                if connected > 1:
                    return self._broken(job, "The remote runner cannot be reached.")
                await self._pause(AGAIN_S)
                continue
            except (aiohttp.ClientError, OSError):  # a time limit is one of them
                return self._broken(job, "The remote runner did not answer, or not to the end.")
            except _TooLong:
                return self._broken(job, "The remote runner answered with more than a result may have.")
            if answer.status not in (429, 503):
                return await self._result(job, answer)
            if answer.retry_s > left:
                return self._given_up(job, answer)
            left -= answer.retry_s
            await self._pause(answer.retry_s)

    async def _post(self, session: aiohttp.ClientSession, job: Job, body: bytes) -> _Answer:
        timeout = aiohttp.ClientTimeout(total=deadline_s(job), sock_connect=CONNECT_S)
        async with session.post(
            self._url(RUN), data=body, headers=self._headers(), timeout=timeout, allow_redirects=False
        ) as response:
            return await _read(response, answer_cap(job) if response.status == 200 else MAX_REFUSAL)

    async def _result(self, job: Job, answer: _Answer) -> Result:
        if answer.status != 200:
            said = read_refusal(answer.body)
            if said is not None and said.why is Why.JOB:
                raise ValueError(said.message)
            if answer.status >= 500 or (said is not None and said.why is Why.SLOW):
                return self._broken(job, f"The remote runner failed ({answer.status}).")
            raise _refusal(answer.status, said)
        try:
            result = await asyncio.to_thread(decode_result, answer.body, job)
        except WireError as error:
            return self._broken(job, f"What the remote runner answered is no result of this job ({error}).")
        if is_below(result.isolation, self.minimum):
            what = f"The remote runner ran a job at isolation {result.isolation}; at least {self.minimum} is asked for."
            raise CannotIsolate(what, "Run `epochbot doctor` on the runner's host.")
        return result

    def _given_up(self, job: Job, answer: _Answer) -> Result:
        said = read_refusal(answer.body)
        if answer.status == 429:
            raise Busy(said.waiting if said else 0, answer.retry_s)
        return self._broken(job, "The remote runner is being stopped.")

    def _broken(self, job: Job, detail: str) -> Result:
        return our_fault(job, self.minimum, detail)


_REACH = "Check EPOCHBOT_RUNNER_URL, and that `epochbot runner serve` runs there."
_SAME = f"Set {VARIABLE} to the same value on both hosts, and start both again."


def _refusal(status: int, said: Said | None) -> CannotIsolate:
    """Turn a refusal into what an operator can act on."""
    if said is None:
        return RemoteRefused(f"What answers is no runner of ours (HTTP status {status}).", _REACH)
    if said.why is Why.SECRET:
        return WrongSecret("The remote runner does not know our secret.", _SAME)
    if said.why is Why.ISOLATION:
        return CannotIsolate(f"The remote runner cannot isolate: {said.message}", said.advice)
    return RemoteRefused(f"The remote runner refused: {said.message}", said.advice)


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the system's certificates, or those in a file alone."""
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        why = error.strerror or type(error).__name__
        raise SetupError(f"The certificates in {ca_file} cannot be used ({why}).", "Give a PEM file.") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _check_tls(error: BaseException) -> None:
    """Tell a certificate that is not trusted from a host that is away: waiting mends only the latter.

    Raises:
        RemoteRefused: when TLS could not be agreed on.
    """
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        advice = "Set EPOCHBOT_RUNNER_CA to a PEM file with its certificate, and use the name that stands in it."
        raise RemoteRefused("The remote runner's certificate is not one we trust for its name.", advice) from None
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        advice = "Start it with --tls-cert and --tls-key, or give its address without https."
        raise RemoteRefused("The remote runner does not speak TLS there.", advice) from None


async def _read(response: aiohttp.ClientResponse, most: int) -> _Answer:
    """Read an answer up to a cap, whatever length it claims."""
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > most:
            raise _TooLong
    return _Answer(response.status, _retry_s(response.headers), bytes(body))


def _retry_s(headers: Mapping[str, str]) -> int:
    text = headers.get("Retry-After", "")
    return max(1, min(3600, int(text))) if text.isascii() and text.isdigit() and len(text) < 9 else 5
