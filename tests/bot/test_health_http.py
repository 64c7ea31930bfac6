"""The health endpoints over real HTTP on loopback, and the watchdog, with each part made to fail."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.config import ConfigError
from bot.health import BEAT_S, SLOWEST_S, Health, Heart, answering, open_watch, show, watching
from bot.metrics import Metrics
from bot.notify import Notifier
from bot.services import Services
from bot.store import StoreBusyError


@dataclass
class Hand:
    """A monotonic clock moved by hand."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Platform:
    """As much of a host as readiness asks for."""

    name: str
    ready: bool


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def health(start, hand: Hand) -> Health:
    """A bot with one platform that is connected."""
    services: Services = start().dispatcher.services
    services.hosts["discord"] = Platform("discord", True)  # type: ignore[assignment]  # all that is asked
    return Health(services, Heart(hand), alone=False)


@pytest.fixture
async def base(health: Health) -> AsyncIterator[str]:
    metrics = Metrics()
    show(metrics, health)
    async with answering(health, metrics, 0) as port:
        yield f"http://127.0.0.1:{port}"


async def get(url: str) -> tuple[int, Any]:
    """A status, and what was said."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        body = await answer.text()
        return answer.status, await answer.json() if answer.content_type == "application/json" else body


WELL = (200, {"ok": True, "faults": {}})


async def test_a_bot_that_is_well_is_live_and_ready(base: str) -> None:
    assert (await get(f"{base}/livez"), await get(f"{base}/readyz")) == (WELL, WELL)


async def test_figures_come_in_prometheus_format(base: str) -> None:
    status, text = await get(f"{base}/metrics")
    assert status == 200
    for line in (
        "bot_loop_lag_seconds 0.0",
        "bot_platforms_ready 1.0",
        "bot_queue_depth 0.0",
        "bot_backup_age_seconds NaN",
    ):
        assert line in text.splitlines()
    assert "bot_wal_bytes" in text


async def test_a_late_loop_is_neither(base: str, hand: Hand) -> None:
    hand.at += SLOWEST_S + BEAT_S
    late = (503, {"ok": False, "faults": {"loop": "late by 5.0 s"}})
    assert (await get(f"{base}/livez"), await get(f"{base}/readyz")) == (late, late)


async def test_a_loop_a_little_late_is_live(base: str, hand: Hand) -> None:
    hand.at += SLOWEST_S
    assert await get(f"{base}/livez") == WELL


async def test_a_writer_that_has_ended_is_neither(base: str, health: Health) -> None:
    await health.services.store.close()
    dead = (503, {"ok": False, "faults": {"writer": "its thread has ended"}})
    assert (await get(f"{base}/livez"), await get(f"{base}/readyz")) == (dead, dead)


async def test_a_database_that_cannot_be_written_is_live_and_not_ready(
    base: str, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy() -> None:
        raise StoreBusyError("Another program holds the database", "/secret/path", "Stop it.")

    monkeypatch.setattr(health.services.store.upkeep, "probe", busy)
    assert await get(f"{base}/livez") == WELL
    assert await get(f"{base}/readyz") == (
        503,
        {"ok": False, "faults": {"database": "Another program holds the database"}},
    )


async def test_a_database_with_another_schema_is_not_ready(
    base: str, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.store import migrate

    known = migrate.scripts()
    monkeypatch.setattr(migrate, "scripts", lambda: {**known, "9999_new": ""})
    assert (await get(f"{base}/readyz"))[1]["faults"] == {"database": "The database has another schema"}


async def test_a_database_that_does_not_answer_in_time_is_not_ready(
    base: str, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.health.PROBE_S", 0.01)
    monkeypatch.setattr(health.services.store.upkeep, "probe", asyncio.Event().wait)
    assert (await get(f"{base}/readyz"))[1]["faults"] == {"database": "no answer in 0.01 s"}


async def test_one_connected_platform_is_enough(base: str, health: Health) -> None:
    health.services.hosts["slack"] = Platform("slack", False)  # type: ignore[assignment]
    assert await get(f"{base}/readyz") == WELL
    health.services.hosts["discord"].ready = False  # type: ignore[misc]
    assert (await get(f"{base}/readyz"))[1]["faults"] == {"platforms": "none of discord, slack is connected"}


async def test_the_page_alone_is_ready_without_platforms(health: Health) -> None:
    health.services.hosts.clear()
    assert set(await health.ready()) == {"platforms"}
    assert await replace(health, alone=True).ready() == {}


async def test_only_loopback_is_listened_on(base: str) -> None:
    port = int(base.rpartition(":")[2])
    with socket.socket() as probe:
        probe.settimeout(1)
        assert probe.connect_ex(("127.0.0.2", port)) != 0


async def test_a_taken_port_is_told_with_the_setting(health: Health) -> None:
    async with answering(health, Metrics(), 0) as port:
        with pytest.raises(ConfigError, match=f"EPOCHBOT_HEALTH_PORT: {port} cannot be used"):
            async with answering(health, Metrics(), port):
                pass


async def test_without_a_port_nothing_listens(health: Health) -> None:
    async with open_watch(health, Notifier(), None, None):
        assert health.live() == {}


async def test_the_watchdog_hears_of_us_while_we_are_live_and_not_when_we_are_not(
    health: Health, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.health.BEAT_S", 0.001)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.setblocking(False)
        notifier = Notifier(str(tmp_path / "notify"), watchdog_s=30)
        loop = asyncio.get_running_loop()
        async with watching(health, notifier), asyncio.timeout(5):
            assert await loop.sock_recv(ear, 99) == b"WATCHDOG=1"
            hand.at += 11
            assert await loop.sock_recv(ear, 99) == b"WATCHDOG=1"
            await health.services.store.close()
            hand.at += 11
            for _ in range(20):
                await asyncio.sleep(0.001)
            with pytest.raises(BlockingIOError):
                ear.recv(99)


async def test_the_end_is_told(health: Health, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(2)
        async with open_watch(health, Notifier(str(tmp_path / "notify")), None, None):
            pass
        assert ear.recv(99) == b"STOPPING=1"
