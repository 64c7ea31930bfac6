"""Settings: read from the environment and `.env`, refused with the variable's name, printed without secrets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.config import SECRETS, ConfigError, describe, load_settings

KEY = "sk-ant-api03-0123456789abcdef"


@pytest.fixture(autouse=True)
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, and an environment that sets nothing."""
    for name in [name for name in os.environ if name.startswith(("EPOCHBOT_", "ANTHROPIC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_has_to_be_set() -> None:
    settings = load_settings()
    assert (settings.port, settings.log_level, settings.min_isolation, settings.demo_members) == (
        8080,
        "warning",
        "reduced",
        True,
    )
    assert settings.database == settings.home / "epochbot.sqlite3"
    assert settings.anthropic_api_key is None


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("EPOCHBOT_PORT", "eighty", "EPOCHBOT_PORT: Input should be a valid integer"),
        ("EPOCHBOT_PORT", "0", "EPOCHBOT_PORT: Input should be greater than or equal to 1 (it is '0')"),
        ("EPOCHBOT_PORT", "65536", "EPOCHBOT_PORT: Input should be less than or equal to 65535 (it is '65536')"),
        ("EPOCHBOT_LOG_LEVEL", "loud", "EPOCHBOT_LOG_LEVEL: use debug, info, warning or error (it is 'loud')"),
        ("EPOCHBOT_MIN_ISOLATION", "none", "EPOCHBOT_MIN_ISOLATION: use strong or reduced (it is 'none')"),
        ("EPOCHBOT_DEMO_MEMBERS", "perhaps", "EPOCHBOT_DEMO_MEMBERS: Input should be a valid boolean"),
        ("EPOCHBOT_CLAUDE_TIMEOUT_S", "0", "EPOCHBOT_CLAUDE_TIMEOUT_S: Input should be greater than 0 (it is '0')"),
        ("ANTHROPIC_API_KEY", "your-key-here", "ANTHROPIC_API_KEY: still holds a placeholder; set a real key"),
        ("ANTHROPIC_API_KEY", "<key>", "ANTHROPIC_API_KEY: still holds a placeholder; set a real key"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_what_can(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    first, second = str(caught.value).splitlines()
    assert (first, second.strip().startswith(message)) == ("These settings need attention:", True), second


def test_all_faults_are_told_at_once_and_no_key_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOT_PORT", "x")
    monkeypatch.setenv("EPOCHBOT_LOG_LEVEL", "x")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "xxx-secret-xxx")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert (len(str(caught.value).splitlines()), "secret" in str(caught.value)) == (4, False)


def test_the_env_file_is_read_and_the_environment_wins(clean_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clean_place / ".env").write_text("EPOCHBOT_PORT=9000\nEPOCHBOT_LOG_LEVEL=INFO\nUNRELATED=1\n")
    monkeypatch.setenv("EPOCHBOT_PORT", "9001")
    assert (load_settings().port, load_settings().log_level) == (9001, "info")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"EPOCHBOT_PORT=\xe9"])
def test_an_env_file_that_cannot_be_read_is_named(clean_place: Path, content: bytes) -> None:
    (clean_place / ".env").write_bytes(content)
    with pytest.raises(ConfigError, match=r"The file \.env in this folder cannot be read: it is not UTF-8 text\."):
        load_settings()


def test_what_is_given_wins_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOT_PORT", "9001")
    assert load_settings(port=9002).port == 9002


@pytest.mark.parametrize("key", ["", "   "])
def test_an_empty_key_is_no_key(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    assert load_settings().anthropic_api_key is None


def test_every_setting_is_described_and_the_key_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", f" {KEY} ")
    monkeypatch.setenv("EPOCHBOT_HOME", "/somewhere")
    settings = load_settings()
    shown = describe(settings)
    assert settings.anthropic_api_key is not None
    assert settings.anthropic_api_key.get_secret_value() == KEY
    assert (shown["ANTHROPIC_API_KEY"], shown["ANTHROPIC_BASE_URL"]) == ("set (hidden)", "not set")
    assert (shown["EPOCHBOT_HOME"], len(shown)) == ("/somewhere", len(type(settings).model_fields))
    assert KEY not in repr(shown) + repr(settings) + str(settings)


# Built here, so that no text of ours looks like somebody's token.
DISCORD = ".".join(("M" * 24, "Gabcde", "z" * 38))
BOT, APP, SIGNING = (
    "-".join(("xoxb", "1234567890", "a" * 24)),
    "-".join(("xapp", "1", "A123456789", "b" * 20)),
    "0a" * 16,
)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"DISCORD_TOKEN": "your-token-here"}, "EPOCHBOT_DISCORD_TOKEN: still holds a placeholder; copy it from"),
        ({"DISCORD_TOKEN": f"Bot {DISCORD}"}, "EPOCHBOT_DISCORD_TOKEN: begins with the word Bot"),
        ({"DISCORD_TOKEN": "abc.def"}, "EPOCHBOT_DISCORD_TOKEN: is no bot token"),
        ({"DISCORD_TOKEN": BOT}, "EPOCHBOT_DISCORD_TOKEN: is no bot token"),
        ({"SLACK_BOT_TOKEN": APP, "SLACK_APP_TOKEN": APP}, "EPOCHBOT_SLACK_BOT_TOKEN: holds an app-level token; it belongs"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": BOT}, "EPOCHBOT_SLACK_APP_TOKEN: holds a bot token; it belongs"),
        ({"SLACK_BOT_TOKEN": BOT.replace("b", "p", 1), "SLACK_APP_TOKEN": APP}, "EPOCHBOT_SLACK_BOT_TOKEN: holds a user"),
        ({"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": APP}, "EPOCHBOT_SLACK_BOT_TOKEN: does not begin with xoxb- or is cut"),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": "0a"}, "EPOCHBOT_SLACK_SIGNING_SECRET: is no signing secret"),
        ({"SLACK_BOT_TOKEN": "xoxb-xxxx-xxxx", "SLACK_APP_TOKEN": APP}, "EPOCHBOT_SLACK_BOT_TOKEN: still holds a placeholder"),
        ({"SLACK_BOT_TOKEN": BOT}, "Slack is half set: beside EPOCHBOT_SLACK_BOT_TOKEN, set EPOCHBOT_SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": APP}, "Slack is half set: EPOCHBOT_SLACK_BOT_TOKEN is missing."),
        ({"SLACK_CLIENT_ID": "1.2"}, "EPOCHBOT_SLACK_CLIENT_ID and EPOCHBOT_SLACK_CLIENT_SECRET belong together"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "0b"}, "Installing into many workspaces works over HTTP"),
        ({"SLACK_CLIENT_ID": "<id>"}, "EPOCHBOT_SLACK_CLIENT_ID: still holds a placeholder"),
        ({"SLACK_HTTP_PORT": "0"}, "EPOCHBOT_SLACK_HTTP_PORT: Input should be greater"),
        ({"DISCORD_API_URL": "http://192.0.2.1/api"}, "EPOCHBOT_DISCORD_API_URL: is for tests and takes addresses on 127.0.0.1"),
        ({"SLACK_API_URL": "http://127.0.0.1.example.org/"}, "EPOCHBOT_SLACK_API_URL: is for tests"),
        ({"DISCORD_GATEWAY_URL": "nonsense"}, "EPOCHBOT_DISCORD_GATEWAY_URL: is for tests"),
    ],
)  # fmt: skip
def test_a_token_that_cannot_be_is_refused_with_where_the_right_one_is(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], message: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"EPOCHBOT_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    first, *rest = str(caught.value).splitlines()
    assert (first, rest[0].strip().startswith(message)) == ("These settings need attention:", True), rest
    assert not [
        v for n, v in given.items() if n.endswith(("TOKEN", "SECRET")) and len(v) > 12 and v in str(caught.value)
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"DISCORD_TOKEN": DISCORD},
        {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP},
        {"SLACK_BOT_TOKEN": f"xoxe.{BOT}", "SLACK_SIGNING_SECRET": SIGNING, "SLACK_HTTP_PORT": "3000"},
        {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "0b" * 16, "SLACK_SIGNING_SECRET": SIGNING},
        {"DISCORD_TOKEN": DISCORD, "DISCORD_API_URL": "http://127.0.0.1:9/api", "DISCORD_GATEWAY_URL": "ws://[::1]:9/"},
    ],
)
def test_whole_tokens_are_taken_and_printed_hidden(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"EPOCHBOT_{name}", value)
    shown = describe(load_settings())
    secret = {n: v for n, v in given.items() if n.endswith(("TOKEN", "SECRET"))}
    assert {shown[f"EPOCHBOT_{name}"] for name in secret} == {"set (hidden)"}
    assert not [value for value in secret.values() if value in repr(shown)]


def test_empty_tokens_are_no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_HTTP_PORT", "DISCORD_TOKEN_FILE"):
        monkeypatch.setenv(f"EPOCHBOT_{name}", " ")
    settings = load_settings()
    assert (settings.discord_token, settings.slack_bot_token, settings.slack_app_token) == (None, None, None)


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_stand_in_a_file(clean_place: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    values = {"discord_token": DISCORD, "slack_bot_token": BOT, "slack_app_token": APP, "slack_signing_secret": SIGNING}
    others = {"slack_client_id": "1.2", "slack_client_secret": "0b" * 16, "slack_signing_secret": SIGNING}
    others |= {"slack_bot_token": BOT} if name.startswith("slack") else {}
    for other, value in others.items():
        monkeypatch.setenv(f"EPOCHBOT_{other.upper()}", value)
    variable = "ANTHROPIC_API_KEY" if name == "anthropic_api_key" else f"EPOCHBOT_{name.upper()}"
    monkeypatch.delenv(variable, raising=False)
    (clean_place / "secret").write_text(values.get(name, "0123456789" * 4) + "\n")
    monkeypatch.setenv(f"{variable}_FILE", "secret")
    kept = getattr(load_settings(), name)
    assert kept is not None
    assert kept.get_secret_value() == values.get(name, "0123456789" * 4)


def test_a_secret_in_the_env_file_and_a_file_named_there_are_both_read(clean_place: Path) -> None:
    (clean_place / "token").write_text(BOT)
    (clean_place / ".env").write_text(f"EPOCHBOT_SLACK_BOT_TOKEN_FILE=token\nEPOCHBOT_SLACK_APP_TOKEN={APP}\n")
    settings = load_settings()
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == BOT


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "EPOCHBOT_DISCORD_TOKEN_FILE: secret cannot be read: No such file or directory."),
        (b" \n", "EPOCHBOT_DISCORD_TOKEN_FILE: secret is empty."),
        (b"\xff\xfe", "EPOCHBOT_DISCORD_TOKEN_FILE: secret cannot be read: it is not UTF-8 text."),
    ],
)
def test_a_secret_file_that_cannot_be_read_is_named(
    clean_place: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, message: str
) -> None:
    if content is not None:
        (clean_place / "secret").write_bytes(content)
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN_FILE", "secret")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert message in str(caught.value)


def test_a_secret_given_twice_is_refused(clean_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clean_place / "secret").write_text(DISCORD)
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN_FILE", "secret")
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN", DISCORD)
    with pytest.raises(ConfigError, match="EPOCHBOT_DISCORD_TOKEN and EPOCHBOT_DISCORD_TOKEN_FILE are both set"):
        load_settings()
