"""The fake Discord's interactions and gateway, driven by a small bot on the real library."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.discord_bot import (
    Answer,
    Bot,
    Closing,
    Code,
    app_commands,
    buttons,
    discord,
    running,
    scene,
    serving,
    ui,
)
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import User


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


async def test_slash_button_and_ephemeral_reply(fake: FakeDiscord, bot: Bot) -> None:
    ada, bob = fake.person("Ada"), fake.person("Bob")
    seen = await fake.slash("scene", user=ada, channel=fake.channel)
    assert (seen.text, seen.message.labels) == ("Hello.", ["A", "B", "C", "D"])
    clicked = await fake.click(seen.message, "B", user=bob)
    assert [m.text for m in fake.seen_by(bob)] == ["Hello.", "You chose B."]
    assert [m.text for m in fake.seen_by(ada)] == ["Hello."]
    assert clicked.message.owner is bob
    assert fake.validated == {"commands": 1, "callback:message": 2}


async def test_wrong_token_is_refused(fake: FakeDiscord) -> None:
    client = Bot()
    with pytest.raises(discord.LoginFailure):
        await client.login("wrong")
    await client.close()


async def test_deferred_answer_takes_the_place_of_the_promise(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def slow(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("First.")
        await interaction.followup.send("Second.")

    seen = await scene(fake, bot, ada, slow)
    await fake.until(lambda: len(seen.messages) == 2)
    assert [(m.text, m.ephemeral) for m in seen.messages] == [("First.", True), ("Second.", False)]
    assert fake.validated == {"commands": 1, "callback:defer": 1, "webhook:follow_up": 2}


async def test_promise_alone_is_seen_as_thinking(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def promise(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)

    seen = await scene(fake, bot, ada, promise, wait="first")
    assert (seen.messages, [m.loading for m in fake.messages(fake.channel)]) == ([], [True])


async def test_original_is_edited_and_deleted(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def edit(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("One.")
        await interaction.edit_original_response(content="Two.")
        assert (await interaction.original_response()).content == "Two."
        await interaction.delete_original_response()

    seen = await scene(fake, bot, ada, edit)
    await fake.until(lambda: seen.messages == [])
    assert [m.content for m in seen.updated] == ["Two."]


async def test_autocomplete_suggests(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    shown = await fake.autocomplete("topic", "topic", "l", user=ada, channel=fake.channel)
    assert [choice["value"] for choice in shown] == ["loss", "learning rate"]
    seen = await fake.slash("topic", {"topic": "loss"}, user=ada, channel=fake.channel)
    assert seen.text == "Topic: loss"


async def test_message_menu_gives_the_message(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    seen = await fake.message_command("Run this code", fake.say(fake.channel, ada, "1 + 1"), user=ada)
    assert (seen.text, seen.message.owner) == ("Ran 1 + 1", ada)


async def test_two_people_fill_in_the_same_modal(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def ask(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_modal(Code(f"code:{interaction.id}"))

    bob = fake.person("Bob")
    first, second = await scene(fake, bot, ada, ask), await scene(fake, bot, bob, ask)
    assert first.modal["title"] == "Your code"
    theirs = await fake.submit_modal(second, {"code": "2"})
    mine = await fake.submit_modal(first)
    assert (mine.text, theirs.text) == ("Ada wrote pass", "Bob wrote 2")
    assert [m.text for m in fake.seen_by(ada)] == ["Ada wrote pass"]


async def test_modal_after_a_promise_is_refused(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def late(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        interaction.response._response_type = None  # makes the library forget that it has answered
        await interaction.response.send_modal(Code("code"))

    fake.expect("second answer")
    await scene(fake, bot, ada, late, wait="first")
    assert (await bot.error()).code == 40060


async def test_file_is_uploaded_and_can_be_fetched(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def chart(interaction: discord.Interaction[Any]) -> None:
        file = discord.File(io.BytesIO(b"picture"), "a.png", description="A chart")
        view = ui.LayoutView(timeout=None)
        view.add_item(ui.Container(ui.MediaGallery(discord.MediaGalleryItem(file, description="A chart"))))
        await interaction.response.send_message(view=view, file=file)
        message = await interaction.original_response()
        await interaction.followup.send(str(await message.attachments[0].read()))

    seen = await scene(fake, bot, ada, chart)
    await fake.until(lambda: len(seen.messages) == 2)
    assert (seen.message.files, seen.messages[1].text) == ({"a.png": b"picture"}, "b'picture'")


async def test_old_button_works_after_a_restart(fake: FakeDiscord, ada: User) -> None:
    async with running(fake):
        seen = await fake.slash("scene", user=ada, channel=fake.channel)
    async with running(fake):
        clicked = await fake.click(seen.message, "answer:C", user=ada)
        assert clicked.text == "You chose C."
    assert (fake.account.syncs, sum(fake.account.creates.values())) == (2, 3)


@pytest.mark.parametrize("how", ["close", "cut", "order"])
async def test_lost_socket_is_resumed_and_nothing_is_lost(fake: FakeDiscord, bot: Bot, ada: User, how: str) -> None:
    if how == "close":
        await fake.drop()
    elif how == "cut":
        fake.cut()
    else:
        await fake.order_reconnect()
    seen = await fake.slash("scene", user=ada, channel=fake.channel)  # while nobody listens, or just before
    assert (seen.text, fake.gateway.resumes, fake.gateway.identifies) == ("Hello.", 1, 1)


async def test_duplicate_delivery_reaches_the_bot_twice(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    seen = await fake.slash("scene", user=ada, channel=fake.channel)
    await fake.click(seen.message, "A", user=ada, twice=True)
    await fake.until(lambda: fake.desk.requests[-1][2] == 400)
    assert [m.text for m in fake.seen_by(ada)] == ["Hello.", "You chose A."]


async def test_answer_after_three_seconds_is_refused(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    go = asyncio.Event()

    async def slow(interaction: discord.Interaction[Any]) -> None:
        await go.wait()
        await interaction.response.send_message("Too late.")

    waiting = asyncio.create_task(scene(fake, bot, ada, slow))
    await fake.until(lambda: bool(fake.world.interactions))
    await fake.advance(3.1)
    assert (await waiting).failed
    go.set()
    assert (await bot.error()).code == 10062


async def test_expired_interaction_is_refused_at_once(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    seen = await fake.slash("scene", user=ada, channel=fake.channel, expired=True)
    assert (seen.failed, (await bot.error()).code) == (True, 10062)


async def test_token_lasts_fifteen_minutes(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def patient(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        await fake.advance(15 * 60)
        await interaction.followup.send("In time.")
        await fake.advance(1)
        await interaction.followup.send("Too late.")

    seen = await scene(fake, bot, ada, patient)
    assert ((await bot.error()).code, seen.text) == (50027, "In time.")


async def test_stranger_gets_five_follow_ups(fake: FakeDiscord, bot: Bot) -> None:
    async def chatty(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("0")
        for number in range(1, 7):
            await interaction.followup.send(str(number))

    bot.tree.get_command("scene").allowed_installs = app_commands.AppInstallationType(user=True)  # type: ignore[union-attr]  # it is there
    await bot.tree.sync()
    _, elsewhere = await fake.add_guild("Elsewhere", has_bot=False)
    eve = fake.person("Eve", installed=True)
    seen = await scene(fake, bot, eve, chatty, channel=elsewhere)
    assert ((await bot.error()).code, [m.text for m in seen.messages]) == (40094, list("012345"))


async def test_invalid_payload_is_refused_and_noted(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def wrong(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("x" * 2001)

    await scene(fake, bot, ada, wrong, wait="none")
    assert (await bot.error()).code == 50035
    assert "callback:message: content longer than 2000" in fake.unexpected
    fake.expect("content")
    fake.expect("too long")
    assert fake.unexpected == []


async def test_fault_fails_the_test_that_leaves_it_unannounced() -> None:
    with pytest.raises(AssertionError, match="a fault"):
        async with FakeDiscord() as fake:
            fake.faults.append("a fault")


async def test_privileged_intents_are_refused(fake: FakeDiscord) -> None:
    client = discord.Client(intents=discord.Intents(guilds=True, members=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await asyncio.wait_for(client.start(fake.token), 5)
    await client.close()


async def test_shards_hear_of_their_own_guilds(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    other = fake.world.add_guild("Other", shard=(1 - (fake.guild.id >> 22) % 2, 2))
    client = discord.AutoShardedClient(intents=discord.Intents(guilds=True), shard_count=2, guild_ready_timeout=0.05)
    monkeypatch.setattr(client, "before_identify_hook", _at_once)
    task = asyncio.create_task(client.start(fake.token))
    await fake.until(lambda: fake.gateway.identifies == 2)
    await asyncio.wait_for(client.wait_until_ready(), 10)
    assert {g.id: g.shard_id for g in client.guilds} == {g.id: (g.id >> 22) % 2 for g in (fake.guild, other)}
    await client.close()
    await task


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    return None


async def test_forgotten_session_is_begun_anew(
    fake: FakeDiscord, bot: Bot, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot, "before_identify_hook", _at_once)
    await fake.invalidate()
    await fake.ready(sessions=2)
    seen = await fake.slash("scene", user=ada, channel=fake.channel)
    assert (seen.text, fake.gateway.resumes, fake.gateway.identifies) == ("Hello.", 0, 2)


async def test_private_conversation_has_no_guild(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    seen = await fake.slash("scene", user=ada, channel=fake.world.dm(ada))
    bob = fake.person("Bob")
    assert [len(fake.seen_by(user)) for user in (ada, bob)] == [1, 0]
    assert "guild_id" not in seen.interaction.payload


async def test_ephemeral_message_is_no_one_elses_to_press(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def quietly(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("For you.", view=buttons(), ephemeral=True)

    seen = await scene(fake, bot, ada, quietly)
    with pytest.raises(AssertionError, match="does not see"):
        await fake.click(seen.message, "A", user=fake.person("Bob"))
    with pytest.raises(AssertionError, match="no control 'E'"):
        await fake.click(seen.message, "E", user=ada)
    assert (await fake.click(seen.message, "A", user=ada)).text == "You chose A."


async def test_answer_is_held_until_it_may_go_on(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    gate = fake.hold(part="/callback")
    seen = await fake.slash("scene", user=ada, channel=fake.channel, wait="none")
    assert seen.messages == []
    gate.set()
    await fake.settle(seen)
    assert seen.text == "Hello."


async def test_redelivery_after_the_answer_is_no_fault_of_the_bot(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    seen = await fake.slash("scene", user=ada, channel=fake.channel)
    await fake.redeliver(seen)
    assert (await bot.error()).code == 40060
    assert fake.faults == []


async def test_unanswered_person_fails_the_test_and_says_what_was_done(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def nothing(interaction: discord.Interaction[Any]) -> None:
        return None

    fake.patience = 0.05
    with pytest.raises(AssertionError, match=r"no answer to .*scene"):
        await scene(fake, bot, ada, nothing)


async def test_answer_of_a_kind_that_does_not_fit_is_refused(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    async def edit(interaction: discord.Interaction[Any]) -> None:
        interaction.type = discord.InteractionType.component  # makes the library believe that there is a message
        await interaction.response.defer()

    async def suggest(interaction: discord.Interaction[Any]) -> None:
        interaction.type = discord.InteractionType.autocomplete
        await interaction.response.autocomplete([])

    for kind, wrong in ((6, edit), (8, suggest)):
        fake.expect(f"type {kind} for an interaction of type 2")
        await scene(fake, bot, ada, wrong, wait="none")
        assert (await bot.error()).code == 50035


async def test_button_edits_its_message(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    seen = await fake.slash("scene", user=ada, channel=fake.channel)
    bot.remove_dynamic_items(Answer)
    bot.add_dynamic_items(Closing)
    clicked = await fake.click(seen.message, "A", user=ada)
    assert (clicked.updated, seen.message.text, seen.message.controls) == ([seen.message], "Closed.", [])
    with pytest.raises(AssertionError, match="no control"):
        await fake.click(seen.message, "B", user=ada)


async def test_heart_beats(fake: FakeDiscord) -> None:
    fake.gateway.heartbeat_ms = 20
    async with running(fake):
        await fake.until(lambda: fake.gateway.heartbeats >= 3)


async def test_what_was_never_answered_is_known(fake: FakeDiscord, bot: Bot, ada: User) -> None:
    seen = await fake.slash("scene", user=ada, channel=fake.channel, expired=True, wait="none")
    await fake.settle(seen)
    assert [i.id for i in fake.unanswered] == [seen.interaction.id]
