"""Grades failing programs with the real runner and notes what is said of each, on which grounds, how fast, and whether it is true."""

from __future__ import annotations

import ast
import io
import random
import time
import tokenize
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.tutor.align import bound_names
from bot.tutor.evaluation.mutants import mutants
from bot.tutor.evidence import Evidence
from bot.tutor.explanation import Explanation
from bot.tutor.investigate import investigate
from bot.tutor.offline import explain
from challenges.grade import Grader
from challenges.model import Challenge, Verdict

FEWEST, MOST = 40, 120  # words we promise
LINES = ("pattern", "shape")  # grounds that blame the line they cite; an exception only cites where it was raised
FINE = (Verdict.ACCEPTED, Verdict.INTERNAL)
NEAR = 1
WORDS = ("my", "the", "tmp", "v")


@dataclass(frozen=True, slots=True)
class Program:
    """A source that should fail, and where it was changed, if it was."""

    challenge: Challenge
    source: str
    name: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of one failing program: from rules alone, at once, and after a closer look."""

    program: Program
    verdict: Verdict
    rules: Explanation
    at_once: Explanation
    closer: Explanation
    took_ms: float  # by the clock
    worked_ms: float  # of the processor


def distance(one: Told) -> int | None:
    """How many lines lie between the one that is blamed and the one that was changed; None when either is missing."""
    said, changed = one.closer, one.program.line
    cited = said.blamed or (said.line if said.source in LINES else None)
    return abs(cited - changed) if cited is not None and changed is not None else None


def astray(one: Told) -> bool:
    """Whether another line than the changed one is blamed."""
    return (distance(one) or 0) > NEAR


@dataclass(slots=True)
class Tally:
    """Figures over many of them."""

    told: list[Told] = field(default_factory=list)
    passed: int = 0

    def share(self, of: str) -> float:
        """How many are explained specifically on some grounds, of 1."""
        return sum(getattr(one, of).specific for one in self.told) / max(1, len(self.told))

    def explained(self) -> float:
        """How many are explained at all, of 1."""
        return sum(bool(one.at_once.text) for one in self.told) / max(1, len(self.told))

    def sized(self) -> float:
        """How many texts have as many words as we promise, of 1."""
        return sum(FEWEST <= len(one.closer.text.split()) <= MOST for one in self.told) / max(1, len(self.told))

    def near(self) -> tuple[int, int]:
        """Of lines blamed where we know the changed one: how many are within one of it, and of how many."""
        gaps = [gap for one in self.told if (gap := distance(one)) is not None]
        return sum(gap <= NEAR for gap in gaps), len(gaps)

    def time_ms(self, quantile: float, *, worked: bool = False) -> float:
        """How long explaining took after the verdict, by the clock or of the processor."""
        ordered = sorted(one.worked_ms if worked else one.took_ms for one in self.told) or [0.0]
        return ordered[min(len(ordered) - 1, int(quantile * len(ordered)))]

    def grounds(self) -> Counter[str]:
        """On which grounds."""
        return Counter(one.closer.source for one in self.told)


def wrong_solutions(challenges: Sequence[Challenge]) -> Iterator[Program]:
    """Ours, each a real mistake in somebody's hand."""
    for challenge in challenges:
        for wrong in challenge.wrong:
            yield Program(challenge, wrong.source, f"{challenge.slug}/{wrong.name}")


def generated(challenges: Sequence[Challenge], rng: random.Random, most: int, *, disguise: bool) -> Iterator[Program]:
    """Mutants of our solutions, as many of each challenge."""
    each = -(-most // max(1, len(challenges)))
    for challenge in challenges:
        for mutant in mutants(challenge, rng, each):
            source = disguised(mutant.source, challenge, rng) if disguise else mutant.source
            yield Program(challenge, source, f"{challenge.slug}: {mutant.operator}, line {mutant.line}", mutant.line)


def disguised(source: str, challenge: Challenge, rng: random.Random) -> str:
    """The same program with other names for its variables, on the same lines."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    tree = ast.parse(source)
    fixed = {k.arg for k in ast.walk(tree) if isinstance(k, ast.keyword)} | {
        a.attr for a in ast.walk(tree) if isinstance(a, ast.Attribute)
    }
    defined = {d.name for d in ast.walk(tree) if isinstance(d, (ast.FunctionDef, ast.ClassDef))}
    told = {
        n.id for f in ast.walk(tree) if isinstance(f, ast.JoinedStr) for n in ast.walk(f) if isinstance(n, ast.Name)
    }  # one token
    names = sorted(bound_names(tree) - fixed - defined - told - {challenge.entry, "self"})
    new = {name: f"{rng.choice(WORDS)}_{n}" for n, name in enumerate(names)}
    return _written(source, [token._replace(string=new.get(token.string, token.string)) for token in tokens])


def _written(source: str, tokens: list[tokenize.TokenInfo]) -> str:
    """The source with tokens of other lengths in the places of the old ones."""
    lines = source.splitlines(keepends=True)
    for token in reversed(tokens):
        if token.type == tokenize.NAME:
            row, start, end = token.start[0] - 1, token.start[1], token.end[1]
            lines[row] = lines[row][:start] + token.string + lines[row][end:]
    return "".join(lines)


async def tell(grader: Grader, programs: Iterator[Program], *, closer: bool = True) -> AsyncIterator[Told | None]:
    """Grade each program and explain it without its known mistake; None for one that passes."""
    for program in programs:
        report = await grader.grade(program.challenge, program.source)
        if report.verdict in FINE:
            yield None
            continue
        report = replace(report, matches="")
        began, worked = time.perf_counter(), time.thread_time()
        at_once = explain(program.challenge, program.source, report)
        took, worked = 1e3 * (time.perf_counter() - began), 1e3 * (time.thread_time() - worked)
        looked = closer and not at_once.proven
        evidence = await investigate(program.challenge, program.source, report, grader) if looked else None
        said = explain(program.challenge, program.source, report, evidence) if evidence else at_once
        rules = explain(program.challenge, program.source, report, Evidence())
        yield Told(program, report.verdict, rules, at_once, said if said.specific else at_once, took, worked)


async def tallied(
    grader: Grader, programs: Iterator[Program], *, closer: bool, progress: Callable[[Tally], None] = lambda _: None
) -> Tally:
    """Tally what is said of programs; `progress` hears of the tally after each."""
    tally = Tally()
    async for told in tell(grader, programs, closer=closer):
        if told is None:
            tally.passed += 1
        else:
            tally.told.append(told)
        progress(tally)
    return tally
