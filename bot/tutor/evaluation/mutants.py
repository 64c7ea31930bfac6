"""Makes plausible mistakes out of a right solution: one small change each, at a known line.

Pure, apart from the chance it is handed. A mutant is source text with one span replaced, so lines stay where they were; whether
it really fails is for the grader to say.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.tutor.evaluation.operators import OPERATORS, Text
from challenges.model import Challenge


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed solution: its text, the line of the change (from 1), and what kind of change it is."""

    source: str
    line: int
    operator: str


def mutants(challenge: Challenge, rng: random.Random, most: int) -> Iterator[Mutant]:
    """Up to `most` different mutants of a challenge's solution, kinds in turn, in an order of chance."""
    found = list(every_mutant(challenge.solution))
    rng.shuffle(found)
    nth: Counter[str] = Counter()
    ranked: list[tuple[int, Mutant]] = []
    for mutant in found:
        nth[mutant.operator] += 1
        ranked.append((nth[mutant.operator], mutant))
    ranked.sort(key=lambda pair: pair[0])  # stable: the order among first ones, among second ones, stays one of chance
    yield from (mutant for _, mutant in ranked[:most])


def every_mutant(source: str) -> Iterator[Mutant]:
    """All mutants of a source that parse and differ from it and from each other, in the order of the source."""
    tree = ast.parse(source)
    text = Text(source)
    seen = {ast.dump(tree)}
    for node, names in _in_code(tree):
        for operator, change in OPERATORS.items():
            for edit in change(node, text, names):
                mutated = text.with_edit(edit)
                dumped = _dumped(mutated)
                if dumped and dumped not in seen:
                    seen.add(dumped)
                    yield Mutant(mutated, edit.line, operator)


def _dumped(source: str) -> str:
    """A source's tree without places, or "" where it does not compile."""
    try:
        compile(source, "mutant.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):  # ValueError: a name that may not be assigned
        return ""
    return ast.dump(ast.parse(source))


def _in_code(tree: ast.Module) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Every node that runs inside a function, with the names that function binds; no docstrings, no annotations."""
    for statement in tree.body:
        for inner in ast.walk(statement):
            if isinstance(inner, ast.FunctionDef):
                names = _bound(inner)
                for child in inner.body:
                    yield from ((node, names) for node in _running(child))


def _running(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):  # met by the walk itself
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _running(child)


def _bound(function: ast.FunctionDef) -> frozenset[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    stored = (n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return frozenset(stored) | {argument.arg for argument in arguments if argument.arg != "self"}
