"""`python -m tests.bot.tutor.mutants`: what the offline explainer says of failing programs, in figures; with `--show N`, in words.

Every run draws other mutants; its seed is printed, and `--seed` repeats it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import secrets
import sys
from pathlib import Path

from challenges.grade import Grader
from challenges.load import load_challenges
from challenges.model import Challenge
from runner import Isolation
from runner.warm import WarmRunner
from tests.bot.tutor.mutants.measure import Tally, astray, generated, tallied, wrong_solutions

CHALLENGES = Path(__file__).parents[4] / "data" / "tracks" / "ai-machine-learning" / "challenges"


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(prog="python -m tests.bot.tutor.mutants", description=__doc__)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--count", type=int, default=650, help="mutants to make; some pass")
    options.add_argument("--only", nargs="*", default=[], help="slugs of challenges")
    options.add_argument("--no-closer", action="store_true", help="leave out the closer look in the box")
    options.add_argument(
        "--misses", action="store_true", help="print what is unspecific, or blames another line than was changed"
    )
    options.add_argument("--show", type=int, default=0, help="print so many explanations, drawn by chance")
    return options


def say(line: str) -> None:
    """One line of the report."""
    sys.stdout.write(f"{line}\n")


def show_progress(tally: Tally) -> None:
    """A line for every fifty programs."""
    if (len(tally.told) + tally.passed) % 50 == 0:
        sys.stderr.write(f"  {len(tally.told)} fail, {tally.passed} pass\n")


def printed(title: str, tally: Tally) -> None:
    """One block of the table."""
    near, blamed = tally.near()
    say(f"\n{title}: {len(tally.told)} failing programs ({tally.passed} pass)")
    say(f"  explained                       {tally.explained():7.1%}")
    say(f"  specific, by rules alone        {tally.share('rules'):7.1%}")
    say(f"  specific, at once               {tally.share('at_once'):7.1%}")
    say(f"  specific, after a closer look   {tally.share('closer'):7.1%}")
    if blamed:
        say(f"  blamed line within one of it    {near / blamed:7.1%}  of {blamed} lines blamed")
    say(f"  40 to 120 words                 {tally.sized():7.1%}")
    say(
        f"  explaining took                 {tally.time_ms(0.5):.0f} ms p50, {tally.time_ms(0.95):.0f} ms p95 by the clock, {tally.time_ms(0.95, worked=True):.0f} ms p95 of the processor"
    )
    say(f"  grounds                         {', '.join(f'{k} {n}' for k, n in tally.grounds().most_common())}")


async def report(options: argparse.Namespace) -> None:
    """Measure and print."""
    seed = options.seed if options.seed is not None else secrets.randbits(32)
    rng = random.Random(seed)  # noqa: S311 - draws mistakes, guards nothing
    bank = load_challenges(CHALLENGES)[0]
    chosen: list[Challenge] = [c for slug, c in bank.items() if not options.only or slug in options.only]
    say(
        f"seed {seed}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; no key, no network; known mistakes not consulted"
    )
    runner = WarmRunner(Isolation.REDUCED)
    try:
        for profile in {challenge.profile for challenge in chosen}:
            assert await runner.warm_up(profile)
        async with Grader(runner.run, lambda: secrets.randbits(64)) as grader:
            closer, told = not options.no_closer, []
            for title, programs in (
                ("our wrong solutions", wrong_solutions(chosen)),
                ("mutants", generated(chosen, rng, options.count, disguise=False)),
                ("mutants with other names", generated(chosen, rng, options.count // 4, disguise=True)),
            ):
                tally = await tallied(grader, programs, closer=closer, progress=show_progress)
                printed(title, tally)
                told += tally.told
    finally:
        await runner.close()
    missed = [one for one in told if options.misses and (not one.closer.specific or astray(one))]
    for one in missed + rng.sample(told, min(options.show, len(told))):
        say(f"\n--- {one.program.name} ({one.verdict}, {one.closer.source})\n{one.closer.code_line}\n{one.closer.text}")


if __name__ == "__main__":
    asyncio.run(report(parser().parse_args()))
