"""What is forgotten by itself: as long as the operator says, and not a day sooner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.app import MAINTENANCE
from bot.privacy.upkeep import forget_old

SECRET = "def add_up(numbers):\n    return 'xylophone'"


@pytest.mark.parametrize(("kept", "later", "left"), [(30, 29, True), (30, 31, False), (0, 4000, True)])
async def test_code_is_kept_as_long_as_the_operator_says(chat, kept: int, later: int, left: bool) -> None:
    await chat.say(f"submit add-up\n{SECRET}")
    chat.clock.forward(days=later)
    await forget_old(replace(chat.dispatcher.services, keep_code_days=kept))
    [submission] = await chat.store.submissions(await chat.user_id(), "add-up")
    assert submission.source == (SECRET if left else "")
    assert (b"xylophone" in chat.store.path.read_bytes()) <= left


async def test_it_runs_every_day() -> None:
    assert [job.name for job in MAINTENANCE if job.run is forget_old] == ["forget old code"]
