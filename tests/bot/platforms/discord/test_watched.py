"""What operators see of Discord: whether it is connected, how soon it is answered, and no word of what people sent."""

from __future__ import annotations

import asyncio
import io

from bot.metrics import Metrics

CANARY = "canary-7d1f"


async def test_a_host_is_ready_while_it_is_connected(connect) -> None:
    async with connect() as on:
        async with asyncio.timeout(10):
            await on.host._client.wait_until_ready()  # type: ignore[union-attr]
        assert on.host.ready
        await on.leave()
        assert not on.host.ready


async def test_first_answers_are_counted(connect) -> None:
    async with connect() as on:
        metrics = Metrics()
        object.__setattr__(on.chat.dispatcher.services, "meter", metrics)
        await on.fake.slash("daily", user=on.fake.person("Mia"), channel=on.fake.channel)
        assert 'bot_interaction_ack_seconds_count{platform="discord"} 1.0' in metrics.text().decode()


async def test_nothing_that_people_send_or_are_called_is_logged(connect, logged: io.StringIO) -> None:
    async with connect() as on:
        mia = on.fake.person(CANARY)
        await on.fake.slash("quiz", {"topic": CANARY}, user=mia, channel=on.fake.channel)
        await on.fake.slash("answer", {"answer": CANARY}, user=mia, channel=on.fake.channel)
        token = on.fake.token
    assert '"event": "command"' in logged.getvalue()
    assert (CANARY in logged.getvalue(), token in logged.getvalue()) == (False, False)
