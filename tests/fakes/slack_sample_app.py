"""A small app of the real library with one of everything, for trying the fake; no part of the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_server import FakeSlack

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Plain text."""
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    """A paragraph."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, text: str = "Press") -> Json:
    """A button whose value is its name."""
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": action_id}


def question(text: str = "2 + 2?") -> list[Json]:
    """A question with buttons for everything the app can do, and a select."""
    buttons = [button(name) for name in ("right", "replace", "remove", "form", "push", "count")]
    topics = [{"text": plain(name), "value": name} for name in ("trees", "nets")]
    pick = {"type": "static_select", "action_id": "topic", "options": topics, "placeholder": plain("Topic")}
    return [section(text), {"type": "actions", "elements": [*buttons, pick]}]


def form(title: str = "Submit", **more: Any) -> Json:
    """A modal for code, a number and files."""
    code = {"type": "plain_text_input", "action_id": "code", "multiline": True, "initial_value": "x = 1"}
    number = {
        "type": "number_input",
        "action_id": "number",
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": "9",
    }
    files = {"type": "file_input", "action_id": "files", "max_files": 1}
    return {
        "type": "modal", "callback_id": "form", "title": plain(title), "submit": plain("Send"), "notify_on_close": True,
        "blocks": [
            {"type": "input", "block_id": "code", "label": plain("Code"), "element": code},
            {"type": "input", "block_id": "number", "label": plain("Number"), "element": number, "optional": True},
            {"type": "input", "block_id": "files", "label": plain("Files"), "element": files, "optional": True},
            {"type": "actions", "elements": [button("push"), button("fresh")]},
        ],
        **more,
    }  # fmt: skip


def home(text: str) -> Json:
    """A home tab."""
    return {"type": "home", "blocks": [section(text), {"type": "actions", "elements": [button("form")]}]}


ANSWERS: dict[str, Json] = {
    "wrong": {"response_action": "errors", "errors": {"code": "That is not code."}},
    "again": {"response_action": "update", "view": form("Again")},
    "deeper": {"response_action": "push", "view": form("Deeper")},
    "clear": {"response_action": "clear"},
    "lost": {"response_action": "errors", "errors": {"nowhere": "There is no such input."}},
}


def client_of(fake: FakeSlack, *, server_errors: bool = False) -> AsyncWebClient:
    """A client of the fake that waits when told to."""
    client = AsyncWebClient(token=fake.bot_token, base_url=fake.api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    if server_errors:
        client.retry_handlers.append(AsyncServerErrorRetryHandler(max_retry_count=1))
    return client


def sample_app(client: AsyncWebClient | None = None, **options: Any) -> AsyncApp:
    """The app."""
    app = AsyncApp(client=client, **options)
    app.command("/learn")(learn)
    app.command("/quick")(quick)
    app.command("/late")(late)
    for name, does in {
        "right": right,
        "replace": replace,
        "remove": remove,
        "form": open_form,
        "push": push,
        "fresh": fresh,
    }.items():
        app.action(name)(does)
    app.action("topic")(chosen)
    app.action("count")(count)
    app.view("form")(handed_in)
    app.view_closed("form")(closed)
    app.message_shortcut("run")(run)
    app.global_shortcut("anywhere")(open_form)
    app.event("app_home_opened")(opened)
    app.event("message")(heard)
    app.event("app_mention")(heard)
    app.event("app_uninstalled")(gone)
    return app


async def learn(ack: Any, command: Json, client: AsyncWebClient) -> None:
    """Post a question, or what the text says."""
    await ack()
    text = command["text"]
    if text == "upload":
        await client.files_upload_v2(
            channel=command["channel_id"],
            content=b"a,b\n1,2\n",
            filename="b.csv",
            title="Board",
            initial_comment="Here",
        )
        return
    blocks = question() if text == "daily" else None
    metadata = {"event_type": "daily", "event_payload": {"key": "k1"}}
    try:
        await client.chat_postMessage(
            channel=command["channel_id"], text=text or "nothing", blocks=blocks, metadata=metadata
        )
    except SlackApiError as error:
        await client.chat_postMessage(channel=command["user_id"], text=f"I could not: {error.response['error']}")


async def quick(ack: Any) -> None:
    """Answer within the acknowledgement."""
    await ack("At once")


async def late() -> None:
    """Never acknowledge."""


async def right(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Tell one person."""
    await ack()
    await client.chat_postEphemeral(
        channel=body["channel"]["id"], user=body["user"]["id"], text="Right", blocks=question("Right")
    )


async def replace(ack: Any, respond: Any) -> None:
    """Put something else there."""
    await ack()
    await respond(text="Answered", replace_original=True)


async def remove(ack: Any, respond: Any) -> None:
    """Take it away."""
    await ack()
    await respond(delete_original=True)


async def count(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Count on the message itself."""
    await ack()
    await client.chat_update(
        channel=body["channel"]["id"], ts=body["message"]["ts"], text="1 answered", blocks=question("1 answered")
    )


async def chosen(ack: Any, action: Json, respond: Any) -> None:
    """Say what was chosen."""
    await ack()
    await respond(text=f"You chose {action['selected_option']['value']}")


async def open_form(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Open the modal."""
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=form())


async def push(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Lay another on it."""
    await ack()
    await client.views_push(trigger_id=body["trigger_id"], view=form("Deeper"))


async def fresh(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Change it where it is, if nobody else did."""
    await ack()
    await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=form("Fresh"))


async def handed_in(ack: Any, view: Json, body: Json, client: AsyncWebClient) -> None:
    """Answer as the code asks, or tell its owner what came."""
    values = view["state"]["values"]
    code = values["code"]["code"]["value"]
    await ack(**ANSWERS.get(code, {}))
    if code not in ANSWERS:
        number, files = values["number"]["number"]["value"], [file["id"] for file in values["files"]["files"]["files"]]
        await client.chat_postMessage(channel=body["user"]["id"], text=f"{code} {number} {len(files)}")


async def closed(ack: Any, body: Json, client: AsyncWebClient) -> None:
    """Say goodbye."""
    await ack()
    await client.chat_postMessage(channel=body["user"]["id"], text="Closed")


async def run(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
    """Answer below the message."""
    await ack()
    message = shortcut["message"]
    await client.chat_postMessage(
        channel=shortcut["channel"]["id"], thread_ts=message["ts"], text=f"Ran {message['text']}"
    )


async def opened(event: Json, client: AsyncWebClient) -> None:
    """Show the home tab."""
    await client.views_publish(user_id=event["user"], view=home("Day 3"))


async def gone() -> None:
    """Take note that nobody wants it."""


async def heard(event: Json, say: Any, request: AsyncBoltRequest) -> None:
    """Repeat what was said, and for which time it was told."""
    retry = request.headers.get("x-slack-retry-num")
    await say(text=f"Heard {event['text']}" + (f" ({retry[0]})" if retry and retry[0] != "0" else ""))


@asynccontextmanager
async def connected(
    fake: FakeSlack, app: AsyncApp | None = None, ping: float = 1
) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app on the fake's Socket Mode, and everything of it closed at the end."""
    handler = AsyncSocketModeHandler(app or sample_app(client_of(fake)), app_token=fake.app_token, ping_interval=ping)
    try:
        await handler.connect_async()
        await fake.connected()
        yield handler
    finally:
        await handler.close_async()
        client = handler.client
        tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
