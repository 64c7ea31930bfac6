"""Draws a learner's day on Discord and in Slack: `python -m tests.gallery [--out FOLDER]`.

With a folder, every scene goes there, as wide as a phone and as a window; without, the few in the gallery are drawn anew.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright

from bot.app import set_up_process
from bot.config import load_settings
from tests.gallery.day import Scene, opened, play
from tests.gallery.pictures import pictures
from tests.gallery.scenes import PLATFORMS

IMAGES = Path(__file__).parents[2] / ".github" / "images"
WIDTHS = {"phone": 390, "window": 640}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
COLOURS, MOST_BYTES = (256, 128, 64, 32), 150_000
SHOWN = (
    "discord-question-phone", "discord-wrong-window", "discord-bug-form-phone", "discord-verdict-window",
    "discord-streak-window", "discord-leaderboard-phone",
    "slack-question-window", "slack-right-window", "slack-challenge-window", "slack-verdict-window",
    "slack-explanation-phone", "slack-leaderboard-phone",
)  # fmt: skip


async def main(out: Path | None) -> None:
    """Play the day and draw it."""
    set_up_process(load_settings())
    with tempfile.TemporaryDirectory() as home:
        async with opened(Path(home), run=None) as chat:
            scenes = await play(chat)
    folder = out or IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    for name, card in pictures().items():
        (folder / f"{name}.png").write_bytes(card.png)
    async with async_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        context = await browser.new_context(device_scale_factor=2, offline=True)
        page = await context.new_page()
        for scene in scenes:
            await _draw(page, scene, folder, everything=out is not None)
        await browser.close()


async def _draw(page: Page, scene: Scene, folder: Path, *, everything: bool) -> None:
    for platform, html in PLATFORMS.items():
        for size, width in WIDTHS.items():
            name = f"{platform}-{scene.name}-{size}"
            if everything or name in SHOWN:
                png = await _shot(page, html(scene), width)
                (folder / f"{name}.png").write_bytes(_small(png))


async def _shot(page: Page, html: str, width: int) -> bytes:
    await page.set_viewport_size({"width": width, "height": 100})
    await page.set_content(html)
    return await page.screenshot(full_page=True)


def _small(png: bytes) -> bytes:
    """The same picture in as many colours as its size allows."""
    whole, out = Image.open(io.BytesIO(png)).convert("RGB"), io.BytesIO()
    for colours in COLOURS:
        out = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, help="a folder for every scene in every width")
    asyncio.run(main(parser.parse_args().out))
