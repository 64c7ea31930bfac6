"""The fake of Slack, driven by a small app of the real library: what it lets through, what it refuses, and what it notices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_server import FakeSlack

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own Slack or proxies comes in."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_CLIENT_ID", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, text: str = "Press") -> Json:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": text}, "value": action_id}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


QUESTION: list[Json] = [section("2 + 2?"), {"type": "actions", "elements": [button("a", "4"), button("b", "5")]}]


def small_app(client: AsyncWebClient) -> AsyncApp:
    """An app with one of everything."""
    app = AsyncApp(client=client)

    @app.command("/learn")
    async def learn(ack: Any, command: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=command["channel_id"], text="2 + 2?", blocks=QUESTION)

    @app.action("a")
    async def right(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postEphemeral(channel=body["channel"]["id"], user=body["user"]["id"], text="Right")

    return app


def client_of(fake: FakeSlack) -> AsyncWebClient:
    client = AsyncWebClient(token=fake.bot_token, base_url=fake.api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    return client


@asynccontextmanager
async def connected(fake: FakeSlack, app: AsyncApp, ping: float = 1) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app on the fake's Socket Mode."""
    handler = AsyncSocketModeHandler(app, app_token=fake.app_token, ping_interval=ping)
    try:
        await handler.connect_async()
        await fake.connected()
        yield handler
    finally:
        await handler.close_async()
        tasks = [one for one in asyncio.all_tasks() if one is not asyncio.current_task() and "slack_sdk" in repr(one)]
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_command_shows_a_message_and_its_button_an_ephemeral() -> None:
    async with FakeSlack() as fake, connected(fake, small_app(client_of(fake))):
        asked = await fake.command("daily")
        answered = await fake.click(asked[0], "a", user="U2")
        assert [seen.kind for seen in asked + answered] == ["message", "ephemeral"]
        assert [seen.text for seen in fake.seen_by("U1")] == ["2 + 2?"]
        assert [seen.text for seen in fake.seen_by("U2")] == ["2 + 2?", "Right"]
        assert fake.validated["message"] == 2
        assert max(fake.latencies) < 3
