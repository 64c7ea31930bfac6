"""Runs one file in isolation from the shell: `python -m runner FILE [--json]`.

`python -m runner serve …` answers another host's jobs instead; a file of that name is run as `./serve`.
"""
from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from runner.cold import ColdRunner
from runner.errors import CannotIsolate
from runner.job import MIB, Isolation, Job, Limits, Profile, Result
from runner.report import CANNOT_ISOLATE, USAGE, exit_code, report


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m runner", description="Run one Python file in isolation.")
    parser.add_argument("file", type=Path, help="the file to run")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the file's own output")
    parser.add_argument("--profile", type=Profile, choices=list(Profile), default=Profile.STDLIB, help="its libraries")
    parser.add_argument("--wall", type=float, default=Limits().wall_s, metavar="S", help="seconds it may take")
    parser.add_argument("--memory-mb", type=int, default=Limits().memory_bytes // MIB, metavar="M", help="its memory")
    parser.add_argument(
        "--minimum", type=Isolation, choices=[Isolation.STRONG, Isolation.REDUCED], default=Isolation.REDUCED
    )
    return parser


def _say(result: Result) -> None:
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    if result.detail:
        print(f"{result.outcome}: {result.detail}", file=sys.stderr)


def _serve(arguments: list[str]) -> int:
    """Answer another host's jobs until a signal says to stop."""
    try:
        from runner.remote import serve
        from runner.remote.errors import SetupError
    except ModuleNotFoundError as missing:
        print(f"`serve` needs the library {missing.name}: pip install 'aiohttp>=3.13,<4'", file=sys.stderr)
        return USAGE
    parser = argparse.ArgumentParser(prog="python -m runner serve", description=serve.SUMMARY)
    serve.configure(parser)
    options = parser.parse_args(arguments)
    try:
        serve.run_serve(vars(options), os.environ)
    except SetupError as error:
        print(error, file=sys.stderr)
        return USAGE
    except CannotIsolate as error:
        print(error, file=sys.stderr)
        return CANNOT_ISOLATE
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the file that the arguments name and return the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["serve"]:
        return _serve(arguments[1:])
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.wall <= 0 or options.memory_mb <= 0:
        parser.error("limits must be more than 0")
    try:
        source = options.file.read_bytes()
    except OSError as error:
        print(f"{options.file}: {error.strerror}", file=sys.stderr)
        return USAGE
    limits = Limits(wall_s=options.wall, memory_bytes=options.memory_mb * MIB)
    job = Job(source=source, profile=options.profile, limits=limits, filename=options.file.name)
    try:
        result = asyncio.run(ColdRunner(options.minimum).run(job))
    except CannotIsolate as error:
        print(error, file=sys.stderr)
        return CANNOT_ISOLATE
    if options.json:
        print(json.dumps(report(result)))
    else:
        _say(result)
    return exit_code(result)


if __name__ == "__main__":
    sys.exit(main())
