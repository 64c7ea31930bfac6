"""The fake of Slack with an app that has a server of its own: signed posts, installation by OAuth, tokens that are renewed."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_sample_app import client_of, sample_app
from tests.fakes.slack_server import FakeSlack, Seen
from tests.fakes.slack_wire import signed

# The library logs in with a class that aiohttp is about to drop; nothing here can change that.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
LOG = logging.getLogger(__name__)
COMMAND = urlencode(
    {
        "command": "/quick",
        "text": "",
        "user_id": "U1",
        "team_id": "T1",
        "channel_id": "C1",
        "is_enterprise_install": "false",
    }
)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own Slack or proxies comes in."""
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)


def told(seen: list[Seen]) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in seen]


@asynccontextmanager
async def served(fake: FakeSlack, app: AsyncApp) -> AsyncIterator[str]:
    """The app's own server, which the fake knows; its address."""
    runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        fake.post_events_to(f"{address}/slack/events")
        yield address
    finally:
        await runner.cleanup()


def plain_app(fake: FakeSlack) -> AsyncApp:
    return sample_app(client_of(fake), signing_secret=fake.signing_secret)


async def test_everything_works_over_signed_posts_too() -> None:
    async with FakeSlack() as fake, served(fake, plain_app(fake)):
        assert await fake.verify_url()
        assert told(await fake.command("", name="/quick")) == [("ephemeral", "At once")]
        asked = await fake.command("daily")
        opened = await fake.click(asked[0], "form")
        assert (await fake.submit_view(opened[0], {"code": "wrong"}))[0].errors == {"code": "That is not code."}
        assert told(await fake.submit_view(opened[0], {"code": "again"})) == [("modal_update", "Again")]
        assert told(await fake.open_home()) == [("home", "")]
        assert told(await fake.say("hello")) == [("message", "Heard hello")]
        assert (await fake.redeliver(attempt=3)).status == 200
        await fake.world.until(lambda: fake.messages("C1")[-1].text == "Heard hello (3)", 5)
        assert max(fake.latencies) < 3


@pytest.mark.parametrize(
    ("secret", "age", "status"),
    [("", 0, 200), ("another", 0, 401), ("", 600, 401), ("", -600, 401)],
    ids=["good", "bad", "old", "early"],
)
async def test_only_fresh_and_well_signed_posts_are_taken(secret: str, age: float, status: int) -> None:
    async with FakeSlack() as fake, served(fake, plain_app(fake)) as address:
        headers = signed(secret or fake.signing_secret, COMMAND, fake.clock() - age)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        assert (await fake.wire.post(f"{address}/slack/events", COMMAND, headers))[0] == status
        changed = await fake.wire.post(f"{address}/slack/events", COMMAND + "&text=other", headers)
        assert changed[0] == 401


async def test_an_app_with_another_secret_never_answers() -> None:
    async with FakeSlack() as fake, served(fake, sample_app(client_of(fake), signing_secret=fake.signing_secret[::-1])):
        fake.expect(r"ack: slash_commands /quick: no answer in time \(status 401\)")
        assert [seen.kind for seen in await fake.command("", name="/quick")] == ["trouble"]


async def test_an_app_that_is_late_over_http_never_answered() -> None:
    async with FakeSlack(ack_seconds=0.2) as fake, served(fake, plain_app(fake)):
        fake.expect("ack: slash_commands /late")
        assert [seen.kind for seen in await fake.command("", name="/late")] == ["trouble"]


def shared_app(fake: FakeSlack, folder: Path) -> AsyncApp:
    """An app that any workspace may install, which keeps their tokens in a folder."""
    client = AsyncWebClient(base_url=fake.api_url)
    store = FileInstallationStore(base_dir=str(folder), client_id=fake.client_id)
    settings = AsyncOAuthSettings(
        client_id=fake.client_id, client_secret=fake.account.client, scopes=["chat:write", "commands"], installation_store=store,
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(folder), client_id=fake.client_id),
    )  # fmt: skip
    settings.authorize = AsyncInstallationStoreAuthorize(
        logger=LOG, client_id=fake.client_id, client_secret=fake.account.client, installation_store=store,
        token_rotation_expiration_minutes=120, client=client,
    )  # fmt: skip
    return sample_app(client, signing_secret=fake.signing_secret, oauth_settings=settings)


async def install(fake: FakeSlack, address: str, team: str, user: str) -> int:
    """Go through the installation as a browser does; the status of its last page."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{address}/slack/install") as page:
            link = re.search(r'href="(https://slack.com/oauth/v2/authorize[^"]+)"', await page.text())
            cookie = {
                "Cookie": f"slack-app-oauth-state={page.cookies['slack-app-oauth-state'].value}"
            }  # it is for https alone
        assert link is not None
        back = fake.approve(unescape(link[1]), user=user, team=team)
        async with browser.get(f"{address}/slack/oauth_redirect{back}", headers=cookie) as last:
            return last.status


async def test_a_workspace_installs_the_app_and_another_does_not(tmp_path: Path) -> None:
    async with FakeSlack() as fake, served(fake, shared_app(fake, tmp_path)) as address:
        fake.add_team("T2", "Elsewhere")
        fake.add_user("U5", "Eve", team="T2")
        fake.add_channel("C5", "cellar", team="T2")
        assert await install(fake, address, "T2", "U5") == 200
        assert told(await fake.command("daily", user="U5", channel="C5")) == [("message", "daily")]
        assert [message.user for message in fake.messages("C5")] == ["UBOT2"]
        assert fake.messages("C1") == []
        assert [one.team for one in fake.world.installs.values()] == ["T1", "T2"]
        assert [seen.kind for seen in await fake.command("daily", user="U1", channel="C1")] == [
            "ephemeral"
        ]  # the library's own advice
        assert fake.messages("C1") == []


async def test_a_token_that_expires_is_renewed_with_a_refresh_token_that_serves_once(tmp_path: Path) -> None:
    async with FakeSlack() as fake, served(fake, shared_app(fake, tmp_path)) as address:
        fake.world.installs.clear()
        fake.rotate_tokens(60)
        assert await install(fake, address, "T1", "U1") == 200
        ((first, before),) = [(token, one.refresh) for token, one in fake.world.installs.items()]
        assert told(await fake.command("daily")) == [("message", "daily")]
        kept, fresh = fake.world.installs
        assert (kept, fresh != first) == (first, True)
        assert [args.get("grant_type") for name, args in fake.calls if name == "oauth.v2.access"] == [
            None,
            "refresh_token",
        ]
        old = AsyncWebClient(first, base_url=fake.api_url)
        assert (await old.auth_test())["ok"]
        login = {"client_id": fake.client_id, "client_secret": fake.account.client}
        with pytest.raises(SlackApiError, match="invalid_refresh_token"):
            await old.oauth_v2_access(**login, grant_type="refresh_token", refresh_token=before)
        fake.forward(61)
        with pytest.raises(SlackApiError, match="token_expired"):
            await old.auth_test()


@pytest.mark.parametrize(
    ("change", "error"),
    [({"code": "none"}, "invalid_code"), ({"client_secret": "no"}, "bad_client_secret"), ({"client_id": "no"}, "invalid_client_id"),
     ({"grant_type": "refresh_token", "refresh_token": "no"}, "invalid_refresh_token")],
)  # fmt: skip
async def test_an_exchange_that_does_not_fit_is_refused(change: dict[str, str], error: str) -> None:
    async with FakeSlack() as fake:
        client = AsyncWebClient(base_url=fake.api_url)
        asked = {"client_id": fake.client_id, "client_secret": fake.account.client, "code": "none"} | change
        with pytest.raises(SlackApiError, match=error):
            await client.oauth_v2_access(**asked)
