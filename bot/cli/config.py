"""`epochbot config print`: every setting with its value; secrets stay hidden."""

from __future__ import annotations

import argparse

from bot.config import describe, load_settings

SUMMARY = "show the settings in force: `config print`"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("action", choices=["print"])


def run(options: argparse.Namespace) -> int:
    """Print the settings."""
    for name, value in describe(load_settings()).items():
        print(f"{name}={value}")
    return 0
