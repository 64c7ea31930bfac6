"""`setup`, `doctor` and `serve` with platforms on loopback: tokens tried live, kept when asked, and served until a signal."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.schedule.kinds import Kind
from bot.store import Posting, Spot, Store
from tests.fakes.slack_server import Account, FakeSlack

# Built here, so that no text of ours looks like somebody's token.
DISCORD = ".".join(("MTIzNDU2Nzg5MDEyMzQ1Njc4", "Gabcde", "z" * 38))
ACCOUNT = Account(bot=f"xoxb-{'1' * 12}", app=f"xapp-{'1' * 12}", signing="0a" * 16)
STARTED = 60  # seconds a program may take to come up on a crowded machine

pytestmark = [
    pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning"),  # by the Discord library
]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own Slack or proxies comes in."""
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
async def slack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeSlack]:
    """A workspace."""
    async with FakeSlack(account=ACCOUNT) as fake:
        monkeypatch.setenv("EPOCHBOT_SLACK_API_URL", fake.api_url)
        yield fake


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch):
    """A server."""
    from tests.fakes.discord_server import FakeDiscord

    async with FakeDiscord(token=DISCORD) as fake:
        monkeypatch.setenv("EPOCHBOT_DISCORD_API_URL", fake.api_url)
        monkeypatch.setenv("EPOCHBOT_DISCORD_GATEWAY_URL", fake.gateway_url)
        yield fake


def types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let somebody type these lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


async def test_tokens_typed_are_tried_and_written_for_the_owner_alone(
    epochbot, slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("# mine\nEPOCHBOT_PORT=9000\nEPOCHBOT_SLACK_BOT_TOKEN=your-token\n")
    (tmp_path / ".env").chmod(0o644)
    types(monkeypatch, ACCOUNT.bot, ACCOUNT.app)
    done = await asyncio.to_thread(epochbot, "setup", "slack", "--write")
    assert (done.code, "The tokens work: there we are @" in done.out) == (0, True), done
    assert '"slash_commands"' in done.out
    assert "still holds a placeholder" in done.out
    kept = tmp_path / ".env"
    assert (kept.read_text(), stat.S_IMODE(kept.stat().st_mode)) == (
        f"# mine\nEPOCHBOT_PORT=9000\nEPOCHBOT_SLACK_BOT_TOKEN={ACCOUNT.bot}\nEPOCHBOT_SLACK_APP_TOKEN={ACCOUNT.app}\n",
        0o600,
    )
    assert (ACCOUNT.bot in done.out + done.err, ACCOUNT.app in done.out + done.err) == (False, False)


async def test_nothing_is_written_unasked(epochbot, discord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, DISCORD)
    done = await asyncio.to_thread(epochbot, "setup", "discord")
    assert (done.code, (tmp_path / ".env").exists(), DISCORD in done.out + done.err) == (0, False, False), done
    assert "Put them into EPOCHBOT_DISCORD_TOKEN:" in done.out
    link = "https://discord.com/oauth2/authorize?client_id=123456789012345678&scope=bot+applications.commands"
    assert f"Invite link: {link}&permissions=309237763072" in done.out


async def test_a_token_that_is_set_is_tried_without_asking(epochbot, discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN", DISCORD)
    done = await asyncio.to_thread(epochbot, "setup", "discord")
    assert (done.code, "They are set already" in done.out) == (0, True), done


async def test_a_token_the_platform_refuses_is_not_kept(
    epochbot, discord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, DISCORD[:-1] + "y")
    done = await asyncio.to_thread(epochbot, "setup", "discord", "--write")
    assert (done.code, "Discord refuses the bot token." in done.err, (tmp_path / ".env").exists()) == (2, True, False)


def test_who_types_nothing_is_told_what_is_missing(epochbot, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch)
    done = epochbot("setup", "discord")
    assert (done.code, "EPOCHBOT_DISCORD_TOKEN is not set, and none was typed." in done.err) == (2, True)


@pytest.mark.parametrize(("token", "ok"), [(DISCORD, True), (DISCORD[:-1] + "y", False)])
async def test_the_doctor_tries_tokens(
    epochbot, discord, monkeypatch: pytest.MonkeyPatch, token: str, ok: bool
) -> None:
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN", token)
    monkeypatch.setenv("EPOCHBOT_RUNNER_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("EPOCHBOT_RUNNER_SECRET", "s" * 32)
    findings = (await asyncio.to_thread(epochbot, "doctor", "--json")).json["findings"]
    (told,) = [finding for finding in findings if finding["area"] == "discord"]
    assert (told["ok"], "Reset Token" in told["fix"]) == (ok, not ok)
    (runner,) = [finding for finding in findings if finding["area"] == "isolation"]
    assert (runner["ok"], bool(runner["fix"])) == (False, True)


async def started(program: asyncio.subprocess.Process) -> str:
    """The line with which a program says that it serves."""
    assert program.stdout is not None
    return (await asyncio.wait_for(program.stdout.readline(), STARTED)).decode()


async def serving(*words: str) -> asyncio.subprocess.Process:
    """`epochbot serve` as a program of its own."""
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }  # as no test of the page
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**ours, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip


async def test_both_platforms_are_served_by_one_program_until_it_is_told_to_stop(
    slack: FakeSlack, discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN", DISCORD)
    monkeypatch.setenv("EPOCHBOT_SLACK_BOT_TOKEN", ACCOUNT.bot)
    monkeypatch.setenv("EPOCHBOT_SLACK_APP_TOKEN", ACCOUNT.app)
    program = await serving()
    try:
        assert await started(program) == "Epochbot serves discord and slack (Ctrl+C stops it)\n"
        await discord.until(lambda: discord.gateway.connected, timeout=STARTED)
        await slack.connected()
        program.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(program.communicate(), STARTED)
        assert (program.returncode, b"Traceback" in said) == (0, False), said
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def posts_due_an_hour_ago(home: Path, guild: str, channel: str) -> None:
    """One group on both platforms, whose question was due an hour ago; its zone is one where that was about noon."""
    now = datetime.now(UTC)
    before, offset = now - timedelta(hours=2), 13 - now.hour
    store = await Store.open(home / "epochbot.sqlite3", now=lambda: before)
    ada = await store.ensure_user("slack", "T1:U1", "Ada")
    group = await store.ensure_group("slack", "T1", "Garden club")
    there = Spot("discord", guild)
    code = await store.places.make_code(ada.id, Spot("slack", "T1"), group.id, 5)
    await store.places.join(ada.id, there, code)
    for spot, where in ((Spot("slack", "T1"), "C1"), (there, channel)):
        await store.places.set_posting(spot, Posting(channel=where, hour=12, tz=f"Etc/GMT{-offset:+}"))
        for kind in (Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP):
            await store.deliveries.pause(spot, kind)
    await store.close()


async def test_the_question_of_a_group_comes_by_itself_on_both_platforms_once(
    slack: FakeSlack, discord, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN", DISCORD)
    monkeypatch.setenv("EPOCHBOT_SLACK_BOT_TOKEN", ACCOUNT.bot)
    monkeypatch.setenv("EPOCHBOT_SLACK_APP_TOKEN", ACCOUNT.app)
    (tmp_path / "home").mkdir()
    await posts_due_an_hour_ago(tmp_path / "home", str(discord.guild.id), str(discord.channel.id))
    for _ in range(2):  # the second program finds that all was sent
        program = await serving()
        try:
            await started(program)
            await discord.until(lambda: bool(discord.messages(discord.channel)), timeout=STARTED)
            await slack.world.until(lambda: bool(slack.messages("C1")), STARTED)
            program.send_signal(signal.SIGTERM)
            _, said = await asyncio.wait_for(program.communicate(), STARTED)
            assert (program.returncode, b"Traceback" in said) == (0, False), said
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
    (there,) = discord.messages(discord.channel)
    here = [message for message in slack.messages("C1") if not message.thread_ts]
    assert len(here) == 1
    asked = max(re.findall(r"[A-Z][^*`_\n]{30,}", there.text), key=len)
    assert asked.split()[:4] == [word for word in asked.split()[:4] if word in here[0].text]


async def test_when_the_only_platform_refuses_us_the_program_ends_with_advice(
    discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN", DISCORD[:-1] + "y")
    program = await serving()
    _, said = await asyncio.wait_for(program.communicate(), STARTED)
    assert (program.returncode, b"epochbot: discord: Discord refuses the bot token." in said) == (2, True), said


async def test_the_page_is_served_beside_a_platform_and_both_end_together(
    discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN", DISCORD)
    program = await serving("--web", "--port", str(port))
    try:
        assert await started(program) == f"Epochbot is at http://127.0.0.1:{port}/ (Ctrl+C stops it)\n"
        await discord.until(lambda: discord.gateway.connected, timeout=STARTED)
        program.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(program.communicate(), STARTED)
        assert (program.returncode in (0, -signal.SIGTERM), b"Traceback" in said) == (True, False), said
        assert not discord.gateway.connected
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
