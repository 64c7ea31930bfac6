"""The fake Discord's account side: who the bot is, its commands, its guilds and their members and roles."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from aiohttp import web

from tests.fakes.discord_answers import Refused, reply
from tests.fakes.discord_desk import Desk, number, read
from tests.fakes.discord_state import MANAGE_ROLES, Guild, base_permissions

CREATES_A_DAY = 200

Scope = int | None  # a guild, or None for everywhere


class Account:
    """The routes of the account, and the commands it has registered."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world
        self.commands: dict[Scope, list[dict[str, Any]]] = {None: []}
        self.creates: Counter[tuple[Scope, date]] = Counter()
        self.syncs = 0
        self.shards = 1

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        application = "/applications/{application}"
        shown: list[web.RouteDef] = [
            web.get("/users/@me", self.me),
            web.get("/users/{user}", self.user),
            web.get("/oauth2/applications/@me", self.application),
            web.get("/applications/@me", self.application),
            web.get("/gateway", self.gateway),
            web.get("/gateway/bot", self.gateway),
            web.get("/guilds/{guild}", self.guild),
            web.get("/guilds/{guild}/channels", self.channels),
            web.get("/guilds/{guild}/roles", self.roles),
            web.get("/guilds/{guild}/members/{user}", self.member),
            web.put("/guilds/{guild}/members/{user}/roles/{role}", self.give_role),
            web.delete("/guilds/{guild}/members/{user}/roles/{role}", self.take_role),
        ]
        for path in (application + "/commands", application + "/guilds/{guild}/commands"):
            shown += [web.get(path, self.list_commands), web.put(path, self.sync), web.post(path, self.add_command)]
            shown += [web.delete(path + "/{command}", self.delete_command)]
        return shown

    async def me(self, request: web.Request) -> web.Response:
        """The bot's own account."""
        return reply(
            {
                **self._world.bot.payload(),
                "flags": 0,
                "verified": True,
                "mfa_enabled": False,
                "locale": "en-US",
                "email": None,
            }
        )

    async def user(self, request: web.Request) -> web.Response:
        """Someone's account."""
        found = self._world.users.get(number(request, "user"))
        if found is None:
            raise Refused(404, 10013)
        return reply(found.payload())

    async def application(self, request: web.Request) -> web.Response:
        """The application of the bot."""
        return reply({
            "id": str(self._world.application_id), "name": self._world.bot.name, "description": "", "icon": None, "verify_key": "00" * 32,
            "bot_public": True, "bot_require_code_grant": False, "owner": self._world.bot.payload(), "summary": "", "team": None, "flags": 0,
            "approximate_guild_count": len(self._world.guilds), "integration_types_config": {"0": {}, "1": {}},
        })  # fmt: skip

    async def gateway(self, request: web.Request) -> web.Response:
        """Where to connect, and how often that may be done."""
        start = {
            "total": 1000,
            "remaining": 1000 - self._desk.gateway.identifies,
            "reset_after": 1000,
            "max_concurrency": self._desk.gateway.max_concurrency,
        }
        return reply({"url": self._desk.gateway.url, "shards": self.shards, "session_start_limit": start})

    async def guild(self, request: web.Request) -> web.Response:
        """A guild."""
        return reply(self._world.guild_payload(self._desk.guild(request)))

    async def channels(self, request: web.Request) -> web.Response:
        """The channels of a guild."""
        return reply(self._world.guild_payload(self._desk.guild(request))["channels"])

    async def roles(self, request: web.Request) -> web.Response:
        """The roles of a guild."""
        return reply([role.payload() for role in self._desk.guild(request).roles.values()])

    async def member(self, request: web.Request) -> web.Response:
        """A member of a guild."""
        guild, wanted = self._desk.guild(request), number(request, "user")
        if wanted not in guild.members:
            raise Refused(404, 10007)
        return reply(self._world.member_payload(guild, self._world.users[wanted]))

    def _role_of(self, request: web.Request) -> tuple[Guild, int, int]:
        guild, person, role = self._desk.guild(request), number(request, "user"), number(request, "role")
        if person not in guild.members:
            raise Refused(404, 10007)
        if role not in guild.roles:
            raise Refused(404, 10011)
        mine = guild.members[self._world.bot.id]
        highest = max((guild.roles[r].position for r in mine), default=0)
        if not base_permissions(guild, mine) & MANAGE_ROLES or guild.roles[role].position >= highest:
            raise Refused(403, 50013)
        return guild, person, role

    async def give_role(self, request: web.Request) -> web.Response:
        """Give a role."""
        guild, person, role = self._role_of(request)
        guild.members[person].add(role)
        return reply(None)

    async def take_role(self, request: web.Request) -> web.Response:
        """Take a role away."""
        guild, person, role = self._role_of(request)
        guild.members[person].discard(role)
        return reply(None)

    def _scope(self, request: web.Request) -> Scope:
        if request.match_info["application"] != str(self._world.application_id):
            raise Refused(403, 50001)
        return self._desk.guild(request).id if "guild" in request.match_info else None

    async def list_commands(self, request: web.Request) -> web.Response:
        """The commands of a scope."""
        return reply(self.commands.get(self._scope(request), []))

    async def sync(self, request: web.Request) -> web.Response:
        """Replace all commands of a scope; those of a known name keep their ids, the others are created."""
        payload, _ = await read(request)
        scope = self._scope(request)
        self._desk.inspector.commands(payload)
        self.commands[scope] = self._registered(scope, payload)
        self.syncs += 1
        await self._desk.notify()
        return reply(self.commands[scope])

    async def add_command(self, request: web.Request) -> web.Response:
        """Create or replace one command."""
        payload, _ = await read(request)
        scope = self._scope(request)
        self._desk.inspector.commands([payload], "ApplicationCommandCreateRequest")
        others = [c for c in self.commands.get(scope, []) if _key(c) != _key(payload)]
        done = self._registered(scope, [payload])
        self.commands[scope] = [*others, *done]
        return reply(done[0], status=201)

    def _registered(self, scope: Scope, payload: list[dict[str, Any]]) -> list[dict[str, Any]]:
        known = {_key(c): c for c in self.commands.get(scope, [])}
        day = (scope, self._world.clock.now().date())
        created = [c for c in payload if _key(c) not in known]
        if self.creates[day] + len(created) > CREATES_A_DAY:
            raise Refused(400, 30034)
        self.creates[day] += len(created)
        done = []
        for command in payload:
            before = known.get(_key(command))
            identity = before["id"] if before else str(self._world.new_id())
            shown = {
                "description": "",
                **command,
                "type": command.get("type") or 1,
                "id": identity,
                "application_id": str(self._world.application_id),
            }
            same = before is not None and {**before, "version": ""} == {**shown, "version": ""}
            done.append({**shown, "version": before["version"] if before and same else str(self._world.new_id())})
        return done

    async def delete_command(self, request: web.Request) -> web.Response:
        """Delete one command."""
        scope, wanted = self._scope(request), request.match_info["command"]
        left = [c for c in self.commands.get(scope, []) if c["id"] != wanted]
        if len(left) == len(self.commands.get(scope, [])):
            raise Refused(404, 10063)
        self.commands[scope] = left
        return reply(None)


def _key(command: dict[str, Any]) -> tuple[int, str]:
    return command.get("type") or 1, command["name"]
