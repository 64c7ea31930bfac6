"""When two failed submissions are the same mistake, and how an answer about one is told about the other.

Pure. Programs are the same when they differ only in comments, docstrings, layout and the names of their own; failures are the same
when the visible cases gave the same. Lines and names in an answer are then those of whoever reads it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from challenges.model import Challenge, Report

_LINE = re.compile(r"(\blines?\s+)(\d+)((?:\s*(?:and|to|or|[-–,&])\s*)(\d+))?", re.IGNORECASE)
_SPAN = re.compile(r"`([^`\n]+)`")
_WORD = re.compile(r"[A-Za-z_]\w*")
_AT_LINE = re.compile(r"\(line \d+\)")


@dataclass(frozen=True, slots=True)
class Canonical:
    """A program without what is its author's own: its form, and beside it their names and lines in the form's order."""

    form: str
    names: tuple[str, ...]
    lines: tuple[int, ...]


def canonical(source: str, entry: str) -> Canonical:
    """A program's form; of one that does not parse its lines as they are, without blanks."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        kept = [(n, line.rstrip()) for n, line in enumerate(source.split("\n"), 1) if line.strip()]
        return Canonical("\n".join(line for _, line in kept), (), tuple(n for n, _ in kept))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and len(body) > 1 and _is_text(body[0]):
            del body[0]
    names = tuple(dict.fromkeys(_own_names(tree, entry)))
    lines = tuple(node.lineno for node in _in_order(tree) if isinstance(node, ast.stmt))
    _Renamed({name: f"_{n}" for n, name in enumerate(names)}).visit(tree)
    return Canonical(ast.dump(tree), names, lines)


def key(challenge: Challenge, form: Canonical, report: Report, *rest: str) -> str:
    """What an answer is kept under: the challenge as it is now, the program's form, how it failed, and who is asked how."""
    content = (challenge.slug, challenge.statement, challenge.solution, challenge.cases, challenge.driver)
    version = hashlib.sha256(repr(content).encode()).hexdigest()
    cases = [(c.name, c.verdict.value, c.given, c.got, _AT_LINE.sub("", c.message)) for c in report.cases]
    failure = (report.verdict.value, cases, report.matches, report.fault.type if report.fault else "")
    whole = (version, form.form, failure, report.hidden_failure and report.hidden_failure.value, rest)
    return hashlib.sha256(repr(whole).encode("utf-8", "replace")).hexdigest()


def told_for(text: str, theirs: Canonical, mine: Canonical) -> str:
    """A text about one program as it reads about another of the same form."""
    if theirs == mine:
        return text
    names = dict(zip(theirs.names, mine.names, strict=False))

    def line(match: re.Match[str]) -> str:
        second = f"{match[3][: -len(match[4])]}{line_for(int(match[4]), theirs, mine)}" if match[4] else ""
        return f"{match[1]}{line_for(int(match[2]), theirs, mine)}{second}"

    def span(match: re.Match[str]) -> str:
        return "`" + _WORD.sub(lambda word: names.get(word.group(), word.group()), match[1]) + "`"

    return _SPAN.sub(span, _LINE.sub(line, text))


def line_for(number: int, theirs: Canonical, mine: Canonical) -> int:
    """The line of one program that does what a line of the other does; 0 where there is none."""
    before = [(at, n) for n, at in enumerate(theirs.lines) if at <= number]
    if not before or len(theirs.lines) != len(mine.lines):
        return 0
    at, n = max(before)
    return mine.lines[n] + number - at


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of answers to one mistake: which models were asked, and what was found true, by model."""

    asked: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()  # a model, and its answer as JSON
    form: Canonical = Canonical("", (), ())

    def text(self) -> str:
        """It as text; without its form, which its key stands for."""
        return json.dumps(
            {"asked": self.asked, "answers": self.answers, "names": self.form.names, "lines": self.form.lines}
        )

    @classmethod
    def read(cls, text: str | None, form: str) -> Kept:
        """Read such a text of our own; nothing is an empty one."""
        if not text:
            return cls()
        found = json.loads(text)
        answers = tuple((str(model), str(answer)) for model, answer in found["answers"])
        return cls(tuple(found["asked"]), answers, Canonical(form, tuple(found["names"]), tuple(found["lines"])))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from _in_order(child)


def _own_names(tree: ast.Module, entry: str) -> Iterator[str]:
    """The names a program makes for itself, as they come; those called by keyword, or by us, are not its own to change."""
    called = {has.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for has in node.keywords}
    methods = {
        f.name for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for f in c.body if isinstance(f, ast.FunctionDef)
    }
    for node in _in_order(tree):
        name = ""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.FunctionDef):
            name = node.name
        if name and name != entry and name not in called and name not in methods:
            yield name


class _Renamed(ast.NodeTransformer):
    """Gives names of a program's own other ones."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Rename a variable."""
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Rename a parameter, and forget its type, which decides nothing."""
        node.arg, node.annotation = self._names.get(node.arg, node.arg), None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Rename a function, and forget the type of what it returns."""
        node.name, node.returns = self._names.get(node.name, node.name), None
        return self.generic_visit(node)
