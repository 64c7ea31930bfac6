"""The small changes that make a mistake, each as a function from one node of a program to edits of its text.

They are mistakes people make, not rules of ours: nothing here looks at what the explainer can name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: (r"/", "*"),
    ast.FloorDiv: (r"//", "/"),
    ast.Mod: (r"%", "//"),
    ast.Pow: (r"\*\*", "*"),
    ast.MatMult: (r"@", "*"),
}
COMPARISON: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
}
NAMESAKES = {
    "mean": "sum", "sum": "mean", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax", "std": "var", "var": "std",
    "log": "log2", "median": "mean", "nanmedian": "nanmean", "nanmean": "nanmedian", "floor": "ceil", "ceil": "floor",
    "fit_transform": "transform", "append": "extend", "any": "all", "all": "any", "zeros": "ones", "ones": "zeros", "train": "eval",
}  # fmt: skip
WRAPPERS = frozenset(
    {"int", "float", "abs", "sorted", "list", "set", "reversed", "copy", "round", "sqrt", "log", "exp"}
)
METHODS = frozenset({"copy", "clone", "strip", "lower", "detach", "item", "tolist"})
NEIGHBOURS = 2  # names tried in the place of one
UNITS = frozenset({ast.Assign, ast.AugAssign, ast.Expr, ast.Delete})


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes of a source to be replaced, the new text, and the line (from 1) where the change is."""

    start: int
    end: int
    new: str
    line: int


class Text:
    """A source as bytes, so that places in its tree (which count bytes) can be cut out and replaced."""

    def __init__(self, source: str) -> None:
        """Note where each line begins."""
        self._bytes = source.encode()
        starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node's text begins and ends, in bytes."""
        last, column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset  # what is parsed has both
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[last - 1] + column

    def of(self, node: ast.expr | ast.stmt) -> str:
        """A node as it is written."""
        start, end = self.span(node)
        return self._bytes[start:end].decode()

    def replacing(self, node: ast.expr | ast.stmt, new: str) -> Edit:
        """The edit that puts other text in a node's place."""
        start, end = self.span(node)
        return Edit(start, end, new, node.lineno)

    def between(self, before: ast.expr, after: ast.expr, pattern: str, new: str) -> Iterator[Edit]:
        """The edit of an operator that stands between two operands."""
        start, end = self.span(before)[1], self.span(after)[0]
        found = re.search(pattern, self._bytes[start:end].decode())
        if found:
            line = before.end_lineno or before.lineno
            yield Edit(start + found.start(), start + found.end(), new, line)

    def with_edit(self, edit: Edit) -> str:
        """The whole source with one edit made."""
        return (self._bytes[: edit.start] + edit.new.encode() + self._bytes[edit.end :]).decode()


Names = frozenset[str]
Change = Callable[[ast.AST, Text, Names], Iterator[Edit]]


def _arithmetic(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield from text.between(node.left, node.right, *ARITHMETIC[type(node.op)])


def _comparison(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for before, operator, after in zip(operands, node.ops, operands[1:], strict=False):
            if type(operator) in COMPARISON:
                yield from text.between(before, after, *COMPARISON[type(operator)])


def _logic(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.BoolOp):
        old, new = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
        yield from text.between(node.values[0], node.values[1], old, new)


def _sign(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
        yield text.replacing(node, text.of(node.operand))


def _constant(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        if isinstance(node.value, int):
            yield text.replacing(node, str(node.value + 1))
            yield text.replacing(node, f"({node.value - 1})" if node.value < 1 else str(node.value - 1))
        else:
            yield text.replacing(node, repr(node.value * 2 if node.value else 1.0))


def _truth(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield text.replacing(node, str(not node.value))


def _dropped_statement(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if type(node) in UNITS and isinstance(node, ast.stmt):
        yield text.replacing(node, "pass")


def _no_return(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Return) and node.value is not None:
        yield text.replacing(node, text.of(node.value) if "\n" not in text.of(node.value) else "pass")


def _swapped_arguments(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Call) and len(node.args) > 1 and not isinstance(node.args[1], ast.Starred):
        first, second = node.args[:2]
        start, end = text.span(first)[0], text.span(second)[1]
        yield Edit(start, end, f"{text.of(second)}, {text.of(first)}", first.lineno)


def _axis(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg in ("axis", "dim") and isinstance(keyword.value, ast.Constant):
                yield text.replacing(keyword.value, "0" if keyword.value.value else "1")


def _dropped_keyword(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    """Keywords such as keepdims, ddof, axis or random_state; the call is written anew without one of them."""
    if isinstance(node, ast.Call):
        for dropped in node.keywords:
            if dropped.arg is not None and dropped.arg != "strict":
                rest = [text.of(a) for a in node.args]
                rest += [f"{k.arg}={text.of(k.value)}" for k in node.keywords if k is not dropped and k.arg]
                new = f"{text.of(node.func)}({', '.join(rest)})"
                start, end = text.span(node)
                yield Edit(start, end, new, dropped.value.lineno)


def _branch(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.IfExp):
        yield text.replacing(node, text.of(node.body))
        yield text.replacing(node, text.of(node.orelse))
    if isinstance(node, ast.If):
        yield text.replacing(node.test, "True")
        yield text.replacing(node.test, "False")


def _condition(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    tests = [node.test] if isinstance(node, (ast.If, ast.IfExp)) else []
    tests += node.ifs if isinstance(node, ast.comprehension) else []
    for test in tests:
        yield text.replacing(test, f"not ({text.of(test)})")


def _no_filter(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield text.replacing(test, "True")


def _other_name(node: ast.AST, text: Text, names: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        others = sorted(names)
        after = others.index(node.id) + 1
        for other in (others[after:] + others[:after])[: min(NEIGHBOURS, len(others) - 1)]:
            yield text.replacing(node, other)


def _namesake(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in ("max", "min", "any", "all"):
            yield text.replacing(node.func, NAMESAKES[node.func.id])
        if isinstance(node.func, ast.Attribute) and node.func.attr in NAMESAKES:
            end = text.span(node.func)[1]
            yield Edit(end - len(node.func.attr.encode()), end, NAMESAKES[node.func.attr], node.func.lineno)


def _unwrapped(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    """A conversion, copy or transform left out: int(x) becomes x, x.copy() becomes x."""
    if not isinstance(node, ast.Call):
        return
    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if called in WRAPPERS and node.args and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield text.replacing(node, f"({text.of(node.args[0])})")
    elif called in METHODS and isinstance(node.func, ast.Attribute):
        yield text.replacing(node, text.of(node.func.value))


def _slice(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Slice):
        parts = [text.of(part) if part else "" for part in (node.lower, node.upper)]
        step = f":{text.of(node.step)}" if node.step else ""
        if parts[0] or parts[1]:
            start, end = text.span(node)
            yield Edit(start, end, f"{'' if parts[0] else '1'}:{parts[1]}{step}", node.lineno)
            yield Edit(start, end, f"{parts[0]}:{'' if parts[1] else '-1'}{step}", node.lineno)


def _range(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
        stop = node.args[min(1, len(node.args) - 1)]
        yield text.replacing(stop, f"{text.of(stop)} - 1")
        yield text.replacing(stop, f"{text.of(stop)} + 1")


def _overwrites(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    if isinstance(node, ast.AugAssign):
        yield from text.between(node.target, node.value, r"\S+=", "=")
        yield from text.between(node.target, node.value, r"\+=", "-=")
        yield from text.between(node.target, node.value, r"-=", "+=")


def _leaves_early(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    """A loop that ends after its first round, as a return or break indented once too often does."""
    if isinstance(node, ast.For):
        last = node.body[-1]
        if not isinstance(last, (ast.Return, ast.Break, ast.Continue)):
            end = text.span(last)[1]
            yield Edit(end, end, f"\n{' ' * node.body[0].col_offset}break", last.end_lineno or last.lineno)


def _element(node: ast.AST, text: Text, _: Names) -> Iterator[Edit]:
    """One part of a tuple doubled in its neighbour's place."""
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        first, second = node.elts[:2]
        start, end = text.span(first)[0], text.span(second)[1]
        yield Edit(start, end, f"{text.of(second)}, {text.of(first)}", first.lineno)


OPERATORS: dict[str, Change] = {
    "arithmetic": _arithmetic,
    "comparison": _comparison,
    "and/or": _logic,
    "dropped sign": _sign,
    "constant": _constant,
    "true/false": _truth,
    "dropped statement": _dropped_statement,
    "no return": _no_return,
    "swapped arguments": _swapped_arguments,
    "swapped parts": _element,
    "axis": _axis,
    "dropped keyword": _dropped_keyword,
    "dropped branch": _branch,
    "negated condition": _condition,
    "dropped filter": _no_filter,
    "other variable": _other_name,
    "similar function": _namesake,
    "dropped call": _unwrapped,
    "slice": _slice,
    "range": _range,
    "overwrites": _overwrites,
    "leaves early": _leaves_early,
}
"""Every kind of change by its name in reports."""
