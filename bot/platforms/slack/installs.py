"""Workspaces that installed the app by themselves: their tokens in a file of our own, renewed before they expire."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore
from slack_sdk.oauth.state_store.sqlite3 import SQLite3OAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import ConfigError
from bot.platforms.slack.account import SCOPES
from bot.platforms.slack.options import SlackOptions

FILE = "slack-workspaces.sqlite3"
EXPIRES_S = 600  # how long an installation may take from its first page to its last
RENEW_MIN = 120  # renewed when it has less left than that
OLDER = tuple(
    f"DELETE FROM {table} WHERE client_id = ?1 AND enterprise_id = ?2 AND team_id = ?3 AND id <"  # noqa: S608 - ours
    f" (SELECT max(id) FROM {table} WHERE client_id = ?1 AND enterprise_id = ?2 AND team_id = ?3)"
    for table in ("slack_installations", "slack_bots")
)
log = logging.getLogger(__name__)


class Installs(SQLite3InstallationStore):
    """The library's store, but for what is out of date: it would keep renewed tokens, and tell rows of one second apart by luck."""

    def save(self, installation: Installation) -> None:
        """Keep what a workspace gave us, in place of what it gave before."""
        super().save(installation)
        where = (self.client_id, installation.enterprise_id or "", installation.team_id or "")
        with contextlib.closing(self.connect()) as db:
            for older in OLDER:
                db.execute(older, where)
            db.commit()


class OneAtATime(AsyncInstallationStoreAuthorize):
    """Finds a request's token, never renewing one twice at once: the second renewal would be refused."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        self._turn = asyncio.Lock()

    async def __call__(self, **asked: Any) -> AuthorizeResult | None:
        """Find the token for one request."""
        async with self._turn:
            return await super().__call__(**asked)


def open_installs(options: SlackOptions) -> Installs:
    """The file with each workspace's tokens, which nobody else on this machine may read.

    Raises:
        ConfigError: it cannot be made.
    """
    file = database(options)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as fault:
        raise ConfigError(
            f"The file {file} cannot be made: {fault.strerror}. Set a folder that can be written."
        ) from None
    return Installs(database=str(file), client_id=options.client_id, logger=log)


def database(options: SlackOptions) -> Path:
    """Where the tokens of workspaces are kept."""
    if options.state is None:
        raise ConfigError("A folder is needed to keep what workspaces that install the app give us.")
    return options.state / FILE


def oauth_settings(options: SlackOptions, client: AsyncWebClient) -> AsyncOAuthSettings:
    """How workspaces install the app, and how a request finds its workspace's token."""
    installs = open_installs(options)
    settings = AsyncOAuthSettings(
        client_id=options.client_id,
        client_secret=options.client_secret,
        scopes=list(SCOPES),
        user_scopes=[],
        installation_store=installs,
        state_store=SQLite3OAuthStateStore(database=str(database(options)), expiration_seconds=EXPIRES_S, logger=log),
        token_rotation_expiration_minutes=RENEW_MIN,
        logger=log,
    )
    settings.authorize = OneAtATime(  # its own would renew tokens past our address and handlers
        logger=log,
        client_id=options.client_id,
        client_secret=options.client_secret,
        installation_store=installs,
        token_rotation_expiration_minutes=RENEW_MIN,
        client=client,
    )
    return settings


async def token_for(settings: AsyncOAuthSettings, client: AsyncWebClient, team: str) -> str:
    """A workspace's token, renewed where that is due; "" when it has not installed the app."""
    installed = await settings.installation_store.async_find_installation(enterprise_id=None, team_id=team)
    if installed is None:
        return ""
    context = AsyncBoltContext()
    context["client"], context["logger"] = client, log
    # asked for by whoever installed it: for anybody else the library renews the same token twice over
    found = await settings.authorize(context=context, enterprise_id=None, team_id=team, user_id=installed.user_id)
    return (found.bot_token or "") if found else ""
