"""One file per shell command, found by walking this package; each has SUMMARY, configure(parser) and run(options)."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from typing import Protocol, cast


class Subcommand(Protocol):
    """What a module here has to offer."""

    SUMMARY: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add this command's options."""
        ...

    def run(self, options: argparse.Namespace) -> int:
        """Do it; return the exit code."""
        ...


def names() -> dict[str, str]:
    """Every shell command with its module; `config_` style names lose the underscore."""
    return {module.name.rstrip("_"): f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__)}


def discover(called: str | None = None) -> dict[str, Subcommand]:
    """The shell command that is called, or all of them by name: each imports what it works with, which takes its time."""
    found = names()
    wanted = [called] if called in found else found
    return {name: cast("Subcommand", importlib.import_module(found[name])) for name in wanted}
