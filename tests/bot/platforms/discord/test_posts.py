"""Posts arrive once, at a pace, with their thread and their one ping; what cannot arrive says why and what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import discord
import pytest

from bot.cards import Action, NoticeCard, PictureCard
from bot.platforms.discord.posts import NONCE, Pace, Poster, marker, nonce, with_ping
from bot.platforms.discord.render import render
from bot.platforms.port import Host, Post, PostError
from bot.rounds import PUBLIC, answer_card, card_for_all, tally
from bot.store import Round
from quizzes.items import Kind
from quizzes.present import present
from tests.fakes.discord_state import ATTACH, HISTORY, SEND, VIEW

CARD = NoticeCard(
    title="Today", text="Five questions wait. @everyone", actions=(Action("Begin", "daily", primary=True),)
)


def post(on, **more) -> Post:
    """A post in the first channel."""
    return Post(**{"channel": str(on.fake.channel.id), "cards": (CARD,), "key": "day-1", **more})


async def test_a_post_arrives_once_however_often_it_is_sent(connect) -> None:
    async with connect() as on:
        host: Host = on.host
        first, again = await host.post(post(on)), await host.post(post(on))
        other = await host.post(post(on, key="day-2"))
        (one, two) = on.fake.messages(on.fake.channel)
        assert (first.message, again.message, other.message) == (str(one.id), str(one.id), str(two.id))
        assert (one.pings, host.name) == (set(), "discord")
        begun = await on.fake.click(one, "Begin", user=on.fake.person("Mia"))
        assert (begun.message.ephemeral, "Question 1 of 5" in begun.text) == (True, True)


async def test_a_repeat_is_found_when_discord_has_forgotten_its_nonce(connect) -> None:
    async with connect() as on:
        many = tuple(NoticeCard(title=f"Part {n}", text="word " * 700) for n in range(3))
        first = await on.host.post(post(on, cards=many, thread="Discuss"))
        sent = len(on.fake.messages(on.fake.channel))
        await on.fake.advance(600)
        again = await on.host.post(post(on, cards=many, thread="Discuss", repeat=True))
        assert (again, sent > 1, len(on.fake.messages(on.fake.channel))) == (first, True, sent)
        blind = await on.host.post(
            post(on, cards=many)
        )  # the control: nobody looks, and Discord does not know it any more
        assert (blind.message != first.message, len(on.fake.messages(on.fake.channel))) == (True, 2 * sent)


async def test_of_a_repeat_only_what_had_not_arrived_is_sent(connect) -> None:
    async with connect() as on:
        many = tuple(NoticeCard(title=f"Part {n}", text="word " * 700) for n in range(3))
        await on.host.post(post(on, cards=many[:1]))  # all that a process came to before it was killed
        await on.fake.advance(600)
        await on.host.post(post(on, cards=many, repeat=True))
        shown = [[n for n in range(3) if f"Part {n}" in m.text] for m in on.fake.messages(on.fake.channel)]
        assert shown == [[0], [1], [2]]


async def test_nobody_elses_marker_is_taken_for_ours(connect) -> None:
    async with connect() as on:
        stranger = on.fake.world.add_user("Other bot", bot=True)
        taken = {"components": [{"type": 10, "content": "hello", "id": marker("day-1", 0)}], "flags": 1 << 15}
        on.fake.world.write(on.fake.channel, stranger, taken, {})
        posted = await on.host.post(post(on, repeat=True))
        assert [str(m.id) for m in on.fake.messages(on.fake.channel)][1:] == [posted.message]


async def test_a_repeat_that_cannot_be_looked_for_waits_unless_we_may_not_look(connect) -> None:
    async with connect() as on:
        on.fake.trouble(status=400, part="/messages", times=1)
        with pytest.raises(PostError) as caught:
            await on.host.post(post(on, repeat=True))
        assert (caught.value.lasting, on.fake.messages(on.fake.channel)) == (False, [])
        await on.fake.forbid(on.fake.channel, HISTORY)
        await on.host.post(post(on, repeat=True))
        assert len(on.fake.messages(on.fake.channel)) == 1


async def test_before_we_are_connected_a_post_waits(connect) -> None:
    with pytest.raises(PostError, match="not connected") as caught:
        await Poster(discord.Client(intents=discord.Intents.none()), lambda: 0.0).post(
            Post(channel="1", cards=(CARD,), key="day-1")
        )
    assert not caught.value.lasting


async def test_a_post_has_its_thread_and_what_follows_goes_there(connect) -> None:
    async with connect() as on:
        posted = await on.host.post(post(on, thread="Ridge without an intercept " * 9))
        again = await on.host.post(post(on, thread="Ridge without an intercept"))
        reveal = await on.host.post(post(on, key="reveal", reply_to=posted.message))
        (message,) = on.fake.messages(on.fake.channel)
        assert (posted.thread, again.thread, len(message.thread.name) <= 100) == (
            str(message.thread.id),
            posted.thread,
            True,
        )
        assert [str(m.id) for m in on.fake.messages(message.thread)] == [reveal.message]


async def test_what_belongs_below_a_message_without_a_thread_replies_to_it(connect) -> None:
    async with connect() as on:
        posted = await on.host.post(post(on))
        await on.host.post(post(on, key="reveal", reply_to=posted.message))
        assert [m.reply_to for m in on.fake.messages(on.fake.channel)] == [None, int(posted.message)]


async def test_only_the_one_role_is_notified(connect) -> None:
    async with connect() as on:
        role = on.fake.world.add_role(on.fake.guild, "learners", mentionable=True)
        other = on.fake.world.add_role(on.fake.guild, "others", mentionable=True)
        card = NoticeCard(title="Today", text=f"<@&{other.id}>")
        await on.host.post(post(on, cards=(card,), ping=str(role.id)))
        assert [m.pings for m in on.fake.messages(on.fake.channel)] == [{str(role.id)}]


async def test_a_picture_goes_along_with_its_words(connect) -> None:
    async with connect() as on:
        await on.host.post(post(on, cards=(CARD, PictureCard(name="board.png", png=b"PNG", alt="Ada leads."))))
        (message,) = on.fake.messages(on.fake.channel)
        assert [(a["filename"], a["description"]) for a in message.attachments] == [("1-board.png", "Ada leads.")]


@pytest.mark.parametrize(("lost", "said"), [(SEND, "does not let me post"), (VIEW, "does not let me post")])
async def test_a_forbidden_channel_is_told_with_what_to_do(connect, lost: int, said: str) -> None:
    async with connect() as on:
        await on.fake.forbid(on.fake.channel, lost)
        with pytest.raises(PostError, match=said) as caught:
            await on.host.post(post(on))
        assert caught.value.lasting


async def test_a_channel_that_is_gone_is_told(connect) -> None:
    async with connect() as on:
        await on.fake.delete_channel(on.fake.channel)
        for channel in (str(on.fake.channel.id), "#general"):
            with pytest.raises(PostError, match="channel") as caught:
                await on.host.post(post(on, channel=channel))
            assert caught.value.lasting


async def test_what_may_pass_later_is_told_as_such(connect) -> None:
    async with connect() as on:
        on.fake.trouble(status=429, part="/messages", via=False)
        with pytest.raises(PostError) as caught:
            await on.host.post(post(on))
        assert not caught.value.lasting
        assert (await on.host.post(post(on))).message


async def test_a_limit_is_waited_for(connect) -> None:
    async with connect() as on:
        on.fake.trouble(status=429, part="/messages", retry_after=0.01)
        assert (await on.host.post(post(on))).message


async def test_nothing_is_posted_when_not_connected(connect) -> None:
    async with connect() as on:
        pass
    with pytest.raises(PostError, match="not connected") as caught:
        await on.host.post(post(on))
    assert (caught.value.lasting, await on.host.check("1")) == (
        False,
        ("I am not connected to Discord just now; try again in a minute.",),
    )


async def test_a_channel_is_examined_for_what_posts_need(connect) -> None:
    async with connect() as on:
        channel = str(on.fake.channel.id)
        assert await on.host.check(channel) == ()
        for lost, name in ((ATTACH, "Attach Files"), (SEND, "Send Messages")):
            await on.fake.forbid(on.fake.channel, lost)
            await on.fake.slash(
                "help", user=on.fake.person("Mia"), channel=on.fake.channel
            )  # the client has heard of it
            assert (await on.host.check(channel))[
                0
            ] == f"I lack “{name}” here; allow it in this channel’s settings, under Permissions, for my role."
        await on.fake.delete_channel(on.fake.channel)
        assert [await on.host.check(one) for one in (channel, "general")] == [
            ("The channel is gone; choose another with /group setup.",),
            ("“general” is no channel of Discord’s; choose one with /group setup.",),
        ]


def test_posts_are_spread_evenly() -> None:
    now = [0.0]
    pace = Pace(10, lambda: now[0])
    first = [round(pace.reserve(), 3) for _ in range(3)]
    now[0] = 5.0
    assert (first, pace.reserve(), round(pace.reserve(), 3)) == ([0.0, 0.1, 0.2], 0.0, 0.1)


def test_a_repeat_is_known_by_its_key_and_part() -> None:
    known = [nonce("a", 0), nonce("a", 1), nonce("b", 0)]
    assert (len(set(known)), {len(one) for one in known}) == (3, {NONCE})


def test_a_ping_that_does_not_fit_goes_first_in_its_own_message(refused) -> None:
    full = render((NoticeCard(title="x", text="y" * 3590 + "\n" + "z" * 380),))
    messages = with_ping(full, "77")
    assert ([refused(m) for m in messages], messages[0].components[0]["content"]) == ([[]] * len(messages), "<@&77>")
    assert (with_ping(full, ""), with_ping(full, "everyone")) == (full, full)


# To one person alone


async def test_a_direct_message_arrives_once_and_its_buttons_work_there(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        first = await on.host.direct(str(mia.id), post(on, thread="ignored", ping="7"))
        again = await on.host.direct(str(mia.id), post(on))
        (message,) = on.fake.seen_by(mia)
        assert (first.message, first.thread, again.message, message.pings) == (
            str(message.id),
            "",
            first.message,
            set(),
        )
        assert "Today" in message.text
        assert on.fake.messages(on.fake.channel) == []


async def test_closed_doors_are_told_with_how_to_open_them(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        mia.accepts_dms = False
        for person in (str(mia.id), "999", "not a number"):
            with pytest.raises(PostError, match="allow direct messages from members of a server we share") as caught:
                await on.host.direct(person, post(on))
            assert caught.value.lasting


async def test_a_direct_message_that_may_arrive_later_is_told_as_such(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        on.fake.trouble(status=429, part="/messages", via=False)
        with pytest.raises(PostError) as caught:
            await on.host.direct(str(mia.id), post(on))
        assert not caught.value.lasting
        assert (await on.host.direct(str(mia.id), post(on))).message
    with pytest.raises(PostError, match="not connected"):
        await on.host.direct(str(mia.id), post(on))


# What posts show


async def test_the_question_of_the_day_is_answered_by_its_buttons_and_stays_as_it_is(connect) -> None:
    async with connect() as on:
        mia, ben = on.fake.person("Mia"), on.fake.person("Ben")
        await on.fake.slash("help", user=mia, channel=on.fake.channel)  # so that the group is known
        services = on.chat.dispatcher.services
        group = await services.store.ensure_group("discord", str(on.fake.guild.id), on.fake.guild.name)
        day = on.chat.clock().date()
        item = next(one for one in services.track.items if one.kind is Kind.SINGLE)
        asked = await services.store.rounds.begin(group.id, day, item.id, "7")
        await on.host.post(post(on, cards=(card_for_all(services.track, asked, item),), thread="Today"))
        (message,) = on.fake.messages(on.fake.channel)
        before = message.components
        on.chat.clock.forward(minutes=1)
        heard = await on.fake.click(message, "A", user=mia)
        assert (heard.message.ephemeral, "You said" in heard.text or "Correct" in heard.text) == (True, True)
        await on.restart()
        assert "Already answered" in (await on.fake.click(message, "B", user=mia)).text
        assert (await on.fake.click(message, "B", user=ben)).message.ephemeral
        assert message.components == before
        assert len(await services.store.rounds.answers(asked.id)) == 2


def test_the_longest_questions_we_ship_fit_a_post(shipped_track, refused) -> None:
    when = datetime(2026, 11, 23, tzinfo=UTC)
    for kind in PUBLIC:
        some = [item for item in shipped_track.items if item.kind is kind]
        for item in sorted(some, key=lambda one: -len(one.prompt + one.code + one.explanation))[:3]:
            card = card_for_all(shipped_track, Round(10**9, 1, when.date(), item.id, "7", when), item)
            shown = present(item, 7)
            (question,), (reveal,) = render((card,)), render((answer_card(item, shown, tally(item, shown, [])),))
            assert (item.id, refused(question), refused(reveal)) == (item.id, [], [])
