"""Tokens are checked before anything starts, and a refusal says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ConfigError
from bot.platforms.slack.account import SCOPES, check_token, lacking_scopes
from bot.platforms.slack.files import trusted
from bot.platforms.slack.options import SlackOptions, check_options
from tests.bot.platforms.slack.conftest import Connect
from tests.fakes.slack_server import FakeSlack, Trouble


def options(fake: FakeSlack, **more: object) -> SlackOptions:
    """What connects to the stand-in."""
    return SlackOptions(**({"bot_token": fake.bot_token, "app_token": fake.app_token, "api_url": fake.api_url} | more))  # type: ignore[arg-type]  # by name


async def test_good_tokens_say_who_we_are(fake: FakeSlack) -> None:
    assert await check_token(options(fake)) == f"@epochbot in Garden club ({fake.base}/)"


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"bot_token": "xoxb-wrong"}, "the bot token is not one that Slack knows"),
        ({"app_token": "xapp-wrong"}, "the app token is not one that Slack knows"),
        ({"api_url": "http://127.0.0.1:9/"}, "Slack cannot be reached"),
    ],
)
async def test_a_wrong_token_is_refused_with_advice(fake: FakeSlack, wrong: dict[str, str], advice: str) -> None:
    with pytest.raises(ConfigError, match=advice) as refused:
        await check_token(options(fake, **wrong))
    assert "xoxb-wrong" not in str(refused.value)


def test_missing_scopes_are_found_in_what_slack_lists() -> None:
    few = ",".join(scope for scope in SCOPES if scope not in ("files:write", "users:read"))
    assert lacking_scopes(f"{few}, team:read") == ["files:write", "users:read"]
    assert (lacking_scopes(""), lacking_scopes(",".join(SCOPES))) == ([], [])


async def test_socket_mode_being_off_is_said(fake: FakeSlack) -> None:
    fake.inject("apps.connections.open", Trouble(error="missing_scope"))
    with pytest.raises(ConfigError, match="Switch Socket Mode on"):
        await check_token(options(fake))


async def test_a_refused_account_ends_the_host_with_advice(connect: Connect) -> None:
    with pytest.raises(ConfigError, match="not one that Slack knows"):
        await connect(bot_token="xoxb-wrong").__aenter__()


@pytest.mark.parametrize(
    ("made", "advice"),
    [
        (SlackOptions(""), "bot token is missing"),
        (SlackOptions("xoxp-1", "xapp-1"), "does not begin with xoxb-"),
        (SlackOptions("xoxb-1", "xoxb-1"), "does not begin with xapp-"),
        (SlackOptions("xoxb-1"), "Neither an app token"),
        (SlackOptions("xoxb-1", "", "s"), "needs a port"),
        (SlackOptions("xoxb-1", "xapp-1", client_id="1"), "belong together"),
        (SlackOptions("", "xapp-1", "", None, "1", "2"), "A folder is needed"),
        (SlackOptions("", "xapp-1", "", None, "1", "2", None, Path("x")), "signing secret and an HTTP port"),
    ],
)
def test_what_is_half_set_is_refused(made: SlackOptions, advice: str) -> None:
    with pytest.raises(ConfigError, match=advice):
        check_options(made)


def test_what_belongs_together_is_taken() -> None:
    check_options(SlackOptions("xoxb-1", "xapp-1"))
    check_options(SlackOptions("xoxb-1", "", "s", 3000))


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.py", True),
        ("https://slack.com/a", True),
        ("http://127.0.0.1:8/private/F1", True),
        ("http://files.slack.com/a", False),
        ("https://slack.com.evil.example/a", False),
        ("https://evilslack.com/a", False),
        ("http://127.0.0.1:9/private/F1", False),
        ("https://files.slack.com:444/a", False),
        ("file:///etc/passwd", False),
        ("https://[bad", False),
        ("", False),
    ],
)
def test_our_token_is_shown_to_slack_alone(url: str, ours: bool) -> None:
    assert trusted(url, "http://127.0.0.1:8/api/") is ours
