"""`/link` and `/group`: one person on several platforms, one group in several places, set up by those who manage them."""

from __future__ import annotations

import asyncio
import itertools
import re
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.cards import FormCard
from bot.messages import Actor, Place, Request, parse_line
from bot.platforms.plain import render
from bot.platforms.port import Post, Posted, PostError
from bot.store import Posting, Spot

GUILD = Place("discord", "9001", "Garden", "1001")
TEAM = Place("slack", "T1", "Greenhouse", "C1")
NO_PERMISSION = "Send Messages is missing in this channel; give it to Epochbot in the channel's settings."


@dataclass
class Person:
    """Somebody on a chat platform."""

    chat: Any
    place: Place
    external_id: str
    admin: bool = False
    keys: itertools.count = field(default_factory=itertools.count)

    async def reply(self, text: str, key: str = ""):
        """Say something and get the cards."""
        command, args, body = parse_line(text)
        actor = Actor(self.place.platform, self.external_id, self.external_id.title())
        key = key or f"{self.place}{self.external_id}{next(self.keys)}"
        self.chat.clock.forward(seconds=30)
        return await self.chat.dispatcher.handle(
            Request(actor, self.place, command, args, key, self.chat.clock(), body, admin=self.admin)
        )

    async def say(self, text: str, key: str = "") -> str:
        """Say something and read the answer, on one line."""
        said = "\n".join(render(card) for card in (await self.reply(text, key)).cards)
        return " ".join(said.replace("─", "").split())

    async def code(self, command: str) -> str:
        """The code an answer holds."""
        return re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", await self.say(command))[0]

    async def pass_one(self) -> str:
        """Pass a challenge."""
        return await self.say("/submit add-up\ndef add_up(numbers):\n    return sum(numbers)\n")

    async def user_id(self) -> int:
        """Who they are in the store."""
        return (await self.chat.store.ensure_user(self.place.platform, self.external_id, self.external_id.title())).id


@dataclass
class Board:
    """A platform that keeps what is posted."""

    name: str = "discord"
    missing: tuple[str, ...] = ()
    refuses: str = ""
    posts: dict[str, Post] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Do nothing until the end."""
        await stop.wait()

    async def check(self, channel: str) -> tuple[str, ...]:
        """Say what was told to be missing."""
        return self.missing

    async def post(self, post: Post) -> Posted:
        """Keep a post, once."""
        if self.refuses:
            raise PostError(self.refuses, lasting=True)
        self.posts[post.key] = post
        return Posted(post.key)


@pytest.fixture
def ann(chat) -> Person:
    return Person(chat, GUILD, "ann", admin=True)


@pytest.fixture
def bob(chat) -> Person:
    return Person(chat, TEAM, "T1:BOB", admin=True)


@pytest.fixture
def board(chat) -> Board:
    return chat.dispatcher.services.hosts.setdefault("discord", Board())


# Linking


async def test_what_was_done_on_one_account_is_there_on_the_other_and_both_are_told(ann: Person, bob: Person) -> None:
    await ann.pass_one()
    code = await ann.code("/link")
    assert (await bob.say(f"/link {code.lower()}")).startswith(
        "Linked You are one learner on all your accounts now, with 20 XP and a streak of 1 day,"
    )
    assert await ann.user_id() == await bob.user_id()
    assert "✓ Add up" in await bob.say("/challenge list")
    told = await ann.say("/streak")
    assert told.startswith("Since you were here This account was linked with the one on Slack: XP, streak and answers")
    assert not (await ann.say("/streak")).startswith("Since you were here")
    assert not (await bob.say("/streak")).startswith("Since you were here")
    assert await ann.chat.store.rebuild_check() == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("0000-0000", "Not linked That code is not known: codes last ten minutes and work once."),
        ("what", "Not linked That code is not known"),
    ],
)
async def test_a_wrong_code_links_nobody(ann: Person, bob: Person, typed: str, answer: str) -> None:
    await ann.code("/link")
    assert (await bob.say(f"/link {typed}")).startswith(answer)
    assert await ann.user_id() != await bob.user_id()


async def test_a_code_used_again_or_at_home_is_explained(ann: Person, bob: Person) -> None:
    code = await ann.code("/link")
    assert (await ann.say(f"/link {code}")).startswith("Not linked That code was made here.")
    said = await asyncio.gather(bob.say(f"/link {code}", key="one"), bob.say(f"/link {code}", key="one"))
    assert [text.split(" You")[0].split(" These")[0] for text in said] == ["Linked", "Linked already"]
    assert "Linked so far: Discord, Slack." in await ann.say("/link")


async def test_guessing_is_stopped(ann: Person, bob: Person) -> None:
    code = await ann.code("/link")
    for n in range(5):
        await bob.say(f"/link {n}")
    assert (await bob.say(f"/link {code}")).startswith("Not linked Too many wrong codes came from this account.")


# Groups


async def board_names(person: Person) -> list[str]:
    """Who is on the board somebody sees."""
    (card,) = (await person.reply("/leaderboard all")).cards
    return [line.name for line in card.lines]


async def test_two_channels_of_two_platforms_have_one_board(ann: Person, bob: Person) -> None:
    await ann.pass_one()
    await bob.pass_one()
    assert (await board_names(ann), await board_names(bob)) == (["Ann"], ["T1:Bob"])
    code = await ann.code("/group code")
    assert (await bob.say(f"/group join {code}")).startswith("Joined This channel shares the group “Garden” now")
    assert await board_names(ann) == await board_names(bob) == ["Ann", "T1:Bob"]
    elsewhere = replace(bob, place=replace(TEAM, channel="C2"))
    assert await board_names(elsewhere) == ["T1:Bob"]
    assert "It meets in: Discord, a channel on Slack." in await ann.say("/group")
    assert (await bob.say("/group leave")).startswith("Left This channel has left “Garden”.")
    assert await board_names(bob) == ["T1:Bob"]
    assert (await bob.say("/group leave")).startswith("Nothing to leave")


async def test_a_whole_workspace_brings_its_members_and_a_channel_of_it_goes_its_own_way(
    ann: Person, bob: Person
) -> None:
    cat = Person(bob.chat, replace(TEAM, channel="C7"), "T1:CAT")
    await cat.pass_one()
    await ann.pass_one()
    await bob.say(f"/group join {await ann.code('/group code')} everywhere")
    assert set(await board_names(ann)) == {"Ann", "T1:Cat"}
    dora = Person(bob.chat, Place("local", "d", "Dora’s place"), "dora")
    await dora.say("/daily")
    await replace(bob, place=cat.place).say(f"/group join {await dora.code('/group code')}")
    assert await bob.chat.store.places.group_of(Spot("slack", "T1", "C7")) != await bob.chat.store.places.group_of(
        Spot("slack", "T1")
    )
    assert (await bob.chat.store.places.group_of(Spot("slack", "T1", "C9"))).name == "Garden"


async def test_a_groups_code_works_once_and_its_own_place_needs_none(ann: Person, bob: Person) -> None:
    code = await ann.code("/group code")
    assert (await ann.say(f"/group join {code}")).startswith("Nothing changed This place belongs to that group already")
    await bob.say(f"/group join {code}")
    other = Person(bob.chat, Place("slack", "T2", "Elsewhere", "C1"), "T2:EVE", admin=True)
    assert (await other.say(f"/group join {code}")).startswith("Nothing changed That code is not known")
    assert (await other.say("/group join")).startswith("Which group?")


@pytest.mark.parametrize("command", ["setup", "setup hour=9", "code", "join 0000-0000", "leave", "test"])
async def test_who_does_not_manage_the_place_changes_nothing_and_is_told_kindly(
    ann: Person, board: Board, command: str
) -> None:
    member = replace(ann, admin=False, external_id="eve")
    assert (await member.say(f"/group {command}")).startswith("Not yours to change Only those who manage this place")
    assert (await ann.chat.store.places.posting(Spot("discord", "9001")), board.posts) == (Posting(), {})
    assert (await member.say("/group")).startswith("Group: Garden It meets in: Discord.")


async def test_a_private_conversation_has_no_group_to_set_up(ann: Person) -> None:
    alone = replace(ann, place=Place("discord", "dm:ann", "Ann"))
    assert (await alone.say("/group code")).startswith("Not here")


# Setting up posts


async def test_posts_are_set_up_checked_and_tried(ann: Person, board: Board) -> None:
    said = await ann.say("/group setup channel=here hour=9 zone=Europe/Paris ping=<@&424242424242>")
    assert said == (
        "Saved Posts: in this channel, at 09:00 (Europe/Paris). Posts call 424242424242."
        " Question of the day: every day at 09:00. Its answer: at 21:00, below the question. Challenge: every day at 12:00."
        " Look back at the week: Mondays at 09:15. Next: question, today 09:00 Europe/Paris."
        " Next: /group test Send a test post"
    )
    kept = await ann.chat.store.places.posting(Spot("discord", "9001"))
    assert kept == Posting("1001", 9, "Europe/Paris", "", "424242424242")
    assert (await ann.say("/group test", key="press")).startswith("Sent")
    await ann.say("/group test", key="press")
    (post,) = board.posts.values()
    assert (post.channel, post.ping, post.key) == ("1001", "", "test:press")


async def test_what_is_missing_is_said_at_once_and_stops_the_test(ann: Person, board: Board) -> None:
    board.missing = (NO_PERMISSION,)
    assert f"Posts cannot arrive yet: {NO_PERMISSION}" in await ann.say("/group setup channel here")
    assert await ann.say("/group test") == f"That post would not arrive {NO_PERMISSION}"
    board.missing, board.refuses = (), "The channel is gone."
    assert await ann.say("/group test") == "The test post did not arrive The channel is gone."
    assert board.posts == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("channel <#123456789>", Posting("123456789")),
        ("channel=<#C012AB3CD|daily>", Posting("C012AB3CD")),
        ("hour 07:00", Posting(hour=7)),
        ("hour=23 track=sample", Posting(hour=23, track="sample")),
        ("zone europe/paris", Posting(tz="Europe/Paris")),
        ("ping = <!subteam^S0614TZR7> hour = 8", Posting(hour=8, ping="S0614TZR7")),
        ("ping none channel none", None),
    ],
)
async def test_values_are_read_as_platforms_and_people_write_them(
    ann: Person, typed: str, kept: Posting | None
) -> None:
    said = await ann.say(f"/group setup {typed}")
    if kept is None:
        assert said.startswith("Not changed")
        return
    assert said.startswith("Saved")
    await ann.say("/group setup hour 5")
    stored = await ann.chat.store.places.posting(Spot("discord", "9001", "77"))
    assert stored == replace(kept, hour=5)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("hour=24", "Say a full hour from 0 to 23, such as 9, or none."),
        ("hour=9:30", "Say a full hour"),
        ("zone=Europe/Pari", "“Europe/Pari” is not a time zone I know; use a name such as Europe/Paris."),
        ("channel=general", "“general” is not a channel. Mention one, give its id, or say here, or none."),
        (
            "ping=@everyone",
            "Mention a role or user group, give its id, or say none. Everyone at once cannot be called.",
        ),
        ("ping=<@123456789>", "Mention a role"),
        ("track=cooking", "There is one track so far: sample."),
        ("colour=red", "“colour” cannot be set. There are: channel, hour, zone, track, ping, question,"),
        ("hour=9 zone=Nowhere/Land", "“Nowhere/Land” is not a time zone I know"),
    ],
)
async def test_a_value_that_cannot_be_changes_nothing(ann: Person, typed: str, why: str) -> None:
    said = await ann.say(f"/group setup {typed}")
    assert said.startswith(f"Not changed {why}")
    assert await ann.chat.store.places.posting(Spot("discord", "9001")) == Posting()


async def test_the_form_has_a_field_for_each_value(ann: Person) -> None:
    (form,) = (await ann.reply("/group setup")).cards
    assert isinstance(form, FormCard)
    assert [(f.command, f.value) for f in form.fields] == [
        ("group setup channel", ""),
        ("group setup hour", ""),
        ("group setup zone", "UTC"),
        ("group setup track", "sample"),
        ("group setup ping", "none"),
    ]


async def test_on_ones_own_machine_everyone_manages_and_nothing_is_posted(chat) -> None:
    me = Person(chat, Place("local", "garden", "Garden club"), "mia")
    assert (await me.say("/group setup channel=here")).startswith("Not changed There are no channels here.")
    assert (await me.say("/group setup zone=Europe/Paris")).startswith("Saved No posts are set up")
    assert (await me.say("/group test")).startswith("Where to?")
    assert (await chat.store.ensure_group("local", "garden", "Garden club")).tz == "Europe/Paris"


async def test_what_is_not_known_is_answered_with_what_is(ann: Person) -> None:
    assert (
        await ann.say("/group dance")
        == "No such thing “dance” is not known here. There are: setup, pause, resume, code, join,"
        " leave, test, report, goal, ai, amnesty."
    )


# Which posts come, and when

SETUP = "/group setup channel=here hour=9 zone=Europe/Paris"


async def shown_to(person: Person) -> str:
    """What /group says of single posts."""
    return (await person.say("/group")).split("Posts call nobody. ")[-1].split(" Next: /group")[0]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("question=off", "Question of the day: off."),
        ("question off", "Question of the day: off."),
        ("challenge=off", "Challenge: off."),
        ("challenge=14", "Challenge: every day at 14:00."),
        ("challenge=14:30", "Challenge: every day at 14:30."),
        ("reveal=18", "Its answer: at 18:00, below the question."),
        ("recap=off", "Look back at the week: off."),
        ("days=weekdays", "Question of the day: Monday to Friday at 09:00."),
        ("days weekdays", "Challenge: Monday to Friday at 12:00."),
        ("days=mon, fri", "Question of the day: Mondays, Fridays at 09:00."),
        ("days=every day", "Question of the day: every day at 09:00."),
        ("hour=7 challenge=off days=weekdays", "Question of the day: Monday to Friday at 07:00."),
    ],
)
async def test_each_post_is_switched_and_moved_by_itself(ann: Person, board: Board, typed: str, told: str) -> None:
    await ann.say(SETUP)
    assert told in await ann.say(f"/group setup {typed}")
    assert told in await shown_to(ann)


async def test_what_is_off_stays_off_when_something_else_changes(ann: Person, board: Board) -> None:
    await ann.say(f"{SETUP} challenge=off")
    await ann.say("/group setup days=weekdays")
    await ann.say("/group setup hour=10")
    assert await shown_to(ann) == (
        "Question of the day: Monday to Friday at 10:00. Its answer: at 21:00, below the question. Challenge: off."
        " Look back at the week: Mondays at 10:15. Next: question, today 10:00 Europe/Paris."
    )
    assert "Challenge: Monday to Friday at 12:00." in await ann.say("/group setup challenge=on")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("question=12", "“12” cannot be set there. Say on or off; its hour is /group setup hour 9."),
        ("challenge=25", "“25” cannot be set there. Say on or off, or an hour such as 12."),
        ("reveal=soon", "“soon” cannot be set there. Say on or off, or an hour such as 12."),
        ("days=t", "Say every day, weekdays, or the days, such as mon wed fri."),
        ("days=someday", "Say every day, weekdays, or the days, such as mon wed fri."),
        ("hour=7 recap=never", "“never” cannot be set there."),
    ],
)
async def test_what_cannot_be_set_of_a_post_changes_nothing(ann: Person, board: Board, typed: str, told: str) -> None:
    await ann.say(SETUP)
    before = await shown_to(ann)
    assert (await ann.say(f"/group setup {typed}")).startswith(f"Not changed {told}")
    assert await shown_to(ann) == before


async def test_single_posts_want_a_channel_and_an_hour_first(ann: Person, board: Board) -> None:
    for text in ("/group setup challenge=off", "/group setup channel=here days=weekdays"):
        assert (await ann.say(text)).startswith("Not changed Posts need a channel and an hour first:")
    for text in ("/group pause", "/group resume"):
        assert "Posts need a channel and an hour first:" in await ann.say(text)


async def test_the_form_offers_single_posts_once_there_are_some(ann: Person, board: Board) -> None:
    def labels(reply) -> list[str]:
        (form,) = [card for card in reply.cards if isinstance(card, FormCard)]
        return [f"{field.label}: {field.value}" for field in form.fields]

    assert len(labels(await ann.reply("/group setup"))) == 5
    await ann.say(f"{SETUP} days=weekdays challenge=off")
    assert labels(await ann.reply("/group setup"))[3:8] == [
        "Question of the day: on",
        "Its answer: 21",
        "Challenge: off",
        "Look back at the week: on",
        "Days: weekdays",
    ]


async def test_posts_pause_until_a_day_or_until_somebody_resumes_them(ann: Person, board: Board) -> None:
    await ann.say(SETUP)
    said = await ann.say("/group pause until 2027-01-07")
    assert said.startswith(
        "Paused All of them pause now and come again on Thursday 7 January 2027. /group resume ends that at once."
    )
    assert (await shown_to(ann)).endswith("come again on Thursday 7 January 2027. /group resume ends that at once.")
    assert (await ann.say("/group pause")).startswith(
        "Paused All of them pause now. /group resume lets them come again."
    )
    assert "Next: look back at the week, today 09:15 Europe/Paris." in await ann.say("/group resume")
    assert "pause" not in await shown_to(ann)


@pytest.mark.parametrize("typed", ["2026-11-23", "until 2020-01-01", "soon", "until=tomorrow"])
async def test_a_pause_ends_on_a_day_to_come(ann: Person, board: Board, typed: str) -> None:
    await ann.say(SETUP)
    assert (await ann.say(f"/group pause {typed}")).startswith("Not paused ")
    assert "pause" not in await shown_to(ann)


async def test_discord_writes_a_pause_as_a_pair(ann: Person, board: Board) -> None:
    await ann.say(SETUP)
    assert "Friday 1 January 2027" in await ann.say("/group pause until=2027-01-01")


async def test_a_pause_outlives_other_changes_of_the_setup(ann: Person, board: Board) -> None:
    await ann.say(SETUP)
    await ann.say("/group pause")
    assert "All of them pause now." in await ann.say("/group setup hour=8")


async def test_what_keeps_posts_away_is_told_to_who_can_mend_it(ann: Person, board: Board) -> None:
    from bot.schedule.engine import Engine
    from bot.schedule.posts import BUILDERS

    await ann.say(SETUP)
    board.refuses = "The channel is gone; choose another with /group setup."
    engine = Engine(ann.chat.dispatcher.services, BUILDERS, owner="test")
    ann.chat.clock.forward(hours=1)
    await engine.tick()
    await engine.settled()
    told = await ann.say("/group")
    assert "Stopped (question of the day" in told
    assert "The channel is gone; choose another with /group setup. Then type /group resume." in told
    member = replace(ann, external_id="carl", admin=False)
    assert "Stopped" not in await member.say("/group")
    board.refuses = ""
    await ann.say("/group resume")
    assert "Stopped" not in await ann.say("/group")


async def test_members_may_not_pause(ann: Person, board: Board) -> None:
    await ann.say(SETUP)
    member = replace(ann, external_id="carl", admin=False)
    for text in ("/group pause", "/group resume", "/group setup question=off"):
        assert (await member.say(text)).startswith("Not yours to change")
