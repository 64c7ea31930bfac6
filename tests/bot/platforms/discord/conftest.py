"""What Discord accepts, held against every payload that these tests make: its own schema where there is one, and the rules it misses."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

with warnings.catch_warnings():  # the library's voice part imports a module that Python retires
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord  # noqa: F401 - imported here first

from bot.platforms.discord.host import DiscordHost
from bot.platforms.discord.options import DiscordOptions
from tests.fakes.discord_server import FakeDiscord
from tests.fakes.discord_state import User

SPEC = Path(__file__).parents[5] / "shared" / "specs" / "discord-openapi.json"
V2 = 1 << 15
TEXT, SELECT, ROW, FILE, GALLERY = 10, 3, 1, 13, 12

Check = Callable[[str, dict[str, Any]], list[str]]


@pytest.fixture(scope="session")
def schema() -> Check:
    """Complain about a payload as a schema of Discord's does; about nothing where the schemas are absent."""
    if not SPEC.is_file():
        return lambda _name, _payload: []
    whole = Resource.from_contents(json.loads(SPEC.read_text("utf-8")), default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:discord", whole)
    made: dict[str, Draft202012Validator] = {}

    def check(name: str, payload: dict[str, Any]) -> list[str]:
        if name not in made:
            reference = {"$ref": f"urn:discord#/components/schemas/{name}"}
            made[name] = Draft202012Validator(reference, registry=registry)
        return [error.message[:300] for error in made[name].iter_errors(payload)]

    return check


def within(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All components, however deep."""
    for component in components:
        yield component
        inner = [component[k] for k in ("component", "accessory") if k in component]
        yield from within([*component.get("components", []), *inner])


def broken_rules(components: list[dict[str, Any]], files: list[str]) -> list[str]:
    """What Discord refuses although its schema does not say so."""
    every = list(within(components))
    texts = [c["content"] for c in every if c["type"] == TEXT]
    ids = [c["custom_id"] for c in every if "custom_id" in c]
    shown = [c["file"]["url"] for c in every if c["type"] == FILE]
    shown += [item["media"]["url"] for c in every if c["type"] == GALLERY for item in c["items"]]
    values = [[o["value"] for o in c["options"]] for c in every if "options" in c]
    rules = {
        "no component": bool(every),
        "more than 40 components": len(every) <= 40,
        "more than 4000 characters": sum(len(t.encode("utf-16-le")) // 2 for t in texts) <= 4000,
        "empty text": all(t.strip() for t in texts),
        "an id twice": len(set(ids)) == len(ids),
        "an id over 100 bytes": all(len(i.encode()) <= 100 for i in ids),
        "a value twice": all(len(set(v)) == len(v) for v in values),
        "a row of menus and buttons": all(
            len({c["type"] for c in r["components"]}) == 1 and len(r["components"]) <= (1 if r["components"][0]["type"] == SELECT else 5)
            for r in every
            if r["type"] == ROW
        ),
        "files not shown": sorted(shown) == sorted(f"attachment://{name}" for name in files) and len(files) <= 10,
        "an odd count of fences": all(t.count("```") % 2 == 0 for t in texts),
    }  # fmt: skip
    return [rule for rule, kept in rules.items() if not kept]


@pytest.fixture(scope="session")
def refused(schema: Check) -> Callable[..., list[str]]:
    """Everything wrong with a rendered message; an empty list when Discord takes it."""

    def check(message: Any) -> list[str]:
        components = [dict(c) for c in message.components]
        payload = {"components": components, "flags": V2}
        return schema("MessageCreateRequest", payload) + broken_rules(components, [f.name for f in message.files])

    return check


@dataclass
class Connected:
    """A bot on a fake Discord, and what tests do with both."""

    fake: FakeDiscord
    host: DiscordHost
    options: DiscordOptions
    stop: asyncio.Event
    task: asyncio.Task[None]
    chat: Any

    async def leave(self) -> None:
        """Ask the bot to stop, and wait until it has."""
        self.stop.set()
        await self.task

    async def restart(self) -> None:
        """End this program and start another one over the same database."""
        await self.leave()
        self.host, self.stop, self.task = begin(self.chat, self.options)
        await self.fake.ready()

    async def questions(self, user: User) -> list[Any]:
        """The questions of a person's day."""
        store = self.chat.store
        known = await store.ensure_user("discord", str(user.id), user.name)
        return await store.questions_today(known.id, self.chat.clock().date())

    async def attempts(self, user: User) -> list[Any]:
        """What the database holds of a person."""
        known = await self.chat.store.ensure_user("discord", str(user.id), user.name)
        return await self.chat.store.attempts(known.id)


def begin(chat: Any, options: DiscordOptions) -> tuple[DiscordHost, asyncio.Event, asyncio.Task[None]]:
    """Start a host in the test's loop."""
    host = DiscordHost(chat.dispatcher, options, now=chat.clock, new_key=lambda: "unused")
    stop = asyncio.Event()
    return host, stop, asyncio.create_task(host.run(stop))


@pytest.fixture
async def connect(start: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Connect a bot to a fake Discord for the time of a block."""

    @asynccontextmanager
    async def connected(**settings: Any) -> AsyncIterator[Connected]:
        chat = start(**settings.pop("chat", {}))
        async with FakeDiscord(**settings) as fake:
            options = DiscordOptions(
                fake.token, fake.api_url, fake.gateway_url, state=tmp_path / "state", shard_count=1
            )
            made = Connected(fake, *(host := begin(chat, options))[:1], options, *host[1:], chat)
            try:
                await fake.ready()
                yield made
            finally:
                await made.leave()

    return connected
