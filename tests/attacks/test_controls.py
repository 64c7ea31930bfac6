"""What befalls a host that is careless outside the box: controls of attacks on queues, pages, logs and file names."""

from __future__ import annotations

import asyncio
import logging
from html.parser import HTMLParser
from pathlib import Path

import pytest


async def test_a_queue_without_turns_makes_everyone_wait_behind_a_flood() -> None:
    """Whoever comes first is served first, and so are all of his five hundred jobs."""
    one_at_a_time, served = asyncio.Semaphore(1), []

    async def job(whose: str) -> None:
        async with one_at_a_time:
            await asyncio.sleep(0)
            served.append(whose)

    await asyncio.gather(*(job("flood") for _ in range(500)), job("someone"))
    assert served.index("someone") == 500


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)


def test_text_put_into_a_page_as_it_is_becomes_a_tag_of_its_own() -> None:
    """And a tag may act."""
    page = Tags()
    page.feed(f"<p>{'<img src=x onerror=alert(1)>'}</p>")
    assert page.found == ["p", "img"]


def test_text_written_to_a_log_as_it_is_becomes_a_line_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    """And a line may say anything."""
    caplog.set_level(logging.INFO)
    logging.getLogger("careless").info("answered: %s", "A\nINFO     root:user=admin PASS")
    assert [line.split()[-1] for line in caplog.text.splitlines()] == ["A", "PASS"]


def test_a_file_name_taken_as_it_is_leads_out_of_its_folder(tmp_path: Path) -> None:
    """However deep the folder is."""
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "../victim.py").write_text("x")
    assert (tmp_path / "victim.py").read_text() == "x"
