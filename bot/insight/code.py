"""Learners' code as comparable tokens: names, layout, comments, prints and constants do not matter, structure does.

Pure. Code is read, never run.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import tokenize
from collections.abc import Iterator

MAX_SOURCE = 20_000  # characters; longer ones are read up to there, as text
_BUILT_IN = frozenset(dir(builtins))
_WORD = re.compile(r"[^\W\d]\w*|\d+|[^\w\s]")


def code_tokens(source: str) -> list[str]:
    """Turn code into tokens of its structure; code that does not parse gives its bare words instead."""
    try:
        tree = ast.parse(source[:MAX_SOURCE])
        return list(_tokens(_bare(tree), _own_names(tree)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # what ast raises on text that is no program
        return [word if word in _BUILT_IN else "name" if word.isidentifier() else word for word in _words(source)]


def _words(source: str) -> list[str]:
    return _WORD.findall(source[:MAX_SOURCE])


def _own_names(tree: ast.Module) -> frozenset[str]:
    """Names the program gives away itself: arguments, assigned names, functions; but not what it imports."""
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    return frozenset(own)


class _Bare(ast.NodeTransformer):
    """Takes away what does not change what a program returns: texts that stand alone, annotations, prints."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        value = node.value
        printed = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
        return None if isinstance(value, ast.Constant) or printed else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign(targets=[node.target], value=node.value))

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def _bare(tree: ast.Module) -> ast.AST:
    bare: ast.AST = _Bare().visit(tree)
    return bare


def _tokens(node: ast.AST, own: frozenset[str]) -> Iterator[str]:
    """Walk the tree depth first. Own names are alike; attributes, imported names and keywords keep theirs."""
    yield from _token(node, own)
    for child in ast.iter_child_nodes(node):
        yield from _tokens(child, own)
    if isinstance(node, ast.stmt):
        yield "end"


def _token(node: ast.AST, own: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.expr_context):
        return
    match node:
        case ast.Name(id=name):
            yield "name" if name in own else name
        case ast.Constant(value=value):
            yield type(value).__name__ if not isinstance(value, bool | None) else str(value)
        case ast.Attribute(attr=name):
            yield f".{name}"
        case ast.keyword(arg=name):
            yield f"{name}="
        case ast.arg():
            yield "argument"
        case _:
            yield type(node).__name__


def texts_in(source: str) -> frozenset[str]:
    """The texts between quotation marks in code of ours, which may be shown wherever they come again."""
    return frozenset(
        n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )


def excerpt(source: str, most_lines: int, most_chars: int, known: frozenset[str] = frozenset()) -> str:
    """Show the start of a program without what may say who wrote it: comments, docstrings, imports, texts but known ones."""
    try:
        tree = _Quiet(known).visit(_bare(ast.parse(source[:MAX_SOURCE])))
        text = ast.unparse(ast.fix_missing_locations(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        text = _without_comments(source[:MAX_SOURCE])
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith(("import ", "from "))]
    cut = "\n".join(lines[:most_lines])[:most_chars]
    return cut if len(lines) <= most_lines and len(cut) < most_chars else cut + " …"


class _Quiet(ast.NodeTransformer):
    """Hides what is written inside quotation marks, but for known texts."""

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        hidden = isinstance(node.value, str | bytes) and node.value not in self._known
        return ast.Constant("…") if hidden else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant("…")


def _without_comments(source: str) -> str:
    """Drop comments and texts from code that does not parse, as far as it can be told where they are."""
    try:
        kinds = (tokenize.COMMENT, tokenize.STRING)
        drop = {t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type in kinds}
    except (tokenize.TokenError, SyntaxError):
        drop = set()
    for text in sorted(drop, key=len, reverse=True):
        source = source.replace(text, "")
    return re.sub(r"#.*|\"[^\"\n]*\"?|'[^'\n]*'?", "", source)
