"""The page for everybody: names for what cannot be seen, keys for who has no mouse, and no sideways scrolling on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

NAMED = {
    "button", "checkbox", "combobox", "group", "image", "link", "listbox", "log", "navigation", "option", "progressbar",
    "radio", "radiogroup", "region", "textbox",
}  # fmt: skip
UNNAMED_GROUPS = {"group"}  # a details element is a group without a name of its own
OVERFLOWING = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest('pre, .listing, .wide, .cm-editor, .unseen'))
    .map(e => `${e.tagName}.${e.className}`)"""
SCROLLS = """() => [...document.querySelectorAll('pre, .listing, .wide')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => getComputedStyle(e).overflowX)"""
FOCUS = """() => {
    const ringed = (e) => e && getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2;
    const at = document.activeElement;
    const near = at.closest('.editor') ?? at.closest('.listed');
    return {name: (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.innerText ?? '').trim(), tag: at.tagName, seen: !!(ringed(at) || ringed(near))};
}"""
UNREADABLE = """(least) => {
    const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const under = (e) => {
        for (let at = e; at; at = at.parentElement) {
            const c = parse(getComputedStyle(at).backgroundColor);
            if (c.length === 3 || c[3] === 1) return c;
        }
        return [255, 255, 255];
    };
    const found = [];
    for (const e of document.querySelectorAll('.top *, .log *, .composer *')) {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.closest(':disabled, [aria-hidden=true]') || !e.checkVisibility()) continue;
        const [a, b] = [light(parse(getComputedStyle(e).color)), light(under(e))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < least) found.push(`${e.tagName}.${e.className}: ${e.textContent.slice(0, 30)} ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
    }
    return found;
}"""


async def nameless(page: Page) -> list[str]:
    """What a screen reader would call by its role alone, as Chromium computes it."""
    session = await page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    seen = [node for node in nodes if not node["ignored"] and node["role"]["value"] in NAMED - UNNAMED_GROUPS]
    assert len(seen) > 50, "the tree is not that of the page"
    return [
        f"{node['role']['value']} {node['nodeId']}"
        for node in seen
        if not node.get("name", {}).get("value", "").strip()
    ]


async def test_everything_to_press_or_fill_in_has_a_name(visit, gallery) -> None:
    """On a page with every card there is."""
    async with visit(gallery.url) as visitor:
        await visitor.say("/gallery")
        await visitor.page.locator(".cm-content").wait_for()
        await visitor.settle()
        assert await nameless(visitor.page) == []
        assert await visitor.page.locator("img:not([alt]), img[alt='']").count() == 0
        unheaded = "() => [...document.querySelectorAll('article')].filter(e => !e.querySelector('h2, img')).length"
        assert await visitor.page.evaluate(unheaded) == 0
        assert await visitor.page.locator("h1").all_inner_texts() == ["Epochbot"]
        assert await visitor.page.evaluate("document.documentElement.lang") == "en-US"
        log = visitor.page.locator("[role=log]")
        assert await log.get_attribute("aria-live") == "polite"
        assert "Escape, then Tab" in str(await visitor.page.locator(".cm-content").get_attribute("aria-label"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_every_text_on_the_page_can_be_read(visit, gallery, dark: bool) -> None:
    """4.5:1 as the browser draws it, the editor's colours included, by day and by night."""
    async with visit(gallery.url, dark=dark) as visitor:
        await visitor.say("/gallery")
        await visitor.page.locator(".cm-content span").first.wait_for()
        await visitor.settle()
        assert await visitor.page.evaluate(UNREADABLE, 4.5) == []


@pytest.mark.parametrize("width", [360, 390])
async def test_no_card_is_wider_than_a_phone(visit, gallery, width: int) -> None:
    """Long code, values and names scroll or break inside their bubbles; the page never moves sideways."""
    async with visit(gallery.url, width=width, height=800) as visitor:
        await visitor.say("/gallery")
        await visitor.page.locator(".cm-content").wait_for()
        await visitor.page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
        await visitor.settle()
        assert await visitor.page.evaluate("document.scrollingElement.scrollWidth") <= width
        assert await visitor.page.evaluate(OVERFLOWING) == []
        scrolling = await visitor.page.evaluate(SCROLLS)
        assert len(scrolling) >= 3  # there was something too wide to begin with
        assert set(scrolling) == {"auto"}


async def tab_to(page: Page, name: str, most: int = 40) -> None:
    """Press Tab until the focus is on something of that name; on the way, every stop must be seen."""
    stops = []
    for _ in range(most):
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUS)
        assert at["seen"] or at["tag"] == "BODY", f"no visible focus on {at}"
        stops.append(at["name"])
        if at["name"] == name:
            return
    pytest.fail(f"{name!r} cannot be reached with Tab; there were {stops}")


async def test_questions_can_be_answered_with_keys_alone(visit, gallery) -> None:
    """Tab, Space, arrows and Enter are enough for each kind of control, and the focus is always seen."""
    async with visit(gallery.url) as visitor:
        page = visitor.page
        await visitor.say("/pose single")
        answered = await visitor.articles.count()
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")  # the last option
        card = await visitor.replied(answered)
        assert await card.evaluate("e => e === document.activeElement")
        await tab_to(page, "Message")
        await visitor.say("/gallery choices order match bug")
        await visitor.page.locator("article").nth(-4).focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        assert await visitor.articles.nth(-4).locator("input").first.is_checked()
        await visitor.articles.nth(-3).focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await visitor.articles.nth(-3).get_by_text("Your order: A").wait_for()
        await visitor.articles.nth(-2).focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("B")
        assert await visitor.articles.nth(-2).locator("select").first.input_value() == "B"
        await visitor.articles.last.focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("ArrowDown")
        assert await visitor.articles.last.locator("input[name='line']:checked").get_attribute("value") == "2"


async def test_the_editor_lets_go_of_the_keyboard_and_runs_with_a_key(visit, gallery) -> None:
    """Tab indents; Escape, then Tab, leads on; Ctrl+Enter sends the code."""
    async with visit(gallery.url) as visitor:
        card, page = await visitor.say("/gallery challenge"), visitor.page
        await card.locator(".cm-content").fill("pass")
        await page.keyboard.press("Tab")
        assert (await card.locator(".cm-line").first.inner_text()).startswith("    ")
        await page.keyboard.press("Escape")
        await tab_to(page, "Run and grade", most=1)
        await card.locator(".cm-content").focus()
        before = await visitor.articles.count()
        await page.keyboard.press("Control+Enter")
        verdict = await visitor.replied(before)
        assert await page.locator(".mine").last.inner_text() == "Run and grade: Precision, recall and F1 by hand"
        assert await visitor.articles.nth(before).evaluate("e => e === document.activeElement")
        assert await verdict.count() == 1
