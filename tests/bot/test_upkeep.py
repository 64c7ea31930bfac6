"""The nightly upkeep: all of it is registered, does its work, and what fails is logged, counted and told by the doctor."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.app import MAINTENANCE
from bot.doctor_upkeep import Word, judge_upkeep
from bot.insight.review import review_items
from bot.measuring import Silent
from bot.privacy.upkeep import forget_old
from bot.refitting import refit
from bot.schedule.clock import run_due
from bot.schedule.kinds import Job
from bot.services import Services
from bot.store import Backup, Ran, StoreFullError
from bot.store.engine import sqlite3
from bot.upkeep import (
    BACK_UP,
    CHECK,
    CHECK_BACKUP,
    JOBS,
    TIDY,
    UpkeepError,
    back_up,
    backup_age_s,
    check_backup,
    check_database,
    watched,
)

NOW = datetime(2026, 3, 4, 4, tzinfo=UTC)


class Counting(Silent):
    """Keeps what upkeep it is told of."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool]] = []

    def kept(self, job: str, *, ok: bool) -> None:
        self.told.append((job, ok))


@pytest.fixture
def services(start: Callable, tmp_path: Path) -> Services:
    """A bot that backs itself up."""
    return replace(start().dispatcher.services, backups=tmp_path / "safe", meter=Counting())


def test_all_upkeep_there_is_is_registered_once() -> None:
    runs = [job.run for job in MAINTENANCE]
    for work in (forget_old, review_items, refit, check_database, back_up, check_backup):
        assert runs.count(work) == 1
    assert len({job.name for job in MAINTENANCE}) == len(MAINTENANCE)


def test_the_backup_comes_after_what_is_to_be_forgotten_is() -> None:
    """So that a night's backup does not keep for four weeks what was to go that night."""
    order = [job.name for job in sorted(MAINTENANCE, key=lambda job: job.hour_utc)]
    assert order.index("forget old code") < order.index(BACK_UP) < order.index(CHECK_BACKUP)


async def test_a_night_leaves_a_backup_and_a_note_of_each_job(services: Services, clock) -> None:
    jobs = [watched(job) for job in MAINTENANCE]
    await run_due(services, jobs)  # the day they are first heard of
    clock.forward(days=1)
    with capture_logs() as events:
        await run_due(services, jobs)
    assert [event for event in events if event["log_level"] in ("warning", "error")] == []
    ran = await services.store.upkeep.ran()
    (backup,) = services.store.upkeep.backups(services.backups)
    assert {name: (one.ok, one.at) for name, one in ran.items()} == {job.name: (True, clock()) for job in MAINTENANCE}
    assert (ran[BACK_UP].detail, ran[CHECK_BACKUP].detail) == (backup.path.name, backup.path.name)
    assert services.meter.told == [(job.name, True) for job in MAINTENANCE]  # type: ignore[attr-defined]
    assert services.store.upkeep.wal_bytes() < 100_000, "the log was folded into the file"


async def test_a_backup_is_looked_through_once_a_week(services: Services, clock) -> None:
    looked = []
    checked = watched(Job(CHECK_BACKUP, 4, check_backup))
    for _ in range(15):
        await back_up(services)
        await checked.run(services)
        looked.append((await services.store.upkeep.ran())[CHECK_BACKUP].detail)
        clock.forward(days=1)
    assert [looked.count(name) for name in dict.fromkeys(looked)] == [7, 7, 1]


async def test_a_damaged_backup_is_told_until_a_good_one_is_there(services: Services, clock) -> None:
    checked = watched(Job(CHECK_BACKUP, 4, check_backup))
    await back_up(services)
    (backup,) = services.store.upkeep.backups(services.backups)
    with closing(sqlite3.connect(backup.path)) as db:
        db.execute("INSERT INTO identity (platform, external_id, user_id) VALUES ('discord', '77', 77)")
        db.commit()
    with pytest.raises(UpkeepError, match="is damaged: a row of identity refers to one of app_user"):
        await checked.run(services)
    assert (await services.store.upkeep.ran())[CHECK_BACKUP].ok is False
    clock.forward(hours=1)
    await back_up(services)
    await checked.run(services)
    assert (await services.store.upkeep.ran())[CHECK_BACKUP].ok is True


async def test_a_damaged_database_is_an_error_in_the_log_and_the_other_jobs_go_on(services: Services, clock) -> None:
    with closing(sqlite3.connect(services.store.path)) as db:
        db.execute("INSERT INTO identity (platform, external_id, user_id) VALUES ('discord', '77', 77)")
        db.commit()
    jobs = [watched(job) for job in JOBS]
    await run_due(services, jobs)
    clock.forward(days=1)
    with capture_logs() as events:
        await run_due(services, jobs)
    failed = [(event["what"], event["log_level"]) for event in events if event["log_level"] == "error"]
    assert failed == [(CHECK, "error"), (BACK_UP, "error")]
    assert services.meter.told == [(CHECK, False), (BACK_UP, False), (CHECK_BACKUP, True), (TIDY, True)]  # type: ignore[attr-defined]
    ran = await services.store.upkeep.ran()
    assert ran[CHECK].detail.startswith("The database is damaged: a row of identity refers to one of app_user")
    assert (ran[CHECK].well_at, ran[TIDY].well_at) == (None, clock())


async def test_a_job_that_fails_keeps_when_it_last_went_well(services: Services, clock) -> None:
    fail = False

    async def work(_services: Services) -> None:
        if fail:
            raise StoreFullError("The disk is full", "/x", "Free some space.")

    job = watched(Job("some work", 1, work))
    await job.run(services)
    well, fail = clock(), True
    clock.forward(days=1)
    with pytest.raises(StoreFullError):
        await job.run(services)
    assert (await services.store.upkeep.ran())["some work"] == Ran(
        "some work", clock(), False, "The disk is full (/x). Free some space.", well
    )


async def test_a_fault_of_ours_is_noted_without_its_words(services: Services) -> None:
    """Its message may quote what people sent."""

    async def work(_services: Services) -> None:
        raise ValueError("what somebody typed")

    with pytest.raises(ValueError, match="typed"):
        await watched(Job("some work", 1, work)).run(services)
    assert (await services.store.upkeep.ran())["some work"].detail == ""


async def test_without_a_folder_no_backups_are_made(services: Services) -> None:
    bare = replace(services, backups=None)
    assert (await back_up(bare), await check_backup(bare)) == ("", "")
    assert backup_age_s(bare) != backup_age_s(bare), "not a number"


async def test_the_age_of_the_newest_backup_is_in_seconds(services: Services, clock) -> None:
    await back_up(services)
    clock.forward(hours=2)
    assert backup_age_s(services) == 7200


def ran(name: str, *, ok: bool, detail: str = "") -> dict[str, Ran]:
    return {name: Ran(name, NOW, ok, detail, NOW if ok else None)}


@pytest.mark.parametrize(
    ("known", "hours", "words"),
    [
        ({}, None, [("no backup yet", True)]),
        (ran(TIDY, ok=True), None, [("no backup yet", False)]),
        ({}, 30, [("the newest backup is 30 hours old", True)]),
        ({}, 49, [("the newest backup is 49 hours old", False)]),
        ({}, 240, [("the newest backup is 10 days old", False)]),
        (
            ran(BACK_UP, ok=False, detail="The disk is full."),
            3,
            [("the newest backup is 3 hours old", True), ("“back up” failed on 2026-03-04", False)],
        ),
    ],
)
def test_the_doctor_tells_of_backups_and_what_failed(
    known: dict[str, Ran], hours: int | None, words: list[tuple[str, bool]]
) -> None:
    backups = [] if hours is None else [Backup(Path("/safe/x"), NOW - timedelta(hours=hours))]
    found: list[Word] = list(judge_upkeep(known, backups, Path("/safe"), NOW))
    assert [(word.what, word.ok) for word in found] == words
    assert all(bool(word.fix) is not word.ok for word in found), "a fault, and only a fault, has a fix"
