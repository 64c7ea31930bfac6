"""The console script: finds the subcommand, runs it, and turns an operator's mistake into advice and an exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys

from bot.cli import discover
from bot.config import ConfigError
from bot.store import StoreError
from challenges.prepare import CasesError
from runner.errors import CannotIsolate

FINE, USAGE, CANNOT_ISOLATE, INTERRUPTED = 0, 2, 125, 130  # a command itself answers 1 for no
HOSTS = ("chat", "serve")  # what runs until somebody stops it


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; return its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        prog="epochbot", description="Learn AI and machine learning in small daily passes."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in discover(argv[0] if argv else None).items():
        sub = commands.add_parser(name, help=module.SUMMARY, description=module.SUMMARY)
        module.configure(sub)
        sub.set_defaults(run=module.run)
    options = parser.parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a character this terminal lacks must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        code = int(options.run(options))
        sys.stdout.flush()  # here, where a reader that has gone is still dealt with
        return code
    except (ConfigError, StoreError, CasesError) as fault:
        sys.stderr.write(f"epochbot: {fault}\n")
        return USAGE
    except CannotIsolate as fault:
        sys.stderr.write(f"epochbot: {fault}\n")
        return CANNOT_ISOLATE
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        return FINE if options.command in HOSTS else INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
