"""The command `serve`: opens a socket that is safe to open, proves what the host can do, and answers until told to stop.

Knows options and signals, and neither parser nor environment: both are handed in, so that the bot's shell and
`python -m runner` offer the same command.
"""
from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import stat
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, Self

from runner import libraries
from runner.contained import ContainedRunner
from runner.errors import CannotIsolate
from runner.job import MIB, Isolation, Job, Profile, Result
from runner.probe import Report, examine
from runner.remote.bounds import MOST, Bounds, Offer
from runner.remote.errors import SetupError
from runner.remote.guard import check_listening, is_below, secret_from
from runner.remote.server import RunnerServer
from runner.warm import WarmRunner

SUMMARY = "answer another host's jobs over HTTP"
GRACE_S = 60.0
BACKLOG = 128


class AddsOptions(Protocol):
    """A parser of command lines, as far as it is needed here."""

    def add_argument(self, *names: str, **how: Any) -> object:
        """Add one option."""
        ...


class RunsJobs(Protocol):
    """A runner of this host."""

    async def run(self, job: Job) -> Result:
        """Run a job."""
        ...


Prove = Callable[[], Awaitable[Report]]
"""Finds what isolation is worth on this host."""
OpenRunner = Callable[[Isolation, int], AbstractAsyncContextManager[RunsJobs]]
"""Makes a runner for as long as the server lives, from the least isolation and the number of runs at a time."""


def local_runner(minimum: Isolation, slots: int) -> AbstractAsyncContextManager[RunsJobs]:
    """Make the runner that a server uses unless it is given another: workers kept warm, for it lives long."""
    return WarmRunner(minimum, slots=slots)


def configure(parser: AddsOptions) -> None:
    """Add the command's options."""
    add = parser.add_argument
    add("--unix", type=Path, metavar="PATH", help="listen on a socket in the file system")
    add("--mode", type=_octal, default=0o600, metavar="OCTAL", help="who may open that socket (default: 600)")
    add("--host", default="127.0.0.1", metavar="H", help="with --port: listen on this address (default: 127.0.0.1)")
    add("--port", type=_port, metavar="P", help="listen on TCP")
    add("--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM")
    add("--tls-key", type=Path, metavar="FILE", help="its private key, PEM")
    add("--behind-tls-proxy", action="store_true", help="a proxy in front of this server ends TLS")
    add("--minimum", type=Isolation, choices=[Isolation.STRONG, Isolation.REDUCED], default=Isolation.REDUCED)
    add("--contained", action="store_true", help="accept weaker walls where this host makes no namespaces")
    add("--slots", type=_positive, default=os.cpu_count() or 1, metavar="N", help="runs at a time (default: processors)")
    add("--queue", type=_positive, default=Bounds().waiting, metavar="N", help="jobs that may wait (default: 64)")
    add("--max-wall", type=_positive, default=int(MOST.wall_s), metavar="S", help="most seconds of one call")
    add("--max-memory-mb", type=_positive, default=MOST.memory_bytes // MIB, metavar="M", help="most memory of one job")


def _octal(text: str) -> int:
    return int(text, 8) & 0o777


def _port(text: str) -> int:
    if not 0 <= int(text) <= 65535:
        raise ValueError(text)
    return int(text)


def _positive(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where a server listens and what it gives, checked."""

    unix: Path | None
    mode: int
    host: str
    port: int
    cert: Path | None
    key: Path | None
    minimum: Isolation
    bounds: Bounds


def plan_from(options: Mapping[str, Any]) -> Plan:
    """Check options against each other.

    Raises:
        SetupError: when they do not say where to listen, or somewhere that is not safe.
    """
    unix, port, cert, key = options["unix"], options["port"], options["tls_cert"], options["tls_key"]
    if (unix is None) == (port is None):
        raise SetupError("Say where to listen:", "--unix PATH on one machine, or --host H --port P; one of the two.")
    if (cert is None) != (key is None):
        raise SetupError("TLS needs a certificate and its key:", "give both --tls-cert and --tls-key.")
    if unix is None:
        check_listening(options["host"], tls=cert is not None, behind_proxy=options["behind_tls_proxy"])
    limits = replace(MOST, wall_s=float(options["max_wall"]), memory_bytes=options["max_memory_mb"] * MIB)
    return Plan(
        unix=unix,
        mode=options["mode"],
        host=options["host"],
        port=port or 0,
        cert=cert,
        key=key,
        minimum=options["minimum"],
        bounds=Bounds(limits=limits, slots=options["slots"], waiting=options["queue"]),
    )


def run_serve(
    options: Mapping[str, Any], environ: Mapping[str, str], open_runner: OpenRunner = local_runner
) -> None:
    """Serve until a signal says to stop.

    Raises:
        SetupError: when the options, the secret, the certificate or the address cannot be used.
        CannotIsolate: when this host's isolation is below the minimum.
    """
    secret, plan = secret_from(environ), plan_from(options)
    prove: Prove = examine
    if options["contained"]:
        weaker = ContainedRunner()
        prove, open_runner = partial(_prove, weaker), partial(_open, weaker)
    asyncio.run(_until_stopped(plan, secret, open_runner, prove))


async def _prove(weaker: ContainedRunner) -> Report:
    """Find what jails are worth here, and where there are none, what contained mode is."""
    report = await examine()
    return await weaker.examine() if report.level is Isolation.NONE else report


def _open(weaker: ContainedRunner, minimum: Isolation, slots: int) -> AbstractAsyncContextManager[RunsJobs]:
    """Open the contained runner if it had to be asked what it is worth."""
    return nullcontext(weaker) if weaker.report else local_runner(minimum, slots)


async def _until_stopped(plan: Plan, secret: str, open_runner: OpenRunner, prove: Prove) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    task = asyncio.current_task()

    def on_signal() -> None:
        if stop.is_set() and task is not None:
            task.cancel()  # asked twice: now
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    with suppress(asyncio.CancelledError):
        await serve(plan, secret, open_runner, stop, _say, prove)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def serve(
    plan: Plan,
    secret: str,
    open_runner: OpenRunner,
    stop: asyncio.Event,
    say: Callable[[str], None],
    prove: Prove = examine,
) -> None:
    """Serve until the event is set, then let what runs end."""
    tls = None if plan.cert is None else _certified(plan.cert, plan.key)
    with _Socket(plan) as listening:
        offer = _offer(await prove(), plan.minimum)
        async with open_runner(plan.minimum, plan.bounds.slots) as runner:
            server = RunnerServer(runner.run, secret, offer, plan.bounds)
            await server.listen(listening.sock, tls)
            names = ", ".join(offer.profiles)
            say(f"Runner is at {listening.name(tls=tls is not None)} (isolation {offer.isolation}; {names})")
            try:
                await stop.wait()
            finally:
                await server.stop(GRACE_S if stop.is_set() else 0)


def _offer(report: Report, minimum: Isolation) -> Offer:
    """Say what this host can do.

    Raises:
        CannotIsolate: when it is less than asked for.
    """
    if is_below(report.level, minimum):
        worst = sorted(report.faults, key=lambda check: check.name == "groups")[:1]  # the least grave comes last
        what = f"Isolation here is {report.level}, and at least {minimum} is asked for."
        raise CannotIsolate(" ".join([what, *(f"{check.found}." for check in worst)]), "".join(c.fix for c in worst))
    return Offer(report.level, tuple(profile for profile in Profile if _installed(profile)))


def _installed(profile: Profile) -> bool:
    try:
        libraries.binds(profile)
    except CannotIsolate:
        return False
    return True


def _certified(cert: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except (OSError, ssl.SSLError) as error:
        why = error.strerror or "it is not what it should be"
        advice = "Give PEM files that belong together and that this user may read, the key without a password."
        raise SetupError(f"The certificate {cert} with the key {key} cannot be used: {why}.", advice) from None
    return context


def _no_password() -> str:
    """Give an empty password where OpenSSL would ask the terminal for one."""
    return ""


class _Socket:
    """A bound socket; one in the file system is removed at the end, if it is still ours."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sock = _bind_tcp(plan.host, plan.port) if plan.unix is None else _bind_unix(plan.unix, plan.mode)
        self.inode = None if plan.unix is None else plan.unix.stat().st_ino

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_what: object) -> None:
        self.sock.close()
        if self.plan.unix is not None:
            with suppress(OSError):
                if self.plan.unix.stat().st_ino == self.inode:
                    self.plan.unix.unlink()

    def name(self, *, tls: bool) -> str:
        """Write where it is, as a client is told."""
        if self.plan.unix is not None:
            return f"unix://{self.plan.unix.absolute()}"
        host = f"[{self.plan.host}]" if ":" in self.plan.host else self.plan.host
        return f"{'https' if tls else 'http'}://{host}:{self.sock.getsockname()[1]}"


def _bind_tcp(host: str, port: int) -> socket.socket:
    try:
        family, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        advice = "Choose an address of this machine and a port that is free."
        raise SetupError(f"Cannot listen on {host} port {port}: {error.strerror}.", advice) from None


def _bind_unix(path: Path, mode: int) -> socket.socket:
    """Bind a socket that is never open to more users than asked for, in the place of one that nobody answers."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~mode)
    try:
        _clear(path)
        sock.bind(str(path))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        advice = "Choose a path of less than 100 characters in a folder that exists and is yours."
        raise SetupError(f"Cannot listen on {path}: {error.strerror or error}.", advice) from None
    except SetupError:
        sock.close()
        raise
    finally:
        os.umask(before)
    return sock


def _clear(path: Path) -> None:
    """Remove a socket that a server left behind when it was killed, and nothing else."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise SetupError(f"{path} exists and is no socket.", "Choose another path.")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise SetupError(f"Another server answers on {path}.", "Stop it, or choose another path.")
