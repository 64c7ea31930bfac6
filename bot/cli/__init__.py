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


def discover() -> dict[str, Subcommand]:
    """All shell commands by name; `config_` style names lose the underscore."""
    return {
        module.name.rstrip("_"): cast("Subcommand", importlib.import_module(f"{__name__}.{module.name}"))
        for module in pkgutil.iter_modules(__path__)
    }
