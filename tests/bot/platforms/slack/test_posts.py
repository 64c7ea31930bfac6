"""Posts arrive once, with what belongs to them, and a refusal says what to mend."""

from __future__ import annotations

import pytest

from bot.cards import Action, NoticeCard, PictureCard
from bot.platforms.port import Post, Posted, PostError
from bot.platforms.slack.blocks import texts
from tests.bot.platforms.slack.conftest import Connect, Talk
from tests.bot.platforms.slack.worst import WORST
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
    assert [(m.ts, m.thread_ts) for m in talk.fake.messages("C1")] == [(first.message, ""), (reply.message, first.message)]


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
