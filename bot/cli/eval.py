"""`epochbot eval tutor`: how good explanations are, on mistakes we ship and mistakes made up, with a key also Claude's."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import content_folder, entropy, load_content, open_run, set_up_process, utc_now
from bot.assisting import claude_options, make_assistant
from bot.config import ConfigError, Settings, load_settings
from bot.store import Store
from bot.tutor.evaluation import recorded
from bot.tutor.evaluation.corpus import AUTHORED, Specimen, specimens
from bot.tutor.evaluation.harness import Evaluated, evaluate, offline, replayed
from bot.tutor.evaluation.judge import Judged
from bot.tutor.evaluation.live import Live
from bot.tutor.evaluation.measures import Summary
from challenges.grade import NO_STOCK, Grader
from challenges.model import Challenge

SUMMARY = "measure explanations of mistakes: leaks, lines, grounding, form; with --live also Claude's and a judge's"
SEED_BITS = 32
HEADINGS = (
    "explainer", "part", "n", "explained", "specific", "leaks", "overlap", "grounded", "cite line", "line right", "form", "words",
    "grade", "stable",
)  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("what", choices=["tutor"], help="what to measure")
    parser.add_argument(
        "--mutants", type=int, default=4, metavar="N", help="made-up mistakes of each challenge (default: 4)"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="which ones (default: others every time)")
    parser.add_argument("--only", metavar="SLUG", help="one challenge alone")
    parser.add_argument(
        "--recorded", type=Path, action="append", default=[], metavar="FILE", help="measure recorded answers too"
    )
    parser.add_argument(
        "--live", action="store_true", help="ask Claude too, and a judge; needs ANTHROPIC_API_KEY and costs money"
    )
    parser.add_argument("--model", metavar="ID", help="with --live: the model that explains")
    parser.add_argument("--save", type=Path, metavar="FILE", help="with --live: record what Claude answered")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Measure and report; 1 when the offline explainer leaves a failed submission unexplained, or gives an answer away.

    Raises:
        ConfigError: nothing to measure on, or a file of answers that cannot be read.
    """
    settings = _settings(options)
    set_up_process(settings)
    challenges = _chosen(settings, options.only)
    seed = entropy() % 2**SEED_BITS if options.seed is None else options.seed
    try:
        recordings = [recorded.read(path) for path in options.recorded]
    except recorded.RecordingError as fault:
        raise ConfigError(str(fault)) from None
    _say(f"Seed {seed}; --seed {seed} makes the same mistakes again.")
    rng = random.Random(seed)  # noqa: S311 - chooses mistakes; no secret
    found, judged = asyncio.run(_measure(settings, challenges, recordings, rng, options))
    if options.json:
        print(json.dumps({"seed": seed, "explainers": [_as_dict(one, judged.get(one.origin)) for one in found]}))
    else:
        print("\n".join([*_report(found, seed), *(line for one in judged.items() for line in _verdicts(*one))]))
    return int(any(s.leaks or s.explained < s.specimens for s in found[0].summaries))


def _settings(options: argparse.Namespace) -> Settings:
    if options.mutants < 0:
        raise ConfigError("--mutants is a number of new mistakes, 0 or more.")
    settings = load_settings()
    if not options.live:
        if options.model or options.save:
            raise ConfigError("--model and --save say how Claude is asked; they need --live.")
        return settings
    if settings.anthropic_api_key is None:
        raise ConfigError("--live asks Claude: set ANTHROPIC_API_KEY, or measure recorded answers with --recorded.")
    return settings.model_copy(update={"claude_model": options.model}) if options.model else settings


def _chosen(settings: Settings, only: str | None) -> dict[str, Challenge]:
    challenges = load_content(settings)[1]
    if only is None:
        return challenges
    if only not in challenges:
        raise ConfigError(
            f"There is no challenge {only!r} in {content_folder(settings)}; leave --only out to take all."
        )
    return {only: challenges[only]}


async def _measure(
    settings: Settings,
    challenges: dict[str, Challenge],
    recordings: Sequence[recorded.Recording],
    rng: random.Random,
    options: argparse.Namespace,
) -> tuple[list[Evaluated], dict[recorded.Origin, Judged]]:
    """Measure every explainer; with --live also Claude, whose judge hears them all."""
    today, judged = utc_now().date().isoformat(), {}
    explainers = [offline(recorded.Origin("offline", "", "", "", today)), *map(replayed, recordings)]
    async with AsyncExitStack() as closing:
        run_code, _ = await closing.enter_async_context(open_run(settings))
        grader = Grader(run_code, lambda: rng.getrandbits(64), capacity=NO_STOCK)
        await closing.enter_async_context(grader)
        live = await _live(settings, grader, closing) if options.live else None
        if live:
            explainers.append(live.explainer(today))
        corpus: list[Specimen] = []
        async for specimen in specimens(challenges, grader, rng, options.mutants):
            corpus.append(specimen)
            _count(f"made and graded {len(corpus)} mistakes")
        found = [await evaluate(one, corpus, grader, _progress(one.origin.explainer)) for one in explainers]
        if live:
            for one in found:
                tell = _progress(f"{one.origin.explainer} by a judge")
                judged[one.origin] = await live.judged(one, corpus, grader, rng, tell)
        if live and options.save:
            recorded.write(options.save, recorded.Recording(found[-1].origin, found[-1].answers))
    return found, judged


async def _live(settings: Settings, grader: Grader, closing: AsyncExitStack) -> Live:
    """Claude as settings have it, with its own money, counted in a store that is thrown away."""
    scratch = closing.enter_context(TemporaryDirectory(prefix="epochbot-eval-"))
    store = await Store.open(Path(scratch) / "eval.sqlite3", now=utc_now)
    closing.push_async_callback(store.close)
    assistant, options = make_assistant(settings, store, grader, now=utc_now, entropy=entropy), claude_options(settings)
    if assistant is None or options is None:
        raise ConfigError("--live asks Claude: set ANTHROPIC_API_KEY.")
    return Live(assistant, options)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _count(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


def _progress(name: str) -> Callable[[float], None]:
    """Tell how far measuring one explainer is, on standard error, for people only."""

    def tell(share: float) -> None:
        _count(f"measuring {name}: {share:.0%}" if share < 1 else "")

    return tell


def _as_dict(found: Evaluated, judged: Judged | None) -> dict[str, object]:
    return {
        "judged": asdict(judged) if judged else None,
        **asdict(found.origin),
        "parts": [asdict(summary) for summary in found.summaries],
        "explanations": [asdict(measured) for measured in found.measured],
    }


def _report(found: Sequence[Evaluated], seed: int) -> Iterator[str]:
    rows = [_row(one, summary) for one in found for summary in one.summaries]
    widths = [max(len(row[n]) for row in [HEADINGS, *rows]) for n in range(len(HEADINGS))]
    for row in [HEADINGS, *rows]:
        yield "  ".join(
            cell.ljust(w) if n < 2 else cell.rjust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
    yield ""
    for one in found:
        origin = one.origin
        yield f"{origin.explainer}: " + ", ".join(
            f"{name} {value}"
            for name, value in (
                ("model", origin.model),
                ("prompt", origin.prompt),
                ("SDK", origin.sdk),
                ("date", origin.date),
            )
            if value
        )
    yield f"seed {seed}"
    yield ""
    yield reading(found[0].summaries)


def _verdicts(origin: recorded.Origin, judged: Judged) -> Iterator[str]:
    """What the judge said to one explainer, with 95 % bounds."""
    yield f"\n{origin.explainer} by {judged.judge}: {judged.texts} texts, votes agree in {judged.agreement:.0%}"
    for name, share in judged.yes.items():
        yield f"  {name.replace('_', ' '):24}yes {share.value:>4.0%}  ({share.low:.0%} to {share.high:.0%})"
    if judged.helped:
        h = judged.helped
        yield f"  a weaker model repairs with the text {h.value:+.0%} ({h.low:+.0%} to {h.high:+.0%}) of the time, beside without"


def _row(one: Evaluated, s: Summary) -> tuple[str, ...]:
    return (
        one.origin.explainer, s.origin, str(s.specimens), _percent(s.explained / s.specimens), _percent(s.specific), str(s.leaks),
        str(s.overlaps), _percent(s.grounded), _percent(s.cite_a_line), _percent(s.line_right), _percent(s.form_fits),
        f"{s.median_words:.0f}", f"{s.median_grade:.1f}", _percent(s.stable),
    )  # fmt: skip


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def reading(summaries: Sequence[Summary]) -> str:
    """What the figures of one explainer say, and what they do not."""
    parts = []
    for summary in summaries:
        what = "mistakes we know" if summary.origin == AUTHORED else "mistakes nobody wrote a rule for"
        parts.append(f"{summary.specific:.0%} of {summary.specimens} {what} get a named cause")
    leaks, unfinished = sum(s.leaks for s in summaries), sum(s.unfinished for s in summaries)
    told = (
        f"{leaks} of the texts hold code that passes the tests when put in"
        if leaks
        else "no text holds code that passes the tests when put in"
    )
    more = f" ({unfinished} texts had more ways to try than were tried)" if unfinished else ""
    return f"{'; '.join(parts).capitalize()}; {told}{more}. Named is not the same as understood: whether people learn from it, no figure here says."
