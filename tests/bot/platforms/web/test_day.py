"""A learner's whole day at the real page, from `epochbot serve` to what the database holds in the evening."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Locator

from bot.days import local_day
from bot.store import Question, Store
from quizzes.grade import Graded, answer_key, grade
from quizzes.items import Item, Kind, Track
from quizzes.present import Posed, present

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

CHALLENGES = Path(__file__).parents[4] / "data" / "tracks" / "ai-machine-learning" / "challenges"
SLUG = "precision-recall-f1"
TITLE = tomllib.loads((CHALLENGES / SLUG / "challenge.toml").read_text("utf-8"))["title"]


def wrong_answer(item: Item, posed: Posed) -> str:
    """An answer that can be read and is not right."""
    right = answer_key(item, posed)
    letters = [shown.label for shown in posed.options or posed.steps or posed.rights]
    tries = [*letters, " ".join(letters), "-12345.678", "nothing at all"]
    tries += [f"{line} {letter}" for line in (1, 2) for letter in letters]
    tries += [" ".join(f"{left.label}{letter}" for left in posed.lefts) for letter in letters]
    tries += [" ".join(reversed(right.split())), "\n".join(["no_such_name"] * posed.blanks)]
    graded = {text: grade(item, posed, text) for text in tries if text.strip()}
    return next(text for text, mark in graded.items() if isinstance(mark, Graded) and not mark.correct)


async def answer_questions(visitor, fill_in, items: list[Item], questions: list[Question], mistake: int) -> None:
    """Answer today's five with their controls, one of them wrong."""
    card = visitor.articles.last
    for n, (question, item) in enumerate(zip(questions, items, strict=True)):
        assert (await card.locator("h2").inner_text()).startswith(f"Question {n + 1} of 5 · ")
        posed = present(item, int(question.seed))
        before = await visitor.articles.count()
        await fill_in(card, item.kind, wrong_answer(item, posed) if n == mistake else answer_key(item, posed))
        feedback = await visitor.replied(before)
        tone = "note" if item.kind is Kind.SHORT else "bad" if n == mistake else "good"
        assert await feedback.locator(f".banner.{tone}").count() == 1
        assert ("Right answer" in await feedback.inner_text()) == (n == mistake)
        if n < 4:
            card = await visitor.press(f"Next question ({4 - n} left)", feedback)
    assert "streak 1" in await feedback.inner_text()


async def submit(visitor, card: Locator, code: str) -> tuple[Locator, Locator]:
    """Write code into the editor and run it; the verdict, and the last card that came with it."""
    await card.locator(".cm-content").fill(code)
    before = await visitor.articles.count()
    await card.get_by_role("button", name="Run and grade").click()
    await visitor.page.locator(".waiting", has_text="Running your code in isolation").wait_for()
    last = await visitor.replied(before)
    return visitor.articles.nth(before), last


async def fail_and_pass(visitor) -> None:
    """Send a typical wrong solution, read why it is wrong, mend it, and pass."""
    card = await visitor.say(f"/challenge {SLUG}")
    assert await card.locator("h2").inner_text() == TITLE
    wrong = min((CHALLENGES / SLUG / "wrong").glob("*.py")).read_text("utf-8")
    verdict, explanation = await submit(visitor, card, wrong)
    assert await verdict.locator(".banner.bad h2").count() == 1
    assert await verdict.locator("details").count() >= 2
    assert await explanation.locator("h2").inner_text() == "What went wrong"
    assert len((await explanation.inner_text()).split()) > 15
    card = await visitor.press("Edit and try again", explanation)
    await card.locator(".cm-line").first.wait_for()
    assert "\n".join(await card.locator(".cm-line").all_inner_texts()).split() == wrong.split()
    verdict, _ = await submit(visitor, card, (CHALLENGES / SLUG / "solution.py").read_text("utf-8"))
    assert await verdict.locator(".banner.good h2").inner_text() == "Accepted: every case passes"


async def look_around(visitor) -> int:
    """Look at the streak, its picture, and the board; the XP that the board shows."""
    standing = await visitor.press("Streak", visitor.page.locator("nav"))
    assert await standing.locator("h2").inner_text() == "How it stands"
    assert await visitor.articles.nth(-3).locator("h2").inner_text() == "1 day, and today is done."
    image = visitor.articles.nth(-2).locator("img")
    assert await image.evaluate("e => e.complete && e.naturalWidth > 0")
    assert re.search(r"\b1 done\b", str(await image.get_attribute("alt")))
    picture = await visitor.press("Board", visitor.page.locator("nav"))
    assert "Learner" in str(await picture.locator("img").get_attribute("alt"))
    board = visitor.articles.nth(-2)
    assert "Learner (you)" in await board.locator("tr.me").inner_text()
    assert set(await board.locator(".chip").all_inner_texts()) == {"sample"}
    return int(await board.locator("tr.me td").last.inner_text())


async def spend_the_day(visitor, home: Path, fill_in, track: Track) -> None:
    """Do it all, and compare what was seen with what the database holds."""
    assert (await visitor.articles.first.locator("h2").inner_text()).startswith("Welcome!")
    await visitor.press("Start today’s questions")
    store = await Store.open(home / "epochbot.sqlite3", now=lambda: datetime.now(UTC))
    user = await store.ensure_user("local", "learner", "Learner")
    today = local_day(datetime.now(UTC), user.tz, user.day_start)
    questions = await store.questions_today(user.id, today, "daily")
    items = [item for item in map(track.item, (q.item_id for q in questions)) if item is not None]
    assert len(items) == 5
    mistake = next(n for n, item in enumerate(items) if item.kind is not Kind.SHORT)
    await answer_questions(visitor, fill_in, items, questions, mistake)
    await fail_and_pass(visitor)
    xp = await look_around(visitor)

    attempts = await store.attempts(user.id)
    streak, progress = await store.streak(user.id, today), await store.progress(user.id)
    assert await store.rebuild_check() == []
    await store.close()
    answers = [(a.item_id, a.correct) for a in attempts if a.kind == "quiz"]
    assert answers == [(question.item_id, n != mistake) for n, question in enumerate(questions)]
    submitted = [(a.item_id, a.verdict) for a in attempts if a.kind == "challenge"]
    assert submitted == [(SLUG, "wrong"), (SLUG, "accepted")]
    assert (streak.current, streak.today_done, progress.xp) == (1, True, xp)


async def test_a_whole_day_at_the_page(visit, serve_epochbot, fill_in, shipped_track: Track) -> None:
    """Five questions with one wrong, a challenge failed, explained and passed, the streak, its picture, and the board."""
    async with serve_epochbot() as up:
        async with visit(up.url) as visitor:
            await spend_the_day(visitor, up.home, fill_in, shipped_track)
        assert await up.stop() == ("", "")


async def test_a_file_is_saved_by_a_link(visit, gallery) -> None:
    """All that is kept, in a file that the browser keeps."""
    async with visit(gallery.url, width=390) as visitor:
        card = await visitor.say("/privacy export")
        async with visitor.page.expect_download() as saving:
            await card.get_by_role("link").click()
        file = await saving.value
        assert file.suggested_filename == "epochbot-my-data.json"
        assert json.loads(Path(await file.path()).read_bytes())["tables"]["identity"]
