"""One file per command, found by walking this package: adding a command touches no list.

Each module has a `COMMAND`. Commands talk to the domain and the store, and answer with cards; they know no platform.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.messages import Reply
from bot.services import Context

Handler = Callable[[Context], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as `/help` shows it and the dispatcher calls it."""

    name: str
    summary: str  # one line for lists
    usage: str
    help: str  # a few lines, with an example
    handle: Handler
    order: int = 50  # place in lists; the day's order


def discover() -> dict[str, Command]:
    """All commands by name, in the order they are listed.

    Raises:
        ValueError: two files claim one name.
    """
    found: dict[str, Command] = {}
    for module in pkgutil.iter_modules(__path__):
        command: Command = importlib.import_module(f"{__name__}.{module.name}").COMMAND
        if command.name in found:
            raise ValueError(f"two files in bot/commands define /{command.name}; rename one.")
        found[command.name] = command
    return dict(sorted(found.items(), key=lambda pair: (pair[1].order, pair[0])))
