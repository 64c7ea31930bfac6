"""What people and workspaces are called: most of what Slack sends says only ids and handles, so we ask, once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.account import UNREACHABLE, code_of
from bot.platforms.slack.forms import Origin

log = structlog.get_logger(__name__)

KEPT = 5_000
WITHIN_S = 0.8  # a form has to be opened within three seconds of a press


@dataclass
class Names:
    """The names found so far, by workspace and person; a person of "" is the workspace itself."""

    found: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)

    async def of(self, client: AsyncWebClient, origin: Origin) -> Origin:
        """The same place with names; with what Slack sent along when it does not tell in time."""
        try:
            async with asyncio.timeout(WITHIN_S):
                if (origin.team, "") not in self.found:
                    self._keep(origin.team, "", str((await client.auth_test()).get("team") or ""))
                if origin.user and (origin.team, origin.user) not in self.found:
                    self._keep(origin.team, origin.user, await _display_name(client, origin.user))
        except SlackApiError as fault:
            log.info("names not told", platform="slack", code=code_of(fault))
        except UNREACHABLE as fault:
            log.info("names not told", platform="slack", fault=type(fault).__name__)
        name = self.found.get((origin.team, origin.user)) or origin.name
        return replace(origin, name=name, team_name=self.found.get((origin.team, "")) or origin.team_name)

    def _keep(self, team: str, user: str, name: str) -> None:
        self.found[(team, user)] = name
        if len(self.found) > KEPT:
            self.found.popitem(last=False)


async def _display_name(client: AsyncWebClient, user: str) -> str:
    person = (await client.users_info(user=user)).get("user") or {}
    profile = person.get("profile") or {}
    return str(profile.get("display_name") or profile.get("real_name") or person.get("name") or "")
