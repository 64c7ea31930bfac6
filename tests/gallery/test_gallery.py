"""The gallery draws whatever the platforms send: a played day, and the worst of every card; what it does not know, it refuses."""

from __future__ import annotations

import asyncio
import io
import re
from html import unescape
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.cards import Card, Markdown, NoticeCard
from bot.platforms.discord.render import render
from bot.platforms.slack.messages import messages
from tests.bot.platforms.slack.worst import WORST
from tests.gallery import discord_view, slack_view
from tests.gallery.__main__ import IMAGES, SHOWN, WIDTHS
from tests.gallery.day import Scene, opened, play
from tests.gallery.markup import to_html
from tests.gallery.pictures import pictures
from tests.gallery.scenes import PLATFORMS

FOREIGN = re.compile(r"(?:src|href)\s*=\s*['\"](?!data:)|url\(|@import", re.IGNORECASE)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scene, ...]:
    """The day of the gallery; its code runs right here."""
    return asyncio.run(played(tmp_path_factory.mktemp("gallery")))


async def played(home: Path) -> tuple[Scene, ...]:
    """Play the day on a new database."""
    async with opened(home) as chat:
        return await play(chat)


def words(html: str) -> str:
    """What a page says, without its looks."""
    body = html.partition("<body>")[2] or html
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_a_day_holds_what_a_beginner_meets(day: tuple[Scene, ...]) -> None:
    told = {scene.name: {platform: words(draw(scene)) for platform, draw in PLATFORMS.items()} for scene in day}
    seen = {
        "question": " of 5", "wrong": "Not quite", "right": "Correct", "bug-form": "The line at fault",
        "challenge": "Precision, recall and F1", "editor": "Or a .py file", "verdict": "Not yet: some values differ",
        "accepted": "Accepted: every case passes", "leaderboard": "Ravi", "streak": "and today is done",
        "settings": "Time zone", "help": "What you can do here", "notice": "Not changed",
    }  # fmt: skip
    missing = [(name, on) for name, text in seen.items() for on in PLATFORMS if text not in told[name][on]]
    assert missing == []


def test_pages_fetch_nothing(day: tuple[Scene, ...]) -> None:
    pages = [draw(scene) for scene in day for draw in PLATFORMS.values()]
    assert [found[0] for page in pages for found in FOREIGN.finditer(page)] == []
    assert FOREIGN.search("<img src='https://example.org/x.png'>")  # the control


def test_the_gallery_names_scenes_that_there_are(day: tuple[Scene, ...]) -> None:
    known = {f"{platform}-{scene.name}-{size}" for scene in day for platform in PLATFORMS for size in WIDTHS}
    shown = (IMAGES.parent / "gallery.md").read_text("utf-8")
    assert set(SHOWN) <= known
    assert re.findall(r"images/([\w-]+)\.png", shown) == [*SHOWN, *pictures()]
    assert [path.stem for path in sorted(IMAGES.glob("*.png"))] == sorted([*SHOWN, *pictures()])
    assert all(path.stat().st_size < 150_000 for path in Path(IMAGES).glob("*.png"))


@pytest.mark.parametrize("name", WORST)
def test_the_worst_of_every_card_is_drawn(name: str) -> None:
    card: Card = WORST[name]
    drawn = [discord_view.message(one) for one in render((card,))] + [
        slack_view.message(one.blocks) for one in messages((card,))
    ]
    assert all(words(one) or "<img" in one for one in drawn)
    assert not any("<script" in one for one in drawn)


def test_the_gallery_shows_pictures_as_they_are_drawn_now() -> None:
    """Letters may differ by a breath from one Pillow to another; nothing else may."""
    for name, card in pictures().items():
        now, kept = (Image.open(png).convert("L").reduce(4) for png in (io.BytesIO(card.png), IMAGES / f"{name}.png"))
        assert now.size == kept.size
        assert max(ImageStat.Stat(ImageChops.difference(now, kept)).mean) < 1


def test_a_component_nobody_knows_is_refused() -> None:
    with pytest.raises(discord_view.UnknownComponentError, match="99"):
        discord_view.draw({"type": 17, "accent_color": 0, "components": [{"type": 99}]}, {})


def test_a_block_nobody_knows_is_refused() -> None:
    with pytest.raises(slack_view.UnknownBlockError, match="video"):
        slack_view.message([{"type": "video"}])
    with pytest.raises(slack_view.UnknownBlockError, match="mrkdwn"):
        slack_view.message([{"type": "context", "elements": [{"type": "mrkdwn", "text": "*x*"}]}])


def test_escaped_marks_show_as_they_were_typed() -> None:
    text = "n_neighbors *and* **x** <@1> `a` # ~~no~~"
    [message] = render((NoticeCard(title="t", text=text),))
    assert words(discord_view.message(message)).replace("\u200b", "") == f"t {text}"


def test_marks_of_ours_become_looks() -> None:
    text = Markdown("### A\n-# b\n**c** `d`\n- e\n```py\nf < 1\n```")
    drawn = "<h3>A</h3><small>b</small><p><strong>c</strong> <code>d</code></p><div class='item' style='--in:0'>•<span>e</span></div>"
    assert to_html(text) == f"{drawn}<pre>f &lt; 1</pre>"
