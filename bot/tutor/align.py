"""Holds two programs against each other as trees: which statements belong together, and the edits from one to the other.

Pure. Names may differ between the two; docstrings and annotations do not count, imports are left aside.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_NODES = 1_200  # of a larger program nothing is said: the work grows with the square
UNSURE = 0.4  # the price of two names that may turn out to mean the same
IGNORED = frozenset({"ctx", "type_comment", "kind", "returns", "annotation", "type_params"})
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What reading a stranger's source may raise."""

Path = tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: at `path`, something is replaced by `new`, taken out, or put in before (`insert`).

    `old` is the node that stands there, if it is one, `within` the one it is part of; `role` is the field it fills. `new` may also be
    a plain value, such as the name of an attribute.
    """

    path: Path
    old: ast.AST | None
    new: Any
    within: ast.AST
    role: str
    insert: bool = False


class _Plain(ast.NodeTransformer):
    """Takes out what has no effect, and imports."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """`x: T = v` is `x = v`, and `x: T` is nothing."""
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign(targets=[node.target], value=node.value), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """A text that stands alone is a comment."""
        return None if isinstance(node.value, ast.Constant) else node

    def visit_Pass(self, node: ast.Pass) -> None:
        """Nothing is nothing; a body left empty gets it back when it is written out."""

    def visit_Import(self, node: ast.Import) -> None:
        """Imports are compared nowhere and added to every candidate."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """As above."""


def plain_tree(source: str) -> ast.Module | None:
    """A source as a tree without what has no effect; None when it cannot be read or is too large."""
    try:
        tree = ast.parse(source)
        if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
            return None
        plain: ast.Module = _Plain().visit(tree)
    except UNREADABLE:
        return None
    return plain


def bound_names(tree: ast.AST) -> set[str]:
    """Names that a program gives a meaning: variables, parameters, functions."""
    nodes = list(ast.walk(tree))
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return (
        stored
        | {n.arg for n in nodes if isinstance(n, ast.arg)}
        | {n.name for n in nodes if isinstance(n, DEFINITIONS)}
    )


class Aligner:
    """Measures and aligns two trees; `names` says what a name of the second is called in the first."""

    def __init__(self, names: Mapping[str, str], unsure: frozenset[str] = frozenset()) -> None:
        self._names = names
        self._unsure = unsure  # names of either program whose partner is not known yet
        self._costs: dict[tuple[int, int], float] = {}
        self._sizes: dict[int, int] = {}

    def size(self, node: Any) -> int:
        """How many nodes a tree has."""
        if not isinstance(node, ast.AST):
            return 1
        key = id(node)
        if key not in self._sizes:
            self._sizes[key] = 1 + sum(self.size(child) for child in ast.iter_child_nodes(node))
        return self._sizes[key]

    def cost(self, one: Any, other: Any) -> float:
        """How much would have to change to make the second out of the first; 0 when they mean the same."""
        if not isinstance(one, ast.AST) or not isinstance(other, ast.AST):
            return 0.0 if type(one) is type(other) and one == other else 1.0
        key = (id(one), id(other))
        if key not in self._costs:
            self._costs[key] = self._cost(one, other)
        return self._costs[key]

    def _cost(self, one: ast.AST, other: ast.AST) -> float:
        most = float(self.size(one) + self.size(other))
        if type(one) is not type(other):
            return most
        if isinstance(one, ast.Name) and isinstance(other, ast.Name):
            return self._name_cost(one.id, other.id)
        if isinstance(one, ast.arg) and isinstance(other, ast.arg):
            return self._name_cost(one.arg, other.arg)
        total = 0.0
        for field, mine in ast.iter_fields(one):
            theirs = getattr(other, field)
            if field == "name" and isinstance(one, DEFINITIONS):
                total += self._name_cost(mine, theirs)
            elif field not in IGNORED:
                total += self.sequence(mine, theirs)[0] if isinstance(mine, list) else self.cost(mine, theirs)
        return min(total, most)

    def _name_cost(self, mine: str, theirs: str) -> float:
        if self._names.get(theirs, theirs) == mine:
            return 0.0
        return UNSURE if mine in self._unsure and theirs in self._unsure else 1.0

    def sequence(self, mine: Sequence[Any], theirs: Sequence[Any]) -> tuple[float, list[tuple[int | None, int | None]]]:
        """The cheapest alignment of two lists: its cost, and the pairs of places, None for what has no partner."""
        table = [[0.0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]
        for i, one in enumerate(mine, 1):
            table[i][0] = table[i - 1][0] + self.size(one)
        for j, other in enumerate(theirs, 1):
            table[0][j] = table[0][j - 1] + self.size(other)
        for i, one in enumerate(mine, 1):
            for j, other in enumerate(theirs, 1):
                apart = min(table[i - 1][j] + self.size(one), table[i][j - 1] + self.size(other))
                table[i][j] = min(apart, table[i - 1][j - 1] + self.cost(one, other))
        return table[-1][-1], list(reversed(list(self._walked(mine, theirs, table))))

    def _walked(
        self, mine: Sequence[Any], theirs: Sequence[Any], table: list[list[float]]
    ) -> Iterator[tuple[int | None, int | None]]:
        """The way back through the table, from the end."""
        i, j = len(mine), len(theirs)
        while i or j:
            cost = self.cost(mine[i - 1], theirs[j - 1]) if i and j else 0.0
            together = i and j and cost < self.size(mine[i - 1]) + self.size(theirs[j - 1])
            if together and table[i][j] == table[i - 1][j - 1] + cost:
                i, j = i - 1, j - 1
                yield i, j
            elif i and table[i][j] == table[i - 1][j] + self.size(mine[i - 1]):
                i -= 1
                yield i, None
            else:
                j -= 1
                yield None, j

    def edits(self, one: ast.AST, other: ast.AST, path: Path = ()) -> Iterator[Edit]:
        """The smallest changes that make the second tree out of the first."""
        for field, mine in ast.iter_fields(one):
            theirs = getattr(other, field)
            if field in IGNORED or isinstance(one, ast.arg) or (field == "name" and isinstance(one, DEFINITIONS)):
                continue
            if isinstance(mine, list):
                yield from self._list_edits(one, mine, theirs, (*path, (field, None)))
            elif self.cost(mine, theirs) > 0:
                yield from self._child_edits(one, mine, theirs, (*path, (field, None)))

    def _child_edits(self, within: ast.AST, mine: Any, theirs: Any, path: Path) -> Iterator[Edit]:
        """Changes below a child, or the child itself; a leaf that differs (an attribute's name, a constant) is its parent's."""
        role = path[-1][0]
        if not (isinstance(mine, ast.AST) and isinstance(theirs, ast.AST)):
            yield Edit(path, mine if isinstance(mine, ast.AST) else None, theirs, within, role)
        elif type(mine) is not type(theirs) or not mine._fields or isinstance(mine, (ast.Name, ast.Constant)):
            yield Edit(path, mine, theirs, within, role)
        elif not hasattr(mine, "body") and 2 * self.cost(mine, theirs) > self.size(mine) + self.size(theirs):
            yield Edit(path, mine, theirs, within, role)  # more differs than not: one change rather than many
        else:
            yield from self.edits(mine, theirs, path)

    def _list_edits(self, within: ast.AST, mine: list[Any], theirs: list[Any], path: Path) -> Iterator[Edit]:
        role, parent = path[-1][0], path[:-1]
        place = 0
        for i, j in _met(self.sequence(mine, theirs)[1]):
            one = mine[i] if i is not None else None
            other = theirs[j] if j is not None else None
            at = (*parent, (role, place if i is None else i))
            place = place if i is None else i + 1
            if one is None:
                yield Edit(at, None, other, within, role, insert=True)
            elif other is None or type(one) is not type(other):
                yield Edit(at, one, other, within, role)
            elif self.cost(one, other) > 0:
                yield from self._child_edits(within, one, other, at)


def _met(pairs: Sequence[tuple[int | None, int | None]]) -> list[tuple[int | None, int | None]]:
    """The pairs, with one thing left over next to another taken as its replacement."""
    met: list[tuple[int | None, int | None]] = []
    for i, j in pairs:
        last = met[-1] if met else (0, 0)
        if j is None and last[0] is None:
            met[-1] = (i, last[1])
        elif i is None and last[1] is None:
            met[-1] = (last[0], j)
        else:
            met.append((i, j))
    return met


def partners(one: ast.AST, other: ast.AST) -> dict[str, str]:
    """What each name of the second program is called in the first, as far as their places tell."""
    mine, theirs = bound_names(one), bound_names(other)
    fixed = {name: name for name in mine & theirs} | _parameters(one, other)
    unsure = frozenset((mine - set(fixed.values())) | (theirs - set(fixed)))
    votes: Counter[tuple[str, str]] = Counter()
    _vote(Aligner(fixed, unsure), one, other, votes)
    for (yours, ours), _ in votes.most_common():
        if ours not in fixed and yours not in fixed.values() and yours in mine and ours in theirs:
            fixed[ours] = yours
    return fixed


def _parameters(one: ast.AST, other: ast.AST) -> dict[str, str]:
    """Parameters of functions of the same name, in their order."""
    mine, theirs = ({n.name: n.args for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)} for tree in (one, other))
    return {
        ours.arg: yours.arg
        for name in mine.keys() & theirs.keys()
        for yours, ours in zip(_all_args(mine[name]), _all_args(theirs[name]), strict=False)
    }


def _all_args(arguments: ast.arguments) -> list[ast.arg]:
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _vote(aligner: Aligner, one: Any, other: Any, votes: Counter[tuple[str, str]]) -> None:
    """Count which names stand at the same places."""
    if isinstance(one, ast.Name) and isinstance(other, ast.Name):
        votes[(one.id, other.id)] += 1
    elif isinstance(one, ast.AST) and type(one) is type(other):
        for field, mine in ast.iter_fields(one):
            theirs = getattr(other, field)
            if isinstance(mine, list):
                for i, j in aligner.sequence(mine, theirs)[1]:
                    if i is not None and j is not None:
                        _vote(aligner, mine[i], theirs[j], votes)
            else:
                _vote(aligner, mine, theirs, votes)


def in_order_of(one: ast.Module, other: ast.Module) -> ast.Module:
    """The second program with its functions and classes, and their methods, in the order of the first's; no names change."""
    other = copy.deepcopy(other)
    other.body = _sorted(one.body, other.body)
    classes = {s.name: s for s in one.body if isinstance(s, ast.ClassDef)}
    for statement in other.body:
        if isinstance(statement, ast.ClassDef) and statement.name in classes:
            statement.body = _sorted(classes[statement.name].body, statement.body)
    return other


def _sorted(mine: Sequence[ast.stmt], theirs: Sequence[ast.stmt]) -> list[ast.stmt]:
    places = {s.name: n for n, s in enumerate(mine) if isinstance(s, DEFINITIONS)}
    slots = [n for n, s in enumerate(theirs) if isinstance(s, DEFINITIONS) and s.name in places]
    ordered = sorted((theirs[n] for n in slots), key=lambda s: places[s.name])  # type: ignore[attr-defined]
    result = list(theirs)
    for slot, statement in zip(slots, ordered, strict=True):
        result[slot] = statement
    return result


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """The learner's name for it."""
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)


def renamed(node: ast.AST, names: Mapping[str, str]) -> ast.AST:
    """A copy of a node with the first program's names."""
    copied: ast.AST = _Renamed(names).visit(copy.deepcopy(node))
    return copied


def applied(tree: ast.Module, edits: Sequence[Edit], names: Mapping[str, str]) -> ast.Module:
    """A copy of a program with some edits made."""
    result = copy.deepcopy(tree)
    ordered = sorted(enumerate(edits), key=lambda pair: (_place(pair[1]), pair[0]), reverse=True)
    for _, edit in ordered:  # from the end, so that earlier places stay where they are
        parent: Any = result
        for field, index in edit.path[:-1]:
            parent = getattr(parent, field) if index is None else getattr(parent, field)[index]
        field, index = edit.path[-1]
        new = renamed(edit.new, names) if isinstance(edit.new, ast.AST) else edit.new
        if index is None:
            setattr(parent, field, new)
            continue
        items = getattr(parent, field)
        items[index : index if edit.insert else index + 1] = [new] if new is not None else []
    for node in ast.walk(result):
        if isinstance(node, (ast.stmt, ast.ExceptHandler)) and getattr(node, "body", None) == []:
            setattr(node, "body", [ast.Pass()])  # noqa: B010 - the tree has many classes with a body
    return result


def _place(edit: Edit) -> tuple[tuple[str, int], ...]:
    """Where an edit is, for sorting; what is put in before a statement comes before what changes it."""
    steps = [(field, -1 if index is None else 2 * index + 1) for field, index in edit.path]
    field, number = steps[-1]
    return (*steps[:-1], (field, number - edit.insert))
