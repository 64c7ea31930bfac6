"""What the operator is told about engine and file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.store import Store, health, migrate
from bot.store.engine import sqlite3


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_versions_with_the_wal_reset_bug_are_known(version: tuple[int, ...], affected: bool) -> None:
    assert health.has_wal_reset_bug(version) is affected


MOUNTS = """\
overlay / overlay rw 0 0
server:/export /home nfs4 rw 0 0
/dev/sda1 /home/ann/my\\040disk ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/x.db", "overlay"),
        ("/home/bob/x.db", "nfs4"),
        ("/home/ann/my disk/x.db", "ext4"),
        ("/homes/x", "overlay"),
    ],
)
def test_file_system_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert health.filesystem_of(Path(path), MOUNTS) == kind


def test_file_system_is_unknown_without_a_list() -> None:
    assert health.filesystem_of(Path("/x"), "") == "unknown"


async def test_healthy_store_reports_its_settings_and_no_fault(store: Store, path: Path) -> None:
    found = await store.doctor()
    assert (found.path, found.sqlite_version, found.faults) == (str(path), sqlite3.sqlite_version, ())
    assert found.migrations == tuple(migrate.scripts())
    assert found.pragmas == {
        "journal_mode": "wal",
        "synchronous": "2",
        "foreign_keys": "1",
        "busy_timeout": "5000",
        "wal_autocheckpoint": "1000",
        "recursive_triggers": "1",
    }
    assert found.wal_reset_bug == health.has_wal_reset_bug(sqlite3.sqlite_version_info)
    assert found.free_bytes > 0


async def test_advice_on_the_engine_names_the_version(store: Store) -> None:
    assert (await store.doctor()).sqlite_version in health.advice_on_engine(await store.doctor())


def test_network_file_system_and_little_space_are_faults(db: Any, path: Path) -> None:
    path.touch()
    whats = [fault.what for fault in health._faults(db, path, "nfs4", 1024**2)]
    assert whats == [
        f"{path} lies on a network file system (nfs4), where locks cannot be trusted",
        f"only 1 MiB are free at {path.parent}",
    ]
