"""Posts arrive once, with what belongs to them, and a refusal says what to mend."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cards import Action, NoticeCard, PictureCard
from bot.platforms.port import Post, Posted, PostError
from bot.platforms.slack.blocks import texts
from bot.platforms.slack.messages import messages
from bot.rounds import PUBLIC, answer_card, card_for_all, tally
from bot.store import Round
from quizzes.items import Kind, Track
from quizzes.present import present
from tests.bot.platforms.slack.conftest import Connect, Talk
from tests.bot.platforms.slack.worst import WORST
from tests.fakes import slack_rules
from tests.fakes.slack_server import FakeSlack, Trouble

CARD = NoticeCard(title="Five new questions", text="Two minutes.", actions=(Action("Begin", "daily", primary=True),))
PICTURE = PictureCard(name="week.png", png=b"\x89PNG\r\n\x1a\n" + b"\0" * 40, alt="Bars of the week")


def post(**more: object) -> Post:
    """A post to #garden."""
    return Post(**({"channel": "C1", "cards": (CARD,), "key": "daily:1"} | more))  # type: ignore[arg-type]  # by name


async def test_a_post_has_its_cards_its_thread_and_its_picture(talk: Talk) -> None:
    posted = await talk.host.post(post(cards=(CARD, PICTURE), thread="Today’s challenge", ping="S0123"))
    first, picture, below = talk.fake.messages("C1")
    assert posted == Posted(first.ts, first.ts)
    assert (picture.thread_ts, below.thread_ts) == (first.ts, first.ts)
    assert next(iter(texts(below.blocks))) == "Today’s challenge"
    assert first.text.startswith("<!subteam^S0123> ")
    assert [file["alt_txt"] for file in picture.files] == ["Bars of the week"]


async def test_a_repeat_posts_nothing_and_says_the_same(talk: Talk) -> None:
    assert await talk.host.post(post(thread="T")) == await talk.host.post(post(thread="T"))
    assert len(talk.fake.messages("C1")) == 2


async def test_a_repeat_after_a_restart_finds_the_post_in_the_channel(connect: Connect, fake: FakeSlack) -> None:
    async with connect() as talk:
        before = await talk.host.post(post(thread="T"))
        chat = talk.chat
    async with connect(chat=chat) as talk:
        assert await talk.host.post(post(thread="T")) == before
    assert len(fake.messages("C1")) == 2


async def test_a_repeat_that_cannot_be_looked_for_now_waits(connect: Connect, fake: FakeSlack) -> None:
    async with connect() as talk:
        await talk.host.post(post())
        chat = talk.chat
    async with connect(chat=chat) as talk:
        fake.inject("conversations.history", Trouble(error="internal_error"), times=9)
        with pytest.raises(PostError) as caught:
            await talk.host.post(post(repeat=True))
        fake.routes.troubles.clear()
        await talk.host.post(post(repeat=True))
    assert (caught.value.lasting, len(fake.messages("C1"))) == (False, 1)


async def test_a_repeat_where_we_may_not_look_is_sent(talk: Talk) -> None:
    talk.fake.inject("conversations.history", Trouble(error="missing_scope"), times=9)
    await talk.host.post(post(repeat=True))
    assert len(talk.fake.messages("C1")) == 1


async def test_a_post_whose_answer_was_lost_is_not_sent_twice(talk: Talk) -> None:
    talk.fake.inject("chat.postMessage", Trouble(cut=True, after=True))
    posted = await talk.host.post(post())
    assert [message.ts for message in talk.fake.messages("C1")] == [posted.message]


async def test_a_post_that_did_not_arrive_may_be_sent_again(talk: Talk) -> None:
    """The control: what was lost on its way there is not taken for sent."""
    talk.fake.inject("chat.postMessage", Trouble(cut=True))
    with pytest.raises(PostError) as refused:
        await talk.host.post(post())
    assert (refused.value.lasting, talk.fake.messages("C1")) == (False, [])
    await talk.host.post(post())
    assert len(talk.fake.messages("C1")) == 1


async def test_a_reply_stands_below_its_message(talk: Talk) -> None:
    first = await talk.host.post(post())
    reply = await talk.host.post(post(key="reveal:1", reply_to=first.message))
    assert [(m.ts, m.thread_ts) for m in talk.fake.messages("C1")] == [
        (first.message, ""),
        (reply.message, first.message),
    ]


async def test_two_keys_are_two_posts(talk: Talk) -> None:
    """The control: what is not a repeat is sent."""
    assert await talk.host.post(post()) != await talk.host.post(post(key="daily:2"))


async def test_whoever_presses_a_button_of_a_post_is_answered_alone(talk: Talk) -> None:
    await talk.host.post(post())
    (message,) = talk.fake.messages("C1")
    (asked,) = await talk.fake.click(message, "do:0", user="U2")
    assert (asked.kind, asked.users) == ("ephemeral", {"U2"})
    assert (message.edits, message.gone) == (0, False)


async def test_a_post_that_is_too_long_for_one_message_goes_on_below_it(talk: Talk) -> None:
    await talk.host.post(post(cards=(WORST["verdict"],)))
    first, *more = talk.fake.messages("C1")
    assert len(more) > 1
    assert {message.thread_ts for message in more} == {first.ts}


@pytest.mark.parametrize(
    ("channel", "advice", "lasting"), [("C2", "type /invite in it", True), ("C9", "I cannot see this channel", True)]
)
async def test_a_channel_that_cannot_be_posted_to_is_named_with_its_remedy(
    talk: Talk, channel: str, advice: str, lasting: bool
) -> None:
    with pytest.raises(PostError, match=advice) as refused:
        await talk.host.post(post(channel=channel))
    assert refused.value.lasting is lasting
    assert advice in (await talk.host.check(channel))[0]


async def test_a_channel_where_all_is_well_has_nothing_missing(talk: Talk) -> None:
    assert await talk.host.check("C1") == ()


async def test_an_archived_channel_is_said_to_be_one(talk: Talk) -> None:
    talk.fake.world.channels["C1"].archived = True
    assert await talk.host.check("C1") == ("This channel is archived; choose another.",)


async def test_a_fault_of_slacks_own_may_pass(talk: Talk) -> None:
    talk.fake.inject("chat.postMessage", Trouble(error="internal_error"))
    with pytest.raises(PostError) as refused:
        await talk.host.post(post())
    assert refused.value.lasting is False
    await talk.host.post(post())
    assert len(talk.fake.messages("C1")) == 1


# To one person alone


async def test_a_direct_message_arrives_once(talk: Talk) -> None:
    first, again = await talk.host.direct("T1:U1", post(thread="ignored")), await talk.host.direct("T1:U1", post())
    (message,) = [one for one in talk.fake.world.all_messages if not one.only_for]
    assert (first, again, message.channel) == (Posted(message.ts), first, "D1")


async def test_whoever_cannot_be_written_to_is_told_as_such_for_good(talk: Talk) -> None:
    with pytest.raises(PostError, match="does not let me write to this account") as refused:
        await talk.host.direct("T1:U99", post())
    assert refused.value.lasting


async def test_a_direct_message_that_may_arrive_later_is_told_as_such(talk: Talk) -> None:
    talk.fake.inject("conversations.open", Trouble(error="internal_error"))
    with pytest.raises(PostError) as refused:
        await talk.host.direct("T1:U1", post())
    assert not refused.value.lasting
    assert (await talk.host.direct("T1:U1", post())).message


# What posts show


async def test_the_question_of_the_day_is_answered_by_its_buttons_and_stays_as_it_is(
    connect: Connect, fake: FakeSlack
) -> None:
    async with connect() as talk:
        services = talk.chat.dispatcher.services
        group = await services.store.ensure_group("slack", "T1", "Garden")
        item = next(one for one in services.track.items if one.kind is Kind.SINGLE)
        asked = await services.store.rounds.begin(group.id, talk.chat.clock().date(), item.id, "7")
        await talk.host.post(post(cards=(card_for_all(services.track, asked, item),), thread="Today"))
        message = fake.messages("C1")[0]
        talk.chat.clock.forward(minutes=1)
        (heard,) = await fake.click(message, "do:0", user="U2")
        assert (heard.kind, heard.users) == ("ephemeral", {"U2"})
        chat = talk.chat
    async with connect(chat=chat) as talk:
        (again,) = await fake.click(message, "do:1", user="U2")
        assert "Already answered" in " ".join(texts(again.blocks))
        await fake.click(message, "do:1", user="U1")
        assert (message.edits, message.gone) == (0, False)
        assert len(await services.store.rounds.answers(asked.id)) == 2


def test_every_question_we_ship_fits_a_post(shipped_track: Track) -> None:
    when = datetime(2026, 11, 23, tzinfo=UTC)
    for item in shipped_track.items:
        if item.kind in PUBLIC:
            shown = present(item, 7)
            question = card_for_all(shipped_track, Round(10**9, 1, when.date(), item.id, "7", when), item)
            for card in (question, answer_card(item, shown, tally(item, shown, []))):
                (message,) = messages((card,))
                payload = {"text": message.text, "blocks": list(message.blocks)}
                assert (item.id, slack_rules.faults(payload, "message")) == (item.id, [])
