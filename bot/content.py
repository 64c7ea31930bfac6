"""Proves content: every gate a file can fail, with all faults at once, each with file, item and what to do.

Reads with the loaders, judges with the linters, and executes every claim in the sandbox. Never trusts a file's word.
"""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from challenges.compare import difference
from challenges.judge import EXACT
from challenges.load import load_challenges
from challenges.model import Case, Challenge, Report, Verdict, WrongSolution
from challenges.prepare import TRUSTED_SOURCE, CasesError, draw_cases, load_namespace, roomier
from challenges.prove import STOPPING, prove
from challenges.withhold import NOT_RUN
from quizzes.claims import Claim, Expectation, claims
from quizzes.graders.printed import same_output
from quizzes.items import Track
from quizzes.lint import lint
from quizzes.load import load_track
from runner import Call, Job, Limits, Outcome, Profile, Result, Run

MAX_STATEMENT_WORDS = 150
MIN_EXPLANATION_WORDS, MAX_EXPLANATION_WORDS = 15, 110
MIN_CASES, MIN_VISIBLE, MAX_VISIBLE = 8, 2, 3
MAX_CPU_MS = 300.0  # a case, on average: a busy host must not turn a right solution into a timeout
TRUSTED_IMPORTS = {"numpy"}  # besides the standard library
CLAIM_LIMITS = Limits(wall_s=10.0, memory_bytes=1024 * 1024 * 1024)
CLAIM_DRIVER = """
def drive(bank, n):
    exec(compile(bank.SOURCES[n], "claim.py", "exec"), {"__name__": "__main__"})
"""
SOLUTION, STARTER = "solution.py", "starter.py"

Progress = Callable[[str], None]
Found = tuple[str, str]  # a file of a challenge's folder, and what is wrong with it


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
        seeds: every solution, starter and wrong solution is graded at each of them.
        only: a challenge's slug, or a section's, to check alone.
    """
    track, faults = load_track(folder)
    bank, more = load_challenges(folder / "challenges")
    read = [ContentFault(f.file, f.item, f.message) for f in (*faults, *lint(track))]
    read += [ContentFault(f"challenges/{f.file}", "", f.message) for f in more]
    chosen = [c for c in bank.values() if only in ("", c.slug, c.section)]
    claimed = [c for c in claims(track) if only in ("", Path(c.file).stem)]
    found = [f for f in read if not only or _is_of(f, only)] + _nothing(only, chosen, claimed, read)
    progress(f"{len(claimed)} claimed outputs to execute, {len(chosen)} challenges to grade")
    at = list(seeds)
    answers = await asyncio.gather(
        _check_claims(claimed, run, progress), *(_check_challenge(c, track, run, at, progress) for c in chosen)
    )
    sources = sum(2 + len(c.wrong) for c in chosen)
    every = [*found, *(fault for some in answers for fault in some)]
    return ContentReport(len(track.items), len(chosen), len(claimed), sources * len(at), tuple(every))


def _is_of(fault: ContentFault, only: str) -> bool:
    parts = Path(fault.file).parts
    return Path(fault.file).stem == only or ("challenges" in parts and only in parts)


def _nothing(
    only: str, chosen: list[Challenge], claimed: list[Claim], read: Sequence[ContentFault]
) -> list[ContentFault]:
    if not only or chosen or claimed or any(_is_of(fault, only) for fault in read):
        return []
    return [ContentFault(only, "", "is no challenge and no section with code in it; use the folder’s or file’s name.")]


async def _check_challenge(
    challenge: Challenge, track: Track, run: Run, seeds: list[int], progress: Progress
) -> list[ContentFault]:
    found = static_faults(challenge, track)
    try:
        found += await grading_faults(challenge, run, seeds)
    except CasesError as fault:
        found.append(("cases.py", str(fault)))
    progress(f"graded {challenge.slug}")
    return [ContentFault(f"challenges/{challenge.slug}/{file}", "", text) for file, text in dict.fromkeys(found)]


def static_faults(challenge: Challenge, track: Track) -> list[Found]:
    """What is wrong with a challenge without running a learner's line of it."""
    found: list[Found] = []
    if challenge.section not in {s.slug for s in track.sections}:
        found.append(("challenge.toml", f"`section` is {challenge.section!r}, which is no section of the track."))
    found += [
        ("challenge.toml", f"unknown concept {name!r}: define it in a section file, or use another.")
        for name in challenge.concepts
        if track.concept(name) is None
    ]
    words = len(challenge.statement.split())
    if words > MAX_STATEMENT_WORDS:
        found.append(("statement.md", f"has {words} words; {MAX_STATEMENT_WORDS} are enough."))
    if challenge.entry not in challenge.statement:
        found.append(("statement.md", f"never names `{challenge.entry}`, which the learner is to write."))
    found += [
        ("cases.py", f"imports {name}; only NumPy and the standard library are trusted there.")
        for name in _foreign(challenge)
    ]
    found += [
        ("challenge.toml", f"the explanation of {wrong.name} should have {MIN_EXPLANATION_WORDS} to 110 words.")
        for wrong in challenge.wrong
        if not MIN_EXPLANATION_WORDS <= len(wrong.explanation.split()) <= MAX_EXPLANATION_WORDS
    ]
    return found + [("cases.py", text) for text in _case_faults(challenge)]


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
    visible = [c for c in first if c.visible]
    rules = (
        (len(first) >= MIN_CASES, f"yields {len(first)} cases; at least {MIN_CASES} are needed."),
        (
            MIN_VISIBLE <= len(visible) <= MAX_VISIBLE,
            f"yields {len(visible)} visible cases; {MIN_VISIBLE} or {MAX_VISIBLE} are wanted.",
        ),
        (len({c.name for c in first}) == len(first), "gives two cases the same name."),
        (_same(first, again), "gives other inputs for the same seed: use only the rng it is given."),
        (_same(visible, [c for c in other if c.visible]), "a visible case changes with the seed; those are fixed."),
        (
            not _same([c for c in first if not c.visible], [c for c in other if not c.visible]),
            "no hidden case changes with the seed, so answers could be written down.",
        ),
    )
    return [message for holds, message in rules if not holds]


def _same(some: Sequence[Case], others: Sequence[Case]) -> bool:
    return len(some) == len(others) and all(
        a.name == b.name and difference(list(a.args), list(b.args), EXACT) is None
        for a, b in zip(some, others, strict=True)
    )


async def _check_claims(claimed: Sequence[Claim], run: Run, progress: Progress) -> list[ContentFault]:
    found = await claim_faults(claimed, run)
    progress(f"executed {len(claimed)} claimed outputs")
    return found


async def claim_faults(claimed: Sequence[Claim], run: Run) -> list[ContentFault]:
    """Which claims about code are untrue; those that need the same libraries share a box."""
    groups = [[claim for claim in claimed if claim.profile == profile] for profile in Profile]
    results = await asyncio.gather(*(_execute(some, run) for some in groups if some))
    said = [(claim, claim_fault(claim, result)) for pairs in results for claim, result in pairs]
    return [ContentFault(claim.file, claim.item, fault) for claim, fault in said if fault]


async def _execute(claimed: Sequence[Claim], run: Run) -> list[tuple[Claim, Result]]:
    """Run programs of one profile; those left over when one of them ends the box get another."""
    result = await run(
        Job(
            source=f"SOURCES = {[claim.source for claim in claimed]!r}\n",
            calls=tuple(Call(id=str(n), args=(n,)) for n in range(len(claimed))),
            driver=CLAIM_DRIVER,
            profile=Profile(claimed[0].profile),
            limits=replace(roomier(CLAIM_LIMITS, len(claimed)), source_bytes=TRUSTED_SOURCE),
        )
    )
    ends = [replace(result, outcome=r.outcome, stdout=r.stdout, fault=r.fault, detail="") for r in result.returned]
    skipped = [n for n, end in enumerate(ends) if end.fault is not None and end.fault.type == NOT_RUN]
    done = [(claim, end) for n, (claim, end) in enumerate(zip(claimed, ends, strict=True)) if n not in skipped]
    return done + (await _execute([claimed[n] for n in skipped], run) if skipped else [])


def claim_fault(claim: Claim, result: Result) -> str:
    """What is untrue about a claim, or ""."""
    why = f"{result.fault.type}: {result.fault.message}" if result.fault else result.detail or str(result.outcome)
    if claim.expects is Expectation.FAILS:
        failed = result.outcome is Outcome.ERROR
        return "" if failed else f"{claim.about}: it should fail, and it is {result.outcome}; is it a right answer?"
    if result.outcome is not Outcome.OK:
        return f"{claim.about}: it does not run: {why}."
    if claim.expects is Expectation.PRINTS and not same_output(claim.stdout, result.stdout):
        return f"{claim.about}: it prints {result.stdout.strip()[:120]!r}, and the file says {claim.stdout.strip()[:120]!r}."
    return ""


async def grading_faults(challenge: Challenge, run: Run, seeds: Sequence[int]) -> list[Found]:
    """What is wrong with a challenge when its own sources are graded."""
    wrongs = {_file(wrong): wrong for wrong in challenge.wrong}
    sources = {SOLUTION: challenge.solution, STARTER: challenge.starter, **{f: w.source for f, w in wrongs.items()}}
    stopping = [file for file, wrong in wrongs.items() if wrong.verdict in STOPPING]
    proof = await prove(challenge, sources, run, seeds, stopping)
    found: list[Found] = []
    rejected = _first(proof.reports[SOLUTION], seeds, lambda r: r.verdict is not Verdict.ACCEPTED)
    if rejected:
        seed, report = rejected
        found.append((SOLUTION, f"is {report.verdict} at seed {seed}; it must be accepted.{_why(report)}"))
    accepted = _first(proof.reports[STARTER], seeds, lambda r: r.verdict is Verdict.ACCEPTED)
    if accepted:
        found.append((STARTER, f"is accepted at seed {accepted[0]}; it must fail."))
    for file, wrong in wrongs.items():
        found += _wrong_faults(file, wrong, proof.reports[file], seeds)
    if proof.cpu_ms > MAX_CPU_MS:
        text = f"takes {proof.cpu_ms:.0f} ms of processor time a case; make the cases smaller, to {MAX_CPU_MS:.0f} ms."
        found.append((SOLUTION, text))
    return found + [("cases.py", text) for text in proof.fooled]


def _file(wrong: WrongSolution) -> str:
    return f"wrong/{wrong.name}.py"


def _wrong_faults(file: str, wrong: WrongSolution, reports: tuple[Report, ...], seeds: Sequence[int]) -> list[Found]:
    other = _first(reports, seeds, lambda r: r.verdict is not wrong.verdict)
    if other:
        seed, report = other
        text = f"is {report.verdict} at seed {seed}; challenge.toml declares {wrong.verdict}.{_why(report)}"
        return [(file, text)]
    twin = _first(reports, seeds, lambda r: r.matches not in ("", wrong.name))
    if not twin:
        return []
    seed, report = twin
    text = f"answers like wrong/{report.matches}.py on every case at seed {seed}; add a case that tells them apart."
    return [(file, text)]


def _first(
    reports: tuple[Report, ...], seeds: Sequence[int], bad: Callable[[Report], bool]
) -> tuple[int, Report] | None:
    return next(((seed, r) for seed, r in zip(seeds, reports, strict=True) if bad(r)), None)


def _why(report: Report) -> str:
    """The evidence, as far as it is told in one line."""
    if report.fault is not None:
        line = f" in line {report.fault.line}" if report.fault.line else ""
        return f" {report.fault.type}{line}: {report.fault.message or report.fault.source_line}"
    if report.mismatch is not None:
        return f" “{report.mismatch.case}”: {report.mismatch.message}"
    return f" {report.detail}" if report.detail else ""
