"""Settings from the environment and an optional `.env` file, checked once, with advice when something is wrong.

The only place that names environment variables. Frozen; nothing is read again later.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PLACEHOLDERS = ("changeme", "your-", "xxx", "placeholder", "<")


class ConfigError(Exception):
    """A setting an operator has to change; the message says which, why, and to what."""


class Settings(BaseSettings):
    """Everything an operator can set. Each field is `EPOCHBOT_<NAME>`, but for the key, which keeps its usual name."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="EPOCHBOT_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    home: Path = Field(default_factory=lambda: Path(platformdirs.user_state_dir("epochbot", appauthor=False)))
    data: Path | None = None
    port: int = Field(default=8080, ge=1, le=65535)
    log_level: str = "warning"
    min_isolation: str = "reduced"
    contained: bool = False
    runner_url: str | None = None
    runner_secret: SecretStr | None = None
    runner_ca: Path | None = None
    demo_members: bool = True
    claude_model: str = "claude-haiku-5-5"
    claude_timeout_s: float = Field(default=20.0, gt=0, le=120)
    anthropic_api_key: SecretStr | None = Field(default=None, alias="ANTHROPIC_API_KEY")
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

    @field_validator("runner_url", "runner_secret", "runner_ca", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

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


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        ConfigError: one or more are wrong; the message lists them all.
    """
    try:
        return Settings(**overrides)
    except ValidationError as fault:
        lines = [_complaint(str(e["loc"][0]), e["msg"], e["input"]) for e in fault.errors(include_url=False)]
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
    hidden = any(word in name.lower() for word in ("key", "secret"))
    found = "" if hidden else f" (it is {value!r})"
    return f"  {_variable(name)}: {message.removeprefix('Value error, ')}{found}"


def _variable(name: str) -> str:
    return name.upper() if name.upper().startswith("ANTHROPIC") else f"EPOCHBOT_{name.upper()}"
