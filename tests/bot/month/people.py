"""People of the month: each says lines, presses buttons and fills in forms on the host where they live, and reads what comes."""

from __future__ import annotations

import asyncio
import io
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from bot.app import LOCAL_PLACE
from bot.cards import Action, PictureCard
from bot.messages import LOCAL_PLATFORM, Actor, Reply
from bot.platforms.plain import render
from bot.platforms.slack.blocks import texts
from bot.platforms.terminal import Terminal
from bot.platforms.web.opening import opening
from bot.platforms.web.page import ME, Visit
from bot.store import Question
from quizzes.items import Kind
from tests.bot.month.world import World
from tests.bot.platforms.discord.test_day import values
from tests.bot.platforms.slack.test_talk import fields
from tests.fakes.discord_people import Seen as SeenOnDiscord
from tests.fakes.discord_state import User
from tests.fakes.slack_server import Seen as SeenOnSlack

OPTIONS = {  # of commands with several; the last takes the rest of the line
    "settings": ("what", "value"),
    "streak": ("what", "value"),
    "privacy": ("what", "code"),
    "answer": ("answer",),
    "quiz": ("topic",),
    "challenge": ("name",),
    "hint": ("challenge",),
    "leaderboard": ("period",),
    "link": ("code",),
    "learn": ("track",),
}
PARTS = {"amnesty": ("day", "reason"), "goal": ("goal",), "join": ("code",), "pause": ("until",)}


@dataclass
class Person(ABC):
    """Somebody with an account somewhere. `pictures` counts those they were shown, by the command that brought them."""

    world: World
    name: str
    platform: str
    external_id: str
    pictures: list[str] = field(default_factory=list)

    @abstractmethod
    async def say(self, line: str) -> str:
        """Type a line; the words that come back."""

    @abstractmethod
    async def press(self, label: str) -> str:
        """Press a button of what was shown last; the words that come back."""

    @abstractmethod
    async def give(self, question: Question, kind: Kind, answer: str) -> str:
        """Answer a question that is shown, with its own controls."""

    @abstractmethod
    async def submit(self, slug: str, code: str) -> str:
        """Send code in."""

    async def user_id(self) -> int:
        """Who they are in the store."""
        return (await self.world.store.ensure_user(self.platform, self.external_id, self.name)).id


@dataclass
class OnDiscord(Person):
    """A member of the server."""

    user: User | None = None
    seen: SeenOnDiscord | None = None

    def _read(self, seen: SeenOnDiscord, why: str) -> str:
        self.seen = seen
        shown = seen.messages or seen.updated
        self.pictures += [why for m in shown for a in m.attachments if str(a["filename"]).endswith(".png")]
        return "\n".join(message.text for message in shown)

    async def say(self, line: str) -> str:
        """Use the slash command that means the line."""
        assert self.user is not None
        name, options = slash(line, self.world.discord.channel)
        seen = await self.world.discord.slash(name, options, user=self.user, channel=self.world.discord.channel)
        return self._read(seen, line.split()[0])

    async def press(self, label: str) -> str:
        """Press a button of the last message."""
        assert self.seen is not None
        assert self.user is not None
        shown = self.seen.messages or self.seen.updated
        message = next(m for m in reversed(shown) if label in m.labels)
        return self._read(await self.world.discord.click(message, label, user=self.user), label)

    async def press_on(self, message: Any, label: str) -> str:
        """Press a button of a message that everyone sees."""
        assert self.user is not None
        return self._read(await self.world.discord.click(message, label, user=self.user), label)

    async def give(self, question: Question, kind: Kind, answer: str) -> str:
        """Press a letter, or fill the form in."""
        if kind is Kind.SINGLE:
            return await self.press(answer)
        await self.press("Answer")
        assert self.seen is not None
        return self._read(await self.world.discord.submit_modal(self.seen, values(kind, answer)), "answer")

    async def submit(self, slug: str, code: str) -> str:
        """Write code into the editor that opens."""
        assert self.user is not None
        fake = self.world.discord
        form = await fake.slash("submit", {"challenge": slug}, user=self.user, channel=fake.channel)
        return self._read(await fake.submit_modal(form, {"code": code}), "submit")


def slash(line: str, here: Any) -> tuple[str, dict[str, Any]]:
    """A line as a slash command: its name, with its part if it has some, and what is filled in."""
    name, _, rest = line.partition(" ")
    if name != "group":
        return name, _filled(OPTIONS.get(name, ("text",)), rest)
    part, _, rest = rest.partition(" ")
    if part == "setup":
        pairs: dict[str, Any] = dict(pair.split("=") for pair in rest.split())
        return "group setup", pairs | {"channel": here, "hour": int(pairs["hour"])}
    return f"group {part or 'show'}", _filled(PARTS.get(part, ()), rest)


def _filled(names: tuple[str, ...], rest: str) -> dict[str, Any]:
    return dict(zip(names, rest.split(" ", len(names) - 1), strict=False)) if rest else {}


@dataclass
class OnSlack(Person):
    """A member of the workspace; `user` is their id there."""

    user: str = ""
    seen: list[SeenOnSlack] = field(default_factory=list)

    async def _read(self, since: int, why: str) -> str:
        while self.world.up.slack._listeners.busy:
            await asyncio.wait(self.world.up.slack._listeners.busy)
        self.seen = [one for one in self.world.slack.world.sights[since:] if self.user in one.users]
        files = [file for one in self.seen if one.message for file in one.message.files]
        self.pictures += [why for file in files if str(file["name"]).endswith(".png")]
        shown = [one for one in self.seen if one.kind in ("ephemeral", "message", "edit")]
        return "\n".join("\n".join(texts(list(one.blocks))) for one in shown)

    @property
    def _now(self) -> int:
        return len(self.world.slack.world.sights)

    async def say(self, line: str) -> str:
        """Type it behind /learn."""
        since = self._now
        await self.world.slack.command(line, user=self.user)
        return await self._read(since, line.split()[0])

    async def press(self, label: str) -> str:
        """Press a button of what is shown last."""
        since = self._now
        for one in reversed(self.seen):
            blocks = [block for block in one.blocks if block["type"] == "actions"]
            found = [e for block in blocks for e in block["elements"] if e.get("text", {}).get("text") == label]
            if found:
                await self.world.slack.click(one, found[0]["action_id"], user=self.user)
                return await self._read(since, label)
        raise AssertionError(f"{self.name} sees no button {label!r}: {[one.text for one in self.seen]}")

    async def press_on(self, message: Any, label: str) -> str:
        """Press a button of a message that everyone sees."""
        blocks = tuple(message.blocks)
        self.seen = [SeenOnSlack("message", frozenset({self.user}), channel="C1", message=message, blocks=blocks)]
        return await self.press(label)

    async def give(self, question: Question, kind: Kind, answer: str) -> str:
        """Press a letter, or fill the form in; boxes that are ticked are typed."""
        if kind is Kind.MULTI:
            return await self.say(f"answer {question.public_id} {answer}")
        since = self._now
        asked = next(one for one in reversed(self.seen) if question.public_id in str(one.blocks))
        if kind is Kind.SINGLE:
            await self.world.slack.click(asked, f"answer:{question.public_id}:{answer}", user=self.user)
        else:
            (form, *_) = await self.world.slack.click(asked, f"form:{question.public_id}", user=self.user)
            await self.world.slack.submit_view(form, fields(kind, answer), user=self.user, shows=2)
        return await self._read(since, "answer")

    async def submit(self, slug: str, code: str) -> str:
        """Open the challenge, write code into its form and send it."""
        await self.say(f"challenge {slug}")
        await self.press("Write your code")
        since, form = self._now, next(one for one in self.seen if one.kind == "modal")
        await self.world.slack.submit_view(form, {"code.0": code}, user=self.user, shows=3)
        return await self._read(since, "submit")


@dataclass
class AtThePage(Person):
    """The one visitor of the chat page: what the page makes of lines and presses, without a browser to draw it."""

    actions: tuple[Action, ...] = ()

    async def visit(self) -> str:
        """Open the page."""
        shown = await opening(self.world.up.services, ME, LOCAL_PLACE, self.world.clock())
        return self._read(Reply(shown.cards), "visit")

    def _read(self, reply: Reply, why: str) -> str:
        self.actions = tuple(action for card in reply.cards for action in getattr(card, "actions", ()))
        self.pictures += [why.lstrip("/") for card in reply.cards if isinstance(card, PictureCard)]
        return "\n".join(render(card) for card in reply.cards)

    async def _send(self, text: str, body: str = "") -> str:
        program = self.world.up
        page = Visit(program.dispatcher, self.world.clock, lambda: f"web{next(self.world.keys)}", {})
        return self._read(await program.dispatcher.handle(page._request(text, body, None)), text.split()[0])

    async def say(self, line: str) -> str:
        """Type a line."""
        return await self._send(f"/{line}")

    async def press(self, label: str) -> str:
        """Press a button, which is a command."""
        return await self._send(next(action.command for action in self.actions if action.label == label))

    async def give(self, question: Question, kind: Kind, answer: str) -> str:
        """Answer; every control of the page sends this."""
        return await self._send(f"answer {question.public_id} {answer}")

    async def submit(self, slug: str, code: str) -> str:
        """Press “Run and grade” in the editor."""
        return await self._send(f"submit {slug}", code)


@dataclass
class AtTheTerminal(Person):
    """Somebody who types."""

    async def _type(self, *lines: str) -> str:
        out = io.StringIO()
        await Terminal(
            dispatcher=self.world.up.dispatcher,
            actor=Actor(LOCAL_PLATFORM, self.external_id, self.name),
            place=LOCAL_PLACE,
            now=self.world.clock,
            new_key=lambda: f"terminal:{next(self.world.keys)}",
            lines=io.StringIO("".join(f"{line}\n" for line in lines)),
            out=out,
            interactive=False,
            exports=self.world.home / "exports",
        ).converse()
        said = out.getvalue().partition("\n")[2]
        self.pictures += [lines[0].split()[0].lstrip("/") for line in said.splitlines() if line.startswith("[picture")]
        return said

    async def say(self, line: str) -> str:
        """Type a line."""
        return await self._type(f"/{line}")

    async def press(self, label: str) -> str:
        """There are no buttons here."""
        raise AssertionError(f"a terminal has no button {label!r}")

    async def give(self, question: Question, kind: Kind, answer: str) -> str:
        """Type the answer to the question that is open."""
        return await self._type(
            f"/answer {question.public_id} {answer.replace(chr(10), '; ' if kind is Kind.FILL else ' ')}"
        )

    async def submit(self, slug: str, code: str) -> str:
        """Type code, and a dot."""
        return await self._type(f"/submit {slug}", *code.splitlines(), ".")
