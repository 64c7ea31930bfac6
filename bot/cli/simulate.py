"""`epochbot simulate`: what our choice of questions does to made-up learners over our real track, beside simpler ways."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict

from bot.app import load_content, set_up_process
from bot.config import ConfigError, load_settings
from quizzes.items import Track
from quizzes.simulation import Calibration, Outcome, Simulation, simulate

SUMMARY = "let made-up learners go through the track for months, under our choice of questions and simpler ones"
_BAR = 40  # characters of the progress bar
_CAUTION = (
    "Made-up learners forget as their maker decided, which is not how we predict it: this checks the choice of questions, "
    "and proves nothing about people."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--learners", type=int, default=24, metavar="N", help="how many (default: 24)")
    parser.add_argument("--days", type=int, default=180, metavar="N", help="for how long (default: 180)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other learners, other luck (default: 1)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Simulate and report; 0.

    Raises:
        ConfigError: there is nobody or no day to simulate, or no content.
    """
    if options.learners < 1 or options.days < 1:
        raise ConfigError("A simulation needs at least one learner and one day.")
    settings = load_settings()
    set_up_process(settings)
    track = load_content(settings)[0]
    found = simulate(track, options.learners, options.days, options.seed, _progress())
    if options.json:
        print(json.dumps(asdict(found)))
    else:
        print("\n".join(_report(track, found)))
    return 0


def _progress() -> Callable[[float], None]:
    """Draw a bar on standard error, for people only."""
    if not sys.stderr.isatty():
        return lambda _: None
    drawn = -1

    def show(share: float) -> None:
        nonlocal drawn
        if int(share * 100) > drawn:
            drawn = int(share * 100)
            bar = "#" * round(share * _BAR)
            sys.stderr.write(f"\r[{bar:<{_BAR}}] {drawn:3} %" + ("\r\033[K" if share >= 1 else ""))
            sys.stderr.flush()

    return show


def _report(track: Track, found: Simulation) -> Iterator[str]:
    yield (
        f"{found.learners} made-up learners, {found.days} days, up to five questions a day out of {len(track.items)} "
        f"on {len(track.concepts)} concepts; seed {found.seed}."
    )
    yield ""
    yield from _table(found.policies)
    yield ""
    yield "Known: recalled in four of five cases at the end. Over time: how likely any concept is recalled on an average day."
    yield ""
    yield "How well chances were predicted, under our choice:"
    yield _scored("first sight (Elo)", found.skill)
    yield _scored("review (FSRS)", found.memory)
    ranked = found.difficulty
    yield (
        f"Difficulty as ranked, rho with the truth: labels {_number(ranked.labels)}, Elo {_number(ranked.elo)}, "
        f"Elo begun at labels {_number(ranked.elo_with_labels)} (AUC without labels {_number(ranked.auc_elo)})."
    )
    yield (
        f"Placement: {found.placement.questions:.1f} questions, off by {found.placement.error:.2f} logits, "
        f"{found.placement.within:.0%} within two standard errors."
    )
    yield ""
    yield reading(track, found.policies)
    yield _CAUTION


def _table(policies: tuple[Outcome, ...]) -> Iterator[str]:
    days = list(policies[0].backlog)
    yield f"{'':28}{'known':>7}{'over time':>11}{'right':>7}{'all met':>9}   due on day " + "".join(
        f"{d:>5}" for d in days
    )
    for outcome in policies:
        met = f"day {outcome.all_seen:.0f}" if outcome.all_seen is not None else "never"
        due = "".join(f"{count:>5.0f}" for count in outcome.backlog.values())
        yield f"{outcome.policy:28}{outcome.known:>7.0%}{outcome.over_time:>11.0%}{outcome.right:>7.0%}{met:>9}{'':14}{due}"


def _scored(name: str, scores: Calibration | None) -> str:
    if scores is None:
        return f"  {name:20}too few answers"
    return (
        f"  {name:20}Brier {scores.brier:.3f} (always the mean: {scores.brier_of_mean:.3f}), ECE {scores.ece:.3f}, "
        f"AUC {scores.auc:.3f}, {scores.answers:,} answers"
    )


def reading(track: Track, policies: tuple[Outcome, ...]) -> str:
    """Say who did best, also when it is not us."""
    ours, *others = policies
    best = max(others, key=lambda outcome: outcome.known)
    if ours.known >= best.known:
        return f"Our choice ends with most concepts known: {ours.known:.0%}, the next best ({best.policy}) {best.known:.0%}."
    ratio = len(track.items) / len(track.concepts)
    return (
        f"“{best.policy}” ends with more concepts known than our choice, {best.known:.0%} to {ours.known:.0%}. "
        f"The track has {ratio:.1f} questions per concept; the nearer that is to one, the better any even round does."
    )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"
