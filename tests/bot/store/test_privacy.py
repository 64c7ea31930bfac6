"""What a learner may ask for: all that is kept of them and nothing of others, and that none of it is left, anywhere."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.messages import Place
from bot.store import Store, connect, migrate, privacy, privacy_erase, privacy_file, privacy_map
from bot.store.engine import sqlite3
from bot.store.privacy import SOMEBODY_ELSE
from tests.bot.store.conftest import NOON
from tests.bot.store.lives import Life, link, live, play_together

LOOKS_LIKE_A_LEARNER = re.compile(r"user|learner|member|person|_by$|^by_|author")
NOT_LEARNERS = {  # columns that look as if they named one and do not, with the reason
    ("reminder", "person"): "an account of the learner in user_id, in a row that goes with them",
    ("attempt_review", "learner_rating"): "a rating, in a row that goes with its attempt",
    ("quarantine", "lifted_by"): "'operator' or 'new content', as its CHECK says",
}
STAYS = {"app_user", "merger", "erasure", "duel"}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database of the two lives is kept, for they take seconds to live."""
    return tmp_path_factory.mktemp("shelf") / "lived.sqlite3"


@pytest.fixture
def lived(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Put a copy of that database where the bot will start, if there is one.

    The engine as some build it overwrites what it deletes; here it leaves everything lying about, as it does elsewhere.
    """
    monkeypatch.setitem(connect.WRITER_PRAGMAS, "secure_delete", 0)
    if shelf.exists():
        shutil.copy(shelf, tmp_path / "chat.sqlite3")
    return shelf.exists()


@pytest.fixture
async def two(lived: bool, shelf: Path, start, clock) -> tuple[Life, Life]:
    """Zanzibar and Quillon have both used everything, and Zanzibar has two accounts."""
    zan = Life(start("Zanzibar"), {"xylophone", "Zanzibar", "zanzibar", "Zanz99", "zanz99"})
    qui = Life(start("Quillon"), {"marzipan", "Quillon", "quillon"})
    if not lived:
        await live(zan, "xylophone")
        await live(qui, "marzipan")
        await play_together(zan, qui)
        await link(zan, "discord", "Zanz99", Place("discord", "dm:zanz99", "Direct messages"))
        fold(zan.chat.store.path)
        shutil.copy(zan.chat.store.path, shelf)  # with all that its free space holds
    clock.forward(hours=2)
    return zan, qui


def fold(path: Path) -> None:
    """Move the log of an open database into its file."""
    db = connect.open_writer(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    db.close()


def copy_of(path: Path, copy: Path) -> None:
    """Copy a database that is open."""
    db = connect.open_writer(path)
    db.execute("VACUUM INTO ?", [str(copy)])
    db.close()


async def id_of(life: Life) -> int:
    """A learner's number by now."""
    return await life.chat.store.links.current(await life.chat.user_id())


def everything_in(folder: Path) -> bytes:
    """All bytes of all files of a database."""
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def filled(tables: dict[str, list[dict[str, Any]]]) -> set[str]:
    """The tables that have rows."""
    return {table for table, held in tables.items() if held}


# Export


async def test_an_export_has_every_row_about_a_learner_and_nothing_about_another(two) -> None:
    zan, qui = two
    mine, theirs = [await life.chat.store.privacy.export(await id_of(life)) for life in two]
    said = [json.dumps(tables, ensure_ascii=False) for tables in (mine, theirs)]
    assert [mark for mark in zan.marks if mark not in said[0]] == []
    assert [mark for mark in qui.marks if mark in said[0]] == []
    assert [mark for mark in zan.marks if mark in said[1]] == []
    assert SOMEBODY_ELSE in said[0]


async def test_the_two_lives_leave_something_nearly_everywhere(two) -> None:
    """The control: an empty table would prove nothing."""
    export = await two[0].chat.store.privacy.export(await id_of(two[0]))
    must = {
        "app_user", "identity", "day_rule", "membership", "question", "submission", "attempt", "attempt_review",
        "review_state", "learner_skill", "hint_use", "xp_ledger", "streak_day", "streak", "item_report", "weekly_goal",
        "pair", "duel", "duel_question", "merger", "placement", "placement_question", "grp",
    }  # fmt: skip
    assert must - filled(export) == set()


async def test_every_row_that_names_a_learner_is_in_an_export(two, tmp_path) -> None:
    """Counted by hand: of each table, the rows with a number of the learner or of who they were."""
    zan, _ = two
    me, store = await id_of(zan), zan.chat.store
    export = await store.privacy.export(me)
    db = connect.open_reader(store.path)
    ids = privacy_erase.family(db, me)
    assert len(ids) == 3
    for table in privacy_map.tables(db):
        columns = privacy_map.learner_columns(db, table)
        found = [row for row in db[table].rows if any(row[column] in ids for column in columns)]
        assert not columns or (table, len(found)) == (table, len(export[table]))
    db.close()


# Erasure


async def test_nothing_of_who_is_forgotten_is_left_in_any_byte_of_any_file(two, tmp_path) -> None:
    zan, qui = two
    store, me = zan.chat.store, await id_of(zan)
    before = everything_in(tmp_path)
    assert [mark for mark in zan.marks | qui.marks if mark.encode() not in before] == []  # the control
    await store.privacy.erase(me)
    after = everything_in(tmp_path)
    assert [mark for mark in zan.marks if mark.encode() in after] == []
    assert [mark for mark in qui.marks if mark.encode() not in after] == []
    await store.close()
    assert [mark for mark in zan.marks if mark.encode() in everything_in(tmp_path)] == []


async def test_others_keep_all_they_have_and_every_projection_agrees(two) -> None:
    zan, qui = two
    store, them = zan.chat.store, await id_of(qui)
    before = await store.privacy.export(them)
    await store.privacy.erase(await id_of(zan))
    after = await store.privacy.export(them)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"pair", "duel"}  # the pair is no more, and the duel has ended
    assert (len(after["pair"]), after["duel"][0]["ended_at"] is not None) == (0, True)
    assert await store.rebuild_check() == []


async def test_what_stays_is_a_number_without_a_name(two) -> None:
    zan, _ = two
    store, me = zan.chat.store, await id_of(zan)
    await store.privacy.erase(me)
    left = await store.privacy.export(me)
    assert filled(left) == STAYS
    assert {(row["name"], row["created_at"], row["board_name"], row["track"]) for row in left["app_user"]} == {
        (privacy_erase.GONE, 0, "", "")
    }
    await store.privacy.erase(me)  # again changes nothing
    assert await store.privacy.export(me) == left


async def test_who_comes_back_is_somebody_new(two) -> None:
    zan, _ = two
    old = await id_of(zan)
    await zan.chat.store.privacy.erase(old)
    assert "0 of" in await zan.chat.say("progress")
    assert await id_of(zan) != old


async def test_a_rival_and_a_partner_are_not_left_waiting(two) -> None:
    zan, qui = two
    await zan.chat.store.privacy.erase(await id_of(zan))
    said = [
        await qui.say(text) for text in ("duel", "duel open", "pair", "leaderboard all", "progress", "streak", "daily")
    ]
    assert [text for text in said if "That was our fault" in text or "anzibar" in text] == []
    assert "Challenge" in said[0]  # free for another one


async def test_what_was_under_way_leaves_nothing_behind(two) -> None:
    zan, _ = two
    store, me = zan.chat.store, await id_of(zan)
    await store.privacy.erase(me)
    with pytest.raises(sqlite3.IntegrityError, match="forgotten"):
        await store.pose(me, [("overfitting-1", "7")], "quiz", zan.chat.clock().date())
    with pytest.raises(sqlite3.IntegrityError, match="forgotten"):
        await store.join(1, me)


async def test_the_log_of_who_was_not_forgotten_stays_as_it_is(two) -> None:
    zan, qui = two
    store = zan.chat.store
    await store.privacy.erase(await id_of(zan))
    them, path = await id_of(qui), store.path
    await store.close()
    db = connect.open_writer(path)
    tables = {
        row["name"] for row in connect.rows(db, "SELECT tbl_name AS name FROM sqlite_schema WHERE type = 'trigger'")
    }
    for table in ("attempt", "xp_ledger"):
        assert table in tables
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(f"DELETE FROM {table} WHERE user_id = ?", [them])  # noqa: S608 - names of the test's own
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("UPDATE attempt SET answer_text = '' WHERE user_id = ?", [them])
    db.close()


# The schema


@pytest.fixture
def schema(tmp_path: Path) -> Database:
    """A new database."""
    db = connect.open_writer(tmp_path / "new.sqlite3")
    migrate.migrate(db, tmp_path / "new.sqlite3", migrate.scripts())
    return db


def test_no_column_can_name_a_learner_unseen(schema: Database) -> None:
    """A column that looks as if it named a learner refers to one, is read as one, or is explained here."""
    odd = [
        (table, column)
        for table in privacy_map.tables(schema)
        for column in privacy_map.columns(schema, table)
        if LOOKS_LIKE_A_LEARNER.search(column)
        and column not in privacy_map.learner_columns(schema, table)
        and (table, column) not in NOT_LEARNERS
    ]
    assert odd == []


def test_every_personal_table_is_erased_or_is_shared_for_a_reason(schema: Database) -> None:
    known = privacy_map.personal(schema)
    assert set(privacy_map.SHARED) <= set(known)
    assert all(len(reason) > 20 for reason in privacy_map.SHARED.values())
    assert {"attempt_review", "explanation", "placement_question", "round_copy"} <= set(known)  # by way of others


def test_a_table_of_tomorrow_is_personal_by_itself(schema: Database) -> None:
    schema.execute(
        "CREATE TABLE diary (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES app_user (id), words TEXT) STRICT"
    )
    schema.execute("CREATE TABLE page (diary_id INTEGER NOT NULL REFERENCES diary (id), words TEXT) STRICT")
    schema.execute("INSERT INTO app_user (id, created_at, name) VALUES (7, 1, 'a'), (8, 1, 'b')")
    schema.execute("INSERT INTO diary (owner, words) VALUES (7, 'mine'), (8, 'theirs')")
    schema.execute("INSERT INTO page (diary_id, words) SELECT id, words FROM diary")
    known = privacy_map.personal(schema)
    assert (known["diary"].columns, known["page"].parents) == (("owner",), (("diary_id", "diary", "id"),))
    with connect.transaction(schema):
        privacy_erase.erase(schema, 7, NOON)
    assert [row["words"] for table in ("diary", "page") for row in schema[table].rows] == ["theirs", "theirs"]


def test_no_trigger_stands_in_the_way_of_an_erasure(schema: Database) -> None:
    """Whoever adds a log that cannot be deleted from has to let go of who was forgotten."""
    known = privacy_map.personal(schema)
    sql = "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%'"
    stubborn = [
        row["name"]
        for row in connect.rows(schema, sql)
        if row["tbl_name"] in known and row["tbl_name"] not in privacy_map.SHARED and "erasure" not in row["sql"]
    ]
    assert stubborn == []


# Restores


async def test_a_restored_backup_forgets_again_who_was_forgotten_since(two, tmp_path, clock) -> None:
    zan, qui = two
    store, me = zan.chat.store, await id_of(zan)
    backup = tmp_path / "backup.sqlite3"
    copy_of(store.path, backup)
    clock.forward(minutes=1)
    await store.privacy.erase(me)
    path = tmp_path / "restored" / "chat.sqlite3"
    path.parent.mkdir()
    shutil.move(backup, path)
    shutil.copy(store.privacy.forgotten.path, path.with_name(path.name + "-erased"))
    restored = await Store.open(path, now=clock)
    assert zan.marks <= {mark for mark in zan.marks if mark.encode() in path.read_bytes()}  # the control
    assert await restored.privacy.reapply_erasures() == 1
    assert [mark for mark in zan.marks if mark.encode() in everything_in(path.parent)] == []
    assert await restored.privacy.reapply_erasures() == 0
    assert {"attempt", "submission", "pair"} & filled(await restored.privacy.export(await id_of(qui))) == {
        "attempt",
        "submission",
    }
    await restored.close()


async def test_who_came_back_after_being_forgotten_is_not_forgotten_by_a_restore(two, clock) -> None:
    zan, _ = two
    store = zan.chat.store
    await store.privacy.erase(await id_of(zan))
    clock.forward(minutes=1)
    await zan.chat.say("daily")
    assert await store.privacy.reapply_erasures() == 0
    assert len(await zan.chat.questions()) > 0


async def test_the_list_of_the_forgotten_holds_no_ids(two) -> None:
    zan, _ = two
    store = zan.chat.store
    accounts = [("local", "zanzibar"), ("discord", "zanz99"), ("local", "quillon")]
    assert store.privacy.forgotten.when(accounts) == {}
    await store.privacy.erase(await id_of(zan))
    text = store.privacy.forgotten.path.read_text()
    assert not any(mark in text for mark in zan.marks)
    assert re.fullmatch(r"salt [0-9a-f]{32}\n(\d+ [0-9a-f]{64}\n){2}", text)
    at = round(zan.chat.clock().timestamp() * 1000)
    assert store.privacy.forgotten.when(accounts) == dict.fromkeys(accounts[:2], at)
    assert store.privacy.forgotten.path.stat().st_mode & 0o077 == 0


async def test_a_second_list_entry_keeps_the_salt(two) -> None:
    for life in two:
        await life.chat.store.privacy.erase(await id_of(life))
    lines = two[0].chat.store.privacy.forgotten.path.read_text().splitlines()
    assert (len(lines), sum(line.startswith("salt") for line in lines)) == (4, 1)


# Free space


async def test_a_reader_in_the_way_leaves_the_log_to_the_next_upkeep(two, monkeypatch) -> None:
    zan, _ = two
    store = zan.chat.store
    monkeypatch.setattr(privacy_file, "PATIENCE_MS", 20)
    reader = connect.open_reader(store.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM attempt").fetchone()
    await store.privacy.erase(await id_of(zan))
    reader.execute("ROLLBACK")
    sql = "SELECT count(*) FROM erasure WHERE scrubbed_at IS NULL"
    waiting = connect.value(reader, sql)
    assert await store.privacy.scrub()
    assert (waiting, connect.value(reader, sql)) == (3, 0)
    reader.close()
    assert [mark for mark in zan.marks if mark.encode() in everything_in(store.path.parent)] == []


async def test_who_forgets_again_and_again_does_not_keep_others_waiting(two, clock) -> None:
    """The second cleaning within minutes is left to the upkeep, and so is that of a large file."""
    zan, qui = two
    store = zan.chat.store
    await store.privacy.erase(await id_of(zan))
    await store.privacy.erase(await id_of(qui))
    assert b"marzipan" in everything_in(store.path.parent)
    assert await store.privacy.scrub()
    assert b"marzipan" not in everything_in(store.path.parent)


async def test_a_large_file_is_cleaned_by_the_upkeep(two, monkeypatch) -> None:
    zan, _ = two
    monkeypatch.setattr(privacy, "AT_ONCE", 1000)
    await zan.chat.store.privacy.erase(await id_of(zan))
    assert b"xylophone" in everything_in(zan.chat.store.path.parent)
    assert await zan.chat.store.privacy.scrub()
    assert b"xylophone" not in everything_in(zan.chat.store.path.parent)


# Old words


async def test_old_code_and_free_text_are_blanked_and_what_counted_stays(two, clock) -> None:
    zan, _ = two
    store, me = zan.chat.store, await id_of(zan)
    progress, attempts = await store.progress(me), len(await store.attempts(me))
    assert await store.privacy.forget_words(clock() - timedelta(days=1)) == 0
    assert await store.privacy.forget_words(clock() + timedelta(days=1)) > 0
    export = await store.privacy.export(me)
    assert {(row["source"], row["source_hash"], row["report_json"]) for row in export["submission"]} == {("", "", "{}")}
    assert export["explanation"] == []
    assert (await store.progress(me), len(await store.attempts(me))) == (progress, attempts)
    assert await store.rebuild_check() == []
    assert b"xylophone_code" not in everything_in(store.path.parent)
    assert await store.privacy.forget_words(clock() + timedelta(days=1)) == 0
    assert "add" in (await zan.say("challenge add-up")).lower()
    assert "That was our fault" not in await zan.say("explain")
