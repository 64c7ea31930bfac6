"""Patterns in code: what a finding is, and the means to look for it in a tree.

Pure.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from bot.tutor.align import UNREADABLE

T = TypeVar("T", bound=ast.AST)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Finding:
    """One suspicious line: what it does, and what to do about it."""

    line: int
    what: str
    next_step: str


Rule = Callable[[ast.Module], Iterator[Finding]]


def found(source: str, rules: tuple[Rule, ...]) -> list[Finding]:
    """All patterns found in a source, the most telling rule first; none when it cannot be read."""
    try:
        tree = ast.parse(source)
        return [finding for rule in rules for finding in rule(tree)]
    except UNREADABLE:
        return []


def nodes(tree: ast.AST, kind: type[T]) -> Iterator[T]:
    """All nodes of a kind in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a block and of the blocks in it, but of no function defined there."""
    for statement in body:
        yield statement
        if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            for field in ("body", "orelse", "finalbody"):
                yield from statements(getattr(statement, field, []))


def called(node: ast.AST) -> str:
    """The last part of a called name: `append` of `np.append(...)`."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
