"""A disk that really is full: a file system of a few MiB, and a limit on the size of files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

PROGRAM = """
import asyncio, json, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.store import Store, StoreFullError, SubmissionRecord
AT = datetime(2026, 3, 4, tzinfo=UTC)
path, filler = Path(sys.argv[1]), Path(sys.argv[1]).with_name("filler")

def record(user, number, size):
    return SubmissionRecord(idem=f"k{number}", user_id=user.id, slug=f"s{number}", level="easy", source="x" * size,
        verdict="wrong", local_day=AT.date(), tz="UTC", at=AT)

async def fill(store, user):
    kept, refused = [], []
    for number in range(400):
        try:
            await store.record_submission(record(user, number, 50_000))
            kept.append(f"k{number}")
        except StoreFullError as error:
            refused.append(str(error))
            if len(refused) == 3:
                return kept, refused
    return kept, refused

async def main():
    store = await Store.open(path, now=lambda: AT)
    user = await store.ensure_user("local", "ann", "Ann")
    FILL
    kept, refused = await fill(store, user)
    FREE
    await store.record_submission(record(user, 1000, 50_000))
    kept.append("k1000")
    await store.close()
    store = await Store.open(path, now=lambda: AT)
    lost = [key for key in kept if await store.submission_by_key(key) is None]
    print(json.dumps({"kept": len(kept), "refused": refused, "lost": lost, "wrong": len(await store.rebuild_check())}))
    await store.close()

asyncio.run(main())
"""


def run(program: str, path: Path, wrapper: list[str]) -> dict[str, object]:
    command = [*wrapper, sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def in_small_file_system(folder: Path) -> list[str]:
    """A command prefix that mounts a tmpfs of 4 MiB on a folder, seen by that command alone."""
    script = f'mount -t tmpfs -o size=4m none "{folder}" && exec "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]


def can_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*in_small_file_system(folder), "true"], capture_output=True, check=False).returncode == 0


def assert_clear_and_nothing_lost(found: dict[str, object], path: Path, what: str) -> None:
    refused = found.pop("refused")
    kept = found.pop("kept")
    assert found == {"lost": [], "wrong": 0}
    assert isinstance(kept, int)
    assert kept > 5
    assert (
        refused
        == [
            f"{what} ({path}). Free some space there; what was acknowledged is safe, and writing goes on by itself once there is room."
        ]
        * 3
    )


def test_full_file_system_is_a_clear_error_loses_nothing_and_recovers(tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("this user may not mount a small file system")
    program = PROGRAM.replace("FILL", "filler.write_bytes(bytes(1024 * 1024))").replace("FREE", "filler.unlink()")
    path = tmp_path / "epochbot.db"
    found = run(program, path, in_small_file_system(tmp_path))
    assert_clear_and_nothing_lost(found, path, "The disk is full, so nothing more can be stored")


def test_limit_on_file_size_is_a_clear_error_loses_nothing_and_recovers(tmp_path: Path) -> None:
    limit = (
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        " resource.setrlimit(resource.RLIMIT_FSIZE, (2**21, resource.RLIM_INFINITY))"
    )
    lift = "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))"
    path = tmp_path / "epochbot.db"
    found = run(PROGRAM.replace("FILL", limit).replace("FREE", lift), path, [])
    assert_clear_and_nothing_lost(found, path, "Writing to the disk failed; it may be full, over quota or faulty")
