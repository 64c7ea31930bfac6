"""A learner's whole day through the real program: five questions, a challenge failed and passed, explained, counted."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store import Question, Store
from challenges.model import Challenge, Verdict
from quizzes.items import Kind
from runner import Profile

MORNING = "2026-11-23T08:00:00+01:00"
NOON = "2026-11-23T12:00:00+01:00"
AT = datetime(2026, 11, 23, 11, tzinfo=UTC)


def chat(home: Path, now: str, *lines: str) -> str:
    """Talk to the installed program through its standard input; return all it said."""
    environment = {**os.environ, "EPOCHBOT_HOME": str(home), "PYTHONWARNINGS": "ignore"}
    environment.pop("ANTHROPIC_API_KEY", None)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--user", "Mia", "--now", now],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        env=environment,
        cwd=home,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def challenge(shipped_bank: dict[str, Challenge]) -> Challenge:
    """A challenge that needs no library and has a mistake whose values differ."""
    plain = (c for c in shipped_bank.values() if c.profile is Profile.STDLIB)
    return next(c for c in plain if any(w.verdict is Verdict.WRONG for w in c.wrong))


async def posed(database: Path) -> list[Question]:
    """Today's questions, in order."""
    store = await Store.open(database, now=lambda: AT)
    try:
        user = await store.ensure_user("local", "Mia", "Mia")
        return await store.questions_today(user.id, AT.date())
    finally:
        await store.close()


async def test_a_day_in_the_terminal(
    tmp_path: Path, start, shipped_track, challenge: Challenge, played, end_of_day
) -> None:
    database = tmp_path / "epochbot.sqlite3"
    assert "── Question 1 of 5 · " in chat(tmp_path, MORNING, "hello", "/daily")
    questions = await posed(database)

    key = start(track=shipped_track)  # knows the answers, as its author does
    slip = next(q.slot for q in questions if key.item(q).kind is not Kind.SHORT)
    answers = [f"/answer {q.public_id} {key.wrong(q) if q.slot == slip else key.right(q)}" for q in questions]
    answers = [answer.replace("\n", "; ") for answer in answers]
    mistake = next(w for w in challenge.wrong if w.verdict is Verdict.WRONG)
    (tmp_path / "first try.py").write_text(mistake.source)
    said = chat(
        tmp_path,
        NOON,
        *answers,
        "/daily",
        f"/challenge {challenge.slug}",
        f"/submit {challenge.slug} {tmp_path / 'first try.py'}",
        "/explain",
        f"/submit {challenge.slug}",
        *challenge.solution.splitlines(),
        ".",
        "/streak",
        "/leaderboard full",
        "/progress",
    )

    parts = dict.fromkeys(part.partition("\n")[0] for part in said.split("\n> "))
    assert (said.count("── ✓ Correct") + said.count("── • Thank you"), said.count("── ✗ ")) == (4, 1)
    assert len(parts) == len(answers) + 8
    flat = " ".join(said.split())
    assert "Today’s questions are done ─" in flat
    assert "Not yet: some values differ." in flat
    assert flat.count(" ".join(mistake.explanation.split())) == 2, "once with the verdict and once by /explain"
    assert "Accepted: every case passes." in flat
    assert "1 day, and today is done. Best: 1." in flat
    board = [line.split() for line in said.splitlines() if " XP" in line and line.strip()[0].isdigit()]
    assert [line[1] for line in board if "(you)" in line] == ["Mia"]
    assert sum("(sample)" in line for line in board) == 4
    assert await end_of_day(database, "Mia", AT) == played
