"""Proves content: every gate a file can fail, with all faults at once, each with file, item and what to do.

Reads with the loaders, judges with the linters, and executes every claim in the sandbox. Never trusts a file's word.
"""

from __future__ import annotations

import ast
import asyncio
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from challenges.grade import grade
from challenges.load import load_challenges
from challenges.model import Challenge, Verdict
from challenges.prepare import CasesError, draw_cases, load_namespace
from quizzes.claims import Claim, Expectation, claims
from quizzes.graders.printed import same_output
from quizzes.items import Track
from quizzes.lint import lint
from quizzes.load import load_track
from runner import Job, Limits, Outcome, Profile, Result, Run

MAX_STATEMENT_WORDS = 150
MIN_CASES, MIN_VISIBLE, MAX_VISIBLE = 8, 2, 3
TRUSTED_IMPORTS = {"numpy"}  # besides the standard library
CLAIM_LIMITS = Limits(wall_s=10.0, memory_bytes=1024 * 1024 * 1024)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ContentFault:
    """One thing wrong: the file, the item in it if there is one, and what to do."""

    file: str
    item: str
    message: str


@dataclass(frozen=True, slots=True)
class ContentReport:
    """What was checked and what was found."""

    items: int
    challenges: int
    claims: int
    grades: int
    faults: tuple[ContentFault, ...]


async def check(
    folder: Path, run: Run, seeds: Iterable[int], only: str = "", progress: Progress = lambda _: None
) -> ContentReport:
    """Check a track's folder.

    Args:
        seeds: one full grading of every solution, starter and wrong solution happens per seed.
        only: a challenge's slug, or a section's, to check alone.
    """
    track, faults = load_track(folder)
    bank, more = load_challenges(folder / "challenges")
    found = [ContentFault(f.file, f.item, f.message) for f in (*faults, *lint(track))]
    found += [ContentFault(f"challenges/{f.file}", "", f.message) for f in more]
    chosen = [c for c in bank.values() if only in ("", c.slug, c.section)]
    claimed = [c for c in claims(track) if only in ("", Path(c.file).stem)]
    for challenge in chosen:
        found += [ContentFault(f"challenges/{challenge.slug}", "", text) for text in static_faults(challenge, track)]
    progress(f"{len(claimed)} claimed outputs to execute, {len(chosen)} challenges to grade")
    found += await _check_claims(claimed, run, progress)
    grades = 0
    for challenge in chosen:
        progress(f"grading {challenge.slug}")
        count, texts = await _check_grades(challenge, run, list(seeds))
        grades += count
        found += [ContentFault(f"challenges/{challenge.slug}", "", text) for text in texts]
    kept = [f for f in found if only in f.file or only in f.item]
    return ContentReport(len(track.items), len(chosen), len(claimed), grades, tuple(kept))


def static_faults(challenge: Challenge, track: Track) -> list[str]:
    """What is wrong with a challenge without running a learner's line of it."""
    faults = []
    if challenge.section not in {s.slug for s in track.sections}:
        faults.append(f"challenge.toml: `section` is {challenge.section!r}, which is no section of the track.")
    unknown = [c for c in challenge.concepts if track.concept(c) is None]
    if unknown:
        faults.append(
            f"challenge.toml: unknown concepts {', '.join(unknown)}; define them in a section file, or use others."
        )
    if len(challenge.statement.split()) > MAX_STATEMENT_WORDS:
        faults.append(f"statement.md has {len(challenge.statement.split())} words; {MAX_STATEMENT_WORDS} are enough.")
    faults += [
        f"cases.py imports {name}; only NumPy and the standard library are trusted there."
        for name in _foreign(challenge)
    ]
    short = [w.name for w in challenge.wrong if not 15 <= len(w.explanation.split()) <= 110]
    faults += [f"wrong/{name}: its explanation should have 15 to 110 words." for name in short]
    return faults + _case_faults(challenge)


def _foreign(challenge: Challenge) -> list[str]:
    names = set()
    for node in ast.walk(ast.parse(challenge.cases)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return sorted(names - TRUSTED_IMPORTS - set(sys.stdlib_module_names))


def _case_faults(challenge: Challenge) -> list[str]:
    try:
        scope = load_namespace(challenge)
        first, again, other = (draw_cases(scope, challenge, seed) for seed in (1, 1, 2))
    except CasesError as fault:
        return [str(fault)]
    faults = []
    visible = [c for c in first if c.visible]
    if len(first) < MIN_CASES:
        faults.append(f"cases.py yields {len(first)} cases; at least {MIN_CASES} are needed.")
    if not MIN_VISIBLE <= len(visible) <= MAX_VISIBLE:
        faults.append(f"cases.py yields {len(visible)} visible cases; {MIN_VISIBLE} or {MAX_VISIBLE} are wanted.")
    if len({c.name for c in first}) < len(first):
        faults.append("cases.py gives two cases the same name.")
    if any(_differ(a.args, b.args) for a, b in zip(first, again, strict=False)):
        faults.append("cases.py gives other inputs for the same seed: use only the rng it is given.")
    if any(_differ(a.args, b.args) for a, b in zip(first, other, strict=False) if a.visible):
        faults.append("a visible case changes with the seed; visible cases are fixed.")
    if not any(_differ(a.args, b.args) for a, b in zip(first, other, strict=False) if not a.visible):
        faults.append("no hidden case changes with the seed, so answers could be written down.")
    return faults


def _differ(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return not np.array_equal(np.asarray(a), np.asarray(b), equal_nan=np.asarray(a).dtype.kind in "fc")
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) != len(b) or any(_differ(x, y) for x, y in zip(a, b, strict=True))
    return a != b and not (_nan(a) and _nan(b))


async def _check_claims(claimed: list[Claim], run: Run, progress: Progress) -> list[ContentFault]:
    async def one(claim: Claim) -> ContentFault | None:
        result = await run(Job(source=claim.source, profile=Profile(claim.profile), limits=CLAIM_LIMITS))
        said = claim_fault(claim, result)
        return ContentFault(claim.file, claim.item, said) if said else None

    results = await asyncio.gather(*(one(claim) for claim in claimed))
    progress(f"{len(claimed)} claimed outputs executed")
    return [fault for fault in results if fault]


def claim_fault(claim: Claim, result: Result) -> str:
    """What is untrue about a claim, or ""."""
    ended = result.outcome is Outcome.OK
    why = f"{result.fault.type}: {result.fault.message}" if result.fault else result.detail or str(result.outcome)
    if claim.expects is Expectation.FAILS:
        return (
            ""
            if result.outcome is Outcome.ERROR
            else f"{claim.about}: it should fail, and it passes; is it a right answer?"
        )
    if not ended:
        return f"{claim.about}: it does not run: {why}."
    if claim.expects is Expectation.PRINTS and not same_output(claim.stdout, result.stdout):
        return f"{claim.about}: it prints {result.stdout.strip()[:120]!r}, and the file says {claim.stdout.strip()[:120]!r}."
    return ""


async def _check_grades(challenge: Challenge, run: Run, seeds: list[int]) -> tuple[int, list[str]]:
    faults: list[str] = []
    for seed in seeds:
        faults += await _grades_at(challenge, run, seed)
        if faults:  # one seed's faults are enough to go and look
            break
    return len(seeds) * (2 + len(challenge.wrong)), faults


async def _grades_at(challenge: Challenge, run: Run, seed: int) -> list[str]:
    async def verdict(source: str, wrong: Challenge = challenge) -> tuple[Verdict, str]:
        report = await grade(wrong, source, run, lambda: seed)
        return report.verdict, report.matches

    faults = []
    alone = replace(challenge, wrong=())
    got, _ = await verdict(challenge.solution, alone)
    if got is not Verdict.ACCEPTED:
        faults.append(f"solution.py is {got} at seed {seed}; it must be accepted.")
    got, _ = await verdict(challenge.starter, alone)
    if got is Verdict.ACCEPTED:
        faults.append(f"starter.py is accepted at seed {seed}; it must fail.")
    for wrong in challenge.wrong:
        got, match = await verdict(wrong.source)
        if got is not wrong.verdict:
            faults.append(f"wrong/{wrong.name}.py is {got} at seed {seed}; challenge.toml declares {wrong.verdict}.")
        elif match not in ("", wrong.name):
            faults.append(
                f"wrong/{wrong.name}.py and wrong/{match}.py answer alike on every case at seed {seed}; add a case that tells them apart."
            )
    return faults


def _nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
