"""`epochbot bench runner|bot|store`: how fast runs, grading, chat and the database are here, each figure beside its baseline."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import entropy, load_content, set_up_process
from bot.config import ConfigError, Settings, load_settings
from bot.store import bench as store
from challenges.grade import Grader
from challenges.model import Challenge, Verdict
from runner import Isolation, Profile, Run
from runner.bench import __main__ as shell
from runner.bench.plan import Broken, Load, Once

SUMMARY = "measure how fast this machine runs and grades code, answers in chat, or stores"
BUSY = 0.5  # load per core before we begin, from which on figures say more of others than of us
PLAIN, DRIVEN = "pca-by-svd", "iris-honest-baseline"
"""Challenges without and with a driver, whose calls can and cannot share a process."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("what", choices=["runner", "bot", "store"], help="what to measure")
    parser.add_argument("--learners", type=int, default=1000, metavar="N", help="bot: how many answer (default: 1000)")
    parser.add_argument(
        "--rate", type=float, default=60.0, metavar="N", help="bot: of them a second, in the steady round"
    )
    shell.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Measure; 0 unless something is broken, however fast it is."""
    if options.what == "bot":
        return _chat(options)
    settings = load_settings()
    set_up_process(settings)
    if options.what == "store":
        return _store(options, settings)
    loads = list(grading(load_content(settings)[1]))
    return shell.run(options, loads, minimum=Isolation(settings.min_isolation))


def _chat(options: argparse.Namespace) -> int:
    """Measure the program in a chat that stands in for Discord; both come with the project's tests.

    Raises:
        ConfigError: this is not a checkout with its tests, or a library that they need is missing.
    """
    sys.path.insert(0, str(Path(__file__).parents[2]))
    try:
        load = importlib.import_module("tests.bench.bot_load")
    except ImportError as fault:
        advice = "Run it in a checkout of the project, after `make test` has installed what tests need."
        raise ConfigError(f"The chat that this measures in is missing ({fault}). {advice}") from None
    with TemporaryDirectory(prefix="epochbot-bench-") as scratch:
        work = load.measure(Path(scratch), options.learners, options.rate, partial(print, file=sys.stderr))
        figures = asyncio.run(work)
    if options.json:
        print(json.dumps(figures))
    else:
        for row in figures["results"]:
            print(f"{row['name']:16}{row['value']:>12} {row['unit']:8} bare bot {row['baseline']:>10}")
    return 0


def _store(options: argparse.Namespace, settings: Settings) -> int:
    """Measure the store, on the disk that the database is on.

    Raises:
        ConfigError: the folder cannot be written, or what the baseline needs is missing.
    """
    busy = os.getloadavg()[0] > BUSY * len(os.sched_getaffinity(0))
    sizes = store.QUICK if options.quick else store.Sizes()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="bench-", dir=settings.home) as scratch:
            found = asyncio.run(store.measure(Path(scratch), sizes, partial(print, file=sys.stderr)))
    except (OSError, store.NoBaseline) as fault:
        raise ConfigError(f"The benchmark cannot go on: {fault}.") from None
    if options.json:
        print(json.dumps({"busy": busy, "results": [asdict(one) for one in found]}))
        return 0
    for one in found:
        print(
            f"{one.name:22}{one.value:>10} {one.unit:4} baseline {one.baseline:>10}, {one.ratio:.1f} times as good  ({one.note})"
        )
    if busy:
        print("The machine was busy, so the figures say little.")
    return 0


def grading(challenges: Mapping[str, Challenge]) -> Iterator[Load]:
    """Right submissions to challenges we ship, with the libraries that most of them may use."""
    for name, slug in (("grades_per_s_sklearn", PLAIN), ("grades_per_s_sklearn_driven", DRIVEN)):
        if slug in challenges:
            challenge = replace(challenges[slug], profile=Profile.SKLEARN)
            yield Load(name=name, profile=Profile.SKLEARN, open=partial(_submissions, challenge))


@asynccontextmanager
async def _submissions(challenge: Challenge, run: Run) -> AsyncIterator[Once]:
    async with Grader(run, entropy) as grader:

        async def once() -> None:
            report = await grader.grade(challenge, challenge.solution)
            if report.verdict is not Verdict.ACCEPTED:
                raise Broken(f"a right submission to {challenge.slug} got {report.verdict}. {report.detail}")

        await once()  # the first one starts processes that those after it share
        await grader.settled()
        yield once
        await grader.settled()
