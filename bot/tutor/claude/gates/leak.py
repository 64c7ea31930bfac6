"""Whether a text gives the solution away: read with a known solution beside it, and tried on the learner's own program.

The second is decided by running: when what the text says is done to the learner's code and the tests pass, the text was the
answer, however it was put. Bounded: a fixed number of programs, in a few runs.
"""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.tutor.claude.gates.edits import programs
from bot.tutor.claude.gates.pieces import expression, keyword_of, pieces, statements
from challenges.jury import JurorLost, Overrun
from challenges.model import Challenge, Report

Passing = Callable[[Challenge, Mapping[str, str], Sequence[str]], Awaitable[tuple[str, ...]]]
SMALL = 6  # nodes of a tree; what is smaller stands in any program
Apart = Callable[[Callable[[str, str, str], list[str]], str, str, str], Awaitable[list[str]]]
ROUND = 16  # programs in one run


async def leaks(
    challenge: Challenge, source: str, report: Report, text: str, passing: Passing, apart: Apart | None = None
) -> str:
    """How a text gives the solution away, or "": "known" by reading, "tried" by running; "not tried" is held back, too.

    Args:
        apart: where programs are made out of the text. It takes a tenth of a second and parses, which Python 3.11 does not
            bear in two threads at once ("AST constructor recursion depth mismatch"), so it wants another process.
    """
    apart = apart or _here
    if overlap(challenge, source, text):
        return "known"
    for case in report.cases:  # a name says what a case is, not what to do
        text = text.replace(f"“{case.name}”", "it")
    try:
        tried = await apart(programs, source, text, challenge.entry)
    except (Overrun, JurorLost):
        return "not tried"
    for start in range(0, len(tried), ROUND):
        variants = {f"k{n}": program for n, program in enumerate(tried[start : start + ROUND])}
        if await passing(challenge, variants, report.failing):
            return "tried"
    return ""


async def _here(work: Callable[[str, str, str], list[str]], source: str, text: str, entry: str) -> list[str]:
    return work(source, text, entry)


def overlap(challenge: Challenge, source: str, text: str) -> bool:
    """Whether a text holds a part of our solution, larger than a few signs, that the learner has not and was not shown."""
    theirs = _parts(source) | _parts(challenge.starter)
    for piece in pieces(challenge.statement):
        theirs |= _parts(piece.code)
    ours = _parts(challenge.solution) - theirs
    if not ours:
        return False
    return any(_parts(piece.code) & ours for piece in pieces(text))


def _parts(code: str) -> set[str]:
    """The expressions and statements of some code that are large enough to mean something; names of its own making are one."""
    keyword = keyword_of(code)
    value = expression(code)
    trees: Sequence[ast.AST] = [value] if value is not None else [keyword] if keyword else statements(code) or []
    found: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, (ast.expr, ast.stmt)) and not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                size = sum(not isinstance(part, (ast.expr_context, ast.alias)) for part in ast.walk(node))
                if size >= SMALL and not isinstance(node, (ast.Import, ast.ImportFrom, ast.Constant)):
                    found.add(ast.dump(node))
    return found
