"""A group on Discord and Slack whose posts really come: the real engine, builders, store and dispatcher on one clock."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.cards import Card
from bot.messages import Actor, Place, Reply, Request, parse_line
from bot.platforms.plain import render
from bot.platforms.port import Post, Posted, PostError
from bot.schedule.engine import Engine
from bot.schedule.posts import BUILDERS

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday
GUILD = Place("discord", "77", "Garden", "1001")
TEAM = Place("slack", "T1", "Greenhouse", "C1")


def words(cards: tuple[Card, ...]) -> str:
    """Cards as somebody reads them, on one line."""
    return " ".join("\n".join(render(card) for card in cards).replace("─", "").split())


@dataclass
class Remembering:
    """A platform that keeps what is posted, with a discussion below unless told otherwise."""

    name: str
    posts: list[Post] = field(default_factory=list)
    directs: list[tuple[str, Post]] = field(default_factory=list)
    threads: bool = True
    refuses: str = ""

    async def run(self, stop: Any) -> None:
        """Serve until the end."""
        await stop.wait()

    async def check(self, channel: str) -> tuple[str, ...]:
        """Nothing is ever missing."""
        return ()

    async def post(self, post: Post) -> Posted:
        """Keep a post."""
        if self.refuses:
            raise PostError(self.refuses, lasting=True)
        self.posts.append(post)
        number = str(len(self.posts))
        return Posted(number, number if post.thread and self.threads else "")

    async def direct(self, person: str, post: Post) -> Posted:
        """Keep a message to one person."""
        if self.refuses:
            raise PostError(self.refuses, lasting=True)
        self.directs.append((person, post))
        return Posted(f"d{len(self.directs)}")


@dataclass
class Person:
    """Somebody on a chat platform."""

    village: Village
    name: str
    place: Place = GUILD
    admin: bool = False

    async def reply(self, text: str) -> Reply:
        """Say something, or press what equals it, and get the cards."""
        command, args, body = parse_line(text)
        chat = self.village.chat
        actor = Actor(self.place.platform, self.name.lower(), self.name)
        key = f"{self.name}{next(self.village.keys)}"
        return await chat.dispatcher.handle(
            Request(actor, self.place, command, args, key, chat.clock(), body, admin=self.admin)
        )

    async def say(self, text: str) -> str:
        """Say something and read the answer on one line."""
        return words((await self.reply(text)).cards)

    async def user_id(self) -> int:
        """Who they are in the store."""
        store = self.village.chat.store
        return int((await store.ensure_user(self.place.platform, self.name.lower(), self.name)).id)

    async def finish_today(self) -> None:
        """Answer the five questions of the day, all wrongly."""
        chat = self.village.chat
        await self.say("/daily")
        user, day = await chat.store.user(await self.user_id()), chat.clock().date()
        for question in await chat.store.questions_today(user.id, day, "daily"):
            chat.clock.forward(seconds=20)
            said = await self.say(f"/answer {question.public_id} {chat.wrong(question)}")
            assert "You said" in said, said


@dataclass
class Village:
    """The group, its people, and the time that passes there."""

    chat: Any
    engine: Engine = field(init=False)
    discord: Remembering = field(default_factory=lambda: Remembering("discord"))
    slack: Remembering = field(default_factory=lambda: Remembering("slack"))
    keys: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.chat.clock.at = MORNING
        services = self.chat.dispatcher.services
        services.hosts.update({"discord": self.discord, "slack": self.slack})
        self.engine = Engine(services, BUILDERS, owner="the village")

    def person(self, name: str, place: Place = GUILD, *, admin: bool = False) -> Person:
        """Somebody who lives here."""
        return Person(self, name, place, admin)

    async def to(self, day: int, hour: int, minute: int = 5) -> None:
        """Let time pass, minute by minute around what may be due, to a time of a day in November 2026 (UTC)."""
        self.chat.clock.at = datetime(2026, 11, day, hour, minute, tzinfo=UTC)
        await self.engine.tick()
        await self.engine.settled()

    async def settle(self) -> None:
        """Set posts up on Discord: at nine in UTC, with everything on."""
        said = await self.person("Ann", admin=True).say("/group setup channel=here hour=9 zone=UTC")
        assert said.startswith("Saved"), said
