"""`epochbot bench runner`: how fast runs and grading are on this machine, each figure beside its baseline."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from bot.app import entropy, load_content, set_up_process
from bot.config import load_settings
from challenges.grade import Grader
from challenges.model import Challenge, Verdict
from runner import Isolation, Profile, Run
from runner.bench import __main__ as shell
from runner.bench.plan import Broken, Load, Once

SUMMARY = "measure how fast this machine runs and grades code"
PLAIN, DRIVEN = "pca-by-svd", "iris-honest-baseline"
"""Challenges without and with a driver, whose calls can and cannot share a process."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("what", choices=["runner"], help="what to measure")
    shell.configure(parser)


def run(options: argparse.Namespace) -> int:
    """Measure; 0 unless something is broken, however fast it is."""
    settings = load_settings()
    set_up_process(settings)
    loads = list(grading(load_content(settings)[1]))
    return shell.run(options, loads, minimum=Isolation(settings.min_isolation))


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
