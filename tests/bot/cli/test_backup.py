"""`backup`, `restore` and `rebuild` from the shell: what they print, what they leave, and their exit codes."""

from __future__ import annotations

import asyncio
import io
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import utc_now
from bot.store import Store
from bot.store.engine import sqlite3


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a database of one learner."""

    async def make() -> None:
        store = await Store.open(tmp_path / "home" / "epochbot.sqlite3", now=utc_now)
        user = await store.ensure_user("discord", "1", "Ann")
        await store.join((await store.ensure_group("discord", "g", "Garden")).id, user.id)
        await store.close()

    asyncio.run(make())
    return tmp_path / "home"


def sql(home: Path, statement: str) -> list[tuple[object, ...]]:
    """Do something to the database behind the bot's back."""
    with closing(sqlite3.connect(home / "epochbot.sqlite3")) as db:
        found = db.execute(statement).fetchall()
        db.commit()
        return found


def test_a_backup_is_made_where_it_goes_by_itself_and_told_in_two_lines(epochbot, home: Path) -> None:
    done = epochbot("backup")
    (made,) = (home / "backups").glob("*.sqlite3")
    first, second = done.out.splitlines()
    assert (done.code, done.err, first.startswith(f"{made}: ")) == (0, "", True)
    assert second == f"Put it back with: epochbot restore {made}"


def test_a_backup_as_json(epochbot, home: Path, tmp_path: Path) -> None:
    done = epochbot("backup", "--to", tmp_path / "away", "--json")
    (made,) = (tmp_path / "away").iterdir()
    assert done.code == 0
    assert {key: done.json[key] for key in ("path", "size_bytes", "checked", "removed")} == {
        "path": str(made),
        "size_bytes": made.stat().st_size,
        "checked": True,
        "removed": [],
    }


def test_the_folder_can_be_set(epochbot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOT_BACKUP_DIR", str(tmp_path / "disk"))
    assert Path(epochbot("backup", "--json").json["path"]).parent == tmp_path / "disk"
    assert epochbot("restore").out.count(str(tmp_path / "disk")) == 1


@pytest.mark.parametrize("words", [("backup",), ("rebuild",), ("rebuild", "--check")], ids=" ".join)
def test_without_a_database_there_is_advice(epochbot, words: tuple[str, ...]) -> None:
    done = epochbot(*words)
    assert (done.code, done.out, "Start the bot once, or set EPOCHBOT_HOME." in done.err) == (2, "", True)


def test_a_backup_is_put_back(epochbot, home: Path) -> None:
    made = epochbot("backup", "--json").json["path"]
    sql(home, "UPDATE app_user SET name = 'Somebody'")
    done = epochbot("restore", made, "--yes")
    assert (done.code, sql(home, "SELECT name FROM app_user")) == (0, [("Ann",)])
    lines = done.out.splitlines()
    assert lines[0].endswith(": 1 learners, 0 answers.")
    assert lines[1].startswith(f"What was there before is kept as {home}/epochbot.sqlite3.before-")
    assert lines[-1] == "Start the bot again when you are ready."


def test_a_restore_as_json(epochbot, home: Path) -> None:
    made = epochbot("backup", "--json").json["path"]
    told = epochbot("restore", made, "--yes", "--json").json
    assert (told["backup"], told["forgotten"], told["learners"]) == (made, 0, 1)


def test_nobody_to_ask_is_no_consent(epochbot, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = epochbot("backup", "--json").json["path"]
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    done = epochbot("restore", made)
    assert (done.code, done.out, "Add --yes" in done.err) == (2, "", True)


class Terminal(io.StringIO):
    """Somebody at a keyboard."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "code"), [("n\n", 1), ("\n", 1), ("YES\n", 0)], ids=repr)
def test_somebody_there_is_asked(epochbot, home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: int) -> None:
    made = epochbot("backup", "--json").json["path"]
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    done = epochbot("restore", made)
    assert (done.code, "Nothing was changed." in done.out) == (code, code == 1)


def test_backups_are_listed(epochbot, home: Path) -> None:
    assert epochbot("restore").out == f"No backup in {home}/backups.\n"
    made = epochbot("backup", "--json").json
    assert epochbot("restore", "--json").json == {"backups": [{"path": made["path"], "at": made["at"]}]}


def test_a_restore_beside_a_running_bot_is_refused_with_advice(epochbot, home: Path) -> None:
    made = epochbot("backup", "--json").json["path"]

    async def beside() -> tuple[int, str]:
        store = await Store.open(home / "epochbot.sqlite3", now=utc_now)
        try:
            done = await asyncio.to_thread(epochbot, "restore", made, "--yes")
            return done.code, done.err
        finally:
            await store.close()

    code, told = asyncio.run(beside())
    assert (code, "Another program has the database open" in told) == (2, True)


def test_agreement_is_told_and_nothing_is_backed_up_for_it(epochbot, home: Path) -> None:
    checked, mended = epochbot("rebuild", "--check"), epochbot("rebuild")
    assert (checked.code, checked.out) == (0, "All is as the logs say.\n")
    assert (mended.code, mended.out) == (0, "All is as the logs say; nothing was changed.\n")
    assert not (home / "backups").exists()


def test_what_differs_is_listed_and_then_mended_after_a_backup(epochbot, home: Path) -> None:
    sql(home, "UPDATE membership SET xp = 40")
    sql(home, "INSERT INTO streak_day VALUES (1, '2026-03-04')")
    checked = epochbot("rebuild", "--check", "--json")
    assert (checked.code, checked.json["ok"]) == (1, False)
    assert [(one["table"], one["stored"], one["computed"]) for one in checked.json["differences"]][:2] == [
        ("membership.xp", "40", "0"),
        ("streak_day", "True", "False"),
    ]
    assert epochbot("rebuild", "--check").out.splitlines()[-1].endswith("Mend it with: epochbot rebuild")
    assert sql(home, "SELECT xp FROM membership") == [(40,)], "--check changes nothing"
    mended = epochbot("rebuild", "--json")
    (made,) = (home / "backups").glob("*.sqlite3")
    assert (mended.code, mended.json) == (
        0,
        {"ok": True, "mended": {"membership.xp": 1, "streak_day": 1}, "backup": str(made)},
    )
    assert epochbot("rebuild", "--check").code == 0


def test_many_differences_are_cut_short(epochbot, home: Path) -> None:
    sql(home, "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29)"
              " INSERT INTO streak_day SELECT 1, '2026-03-' || printf('%02d', i + 1) FROM n")  # fmt: skip
    lines = epochbot("rebuild", "--check").out.splitlines()
    assert (len(lines), lines[20]) == (22, "… and 11 more")
