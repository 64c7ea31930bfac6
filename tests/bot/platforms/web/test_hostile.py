"""Whatever a learner types is text: it is shown as it is, and never does anything."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

HOSTILE = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> **bold** [link](https://example.org) `code` '
    "<b>tag</b> &amp; {{ 7*7 }} ${7*7} \u202edesrever\u202c\u200b مرحبا 👩‍👩‍👧‍👦 " + "w" * 300
)
SHOWN = HOSTILE.replace("\u202e", "").replace("\u202c", "").replace("\u200b", "")
MADE = "() => document.querySelectorAll('.log img[src=x], .log script, .log b, .log a:not([download]), .log strong').length"


async def test_text_in_the_message_line_stays_text(visit, gallery) -> None:
    """Tags, Markdown, templates and direction overrides are shown or dropped, and widen nothing."""
    async with visit(gallery.url, width=390) as visitor:
        for text in (
            HOSTILE,
            f"/settings name {HOSTILE[:29]}",
            f"/{HOSTILE}",
            f"/quiz {HOSTILE}",
            f"/submit nothing\n{HOSTILE}",
        ):
            await visitor.say(text)
        assert (await visitor.page.locator(".mine").first.inner_text()) == SHOWN
        board = await visitor.say("/settings name <i>Mia</i> & **co**")
        assert await board.locator("p").inner_text() == "On the leaderboard you are now “<i>Mia</i> & **co**”."
        assert await visitor.page.evaluate("window.hacked === undefined")
        assert await visitor.page.evaluate(MADE) == 0
        assert "\u202e" not in await visitor.page.locator(".log").inner_text()
        assert await visitor.page.evaluate("document.scrollingElement.scrollWidth") <= 390


async def test_an_answer_in_own_words_comes_back_as_text(visit, gallery, fill_in) -> None:
    """Also where it is quoted in feedback, and where code's output is quoted in a verdict."""
    async with visit(gallery.url, width=390) as visitor:
        card = await visitor.say("/pose short")
        before = await visitor.articles.count()
        await card.locator("textarea").fill(HOSTILE)
        await card.get_by_role("button", name="Answer").click()
        await visitor.replied(before)
        await visitor.say("/gallery formative verdict explanation board notice form")
        assert await visitor.page.evaluate("window.hacked === undefined")
        made = "() => document.querySelectorAll('.log img[src=x], .log script, .log a:not([download])').length"
        assert await visitor.page.evaluate(made) == 0


async def test_a_flood_of_text_is_answered_and_what_is_too_long_stays_in_the_line(visit, gallery) -> None:
    """100 kB are read; more than that is refused in words, and not lost."""
    async with visit(gallery.url) as visitor:
        box = visitor.page.locator("#message")
        await visitor.say("/quiz " + "x" * 99_000)
        assert await visitor.page.locator(".mine").last.evaluate("e => e.textContent.length") < 2100
        card = await visitor.say("/quiz " + "y" * 120_000)
        assert await card.locator("h2").inner_text() == "That is too long"
        assert await box.evaluate("e => e.value.length") == 120_006


async def test_nonsense_and_silence_get_a_helpful_answer(visit, gallery) -> None:
    """Nothing typed sends nothing; nonsense is met with a pointer."""
    async with visit(gallery.url) as visitor:
        before = await visitor.articles.count()
        await visitor.page.locator("#message").fill("   ")
        await visitor.page.locator("#message").press("Enter")
        await visitor.page.get_by_role("button", name="Send").click()
        card = await visitor.say("/hlep")
        assert await visitor.articles.count() == before + 1
        assert await visitor.page.locator(".mine").all_inner_texts() == ["/hlep"]
        assert "Did you mean /help?" in await card.inner_text()
