"""The page in a real Chromium: its controls, what happens to double clicks, reloads and restarts, and the list of commands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Locator

from quizzes.grade import answer_key
from quizzes.items import Kind
from quizzes.load import load_track
from quizzes.present import present

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

TRACK, _ = load_track(Path(__file__).parents[4] / "data" / "tracks" / "ai-machine-learning")


def right_answer(kind: Kind) -> str:
    """The key of the question that `pose <kind>` poses."""
    item = next(item for item in TRACK.items if item.kind == kind)
    return answer_key(item, present(item, 1))


async def test_every_kind_of_question_can_be_answered_with_its_controls(visit, gallery, fill_in) -> None:
    """The right answer, given by pointer, is found right; then the controls rest and the focus is on the feedback."""
    found = {}
    async with visit(gallery.url) as visitor:
        for kind in Kind:
            card = await visitor.say(f"/pose {kind}")
            number = await visitor.articles.count()
            await fill_in(card, kind, right_answer(kind))
            feedback = await visitor.replied(number)
            found[kind] = (
                await feedback.locator("h2").inner_text(),
                await visitor.articles.nth(number - 1).locator("fieldset").evaluate("e => e.disabled"),
                await feedback.evaluate("e => e === document.activeElement"),
            )
    thanks = ("Thank you: compare with a model answer", True, True)
    assert found == {kind: thanks if kind is Kind.SHORT else ("Correct", True, True) for kind in Kind}


async def test_a_question_left_incomplete_says_what_is_missing_and_sends_nothing(visit, gallery) -> None:
    """An empty form is not an answer."""
    async with visit(gallery.url) as visitor:
        for kind, asked in (("bug", "Choose the line and the reason first."), ("numeric", "Type your answer first.")):
            card = await visitor.say(f"/pose {kind}")
            before = await visitor.articles.count()
            await card.get_by_role("button", name="Answer", exact=True).click()
            await card.get_by_role("alert").get_by_text(asked).wait_for()
            assert await visitor.articles.count() == before


async def test_an_answer_typed_below_rests_the_controls_above(visit, gallery) -> None:
    """Words in the message line answer the question, and the focus stays where one types."""
    async with visit(gallery.url) as visitor:
        card = await visitor.say("/pose single")
        number = await visitor.articles.count()
        public_id = await card.locator("form").get_attribute("data-question")
        await visitor.say(f"/answer {public_id} {right_answer(Kind.SINGLE)}")
        assert await visitor.articles.nth(number - 1).locator("fieldset").evaluate("e => e.disabled")
        assert await visitor.page.locator("#message").evaluate("e => e === document.activeElement")


async def test_a_double_click_presses_once(visit, gallery) -> None:
    """Two clicks of a hasty hand are one answer, and one command."""
    async with visit(gallery.url) as visitor:
        card = await visitor.say("/pose single")
        before = await visitor.articles.count()
        await card.locator(f"button[value='{right_answer(Kind.SINGLE)}']").dblclick()
        feedback = await visitor.replied(before)
        assert await feedback.locator("h2").inner_text() == "Correct"
        await visitor.page.get_by_role("button", name="Help", exact=True).dblclick()
        await visitor.replied(before + 1)
        await visitor.say("/streak")
        said = await visitor.page.locator(".mine").all_inner_texts()
        assert [text for text in said if text.startswith("/")] == ["/pose single", "/help", "/streak"]
        assert len(said) == 4


async def test_an_open_question_waits_through_a_reload(visit, gallery, fill_in) -> None:
    """Whoever reloads the page finds the question again, and can answer it."""
    async with visit(gallery.url) as visitor:
        await visitor.say("/pose single")
        await visitor.open()
        assert await visitor.articles.first.locator("h2").inner_text() == "Welcome back"
        before = await visitor.articles.count()
        await fill_in(visitor.articles.last, Kind.SINGLE, right_answer(Kind.SINGLE))
        assert await (await visitor.replied(before)).locator("h2").inner_text() == "Correct"


async def test_a_question_shown_twice_is_live_once(visit, gallery) -> None:
    """Asking for the day's question again moves it; there is one place to answer."""
    async with visit(gallery.url) as visitor:
        await visitor.say("/daily")
        await visitor.say("/daily")
        label = await visitor.articles.last.locator("h2").inner_text()
        shown = visitor.articles.filter(has=visitor.page.get_by_role("heading", name=label, exact=True))
        resting = [await card.locator("fieldset").evaluate("e => e.disabled") for card in await shown.all()]
        assert len(resting) >= 2
        assert resting == [True] * (len(resting) - 1) + [False]


async def options(box: Locator) -> list[str]:
    """The commands on the list."""
    return await box.page.locator("#fitting:not([hidden]) li").all_inner_texts()


async def test_a_slash_lists_the_commands_and_keys_choose_one(visit, gallery) -> None:
    """Each with its line of help; arrows move, Tab and Enter complete, Escape closes, and what is active is told."""
    async with visit(gallery.url) as visitor:
        box = visitor.page.locator("#message")
        await box.press_sequentially("/")
        listed = await options(box)
        assert "/daily\ntoday’s five questions" in [text.replace(" \n", "\n").strip() for text in listed]
        assert (
            await visitor.page.locator("#fitting-count").inner_text()
            == f"{len(listed)} commands fit; arrow keys choose"
        )
        first = await box.get_attribute("aria-activedescendant")
        await box.press("ArrowDown")
        second = await box.get_attribute("aria-activedescendant")
        assert (first, second) == ("fits-0", "fits-1")
        assert await visitor.page.locator("#fits-1").get_attribute("aria-selected") == "true"
        await box.press("Escape")
        assert await options(box) == []
        await box.press_sequentially("he")
        await box.press("Tab")
        assert await box.input_value() == "/help "
        await box.fill("/str")
        await box.press("Enter")
        assert await box.input_value() == "/streak "
        before = await visitor.articles.count()
        await box.press("Enter")
        await visitor.replied(before)
        assert await visitor.page.locator(".mine").last.inner_text() == "/streak"


async def test_a_command_of_the_help_is_written_into_the_message_line(visit, gallery) -> None:
    """Help is not only to be read."""
    async with visit(gallery.url) as visitor:
        card = await visitor.say("/help")
        await card.get_by_role("button", name="Write /quiz").click()
        box = visitor.page.locator("#message")
        assert await box.input_value() == "/quiz "
        assert await box.evaluate("e => e === document.activeElement")


async def test_lasting_work_shows_that_it_lasts(visit, gallery, tmp_path: Path) -> None:
    """A progress bar with a name, and seconds that pass; all gone when it is done."""
    async with visit(gallery.url) as visitor:
        sign = tmp_path / "sign"
        os.mkfifo(sign)
        await visitor.page.locator("#message").fill(f"/slow {sign}")
        await visitor.page.locator("#message").press("Enter")
        status = visitor.page.locator(".waiting")
        await status.get_by_text("One moment …").wait_for()
        await visitor.page.wait_for_function("() => parseInt(document.querySelector('.elapsed').textContent) >= 1")
        assert await status.get_attribute("role") == "status"
        assert await status.get_by_role("progressbar", name="Working").count() == 1
        before = await visitor.articles.count()
        sign.write_text("now", "utf-8")
        assert await (await visitor.replied(before)).locator("h2").inner_text() == "Done"
        assert await status.count() == 0


async def test_a_restart_is_told_and_costs_neither_answers_nor_code(visit, serve_epochbot) -> None:
    """The page says that nobody answers, connects by itself, says that too, and still has the code."""
    code = "def mine():\n    return 42  # not sent yet"
    async with serve_epochbot() as first:
        port = first.port
        async with visit(first.url, quiet=False) as visitor:  # a browser logs the sockets it cannot open
            await visitor.say("/challenge list")
            card = await visitor.say("/challenge precision-recall-f1")
            await card.locator(".cm-content").fill(code)
            await visitor.page.locator("#message").fill("half a sentence")
            await first.stop()
            await visitor.page.get_by_text("Epochbot is not answering.").wait_for()
            assert await visitor.page.locator("#popup").get_attribute("role") == "alert"
            async with serve_epochbot(port):
                await visitor.page.get_by_role("heading", name="Connected again").wait_for()
                assert await visitor.page.locator("#message").input_value() == "half a sentence"
                card = await visitor.say("/challenge precision-recall-f1")
                await card.locator(".cm-line").first.wait_for()
                assert "\n".join(await card.locator(".cm-line").all_inner_texts()) == code
