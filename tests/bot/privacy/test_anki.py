"""The deck: each missed item as it was posed, with the learner's own answer, known again when it is imported anew."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.privacy.anki import FIELDS, MODEL_ID, Note, deck_card, notes
from bot.store import MissedItem
from bot.store.engine import sqlite3
from quizzes.items import Item, Kind, Track
from quizzes.load import load_track
from quizzes.present import present
from tests.bot.conftest import SAMPLE

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TRACK = load_track(SAMPLE)[0]
HOSTILE = "<script>alert(1)</script>[sound:x.mp3] \\(x\\) {{Question}} {{c1::x}}"


def missed(item: Item, seed: int = 7, said: str = "-12345.678") -> MissedItem:
    """An item that was answered wrong."""
    shown = present(item, seed)
    return MissedItem(item.id, str(seed), shown.options[0].label if item.kind is Kind.SINGLE else said)


def of_kind(kind: Kind) -> Item:
    """The first item of a kind."""
    return next(item for item in TRACK.items if item.kind is kind)


def opened(content: bytes, folder: Path) -> Database:
    """The collection in a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        package.extract("collection.anki2", folder)
    return Database(sqlite3.connect(folder / "collection.anki2"), execute_plugins=False)


def test_a_choice_shows_its_options_and_what_was_chosen() -> None:
    item = of_kind(Kind.SINGLE)
    [note] = notes(TRACK, [missed(item)])
    front, mine, right, why, _ = note.fields
    shown = present(item, 7)
    assert [option.label for option in shown.options if f"<b>{option.label}</b>" not in front] == []
    assert mine.startswith("A")
    assert (right != "", why.startswith("<p>"), len(note.fields)) == (True, True, len(FIELDS))
    assert note.tags == ("epochbot", item.section, item.concept)


def test_a_drawn_item_has_the_numbers_it_was_posed_with(shipped_track: Track) -> None:
    drawn = [item for item in shipped_track.items if item.kind is Kind.NUMERIC]
    item = next(item for item in drawn if present(item, 1).prompt != present(item, 2).prompt)
    first, second = (notes(shipped_track, [missed(item, seed)])[0] for seed in (1, 2))
    assert first.fields[0] != second.fields[0]
    assert first.item_id == second.item_id


def test_what_is_gone_or_unreadable_is_left_out() -> None:
    choice = of_kind(Kind.SINGLE)
    assert notes(TRACK, [MissedItem("no-such-item", "1", "A"), MissedItem(choice.id, "1", "not a letter at all")]) == []


def test_a_learners_words_are_words_in_anki() -> None:
    item = of_kind(Kind.OUTPUT)
    [note] = notes(TRACK, [missed(item, said=HOSTILE)])
    assert not re.search(r"<script|\[sound|\\\(", note.fields[1])
    assert "&lt;script&gt;" in note.fields[1]


@given(st.text(min_size=1, max_size=60))
def test_no_answer_opens_a_tag(said: str) -> None:
    for note in notes(TRACK, [missed(of_kind(Kind.OUTPUT), said=said)]):
        assert set(re.findall(r"<[^>]*>", note.fields[1])) <= {"<br>"}


def test_a_package_has_a_note_for_each_item_and_one_template(tmp_path: Path) -> None:
    made = notes(TRACK, [missed(item) for item in TRACK.items])
    assert len(made) >= 4
    db = opened(deck_card(TRACK, made, AT).content, tmp_path)
    rows = list(db.query("SELECT guid, mid, flds, tags FROM notes"))
    assert (len(rows), {row["mid"] for row in rows}) == (len(made), {MODEL_ID})
    assert sorted(tuple(row["flds"].split("\x1f")) for row in rows) == sorted(note.fields for note in made)
    assert all(" epochbot " in row["tags"] for row in rows)
    assert next(iter(db.query("SELECT count(*) AS n FROM cards")))["n"] == len(made)
    db.close()


def test_importing_again_renews_and_repeats_nothing(tmp_path: Path) -> None:
    """A note is known by its item, whatever its numbers were and whenever the file was made."""
    guids = []
    for n, seed in enumerate((1, 2)):
        folder = tmp_path / str(n)
        folder.mkdir()
        made = notes(TRACK, [missed(item, seed) for item in TRACK.items if item.kind is not Kind.SINGLE])
        db = opened(deck_card(TRACK, made, AT.replace(hour=9 + n)).content, folder)
        guids.append({row["guid"] for row in db.query("SELECT guid FROM notes")})
        db.close()
    assert guids[0] == guids[1] != set()


@pytest.mark.parametrize(("count", "said"), [(1, "1 question you got wrong"), (2, "2 questions you got wrong")])
def test_the_file_says_what_to_do_with_it(count: int, said: str) -> None:
    made = [Note(f"i{n}", ("q", "a", "r", "e", "s"), ("epochbot",)) for n in range(count)]
    card = deck_card(TRACK, made, AT)
    assert (card.name, card.note.startswith(said)) == ("epochbot-missed.apkg", True)


def test_every_item_of_the_course_can_become_a_note(shipped_track: Track) -> None:
    """Each kind, posed and answered wrong; none makes Anki's packer complain."""
    found = [missed(item) for item in shipped_track.items if item.kind in (Kind.SINGLE, Kind.NUMERIC, Kind.OUTPUT)]
    made = notes(shipped_track, found)
    assert len(made) > 0.9 * len(found)
    assert len(deck_card(shipped_track, made, AT).content) < 2_000_000
