"""The console script: finds the subcommand, runs it, and turns an operator's mistake into advice and an exit code."""

from __future__ import annotations

import argparse
import sys

from bot.cli import discover
from bot.config import ConfigError
from bot.store import StoreError
from runner.errors import CannotIsolate

FINE, NO, USAGE, CANNOT_ISOLATE = 0, 1, 2, 125


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="epochbot", description="Learn AI and machine learning in small daily passes."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in discover().items():
        sub = commands.add_parser(name, help=module.SUMMARY, description=module.SUMMARY)
        module.configure(sub)
        sub.set_defaults(run=module.run)
    options = parser.parse_args(argv)
    try:
        return int(options.run(options))
    except (ConfigError, StoreError) as fault:
        sys.stderr.write(f"epochbot: {fault}\n")
        return USAGE
    except CannotIsolate as fault:
        sys.stderr.write(f"epochbot: {fault}\n")
        return CANNOT_ISOLATE
    except KeyboardInterrupt:
        return FINE


if __name__ == "__main__":
    sys.exit(main())
