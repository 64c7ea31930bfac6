"""Settings: read from the environment and `.env`, refused with the variable's name, printed without secrets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.config import ConfigError, describe, load_settings

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
