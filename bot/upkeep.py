"""The upkeep of the database, once a day: checked, backed up, the backup checked, tidied. Each run is noted for the doctor.

A check that finds something raises, so that it is logged as an error and counted like any failure.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from bot.schedule.kinds import Job
from bot.services import Services
from bot.store import StoreError
from bot.store.upkeep_backup import made_at

CHECK_HOUR, BACKUP_HOUR, TIDY_HOUR = 2, 4, 5  # UTC; the backup comes after what is to be forgotten is
BACK_UP, CHECK, CHECK_BACKUP, TIDY = "back up", "check database", "check backup", "tidy database"
WEEK = timedelta(days=6, hours=12)  # the backup of the same hour a week later is to be looked through again
DETAIL_CHARS = 300


class UpkeepError(Exception):
    """Upkeep found something an operator has to look at; the message says what to do."""


async def check_database(services: Services) -> None:
    """Check the pages of the database.

    Raises:
        UpkeepError: it is damaged.
    """
    if found := await services.store.upkeep.check():
        raise UpkeepError(
            f"The database is damaged: {found[0]}. Stop the bot, then put the latest backup back: epochbot restore"
        )


async def back_up(services: Services) -> str:
    """Make a backup and thin out older ones; say which. Nothing where there is no folder for them."""
    if services.backups is None:
        return ""
    return (await services.store.upkeep.backup(services.backups)).path.name


async def check_backup(services: Services) -> str:
    """Check every page, index and reference of the newest backup once a week; say which.

    Raises:
        UpkeepError: it is damaged.
    """
    upkeep = services.store.upkeep
    newest = upkeep.backups(services.backups)[:1] if services.backups else []
    if not newest:
        return ""
    before = (await upkeep.ran()).get(CHECK_BACKUP)
    checked = made_at(before.detail) if before and before.ok else None
    if before and checked and newest[0].at - checked < WEEK:
        return before.detail
    if found := await upkeep.check_backup(newest[0].path):
        raise UpkeepError(f"{newest[0].path.name} is damaged: {found[0]}. Run `epochbot backup`, and check the disk.")
    return newest[0].path.name


async def tidy(services: Services) -> None:
    """Renew what the engine knows of the tables, and fold the log into the file."""
    await services.store.upkeep.optimize()
    await services.store.upkeep.checkpoint()


JOBS = (
    Job(CHECK, CHECK_HOUR, check_database),
    Job(BACK_UP, BACKUP_HOUR, back_up),
    Job(CHECK_BACKUP, BACKUP_HOUR, check_backup),
    Job(TIDY, TIDY_HOUR, tidy),
)


def backup_age_s(services: Services) -> float:
    """How old the newest backup is, in seconds; not a number where there is none."""
    newest = services.store.upkeep.backups(services.backups)[:1] if services.backups else []
    return (services.now() - newest[0].at).total_seconds() if newest else math.nan


def watched(job: Job) -> Job:
    """The same job, counted, and with how it went noted in the store."""

    async def run(services: Services) -> object:
        ok, detail = False, ""
        try:
            done = await job.run(services)
            ok, detail = True, done if isinstance(done, str) else ""
        except (StoreError, UpkeepError) as fault:
            detail = str(fault)
            raise
        finally:
            services.meter.kept(job.name, ok=ok)
            await services.store.upkeep.note(job.name, ok=ok, detail=detail[:DETAIL_CHARS])
        return done

    return replace(job, run=run)
