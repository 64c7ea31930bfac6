"""Edits that are said in words alone: flip a comparison, add a return, divide by two, swap the arguments.

Pure. Each rule is a phrase and what a reader who follows it would try.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator

from bot.tutor.claude.gates.pieces import expression, spoken, statements
from bot.tutor.claude.gates.program import Program

_SPAN = re.compile(r"`([^`\n]+)`")
Made = tuple[str, ast.AST]
Maker = Callable[[Program, re.Match[str]], Iterator[Made]]
_STRICTER = {"<": "<=", ">": ">=", "<=": "<", ">=": ">"}
_DO = r"(?:add|use|put|write|need|needs|set|pass|include|insert|apply|take|make|give|call|forgot|missing|lacks?|without|try|require[sd]?|append)"


def said_edits(program: Program, text: str) -> Iterator[Made]:
    """Programs that follow what a text says, each with the node it changes."""
    plain = _SPAN.sub(lambda span: "it" if _theirs(program, span.group(1)) else span.group(), text)
    for form in dict.fromkeys((plain, spoken(plain))):
        for pattern, maker in _RULES:
            for match in pattern.finditer(form):
                yield from maker(program, match)


def _theirs(program: Program, code: str) -> bool:
    """Whether some code only quotes the program."""
    value = expression(code)
    block = [value] if value is not None else statements(code)
    return bool(block) and all(program.has(one) for one in block or [])


def _comparisons(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in program.expressions:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            sign = ast.unparse(ast.Compare(ast.Name("a"), node.ops, [ast.Name("a")]))[2:-2]
            if sign in _STRICTER:
                yield program.between(node.left, node.comparators[0], _STRICTER[sign]), node
                yield (
                    program.between(node.left, node.comparators[0], {"<": ">", ">": "<", "<=": ">=", ">=": "<="}[sign]),
                    node,
                )


def _axes(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in _calls(program):
        own = next((has for has in node.keywords if has.arg in ("axis", "dim")), None)
        for axis in ("0", "1", "-1"):
            if own is not None:
                yield program.put((own.value, axis)), node
            else:
                yield _with_argument(program, node, f"axis={axis}"), node


def _keeping(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in _calls(program):
        if any(has.arg in ("axis", "dim") for has in node.keywords):
            yield _with_argument(program, node, "keepdims=True"), node


def _keyword(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in _calls(program):
        own = next((has for has in node.keywords if has.arg == match["name"]), None)
        value = match["value"]
        if own is not None:
            yield program.put((own.value, value)), node
        else:
            yield _with_argument(program, node, f"{match['name']}={value}"), node


def _returns(program: Program, match: re.Match[str]) -> Iterator[Made]:
    """Return what was worked out last, in each function; or the same return one level further out or in."""
    for function in (n for n in ast.walk(program.tree) if isinstance(n, ast.FunctionDef)):
        last = function.body[-1]
        if isinstance(last, ast.Expr):
            yield program.replace_statement(last, f"return {program.text(last.value)}"), last
        assigned = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        for name in dict.fromkeys(reversed(assigned)):
            yield program.beside(last, f"return {name}"), last
        for argument in function.args.args:
            yield program.beside(last, f"return {argument.arg}"), last


def _moves_out(program: Program, match: re.Match[str]) -> Iterator[Made]:
    """The last statement of a block after the block, or the one after it at the block's end."""
    for block in program.statements:
        body = getattr(block, "body", [])
        if isinstance(block, (ast.For, ast.While, ast.If, ast.With)) and len(body) > 1:
            inner = body[-1]
            moved = program.beside(block, program.text(inner))
            yield _without_line(moved, inner), inner
    for holder in ast.walk(program.tree):
        lines = getattr(holder, "body", [])
        for one, after in itertools.pairwise(lines) if isinstance(lines, list) else ():
            if isinstance(one, (ast.For, ast.While, ast.If)) and isinstance(after, ast.stmt):
                moved = program.beside(one.body[-1], program.text(after))
                yield moved, after


def _copies(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in program.expressions:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield program.put((node, f"{node.id}.copy()")), node


def _transposes(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in program.expressions:
        if isinstance(node, ast.Attribute) and node.attr == "T":
            yield program.put((node, program.text(node.value))), node
        elif isinstance(node, (ast.Name, ast.Call, ast.BinOp)) and not _is_called(node, program):
            yield program.put((node, f"({program.text(node)}).T")), node


def _wraps(function: str) -> Maker:
    def make(program: Program, match: re.Match[str]) -> Iterator[Made]:
        for node in program.expressions:
            if isinstance(node, (ast.BinOp, ast.Call, ast.Name, ast.Attribute, ast.Subscript)) and not _is_called(
                node, program
            ):
                yield program.put((node, function.format(program.text(node)))), node

    return make


def _signs(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in program.expressions:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield program.put((node, program.text(node.operand))), node
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            yield program.between(node.left, node.right, "-" if isinstance(node.op, ast.Add) else "+"), node
    for statement in program.statements:
        if isinstance(statement, ast.Return) and statement.value is not None:
            yield program.put((statement.value, f"-({program.text(statement.value)})")), statement
        if isinstance(statement, ast.AugAssign) and isinstance(statement.op, (ast.Add, ast.Sub)):
            sign = "-" if isinstance(statement.op, ast.Add) else "+"
            code = f"{program.text(statement.target)} {sign}= {program.text(statement.value)}"
            yield program.replace_statement(statement, code), statement


def _steps(program: Program, match: re.Match[str]) -> Iterator[Made]:
    """One more or one less, in a range, an index or a number."""
    for node in program.expressions:
        bounds = node.args if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("range", "arange") else []
        index = node.slice if isinstance(node, ast.Subscript) else None
        parts = [index.lower, index.upper] if isinstance(index, ast.Slice) else [index] if index is not None else []
        numbers = [node] if isinstance(node, ast.Constant) and type(node.value) is int else []
        for bound in filter(None, [*bounds, *parts, *numbers]):
            for step in ("+ 1", "- 1"):
                yield program.put((bound, f"{program.text(bound)} {step}")), node


def _swaps(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in program.expressions:
        pair = (node.left, node.right) if isinstance(node, ast.BinOp) else ()
        if isinstance(node, ast.Call) and len(node.args) > 1:
            pair = (node.args[0], node.args[1])
        if isinstance(node, ast.Tuple) and len(node.elts) > 1:
            pair = (node.elts[0], node.elts[1])
        if pair:
            yield program.put((pair[0], program.text(pair[1])), (pair[1], program.text(pair[0]))), node


def _drops(program: Program, match: re.Match[str]) -> Iterator[Made]:
    """Without a statement, a factor, a keyword, or the function around a value."""
    for statement in program.statements:
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
            yield program.without(statement), statement
    for node in program.expressions:
        if isinstance(node, ast.Call) and len(node.args) == 1:
            yield program.put((node, program.text(node.args[0]))), node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            yield program.put((node, program.text(node.func.value))), node
        elif isinstance(node, ast.BinOp):
            yield program.put((node, program.text(node.left))), node
            yield program.put((node, program.text(node.right))), node
        elif isinstance(node, ast.UnaryOp):
            yield program.put((node, program.text(node.operand))), node


def _scales(program: Program, match: re.Match[str]) -> Iterator[Made]:
    """A value divided or multiplied by what is named, or by how many there are."""
    sign = "*" if match["how"].lower().startswith("mult") else "/"
    named = match["by"] or ""
    names = [n.arg for f in ast.walk(program.tree) if isinstance(f, ast.FunctionDef) for n in f.args.args]
    by = (
        [named]
        if re.fullmatch(r"[\w.]+(?:\([\w.]+\))?|[\d.]+", named) and (named in names or not named.isalpha())
        else []
    )
    if re.search(
        r"\bby\b.{0,16}\b(?:number|count|how many|length|size|len)\b",
        match.string[match.start() : match.end() + 40],
        re.IGNORECASE,
    ):
        by += [f"len({name})" for name in names]
    if re.search(r"halve|double|half|twice|two", match.string[match.start() : match.end() + 20], re.IGNORECASE):
        by.append("2")
    for statement in program.statements:
        value = getattr(statement, "value", None)
        if isinstance(statement, (ast.Return, ast.Assign)) and value is not None:
            for factor in by:
                yield program.put((value, f"({program.text(value)}) {sign} {factor}")), statement
    for node in program.expressions:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Mult)):
            for factor in by:
                yield program.put((node.right, factor)), node


def _other_operator(program: Program, match: re.Match[str]) -> Iterator[Made]:
    """What is added is subtracted, multiplied or divided by instead."""
    verbs = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
    sign = verbs.get(match["how"].lower()[:3], "")
    for node in program.expressions:
        if sign and isinstance(node, ast.BinOp):
            yield program.between(node.left, node.right, sign), node


def _logic(program: Program, match: re.Match[str]) -> Iterator[Made]:
    for node in program.expressions:
        if isinstance(node, ast.BoolOp):
            other = "or" if isinstance(node.op, ast.And) else "and"
            yield program.put((node, f" {other} ".join(f"({program.text(v)})" for v in node.values))), node
    for statement in ast.walk(program.tree):
        if isinstance(statement, (ast.If, ast.While, ast.IfExp)):
            yield program.put((statement.test, f"not ({program.text(statement.test)})")), statement


def _rule(pattern: str, maker: Maker) -> tuple[re.Pattern[str], Maker]:
    return re.compile(pattern, re.IGNORECASE), maker


_RULES: tuple[tuple[re.Pattern[str], Maker], ...] = (
    _rule(
        r"\b(?:strict(?:ly)?|inclusive(?:ly)?|or equal|equality too|include the (?:end|boundary|limit)|flip the (?:comparison|inequality)|wrong way round)\b|(?:use|change|write|need|make it|should be|to)\s+`?(?:<=|>=|<|>)`?",
        _comparisons,
    ),
    _rule(
        rf"\b{_DO}\b[^.]{{0,40}}\baxis\b|\bother axis\b|\bwrong axis\b|\b(?:along|over|down|across)\b (?:the |each )?(?:other|rows?|columns?)\b[^.]{{0,30}}\b(?:instead|not|rather)\b|\baxis\b[^.]{{0,40}}\b(?:instead|not|rather|should|must)\b",
        _axes,
    ),
    _rule(r"\bkeepdims\b|\bkeep (?:the |its |that )?(?:reduced |summed )?(?:dimensions?|axis)\b", _keeping),
    _rule(
        r"\b(?P<name>axis|ddof|keepdims|key|reverse|default|stratify|shuffle|random_state|dim|initial|strict|dtype|kind|side)\s*=\s*(?P<value>-?[\w.]+)",
        _keyword,
    ),
    _rule(
        rf"\b{_DO}\b[^.]{{0,30}}\breturn\b|\breturn\b[^.]{{0,30}}\b(?:at the end|is missing|statement|the result|instead of print)|\bnever returns?\b|\bnothing is returned\b",
        _returns,
    ),
    _rule(
        r"\b(?:outside|out of|after|before|inside|into|indent|unindent|dedent)\b[^.]{0,40}\b(?:loop|block|if|for|while|level)\b|\b(?:un|de)?indent\b",
        _moves_out,
    ),
    _rule(rf"\b{_DO}\b[^.]{{0,30}}\bcopy\b|\bcopy (?:it|the|first|of)\b", _copies),
    _rule(r"\btranspos", _transposes),
    _rule(rf"\b{_DO}\b[^.]{{0,30}}\babs(?:olute)?\b", _wraps("abs({})")),
    _rule(rf"\b{_DO}\b[^.]{{0,40}}\b(?:square root|sqrt)\b", _wraps("({}) ** 0.5")),
    _rule(rf"\b{_DO}\b[^.]{{0,40}}\b(?:exponential|exp)\b", _wraps("np.exp({})")),
    _rule(rf"\b{_DO}\b[^.]{{0,40}}\b(?:logarithm|log)\b", _wraps("np.log({})")),
    _rule(rf"\b(?:{_DO}|convert|turn|cast)\b[^.]{{0,40}}\bfloat\b", _wraps("float({})")),
    _rule(rf"\b(?:{_DO}|convert|turn|cast)\b[^.]{{0,40}}\b(?:int|integer|whole number)\b", _wraps("int({})")),
    _rule(rf"\b(?:{_DO}|convert|turn|cast)\b[^.]{{0,40}}\blist\b", _wraps("list({})")),
    _rule(r"\bsort(?:ed)?\b[^.]{0,20}\b(?:first|it|them|before)\b", _wraps("sorted({})")),
    _rule(r"\bsquare (?:it|the|each|them|that)\b", _wraps("({}) ** 2")),
    _rule(
        r"\b(?:flip|change|wrong|opposite|reverse|turn)\b[^.]{0,25}\bsign\b|\bnegat(?:e|ive)\b[^.]{0,20}\b(?:it|the|sign)\b|\bminus (?:sign|in front)\b|\b(?:add|put|need)\b[^.]{0,20}\bminus\b|\bremove[^.]{0,20}\bminus\b",
        _signs,
    ),
    _rule(
        r"\boff by one\b|\bone (?:more|less|fewer|further|later|earlier)\b|\b(?:start|begin|end|stop|go|run|count)\w*\b[^.]{0,25}\b(?:at|from|to|with|one)\b[^.]{0,10}\b(?:0|1|one|zero|further)\b|[+-] 1\b|\b1 (?:more|less)\b",
        _steps,
    ),
    _rule(
        r"\bswap\b|\bexchange\b|\bother way (?:a)?round\b|\border of (?:the )?(?:arguments|operands|terms|two)\b|\breverse the order\b|\bswitch (?:the|both|them)\b",
        _swaps,
    ),
    _rule(
        r"\b(?:remove|delete|drop|leave out|take out|take away|get rid of|no need for|don't need|do not need|omit|unnecessary|without the)\b",
        _drops,
    ),
    _rule(
        r"\b(?P<how>divid\w+|multipl\w+|scale|halve|double)\b(?: (?:it|that|this|the \w+|by|with|everything))*\s*(?:by\s+)?`?(?P<by>[\w.]+(?:\([\w.]*\))?)?",
        _scales,
    ),
    _rule(r"\b(?P<how>add|subtract|multiply|divide)\w*\b[^.]{0,40}\b(?:instead|rather|not)\b", _other_operator),
    _rule(
        r"\b(?:use|need|with|change)\b[^.]{0,15}`?\b(?:and|or|not)\b`? (?:instead|rather|here)|\bnegate the (?:condition|test)\b|\bopposite (?:condition|test|branch)\b|\bcondition[^.]{0,20}\b(?:reversed|wrong way|inverted)\b",
        _logic,
    ),
)


def _calls(program: Program) -> list[ast.Call]:
    return [node for node in program.expressions if isinstance(node, ast.Call)]


def _with_argument(program: Program, call: ast.Call, written: str) -> str:
    inner = program.text(call).rstrip()[:-1].rstrip().rstrip(",")
    return program.put((call, f"{inner}{', ' if call.args or call.keywords else ''}{written})"))


def _is_called(node: ast.expr, program: Program) -> bool:
    """Whether an expression is the function of a call, or what an attribute is taken of."""
    return any(
        (isinstance(other, ast.Call) and other.func is node)
        or (isinstance(other, ast.Attribute) and other.value is node)
        for other in program.expressions
    )


def _without_line(source: str, node: ast.stmt) -> str:
    lines = source.split("\n")
    end = node.end_lineno or node.lineno
    return "\n".join([*lines[: node.lineno - 1], *lines[end:]])
