"""`epochbot grade SLUG FILE`: grades one file as a submission, with the explanation a learner would read."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from bot.app import entropy, load_content, make_run, set_up_process
from bot.cli.run import read_source
from bot.config import ConfigError, Settings, load_settings
from bot.platforms.plain import clean
from bot.topics import find_challenge
from bot.tutor import Explanation
from bot.tutor.offline import explain
from bot.verdicts import HEADLINES, hidden_line, report_dict
from challenges.grade import grade
from challenges.model import Challenge, Report, Verdict

SUMMARY = "grade one file against a challenge"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("slug", help="the challenge")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Grade the file; 0 when it is accepted."""
    settings = load_settings()
    set_up_process(settings)
    challenge = _challenge(settings, options.slug)
    source = read_source(options.file)
    report = asyncio.run(grade(challenge, source, make_run(settings), entropy))
    explained = _explained(challenge, source, report)
    if options.json:
        print(json.dumps(_as_dict(report, explained)))
    else:
        _tell(report, explained)
    return 0 if report.verdict is Verdict.ACCEPTED else 1


def _challenge(settings: Settings, slug: str) -> Challenge:
    found = find_challenge(load_content(settings)[1], slug)
    if isinstance(found, Challenge):
        return found
    guess = f"Did you mean {' or '.join(found)}?" if found else "`epochbot chat` lists them with /challenge list."
    raise ConfigError(f"There is no challenge {slug!r}. {guess}")


def _explained(challenge: Challenge, source: bytes, report: Report) -> Explanation | None:
    if report.verdict in (Verdict.ACCEPTED, Verdict.INTERNAL):
        return None
    return explain(challenge, source.decode("utf-8", "replace"), report)


def _as_dict(report: Report, explained: Explanation | None) -> dict[str, Any]:
    said = {"source": explained.source, "specific": explained.specific, "text": explained.text} if explained else None
    return {**report_dict(report), "explanation": said}


def _tell(report: Report, explained: Explanation | None) -> None:
    print(HEADLINES[report.verdict])
    for case in report.cases:
        mark = "✓" if case.verdict is Verdict.ACCEPTED else "✗"
        print(clean(f"  {mark} {case.name}{': ' + case.message if case.message else ''}"))
    for text in filter(None, (hidden_line(report), report.detail)):
        print(clean(text))
    if explained:
        print(clean(f"\n{explained.text}"))
