"""`epochbot votes`: which explanations learners found helpful, by what made them. Nobody is named."""

from __future__ import annotations

import argparse
import asyncio
import json

from bot.app import set_up_process, utc_now
from bot.config import Settings, load_settings
from bot.explaining import SOURCES
from bot.store import Store
from bot.store.tutor_votes import ASSISTANT, QUIZ, Tally

SUMMARY = "which explanations learners found helpful"
NAMES = {**SOURCES, QUIZ: "a quiz answer’s feedback", ASSISTANT: "Claude"}
BAR = 0.22  # the share of unhelpful votes that a course with written hints had: arXiv 2510.14457


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Print the counts."""
    settings = load_settings()
    set_up_process(settings)
    tallies = asyncio.run(_tallies(settings)) if settings.database.is_file() else []
    if options.json:
        print(json.dumps({"votes": [one._asdict() for one in tallies]}))
    elif not tallies:
        print("Nobody has judged an explanation yet.")
    else:
        for one in tallies:
            print(_line(one))
        total = sum(one.helpful + one.unhelpful for one in tallies)
        share = sum(one.unhelpful for one in tallies) / total
        print(f"{share:.0%} of {total} found unhelpful; below {BAR:.0%} is good.")
    return 0


async def _tallies(settings: Settings) -> list[Tally]:
    store = await Store.open(settings.database, now=utc_now)
    try:
        return await store.voices.votes_summary()
    finally:
        await store.close()


def _line(one: Tally) -> str:
    return f"{NAMES.get(one.source, one.source):<28} {one.helpful:>5} helpful {one.unhelpful:>5} not"
