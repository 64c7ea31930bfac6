"""The exported file: plain JSON, packed only when a chat would refuse it."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from bot.privacy import export
from bot.privacy.export import ABOUT, export_card

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TABLES = {"attempt": [{"id": 1, "answer_text": "é"}, {"id": 2, "answer_text": "\ud800"}], "pair": []}


def test_a_file_says_what_it_is_and_holds_every_table() -> None:
    card = export_card({"attempt": [{"id": 1, "answer_text": "é"}], "pair": []}, AT)
    assert json.loads(card.content) == {
        "about": ABOUT,
        "made_at": "2026-11-23T09:00:00+00:00",
        "tables": {"attempt": [{"id": 1, "answer_text": "é"}], "pair": []},
    }
    assert (card.name, card.note.startswith("Everything kept about you: 1 rows")) == ("epochbot-my-data.json", True)


def test_half_a_character_does_not_break_it() -> None:
    assert json.loads(export_card(TABLES, AT).content)["tables"]["attempt"][1] == {"id": 2, "answer_text": "?"}


def test_a_large_file_is_packed_the_same_way_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = export_card(TABLES, AT)
    monkeypatch.setattr(export, "LARGEST", 100)
    packed = export_card(TABLES, AT)
    assert (packed.name, gzip.decompress(packed.content)) == ("epochbot-my-data.json.gz", plain.content)
    assert packed.note == f"{plain.note} It is packed with gzip."
    assert export_card(TABLES, AT) == packed
