"""`epochbot items`: the table, the object, the file, and settling questions."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import load_settings
from bot.insight.export import ITEM_HEADER
from bot.store import AnswerRecord, Store
from bot.store.insights_rows import Report, Suspicion

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ITEM, OTHER = "core-label-01", "core-depots-01"


async def _prepare(database: Path) -> None:
    """Two learners: one wrong answer, one report in hostile words, and an item in quarantine."""
    database.parent.mkdir(parents=True, exist_ok=True)
    store = await Store.open(database, now=lambda: NOON)
    ann, bob = [await store.ensure_user("local", name, name) for name in ("ann", "bob")]
    (question,) = await store.pose(ann.id, [(ITEM, "7")], "quiz", NOON.date())
    await store.record_answer(
        AnswerRecord(
            idem="1", user_id=ann.id, question_id=question.id, answer_text="A", correct=False, score=0, verdict="wrong",
            local_day=NOON.date(), tz="UTC", at=NOON,
        )
    )  # fmt: skip
    await store.insights.report(bob.id, "local", Report(OTHER, "key", "=1+1\x1b[31m\nred “B”", NOON))
    await store.close()


async def _suspect(database: Path) -> None:
    store = await Store.open(database, now=lambda: NOON)
    await store.insights.put_in_quarantine([Suspicion(ITEM, "r below 0", {"answers": 30})])
    await store.close()


async def _news(database: Path) -> str:
    store = await Store.open(database, now=lambda: NOON)
    user = await store.ensure_user("local", "bob", "bob")
    await store.close()
    return user.news


@pytest.fixture
def database(epochbot: Callable[..., Any]) -> Path:
    """A database whose content was noted, with an item in quarantine."""
    path = load_settings().database
    asyncio.run(_prepare(path))
    assert epochbot("items", "--json").code == 0
    asyncio.run(_suspect(path))
    return path


def test_the_object_has_items_quarantine_and_reports(epochbot, database: Path) -> None:
    done = epochbot("items", "--json")
    found = done.json
    assert (done.code, set(found)) == (0, {"items", "quarantined", "reports"})
    (line,) = [item for item in found["items"] if item["item"] == ITEM]
    assert {key: line[key] for key in ("answers", "difficulty", "discrimination", "word", "reporters", "quarantined")} == {
        "answers": 1, "difficulty": 0.0, "discrimination": None, "word": "too few answers", "reporters": 0, "quarantined": True,
    }  # fmt: skip
    assert sum(use["share"] for use in line["use"]) <= 1
    assert found["quarantined"] == [
        {"item": ITEM, "since": NOON.isoformat(), "why": "r below 0", "evidence": {"answers": 30}}
    ]
    assert [(one["item"], one["reason"], one["words"]) for one in found["reports"]] == [
        (OTHER, "key", "=1+1\x1b[31m\nred “B”")
    ]


def test_the_table_lists_what_is_known_and_obeys_no_learner(epochbot, database: Path) -> None:
    done = epochbot("items")
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["question", ITEM, OTHER]
    assert lines[1].split()[1:] == ["1", "0%", "0", "too", "few", "answers,", "not", "asked"]
    assert f"epochbot items --release {ITEM}" in done.out
    assert f"{OTHER}: key. “=1+1 [31m red “B””" in done.out
    assert "\x1b" not in done.out


def test_the_file_is_utf8_and_no_formula_is_in_it(epochbot, database: Path, tmp_path: Path) -> None:
    done = epochbot("items", "--csv", tmp_path / "items.csv")
    rows = list(csv.DictReader((tmp_path / "items.csv").read_text("utf-8").splitlines()))
    assert (done.code, done.out) == (0, f"{len(rows)} questions written to {tmp_path / 'items.csv'}.\n")
    (row,) = [row for row in rows if row["item"] == ITEM]
    assert (row["answers"], row["difficulty"], row["discrimination"], row["quarantined"]) == ("1", "0.000", "", "yes")
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "@")]


def test_releasing_and_resolving_say_what_came_of_it(epochbot, database: Path) -> None:
    done = [epochbot("items", "--release", ITEM), epochbot("items", "--release", ITEM)]
    assert [(one.code, one.out) for one in done] == [
        (0, f"{ITEM} is asked again.\n"),
        (1, f"{ITEM} is not in quarantine. `epochbot items` lists the ids.\n"),
    ]
    done = [epochbot("items", "--resolve", OTHER, "--say", "It is\nmended."), epochbot("items", "--resolve", OTHER)]
    assert [(one.code, one.out) for one in done] == [
        (0, f"1 report on {OTHER} closed; who made them is told when they are next there.\n"),
        (1, f"{OTHER} has no open report. `epochbot items` lists the ids.\n"),
    ]
    news = asyncio.run(_news(database))
    assert news.startswith("The question you reported was looked at (“Parcels go to one of 40 depots")
    assert news.endswith("): It is mended.")


def test_mistakes_of_operators_get_advice(epochbot, tmp_path: Path) -> None:
    for words, advice in (
        ((), "Start the bot once, or set EPOCHBOT_HOME."),
        (("--say", "x"), "--say goes with --resolve ID"),
    ):
        done = epochbot("items", *words)
        assert (done.code, done.out, advice in done.err) == (2, "", True)


def test_a_file_that_cannot_be_written_is_told_with_advice(epochbot, database: Path, tmp_path: Path) -> None:
    done = epochbot("items", "--csv", tmp_path / "no" / "items.csv")
    assert (done.code, "Choose another file for --csv." in done.err) == (2, True)


def test_help_explains_every_column_of_the_file(epochbot) -> None:
    told = " ".join(epochbot("items", "--help").out.split())
    assert [name for name in ITEM_HEADER if name not in told] == []
