"""What operators see of Slack: whether it is connected, and no word of what people sent."""

from __future__ import annotations

import io

from tests.bot.platforms.slack.conftest import Connect

CANARY = "canary-7d1f"


async def test_a_host_is_ready_while_it_is_connected(connect: Connect) -> None:
    async with connect() as talk:
        assert talk.host.ready
    assert not talk.host.ready


async def test_nothing_that_people_send_is_logged(connect: Connect, logged: io.StringIO) -> None:
    async with connect() as talk:
        for typed in (f"quiz {CANARY}", CANARY, f"answer {CANARY}", f"settings board {CANARY}"):
            await talk.fake.command(typed)
        tokens = (talk.fake.bot_token, talk.fake.app_token)
    assert '"event": "command"' in logged.getvalue()
    assert [line for line in logged.getvalue().splitlines() for found in (CANARY, *tokens) if found in line] == []
