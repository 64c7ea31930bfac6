"""A stand-in for Slack that speaks its real protocols on loopback: Web API, Socket Mode, signed posts, response_urls, OAuth.

Knows nothing of the bot. Start it inside the test's loop and connect the real library to it:

    async with FakeSlack() as fake:
        client = AsyncWebClient(token=fake.bot_token, base_url=fake.api_url)
        handler = AsyncSocketModeHandler(AsyncApp(client=client), app_token=fake.app_token, ping_interval=1)
        await handler.connect_async()
        await fake.connected()
        seen = await fake.command("daily", user="U1", channel="C1")   # a list of Seen: what Ada saw, at least `shows` things
        seen = await fake.click(seen[0], "answer:q1:B")               # by action_id, in a message, a modal or the home
        seen = await fake.submit_view(seen[0], {"code": "x = 1"})     # by action_id or block_id
        await handler.close_async()                                   # before the block ends

There are Ada (U1, admin) and Ben (U2), the channels C1 #garden and C2 #closed (our app is not in it); `channel="dm"` is the talk
with the app. More with `add_user`, `add_channel`, `add_team`. `fake.messages("C1")` says what stands there now, `fake.seen_by("U2")`
what came before his eyes. `shows=0` returns as soon as the app has acknowledged; `fake.shown(user, n)` waits for more.

The app's mistakes (a payload against the schema or the rules, a late ack, a used trigger_id, a method that is not there) are
answered as Slack would and kept in `fake.faults`; leaving the block raises AssertionError for each that `fake.expect(pattern)` did not
announce, and for each announced one that did not come. What a test arranges (`not_in_channel`, 429) is no fault; see `fake.refused`.
`fake.inject(method, Trouble(...), times)` puts faults in (methods of the API, `response_url`, `upload`, `private`, `*`);
`fake.disconnect()`, `fake.abort()`, `fake.freeze()`, `async with fake.outage()`, `fake.redeliver()`, `times=2` and `fake.forward(seconds)` do the rest.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from tests.fakes.slack_chat import bot_user
from tests.fakes.slack_people import People
from tests.fakes.slack_routes import Routes, Trouble
from tests.fakes.slack_wire import Endpoint, Wire, signed
from tests.fakes.slack_world import (
    SCOPES,
    Channel,
    Clock,
    Fault,
    Install,
    Json,
    Message,
    Seen,
    User,
    View,
    World,
    matches,
)

__all__ = ["Account", "Channel", "FakeSlack", "Fault", "Message", "Seen", "Trouble", "User", "View"]


@dataclass(frozen=True)
class Account:
    """What our app proves itself with: the tokens, the secret of signed posts, and its id and secret for OAuth."""

    bot: str = "xoxb-fake"
    app: str = "xapp-1-fake"
    signing: str = "fake-signing"
    client_id: str = "11.22"
    client: str = "fake-client"


ACCOUNT = Account()


class FakeSlack(People):
    """One Slack, from `async with` until its end."""

    def __init__(
        self, *, account: Account = ACCOUNT, scopes: str = SCOPES, patience: float = 5.0, ack_seconds: float = 3.0
    ) -> None:  # fmt: skip
        """Make a workspace; `patience` is how long to wait for something to be seen, in real seconds."""
        self.account = account
        self.bot_token, self.app_token, self.signing_secret = account.bot, account.app, account.signing
        self.client_id, self.client_secret = account.client_id, account.client
        self.patience = patience
        self.clock = Clock()
        self.world = World(self.clock)
        self.wire = Wire(self.world, self.clock, ack_seconds)
        self.routes = Routes(self.world, self.wire, account.app, (account.client_id, account.client))
        self.expected: list[str] = []
        self.base = ""
        self._runner: web.AppRunner | None = None
        self.add_team("T1", "Garden club", account.bot, scopes)
        self.add_user("U1", "Ada", admin=True)
        self.add_user("U2", "Ben")
        self.add_channel("C1", "garden")
        self.add_channel("C2", "closed", bot_in=False)

    async def __aenter__(self) -> Self:
        """Listen on a free port of loopback."""
        self._runner = web.AppRunner(self.routes.application(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = self.routes.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything, then say what the app did wrong."""
        await self.wire.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if kind is None:
            self.verify()

    @property
    def api_url(self) -> str:
        """The base of the Web API, with its slash at the end."""
        return f"{self.base}/api/"

    @property
    def faults(self) -> list[Fault]:
        """The app's mistakes so far."""
        return self.world.faults

    @property
    def validated(self) -> Counter[str]:
        """How many payloads were checked, by method and by surface."""
        return self.world.validated

    @property
    def refused(self) -> Counter[str]:
        """How often which error was answered."""
        return self.routes.refused

    @property
    def calls(self) -> list[tuple[str, Json]]:
        """Every call, with its arguments, in order."""
        return self.routes.calls

    @property
    def latencies(self) -> list[float]:
        """How long the app took to acknowledge, in seconds, for everything it did acknowledge."""
        return [one.latency for one in self.wire.sent if one.latency is not None]

    def expect(self, pattern: str) -> None:
        """Announce a mistake of the app, by a regular expression over `kind: what`."""
        self.expected.append(pattern)

    def verify(self) -> None:
        """Hold the mistakes against those that were announced.

        Raises:
            AssertionError: some were not, or some did not come.
        """
        surprises = [str(one) for one in self.faults if not any(matches(one, pattern) for pattern in self.expected)]
        missing = [pattern for pattern in self.expected if not any(matches(one, pattern) for one in self.faults)]
        if surprises or missing:
            raise AssertionError(f"unexpected faults: {surprises}; expected but absent: {missing}")

    def add_team(self, team: str, name: str, token: str = "", scopes: str = SCOPES) -> None:
        """Open a workspace, our app installed in it when there is a token."""
        self.world.teams[team] = name
        if token:
            self.world.installs[token] = Install(team, set(scopes.split()))
        bot = bot_user(team)
        self.world.users[bot] = User(bot, "epochbot", team, bot=True)

    def add_user(
        self,
        name: str,
        display: str,
        *,
        team: str = "T1",
        admin: bool = False,
        tz: str = "Europe/Berlin",
        locale: str = "en-GB",
    ) -> User:
        """Let somebody into a workspace and its public channels."""
        user = self.world.users[name] = User(name, display, team, admin, tz, locale)
        for channel in self.world.channels.values():
            if channel.team == team and channel.kind == "channel":
                channel.members.add(name)
        return user

    def add_channel(
        self, name: str, title: str, *, team: str = "T1", bot_in: bool = True, private: bool = False
    ) -> Channel:
        """Open a channel with everyone of the workspace in it."""
        people = {user.id for user in self.world.users.values() if user.team == team and (bot_in or not user.bot)}
        channel = Channel(name, title, people, bot_in, team, "group" if private else "channel")
        self.world.channels[name] = channel
        return channel

    def messages(self, channel: str, thread_ts: str = "") -> list[Message]:
        """What everyone in a channel, or in a thread, can read now."""
        kept = [one for one in self.world.all_messages if one.channel == channel and not one.gone and not one.only_for]
        return [one for one in kept if one.thread_ts == thread_ts] if thread_ts else kept

    def seen_by(self, user: str) -> list[Seen]:
        """Everything that came before somebody's eyes."""
        return [seen for seen in self.world.sights if user in seen.users]

    def modals(self, user: str) -> list[View]:
        """The modals somebody has open, the top one last."""
        return list(self.world.stacks.get(user, []))

    def home(self, user: str) -> View | None:
        """Somebody's home tab."""
        return self.world.homes.get(user)

    def inject(self, method: str, trouble: Trouble, times: int = 1) -> None:
        """Put a fault in, for so many calls."""
        self.routes.troubles.setdefault(method, []).extend([trouble] * times)

    def keep_pace(self) -> None:
        """From now on, hold the app to the rate limits: one post a second and channel, and the methods' tiers."""
        self.routes.pace.on = True

    def forward(self, seconds: float) -> None:
        """Let time pass for triggers, response_urls, tokens, rates, and acks that are waited for."""
        self.clock.ahead += seconds
        self.wire.expire()

    async def connected(self, times: int = 1) -> None:
        """Wait until the app has a connection open, and has opened so many in all."""
        await self.world.until(lambda: bool(self.wire.sockets) and self.wire.connections >= times, self.patience * 4)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew."""
        await self.wire.dismiss(reason)

    def abort(self) -> None:
        """Cut the app's connections without a word."""
        self.wire.abort()

    def freeze(self) -> None:
        """Let the app's connections stay open and go silent, as a lost network does."""
        self.wire.freeze()

    async def uninstall(self, *, user: str = "U1") -> None:
        """Let an administrator take the app out of the workspace, and the app hear of it."""
        team = self.world.users[user].team
        await self.event({"type": "app_uninstalled"}, user=user)
        for token in [token for token, one in self.world.installs.items() if one.team == team]:
            del self.world.installs[token]

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """Be out of reach: connections are cut and new ones get no answer."""
        self.routes.down = True
        self.wire.abort()
        try:
            yield
        finally:
            self.routes.down = False

    def post_events_to(self, url: str, secret: str = "") -> None:
        """Send events to the app's own server from now on, signed: HTTP mode."""
        self.wire.endpoint = Endpoint(url, secret or self.signing_secret)

    async def verify_url(self) -> bool:
        """Ask the app's own server to prove itself, as Slack does when its address is entered."""
        assert self.wire.endpoint is not None
        body = json.dumps({"type": "url_verification", "token": "verification-token", "challenge": "prove it"})
        headers = signed(self.wire.endpoint.secret, body, self.clock()) | {"Content-Type": "application/json"}
        status, text = await self.wire.post(self.wire.endpoint.url, body, headers)
        return status == 200 and "prove it" in text

    def rotate_tokens(self, seconds: float = 43_200) -> None:
        """Give out tokens that expire."""
        self.routes.rotate = seconds

    def approve(self, authorize_url: str, *, user: str = "U1", team: str = "T1") -> str:
        """Let a person allow the installation asked for; where their browser goes then, with code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(authorize_url).query).items()}
        if asked.get("client_id") != self.client_id:
            raise ValueError(f"an installation for {asked.get('client_id')!r}")
        code = f"code-{self.world.number()}"
        self.world.codes[code] = (team, user, asked.get("scope", ""))
        return f"{asked.get('redirect_uri', '')}?{urlencode({'code': code, 'state': asked.get('state', '')})}"
