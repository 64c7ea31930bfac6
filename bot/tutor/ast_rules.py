"""Patterns of values that beginners write and that rarely mean what was meant, found by reading the code alone.

Pure. Said only of code that fails, and only when nothing better is known; each names its line.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from bot.tutor.patterns import Finding, Rule, called, nodes

PURE_METHODS = frozenset(
    {
        "replace",
        "strip",
        "lower",
        "upper",
        "split",
        "join",
        "copy",
        "astype",
        "reshape",
        "round",
        "dropna",
        "fillna",
        "sort_values",
    }
    | {"reset_index", "rename", "drop", "clip", "transpose", "flatten", "detach", "long", "float", "view"}
)
PURE_FUNCTIONS = frozenset({"sorted", "reversed", "abs", "round", "len", "sum", "min", "max", "zip", "map", "list"})
PURE_NUMPY = frozenset(
    {"append", "sort", "concatenate", "where", "clip", "delete", "insert", "unique", "exp", "log", "round"}
)
SHADOWED = frozenset(
    {"sum", "len", "max", "min", "list", "dict", "set", "sorted", "range", "abs", "zip", "map", "round", "str", "int"}
)
NUMPY = ("np", "numpy")
IN_PLACE = frozenset({"sort", "reverse", "append", "extend", "shuffle"})


def _result_unused(tree: ast.Module) -> Iterator[Finding]:
    for statement in nodes(tree, ast.Expr):
        call = statement.value
        if isinstance(call, ast.Call) and _gives_back(call.func, called(call)):
            yield Finding(
                statement.lineno,
                f"{called(call)} gives back a new value and leaves the old one as it was; here the new value is thrown away.",
                "Give the result a name, and use that name below.",
            )


def _gives_back(func: ast.expr, name: str) -> bool:
    """Whether a function changes nothing and is called for its result alone."""
    if isinstance(func, ast.Name):
        return name in PURE_FUNCTIONS
    return name in (PURE_NUMPY if _is_numpy(func) else PURE_METHODS)


def _none_kept(tree: ast.Module) -> Iterator[Finding]:
    for keeps in (node for node in ast.walk(tree) if isinstance(node, (ast.Assign, ast.Return))):
        call = keeps.value
        of_list = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and not _is_numpy(call.func)
        if of_list and call is not None and called(call) in IN_PLACE:
            yield Finding(
                keeps.lineno,
                f"{called(call)} changes its list in place and gives back None, and that None is kept here.",
                "Call it on a line of its own, then use the list itself.",
            )


def _comparison_alone(tree: ast.Module) -> Iterator[Finding]:
    for statement in nodes(tree, ast.Expr):
        if isinstance(statement.value, ast.Compare):
            yield Finding(
                statement.lineno,
                "This line compares and does nothing with the answer.",
                "If a value should be stored, that takes a single =; if a decision is meant, an if.",
            )


def _either_is_always_true(tree: ast.Module) -> Iterator[Finding]:
    for test in nodes(tree, ast.BoolOp):
        first, *rest = test.values
        loose = any(
            isinstance(value, ast.Constant) and not isinstance(value.value, bool) and value.value for value in rest
        )
        if isinstance(test.op, ast.Or) and isinstance(first, ast.Compare) and loose:
            yield Finding(
                test.lineno,
                "What stands after “or” is a value on its own, and such a value always counts as true.",
                "Write the whole comparison again on the other side, or ask with “in”.",
            )


def _identity(tree: ast.Module) -> Iterator[Finding]:
    for compared in nodes(tree, ast.Compare):
        for op, right in zip(compared.ops, compared.comparators, strict=True):
            constant = (
                isinstance(right, ast.Constant)
                and isinstance(right.value, (int, float, str))
                and not isinstance(right.value, bool)
            )
            if isinstance(op, (ast.Is, ast.IsNot)) and constant:
                yield Finding(
                    compared.lineno,
                    "“is” asks whether two things are one and the same object, not whether they are equal.",
                    "Compare values with == or !=.",
                )


def _compared_with_nan(tree: ast.Module) -> Iterator[Finding]:
    for compared in nodes(tree, ast.Compare):
        sides = [compared.left, *compared.comparators]
        equal = any(isinstance(op, (ast.Eq, ast.NotEq, ast.Is)) for op in compared.ops)
        if equal and any(isinstance(side, ast.Attribute) and side.attr == "nan" for side in sides):
            yield Finding(
                compared.lineno,
                "NaN is equal to nothing, not even to itself, so this comparison never finds it.",
                "Ask with np.isnan or math.isnan.",
            )


def _default_shared(tree: ast.Module) -> Iterator[Finding]:
    for function in nodes(tree, ast.FunctionDef):
        for default in [*function.args.defaults, *filter(None, function.args.kw_defaults)]:
            if isinstance(default, (ast.List, ast.Dict, ast.Set)):
                yield Finding(
                    function.lineno,
                    "The default value is made once and shared by all calls, so one call finds what another left in it.",
                    "Use None as the default and make the new list or dictionary inside.",
                )


def _rows_are_one(tree: ast.Module) -> Iterator[Finding]:
    for product in nodes(tree, ast.BinOp):
        row = product.left.elts[0] if isinstance(product.left, ast.List) and len(product.left.elts) == 1 else None
        if isinstance(product.op, ast.Mult) and isinstance(row, (ast.List, ast.Dict, ast.Set, ast.BinOp)):
            yield Finding(
                product.lineno,
                "Multiplying a list that holds a list repeats the same inner list: a change in one row shows in all.",
                "Make each row anew, in a comprehension.",
            )


def _swallowed(tree: ast.Module) -> Iterator[Finding]:
    for handler in nodes(tree, ast.ExceptHandler):
        named = isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException")
        if (handler.type is None or named) and all(isinstance(s, (ast.Pass, ast.Continue)) for s in handler.body):
            yield Finding(
                handler.lineno,
                "Any error at all is caught here and forgotten, and so may be the one that would tell you what is wrong.",
                "Take the try away for a moment and look at what comes.",
            )


def _shadowed(tree: ast.Module) -> Iterator[Finding]:
    for function in nodes(tree, ast.FunctionDef):
        stored = [n for n in nodes(function, ast.Name) if isinstance(n.ctx, ast.Store)]
        bound = {n.id: min(other.lineno for other in stored if other.id == n.id) for n in stored}
        called = {c.func.id for c in nodes(function, ast.Call) if isinstance(c.func, ast.Name)}
        for name, line in bound.items():
            if name in SHADOWED & called and hasattr(builtins, name):
                yield Finding(
                    line,
                    f"Your variable “{name}” takes the name of a function of Python’s that you also call.",
                    "Give the variable another name.",
                )


def _unused_parameter(tree: ast.Module) -> Iterator[Finding]:
    for function in (s for s in tree.body if isinstance(s, ast.FunctionDef)):
        read = {n.id for n in nodes(function, ast.Name) if isinstance(n.ctx, ast.Load)}
        for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
            if argument.arg not in read and not argument.arg.startswith("_"):
                yield Finding(
                    function.lineno,
                    f"{function.name} is given “{argument.arg}” and never looks at it, so the result cannot depend on it.",
                    f"Find where the statement uses “{argument.arg}”.",
                )


def _is_numpy(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id in NUMPY


RULES: tuple[Rule, ...] = (
    _none_kept,
    _result_unused,
    _comparison_alone,
    _either_is_always_true,
    _compared_with_nan,
    _identity,
    _rows_are_one,
    _default_shared,
    _shadowed,
    _swallowed,
    _unused_parameter,
)
