"""A server on a real socket with a runner of the tests' own behind it, certificates, and requests written by hand."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from runner import Isolation, Job, Outcome, Profile, Result, Returned, Run
from runner.remote.bounds import Bounds, Offer
from runner.remote.server import RunnerServer

SECRET = "4tZ-the-secret-of-these-tests-0123456789"
OFFER = Offer(Isolation.STRONG, (Profile.STDLIB, Profile.NUMPY))
ALIASES = {"X-Epochbot-Client": "c" * 32, "X-Epochbot-Group": "a" * 32}
HEADERS = {"Host": "runner", "Authorization": f"Bearer {SECRET}", "X-Epochbot-Minimum": "reduced", **ALIASES}


async def echo(job: Job) -> Result:
    """Return the arguments of every call."""
    back = tuple(Returned(id=call.id, outcome=Outcome.OK, value=list(call.args)) for call in job.calls)
    return Result(outcome=Outcome.OK, isolation=Isolation.STRONG, returned=back, stdout=str(job.source))


@dataclass
class Held:
    """A runner that begins every job and ends it when told; it notes what began, and what was cut off."""

    begun: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self, job: Job) -> Result:
        """Hold a job; its source is its name."""
        name = str(job.source)
        gate = self.gates.setdefault(name, asyncio.Event())
        await self._note(self.begun, name)
        try:
            await gate.wait()
        except asyncio.CancelledError:
            await self._note(self.cut, name)
            raise
        return await echo(job)

    async def _note(self, where: list[str], name: str) -> None:
        async with self.news:
            where.append(name)
            self.news.notify_all()

    def end(self, name: str) -> None:
        """Let a job end, or one that has yet to begin."""
        self.gates.setdefault(name, asyncio.Event()).set()

    async def until(self, fact: Callable[[], bool]) -> None:
        """Wait for something that a beginning or an end brings."""
        async with self.news:
            await self.news.wait_for(fact)


@dataclass(frozen=True)
class Answer:
    """What came back on a connection until it ended, or one answer's worth of it."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Line:
    """A connection on which a test writes what it likes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> Answer:
        """Read one answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(head[0].split()[1]), headers, body)

    async def rest(self) -> bytes:
        """Read until the other side hangs up."""
        try:
            return await self.reader.read()
        except ConnectionResetError:
            return b""

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except (ConnectionError, ssl.SSLError):
            return


@dataclass
class Serving:
    """A server that listens."""

    server: RunnerServer
    url: str
    lines: list[Line] = field(default_factory=list)
    secret: str = SECRET

    @staticmethod
    def request(method: str = "POST", path: str = "/run", body: bytes = b"", **changes: str | None) -> bytes:
        """Write a request with the right headers, but for those changed (`_` for `-`) or left out with None."""
        headers = {**HEADERS, "Content-Length": str(len(body))}
        for name, value in changes.items():
            headers.pop(name.replace("_", "-"), None)
            if value is not None:
                headers[name.replace("_", "-")] = value
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body

    async def line(self) -> Line:
        """Connect."""
        if self.url.startswith("unix://"):
            reader, writer = await asyncio.open_unix_connection(self.url.removeprefix("unix://"))
        else:
            host, _, port = self.url.partition("://")[2].partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
        self.lines.append(Line(reader, writer))
        return self.lines[-1]

    async def queued(self, running: int, waiting: int) -> None:
        """Wait until so many run and wait."""
        for _ in range(1_000_000):
            if (self.server.queue.running, self.server.queue.waiting) == (running, waiting):
                return
            await asyncio.sleep(0)
        raise AssertionError(f"{self.server.queue.running} run and {self.server.queue.waiting} wait")

    async def ask(self, data: bytes) -> Answer:
        """Send one request on a connection of its own and read the answer."""
        line = await self.line()
        await line.send(data)
        return await line.answer()


Serve = Callable[..., AbstractAsyncContextManager[Serving]]


@pytest.fixture
def held() -> Held:
    """A runner whose jobs end when told."""
    return Held()


@pytest.fixture
def serving(tmp_path: Path) -> Serve:
    """Start a server on a socket in the file system, or on TCP, and stop it at the end."""

    @asynccontextmanager
    async def serve(
        run: Run = echo,
        bounds: Bounds | None = None,
        *,
        offer: Offer = OFFER,
        tcp: bool = False,
        tls: ssl.SSLContext | None = None,
        grace_s: float = 0,
    ) -> AsyncIterator[Serving]:
        server = RunnerServer(run, SECRET, offer, bounds or Bounds())
        if tcp or tls:
            sock = socket.create_server(("127.0.0.1", 0))
            url = f"{'https' if tls else 'http'}://127.0.0.1:{sock.getsockname()[1]}"
        else:
            sock = socket.socket(socket.AF_UNIX)
            sock.bind(str(tmp_path / "runner.sock"))
            url = f"unix://{tmp_path / 'runner.sock'}"
        await server.listen(sock, tls)
        here = Serving(server, url)
        try:
            yield here
        finally:
            for line in here.lines:
                await line.close()
            await server.stop(grace_s)
            assert (server.queue.running, server.queue.waiting) == (0, 0)

    return serve


@dataclass(frozen=True)
class Certificate:
    """A certificate made for this run, for 127.0.0.1."""

    cert: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        """Speak TLS with it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context


def make_certificate(folder: Path, name: str = "IP:127.0.0.1") -> Certificate:
    """Make a certificate that signs itself."""
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-days", "2", "-subj", "/CN=runner", "-addext", f"subjectAltName={name}"]
    files = ["-keyout", str(made.key), "-out", str(made.cert)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return made


@pytest.fixture
def make_cert() -> Callable[..., Certificate]:
    """Make another certificate, for another name."""
    return make_certificate


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for 127.0.0.1."""
    return make_certificate(tmp_path_factory.mktemp("tls"))
