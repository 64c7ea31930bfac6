"""Programs with one operator in the place of another. Pure."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from bot.tutor.claude.gates.program import Program


def with_operator(program: Program, new: str, old: str = "") -> Iterator[str]:
    """Another operator in the place of one of theirs."""
    for node in program.expressions:
        sides = _sides(node)
        for operator, before, after in sides:
            if (not old or operator == old) and operator != new:
                yield program.between(before, after, new)
    for statement in program.statements:
        if isinstance(statement, ast.AugAssign) and new in ("+", "-", "*", "/", "//", "**", "@", "%"):
            sign = _sign(statement.op)
            if (not old or sign == old) and sign != new:
                yield program.replace_statement(
                    statement, f"{program.text(statement.target)} {new}= {program.text(statement.value)}"
                )


def _sides(node: ast.expr) -> list[tuple[str, ast.expr, ast.expr]]:
    """The operators of an expression with what stands left and right of each."""
    if isinstance(node, ast.BinOp):
        return [(_sign(node.op), node.left, node.right)]
    if isinstance(node, ast.BoolOp):
        word = "and" if isinstance(node.op, ast.And) else "or"
        return [(word, one, other) for one, other in itertools.pairwise(node.values)]
    if isinstance(node, ast.Compare):
        terms = [node.left, *node.comparators]
        return [(_sign(op), *pair) for op, pair in zip(node.ops, itertools.pairwise(terms), strict=True)]
    return []


def _sign(operator: ast.operator | ast.cmpop) -> str:
    name = ast.Name("a", ast.Load())
    if isinstance(operator, ast.cmpop):
        return ast.unparse(ast.Compare(name, [operator], [name]))[2:-2]
    return ast.unparse(ast.BinOp(name, operator, name)).replace("a", "").strip()
