"""Patterns of loops and of what follows a jump: code that leaves too soon, starts over, forgets, or never ends.

Pure. Said only of code that fails, and only when nothing better is known; each names its line.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from bot.tutor.patterns import Finding, Rule, called, nodes, statements

LOOPS = (ast.For, ast.While)
GROWING = frozenset({"append", "extend", "insert", "update", "add"})


def _leaves_in_first_round(tree: ast.Module) -> Iterator[Finding]:
    for loop in (node for node in ast.walk(tree) if isinstance(node, LOOPS)):
        last = loop.body[-1]
        if isinstance(last, (ast.Return, ast.Break)):
            yield Finding(
                last.lineno,
                "The loop ends here in its first round, whatever comes after: this line stands inside it and is always reached.",
                "Ask how far it should be indented: should it wait until the loop is done?",
            )


def _restarts_in_loop(tree: ast.Module) -> Iterator[Finding]:
    """A total or a list that is set to its starting value in every round, added to there, and used after the loop."""
    for function in nodes(tree, ast.FunctionDef):
        used = {n.id for s in function.body if isinstance(s, ast.Return) for n in nodes(s, ast.Name)}
        for loop in (s for s in statements(function.body) if isinstance(s, LOOPS)):
            first = loop.body[0]
            if isinstance(first, ast.Assign) and isinstance(first.targets[0], ast.Name) and _is_start(first.value):
                name = first.targets[0].id
                if name in used and _grows(loop, name):
                    yield Finding(
                        first.lineno,
                        f"“{name}” starts afresh in every round of the loop, so only the last round is left in the end.",
                        "Move its starting value above the loop.",
                    )


def _is_start(value: ast.expr) -> bool:
    empty = isinstance(value, (ast.List, ast.Dict)) and not (value.elts if isinstance(value, ast.List) else value.keys)
    return empty or (isinstance(value, ast.Constant) and value.value in (0, 1, 0.0, ""))


def _grows(loop: ast.AST, name: str) -> bool:
    augmented = any(isinstance(a.target, ast.Name) and a.target.id == name for a in nodes(loop, ast.AugAssign))
    appended = any(
        isinstance(c.func, ast.Attribute)
        and isinstance(c.func.value, ast.Name)
        and c.func.value.id == name
        and c.func.attr in GROWING
        for c in nodes(loop, ast.Call)
    )
    return augmented or appended


def _overwritten_in_loop(tree: ast.Module) -> Iterator[Finding]:
    """`total = x` in a loop, where total had a starting value, is read nowhere in the loop, and is returned."""
    for function in nodes(tree, ast.FunctionDef):
        started = {
            t.id
            for s in function.body
            if isinstance(s, ast.Assign) and _is_start(s.value)
            for t in s.targets
            if isinstance(t, ast.Name)
        }
        for loop in (s for s in function.body if isinstance(s, ast.For)):
            for statement in loop.body:
                if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                    name = statement.targets[0].id
                    reads = [n for n in nodes(loop, ast.Name) if n.id == name and isinstance(n.ctx, ast.Load)]
                    if name in started and not reads:
                        yield Finding(
                            statement.lineno,
                            f"Each round of the loop puts a new value in “{name}” and forgets the one before.",
                            "Decide whether this round’s value should be added to what is there.",
                        )


def _changed_while_looping(tree: ast.Module) -> Iterator[Finding]:
    for loop in nodes(tree, ast.For):
        if isinstance(loop.iter, ast.Name):
            for call in nodes(loop, ast.Call):
                func = call.func
                own = (
                    isinstance(func, ast.Attribute)
                    and isinstance(func.value, ast.Name)
                    and func.value.id == loop.iter.id
                )
                if own and called(call) in ("remove", "pop", "insert", "append"):
                    yield Finding(
                        call.lineno,
                        f"“{loop.iter.id}” is changed while the loop goes over it, so the loop skips or repeats elements.",
                        "Loop over a copy, or build a new list.",
                    )


def _endless(tree: ast.Module) -> Iterator[Finding]:
    """A while loop of which nothing that its test names changes inside."""
    for loop in nodes(tree, ast.While):
        asked = {n.id for n in nodes(loop.test, ast.Name)}
        names = [n for s in loop.body for n in nodes(s, ast.Name)]
        changed = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        touched = {n.id for s in loop.body for c in nodes(s, ast.Call) for n in nodes(c, ast.Name)}
        leaves = any(True for s in loop.body for n in ast.walk(s) if isinstance(n, (ast.Break, ast.Return, ast.Raise)))
        stored = any(
            isinstance(t, (ast.Subscript, ast.Attribute)) and isinstance(t.ctx, ast.Store)
            for s in loop.body
            for t in ast.walk(s)
        )
        if not leaves and not asked & (changed | touched) and not stored:
            yield Finding(
                loop.lineno,
                "Nothing in this loop changes what its condition asks about, so once it is true it stays true for ever.",
                "Find the value that should come closer to the end in every round.",
            )


def _unreachable(tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, [])
            for before, after in itertools.pairwise(block) if isinstance(block, list) else ():
                if isinstance(before, (ast.Return, ast.Raise, ast.Break, ast.Continue)) and isinstance(after, ast.stmt):
                    yield Finding(
                        after.lineno,
                        f"This line never runs: line {before.lineno} before it always leaves.",
                        "Check the indentation of both.",
                    )


def _stops_short(tree: ast.Module) -> Iterator[Finding]:
    for loop in (node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.comprehension))):
        call = loop.iter
        if called(call) == "range" and isinstance(call, ast.Call) and len(call.args) == 1:
            stop = call.args[0]
            short = (
                isinstance(stop, ast.BinOp)
                and isinstance(stop.op, ast.Sub)
                and isinstance(stop.right, ast.Constant)
                and stop.right.value == 1
            )
            if short and isinstance(stop, ast.BinOp) and called(stop.left) == "len" and not _looks_ahead(loop, tree):
                yield Finding(
                    call.lineno,
                    "range already stops before its end, so with “- 1” the last element is left out.",
                    "Write down the positions this loop takes for a list of three.",
                )


def _looks_ahead(loop: ast.AST, tree: ast.Module) -> bool:
    """Whether positions plus one are read somewhere: then to stop one early is right."""
    scope = loop if isinstance(loop, ast.For) else tree
    return any(
        isinstance(b.op, ast.Add) and isinstance(b.right, ast.Constant) and b.right.value == 1
        for s in nodes(scope, ast.Subscript)
        for b in nodes(s.slice, ast.BinOp)
    )


RULES: tuple[Rule, ...] = (
    _leaves_in_first_round,
    _restarts_in_loop,
    _overwritten_in_loop,
    _changed_while_looping,
    _endless,
    _unreachable,
    _stops_short,
)
