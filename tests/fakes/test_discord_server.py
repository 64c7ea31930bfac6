"""The fake Discord, driven by a small bot on the real library: what works on the platform works here, what fails there fails here."""

from __future__ import annotations

import asyncio
import io
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import yarl

from tests.fakes.discord_desk import Limit
from tests.fakes.discord_people import Seen
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import ATTACH, MANAGE_GUILD, SEND, VIEW, Message, User

with warnings.catch_warnings():  # the library imports a module that Python 3.13 leaves out
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord
    from discord import app_commands, ui
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

Do = Callable[[discord.Interaction[Any]], Awaitable[None]]


class Answer(ui.DynamicItem[ui.Button[Any]], template=r"answer:(?P<letter>[A-D])"):
    """A button that outlives the bot."""

    def __init__(self, letter: str) -> None:
        super().__init__(ui.Button(label=letter, custom_id=f"answer:{letter}"))
        self.letter = letter

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any) -> Answer:
        return cls(match["letter"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"You chose {self.letter}.", ephemeral=True)


class Code(ui.Modal):
    """A modal with an id of its own for each opening."""

    def __init__(self, custom_id: str) -> None:
        super().__init__(title="Your code", custom_id=custom_id)
        self.code: ui.TextInput[Any] = ui.TextInput(style=discord.TextStyle.paragraph, custom_id="code", default="pass")
        self.add_item(ui.Label(text="Code", component=self.code))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"{interaction.user.name} wrote {self.code.value}", ephemeral=True)


class Bot(discord.Client):
    """A bot with one command of each sort; `scene` is what /scene does."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree: app_commands.CommandTree[Bot] = app_commands.CommandTree(self)
        self.errors: list[BaseException] = []
        self.failed = asyncio.Event()
        self.scene: Do = self._say_hello
        self.tree.command(name="scene", description="Does what the test says")(self._scene)
        self.tree.command(name="topic", description="Chooses a topic")(
            app_commands.autocomplete(topic=_suggest)(_topic)
        )
        self.tree.context_menu(name="Run this code")(_run)
        self.tree.error(self._failed)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Answer)
        await self.tree.sync()

    async def _failed(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        self.errors.append(getattr(error, "original", error))
        self.failed.set()

    async def error(self) -> discord.HTTPException:
        """The platform's refusal that the last command ran into."""
        await asyncio.wait_for(self.failed.wait(), 10)
        self.failed.clear()
        found = self.errors.pop()
        assert isinstance(found, discord.HTTPException), found
        return found

    async def _scene(self, interaction: discord.Interaction[Any]) -> None:
        await self.scene(interaction)

    @staticmethod
    async def _say_hello(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("Hello.", view=_buttons())


def _buttons() -> ui.View:
    view = ui.View(timeout=None)
    for letter in "ABCD":
        view.add_item(Answer(letter))
    return view


async def _suggest(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=t, value=t) for t in ("loss", "learning rate", "recall") if t.startswith(current)]


async def _topic(interaction: discord.Interaction[Any], topic: str) -> None:
    await interaction.response.send_message(f"Topic: {topic}")


async def _run(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.response.send_message(f"Ran {message.content}", ephemeral=True)


@asynccontextmanager
async def running(fake: FakeDiscord) -> AsyncIterator[Bot]:
    """A bot connected to the fake."""
    bot = Bot()
    seen = fake.gateway.identifies
    task = asyncio.create_task(bot.start(fake.token))
    try:
        await fake.ready(sessions=seen + fake.gateway.resumes + 1)
        yield bot
    finally:
        await bot.close()
        await task


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as made:
        monkeypatch.setattr(Route, "BASE", made.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(made.gateway_url))
        yield made


@pytest.fixture
async def bot(fake: FakeDiscord) -> AsyncIterator[Bot]:
    async with running(fake) as made:
        yield made


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


@pytest.fixture
def ada(fake: FakeDiscord) -> User:
    return fake.person("Ada")


async def scene(fake: FakeDiscord, bot: Bot, user: User, do: Do, **how: Any) -> Seen:
    """What comes of /scene doing that."""
    bot.scene = do
    return await fake.slash("scene", user=user, channel=how.pop("channel", fake.channel), **how)


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


async def test_rate_limit_is_waited_out(fake: FakeDiscord, bot: Bot) -> None:
    trouble = fake.trouble(status=429, method="POST", part="/messages", times=2, retry_after=0.01)
    await _channel(fake, bot).send("Daily.")
    assert ([m.text for m in fake.messages(fake.channel)], trouble.times) == (["Daily."], 0)


async def test_rate_limit_without_via_is_a_ban(fake: FakeDiscord, bot: Bot) -> None:
    fake.trouble(status=429, part="/messages", via=False)
    with pytest.raises(discord.HTTPException):
        await _channel(fake, bot).send("Daily.")


async def test_bucket_makes_the_client_pace_itself(fake: FakeDiscord, bot: Bot) -> None:
    fake.limits["POST", "/channels/{channel}/messages"] = Limit(2, 0.05)
    await asyncio.gather(*(_channel(fake, bot).send(str(n)) for n in range(6)))
    assert sorted(m.text for m in fake.messages(fake.channel)) == list("012345")


async def test_limit_refuses_one_too_many() -> None:
    limit = Limit(2, 60.0)
    assert [limit.take("a")[0], limit.take("a")[0], limit.take("a")[0], limit.take("b")[0]] == [1, 0, -1, 1]


async def test_answer_lost_after_the_work_is_made_good_by_the_nonce(fake: FakeDiscord, bot: Bot) -> None:
    fake.trouble(status=400, method="POST", part="/messages", times=2, lost=True)
    for nonce in ("same", "other"):
        with pytest.raises(discord.HTTPException):
            await _channel(fake, bot).send("Daily.", nonce=nonce)
    await _channel(fake, bot).send("Daily.", nonce="same")
    assert [m.nonce for m in fake.messages(fake.channel)] == ["same", "other"]
    await fake.advance(301)
    await _channel(fake, bot).send("Daily.", nonce="same")
    assert [m.nonce for m in fake.messages(fake.channel)] == ["same", "other", "same"]


async def test_missing_permissions_are_refused_with_their_codes(fake: FakeDiscord, bot: Bot) -> None:
    async def refused(permission: int, **message: Any) -> int:
        await fake.forbid(fake.channel, permission, silently=True)
        with pytest.raises(discord.Forbidden) as error:
            await _channel(fake, bot).send("x", **message)
        return error.value.code

    assert await refused(VIEW) == 50001
    assert await refused(SEND) == 50013
    assert await refused(ATTACH, file=discord.File(io.BytesIO(b"x"), "x")) == 50013
    await fake.forbid(fake.channel, 0)
    await _channel(fake, bot).send("x")


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
    sent = await _channel(fake, bot).send("Old.")
    await sent.edit(content="New.")
    with pytest.raises(discord.Forbidden) as error:
        await _channel(fake, bot).get_partial_message(fake.say(fake.channel, ada, "mine").id).edit(content="x")
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
    quiet = await _channel(fake, bot).send(words)
    loud = await _channel(fake, bot).send(words, allowed_mentions=discord.AllowedMentions(users=True))
    assert [fake.world.messages[m.id].pings for m in (quiet, loud)] == [set(), {str(ada.id)}]


async def test_second_layout_cannot_replace_words_that_stay(fake: FakeDiscord, bot: Bot) -> None:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("New."))
    sent = await _channel(fake, bot).send("Old.")
    fake.expect("content in a message of flag")
    with pytest.raises(discord.HTTPException):
        await sent.edit(view=view)
    await sent.edit(content=None, view=view)
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
    bot.tree.command(name="more", description="One too many")(_topic)
    with pytest.raises(discord.HTTPException) as error:
        await bot.tree.sync()
    assert error.value.code == 30034
    await fake.advance(24 * 3600)
    await bot.tree.sync()


async def test_unknown_route_is_a_fault(fake: FakeDiscord, bot: Bot) -> None:
    fake.expect("unknown route GET")
    with pytest.raises(discord.NotFound):
        await bot.http.request(Route("GET", "/no/such/thing"))


async def test_privileged_intents_are_refused(fake: FakeDiscord) -> None:
    client = discord.Client(intents=discord.Intents(guilds=True, members=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(fake.token)
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


def _channel(fake: FakeDiscord, bot: Bot) -> discord.PartialMessageable:
    return bot.get_partial_messageable(fake.channel.id)


def test_message_text_is_all_that_is_read() -> None:
    shown = Message.__new__(Message)
    shown.content, shown.components = "a", [{"type": 17, "components": [{"type": 10, "content": "b"}]}]
    shown.embeds = [{"title": "c", "fields": [{"name": "d", "value": "e"}]}]
    assert shown.text == "a\nb\nc\nd\ne"
