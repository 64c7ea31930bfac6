"""Finds the code in a text: in fences, in spans, between quotes, and written out in words.

Pure. A piece is a text that reads as Python: an expression, statements, a keyword argument, or an operator.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

MOST_PIECES = 24
MAX_PIECE = 4_000  # characters
MOST_LINES = 60
_FENCE = re.compile(r"(?:```|~~~)[^\n]*\n(.*?)(?:```|~~~|\Z)", re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_QUOTED = re.compile(r"“([^”\n]+)”|\"([^\"\n]+)\"|‘([^’\n]+)’|(?<!\w)'([^'\n]+)'(?!\w)")
_OPERAND = (
    r"(?:[A-Za-z_][\w.]*(?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])*|-?\d+(?:\.\d+)?|\([^()\n]+\)(?:\.\w+)*)"
)
_BARE = re.compile(
    rf"{_OPERAND}(?:\s*(?:\*\*|//|==|!=|<=|>=|\+=|-=|\*=|/=|[-+*/%@<>=])\s*{_OPERAND})+"
    r"|\b[A-Za-z_][\w.]*\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)(?:\.\w+(?:\([^()\n]*\))?)*|\b\w+\[[^\]\n]+\]|\b\w+\.[A-Za-z_]\w*\b(?!\()"
)
_HEAD = re.compile(r"\s*(?:def|return|for|if|elif|else|while|import|from)\b.*[:\w)\]]\s*$")
_BEGIN = re.compile(r"^(?:import |from |def |class |@)", re.MULTILINE)
_OPERATOR = re.compile(r"(?<![\w<>=!*/+-])(\*\*|//|==|!=|<=|>=|[-+*/%@<>])(?![\w<>=!*/+-])")
OPERATORS = frozenset(
    {"+", "-", "*", "/", "//", "%", "@", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not", "in", "is"}
    | {"not in", "is not", "~", "&", "|"}
)

_WORDS = (  # how a formula is said, and how it is written; applied in this order
    (r"\bgreater than or equal to\b|\bat least\b", ">="),
    (r"\b(?:less|smaller) than or equal to\b|\bat most\b", "<="),
    (r"\b(?:strictly )?(?:greater|larger|bigger|more) than\b", ">"),
    (r"\b(?:strictly )?(?:less|smaller|lower) than\b", "<"),
    (r"\bnot equal to\b", "!="),
    (r"\bequal to\b|\bequals\b", "=="),
    (r"\bminus\b", "-"),
    (r"\bplus\b", "+"),
    (r"\btimes\b|\bmultiplied by\b", "*"),
    (r"\bdivided by\b|\bover\b", "/"),
    (r"\bto the power of\b", "**"),
    (r"\bsquared\b", "** 2"),
    (r"\bcubed\b", "** 3"),
    (r"\b(?:the )?square root of (?:the )?(\w+)\b", r"np.sqrt(\1)"),
    (r"\b(?:the )?transpose of (?:the )?(\w+)\b", r"\1.T"),
    (r"\b(?:the )?(?:length|size) of (?:the )?(\w+)\b", r"len(\1)"),
    (r"\b(?:the )?absolute value of (?:the )?(\w+)\b", r"abs(\1)"),
    (r"\bnegative (\w+)\b", r"-\1"),
    (
        r"\b(axis|ddof|keepdims|key|reverse|default|stratify|shuffle|random_state) (?:(?:set )?to |equal to |of |= ?)?(-?\d+|minus one|zero|one|two|true|false|none)\b",
        r"\1=\2",
    ),
    (r"\bzero\b", "0"),
    (r"\bone half\b|\ba half\b", "0.5"),
    (r"\bone\b", "1"),
    (r"\btwo\b", "2"),
    (r"\bthree\b", "3"),
    (r"=\s*- 1\b", "=-1"),
    (r"\btrue\b", "True"),
    (r"\bfalse\b", "False"),
    (r"\bnone\b", "None"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some code in a text, where it stands there, and whether it was set apart from the words around it."""

    code: str
    at: int
    marked: bool


def pieces(text: str) -> list[Piece]:
    """The code in a text, in its order: what is set apart first, then what reads as code."""
    found = list(_marked(text))
    taken = {piece.code for piece in found}
    for piece in _bare(_SPAN.sub(lambda m: " " * len(m.group()), _FENCE.sub(lambda m: " " * len(m.group()), text))):
        if piece.code not in taken:
            taken.add(piece.code)
            found.append(piece)
    return found[:MOST_PIECES]


def spoken(text: str) -> str:
    """A text with formulas that are said in words written as code."""
    for pattern, code in _WORDS:
        text = re.sub(pattern, code, text, flags=re.IGNORECASE)
    return text


def expression(code: str) -> ast.expr | None:
    """A piece as an expression."""
    try:
        return ast.parse(code.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def statements(code: str) -> list[ast.stmt] | None:
    """A piece as statements; a line that only begins a block is given an empty one."""
    bare = textwrap.dedent(code).strip("\n")
    for form in (bare, bare.strip(), bare.rstrip() + "\n    pass" if bare.rstrip().endswith(":") else bare):
        try:
            return ast.parse(form).body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
    return None


def keyword_of(code: str) -> ast.keyword | None:
    """A piece as a keyword argument, such as axis=1."""
    match = re.fullmatch(r"\s*([a-z_]\w*)\s*=\s*([^=].*?)\s*,?", code)
    value = expression(match.group(2)) if match else None
    return ast.keyword(match.group(1), value) if match and value is not None else None


def _marked(text: str) -> Iterator[Piece]:
    for match in _FENCE.finditer(text):
        yield Piece(match.group(1)[:MAX_PIECE], match.start(), marked=True)
    bare = _FENCE.sub(lambda m: " " * len(m.group()), text)
    for match in _SPAN.finditer(bare):
        yield Piece(match.group(1).strip()[:MAX_PIECE], match.start(), marked=True)
    for match in _QUOTED.finditer(bare):
        code = next(filter(None, match.groups()), "").strip()
        if code in OPERATORS or (expression(code) is not None and not code.isalpha()):
            yield Piece(code[:MAX_PIECE], match.start(), marked=True)
    yield from _code_lines(bare)


def _code_lines(text: str) -> Iterator[Piece]:
    """Lines that are Python by themselves, together."""
    lines: list[str] = []
    at = 0
    for start, line in _numbered(text):
        if re.search(r"[=(:\[]", line) and "`" not in line and (_HEAD.match(line) or statements(line) is not None):
            at = at if lines else start
            lines.append(line)
    if lines:
        yield Piece("\n".join(lines)[:MAX_PIECE], at, marked=True)
    yield from _program(text)


def _program(text: str) -> Iterator[Piece]:
    """What begins as a program does and is one to some line, the longest such."""
    begins = _BEGIN.search(text)
    lines = text[begins.start() :].split("\n")[:MOST_LINES] if begins else []
    for end in range(len(lines), 1, -1):
        code = "\n".join(lines[:end])
        if begins and statements(code) is not None:
            yield Piece(code[:MAX_PIECE], begins.start(), marked=True)
            return


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _bare(text: str) -> Iterator[Piece]:
    for form in (text, spoken(text)):
        for match in _BARE.finditer(form):
            code = match.group().strip().rstrip(".,;:")
            if expression(code) is not None or keyword_of(code) is not None or statements(code) is not None:
                yield Piece(code[:MAX_PIECE], match.start(), marked=False)
        for match in _OPERATOR.finditer(form):
            yield Piece(match.group(1), match.start(), marked=False)
