"""What a reader could do to their program with the code in a text: put a piece in the place of another, add it, or take it whole.

Pure. Gives programs to try, the likeliest first; whether one of them passes is found by running.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.tutor.claude.gates.grounding import cited_lines
from bot.tutor.claude.gates.operators import with_operator
from bot.tutor.claude.gates.pieces import OPERATORS, Piece, expression, keyword_of, pieces, statements
from bot.tutor.claude.gates.program import Program, alike, distinct
from bot.tutor.claude.gates.said import said_edits
from bot.tutor.claude.gates.told import announced, exchanged, worded

MOST = 48  # programs to try for one text
PLACES = 5  # for one piece
NEAR = 200  # characters between two pieces that may belong together
ON_LINE, SAME_KIND, NAMED, TOLD = 0.5, 0.2, 0.4, 3.0
REDUCING = frozenset(
    {
        "mean",
        "sum",
        "max",
        "min",
        "std",
        "var",
        "argmax",
        "argmin",
        "any",
        "all",
        "norm",
        "median",
        "prod",
        "cumsum",
        "softmax",
        "sort",
        "argsort",
        "concatenate",
        "stack",
    }
)
COMPARING = {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq, "!=": ast.NotEq}


@dataclass(frozen=True, slots=True)
class Edit:
    """A program to try, and how likely it is what the text means. `at` is the piece it uses."""

    worth: float
    program: str
    at: int = 0


def programs(source: str, text: str, entry: str) -> list[str]:
    """Programs that somebody could make of theirs by this text, the likeliest first."""
    found = pieces(text)
    whole = list(_whole(source, found, entry))
    try:
        program = Program(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return list(distinct([*whole, *_by_line(source, found, text)], source))[:MOST]
    lines = set(cited_lines(text))
    edits = [*_pairs(program, found, text), *_told(program, text, lines), *said_edits_of(program, text, lines)]
    for piece in found:
        edits += sorted(_alone(program, piece, text, lines), key=lambda edit: -edit.worth)[: 3 * PLACES]
    edits.sort(key=lambda edit: -edit.worth)
    ordered = [edit.program for edit in edits]
    return list(distinct([*whole, *_together(source, edits, found), *ordered], source))[:MOST]


def _told(program: Program, text: str, lines: set[int]) -> Iterator[Edit]:
    """What the words around some code make of it, whether or not it is set apart."""
    for old, new in exchanged(program, text):
        wanted = expression(old)
        places = program.same(wanted) if wanted is not None else []
        for place in sorted(places, key=lambda node: node.lineno not in lines)[:PLACES]:
            yield Edit(TOLD + ON_LINE * (place.lineno in lines), program.put((place, new)))
    for code in dict.fromkeys(announced(text)):
        value = expression(code)
        if value is None:
            yield from (Edit(worth + 1, changed) for worth, changed in _placed(program, code, text, lines))
            continue
        for around in _around(program, value)[:PLACES]:
            yield Edit(TOLD - 1 + ON_LINE * (around.lineno in lines), program.put((around, code)))
        if isinstance(value, (ast.Name, ast.Constant)):
            on_line = [n for n in program.expressions if n.lineno in lines and type(n) is type(value)]
            yield from (Edit(TOLD, program.put((node, code))) for node in on_line)
    if lines:
        yield from _told_of_lines(program, text, lines)


def _told_of_lines(program: Program, text: str, lines: set[int]) -> Iterator[Edit]:
    """What a text makes of the lines it names: other words in them, or another line."""
    named = [node for node in program.statements if node.lineno in lines and not hasattr(node, "body")]
    for old, new in worded(text):
        for node in named:
            if old in program.text(node):
                yield Edit(TOLD, program.put((node, program.text(node).replace(old, new))))
    for piece in pieces(text):
        if piece.marked and expression(piece.code) is None and statements(piece.code):
            yield from (Edit(TOLD, program.replace_statement(node, piece.code.strip())) for node in named)


def _around(program: Program, value: ast.expr) -> list[ast.expr]:
    """The calculations in which an expression is only a part, the smallest first."""
    wanted = ast.dump(value)
    kinds = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Call, ast.IfExp)
    holding = [
        node
        for node in program.expressions
        if isinstance(node, kinds) and any(part is not node and ast.dump(part) == wanted for part in ast.walk(node))
    ]
    return sorted(holding, key=lambda node: len(program.text(node)))


def said_edits_of(program: Program, text: str, lines: set[int]) -> Iterator[Edit]:
    """What is said in words alone."""
    removed = re.search(
        r"\b(?:delete|remove|drop|leave out|take out|without)\b[^.]{0,20}\blines?\b", text, re.IGNORECASE
    )
    for statement in program.statements if removed else ():
        if statement.lineno in lines:
            yield Edit(TOLD, program.without(statement))
    for program_, node in said_edits(program, text):
        near = ON_LINE if getattr(node, "lineno", 0) in lines else 0.0
        yield Edit(1.0 + near, program_)


def _whole(source: str, found: list[Piece], entry: str) -> Iterator[str]:
    """Pieces that are the program by themselves, each and all in a row, after the learner's own imports."""
    blocks = [piece.code for piece in found if piece.marked and statements(piece.code)]
    imports = "\n".join(re.findall(r"^(?:import|from)\s.*$", source, re.MULTILINE))
    for code in [*blocks, "\n".join(blocks)]:
        if re.search(rf"\b(?:def|class)\s+{re.escape(entry)}\b", code):
            yield f"{imports}\n{code}"
            yield f"{source}\n{code}"
    body = [code for code in blocks if not code.lstrip().startswith(("import ", "from "))]
    head = re.search(rf"^(?:def|class)\s+{re.escape(entry)}\b.*?:\s*(?:#.*)?$", source, re.MULTILINE)
    if head and body and "return" in " ".join(body):
        for joined in ("\n".join(body), body[0]):
            inner = "\n".join("    " + line for line in joined.split("\n"))
            yield f"{imports}\n{head.group()}\n{inner}"


def _by_line(source: str, found: list[Piece], text: str) -> Iterator[str]:
    """Of a program that does not parse: a piece in the place of each line, or a mark at its end."""
    lines = source.split("\n")
    near = [n - 1 for n in cited_lines(text) if 1 <= n <= len(lines)] or range(len(lines))
    codes = [piece.code for piece in found] + [
        mark for mark in (":", ")", "]", '"', "'", ",") if _says_mark(mark, text)
    ]
    for n in near:
        margin = lines[n][: len(lines[n]) - len(lines[n].lstrip())]
        for code in codes:
            changed = lines[n].rstrip() + code if len(code) == 1 else margin + code.strip()
            yield "\n".join([*lines[:n], changed, *lines[n + 1 :]])


def _says_mark(mark: str, text: str) -> bool:
    words = {":": "colon", ")": "parenthes|bracket", "]": "bracket", '"': "quote", "'": "quote", ",": "comma"}
    return re.search(words[mark], text, re.IGNORECASE) is not None


def _pairs(program: Program, found: list[Piece], text: str) -> Iterator[Edit]:
    """One piece in the place of another that stands near it in the text."""
    for n, old in enumerate(found):
        for m, new in enumerate(found):
            if n != m and abs(old.at - new.at) <= NEAR + len(old.code):
                told = re.search(r"replace|change|instead|rather than|swap|should|must|not\b|becom|turn|→|->", text[min(old.at, new.at) - 60 if min(old.at, new.at) > 60 else 0 : max(old.at, new.at) + 40], re.IGNORECASE)  # fmt: skip
                for changed in _exchange(program, old.code, new.code, told=told is not None):
                    yield Edit(TOLD + (1 if told else 0) + (1 if new.marked else 0), changed, new.at)


def _exchange(program: Program, old: str, new: str, *, told: bool) -> Iterator[str]:
    """Each place, and all places, where the old stands, with the new in it."""
    if old in OPERATORS or new in OPERATORS:
        if old in OPERATORS and new in OPERATORS:
            yield from with_operator(program, new, old)
        return
    before, after = expression(old), expression(new)
    if before is not None and after is not None:
        if told or not program.has(after):
            places = program.same(before)
            yield from (program.put((place, new)) for place in places[:PLACES])
            if len(places) > 1:
                yield program.put(*((place, new) for place in _apart(program, places)))
        return
    yield from _exchange_statements(program, old, new)
    yield from _exchange_keywords(program, old, new)


def _exchange_statements(program: Program, old: str, new: str) -> Iterator[str]:
    theirs = statements(old)
    if theirs and statements(new):
        wanted = ast.dump(theirs[0])
        for node in program.statements:
            if ast.dump(node) == wanted:
                yield program.replace_statement(node, new)


def _exchange_keywords(program: Program, old: str, new: str) -> Iterator[str]:
    before, after = keyword_of(old), keyword_of(new)
    if before and after:
        for call in _calls(program):
            for has in call.keywords:
                if ast.dump(has) == ast.dump(before):
                    yield program.put((has, f"{after.arg}={ast.unparse(after.value)}"))


def _apart(program: Program, places: list[ast.expr]) -> list[ast.expr]:
    """Those of some places that do not lie in each other."""
    kept: list[ast.expr] = []
    for place in sorted(places, key=program.span):
        if not kept or program.span(place)[0] >= program.span(kept[-1])[1]:
            kept.append(place)
    return kept


def _together(source: str, edits: list[Edit], found: list[Piece]) -> Iterator[str]:
    """The best edits of different pieces made one after the other, for a fix that is split."""
    best: dict[int, Edit] = {}
    for edit in edits:
        if edit.at and edit.at not in best:
            best[edit.at] = edit
    changed = _lines_of(source, [edit.program for edit in best.values()])
    if changed and len(best) > 1:
        yield changed


def _lines_of(source: str, programs_: list[str]) -> str:
    """A program with the changed lines of several, where they leave the number of lines as it is."""
    lines = source.split("\n")
    merged = list(lines)
    for program in programs_:
        other = program.split("\n")
        if len(other) == len(lines):
            merged = [new if new != old else kept for kept, old, new in zip(merged, lines, other, strict=True)]
    return "\n".join(merged) if merged != lines else ""


def _alone(program: Program, piece: Piece, text: str, lines: set[int]) -> Iterator[Edit]:
    """What one piece can do."""
    if piece.code in OPERATORS:
        if piece.marked or piece.code in COMPARING:
            yield from (Edit(0.6, changed) for changed in with_operator(program, piece.code))
        return
    for worth, changed in _placed(program, piece.code, text, lines):
        yield Edit(worth + (0.5 if piece.marked else 0.0), changed, piece.at)


def _placed(program: Program, code: str, text: str, lines: set[int]) -> Iterator[tuple[float, str]]:
    """Some code, as what it can be, wherever it may go; what stands in the program already goes nowhere."""
    keyword, value, block = keyword_of(code), expression(code), statements(code)
    if keyword is not None:
        yield from _keywords(program, keyword, text, lines)
    if value is not None:
        if not program.has(value):
            yield from _expressions(program, value, code, lines)
    elif block and not all(program.has(one) for one in block):
        yield from _statements(program, block, code, lines)


def _expressions(program: Program, value: ast.expr, code: str, lines: set[int]) -> Iterator[tuple[float, str]]:
    """A new expression in the place of one of theirs; a new function also around one, a new test also before a return."""
    ranked = []
    for node in program.expressions:
        worth = alike(program.text(node), code) + SAME_KIND * (type(node) is type(value))
        ranked.append((worth + ON_LINE * (node.lineno in lines), node))
    ranked.sort(key=lambda pair: -pair[0])
    for worth, node in ranked[: 2 * PLACES]:
        yield worth, program.put((node, code))
    if isinstance(value, (ast.Attribute, ast.Name)):
        for worth, node in ranked[: 2 * PLACES]:
            yield worth - SAME_KIND, program.put((node, f"{code}({program.text(node)})"))
    for statement in program.statements:
        if isinstance(statement, ast.Return):
            yield 0.3, program.replace_statement(statement, f"return {code}")
    if isinstance(value, ast.Call):
        yield 0.2, program.beside(program.statements[-1], code, before=True)


def _statements(program: Program, block: list[ast.stmt], code: str, lines: set[int]) -> Iterator[tuple[float, str]]:
    """New statements in the place of one of theirs, or beside it; a new head on the old body."""
    first = block[0]
    for node in program.statements:
        near = ON_LINE * (node.lineno in lines)
        worth = alike(_head(program, node), code.split("\n")[0]) + near + SAME_KIND * (type(node) is type(first))
        if (
            isinstance(first, (ast.FunctionDef, ast.ClassDef))
            and isinstance(node, type(first))
            and node.name == first.name
        ):
            yield worth + TOLD, program.replace_statement(node, code)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        elif code.rstrip().endswith(":") and type(node) is type(first):
            yield worth + SAME_KIND, _new_head(program, node, code)
        else:
            yield worth, program.replace_statement(node, code)
            yield worth - 0.1, program.beside(node, code)
            yield worth - 0.15, program.beside(node, code, before=True)


def _head(program: Program, node: ast.stmt) -> str:
    return program.text(node).split("\n")[0]


def _new_head(program: Program, node: ast.stmt, code: str) -> str:
    lines = program.source.split("\n")
    body = getattr(node, "body", [node])[0]
    if body.lineno == node.lineno:
        return program.source
    head = " " * node.col_offset + code.strip()
    return "\n".join([*lines[: node.lineno - 1], head, *lines[body.lineno - 1 :]])


def _keywords(program: Program, keyword: ast.keyword, text: str, lines: set[int]) -> Iterator[tuple[float, str]]:
    """A keyword argument set in a call, as an assignment, or as a parameter's default."""
    written = f"{keyword.arg}={ast.unparse(keyword.value)}"
    for call in _calls(program):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        worth = ON_LINE * (call.lineno in lines) + NAMED * bool(name and re.search(rf"\b{re.escape(name)}\b", text))
        worth += SAME_KIND * (name in REDUCING)
        had = next((has for has in call.keywords if has.arg == keyword.arg), None)
        if had is not None:
            yield worth + 1, program.put((had.value, ast.unparse(keyword.value)))
        else:
            inner = program.text(call).rstrip()[:-1].rstrip().rstrip(",")
            comma = ", " if call.args or call.keywords else ""
            yield worth, program.put((call, f"{inner}{comma}{written})"))
        if call.args and keyword.arg in ("axis", "dim", "k", "n"):
            yield worth, program.put((call.args[-1], ast.unparse(keyword.value)))
    for node in program.statements:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == keyword.arg:
            yield 1.0, program.put((node.value, ast.unparse(keyword.value)))


def _calls(program: Program) -> list[ast.Call]:
    return [node for node in program.expressions if isinstance(node, ast.Call)]
