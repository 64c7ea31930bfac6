"""A Discord of our own on loopback: real HTTP, a real gateway, the platform's clocks, limits, permissions and refusals.

    async with FakeDiscord() as fake:
        # the client under test: Route.BASE = fake.api_url, DiscordWebSocket.DEFAULT_GATEWAY = fake.gateway_url, token fake.token
        await fake.ready()                                        # the bot listens, and knows its guilds
        ada = fake.person("Ada")
        seen = await fake.slash("quiz", {"topic": "loss"}, user=ada, channel=fake.channel)
        seen = await fake.click(seen.message, "Answer", user=ada)   # by label or custom id
        seen = await fake.submit_modal(seen, {"code": "print(1)"})
        assert seen.message.ephemeral and "Right" in seen.text

An action returns when the bot has answered in full (a promise alone is no answer; `wait="first"` or "none" return sooner),
and `Seen` stays alive: `await fake.until(lambda: len(seen.messages) == 2)`. The clock stands still until `await fake.advance(4)`,
so a slow machine expires nothing. Things go wrong on purpose: `fake.trouble(status=429, part="/messages")`,
`fake.trouble(status=500, lost=True)` (done, but the answer is lost), `await fake.drop()`, `fake.cut()`,
`expired=True` (10062) and `twice=True` on an action, `fake.forbid(channel, SEND)` (50013), `fake.limits[...]`.

Every payload is checked against the published schema, where a copy lies beside the project, and against what it misses;
`fake.validated` counts them by kind. Faults are answered as the platform would, and fail the test when the block is left,
but for those that `fake.expect("part of the text")` announced.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fakes.discord_account import Account
from tests.fakes.discord_answers import Inspector, Refused, reply
from tests.fakes.discord_desk import REQUEST_LIMIT, Desk, Limit, Trouble
from tests.fakes.discord_gateway import GUILDS, INVALID, RECONNECT, Gateway
from tests.fakes.discord_hooks import Hooks
from tests.fakes.discord_people import People
from tests.fakes.discord_posts import Posts
from tests.fakes.discord_state import INVITED, TEXT_CHANNEL, Channel, Clock, Guild, Message, User, permissions_in
from tests.fakes.discord_world import World

API = "/api/v10"
TOKEN = ".".join(["fake" * 5, "part" * 2, "tail" * 7])  # of the shape of a real one
PUBLIC = ("/interactions/", "/webhooks/")


class FakeDiscord(People):
    """The whole platform: `slash`, `click`, `select`, `submit_modal`, `autocomplete`, `message_command` are inherited.

    Args:
        token: the bot's.
        clock: the platform's time; stands still when not given.
        schema: check against the published schema too.
        bot_permissions: what the bot's role allows in the first guild.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        clock: Clock | None = None,
        schema: bool = True,
        bot_permissions: int = INVITED,
    ) -> None:
        self.clock = clock or Clock()
        self.token = token
        self.changed = asyncio.Condition()
        world = World(self.clock)
        self.gateway = Gateway(world, token, self.changed)
        self.inspector = Inspector(schema=schema)
        desk = Desk(world, self.gateway, self.inspector, self.changed, token=token)
        super().__init__(desk, Account(desk))
        self.posts = Posts(desk)
        self.hooks = Hooks(desk)
        self.guild = world.add_guild("Study group", bot_permissions=bot_permissions)
        self.channel = world.add_channel(self.guild, "general")
        self.crashes: list[BaseException] = []
        self._expected: list[str] = []
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Start serving."""
        application = web.Application(middlewares=[self._front], client_max_size=2 * REQUEST_LIMIT)
        application.add_routes(
            [web.get("/gateway", self.gateway.handle), web.get("/attachments/{id}/{name}", self._file)]
        )
        for route in (*self.account.routes(), *self.posts.routes(), *self.hooks.routes()):
            application.router.add_route(route.method, API + route.path, route.handler)
        application.router.add_route("*", "/{rest:.*}", self._unknown)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.desk.api_url = f"http://127.0.0.1:{port}{API}"
        self.world.files_url = f"http://127.0.0.1:{port}"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving; say what was wrong, if nothing else was."""
        for trouble in self.desk.troubles:
            if trouble.hold is not None:
                trouble.hold.set()
        await self.gateway.close_sockets(1001)
        if self._runner is not None:
            await self._runner.cleanup()
        if error is None:
            if self.crashes:
                raise AssertionError("the fake itself failed") from self.crashes[0]
            assert not self.unexpected, f"the bot sent what the platform refuses: {self.unexpected}"

    @property
    def api_url(self) -> str:
        """The base of all routes."""
        return self.desk.api_url

    @property
    def gateway_url(self) -> str:
        """Where the gateway listens."""
        return self.gateway.url

    @property
    def validated(self) -> Counter[str]:
        """Payloads checked, by kind."""
        return self.inspector.validated

    @property
    def faults(self) -> list[str]:
        """What was wrong with what the bot sent."""
        return self.inspector.faults

    @property
    def unexpected(self) -> list[str]:
        """The faults that were not announced."""
        return [fault for fault in self.faults if not any(part in fault for part in self._expected)]

    def expect(self, part: str) -> None:
        """Announce faults whose text contains this."""
        self._expected.append(part)

    # What is there

    def person(self, name: str, *, permissions: int = 0, locale: str = "en-US", installed: bool = False) -> User:
        """Someone new in the first guild, with a role of their own for further permissions."""
        user = self.world.add_user(name, locale=locale, installed=installed)
        self.guild.members[user.id] = (
            {self.world.add_role(self.guild, name, permissions=permissions).id} if permissions else set()
        )
        return user

    async def add_channel(self, name: str, guild: Guild | None = None, *, kind: int = TEXT_CHANNEL) -> Channel:
        """A new channel, which the bot hears of."""
        channel = self.world.add_channel(guild or self.guild, name, kind=kind)
        await self.gateway.publish("CHANNEL_CREATE", self.world.channel_payload(channel), channel.guild, intent=GUILDS)
        return channel

    async def add_guild(
        self, name: str, *, has_bot: bool = True, bot_permissions: int = INVITED
    ) -> tuple[Guild, Channel]:
        """A new guild with a channel, which the bot hears of if it is a member."""
        guild = self.world.add_guild(name, has_bot=has_bot, bot_permissions=bot_permissions)
        channel = self.world.add_channel(guild, "general")
        if has_bot:
            await self.gateway.publish("GUILD_CREATE", self.world.guild_payload(guild), guild, intent=GUILDS)
        return guild, channel

    async def delete_channel(self, channel: Channel) -> None:
        """Delete a channel."""
        channel.deleted = True
        name = "THREAD_DELETE" if channel.parent else "CHANNEL_DELETE"
        await self.gateway.publish(name, self.world.channel_payload(channel), channel.guild, intent=GUILDS)

    async def forbid(self, channel: Channel, permissions: int, *, silently: bool = False) -> None:
        """Take permissions from the bot in a channel; silently when its client has not heard of it yet."""
        channel.overwrites[self.world.bot.id] = (0, permissions)
        if not silently:
            await self.gateway.publish(
                "CHANNEL_UPDATE", self.world.channel_payload(channel), channel.guild, intent=GUILDS
            )

    async def remove_bot(self, guild: Guild) -> None:
        """Throw the bot out of a guild."""
        await self.gateway.publish("GUILD_DELETE", {"id": str(guild.id)}, guild, intent=GUILDS)
        guild.has_bot = False
        guild.members.pop(self.world.bot.id, None)

    def say(self, channel: Channel, user: User, content: str, **files: bytes) -> Message:
        """Let someone write a message."""
        return self.world.write(channel, user, {"content": content}, files)

    def messages(self, channel: Channel) -> list[Message]:
        """What everyone sees in a channel, oldest first."""
        return [m for m in self.world.messages.values() if m.channel is channel and not m.deleted and not m.ephemeral]

    def seen_by(self, user: User, channel: Channel | None = None) -> list[Message]:
        """What one person sees: in one channel, or everywhere."""
        standing = [m for m in self.world.messages.values() if not m.deleted and m.channel in {channel or m.channel}]
        return [m for m in standing if m.owner in {None, user} and self._reads(user, m.channel)]

    def _reads(self, user: User, channel: Channel) -> bool:
        return channel.person is user if channel.person else bool(permissions_in(channel, user))

    # Time, and what goes wrong

    async def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.move(seconds)
        for interaction in self.world.interactions.values():
            interaction.touched.set()
        await self.desk.notify()

    async def ready(self, *, sessions: int = 0) -> None:
        """Wait until every shard of the bot listens, and that many sessions were begun or resumed so far."""
        await self.until(lambda: self.gateway.connected and self.gateway.identifies + self.gateway.resumes >= sessions)

    async def until(self, so: Callable[[], bool], *, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - a test says how patient it is
        """Wait until something is so.

        Raises:
            AssertionError: it does not come to be.
        """
        try:
            async with asyncio.timeout(timeout), self.changed:
                await self.changed.wait_for(so)
        except TimeoutError:
            raise AssertionError(
                f"it never came to be; last requests {self.desk.requests[-8:]}, faults {self.faults}"
            ) from None

    @property
    def limits(self) -> dict[tuple[str, str], Limit]:
        """Rate limits in force by method and route: `fake.limits["POST", "/channels/{channel}/messages"] = Limit(5, 0.2)`."""
        return self.desk.limits

    def trouble(
        self,
        *,
        status: int,
        method: str = "",
        part: str = "",
        code: int = 0,
        times: int = 1,
        retry_after: float | None = None,
        via: bool = True,
        lost: bool = False,
    ) -> Trouble:
        """Let the next requests whose path contains `part` go wrong; `times` of what is returned counts down."""
        made = Trouble(method, part, status, code, times, retry_after, via=via, lost=lost)
        self.desk.troubles.append(made)
        return made

    def hold(self, *, method: str = "", part: str = "", times: int = 1) -> asyncio.Event:
        """Let the next such requests wait until the event returned is set."""
        event = asyncio.Event()
        self.desk.troubles.append(Trouble(method, part, 200, times=times, hold=event))
        return event

    async def drop(self, code: int = 4000) -> None:
        """Close the gateway's sockets; with 4000 the client may resume."""
        await self.gateway.close_sockets(code)

    def cut(self) -> None:
        """Break the gateway's connections without a word."""
        self.gateway.cut_sockets()

    async def order_reconnect(self) -> None:
        """Ask the bot to connect anew and resume."""
        await self.gateway.order(RECONNECT)

    async def invalidate(self) -> None:
        """Forget all sessions and tell the bot so."""
        self.gateway.sessions.clear()
        await self.gateway.order(INVALID, data=False)

    # The front door

    @web.middleware
    async def _front(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Everything that happens to every request."""
        if not request.path.startswith(API):
            return await handler(request)
        try:
            response: web.StreamResponse = await self._serve(request, handler)
        except Refused as refused:
            response = refused.response()
        except Exception as error:
            self.crashes.append(error)
            raise
        self.desk.requests.append((request.method, request.path.removeprefix(API), response.status))
        await self.desk.notify()
        return response

    async def _serve(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        trouble = next((t for t in self.desk.troubles if t.takes(request)), None)
        if trouble is not None:
            trouble.times -= 1
            if trouble.hold is not None:
                await trouble.hold.wait()
            elif not trouble.lost:
                raise trouble.refusal()
        if (
            not request.path.startswith(tuple(API + part for part in PUBLIC))
            and request.headers.get("Authorization") != f"Bot {self.token}"
        ):
            raise Refused(401, 0)
        headers = self._count(request)
        response = await handler(request)
        if trouble is not None and trouble.lost:
            raise trouble.refusal()
        response.headers.update(headers)
        return response

    def _count(self, request: web.Request) -> dict[str, str]:
        """Take the request from its limits; the headers that say what remains."""
        if self.desk.global_limit is not None and not request.path.startswith(tuple(API + part for part in PUBLIC)):
            left, wait = self.desk.global_limit.take("")
            if left < 0:
                self.desk.limited += 1
                raise Refused(429, retry_after=wait, scope="global")
        resource = request.match_info.route.resource
        route = (request.method, resource.canonical.removeprefix(API) if resource is not None else "")
        limit = self.desk.limits.get(route)
        if limit is None:
            return {}
        major = "/".join(request.match_info.get(key, "") for key in ("channel", "guild", "application", "token"))
        left, wait = limit.take(major)
        if left < 0:
            self.desk.limited += 1
            raise Refused(429, retry_after=wait)
        return {
            "X-RateLimit-Limit": str(limit.count), "X-RateLimit-Remaining": str(left), "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": "-".join(route).replace("/", "."),
        }  # fmt: skip

    async def _file(self, request: web.Request) -> web.Response:
        data = self.world.uploads.get(request.path)
        return reply({}, status=404) if data is None else web.Response(body=data)

    async def _unknown(self, request: web.Request) -> web.Response:
        self.faults.append(f"unknown route {request.method} {request.path}")
        raise Refused(404, 0)
