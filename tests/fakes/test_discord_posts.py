"""The fake Discord's channels, limits, permissions and commands, driven by a small bot on the real library."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.discord_bot import (
    Bot,
    Route,
    channel_of,
    choose_topic,
    discord,
    running,
    serving,
    ui,
)
from tests.fakes.discord_desk import Limit
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import ATTACH, MANAGE_GUILD, MANAGE_ROLES, SEND, VIEW, User


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with serving(monkeypatch) as made:
        yield made


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[Bot]:
    async with running(fake) as made:
        yield made


@pytest.fixture
def ada(fake: FakeDiscord) -> User:
    return fake.person("Ada")


async def test_rate_limit_is_waited_out(fake: FakeDiscord, bot: Bot) -> None:
    trouble = fake.trouble(status=429, method="POST", part="/messages", times=2, retry_after=0.01)
    await channel_of(fake, bot).send("Daily.")
    assert ([m.text for m in fake.messages(fake.channel)], trouble.times) == (["Daily."], 0)


async def test_rate_limit_without_via_is_a_ban(fake: FakeDiscord, bot: Bot) -> None:
    fake.trouble(status=429, part="/messages", via=False)
    with pytest.raises(discord.HTTPException):
        await channel_of(fake, bot).send("Daily.")


async def test_bucket_makes_the_client_pace_itself(fake: FakeDiscord, bot: Bot) -> None:
    fake.limits["POST", "/channels/{channel}/messages"] = Limit(2, 0.05)
    await asyncio.gather(*(channel_of(fake, bot).send(str(n)) for n in range(6)))
    assert sorted(m.text for m in fake.messages(fake.channel)) == list("012345")


async def test_limit_refuses_one_too_many() -> None:
    limit = Limit(2, 60.0)
    assert [limit.take("a")[0], limit.take("a")[0], limit.take("a")[0], limit.take("b")[0]] == [1, 0, -1, 1]


async def test_answer_lost_after_the_work_is_made_good_by_the_nonce(fake: FakeDiscord, bot: Bot) -> None:
    fake.trouble(status=400, method="POST", part="/messages", times=2, lost=True)
    for nonce in ("same", "other"):
        with pytest.raises(discord.HTTPException):
            await channel_of(fake, bot).send("Daily.", nonce=nonce)
    await channel_of(fake, bot).send("Daily.", nonce="same")
    assert [m.nonce for m in fake.messages(fake.channel)] == ["same", "other"]
    await fake.advance(301)
    await channel_of(fake, bot).send("Daily.", nonce="same")
    assert [m.nonce for m in fake.messages(fake.channel)] == ["same", "other", "same"]


async def test_missing_permissions_are_refused_with_their_codes(fake: FakeDiscord, bot: Bot) -> None:
    async def refused(permission: int, **message: Any) -> int:
        await fake.forbid(fake.channel, permission, silently=True)
        with pytest.raises(discord.Forbidden) as error:
            await channel_of(fake, bot).send("x", **message)
        return error.value.code

    assert await refused(VIEW) == 50001
    assert await refused(SEND) == 50013
    assert await refused(ATTACH, file=discord.File(io.BytesIO(b"x"), "x")) == 50013
    await fake.forbid(fake.channel, 0)
    await channel_of(fake, bot).send("x")


async def test_client_hears_of_permissions_and_channels(fake: FakeDiscord, bot: Bot) -> None:
    made = await fake.add_channel("daily")
    await fake.forbid(made, SEND)
    await fake.slash(
        "scene", user=fake.person("Ada"), channel=fake.channel
    )  # by its answer the events before it arrived
    guild = bot.get_guild(fake.guild.id)
    assert guild is not None
    channel = guild.get_channel(made.id)
    assert channel is not None
    assert (channel.permissions_for(guild.me).send_messages, channel.permissions_for(guild.me).view_channel) == (
        False,
        True,
    )
    await fake.delete_channel(made)
    with pytest.raises(discord.NotFound) as error:
        await bot.get_partial_messageable(made.id).send("x")
    assert error.value.code == 10003


async def test_message_has_one_thread(fake: FakeDiscord, bot: Bot) -> None:
    channel = bot.get_channel(fake.channel.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("Daily.")
    thread = await message.create_thread(name="Talk")
    await thread.send("Spoilers welcome.")
    with pytest.raises(discord.HTTPException) as error:
        await message.create_thread(name="Again")
    (post,) = fake.messages(fake.channel)
    assert post.thread is not None
    assert (error.value.code, [m.text for m in fake.messages(post.thread)]) == (160004, ["Spoilers welcome."])


async def test_edits_are_of_own_messages_and_rare_for_old_ones(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    sent = await channel_of(fake, bot).send("Old.")
    await sent.edit(content="New.")
    with pytest.raises(discord.Forbidden) as error:
        await channel_of(fake, bot).get_partial_message(fake.say(fake.channel, ada, "mine").id).edit(content="x")
    assert error.value.code == 50005
    await fake.advance(3601)
    fake.posts.old_edits_allowed = 0
    with pytest.raises(discord.HTTPException) as late:
        await sent.edit(content="Late.")
    assert (late.value.code, fake.world.messages[sent.id].text) == (30046, "New.")


async def test_closed_private_conversation_is_refused(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    friend = await bot.fetch_user(ada.id)
    await friend.send("Hi.")
    ada.accepts_dms = False
    with pytest.raises(discord.Forbidden) as error:
        await friend.send("Hi.")
    assert (error.value.code, [m.text for m in fake.seen_by(ada)]) == (50007, ["Hi."])


async def test_pings_need_the_word_and_the_leave(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    words = f"<@{ada.id}> @everyone"
    quiet = await channel_of(fake, bot).send(words)
    loud = await channel_of(fake, bot).send(words, allowed_mentions=discord.AllowedMentions(users=True))
    assert [fake.world.messages[m.id].pings for m in (quiet, loud)] == [set(), {str(ada.id)}]


async def test_second_layout_cannot_replace_words_that_stay(fake: FakeDiscord, bot: Bot) -> None:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("New."))
    sent = await channel_of(fake, bot).send("Old.")
    fake.expect("content in a message of flag")
    with pytest.raises(discord.HTTPException):
        await sent.edit(view=view)
    await sent.edit(content=None, view=view)
    with pytest.raises(discord.HTTPException):
        await sent.edit(content="Old.")
    assert fake.messages(fake.channel)[0].text == "New."


async def test_commands_are_hidden_from_who_may_not_use_them(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    bot.tree.get_command("scene").default_permissions = discord.Permissions(manage_guild=True)  # type: ignore[union-attr]  # it is there
    await bot.tree.sync()
    admin = fake.person("Root", permissions=MANAGE_GUILD)
    assert [sorted(fake.commands(user, fake.channel)) for user in (ada, admin)] == [["topic"], ["scene", "topic"]]
    with pytest.raises(AssertionError, match="not offered"):
        await fake.slash("scene", user=ada, channel=fake.channel)


async def test_day_has_200_new_commands(fake: FakeDiscord, bot: Bot) -> None:
    fake.account.creates[None, fake.clock.now().date()] = 200
    await bot.tree.sync()
    bot.tree.command(name="more", description="One too many")(choose_topic)
    with pytest.raises(discord.HTTPException) as error:
        await bot.tree.sync()
    assert error.value.code == 30034
    await fake.advance(24 * 3600)
    await bot.tree.sync()


async def test_unknown_route_is_a_fault(fake: FakeDiscord, bot: Bot) -> None:
    fake.expect("unknown route GET")
    with pytest.raises(discord.NotFound):
        await bot.http.request(Route("GET", "/no/such/thing"))


async def test_file_above_the_limit_is_too_large(fake: FakeDiscord, bot: Bot) -> None:
    with pytest.raises(discord.HTTPException) as error:
        await channel_of(fake, bot).send(file=discord.File(io.BytesIO(bytes(10 * 1024 * 1024 + 1)), "a.bin"))
    assert (error.value.status, error.value.code, fake.messages(fake.channel)) == (413, 40005, [])


async def test_global_limit_stops_every_route_but_answers_to_people(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    fake.desk.global_limit = Limit(1, 0.05)
    await asyncio.gather(*(bot.fetch_user(ada.id) for _ in range(2)))
    assert fake.desk.limited >= 1
    limited = fake.desk.limited
    fake.desk.global_limit = Limit(0, 60.0)
    assert (await fake.slash("scene", user=ada, channel=fake.channel)).text == "Hello."
    assert fake.desk.limited == limited


async def test_bot_that_was_thrown_out_is_a_stranger(fake: FakeDiscord, bot: Bot) -> None:
    await fake.remove_bot(fake.guild)
    with pytest.raises(discord.Forbidden) as error:
        await channel_of(fake, bot).send("x")
    assert error.value.code == 50001


async def test_reply_needs_a_message_that_is_there(fake: FakeDiscord, bot: Bot) -> None:
    first = await channel_of(fake, bot).send("Daily.")
    await channel_of(fake, bot).send("Reveal.", reference=first)
    assert [m.reply_to for m in fake.messages(fake.channel)] == [None, first.id]
    await first.delete()
    fake.expect("unknown message")
    with pytest.raises(discord.HTTPException):
        await channel_of(fake, bot).send("Reveal.", reference=first)


async def test_roles_are_given_by_who_may(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    role = fake.world.add_role(fake.guild, "Daily")
    route = Route("PUT", "/guilds/{g}/members/{u}/roles/{r}", g=fake.guild.id, u=ada.id, r=role.id)
    with pytest.raises(discord.Forbidden):
        await bot.http.request(route)
    mine = next(r for r in fake.guild.roles.values() if r.managed)
    mine.permissions |= MANAGE_ROLES
    await bot.http.request(route)
    assert fake.guild.members[ada.id] == {role.id}
