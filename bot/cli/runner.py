"""`epochbot runner serve`: this host runs the code, and a bot on another host asks it to; `runner health` asks there."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict

from bot.app import remote_runner, set_up_process
from bot.config import ConfigError, load_settings
from runner.remote import serve
from runner.remote.errors import SetupError
from runner.remote.guard import VARIABLE

SUMMARY = "run code for a bot on another host: `runner serve`; ask that host how it is: `runner health`"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    serve.configure(actions.add_parser("serve", help=serve.SUMMARY, description=serve.SUMMARY))
    asked = "ask the runner at EPOCHBOT_RUNNER_URL what it can do and how busy it is"
    health = actions.add_parser("health", help=asked, description=asked)
    health.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Serve until a signal says to stop, or ask once."""
    settings = load_settings()
    set_up_process(settings)
    if options.action == "health":
        return _health(as_json=options.json)
    secret = settings.runner_secret
    environ = {VARIABLE: secret.get_secret_value()} if secret else {}
    try:
        serve.run_serve(vars(options), environ)
    except SetupError as fault:
        raise ConfigError(str(fault)) from None
    return 0


def _health(*, as_json: bool) -> int:
    health = asyncio.run(remote_runner(load_settings()).health())
    told = {**asdict(health), "profiles": [profile.value for profile in health.profiles]}
    if as_json:
        print(json.dumps(told))
    else:
        print("\n".join(f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in told.items()))
    return 0
