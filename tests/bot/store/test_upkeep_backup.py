"""Backups: whole, checked, made while others write, thinned out without ever losing the newest."""

from __future__ import annotations

import asyncio
import os
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import Store, StoreDamagedError, StoreError, StoreReadOnlyError, list_backups, make_backup
from bot.store import upkeep_backup as backups
from bot.store.engine import sqlite3
from bot.store.upkeep_backup import DAILY, RECENT, WEEKLY, outlived
from tests.bot.store.conftest import Clock, Learner

AT = datetime(2026, 3, 4, 4, tzinfo=UTC)
TIMES = st.lists(st.integers(0, 365 * 24).map(lambda hours: AT + timedelta(hours=hours)), max_size=60, unique=True)


def names(folder: Path) -> list[str]:
    """What is in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


async def read_back(path: Path, clock: Clock) -> tuple[int, int]:
    """How many learners and answers a backup holds, opened as a database of its own."""
    store = await Store.open(path, now=clock)
    try:
        return await store.upkeep.size()
    finally:
        await store.close()


async def test_a_backup_is_one_file_for_its_owner_alone_with_all_that_was_acknowledged(
    store: Store, clock: Clock, ann: Learner, tmp_path: Path
) -> None:
    await ann.finish_day()
    made = await store.upkeep.backup(tmp_path / "safe")
    assert names(tmp_path / "safe") == ["epochbot-20260304T120000Z.sqlite3"]
    assert (made.path, made.at, made.removed) == (tmp_path / "safe" / names(tmp_path / "safe")[0], clock.at, ())
    assert made.size_bytes == made.path.stat().st_size > 0
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert await store.upkeep.check_backup(made.path) == []
    await ann.pose("another")
    assert await read_back(made.path, clock) == (1, 1)


async def test_the_folder_for_them_is_its_owners_alone(store: Store, tmp_path: Path) -> None:
    await store.upkeep.backup(tmp_path / "deep" / "safe")
    assert stat.S_IMODE((tmp_path / "deep" / "safe").stat().st_mode) == 0o700


async def test_a_backup_made_while_others_write_ends_and_holds_one_moment(
    store: Store, clock: Clock, ann: Learner, tmp_path: Path
) -> None:
    """The trap: a copy in steps begins again at each write of another connection, and never ends."""
    stop = asyncio.Event()

    async def write() -> int:
        count = 0
        while not stop.is_set():
            await ann.pose(f"item {count}", purpose="quiz")
            count += 1
        return count

    writing = asyncio.create_task(write())
    async with asyncio.timeout(20):
        made = [await store.upkeep.backup(tmp_path / f"safe {n}") for n in range(3)]
    stop.set()
    written = await writing
    assert written > 0
    for one in made:
        assert await store.upkeep.check_backup(one.path) == []
    assert await store.upkeep.check() == []


async def test_a_database_that_nobody_has_open_is_backed_up_without_being_changed(
    path: Path, clock: Clock, tmp_path: Path
) -> None:
    store = await Store.open(path, now=clock)
    await store.ensure_user("discord", "1", "Ann")
    await store.close()
    before = path.read_bytes()
    made = await make_backup(path, tmp_path / "safe", AT)
    assert (path.read_bytes(), await read_back(made.path, clock)) == (before, (1, 0))


async def test_a_damaged_copy_is_no_backup_and_removes_none(store: Store, clock: Clock, tmp_path: Path) -> None:
    folder = tmp_path / "safe"
    first = await store.upkeep.backup(folder)
    with closing(sqlite3.connect(store.path)) as other:  # a tool that knows no references
        other.execute("INSERT INTO identity (platform, external_id, user_id) VALUES ('discord', '77', 77)")
        other.commit()
    clock.forward(days=40)
    with pytest.raises(
        StoreDamagedError, match="its copy fails the check: a row of identity refers to one of app_user"
    ):
        await store.upkeep.backup(folder)
    assert names(folder) == [first.path.name]


async def test_a_folder_that_cannot_be_made_is_told_with_advice(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreReadOnlyError, match="EPOCHBOT_HOME"):
        await store.upkeep.backup(tmp_path / "file" / "safe")


async def test_what_a_cut_short_backup_left_is_removed_once_it_is_stale(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    folder = tmp_path / "safe"
    folder.mkdir()
    fresh, stale = (folder / f".epochbot-2026030{n}T000000Z.unfinished" for n in (1, 2))
    for path in (fresh, stale):
        path.write_text("half")
    os.utime(fresh, (clock.at.timestamp() - 60,) * 2)
    os.utime(stale, (clock.at.timestamp() - 2 * 86_400,) * 2)
    made = await store.upkeep.backup(folder)
    assert names(folder) == [fresh.name, made.path.name]


async def test_the_list_of_the_forgotten_goes_with_the_backups(store: Store, ann: Learner, tmp_path: Path) -> None:
    await store.privacy.erase(ann.id)
    await store.upkeep.backup(tmp_path / "safe")
    listed = tmp_path / "safe" / backups.ERASED
    assert listed.read_bytes() == store.privacy.forgotten.path.read_bytes()
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600


async def test_progress_is_told_in_bytes(store: Store, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    await make_backup(store.path, tmp_path / "safe", AT, lambda copied, total: told.append((copied, total)))
    assert told
    assert all(copied >= 0 and total == store.path.stat().st_size for copied, total in told)


async def test_thirty_nights_leave_the_last_days_and_one_a_week(store: Store, clock: Clock, tmp_path: Path) -> None:
    folder = tmp_path / "safe"
    folder.mkdir()
    (folder / "epochbot-mine.sqlite3").write_text("not one of ours")
    for _ in range(30):
        clock.forward(days=1)
        await store.upkeep.backup(folder)
    last = clock.at.date()
    kept = [backup.at.date() for backup in list_backups(folder)]
    days = {last - timedelta(days=n) for n in range(DAILY)}
    sundays = {day for day in (last - timedelta(days=n) for n in range(28)) if day.isoweekday() == 7}
    assert set(kept) >= days
    assert set(kept) - days <= sundays
    assert DAILY + 1 <= len(kept) <= DAILY + WEEKLY
    assert (folder / "epochbot-mine.sqlite3").exists()


@given(TIMES, st.integers(0, 8), st.integers(0, 5))
def test_what_outlives_is_bounded_and_always_holds_the_newest(times: list[datetime], daily: int, weekly: int) -> None:
    gone = outlived(times, daily, weekly)
    kept = sorted(set(times) - gone)
    assert gone <= set(times)
    assert bool(kept) == bool(times)
    if not times:
        return
    assert kept[-1] == max(times)
    old = [at for at in kept if max(times) - at >= RECENT]
    assert len(old) <= max(1, daily) + weekly
    latest = sorted({at.date() for at in times}, reverse=True)[: max(1, daily)]
    assert {at.date() for at in kept} >= set(latest)
    assert outlived(kept, daily, weekly) == set(), "thinning out once is enough"


@given(TIMES)
def test_each_of_the_latest_weeks_keeps_its_newest(times: list[datetime]) -> None:
    kept = set(times) - outlived(times)
    weeks = sorted({at.isocalendar()[:2] for at in times}, reverse=True)[:WEEKLY]
    assert all(max(at for at in times if at.isocalendar()[:2] == week) in kept for week in weeks)


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert list_backups(tmp_path / "nowhere") == []


async def test_no_backup_is_made_of_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "epochbot.db").write_text("this is a letter, not a database, and long enough to be taken for one" * 20)
    with pytest.raises(StoreError, match="not an SQLite database"):
        await make_backup(tmp_path / "epochbot.db", tmp_path / "safe", AT)
    assert names(tmp_path / "safe") == []
