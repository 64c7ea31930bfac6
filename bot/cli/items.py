"""`epochbot items`: how each question does, which are not asked and why, what learners reported; and settling both."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.app import load_content, set_up_process, utc_now
from bot.config import ConfigError, Settings, load_settings
from bot.insight.export import items_csv
from bot.insight.items import Word
from bot.insight.reading import content_hash
from bot.insight.report import cut
from bot.insight.review import Line, Overview, overview
from bot.store import Store
from quizzes.items import Track

SUMMARY = "how each question does; which are not asked, and what learners reported"
PROMPT_CHARS, WORDS_CHARS = 60, 200
NEWS = "The question you reported was looked at"
COLUMNS = (
    "Columns of the file: item, section, concept, kind, prompt; answers: first answers; difficulty: share right; discrimination:"
    " corrected point-biserial, -1 to 1; upper_lower: share right of the best 27 percent of learners less that of the worst;"
    " efficiency: wrong options that 5 percent or more choose, of all; distractor_use: each wrong option with its share; reporters:"
    " learners with an open report; quarantined: yes or no; word: what to do about it. Shares run from 0 to 1, and a field is empty"
    " where too few answers would make a number up."
)
GRAVEST_FIRST = (Word.SUSPECT, Word.INSPECT, Word.BELOW_CHANCE, Word.KEEP, Word.EARLY)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.epilog = COLUMNS
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the table of all questions as UTF-8 CSV")
    parser.add_argument("--release", default="", metavar="ID", help="let a question be asked again")
    parser.add_argument(
        "--resolve", default="", metavar="ID", help="close the reports on a question, and tell who made them"
    )
    parser.add_argument("--say", default="", metavar="TEXT", help="with --resolve: what to tell them")


def run(options: argparse.Namespace) -> int:
    """Show, or settle one question; 1 when there was nothing to settle."""
    settings = load_settings()
    set_up_process(settings)
    return asyncio.run(_run(settings, options))


async def _run(settings: Settings, options: argparse.Namespace) -> int:
    track, _ = load_content(settings)
    if options.say and not options.resolve:
        raise ConfigError("--say goes with --resolve ID, for it is told to those who reported that question.")
    if not settings.database.exists():
        raise ConfigError(f"There is no database at {settings.database} yet. Start the bot once, or set EPOCHBOT_HOME.")
    store = await Store.open(settings.database, now=utc_now)
    try:
        await store.insights.note_content({item.id: content_hash(item) for item in track.items})
        if options.release or options.resolve:
            return await _settle(store, track, options)
        seen = await overview(store, track)
    finally:
        await store.close()
    if options.csv:
        _write(options.csv, items_csv(seen.lines))
    if options.json:
        print(json.dumps(_object(seen), ensure_ascii=False))
    elif options.csv:
        print(f"{len(seen.lines)} questions written to {options.csv}.")
    else:
        _tell(seen)
    return 0


async def _settle(store: Store, track: Track, options: argparse.Namespace) -> int:
    """Release a question, close its reports, or both; say what came of it."""
    settled = True
    if options.release:
        done = await store.insights.release(options.release)
        settled &= done
        print(f"{options.release} is asked again." if done else _not_there(options.release, "is not in quarantine."))
    if options.resolve:
        item = track.item(options.resolve)
        about = f" (“{cut(item.prompt, PROMPT_CHARS)}”)" if item else ""
        said = f": {' '.join(options.say.split())}" if options.say else ". Thank you: it helps everyone after you."
        closed = await store.insights.resolve(options.resolve, f"{NEWS}{about}{said}")
        settled &= closed > 0
        reports = "1 report" if closed == 1 else f"{closed} reports"
        print(
            f"{reports} on {options.resolve} closed; who made them is told when they are next there."
            if closed
            else _not_there(options.resolve, "has no open report.")
        )
    return 0 if settled else 1


def _not_there(item_id: str, what: str) -> str:
    return f"{item_id} {what} `epochbot items` lists the ids."


def _write(path: Path, text: str) -> None:
    """Write a file.

    Raises:
        ConfigError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as fault:
        raise ConfigError(f"{path} cannot be written: {fault.strerror}. Choose another file for --csv.") from None


def _object(seen: Overview) -> dict[str, Any]:
    return {
        "items": [_line_object(line) for line in seen.lines],
        "quarantined": [
            {"item": one.item_id, "since": one.since.isoformat(), "why": one.why, "evidence": one.evidence}
            for one in seen.quarantine
        ],
        "reports": [
            {"item": one.item_id, "reason": one.reason, "words": one.words, "at": one.at.isoformat()}
            for one in seen.reports
        ],
    }


def _line_object(line: Line) -> dict[str, Any]:
    found = {"section": line.item.section, "concept": line.item.concept, "kind": line.item.kind.value}
    stats = {**asdict(line.stats), "use": [{"distractor": name, "share": share} for name, share in line.stats.use]}
    return {**stats, **found, "reporters": line.reporters, "quarantined": line.quarantined}


def _tell(seen: Overview) -> None:
    """Print a table of the questions with answers or reports, what needs a look first."""
    known = [line for line in seen.lines if line.stats.answers or line.reporters or line.quarantined]
    if known:
        print(f"{'question':28} {'first':>5} {'right':>6} {'r':>6} {'27 %':>6} {'works':>6} {'told':>4}  word")
    for line in sorted(known, key=lambda one: (GRAVEST_FIRST.index(one.stats.word), -one.stats.answers, one.item.id)):
        print(_row(line))
    print(
        f"{len(seen.lines)} questions, {len(known)} with answers or reports. “first” counts first answers, “r” is how well it tells"
        " learners apart, “works” the share of wrong options that somebody chooses, “told” how many learners report it."
    )
    for one in seen.quarantine:
        print(
            f"not asked since {one.since:%Y-%m-%d}: {one.item_id}: {one.why}. Ask it again: epochbot items --release {one.item_id}"
        )
    for report in seen.reports:
        words = f" {_quoted(report.words)}" if report.words else ""
        print(f"reported {report.at:%Y-%m-%d}: {report.item_id}: {report.reason}.{words}")
    if seen.reports:
        print("Settle reports: epochbot items --resolve ID [--say TEXT]")


def _quoted(words: str) -> str:
    """A learner's words on one line, without what a terminal would obey."""
    return "“" + cut("".join(char if char.isprintable() else " " for char in words), WORDS_CHARS) + "”"


def _row(line: Line) -> str:
    stats = line.stats
    mark = f"{stats.word}{', not asked' if line.quarantined else ''}"
    right = "" if stats.difficulty is None else f"{stats.difficulty:.0%}"
    works = "" if stats.efficiency is None else f"{stats.efficiency:.0%}"
    r, d = ("" if number is None else f"{number:+.2f}" for number in (stats.discrimination, stats.upper_lower))
    return f"{line.item.id:28} {stats.answers:5} {right:>6} {r:>6} {d:>6} {works:>6} {line.reporters:4}  {mark}"
