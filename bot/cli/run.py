"""`epochbot run FILE`: one file in isolation, with what it printed and what it used."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TextIO

from bot.app import make_run, set_up_process
from bot.config import ConfigError, load_settings
from bot.platforms.plain import clean
from runner import Job, Limits, Outcome, Profile, Result, Run
from runner.report import report

SUMMARY = "run one Python file in isolation"
MIB = 1024 * 1024
MAX_SECONDS = 3600
MAX_SOURCE = MIB


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument(
        "--profile", type=Profile, choices=list(Profile), default=Profile.SKLEARN, help="libraries it may import"
    )
    parser.add_argument("--wall", type=_seconds, default=10.0, metavar="SECONDS", help="time it may take (default: 10)")
    parser.add_argument("--memory-mb", type=_megabytes, default=512, metavar="MB", help="memory (default: 512)")


def run(options: argparse.Namespace) -> int:
    """Run the file; 0 when it ended well."""
    settings = load_settings()
    set_up_process(settings)
    limits = Limits(wall_s=options.wall, memory_bytes=options.memory_mb * MIB)
    job = Job(source=read_source(options.file), profile=options.profile, limits=limits, filename=options.file.name)
    result = asyncio.run(_once(make_run(settings), job))
    if options.json:
        print(json.dumps(report(result)))
    else:
        _write(sys.stdout, result.stdout)
        _write(sys.stderr, result.stderr + _reason(result))
        summary = f"{result.outcome} in {result.wall_ms:.0f} ms, peak {result.peak_bytes / MIB:.0f} MB, isolation {result.isolation}"
        _write(sys.stderr, f"[{summary}]{' ' + result.detail if result.detail else ''}\n")
    return 0 if result.outcome is Outcome.OK else 1


def _write(stream: TextIO, text: str) -> None:
    """Write what a learner's code may have shaped; a terminal would obey its control characters."""
    stream.write(clean(text) if stream.isatty() else text)


def _reason(result: Result) -> str:
    """One line for a fault that neither the code's own output nor the summary tells, or ""."""
    fault = result.fault
    if fault is None or result.detail or (fault.traceback and fault.traceback in result.stderr):
        return ""
    text = f"{fault.type}: {fault.message}" if fault.traceback else f"{fault.message[:1].upper()}{fault.message[1:]}."
    return f"{'' if result.stderr.endswith(chr(10)) or not result.stderr else chr(10)}{text}\n"


def read_source(path: Path) -> bytes:
    """The first bytes of a file the operator named: enough for the runner to see that it is too long, if it is.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_SOURCE + 1)  # a device such as /dev/zero would never end
    except (OSError, ValueError) as fault:  # a ValueError when the name holds a NUL
        why = fault.strerror if isinstance(fault, OSError) else "that is no file name"
        raise ConfigError(f"Cannot read {path}: {why}. Give the path of a Python file.") from None


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= MAX_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {MAX_SECONDS} seconds")
    return value


def _megabytes(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of megabytes from 1 on")
    return value


async def _once(run_job: Run, job: Job) -> Result:
    return await run_job(job)
