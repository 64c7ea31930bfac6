"""What an operator sets for Slack, checked before anything is sent. Knows no SDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.config import ConfigError

API_URL = "https://slack.com/api/"
WHERE = "https://api.slack.com/apps"


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """One Slack app of ours.

    Attributes:
        bot_token: of the one workspace; empty when workspaces install the app by themselves.
        app_token: for Socket Mode; without it, Slack calls us over HTTP.
        signing_secret: proves that an HTTP call comes from Slack.
        http_port: where to listen on loopback for those calls, behind a proxy with a certificate.
        client_id: with `client_secret`, workspaces can install the app by themselves.
        api_url: another address of the Web API, for tests and proxies.
        state: the folder for what installed workspaces gave us.
    """

    bot_token: str
    app_token: str = ""
    signing_secret: str = ""
    http_port: int | None = None
    client_id: str = ""
    client_secret: str = ""
    api_url: str | None = None
    state: Path | None = None

    @property
    def many_workspaces(self) -> bool:
        """Whether workspaces install the app by themselves."""
        return bool(self.client_id and self.client_secret)

    @property
    def base_url(self) -> str:
        """The address of the Web API, with its last slash."""
        return (self.api_url or API_URL).rstrip("/") + "/"


def check_options(options: SlackOptions) -> None:
    """Make sure that what is set belongs together.

    Raises:
        ConfigError: it does not; the message says what to set, and where it is found.
    """
    faults = list(_faults(options))
    if faults:
        raise ConfigError("Slack cannot be started:\n" + "\n".join(f"  {fault}" for fault in faults))


def _faults(options: SlackOptions) -> Iterator[str]:
    if not options.bot_token and not options.many_workspaces:
        yield f"The bot token is missing. Copy the “Bot User OAuth Token” (xoxb-…) of your app at {WHERE}."
    if options.bot_token and not options.bot_token.startswith(("xoxb-", "xoxe.xoxb-")):
        yield f"The bot token does not begin with xoxb-. Copy the “Bot User OAuth Token” under OAuth & Permissions at {WHERE}."
    if options.app_token and not options.app_token.startswith("xapp-"):
        yield f"The app token does not begin with xapp-. Make one with the scope connections:write under Basic Information at {WHERE}."
    if not options.app_token and not options.signing_secret:
        yield (
            "Neither an app token (Socket Mode, the easy way) nor a signing secret (HTTP) is set. "
            f"Make an app token with the scope connections:write under Basic Information at {WHERE}."
        )
    if not options.app_token and options.signing_secret and options.http_port is None:
        yield "HTTP mode needs a port to listen on, or an app token for Socket Mode instead."
    if bool(options.client_id) != bool(options.client_secret):
        yield f"Client id and client secret belong together, and only one is set. Both are under Basic Information at {WHERE}."
    if options.many_workspaces and options.state is None:
        yield "A folder is needed to keep what workspaces that install the app give us."
    if options.many_workspaces and not (options.signing_secret and options.http_port):
        yield "Installing into other workspaces needs the signing secret and an HTTP port, for its pages are served there."
