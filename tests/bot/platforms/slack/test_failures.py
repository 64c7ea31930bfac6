"""What goes wrong between Slack and us ends in an answer, or in a log line, and never in silence."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from bot.cards import NoticeCard
from bot.commands import Command
from bot.messages import Reply
from bot.platforms.slack.blocks import texts
from bot.platforms.slack.connection import Timing
from bot.services import Context
from tests.bot.platforms.slack.conftest import QUICK, Connect, Talk
from tests.fakes.slack_server import FakeSlack, Seen, Trouble


def words(seen: Seen) -> str:
    """Everything somebody reads in one message."""
    return "\n".join(texts(list(seen.blocks))) or seen.text


@pytest.fixture
def teach(talk: Talk) -> Any:
    """Give the bot another command."""

    def taught(name: str, handle: Any) -> None:
        talk.chat.dispatcher.commands[name] = Command(name=name, summary="s", usage="u", help="h", handle=handle)

    return taught


async def test_slow_work_is_acknowledged_at_once(talk: Talk, teach: Any) -> None:
    go = asyncio.Event()

    async def slow(_: Context) -> Reply:
        await go.wait()
        return Reply((NoticeCard(title="Done at last", text="x"),))

    teach("slow", slow)
    await talk.fake.command("slow", shows=0)
    assert talk.fake.latencies[-1] < 1.0
    go.set()
    assert words((await talk.fake.shown("U1", 1))[0]).startswith("Done at last")


async def test_a_fault_of_ours_is_acknowledged_and_said_politely(talk: Talk, teach: Any) -> None:
    async def broken(_: Context) -> Reply:
        raise RuntimeError("oh")

    teach("broken", broken)
    (told,) = await talk.fake.command("broken")
    assert "That was our fault" in words(told)


async def test_a_fault_in_a_listener_is_acknowledged_all_the_same(talk: Talk) -> None:
    body = {"type": "block_actions", "user": {"id": "U1"}, "team": {"id": "T1"}, "trigger_id": "t", "actions": [
        {"type": "button", "action_id": "fill:0", "block_id": "b", "value": "no json", "action_ts": "1.1"}
    ]}  # fmt: skip
    delivery = await talk.fake.wire.deliver("interactive", body)
    await talk.settled()
    assert delivery.acked


async def test_a_button_of_an_older_version_brings_the_menu(talk: Talk) -> None:
    body = {"type": "block_actions", "user": {"id": "U1"}, "team": {"id": "T1"}, "trigger_id": "t", "actions": [
        {"type": "button", "action_id": "vote:up", "block_id": "b", "value": "", "action_ts": "1.1"}
    ]}  # fmt: skip
    await talk.fake.wire.deliver("interactive", body)
    seen = await talk.fake.shown("U1", 2)
    assert ["older version" in words(seen[0]), "What would you like" in words(seen[1])] == [True, True]


async def test_a_followup_comes_as_a_message_of_its_own(talk: Talk, teach: Any) -> None:
    async def more() -> Reply:
        return Reply((NoticeCard(title="And more", text="x"),))

    async def first(_: Context) -> Reply:
        return Reply((NoticeCard(title="First", text="x"),), followup=more)

    teach("twice", first)
    assert [words(seen).split("\n")[0] for seen in await talk.fake.command("twice", shows=2)] == ["First", "And more"]


async def test_a_socket_that_slack_renews_a_cut_one_and_an_outage_are_survived(talk: Talk) -> None:
    await talk.fake.disconnect()
    await talk.fake.connected(2)
    assert await talk.fake.command("help")
    talk.fake.abort()
    await talk.fake.connected(3)
    assert await talk.fake.command("help")
    async with talk.fake.outage():
        await talk.fake.world.until(lambda: not talk.fake.wire.sockets, 5)
    await talk.fake.connected(4)
    assert await talk.fake.command("help")


async def test_a_socket_that_is_silent_for_good_is_replaced(talk: Talk) -> None:
    """The library's own receiver has died, and nothing in the library would notice."""
    socket = talk.host._socket
    assert socket is not None
    assert socket._handler is not None
    receiver = socket._handler.client.message_receiver
    assert receiver is not None
    receiver.cancel()
    await talk.fake.connected(2)
    assert socket.replaced == 1
    assert await talk.fake.command("help")


@pytest.mark.parametrize("trouble", [Trouble(status=429, retry_after=0), Trouble(status=500), Trouble(cut=True)])
async def test_a_limit_a_fault_of_slacks_and_a_cut_call_are_tried_again(talk: Talk, trouble: Trouble) -> None:
    talk.fake.inject("response_url", trouble)
    talk.fake.inject("views.publish", trouble)
    assert await talk.fake.command("help")
    assert await talk.fake.open_home()


async def test_an_address_that_takes_no_more_gives_way_to_other_ways(talk: Talk) -> None:
    talk.fake.inject("response_url", Trouble(error="used_url"), 1)
    (there,) = await talk.fake.command("help")
    talk.fake.inject("response_url", Trouble(error="used_url"), 1)
    (alone,) = await talk.fake.command("help", channel="C2")
    assert [(there.kind, there.channel), (alone.kind, alone.channel)] == [("ephemeral", "C1"), ("message", "D1")]


async def test_blocks_that_slack_does_not_take_are_sent_as_words(talk: Talk) -> None:
    talk.fake.inject("response_url", Trouble(error="invalid_blocks"))
    (told,) = await talk.fake.command("help")
    assert (told.blocks, "What you can do here" in told.text) == ((), True)


async def test_an_answer_to_a_form_that_cannot_be_read_is_said_at_its_field(talk: Talk) -> None:
    origin = {"id": "U1"}
    (question, form) = await _form(talk, origin)
    (told,) = await talk.fake.submit_view(form, {"text.0": "seven-ish"})
    assert (told.kind, list(told.errors)) == ("errors", ["text.0"])
    await talk.fake.submit_view(form, {"text.0": talk.chat.right(question)}, shows=2)
    await talk.settled()
    assert len(await talk.attempts()) == 1


async def _form(talk: Talk, origin: dict[str, str]) -> tuple[Any, Seen]:
    """The form of a question that wants a number."""
    for topic in talk.chat.dispatcher.services.track.items:
        if topic.kind.value == "numeric":
            (asked,) = await talk.fake.command(f"quiz {topic.concept}")
            question = next(q for q in await talk.questions() if q.public_id in json.dumps(list(asked.blocks)))
            if f"form:{question.public_id}" in talk.buttons(asked).values() and talk.chat.item(question).kind.value == "numeric":
                (form,) = await talk.fake.click(asked, f"form:{question.public_id}")
                return question, form
    raise AssertionError("the small course asks for no number")


async def test_a_form_asked_for_too_late_is_asked_for_again(talk: Talk) -> None:
    (card,) = await talk.fake.command("challenge")
    talk.fake.inject("views.open", Trouble(error="expired_trigger_id"))
    (told,) = await talk.fake.click(card, talk.buttons(card)["Write your code"])
    assert "The form did not open" in words(told)


async def test_a_long_answer_comes_as_a_file(talk: Talk, teach: Any) -> None:
    async def long(_: Context) -> Reply:
        return Reply((NoticeCard(title="Long", text="line of words\n" * 6_000),))

    teach("long", long)
    seen = await talk.fake.command("long", shows=2)
    assert [one.kind for one in seen] == ["ephemeral", "message"]
    assert [len(file.content) > 80_000 for file in talk.fake.world.files.values()] == [True]


async def test_stopping_waits_for_what_is_under_way(connect: Connect, fake: FakeSlack) -> None:
    go = asyncio.Event()

    async def slow(_: Context) -> Reply:
        await go.wait()
        return Reply((NoticeCard(title="Finished", text="x"),))

    async with connect() as talk:
        talk.chat.dispatcher.commands["slow"] = Command(name="slow", summary="s", usage="u", help="h", handle=slow)
        await fake.command("slow", shows=0)
        asyncio.get_running_loop().call_later(0.2, go.set)
    assert [words(seen).split("\n")[0] for seen in fake.seen_by("U1")] == ["Finished"]


async def test_stopping_does_not_wait_for_ever(connect: Connect, fake: FakeSlack) -> None:
    async def endless(_: Context) -> Reply:
        await asyncio.Event().wait()
        return Reply(())

    async with connect(timing=replace(QUICK, drain=0.1)) as talk:
        talk.chat.dispatcher.commands["slow"] = Command(name="slow", summary="s", usage="u", help="h", handle=endless)
        await fake.command("slow", shows=0)
    assert fake.seen_by("U1") == []


async def test_slack_being_away_at_the_start_is_waited_for(connect: Connect, fake: FakeSlack) -> None:
    fake.inject("auth.test", Trouble(cut=True), 4)
    fake.inject("apps.connections.open", Trouble(status=503), 4)
    async with connect(timing=Timing(ping=1.0, again=0.01, watch=0.1)) as talk:
        assert await talk.fake.command("help")
