"""How the running bot is, for machines: `/livez`, `/readyz` and `/metrics` on 127.0.0.1, and systemd's watchdog.

Live means that it would help nobody to start the program anew; ready, that it would answer a learner now.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.config import ConfigError
from bot.metrics import CONTENT_TYPE, Metrics
from bot.notify import Notifier
from bot.services import Services
from bot.store import StoreError
from bot.upkeep import backup_age_s

HOST = "127.0.0.1"
BEAT_S = 0.5
SLOWEST_S = 5.0  # a loop later than this is not live
PROBE_S = 3.0  # how long the database may take to be written and read
ANSWER_S = 2.0  # how long what is asked may take to be told once we end


@dataclass
class Heart:
    """A beat every half second; how late the latest one is says how busy the event loop is."""

    clock: Callable[[], float]
    latest: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.latest = self.clock()

    @property
    def lag_s(self) -> float:
        """How late the beat is, in seconds."""
        return max(0.0, self.clock() - self.latest - BEAT_S)

    async def beat(self, each: Callable[[], None]) -> None:
        """Beat until cancelled; do something at each beat."""
        while True:
            each()
            await asyncio.sleep(BEAT_S)
            self.latest = self.clock()


@dataclass(frozen=True)
class Health:
    """Looks at the parts of the running bot. `alone` says that it serves its own page, with or without platforms."""

    services: Services
    heart: Heart
    alone: bool

    def live(self) -> dict[str, str]:
        """What is wrong so that only a new start would help; nothing when all is well."""
        faults = {}
        if self.heart.lag_s >= SLOWEST_S:
            faults["loop"] = f"late by {self.heart.lag_s:.1f} s"
        if not self.services.store.upkeep.alive:
            faults["writer"] = "its thread has ended"
        return faults

    async def ready(self) -> dict[str, str]:
        """What keeps learners from being answered; nothing when all is well."""
        faults = self.live()
        if "writer" not in faults and (fault := await self._probe()):
            faults["database"] = fault
        hosts = self.services.hosts
        if not self.alone and not any(host.ready for host in hosts.values()):
            faults["platforms"] = f"none of {', '.join(hosts) or 'none'} is connected"
        return faults

    async def _probe(self) -> str:
        try:
            async with asyncio.timeout(PROBE_S):
                await self.services.store.upkeep.probe()
        except StoreError as fault:
            return fault.what
        except TimeoutError:
            return f"no answer in {PROBE_S:g} s"
        return ""


@asynccontextmanager
async def open_watch(
    health: Health, notifier: Notifier, metrics: Metrics | None, port: int | None
) -> AsyncIterator[None]:
    """Watch over the running bot, and answer who asks how it is where there is a port for that."""
    async with AsyncExitStack() as closing:
        await closing.enter_async_context(watching(health, notifier))
        if metrics is not None and port is not None:
            show(metrics, health)
            await closing.enter_async_context(answering(health, metrics, port))
        closing.callback(notifier.stopping)
        yield


def show(metrics: Metrics, health: Health) -> None:
    """Add to the figures what is looked up at the time somebody asks."""
    services, store = health.services, health.services.store.upkeep
    metrics.watch("bot_loop_lag_seconds", "How late the event loop is.", lambda: health.heart.lag_s)
    metrics.watch("bot_wal_bytes", "The log beside the database.", store.wal_bytes)
    metrics.watch("bot_db_queue_depth", "Operations that wait to be written.", lambda: store.queued)
    metrics.watch("bot_queue_depth", "Submissions that wait for their turn.", lambda: services.turns.waiting)
    metrics.watch("bot_platforms_ready", "Platforms connected.", lambda: sum(h.ready for h in services.hosts.values()))
    metrics.watch("bot_backup_age_seconds", "Since the newest backup; NaN without one.", lambda: backup_age_s(services))


@asynccontextmanager
async def watching(health: Health, notifier: Notifier) -> AsyncIterator[None]:
    """Let the heart beat, and give systemd its signs of life while we are live, for as long as the block lasts."""
    due = health.heart.clock()

    def each() -> None:
        nonlocal due
        if notifier.watchdog_s and health.heart.clock() >= due and not health.live():
            notifier.alive()
            due = health.heart.clock() + notifier.watchdog_s / 3

    beating = asyncio.create_task(health.heart.beat(each), name="heart")
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.wait({beating})


@asynccontextmanager
async def answering(health: Health, metrics: Metrics, port: int) -> AsyncIterator[int]:
    """Answer on loopback for as long as the block lasts; gives the port, which 0 lets the system choose.

    Raises:
        ConfigError: the port is taken.
    """
    app = web.Application()
    app.add_routes(_routes(health, metrics))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=ANSWER_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError as fault:
            raise ConfigError(
                f"EPOCHBOT_HEALTH_PORT: {port} cannot be used ({fault.strerror}). Choose another, or unset it."
            ) from None
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _routes(health: Health, metrics: Metrics) -> list[web.RouteDef]:
    async def live(_request: web.Request) -> web.Response:
        return _told(health.live())

    async def ready(_request: web.Request) -> web.Response:
        return _told(await health.ready())

    async def figures(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    return [web.get("/livez", live), web.get("/readyz", ready), web.get("/metrics", figures)]


def _told(faults: Mapping[str, str]) -> web.Response:
    body = json.dumps({"ok": not faults, "faults": dict(faults)})
    return web.Response(text=body, status=503 if faults else 200, content_type="application/json")
