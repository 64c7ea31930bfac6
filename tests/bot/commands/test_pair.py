"""`/pair`: friends find each other by code or mention on any platform, both agree, and either may end it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.cards import NoticeCard
from bot.messages import Actor, Place, Request, parse_line
from bot.platforms.plain import render

Start = Callable[..., Any]
SOLVED = "/submit add-up\ndef add_up(numbers):\n    return sum(numbers)"
GUILD = Place("discord", "9001", "Garden", "1001")
TEAM = Place("slack", "T1", "Greenhouse", "C1")


@dataclass
class Person:
    """Somebody on a chat platform."""

    chat: Any
    place: Place
    external_id: str
    name: str
    keys: itertools.count = field(default_factory=itertools.count)

    async def say(self, text: str) -> str:
        """Say something and read the answer, on one line."""
        command, args, body = parse_line(text)
        actor = Actor(self.place.platform, self.external_id, self.name)
        key = f"{self.external_id}{next(self.keys)}"
        reply = await self.chat.dispatcher.handle(
            Request(actor, self.place, command, args, key, self.chat.clock(), body)
        )
        return " ".join("\n".join(render(card) for card in reply.cards).replace("─", "").split())


def code_in(said: str) -> str:
    return re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", said)[0]


async def test_two_friends_keep_a_streak_together(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben")
    await mia.verify(
        (
            "/pair",
            """\
            ── No pairs yet ─────────────────────────────
            Keep a streak with a friend: a day counts when you both did yours, each on your own
            calendar. Make a code and send it to them, wherever they use this bot.
            Next:
              /pair code  Make a code""",
        )
    )
    code = code_in(await mia.say("/pair code"))
    await ben.verify(
        (
            f"/pair {code.lower()}",
            """\
            ── You are a pair ───────────────────────────
            From today on, a day on which you both do yours counts for the two of you.
            Next:
              /pair  My pairs""",
        )
    )
    await ben.say(SOLVED)
    await mia.verify(
        (
            "/pair",
            """\
            ── Since you were here ──────────────────────
            Ben and you are a pair now: /pair shows your common streak.
            ── Your pairs ───────────────────────────────
            Ben: 0 days together, best 0. They did theirs today; yours is open.
            Next:
              /pair code  Make a code
              /pair end   End one""",
        )
    )
    await mia.say(SOLVED)
    assert "Ben: 1 day together, best 1. Today is done by both." in await mia.say("/pair")
    mia.clock.forward(days=1)
    assert "Mia: 1 day together, best 1. Today is open for both." in await ben.say("/pair")


async def test_a_code_works_across_platforms(chat: Any) -> None:
    ann, bob = Person(chat, GUILD, "11", "Ann"), Person(chat, TEAM, "T1:UBOB", "Bob")
    code = code_in(await ann.say("/pair code"))
    assert (await bob.say(f"/pair {code}")).startswith("You are a pair")
    assert "Ann: 0 days together" in await bob.say("/pair")


@pytest.mark.parametrize(
    ("place", "asker", "asked", "mention"),
    [
        (GUILD, "11", "22", "<@22>"),
        (GUILD, "11", "22", "<@!22>"),
        (TEAM, "T1:UANN", "T1:UBOB", "<@UBOB>"),
        (TEAM, "T1:UANN", "T1:UBOB", "<@UBOB|bob>"),
    ],
)
async def test_a_mention_asks_and_the_other_chooses(
    chat: Any, place: Place, asker: str, asked: str, mention: str
) -> None:
    ann, bob = Person(chat, place, asker, "Ann"), Person(chat, place, asked, "Bob")
    assert (await ann.say(f"/pair {mention}")).startswith("Nobody found")  # who never used the bot is not known
    await bob.say("/streak")
    assert (await ann.say(f"/pair {mention}")).startswith("Asked They hear of it when they are next here")
    told = await bob.say("/streak")
    assert told.startswith("Since you were here Ann would like to keep a streak together with you.")
    assert "/pair accept 1 Yes, with Ann /pair end 1 No, Ann" in await bob.say("/pair")
    assert (await bob.say("/pair accept")).startswith("You are a pair")


async def test_an_at_sign_alone_leads_to_a_code(chat: Any) -> None:
    said = await chat.say("/pair @ben")
    assert "A code works everywhere: /pair code." in " ".join(said.split())


async def test_ending_asks_which_and_tells_nobody(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben")
    assert "You have no pairs." in await mia.say("/pair end")
    await ben.say(f"/pair {code_in(await mia.say('/pair code'))}")
    await mia.say("/streak")
    await ben.verify(
        (
            "/pair end",
            """\
            ── End a pair ───────────────────────────────
            Which one? Nobody is told, and your own streak stays.
            Next:
              /pair end 1  End: Mia""",
        ),
        (
            "/pair end 1",
            """\
            ── Ended ────────────────────────────────────
            That pair is over. Your own streak is as it was.
            Next:
              /pair  My pairs""",
        ),
    )
    assert (await mia.say("/pair")).startswith("── No pairs yet")


@pytest.mark.parametrize("typed", ["end 7", "end x", "end 99999999999999999999", "accept x", "accept 3", "nonsense"])
async def test_what_does_not_exist_changes_nothing(chat: Any, typed: str) -> None:
    said = " ".join((await chat.say(f"/pair {typed}")).split())
    assert "You have no such pair" in said or "No such code or invitation is open" in said
    assert (await chat.say("/pair")).startswith("── No pairs yet")


async def test_a_hidden_friend_is_not_named_in_buttons_either(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben")
    await ben.say(f"/pair {code_in(await mia.say('/pair code'))}")
    await ben.say("/settings board off")
    said = "".join([await mia.say("/streak"), await mia.say("/pair"), await mia.say("/pair end")])
    assert "a hidden member: 0 days together" in said
    assert "Ben and you" in said  # that was told before they hid
    again = "".join([await mia.say("/pair"), await mia.say("/pair end")])
    assert "Ben" not in again


async def test_long_names_still_fit_on_buttons(start: Start) -> None:
    mia, ben = start("M" * 80), start("Ben")
    await ben.say("/streak")
    ben_id = await ben.user_id()
    await mia.store.games.pairs.ask(await mia.user_id(), ("local", "ben"), mia.clock().date())
    reply = await ben.reply("/pair")
    actions = [action for card in reply.cards if isinstance(card, NoticeCard) for action in card.actions]
    assert max(len(action.label) for action in actions) <= 40
    assert ben_id
