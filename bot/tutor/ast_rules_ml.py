"""Patterns of machine-learning code that rarely mean what was meant, found by reading the code alone.

Pure. As `ast_rules`, whose words it shares: leaks from test to training rows, training loops that do not train, changed arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bot.tutor.align import UNREADABLE
from bot.tutor.patterns import Finding, Rule, called, nodes

UNSEEN = ("test", "val", "new", "holdout")
CHANGING = frozenset(
    {
        "sort",
        "reverse",
        "append",
        "extend",
        "insert",
        "remove",
        "update",
        "clear",
        "pop",
        "fill",
        "setdefault",
        "popitem",
    }
)


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in nodes(node, ast.Name)}


def _learns_from_unseen(tree: ast.Module) -> Iterator[Finding]:
    for call in nodes(tree, ast.Call):
        if called(call) in ("fit", "fit_transform", "partial_fit") and call.args:
            seen = _names(call.args[0])
            if seen and all(any(part in UNSEEN for part in name.lower().split("_")) for name in seen):
                yield Finding(
                    call.lineno,
                    f"{called(call)} learns from rows that stand for the unseen ones; what is measured on them afterwards says too much.",
                    "Fit on the training rows, and only apply what was learned to the others.",
                )


def _learns_before_split(tree: ast.Module) -> Iterator[Finding]:
    for function in nodes(tree, ast.FunctionDef):
        splits = [c.lineno for c in nodes(function, ast.Call) if called(c) == "train_test_split"]
        for call in nodes(function, ast.Call):
            if splits and called(call) == "fit_transform" and call.lineno < min(splits):
                yield Finding(
                    call.lineno,
                    "This is fitted on all rows before they are split, so it has already seen the test rows.",
                    "Split first; then fit on the training part alone.",
                )


def _gradients_pile_up(tree: ast.Module) -> Iterator[Finding]:
    for function in nodes(tree, ast.FunctionDef):
        calls = {called(c): c.lineno for c in nodes(function, ast.Call)}
        if "backward" in calls and "step" in calls and "zero_grad" not in calls:
            yield Finding(
                calls["backward"],
                "backward adds to the gradients that are already there, and nothing in this function clears them.",
                "Ask what the gradients hold at the start of the second step.",
            )
        if "backward" in calls and "zero_grad" in calls and "step" not in calls:
            yield Finding(
                calls["backward"],
                "Gradients are computed here, and no step of the optimiser ever uses them.",
                "Find where the parameters should change.",
            )


def _softmax_twice(tree: ast.Module) -> Iterator[Finding]:
    for call in nodes(tree, ast.Call):
        name = called(call).lower()
        crossed = "cross_entropy" in name or "crossentropy" in name or name in ("loss_fn", "criterion")
        if crossed and any(called(inner) in ("softmax", "Softmax") for arg in call.args for inner in ast.walk(arg)):
            yield Finding(
                call.lineno,
                "PyTorch’s cross-entropy takes raw scores and applies softmax itself; here it is applied twice.",
                "Look up what the loss wants as its input.",
            )


def _chained_assignment(tree: ast.Module) -> Iterator[Finding]:
    for assign in nodes(tree, ast.Assign):
        for target in assign.targets:
            inner = target.value if isinstance(target, ast.Subscript) else None
            if isinstance(inner, ast.Subscript) and isinstance(inner.slice, (ast.Compare, ast.BoolOp, ast.BinOp)):
                yield Finding(
                    assign.lineno,
                    "Selecting by a condition makes a copy, and the new values go into that copy and are lost.",
                    "Select rows and column in one step, with .loc or one pair of brackets.",
                )


def changed_argument(source: str) -> int | None:
    """The line that changes a list or array a function was given, by its name or another name for the same thing."""
    try:
        tree = ast.parse(source)
    except UNREADABLE:
        return None
    for function in nodes(tree, ast.FunctionDef):
        given = {a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
        for node in sorted((n for n in ast.walk(function) if hasattr(n, "lineno")), key=lambda n: int(n.lineno)):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in given:
                given |= {t.id for t in node.targets if isinstance(t, ast.Name)}
            elif isinstance(node, ast.Assign):
                given -= {t.id for t in node.targets if isinstance(t, ast.Name)}
            if _changes(node, given):
                return int(node.lineno)
    return None


def _changes(node: ast.AST, given: set[str]) -> bool:
    if isinstance(node, ast.AugAssign):
        return _root(node.target) in given
    if isinstance(node, (ast.Assign, ast.Delete)):
        return any(isinstance(t, ast.Subscript) and _root(t) in given for t in node.targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in CHANGING and _root(node.func.value) in given
    return False


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


RULES: tuple[Rule, ...] = (
    _learns_from_unseen,
    _learns_before_split,
    _gradients_pile_up,
    _softmax_twice,
    _chained_assignment,
)
