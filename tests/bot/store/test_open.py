"""Opening: new files, old files, files of others, places that cannot be written, and two processes at once."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlite_utils import Database

from bot.store import Store, StoreDamagedError, StoreReadOnlyError, StoreTooNewError, connect, migrate

ROOT = Path(__file__).parents[3]


def now() -> datetime:
    return datetime(2026, 3, 4, tzinfo=UTC)


async def open_and_close(path: Path) -> None:
    store = await Store.open(path, now=now)
    await store.close()


async def test_new_file_is_made_with_its_folder_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "epochbot.db"
    await open_and_close(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_opening_again_keeps_what_was_stored(path: Path) -> None:
    first = await Store.open(path, now=now)
    ann = await first.ensure_user("local", "ann", "Ann")
    await first.close()
    second = await Store.open(path, now=now)
    assert await second.ensure_user("local", "ann", "Ann") == ann
    await second.close()


async def test_later_schema_is_refused_with_advice(path: Path) -> None:
    await open_and_close(path)
    db = Database(path)
    db["_sqlite_migrations"].insert({"migration_set": migrate.SET_NAME, "name": "9999_future", "applied_at": "later"})
    db.close()
    with pytest.raises(StoreTooNewError, match=r"later version.*9999_future.*Update the program"):
        await Store.open(path, now=now)


def test_file_of_another_kind_is_refused_and_left_alone(path: Path) -> None:
    path.write_text("my diary\n" * 1000, encoding="utf-8")
    with pytest.raises(StoreDamagedError, match=r"not an SQLite database.*Move it away"):
        asyncio.run(open_and_close(path))
    assert path.read_text(encoding="utf-8") == "my diary\n" * 1000


def test_damaged_file_is_refused(path: Path) -> None:
    asyncio.run(open_and_close(path))
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(StoreDamagedError, match="backup"):
        asyncio.run(open_and_close(path))


@pytest.mark.parametrize("place", ["folder", "file/epochbot.db"])
async def test_impossible_place_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreReadOnlyError, match="EPOCHBOT_HOME"):
        await Store.open(tmp_path / place, now=now)


PEACEFUL = """
import asyncio, json, os, sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from bot.store import Store, StoreError
now = lambda: datetime(2026, 3, 4, tzinfo=UTC)

async def visit(path):
    store = await Store.open(path, now=now)
    user = await store.ensure_user("local", sys.argv[2], sys.argv[2])
    await store.close()
    return user.name

def attempt(path):
    try:
        return asyncio.run(visit(path))
    except StoreError as error:
        return f"{type(error).__name__}: {error}"
"""
"""The start of a program that visits a store and says how that went."""


def program(body: str) -> str:
    return PEACEFUL + textwrap.dedent(body)


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder other users can reach, which pytest's own are not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def visit_as_nobody(path: Path) -> str:
    """Visit a store as a user who owns nothing, where this one may become another; as ourselves otherwise."""
    body = """
    with TemporaryDirectory() as scratch:  # import all there is while that is still allowed
        attempt(Path(scratch) / "warm.db")
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    print(json.dumps(attempt(Path(sys.argv[1]))))
    """
    done = subprocess.run(
        [sys.executable, "-c", program(body), path, "nobody"], cwd=ROOT, capture_output=True, check=True
    )
    answer: str = json.loads(done.stdout)
    return answer


def prepared(folder: Path) -> Path:
    path = folder / "epochbot.db"
    asyncio.run(open_and_close(path))
    for file in (path, *(path.with_name(path.name + end) for end in ("-turn", "-open"))):
        file.chmod(0o666)
    return path


def protect_folder(path: Path) -> None:
    path.parent.chmod(0o555)


def protect_file(path: Path) -> None:
    path.chmod(0o444)


def hide_file(path: Path) -> None:
    path.chmod(0o000)


@pytest.mark.parametrize("protect", [protect_folder, protect_file, hide_file])
def test_place_that_cannot_be_written_is_a_clear_error(shared_folder: Path, protect: Callable[[Path], None]) -> None:
    path = prepared(shared_folder)
    protect(path)
    said = visit_as_nobody(path)
    shared_folder.chmod(0o700)
    assert said.startswith("StoreReadOnlyError: The database cannot be ")
    assert f"({path})" in said
    assert "Make the file and its folder writable for this user, or set EPOCHBOT_HOME" in said


def test_file_of_another_user_works_where_it_may_be_written(shared_folder: Path) -> None:
    assert visit_as_nobody(prepared(shared_folder)) == "nobody"


def test_processes_that_start_at_once_on_a_new_file_all_live(path: Path) -> None:
    body = """
    print("ready", flush=True)
    sys.stdin.readline()
    print(attempt(Path(sys.argv[1])), flush=True)
    """
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program(body), path, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("ann", "bob", "eve")
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0] for process in started] == ["ann\n", "bob\n", "eve\n"]
    reader = connect.open_reader(path)
    assert (
        connect.value(reader, "SELECT group_concat(name) FROM (SELECT name FROM app_user ORDER BY name)")
        == "ann,bob,eve"
    )
    assert migrate.applied(reader) == list(migrate.scripts())
    reader.close()
