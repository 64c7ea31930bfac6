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
WRONG = '''name = "counts_every_pair_once"
verdict = "wrong"
misconception = "ties-ignored"
explanation = """You count how often a positive is at or above a negative, so that a tie earns a whole point. A model that
gives everybody one score then looks perfect. Think about what a coin toss between equals is worth, and count that."""
source = """
import numpy as np

def auc(y, score):
    positive, negative = score[y == 1], score[y == 0]
    if not positive.size or not negative.size:
        return float("nan")
    return float(np.mean(positive[:, None] >= negative[None, :]))
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
    right = WRONG.replace(">=", ">").replace("counts_every", "counts_each")  # the ties that are known already
    claude.script = [drafts(WRONG, right)]
    done = epochbot("draft", "wrong-solutions", "auc-with-ties", "--count", "2", "--json")
    kept = Path("drafts/auc-with-ties/counts_every_pair_once.py")
    assert (done.code, done.json["written"], done.json["said"]) == (0, [str(kept)], [])
    (rejected,) = done.json["rejected"]
    assert rejected["name"] == "counts_each_pair_once"
    assert "is the same program as wrong/ties_count_nothing.py" in rejected["reasons"][0]
    assert "[[wrong]]" in (tmp_path / kept).read_text()
    asked = claude.record[0].body["messages"][0]["content"]
    assert "Draft 2 wrong solutions for: auc-with-ties" in str(asked)


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
