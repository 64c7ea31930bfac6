"""Settings from the environment and an optional `.env` file, checked once, with advice when something is wrong.

The only place that names environment variables. Frozen; nothing is read again later.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot import tokens

PLACEHOLDERS = ("changeme", "your-", "xxx", "placeholder", "<")
SECRETS = (
    "discord_token", "slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_secret",
    "runner_secret", "anthropic_api_key",
)  # fmt: skip
SECRET_CHARS = 4096  # of a file; far above any token
_SLACK = ("slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_id", "slack_client_secret")
_SHAPES: dict[str, Callable[[str], str]] = {
    "discord_token": tokens.discord_token,
    "slack_bot_token": tokens.slack_bot_token,
    "slack_app_token": tokens.slack_app_token,
    "slack_signing_secret": tokens.slack_signing_secret,
}


class ConfigError(Exception):
    """A setting an operator has to change; the message says which, why, and to what."""


class Settings(BaseSettings):
    """Everything an operator can set. Each field is `EPOCHBOT_<NAME>`, but for the key, which keeps its usual name.

    A secret may stand in a file instead, named by the variable with `_FILE` behind it.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="EPOCHBOT_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    home: Path = Field(default_factory=lambda: Path(platformdirs.user_state_dir("epochbot", appauthor=False)))
    data: Path | None = None
    port: int = Field(default=8080, ge=1, le=65535)
    backup_dir: Path | None = None
    health_port: int | None = Field(default=None, ge=1, le=65535)
    log_level: str = "warning"
    min_isolation: str = "reduced"
    contained: bool = False
    runner_url: str | None = None
    runner_secret: SecretStr | None = None
    runner_secret_file: Path | None = None
    runner_ca: Path | None = None
    discord_token: SecretStr | None = None
    discord_token_file: Path | None = None
    discord_api_url: str | None = None  # tests only, like the other two addresses of platforms
    discord_gateway_url: str | None = None
    slack_bot_token: SecretStr | None = None
    slack_bot_token_file: Path | None = None
    slack_app_token: SecretStr | None = None
    slack_app_token_file: Path | None = None
    slack_signing_secret: SecretStr | None = None
    slack_signing_secret_file: Path | None = None
    slack_http_port: int | None = Field(default=None, ge=1, le=65535)
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_client_secret_file: Path | None = None
    slack_api_url: str | None = None
    demo_members: bool = True
    keep_code_days: int = Field(default=365, ge=0)
    claude_model: str = "claude-haiku-5-5"
    claude_effort: str = "medium"
    claude_thinking: str = "disabled"
    claude_strong_model: str = "claude-sonnet-5-5"
    claude_strong_effort: str = "low"
    claude_strong_thinking: str = ""
    claude_author_model: str = "claude-opus-5-5"
    claude_timeout_s: float = Field(default=8.0, gt=0, le=120)
    claude_max_tokens: int = Field(default=2_500, ge=256, le=16_000)
    claude_learner_day_usd: float = Field(default=0.30, ge=0)
    claude_group_day_usd: float = Field(default=2.0, ge=0)
    claude_month_usd: float = Field(default=20.0, ge=0)
    claude_prices: str = ""
    anthropic_api_key: SecretStr | None = Field(default=None, alias="ANTHROPIC_API_KEY")
    anthropic_api_key_file: Path | None = Field(default=None, alias="ANTHROPIC_API_KEY_FILE")
    anthropic_base_url: str | None = Field(default=None, alias="ANTHROPIC_BASE_URL")

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in ("debug", "info", "warning", "error"):
            raise ValueError("use debug, info, warning or error")
        return value.lower()

    @field_validator("min_isolation")
    @classmethod
    def _known_isolation(cls, value: str) -> str:
        if value.lower() not in ("strong", "reduced"):
            raise ValueError("use strong or reduced")
        return value.lower()

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Read the secrets that stand in files."""
        found = dict(given)
        for name in SECRETS:
            alias = cls.model_fields[name].alias or name
            file = _one_of(given, f"{alias}_FILE", f"{alias}_file", f"{name}_file")
            if file:
                if _one_of(given, alias, name):
                    raise ValueError(f"{_variable(name)} and {_variable(name)}_FILE are both set; unset one.")
                found[alias] = _secret_in(Path(file), _variable(name))
        return found

    @field_validator(
        "backup_dir", "health_port", "runner_url", "runner_ca", "slack_client_id", "slack_http_port", "discord_api_url", "discord_gateway_url",
        "slack_api_url", *SECRETS, *(f"{name}_file" for name in SECRETS), mode="before",
    )  # fmt: skip
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator(*_SHAPES)
    @classmethod
    def _real_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None:
            return None
        text = value.get_secret_value().strip()
        if fault := _SHAPES[info.field_name or ""](text):
            raise ValueError(fault)
        return SecretStr(text)

    @field_validator("slack_client_id", "slack_client_secret")
    @classmethod
    def _no_placeholder(cls, value: str | SecretStr | None) -> str | SecretStr | None:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value or ""
        if tokens.is_placeholder(text):
            raise ValueError(
                f"still holds a placeholder; copy it from {tokens.SLACK_PAGE}, your app, Basic Information"
            )
        return value

    @field_validator("discord_api_url", "discord_gateway_url", "slack_api_url")
    @classmethod
    def _on_this_machine(cls, value: str | None) -> str | None:
        if value and (fault := tokens.loopback(value)):
            raise ValueError(fault)
        return value

    @model_validator(mode="after")
    def _slack_is_whole(self) -> Self:
        if fault := tokens.slack_set(frozenset(name for name in _SLACK if getattr(self, name) is not None)):
            raise ValueError(fault)
        return self

    @field_validator("anthropic_api_key")
    @classmethod
    def _real_key(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value().strip() if value else ""
        if any(mark in text.lower() for mark in PLACEHOLDERS):
            raise ValueError("still holds a placeholder; set a real key, or unset it to run without AI hints")
        return SecretStr(text) if text else None

    @property
    def database(self) -> Path:
        """Where the one SQLite file lives."""
        return self.home / "epochbot.sqlite3"

    @property
    def backups(self) -> Path:
        """Where backups of it go."""
        return self.backup_dir or self.home / "backups"

    @property
    def platforms(self) -> tuple[str, ...]:
        """The chat platforms that are set up."""
        slack = self.slack_bot_token is not None or self.slack_client_id is not None
        return ("discord",) * (self.discord_token is not None) + ("slack",) * slack


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        ConfigError: one or more are wrong; the message lists them all.
    """
    try:
        return Settings(**overrides)
    except ValidationError as fault:
        lines = [
            _complaint("".join(map(str, e["loc"][:1])), e["msg"], e["input"]) for e in fault.errors(include_url=False)
        ]
        raise ConfigError("These settings need attention:\n" + "\n".join(lines)) from None
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"The file .env in this folder cannot be read: {why}. Mend it, or move it away.") from None


def describe(settings: Settings) -> dict[str, str]:
    """Every setting as text, secrets hidden, for `config print`."""
    return dict(sorted((_variable(name), _shown(value)) for name, value in settings))


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    return "set (hidden)" if isinstance(value, SecretStr) else str(value)


def _complaint(name: str, message: str, value: object) -> str:
    """What is wrong with one setting; a secret's value stays out of it."""
    if not name:  # a fault of several together, which says itself which
        return f"  {message.removeprefix('Value error, ')}"
    hidden = any(word in name.lower() for word in ("key", "secret", "token"))
    found = "" if hidden else f" (it is {value!r})"
    return f"  {_variable(name)}: {message.removeprefix('Value error, ')}{found}"


def _variable(name: str) -> str:
    return name.upper() if name.upper().startswith("ANTHROPIC") else f"EPOCHBOT_{name.upper()}"


def _one_of(given: dict[str, Any], *names: str) -> str:
    return next((str(given[name]).strip() for name in names if given.get(name)), "")


def _secret_in(file: Path, variable: str) -> str:
    """Read a secret from its file.

    Raises:
        ValueError: it cannot be read, or holds nothing.
    """
    try:
        with file.open(encoding="utf-8") as opened:
            secret = opened.read(SECRET_CHARS).strip()
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        raise ValueError(f"{variable}_FILE: {file} cannot be read: {why}. Name a readable file, or unset it.") from None
    if not secret:
        raise ValueError(f"{variable}_FILE: {file} is empty. Put the secret into it, or unset it.")
    return secret
