"""What goes wrong with Slack, on purpose: limits that hold, faults a test puts in, and connections that break."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack_sample_app import button, client_of, connected, form, home, section
from tests.fakes.slack_server import FakeSlack, Seen, Trouble


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own Slack or proxies comes in."""
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)


def told(seen: list[Seen]) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in seen]


async def error_of(client: AsyncWebClient, method: str, **body: Any) -> str:
    """What a call is refused with, or ok."""
    try:
        await client.api_call(method, json=body)
    except SlackApiError as error:
        return str(error.response["error"])
    return "ok"


async def test_what_is_not_there_or_not_allowed_is_refused_by_its_name_and_is_no_fault() -> None:
    async with FakeSlack(scopes="chat:write") as fake:
        client = client_of(fake)
        fake.add_channel("C3", "secret", private=True, bot_in=False)
        fake.add_team("T2", "Elsewhere")
        fake.add_channel("C9", "elsewhere", team="T2")
        answers = {
            channel: await error_of(client, "chat.postMessage", channel=channel, text="x")
            for channel in ("C1", "C2", "C3", "C9", "C0")
        }
        assert answers == {
            "C1": "ok",
            "C2": "not_in_channel",
            "C3": "channel_not_found",
            "C9": "channel_not_found",
            "C0": "channel_not_found",
        }
        assert await error_of(client, "users.info", user="U1") == "missing_scope"
        assert (
            await error_of(AsyncWebClient(fake.bot_token + "-other", base_url=fake.api_url), "auth.test")
            == "invalid_auth"
        )
        assert await error_of(AsyncWebClient(base_url=fake.api_url), "auth.test") == "not_authed"
        assert await error_of(client, "apps.connections.open") == "not_allowed_token_type"
        assert fake.refused["channel_not_found"] == 3


async def test_a_method_that_does_not_exist_is_a_fault() -> None:
    async with FakeSlack() as fake:
        fake.expect(r"method: there is no chat\.shout here")
        assert await error_of(client_of(fake), "chat.shout", text="x") == "unknown_method"


async def test_too_many_requests_are_waited_out() -> None:
    async with FakeSlack() as fake:
        fake.inject("chat.postMessage", Trouble(429, retry_after=0), times=2)
        assert (await client_of(fake).chat_postMessage(channel="C1", text="hello"))["ok"]
        assert len(fake.calls) == 3
        assert [message.text for message in fake.messages("C1")] == ["hello"]


async def test_a_server_error_is_tried_once_more() -> None:
    async with FakeSlack() as fake:
        fake.inject("*", Trouble(500))
        assert (await client_of(fake, server_errors=True).chat_postMessage(channel="C1", text="hello"))["ok"]
        fake.inject("chat.postMessage", Trouble(503))
        with pytest.raises(SlackApiError) as caught:
            await client_of(fake).chat_postMessage(channel="C1", text="hello")
        assert caught.value.response.status_code == 503
        assert len(fake.messages("C1")) == 1


async def test_an_answer_can_be_lost_after_the_deed() -> None:
    async with FakeSlack() as fake:
        fake.inject("chat.postMessage", Trouble(cut=True, after=True))
        client = AsyncWebClient(token=fake.bot_token, base_url=fake.api_url, retry_handlers=[])
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.chat_postMessage(channel="C1", text="hello")
        fake.inject("chat.postMessage", Trouble(cut=True))
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.chat_postMessage(channel="C1", text="never")
        assert [message.text for message in fake.messages("C1")] == ["hello"]


async def test_an_answer_can_be_held_back_and_be_an_error() -> None:
    async with FakeSlack() as fake:
        hold = asyncio.Event()
        fake.inject("chat.postMessage", Trouble(error="fatal_error", hold=hold))
        call = asyncio.ensure_future(error_of(client_of(fake), "chat.postMessage", channel="C1", text="x"))
        await fake.world.until(lambda: bool(fake.calls), 5)
        assert not call.done()
        hold.set()
        assert await call == "fatal_error"


async def test_posts_are_a_second_apart_in_each_channel_and_methods_have_their_tiers() -> None:
    async with FakeSlack() as fake:
        fake.keep_pace()
        client = AsyncWebClient(token=fake.bot_token, base_url=fake.api_url)
        fake.add_channel("C3", "other")
        post = {"method": "chat.postMessage", "text": "x"}
        assert [await error_of(client, channel=channel, **post) for channel in ("C1", "C1", "C3")] == [
            "ok",
            "ratelimited",
            "ok",
        ]
        fake.forward(1)
        assert await error_of(client, channel="C1", **post) == "ok"
        lists = [await error_of(client, "usergroups.list") for _ in range(21)]
        assert lists == ["ok"] * 20 + ["ratelimited"]
        fake.forward(60)
        assert await error_of(client, "usergroups.list") == "ok"


async def test_a_trigger_lives_three_seconds_and_serves_once() -> None:
    async with FakeSlack() as fake:
        client, view = client_of(fake), form()
        fresh, old = fake.world.trigger("U1"), fake.world.trigger("U1")
        for pattern in ("trigger_id '.*' was used before", r"trigger_id is 3\.\d s old", "unknown trigger_id"):
            fake.expect(pattern)
        answers = [await error_of(client, "views.open", trigger_id=fresh, view=view) for _ in range(2)]
        fake.forward(3.1)
        answers += [await error_of(client, "views.open", trigger_id=name, view=view) for name in (old, "none")]
        assert answers == ["ok", "exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id"]


async def test_a_response_url_serves_five_times_within_half_an_hour() -> None:
    async with FakeSlack() as fake, connected(fake):
        for _ in range(2):
            await fake.command("", name="/quick")
        first, second = [AsyncWebhookClient(one.payload["response_url"]) for one in fake.wire.sent]
        fake.expect("response_url: used more than 5 times")
        fake.expect("response_url: used after 18")
        assert [(await first.send(text=f"{n}")).status_code for n in range(6)] == [200] * 5 + [404]
        fake.forward(1801)
        late = await second.send(text="late")
        assert (late.status_code, late.body) == (404, '{"ok": false, "error": "expired_url"}')
        assert [seen.text for seen in fake.seen_by("U1")] == ["At once", "At once", "0", "1", "2", "3", "4"]


async def test_a_response_url_can_speak_to_all() -> None:
    async with FakeSlack() as fake, connected(fake):
        await fake.command("", name="/quick")
        url = AsyncWebhookClient(fake.wire.sent[0].payload["response_url"])
        await url.send(text="All", response_type="in_channel")
        fake.expect("invalid: response_url")
        assert (await url.send(blocks=[section("no fallback")])).status_code == 400
        assert told(fake.seen_by("U2")) == [("message", "All")]


async def test_a_late_acknowledgement_is_a_fault_that_the_person_sees() -> None:
    async with FakeSlack(ack_seconds=600) as fake, connected(fake):
        fake.expect("ack: slash_commands /late: no answer in time")
        waiting = asyncio.ensure_future(fake.command("", name="/late"))
        await fake.world.until(lambda: bool(fake.wire.waiting), 5)
        fake.forward(599)
        assert not waiting.done()
        fake.forward(2)
        async with asyncio.timeout(5):
            assert [seen.kind for seen in await waiting] == ["trouble"]
        assert fake.latencies == []


async def test_without_a_connection_a_person_is_told_so() -> None:
    async with FakeSlack() as fake:
        fake.expect("ack: slash_commands /learn: nobody is connected")
        assert [seen.kind for seen in await fake.command("daily")] == ["trouble"]


async def test_an_event_can_come_again_with_the_same_id() -> None:
    async with FakeSlack() as fake, connected(fake):
        await fake.say("hello")
        again = await fake.redeliver(attempt=2)
        assert again.acked
        await fake.world.until(lambda: len(fake.messages("C1")) == 3, 5)
        assert [message.text for message in fake.messages("C1")] == ["hello", "Heard hello", "Heard hello (2)"]
        assert [(one.retry, one.payload["event_id"]) for one in fake.wire.sent] == [
            (0, fake.wire.sent[0].payload["event_id"]), (2, fake.wire.sent[0].payload["event_id"])]  # fmt: skip
        await fake.command("", name="/quick", shows=2, times=2)
        assert len({one.payload["trigger_id"] for one in fake.wire.sent[2:]}) == 1


async def test_the_app_connects_anew_when_it_is_asked_to() -> None:
    async with FakeSlack() as fake, connected(fake):
        await fake.disconnect()
        await fake.connected(times=2)
        assert told(await fake.command("daily")) == [("message", "daily")]
        assert [name for name, _ in fake.calls].count("apps.connections.open") == 2


async def test_the_app_comes_back_after_its_connection_is_cut() -> None:
    async with FakeSlack() as fake, connected(fake, ping=0.1):
        fake.abort()
        await fake.connected(times=2)
        assert told(await fake.command("daily")) == [("message", "daily")]


async def test_the_app_comes_back_after_a_silence() -> None:
    async with FakeSlack() as fake, connected(fake, ping=0.2):
        fake.freeze()
        await fake.connected(times=2)
        assert told(await fake.command("daily")) == [("message", "daily")]


async def test_an_eleventh_connection_costs_the_first() -> None:
    async with FakeSlack() as fake, aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(f"{fake.base}/link") for _ in range(11)]
        frames = [await sockets[0].receive_json() for _ in range(2)]
        assert [(frame["type"], frame.get("reason")) for frame in frames] == [
            ("hello", None),
            ("disconnect", "too_many_websockets"),
        ]
        for socket in sockets:
            await socket.close()


async def test_an_app_that_was_taken_out_hears_of_it_and_cannot_go_on() -> None:
    async with FakeSlack() as fake, connected(fake):
        await fake.uninstall()
        assert fake.wire.sent[-1].payload["event"]["type"] == "app_uninstalled"
        assert await error_of(client_of(fake), "auth.test") == "invalid_auth"


async def test_the_app_comes_back_after_an_outage() -> None:
    async with FakeSlack() as fake, connected(fake, ping=0.1):
        async with fake.outage():
            with pytest.raises(aiohttp.ClientConnectionError):
                await client_of(fake).auth_test()
        await fake.connected(times=2)
        assert told(await fake.command("daily")) == [("message", "daily")]


async def test_a_change_for_an_older_state_of_a_view_is_refused() -> None:
    async with FakeSlack() as fake:
        client = client_of(fake)
        first = await client.views_publish(user_id="U1", view=home("Day 1"))
        assert (
            await error_of(client, "views.publish", user_id="U1", hash=first["view"]["hash"], view=home("Day 2"))
            == "ok"
        )
        assert (
            await error_of(client, "views.publish", user_id="U1", hash=first["view"]["hash"], view=home("Day 3"))
            == "hash_conflict"
        )
        fake.world.channels["C1"].archived = True
        assert await error_of(client, "chat.postMessage", channel="C1", text="x") == "is_archived"


async def test_an_ephemeral_is_for_one_member_and_cannot_be_updated() -> None:
    async with FakeSlack() as fake:
        client = client_of(fake)
        fake.world.channels["C1"].members.discard("U2")
        sent = await client.chat_postEphemeral(
            channel="C1", user="U1", text="psst", blocks=[{"type": "actions", "elements": [button("a")]}]
        )
        assert (
            await error_of(client, "chat.update", channel="C1", ts=sent["message_ts"], text="x") == "message_not_found"
        )
        assert await error_of(client, "chat.postEphemeral", channel="C1", user="U2", text="x") == "user_not_in_channel"
        theirs = fake.write("mine")
        assert await error_of(client, "chat.update", channel="C1", ts=theirs.ts, text="x") == "cant_update_message"
        assert (
            await error_of(client, "chat.postMessage", channel="C1", thread_ts="1.000000", text="x")
            == "thread_not_found"
        )
        assert told(fake.seen_by("U2")) == []


async def test_an_upload_that_fell_short_is_a_fault() -> None:
    async with FakeSlack() as fake:
        client = client_of(fake)
        place = await client.files_getUploadURLExternal(filename="a.png", length=10)
        async with aiohttp.ClientSession() as session, session.post(place["upload_url"], data=b"123"):
            pass
        fake.expect("upload: F.*: 3 bytes arrived of 10")
        assert (
            await error_of(client, "files.completeUploadExternal", files=[{"id": place["file_id"]}])
            == "file_upload_size_mismatch"
        )


async def test_a_picture_from_a_file_needs_the_file() -> None:
    async with FakeSlack() as fake:
        client = client_of(fake)
        done = (await client.files_upload_v2(content=b"png", filename="a.png"))["files"][0]["id"]
        pictures = {name: [{"type": "image", "alt_text": "a", "slack_file": {"id": name}}] for name in (done, "F0")}
        fake.expect("there is no finished file 'F0'")
        assert await error_of(client, "chat.postMessage", channel="C1", text="a", blocks=pictures[done]) == "ok"
        assert (
            await error_of(client, "chat.postMessage", channel="C1", text="a", blocks=pictures["F0"])
            == "invalid_blocks"
        )


@pytest.mark.parametrize(
    "metadata",
    [
        {"event_type": "a b", "event_payload": {}},
        {"event_type": "a"},
        "a",
        {"event_type": "a", "event_payload": {}, "x": 1},
    ],
)
async def test_metadata_has_a_type_and_a_payload(metadata: Any) -> None:
    async with FakeSlack() as fake:
        fake.expect("invalid: chat.postMessage: metadata")
        assert await error_of(client_of(fake), "chat.postMessage", channel="C1", text="a", metadata=metadata) != "ok"


async def test_arguments_of_another_kind_are_a_fault_and_no_crash() -> None:
    async with FakeSlack() as fake:
        client = client_of(fake)
        fake.expect("invalid: chat.postMessage: malformed")
        fake.expect(r"arguments: users\.info: TypeError")
        assert (
            await error_of(client, "chat.postMessage", channel="C1", text="a", blocks={"type": "section"})
            == "invalid_blocks"
        )
        assert await error_of(client, "users.info", user=["U1"]) == "invalid_arguments"


async def test_an_argument_that_does_not_exist_is_a_fault_though_slack_says_nothing() -> None:
    async with FakeSlack() as fake:
        fake.expect(r"arguments: chat\.postMessage takes no \['thread'\]")
        assert await error_of(client_of(fake), "chat.postMessage", channel="C1", text="a", thread="1.0") == "ok"
