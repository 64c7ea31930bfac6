"""Slack calls us over HTTP, signed; and workspaces install the app by themselves, with tokens that are renewed."""

from __future__ import annotations

import asyncio
import re
import socket
import stat
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.platforms.port import Post, PostError
from bot.platforms.slack.blocks import texts
from bot.platforms.slack.installs import FILE
from tests.bot.platforms.slack.conftest import Connect
from tests.bot.platforms.slack.test_posts import CARD
from tests.fakes.slack_server import FakeSlack
from tests.fakes.slack_wire import signed

LEARN = {"command": "/learn", "text": "", "team_id": "T1", "user_id": "U1", "channel_id": "C1", "trigger_id": "t"}
AUTHORIZE = re.compile(r'href="(https?://[^"]*client_id[^"]*)"')


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def ready(fake: FakeSlack, port: int) -> None:
    """Wait until the bot listens, then let Slack call it."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0)
            else:
                writer.close()
                break
    fake.post_events_to(f"http://127.0.0.1:{port}/slack/events")


async def test_signed_calls_are_answered_and_forged_or_old_ones_refused(connect: Connect, fake: FakeSlack, port: int) -> None:
    async with connect(app_token="", signing_secret=fake.signing_secret, http_port=port):
        await ready(fake, port)
        (menu,) = await fake.command("")
        assert "What would you like to do?" in list(texts(list(menu.blocks)))
        (shown,) = await fake.click(menu, "do:8")
        assert shown.kind == "ephemeral"
        url, body = f"http://127.0.0.1:{port}/slack/events", urlencode(LEARN)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        now = fake.clock()
        forged = [signed("guess", body, now), signed(fake.signing_secret, body, now - 600), {}]
        assert [(await fake.wire.post(url, body, kind | headers))[0] for headers in forged] == [401, 401, 401]
        assert (await fake.wire.post(url, body, kind | signed(fake.signing_secret, body, now)))[0] == 200


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # the library's own call of aiohttp
async def test_workspaces_install_the_app_and_their_tokens_are_renewed(
    connect: Connect, fake: FakeSlack, port: int, tmp_path: Path
) -> None:
    fake.add_team("T2", "Second club")
    fake.add_user("U9", "Zoe", team="T2")
    fake.add_channel("C9", "second", team="T2")
    fake.rotate_tokens(seconds=1_800)  # sooner than tokens are renewed, so that the first use renews them
    many = {"bot_token": "", "app_token": "", "signing_secret": fake.signing_secret, "http_port": port}
    async with connect(**many, client_id=fake.client_id, client_secret=fake.client_secret) as talk:
        await ready(fake, port)
        await _install(fake, port, "T2", "U9")
        (menu,) = await fake.command("", user="U9", channel="C9")
        assert menu.users == {"U9"}
        posted = await talk.host.post(Post(channel="T2/C9", cards=(CARD,), key="k"))
        assert [message.ts for message in fake.messages("C9")] == [posted.message]
        assert await talk.host.check("T2/C9") == ()
        with pytest.raises(PostError, match="has not installed the app"):
            await talk.host.post(Post(channel="T7/C1", cards=(CARD,), key="k"))
    assert [method for method, _ in fake.calls].count("oauth.v2.access") >= 2
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


async def _install(fake: FakeSlack, port: int, team: str, user: str) -> None:
    """Go through the pages of an installation as a browser does."""
    base = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{base}/slack/install") as page:
            text, state = await page.text(), page.cookies["slack-app-oauth-state"].value
        found = AUTHORIZE.search(text)
        assert found is not None
        back = fake.approve(found[1].replace("&amp;", "&"), team=team, user=user)
        query = back.partition("?")[2]
        async with browser.get(f"{base}/slack/oauth_redirect?{query}", headers={"Cookie": f"slack-app-oauth-state={state}"}) as done:
            assert done.status == 200, await done.text()
