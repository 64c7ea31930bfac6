"""What explanations are measured on: wrong solutions that authors wrote, and mutants of right ones, each graded as a submission.

Every specimen knows the lines where it departs from a right solution, so that a cited line can be called right or wrong.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import random
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass

from bot.tutor.evaluation.mutants import mutants
from challenges.grade import Grader
from challenges.model import Challenge, Report, Verdict

AUTHORED, MUTANT = "authored", "mutant"
TRIES = 3  # mutants drawn for each that is wanted, for some change nothing a test can see
FAILED = frozenset(set(Verdict) - {Verdict.ACCEPTED, Verdict.INTERNAL})


@dataclass(frozen=True, slots=True)
class Specimen:
    """One failed submission, what the grader saw, and the lines (from 1) that are wrong in it."""

    challenge: Challenge
    source: str
    report: Report
    lines: frozenset[int]
    origin: str
    name: str  # of the authored mistake, or the kind of mutation

    @property
    def key(self) -> str:
        """What recorded answers are found by: the challenge and the bytes of the submission."""
        return f"{self.challenge.slug}:{hashlib.sha256(self.source.encode()).hexdigest()[:16]}"


async def specimens(
    challenges: Mapping[str, Challenge], grader: Grader, rng: random.Random, most: int
) -> AsyncIterator[Specimen]:
    """Every authored mistake, and up to `most` failing mutants of each challenge; what passes is left out."""
    for challenge in challenges.values():
        for wrong in challenge.wrong:
            report = await grader.grade(challenge, wrong.source)
            if report.verdict in FAILED:
                lines = departures(wrong.source, challenge.solution)
                yield Specimen(challenge, wrong.source, report, lines, AUTHORED, wrong.name)
        async for specimen in _mutated(challenge, grader, rng, most):
            yield specimen


async def _mutated(challenge: Challenge, grader: Grader, rng: random.Random, most: int) -> AsyncIterator[Specimen]:
    found = 0
    for mutant in mutants(challenge, rng, most * TRIES) if most else ():
        report = await grader.grade(challenge, mutant.source)
        if report.verdict in FAILED:
            found += 1
            yield Specimen(challenge, mutant.source, report, frozenset({mutant.line}), MUTANT, mutant.operator)
        if found == most:
            return


def departures(source: str, solution: str) -> frozenset[int]:
    """The lines of a source that hold a statement the solution does not have; all of them when it cannot be read.

    Statements are compared as trees without places, annotations and docstrings. A statement that only lacks a neighbour
    counts by that neighbour's line.
    """
    try:
        theirs, ours = _statements(source), _statements(solution)
    except SyntaxError:
        return frozenset(range(1, source.count("\n") + 2))
    matcher = difflib.SequenceMatcher(a=[text for text, _ in theirs], b=[text for text, _ in ours], autojunk=False)
    lines: set[int] = set()
    for tag, start, end, _, _ in matcher.get_opcodes():
        if tag in ("replace", "delete"):
            lines |= {line for _, line in theirs[start:end]}
        elif tag == "insert":
            lines |= {line for _, line in theirs[max(0, start - 1) : start + 1]}
    return frozenset(lines)


def _statements(source: str) -> list[tuple[str, int]]:
    """Each simple statement, or the head of a compound one, as text without places; with its line."""
    nodes = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.stmt) and not _docstring(n))
    return sorted(((_head(node), node.lineno) for node in nodes), key=lambda pair: pair[1])


def _docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _head(node: ast.stmt) -> str:
    inner: Collection[str] = (
        "body",
        "orelse",
        "finalbody",
        "handlers",
        "returns",
        "annotation",
        "decorator_list",
        "type_comment",
    )
    parts = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        if name in inner:
            continue
        values = value if isinstance(value, list) else [value]
        parts += [_bare(v) if isinstance(v, ast.AST) else repr(v) for v in values]
    return " ".join(parts)


def _bare(node: ast.AST) -> str:
    if isinstance(node, ast.arguments):
        return ",".join(argument.arg for argument in (*node.posonlyargs, *node.args, *node.kwonlyargs))
    return ast.dump(node)
