"""A learner's program as something to try edits on: where each expression and statement stands, and what it would be with another
in its place.

Pure. Edits are made in the text, so that what is not touched stays as it was.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|[^\s\w]")
Node = TypeVar("Node", bound=ast.AST)


class Program:
    """One program that parses."""

    def __init__(self, source: str) -> None:
        """Read a program.

        Raises:
            SyntaxError, ValueError: it is none.
        """
        self.source = source
        self.tree = ast.parse(source)
        self._raw = source.encode("utf-8", "replace")
        self._starts = [0]
        for line in self._raw.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._types = _annotations(self.tree)
        self.expressions = [
            n for n in self._nodes(ast.expr) if not isinstance(getattr(n, "ctx", None), (ast.Store, ast.Del))
        ]
        self.statements = self._nodes(ast.stmt)
        self.known = {_bare(node) for node in self.expressions} | {_bare(node) for node in self.statements}

    def has(self, node: ast.AST) -> bool:
        """Whether an expression or a statement stands in the program as it is."""
        return _bare(node) in self.known

    def same(self, code: ast.AST) -> list[ast.expr]:
        """The expressions that are equal to one."""
        wanted = _bare(code)
        return [node for node in self.expressions if _bare(node) == wanted]

    def text(self, node: ast.AST) -> str:
        """A node's own text."""
        start, end = self.span(node)
        return self._raw[start:end].decode("utf-8", "replace")

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node stands, in bytes."""
        at = node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self._starts[at[0] - 1] + at[1], self._starts[at[2] - 1] + at[3]

    def put(self, *edits: tuple[ast.AST, str]) -> str:
        """The program with other texts in the place of nodes, which must not lie in each other; an expression gets parentheses."""
        raw = self._raw
        for node, code in sorted(edits, key=lambda edit: self.span(edit[0]), reverse=True):
            start, end = self.span(node)
            written = f"({code})" if isinstance(node, ast.expr) and not _atom(code) else code
            raw = raw[:start] + written.encode("utf-8", "replace") + raw[end:]
        return raw.decode("utf-8", "replace")

    def between(self, before: ast.AST, after: ast.AST, code: str) -> str:
        """The program with another text between two neighbouring nodes, such as an operator."""
        start, end = self.span(before)[1], self.span(after)[0]
        gap = self._raw[start:end].decode("utf-8", "replace")
        kept = re.sub(r"[^()\s]+(?:\s+(?:in|not))?", f" {code} ", gap, count=1)
        return (self._raw[:start] + kept.encode() + self._raw[end:]).decode("utf-8", "replace")

    def replace_statement(self, node: ast.stmt, code: str) -> str:
        """The program with other statements in the place of one."""
        return self.put((node, indented(code, node.col_offset).lstrip()))

    def beside(self, node: ast.stmt, code: str, *, before: bool = False) -> str:
        """The program with statements added before or after one, at its depth."""
        lines = self.source.split("\n")
        at = node.lineno - 1 if before else node.end_lineno or node.lineno
        return "\n".join([*lines[:at], indented(code, node.col_offset), *lines[at:]])

    def without(self, node: ast.stmt) -> str:
        """The program without a statement."""
        return self.put((node, "pass"))

    def _nodes(self, kind: type[Node]) -> list[Node]:
        return [n for n in ast.walk(self.tree) if isinstance(n, kind) and id(n) not in self._types]


def indented(code: str, depth: int) -> str:
    """Code with so many blanks before each line."""
    return "\n".join(" " * depth + line if line.strip() else line for line in code.split("\n"))


def alike(one: str, other: str) -> float:
    """How much two pieces of code have in common, from 0 to 1, by their tokens (Jaccard)."""
    left, right = set(_TOKEN.findall(one)), set(_TOKEN.findall(other))
    return len(left & right) / len(left | right) if left | right else 0.0


def parses(source: str) -> bool:
    """Whether it is Python."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def distinct(sources: Iterable[str], original: str) -> Iterator[str]:
    """Programs that parse and differ from each other and from the original in more than looks."""
    seen = {_shape(original)}
    for source in sources:
        shape = _shape(source)
        if shape and shape not in seen:
            seen.add(shape)
            yield source


def _shape(source: str) -> str:
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ""


def _bare(node: ast.AST) -> str:
    return ast.dump(node).replace("ctx=Store()", "ctx=Load()")


def _atom(code: str) -> bool:
    return re.fullmatch(r"[\w.]+", code) is not None


def _annotations(tree: ast.Module) -> set[int]:
    """The identities of nodes that only name a type."""
    held = (getattr(node, name, None) for node in ast.walk(tree) for name in ("annotation", "returns"))
    return {id(part) for node in held if isinstance(node, ast.AST) for part in ast.walk(node)}
