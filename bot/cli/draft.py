"""`epochbot draft items|wrong-solutions`: drafts by Claude that passed every gate of content, in a folder to review."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import json
from collections.abc import Collection
from pathlib import Path

from bot.app import TRACK, content_folder, open_app, set_up_process
from bot.config import ConfigError, Settings, load_settings
from bot.drafting.folder import FolderError, check_folder
from bot.drafting.orders import Outcome, draft_items, draft_wrong

SUMMARY = "have Claude draft questions or wrong solutions, for you to review"
MOST = 10
NO_KEY = (
    "Drafts are made by Claude, and no key is set: put ANTHROPIC_API_KEY=… into .env. data/README.md says how to write"
    " content by hand."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="items|wrong-solutions")
    items = kinds.add_parser("items", help="questions on a concept")
    items.add_argument("--concept", required=True, metavar="ID", help="the concept they are about")
    wrong = kinds.add_parser("wrong-solutions", help="mistakes in a challenge")
    wrong.add_argument("slug", help="the challenge")
    for one in (items, wrong):
        one.add_argument("--count", type=_count, default=3, metavar="N", help=f"how many, up to {MOST} (default: 3)")
        one.add_argument("--to", type=Path, default=Path("drafts"), metavar="DIR", help="where to (default: drafts)")
        one.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Draft; 0 when something passed, 1 when nothing did."""
    settings = load_settings()
    set_up_process(settings)
    if settings.anthropic_api_key is None:
        raise ConfigError(NO_KEY)
    try:
        check_folder(options.to, content_folder(settings))
    except FolderError as fault:
        raise ConfigError(str(fault)) from None
    outcome = asyncio.run(_drafted(settings, options))
    _tell_json(outcome) if options.json else _tell(outcome)
    return 0 if outcome.written else 1


async def _drafted(settings: Settings, options: argparse.Namespace) -> Outcome:
    async with open_app(settings) as dispatcher:
        services, author = dispatcher.services, settings.claude_author_model
        if options.kind == "items":
            concept = services.track.concept(options.concept)
            section = services.track.section_of(options.concept)
            if concept is None or section is None:
                raise _unknown("concept", options.concept, [one.id for one in services.track.concepts])
            file = content_folder(settings) / "tracks" / TRACK / "quizzes" / f"{section.slug}.toml"
            return await draft_items(services, concept, file, options.count, options.to, author)
        challenge = services.challenges.get(options.slug)
        if challenge is None:
            raise _unknown("challenge", options.slug, services.challenges)
        return await draft_wrong(services, challenge, options.count, options.to, author)


def _unknown(what: str, name: str, known: Collection[str]) -> ConfigError:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    guess = f" Did you mean {' or '.join(near)}?" if near else ""
    return ConfigError(f"There is no {what} {name!r}.{guess}")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {MOST}")
    return int(text)


def _tell(outcome: Outcome) -> None:
    for said in outcome.said:
        print(said)
    for one in outcome.rejected:
        print(f"rejected {one.name!r}:")
        for reason in one.reasons:
            print(f"  {reason}")
    for file in outcome.written:
        print(f"to review: {file}")
    print(f"{len(outcome.written)} to review, {len(outcome.rejected)} rejected")


def _tell_json(outcome: Outcome) -> None:
    rejected = [{"name": one.name, "reasons": list(one.reasons)} for one in outcome.rejected]
    print(
        json.dumps(
            {"written": [str(file) for file in outcome.written], "rejected": rejected, "said": list(outcome.said)}
        )
    )
