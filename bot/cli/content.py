"""`epochbot content check`: every gate on every question and challenge, with all faults at once."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bot.app import TRACK, content_folder, open_run, set_up_process
from bot.config import ConfigError, Settings, load_settings
from bot.content import ContentReport, check

SUMMARY = "check questions and challenges: `content check`"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("action", choices=["check"])
    parser.add_argument("--only", default="", metavar="SLUG", help="one challenge or section")
    parser.add_argument("--seeds", type=_count, default=3, metavar="N", help="gradings of every solution (default: 3)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Check; 0 when there is no fault."""
    settings = load_settings()
    set_up_process(settings)
    folder = content_folder(settings) / "tracks" / TRACK
    _known(folder, options.only)
    seeds = range(max(1, options.seeds))
    report = asyncio.run(_checked(settings, folder, seeds, options.only))
    if options.json:
        print(
            json.dumps(
                {"items": report.items, "challenges": report.challenges, "faults": [asdict(f) for f in report.faults]}
            )
        )
    else:
        _tell(report)
    return 1 if report.faults else 0


async def _checked(settings: Settings, folder: Path, seeds: range, only: str) -> ContentReport:
    async with open_run(settings) as (run_job, _expect):
        return await check(folder, run_job, seeds, only, _progress)


def _known(folder: Path, only: str) -> None:
    """Refuse a name that nothing has: checking nothing would look like finding nothing.

    Raises:
        ConfigError: there is no such challenge or section.
    """
    names = [p.stem for part in ("challenges", "quizzes") for p in sorted((folder / part).iterdir())]
    if only and only not in names:
        near = difflib.get_close_matches(only, names, n=3, cutoff=0.4)
        guess = f" Did you mean {' or '.join(near)}?" if near else ""
        raise ConfigError(f"There is no challenge or section {only!r} in {folder}.{guess}")


def _count(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 on")
    return int(text)


def _progress(line: str) -> None:
    sys.stderr.write(f"  {line}\n")


def _tell(report: ContentReport) -> None:
    for fault in report.faults:
        print(f"{fault.file}{' [' + fault.item + ']' if fault.item else ''}: {fault.message}")
    print(
        f"{report.items} questions, {report.challenges} challenges, {report.claims} claimed outputs executed, "
        f"{report.grades} gradings, {len(report.faults)} {'fault' if len(report.faults) == 1 else 'faults'}"
    )
