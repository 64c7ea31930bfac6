"""What is forgotten by itself: as long as the operator says, and not a day sooner."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from bot.app import MAINTENANCE, open_app
from bot.config import load_settings
from bot.privacy.upkeep import forget_old
from tests.bot.conftest import Chat, Clock, in_this_process

SECRET = "def add_up(numbers):\n    return 'xylophone'"


@pytest.mark.parametrize(("kept", "later", "left"), [(30, 29, True), (30, 31, False), (0, 4000, True)])
async def test_code_is_kept_as_long_as_the_operator_says(chat, kept: int, later: int, left: bool) -> None:
    await chat.say(f"submit add-up\n{SECRET}")
    chat.clock.forward(days=later)
    await forget_old(replace(chat.dispatcher.services, keep_code_days=kept))
    [submission] = await chat.store.submissions(await chat.user_id(), "add-up")
    assert submission.source == (SECRET if left else "")
    assert (b"xylophone" in chat.store.path.read_bytes()) <= left


async def test_a_restored_backup_serves_nobody_before_it_has_forgotten_again(tmp_path) -> None:
    settings, clock = load_settings(home=tmp_path, demo_members=False), Clock()
    backup = tmp_path / "backup"
    async with open_app(settings, now=clock, run=in_this_process) as dispatcher:
        await Chat(dispatcher, clock, "Zanzibar").say("daily")
    shutil.copy(settings.database, backup)
    clock.forward(days=1)
    async with open_app(settings, now=clock, run=in_this_process) as dispatcher:
        await dispatcher.services.store.privacy.erase(await Chat(dispatcher, clock, "Zanzibar").user_id())
    shutil.copy(backup, settings.database)
    async with open_app(settings, now=clock, run=in_this_process):
        assert b"anzibar" not in settings.database.read_bytes()
    assert b"anzibar" in backup.read_bytes()  # the control


async def test_it_runs_every_day() -> None:
    assert [job.name for job in MAINTENANCE if job.run is forget_old] == ["forget old code"]
