"""Restores: proven first, alone, forgetting the forgotten; and whatever fails, the database is as it was."""

from __future__ import annotations

import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import (
    BackupMade,
    Store,
    StoreBusyError,
    StoreDamagedError,
    StoreReadOnlyError,
    StoreTooNewError,
    restore,
)
from bot.store.engine import sqlite3
from tests.bot.store.conftest import Clock


async def seed(path: Path, clock: Clock, *people: str, backup: bool = False) -> BackupMade | None:
    """Welcome people, and make a backup if asked."""
    store = await Store.open(path, now=clock)
    try:
        for name in people:
            await store.ensure_user("discord", name, name)
        return await store.upkeep.backup(path.parent / "safe") if backup else None
    finally:
        await store.close()


async def forget(path: Path, clock: Clock, name: str) -> None:
    store = await Store.open(path, now=clock)
    try:
        await store.privacy.erase((await store.ensure_user("discord", name, name)).id)
    finally:
        await store.close()


def people(path: Path) -> set[str]:
    """Who has an account, read from the file."""
    with closing(sqlite3.connect(path)) as db:
        return {name for (name,) in db.execute("SELECT external_id FROM identity")}


def files(folder: Path) -> set[str]:
    """What is there, but for backups and locks."""
    return {path.name for path in folder.iterdir()} - {"safe", "epochbot.db-turn", "epochbot.db-open"}


@pytest.fixture
async def backup(path: Path, clock: Clock) -> Path:
    """A backup with Ann and Ben; Cleo came after it."""
    made = await seed(path, clock, "ann", "ben", backup=True)
    assert made is not None
    clock.forward(hours=1)
    await seed(path, clock, "cleo")
    return made.path


async def test_a_backup_takes_the_place_and_what_was_there_stays_beside_it(
    path: Path, clock: Clock, backup: Path
) -> None:
    done = await restore(path, backup, clock)
    kept = path.with_name("epochbot.db.before-20260304T130000Z")
    assert (done.kept, done.forgotten, done.learners, done.answers) == (kept, 0, 2, 0)
    assert (people(path), people(kept)) == ({"ann", "ben"}, {"ann", "ben", "cleo"})
    assert files(path.parent) == {path.name, kept.name}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_where_there_is_no_database_one_comes_from_the_backup(path: Path, clock: Clock, backup: Path) -> None:
    new = path.parent / "elsewhere" / "epochbot.db"
    done = await restore(new, backup, clock)
    assert (done.kept, people(new)) == (None, {"ann", "ben"})


async def test_who_was_forgotten_since_the_backup_is_forgotten_again(path: Path, clock: Clock, backup: Path) -> None:
    await forget(path, clock, "ben")
    done = await restore(path, backup, clock)
    assert (done.forgotten, people(path)) == (1, {"ann"})
    assert b"ben" not in path.read_bytes(), "not even in free space"
    store = await Store.open(path, now=clock)
    assert await store.rebuild_check() == []
    await store.close()


async def test_on_another_host_the_list_beside_the_backups_serves(path: Path, clock: Clock, backup: Path) -> None:
    await forget(path, clock, "ben")
    await seed(path, clock, backup=True)
    (path.parent / "safe" / "epochbot.db-erased").unlink(missing_ok=True)
    elsewhere = path.parent / "elsewhere"
    done = await restore(elsewhere / "epochbot.db", backup, clock)
    assert (done.forgotten, people(elsewhere / "epochbot.db")) == (1, {"ann"})
    assert (elsewhere / "epochbot.db-erased").exists()


async def test_nothing_is_touched_while_a_program_has_it_open(path: Path, clock: Clock, backup: Path) -> None:
    store = await Store.open(path, now=clock)
    with pytest.raises(StoreBusyError, match="Another program has the database open"):
        await restore(path, backup, clock)
    await store.ensure_user("discord", "dan", "dan")
    await store.close()
    assert people(path) == {"ann", "ben", "cleo", "dan"}


async def test_no_program_opens_it_while_it_is_restored(
    path: Path, clock: Clock, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.store import upkeep_restore

    usual = upkeep_restore._swap
    refused: list[str] = []

    def swap(database: Path, fresh: Path, kept_name: str) -> Path | None:
        with pytest.raises(StoreBusyError) as told:
            upkeep_restore.connect.Turn(database)
        refused.append(told.value.what)
        return usual(database, fresh, kept_name)

    monkeypatch.setattr(upkeep_restore, "_swap", swap)
    await restore(path, backup, clock)
    assert refused == ["The database is being restored"]


def _letter(backup: Path) -> None:
    backup.write_text("Dear reader, this is no database, " * 40)


def _torn(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[8192:40960] = b"\xa5" * (40960 - 8192)
    backup.write_bytes(content)


def _cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[: 20 * 4096])


def _lost_reference(backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as db:
        db.execute("DELETE FROM app_user WHERE id = 1")
        db.commit()


def _another_programs(backup: Path) -> None:
    backup.unlink()
    with closing(sqlite3.connect(backup)) as db:
        db.execute("CREATE TABLE song (name TEXT)")
        db.commit()


def _from_the_future(backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('epochbot', '9999_far', '2030')"
        )
        db.commit()


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (_letter, StoreDamagedError),
        (_torn, StoreDamagedError),
        (_cut, StoreDamagedError),
        (_lost_reference, StoreDamagedError),
        (_another_programs, StoreDamagedError),
        (_from_the_future, StoreTooNewError),
        (Path.unlink, StoreReadOnlyError),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_backup_that_cannot_be_used_changes_nothing(
    path: Path, clock: Clock, backup: Path, harm, fault: type[Exception]
) -> None:
    harm(backup)
    before = path.read_bytes()
    with pytest.raises(fault):
        await restore(path, backup, clock)
    assert (path.read_bytes(), files(path.parent)) == (before, {path.name})
    await seed(path, clock)  # and it can be opened again


async def test_a_damaged_database_with_its_log_is_put_aside_whole(path: Path, clock: Clock, backup: Path) -> None:
    """The log of the old one must never be read as the new one's."""
    path.write_bytes(b"\0" * 8192)
    path.with_name(path.name + "-wal").write_bytes(b"half a log")
    done = await restore(path, backup, clock)
    assert done.kept is not None
    assert people(path) == {"ann", "ben"}
    assert files(path.parent) == {path.name, done.kept.name, f"{done.kept.name}-wal"}


async def test_what_a_crashed_bot_left_in_its_log_is_kept_with_the_old_one(
    path: Path, clock: Clock, backup: Path
) -> None:
    store = await Store.open(path, now=clock)
    await store.ensure_user("discord", "dan", "dan")
    crashed = path.parent / "crashed"
    crashed.mkdir()
    for end in ("", "-wal"):
        shutil.copy(path.with_name(path.name + end), crashed / f"epochbot.db{end}")
    await store.close()
    done = await restore(crashed / "epochbot.db", backup, clock)
    assert done.kept is not None
    assert (people(crashed / "epochbot.db"), people(done.kept)) == ({"ann", "ben"}, {"ann", "ben", "cleo", "dan"})


async def test_a_copy_made_by_hand_of_a_database_in_use_counts_with_its_log(path: Path, clock: Clock) -> None:
    store = await Store.open(path, now=clock)
    await store.ensure_user("discord", "ann", "ann")
    copy = path.parent / "copy.db"
    for end in ("", "-wal"):
        shutil.copy(path.with_name(path.name + end), copy.with_name(copy.name + end))
    await store.close()
    elsewhere = path.parent / "elsewhere" / "epochbot.db"
    await restore(elsewhere, copy, clock)
    assert people(elsewhere) == {"ann"}
