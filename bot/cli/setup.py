"""`epochbot setup discord|slack`: how the app is made there, which token goes where, and whether the tokens work."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from pathlib import Path

from pydantic import SecretStr

from bot.app import check_tokens, set_up_process
from bot.config import ConfigError, Settings, load_settings
from bot.operating import MANIFEST, OVER_HTTP, QUESTIONS, Question, application_id, invite_link, steps, with_values

SUMMARY = "walk through creating the app on a platform, and try its tokens"
ENV = Path(".env")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("platform", choices=list(QUESTIONS))
    parser.add_argument("--write", action="store_true", help="put tokens typed here into .env, readable by you alone")
    parser.add_argument("--ask", action="store_true", help="ask for tokens that are set already, too")


def run(options: argparse.Namespace) -> int:
    """Say how, ask for what is missing, try it, and keep it if that is wanted."""
    print(steps(options.platform))
    if options.platform == "slack":
        print(f"\n{MANIFEST.read_text('utf-8')}")
    typed = _ask(options.platform) if options.ask or not _is_set(options.platform) else {}
    settings = load_settings(**typed)
    set_up_process(settings)
    who = asyncio.run(check_tokens(settings, options.platform))
    print(f"\nThe tokens work: there we are {who}.")
    if options.platform == "discord":
        print(f"Invite link: {_invite(settings)}")
    _keep({f"EPOCHBOT_{name.upper()}": value for name, value in typed.items()}, write=options.write)
    return 0


def _is_set(platform: str) -> bool:
    """Tell whether a platform is set up in the environment or `.env`; say so if that is half done."""
    try:
        return platform in load_settings().platforms
    except ConfigError as fault:
        print(f"\n{fault}")
        return False


def _ask(platform: str) -> dict[str, str]:
    """Ask for the tokens of a platform.

    Raises:
        ConfigError: a needed one was not given.
    """
    print()
    answers = {question.name: _answer(question) for question in QUESTIONS[platform]}
    if "" in answers.values():
        answers[OVER_HTTP.name] = _answer(OVER_HTTP)
    return {name: answer for name, answer in answers.items() if answer}


def _answer(question: Question) -> str:
    answer = (getpass.getpass(f"{question.prompt}: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not answer and not question.optional:
        raise ConfigError(
            f"{question.variable} is not set, and none was typed. Follow the steps above, then come back."
        )
    return answer


def _invite(settings: Settings) -> str:
    token = settings.discord_token or SecretStr("")
    return invite_link(application_id(token.get_secret_value()) or "YOUR_APPLICATION_ID")


def _keep(values: dict[str, str], *, write: bool) -> None:
    """Write typed tokens into `.env` if that was asked for, and say otherwise where they belong."""
    if not values:
        print("They are set already; `epochbot serve` uses them.")
    elif not write:
        print(f"Put them into {', '.join(values)}: in the environment, in .env, or in files named by …_FILE.")
        print("With --write, this command puts them into .env. Then `epochbot serve` uses them.")
    else:
        _write_env(ENV.resolve(), values)
        print(f"{', '.join(values)} stand in {ENV} now, readable by you alone; `epochbot serve` uses them.")


def _write_env(path: Path, values: dict[str, str]) -> None:
    """Change the file in one step, never leaving half of it, nor a moment in which others can read it.

    Raises:
        ConfigError: it cannot be read or written.
    """
    draft = path.with_name(f"{path.name}.new")
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        draft.unlink(missing_ok=True)
        with open(draft, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(with_values(text, values))
        draft.replace(path)
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"{path} cannot be changed: {why}. Mend that, or put the tokens there by hand.") from None
