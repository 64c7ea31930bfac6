"""Whether a text gives the answer away, tried by running: its code is put into the learner's, and the tests decide.

Written apart from the gate that holds texts back, so that the one can be measured by the other.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.tutor.evaluation.operators import Text
from bot.tutor.evaluation.texts import code_pieces
from challenges.grade import Grader
from challenges.model import Challenge, Verdict

MOST_RUNS = 60  # of one text
MOST_PIECES = 8
TRIVIAL = 3  # nodes of a tree: a name, a number, an attribute say nothing alone

PROGRAM = re.compile(r"^(?:def|class)\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Leak:
    """What became of trying a text's code: whether it passed the tests, and how many runs it took."""

    found: bool
    runs: int
    exhausted: bool = False  # more could have been tried


async def executable_leak(challenge: Challenge, source: str, text: str, grader: Grader) -> Leak:
    """Whether the code in a text, put somewhere into the learner's code, makes all tests pass."""
    candidates = possible_repairs(source, text)
    runs = 0
    for candidate in itertools.islice(candidates, MOST_RUNS):
        runs += 1
        if (await grader.grade(challenge, candidate)).verdict is Verdict.ACCEPTED:
            return Leak(True, runs)
    return Leak(False, runs, next(candidates, None) is not None)


def possible_repairs(source: str, text: str) -> Iterator[str]:
    """Programs somebody might make out of a text without thinking, likely ones first, each once and each readable.

    A piece of code alone; one piece for another ("replace a with b"); a piece for a line, or behind a line; a piece for an
    expression of the learner's.
    """
    pieces = list(code_pieces(text)[:MOST_PIECES])
    seen = {source}
    for candidate in itertools.chain(
        (piece for piece in pieces if PROGRAM.search(piece)),
        _pairs(source, pieces),
        _lines(source, pieces),
        _expressions(source, pieces),
    ):
        if candidate not in seen and _reads(candidate):
            seen.add(candidate)
            yield candidate


def _pairs(source: str, pieces: list[str]) -> Iterator[str]:
    for old, new in itertools.permutations(pieces, 2):
        whole = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
        for count in (0, 1):  # everywhere, or only the first time
            yield whole.sub(lambda _, new=new: new, source, count=count)


def _lines(source: str, pieces: list[str]) -> Iterator[str]:
    lines = source.split("\n")
    for piece in pieces:
        if not _does_something(piece):
            continue
        for number, line in enumerate(lines):
            if line.strip():
                indent = line[: len(line) - len(line.lstrip())]
                block = [indent + part for part in piece.split("\n")]
                yield "\n".join([*lines[:number], *block, *lines[number + 1 :]])
                yield "\n".join([*lines[: number + 1], *block, *lines[number + 1 :]])


def _expressions(source: str, pieces: list[str]) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    text = Text(source)
    places = [node for node in ast.walk(tree) if isinstance(node, ast.expr) and not isinstance(node, ast.Starred)]
    for piece in pieces:
        if _is_expression(piece) and piece not in source:
            for node in places:
                yield text.with_edit(text.replacing(node, piece))


def _reads(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _does_something(piece: str) -> bool:
    """Whether a piece is a statement of its own; a name alone in a line's place would only strike the line out."""
    try:
        body = ast.parse(piece).body
    except (SyntaxError, ValueError):
        return piece.startswith("return")
    inert = (ast.Name, ast.Attribute, ast.Constant)
    return not all(isinstance(one, ast.Expr) and isinstance(one.value, inert) for one in body)


def _is_expression(piece: str) -> bool:
    try:
        ast.parse(piece, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def overlap(challenge: Challenge, source: str, text: str) -> tuple[str, ...]:
    """The statements and larger expressions of our solution that a text sets as code and the learner does not have."""
    theirs = _trees(source)
    wanted = _trees(challenge.solution) - theirs
    return tuple(piece for piece in code_pieces(text) if _trees(piece) & wanted)


def _trees(source: str) -> set[str]:
    """Every tree in a source that is large enough to say something, without places."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.expr)) and not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            size = sum(isinstance(child, (ast.expr, ast.stmt, ast.operator, ast.cmpop)) for child in ast.walk(node))
            if size > TRIVIAL:
                found.add(ast.dump(node.value if isinstance(node, ast.Expr) else node))
    return found
