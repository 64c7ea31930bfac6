"""Who we are at Slack, whether it takes our tokens, and what we may do there; each refusal with its remedy."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.config import ConfigError
from bot.platforms.slack.options import WHERE, SlackOptions, check_options

SCOPES = (
    "app_mentions:read", "channels:history", "channels:read", "chat:write", "commands", "files:read", "files:write",
    "groups:history", "groups:read", "im:history", "im:write", "users:read",
)  # fmt: skip
REFUSED = {
    "invalid_auth": "is not one that Slack knows",
    "not_authed": "is missing",
    "account_inactive": "belongs to a workspace or a bot that is no longer active",
    "token_revoked": "was revoked",
    "token_expired": "has expired",
    "not_allowed_token_type": "is of the wrong kind",
    "org_login_required": "belongs to a workspace that is being moved",
    "team_access_not_granted": "may not be used in this workspace",
}
UNREACHABLE = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
WAITS = 3  # how often a call waits for Slack's limit on calls before it gives up


@dataclass(frozen=True, slots=True)
class Account:
    """Our account in one workspace."""

    user: str
    team: str
    url: str

    def __str__(self) -> str:
        return f"@{self.user} in {self.team} ({self.url})"


def retry_handlers() -> list[AsyncRetryHandler]:
    """What to do when a call does not come through: wait as told, and try again after a fault of Slack's."""
    return [
        AsyncConnectionErrorRetryHandler(),
        AsyncRateLimitErrorRetryHandler(max_retry_count=WAITS),
        AsyncServerErrorRetryHandler(),
    ]


def web_client(options: SlackOptions, token: str = "") -> AsyncWebClient:
    """The client for all our calls, in one workspace or in the one whose token it is given."""
    return AsyncWebClient(
        token=token or options.bot_token or None, base_url=options.base_url, retry_handlers=retry_handlers()
    )


def careful(client: AsyncWebClient) -> AsyncWebClient:
    """The same client for what must not be done twice: it waits as told, and leaves it at one try."""
    waits: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=WAITS)]
    return AsyncWebClient(token=client.token, base_url=client.base_url, retry_handlers=waits)


def code_of(fault: SlackApiError) -> str:
    """Slack's own word for what went wrong."""
    response = fault.response
    data = response.data if isinstance(response, AsyncSlackResponse) else response
    return str(data.get("error", "")) if isinstance(data, dict) else ""


async def check_token(options: SlackOptions) -> str:
    """Say who we are at Slack.

    Raises:
        ConfigError: Slack refuses a token, cannot be reached, or our app may not do what it has to.
    """
    check_options(options)
    client = web_client(options)
    try:
        account = await examine(client, options)
        if options.app_token:
            await connection_url(client, options)
    except SlackApiError as fault:
        raise ConfigError(
            f"Slack answers {code_of(fault) or 'with an error'}; see https://api.slack.com/methods."
        ) from None
    except UNREACHABLE as fault:
        advice = "Check this machine’s network and proxy, and https://status.slack.com."
        raise ConfigError(f"Slack cannot be reached: {type(fault).__name__}. {advice}") from None
    return str(account) if account else "ready to be installed into workspaces"


async def examine(client: AsyncWebClient, options: SlackOptions) -> Account | None:
    """Find out who we are, and that we may do what we have to; nobody yet when workspaces install the app themselves.

    Raises:
        ConfigError: it is for the operator to mend.
        SlackApiError: Slack has a fault of its own.
    """
    if not options.bot_token:
        return None
    try:
        answer = await client.auth_test()
    except SlackApiError as fault:
        raise _refused("bot token", f"Copy it anew from OAuth & Permissions at {WHERE}.", fault) from None
    lacking = lacking_scopes(_header(answer, "x-oauth-scopes"))
    if lacking:
        raise ConfigError(
            f"Slack does not let the app do all it has to; these scopes are missing: {', '.join(lacking)}. "
            f"Add them under OAuth & Permissions at {WHERE}, or paste our manifest.json there, and install the app again."
        )
    return Account(str(answer.get("user", "")), str(answer.get("team", "")), str(answer.get("url", "")))


def lacking_scopes(granted: str) -> list[str]:
    """The scopes we need and were not granted, as Slack lists them with an answer; none when it lists nothing."""
    known = {scope.strip() for scope in granted.split(",") if scope.strip()}
    return [scope for scope in SCOPES if known and scope not in known]


async def connection_url(client: AsyncWebClient, options: SlackOptions) -> str:
    """Ask for the address of a socket.

    Raises:
        ConfigError: Slack does not take the app token, or Socket Mode is off.
        SlackApiError: Slack has a fault of its own.
    """
    try:
        answer = await client.apps_connections_open(app_token=options.app_token)
    except SlackApiError as fault:
        if code_of(fault) in ("missing_scope", "socket_mode_not_enabled", "forbidden_team"):
            advice = (
                "Switch Socket Mode on, and give the app token the scope connections:write, under Basic Information"
            )
            raise ConfigError(f"Slack opens no socket for us ({code_of(fault)}). {advice} at {WHERE}.") from None
        raise _refused("app token", f"Make a new one under Basic Information at {WHERE}.", fault) from None
    return str(answer["url"])


def _refused(which: str, advice: str, fault: SlackApiError) -> Exception:
    """An operator's fault with advice; any other fault as it is."""
    why = REFUSED.get(code_of(fault))
    return ConfigError(f"Slack refuses us: the {which} {why} ({code_of(fault)}). {advice}") if why else fault


def _header(answer: AsyncSlackResponse, name: str) -> str:
    return next((str(value) for key, value in answer.headers.items() if key.lower() == name), "")
