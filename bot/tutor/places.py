"""Finds where a submission differs from a solution that passes, and names each place in the learner's own terms.

Pure. Nothing of the solution leaves here but inside candidates, which only a box and a judge ever see: a `Site` has the learner's line,
the learner's words and what sort of thing stands there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from bot.tutor.align import UNREADABLE, Aligner, Edit, applied, in_order_of, partners, plain_tree
from bot.tutor.evidence import Place

MOST_SITES = 8  # with more, the two programs have different ideas, and no single place is to blame
MOST_CANDIDATES = 24
KEPT = 8  # comparisons: one submission is asked about a few times in a row
MOST_OF_ALL = 0.6  # of the solution or of the submission: a change as large as that blames no place
MAX_CODE = 80  # characters of the learner's own code that are quoted
ROLES = {
    "test": "condition",
    "iter": "loop",
    "slice": "index",
    "func": "function",
    "keywords": "option",
    "args": "argument",
}
SYMBOLS = (ast.cmpop, ast.boolop, ast.operator, ast.unaryop)  # of one sort, though each is a class of its own
KINDS: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], str], ...] = (
    (ast.cmpop, "comparison"),
    (ast.boolop, "and/or"),
    ((ast.operator, ast.unaryop, ast.UnaryOp), "operator"),
    (ast.Compare, "comparison"),
    (ast.keyword, "option"),
    (ast.Constant, "value"),
    (ast.Name, "name"),
    (ast.Slice, "index"),
    (ast.Attribute, "function"),
    (ast.Call, "call"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """One place of a submission that differs from a solution: all edits that belong to one statement."""

    place: Place
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A submission with some of its places changed, to be tried; its source is never shown."""

    source: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A submission beside a solution: where they differ, and whether they are the same everywhere else."""

    tree: ast.Module
    sites: tuple[Site, ...]
    scaffold: tuple[Edit, ...]  # definitions that only the solution has: no place of the learner's is at fault for that
    names: dict[str, str]
    imports: str
    same_elsewhere: bool
    size: int  # of the solution, in nodes

    def certain(self) -> Place | None:
        """The only place that differs; nothing else can be at fault, for the rest is a solution that passes."""
        only = self.sites[0] if len(self.sites) == 1 and self.same_elsewhere else None
        return only.place if only and self._is_a_place((only,)) else None

    def candidates(self) -> list[Candidate]:
        """What to try, the smallest changes first; a few at most."""
        if not 0 < len(self.sites) <= MOST_SITES:
            return []
        chosen: list[tuple[Site, ...]] = [(site,) for site in self.sites]
        chosen += list(combinations(self.sites, 2))
        chosen += list(self._functions())
        chosen += list(combinations(self.sites, 3))
        some = [sites for sites in dict.fromkeys(chosen) if self._is_a_place(sites)]
        return [c for sites in some[:MOST_CANDIDATES] if (c := self._candidate(sites)) is not None]

    def _is_a_place(self, sites: Sequence[Site]) -> bool:
        """Whether a change says where the fault is: not when it hands over the solution, or returns before the fault is met."""
        edits = [edit for site in sites for edit in site.edits]
        if any(edit.insert and isinstance(edit.new, ast.Return) and _returns(edit) for edit in edits):
            return False
        brought = _nodes(edit.new for edit in (*self.scaffold, *edits))
        blamed = _nodes(edit.old for edit in edits)
        return brought <= MOST_OF_ALL * self.size and blamed <= MOST_OF_ALL * _nodes([self.tree])

    def _functions(self) -> Iterator[tuple[Site, ...]]:
        """All that differs within one function, where the submission has several."""
        functions = list(dict.fromkeys(site.place.function for site in self.sites))
        for name in functions if len(functions) > 1 else ():
            yield tuple(site for site in self.sites if site.place.function == name)

    def _candidate(self, sites: Sequence[Site]) -> Candidate | None:
        edits = [*self.scaffold, *(edit for site in sites for edit in site.edits)]
        tree = applied(self.tree, edits, self.names)
        try:
            source = f"{self.imports}\n{ast.unparse(ast.fix_missing_locations(tree))}\n"
            compile(source, "candidate.py", "exec", dont_inherit=True)
        except (*UNREADABLE, AttributeError, TypeError):  # a tree that is no program: an edit left a place empty
            return None
        return Candidate(source, tuple(site.place for site in sites))


def _nodes(trees: Iterable[object]) -> int:
    return sum(1 for tree in trees if isinstance(tree, ast.AST) for _ in ast.walk(tree))


def _returns(edit: Edit) -> bool:
    """Whether the block that something is put in returns already."""
    return any(isinstance(statement, ast.Return) for statement in getattr(edit.within, edit.role, []))


@lru_cache(maxsize=KEPT)
def compare(source: str, solution: str) -> Comparison | None:
    """Hold a submission against a solution; None when either cannot be read, or nothing differs. The last few are kept."""
    mine, theirs = plain_tree(source), plain_tree(solution)
    if mine is None or theirs is None:
        return None
    try:
        return _compared(mine, in_order_of(mine, theirs), source, solution)
    except RecursionError:  # a chain of a thousand operations
        return None


def _compared(mine: ast.Module, theirs: ast.Module, source: str, solution: str) -> Comparison | None:
    names = partners(mine, theirs)
    edits = tuple(Aligner(names).edits(mine, theirs))
    if not edits:
        return None
    whole = applied(mine, edits, names)
    scaffold = tuple(edit for edit in edits if edit.insert and edit.within is mine)
    return Comparison(
        tree=mine,
        sites=_sites(mine, [edit for edit in edits if edit not in scaffold], source),
        scaffold=scaffold,
        names=names,
        imports=_imports(source, solution),
        same_elsewhere=len(set(names.values())) == len(names)
        and Aligner(names).cost(whole, applied(theirs, (), names)) == 0,
        size=_nodes([theirs]),
    )


def _imports(*sources: str) -> str:
    """The imports of all of them, so that a name of either can be used."""
    found = [
        ast.unparse(s)
        for source in sources
        for s in ast.parse(source).body
        if isinstance(s, (ast.Import, ast.ImportFrom))
    ]
    future = [line for line in found if line.startswith("from __future__")]
    return "\n".join(dict.fromkeys([*future, *found]))


def _sites(tree: ast.Module, edits: Sequence[Edit], source: str) -> tuple[Site, ...]:
    """Edits by the statement they belong to, in the order of the source."""
    grouped: dict[tuple[object, ...], list[Edit]] = {}
    for edit in edits:
        grouped.setdefault(_statement(tree, edit), []).append(edit)
    sites = [Site(_described(tree, tuple(group), source), tuple(group)) for group in grouped.values()]
    return tuple(sorted(sites, key=lambda site: site.place.line))


def _chain(tree: ast.Module, edit: Edit) -> list[ast.AST]:
    """The nodes from the root to what an edit changes, or to what it puts something in."""
    chain: list[ast.AST] = [tree]
    for field, index in edit.path[:-1] if edit.insert else edit.path:
        child = getattr(chain[-1], field, None)
        child = child[index] if isinstance(child, list) and index is not None else child
        if not isinstance(child, ast.AST):
            break
        chain.append(child)
    return chain


def _statement(tree: ast.Module, edit: Edit) -> tuple[object, ...]:
    """What edits of one statement have in common; each statement put in is a group of its own."""
    if edit.insert and isinstance(edit.new, ast.stmt):
        return ("insert", edit.path)
    chain = _chain(tree, edit)
    depth = max(n for n, node in enumerate(chain) if n == 0 or isinstance(node, ast.stmt))
    return ("change", edit.path[:depth])


def _described(tree: ast.Module, edits: tuple[Edit, ...], source: str) -> Place:
    """The place in the learner's terms; of several edits in one statement, the statement."""
    first = edits[0]
    chain = _chain(tree, first)
    function = next((n.name for n in reversed(chain) if isinstance(n, ast.FunctionDef)), "")
    statement = next((n for n in reversed(chain) if isinstance(n, ast.stmt)), chain[-1])
    if first.insert and isinstance(first.new, ast.stmt):
        return Place(line=_line_about(chain[-1], first), kind="step missing", function=function)
    if len(edits) > 1:
        line = min(_line(*reversed(_chain(tree, edit))) for edit in edits)
        return Place(line=line, kind="statement", code=_quoted(source, _head(statement)), function=function)
    node = next((n for n in reversed(chain) if hasattr(n, "lineno")), statement)
    shown = first.within if isinstance(first.old, (ast.operator, ast.cmpop, ast.boolop, ast.unaryop)) else node
    kind = "step too many" if isinstance(first.old, ast.stmt) and first.new is None else _kind(first, statement)
    whole = shown if isinstance(shown, ast.expr) else _head(statement)
    return Place(line=_line(shown, statement), kind=kind, code=_quoted(source, whole), function=function)


def _kind(edit: Edit, statement: ast.AST) -> str:
    if edit.insert or edit.new is None:
        if edit.role == "keywords":
            return "option missing" if edit.insert else "option"
        return ROLES.get(edit.role, "expression")
    if isinstance(edit.old, ast.Expr) and isinstance(edit.new, ast.Return):
        return "value dropped"
    if edit.role in ("test", "iter", "slice"):
        return ROLES[edit.role]
    if edit.role == "attr":
        return "function"
    named = next((kind for types, kind in KINDS if isinstance(edit.old, types)), "")
    if named == "name" and edit.role == "func":
        return "function"
    if named and (type(edit.new) is type(edit.old) or isinstance(edit.old, SYMBOLS)):
        return named
    return "result" if isinstance(statement, ast.Return) and edit.role == "value" else "expression"


def _line(*nodes: ast.AST) -> int:
    return next((int(n.lineno) for n in nodes if hasattr(n, "lineno")), 1)


def _line_about(parent: ast.AST, edit: Edit) -> int:
    """The line before which something is missing; at a block's end, its last line."""
    field, index = edit.path[-1]
    items = getattr(parent, field)
    if index is None or not items:
        return _line(parent)
    return int(items[index].lineno) if index < len(items) else int(items[-1].end_lineno)


def _head(node: ast.AST) -> ast.AST:
    """What of a statement fits on a line: of a block, what it asks or loops over."""
    for field in ("test", "iter"):
        if isinstance(node, ast.stmt) and hasattr(node, field):
            head: ast.AST = getattr(node, field)
            return head
    return node


def _quoted(source: str, node: ast.AST) -> str:
    """The learner's own text, on one line; "" when it is long."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module, ast.With, ast.Try)):
        return ""
    text = " ".join((ast.get_source_segment(source, node) or "").split())
    return text if len(text) <= MAX_CODE else ""


def joined(places: Sequence[Place]) -> Place:
    """Several places as one: the first, with the lines of the others."""
    first, *rest = places
    return replace(first, others=tuple(dict.fromkeys(place.line for place in rest if place.line != first.line)))


def certain_place(source: str, solution: str) -> Place | None:
    """The one place where a submission differs from a solution, which needs no run to be proven."""
    comparison = compare(source, solution)
    return comparison.certain() if comparison else None
