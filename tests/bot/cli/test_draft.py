"""`epochbot draft` and `epochbot votes`, with a Claude on this machine: what passes is in the folder, and the exit code tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import load_settings
from bot.store import Store, SubmissionRecord
from tests.fakes.claude_server import ClaudeServer, message, serving

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRONG = '''name = "divides_by_everything"
verdict = "wrong"
misconception = "accuracy-on-imbalance"
explanation = """You divide both counts by the number of all items, as accuracy does. Precision and recall each ask about a part:
what was called positive, and what is positive. Look at the bottom of each fraction and say in words what it counts."""
source = """
def scores(truth, predicted, positive):
    hits = sum(t == positive and p == positive for t, p in zip(truth, predicted))
    whole = len(truth) or 1
    return hits / whole, hits / whole, hits / whole
"""
'''
ALIKE = '''name = "swaps_them_too"
verdict = "wrong"
misconception = "precision<->recall"
explanation = """Both numbers are right and stand in each other's place: precision divides by what was called positive, recall by what is
positive. Say aloud what each of your fractions counts at its bottom."""
source = """
def scores(truth, predicted, positive):
    hits = sum(t == positive and p == positive for t, p in zip(truth, predicted))
    called, real = predicted.count(positive), truth.count(positive)
    precision, recall = (hits / called if called else 0.0), (hits / real if real else 0.0)
    both = precision + recall
    return recall, precision, (2 * precision * recall / both if both else 0.0)
"""
'''


@pytest.fixture
def claude(monkeypatch: pytest.MonkeyPatch) -> Iterator[ClaudeServer]:
    """A Claude on this machine, with a key for it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test-of-drafts")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
        yield server


def drafts(*texts: str) -> Any:
    """An answer with drafts."""
    return message(json.dumps({"drafts": list(texts)}))


def test_wrong_solutions_are_drafted_graded_and_kept_for_review(epochbot, claude: ClaudeServer, tmp_path: Path) -> None:
    claude.script = [drafts(WRONG, ALIKE)]
    done = epochbot("draft", "wrong-solutions", "precision-recall-f1", "--count", "2", "--json")
    kept = Path("drafts/precision-recall-f1/divides_by_everything.py")
    assert (done.code, done.json["written"], done.json["said"]) == (0, [str(kept)], [])
    (rejected,) = done.json["rejected"]
    assert rejected["name"] == "swaps_them_too"
    assert "answers like wrong/swaps_the_two.py" in rejected["reasons"][0]
    assert "[[wrong]]" in (tmp_path / kept).read_text()
    asked = claude.record[0].body["messages"][0]["content"]
    assert "Draft 2 wrong solutions for: precision-recall-f1" in str(asked)


def test_items_that_do_not_hold_are_told_and_nothing_is_written(epochbot, claude: ClaudeServer, tmp_path: Path) -> None:
    claude.script = [drafts("Sorry, here is a poem.")]
    done = epochbot("draft", "items", "--concept", "roc-auc", "--count", "1")
    assert done.code == 1
    assert done.out.startswith("rejected 'a draft':\n  is no TOML")
    assert done.out.endswith("0 to review, 1 rejected\n")
    assert not (tmp_path / "drafts").exists()


def test_a_claude_that_refuses_is_told_about(epochbot, claude: ClaudeServer) -> None:
    claude.script = [message("", stop_reason="refusal")]
    done = epochbot("draft", "items", "--concept", "roc-auc")
    assert (done.code, "0 to review, 0 rejected" in done.out, len(done.out.splitlines())) == (1, True, 2)


def test_without_a_key_nothing_is_asked_and_the_way_out_is_said(epochbot) -> None:
    done = epochbot("draft", "items", "--concept", "roc-auc")
    assert (done.code, "put ANTHROPIC_API_KEY=… into .env" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("items", "--concept", "roc-aux"), "There is no concept 'roc-aux'. Did you mean roc-auc"),
        (("wrong-solutions", "auc-with-tie"), "There is no challenge 'auc-with-tie'. Did you mean auc-with-ties"),
        (("wrong-solutions", "auc-with-ties", "--count", "11"), "11 is not a number from 1 to 10"),
    ],
)
def test_what_is_not_there_is_not_drafted(epochbot, claude: ClaudeServer, words: tuple[str, ...], said: str) -> None:
    done = epochbot("draft", *words)
    assert (done.code, said in done.err, claude.record) == (2, True, [])


def test_content_itself_is_no_place_for_drafts(epochbot, claude: ClaudeServer) -> None:
    here = Path(__file__).parents[3] / "data" / "tracks"
    done = epochbot("draft", "wrong-solutions", "auc-with-ties", "--to", here)
    assert (done.code, "Choose another folder" in done.err, claude.record) == (2, True, [])


async def _judged(database: Path) -> None:
    """Two explained failures, one found helpful and one not."""
    database.parent.mkdir(parents=True, exist_ok=True)
    store = await Store.open(database, now=lambda: NOON)
    ann = await store.ensure_user("local", "ann", "Ann")
    for n, helpful in enumerate((True, False)):
        made = await store.record_submission(
            SubmissionRecord(
                idem=str(n), user_id=ann.id, slug="s", level="easy", source="x", verdict="wrong", local_day=NOON.date(),
                tz="UTC", at=NOON,
            )
        )  # fmt: skip
        assert made.attempt is not None
        await store.save_explanation(made.attempt.id, "known", "You stop too early.")
        assert await store.voices.vote(ann.id, made.attempt.id, by_ai=False, helpful=helpful)
    await store.close()


def test_votes_are_counted_by_what_made_the_explanation(epochbot) -> None:
    assert epochbot("votes").out == "Nobody has judged an explanation yet.\n"
    asyncio.run(_judged(load_settings().database))
    assert epochbot("votes", "--json").json == {"votes": [{"source": "known", "helpful": 1, "unhelpful": 1}]}
    assert epochbot("votes").out == (
        "a known mistake                  1 helpful     1 not\n50% of 2 found unhelpful; below 22% is good.\n"
    )
