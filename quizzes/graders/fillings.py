"""Grading `fill`: code for blanks, compared as syntax trees, never executed here."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence

from quizzes.graders.verdict import Mark, distinct, joined
from quizzes.items import Fill, WrongPath
from quizzes.typed import Unreadable, cleaned, shown_back

_LONGEST = 200  # characters per blank
_LABEL = re.compile(r"^\s*(?:blank\s*([1-9])\s*[:=)]|__([1-9])__\s*[:=]|([1-9])\))(?:\s+|$)", re.IGNORECASE)
_SHAPES = (("{}", "eval"), ("f({})", "eval"), ("x[{}]", "eval"), ("{}", "exec"), ("x = {}", "exec"))


def key(body: Fill) -> str:
    """Write the first accepted filling of each blank, one per line."""
    return "\n".join(blank[0] for blank in body.blanks)


def grade(body: Fill, text: str) -> Mark | Unreadable:
    """Judge one filling per blank."""
    parts = _parts(text, len(body.blanks))
    if isinstance(parts, Unreadable):
        return parts
    good = [accepted(part, blank) for part, blank in zip(parts, body.blanks, strict=True)]
    paths = [_path(body, n, part) for n, (part, ok) in enumerate(zip(parts, good, strict=True), 1) if not ok]
    wrong = [n for n, ok in enumerate(good, 1) if not ok]
    return Mark(
        correct=not wrong,
        score=sum(good) / len(good),
        chosen=shown_back("\n".join(parts)),
        right=key(body),
        feedback=joined(path.feedback if path else _generic(n, body) for n, path in zip(wrong, paths, strict=True)),
        misconceptions=distinct(path.misconception for path in paths if path),
    )


def accepted(part: str, blank: Sequence[str]) -> bool:
    """Tell whether a filling is one of the accepted ones, whatever its spacing and quotes."""
    return any(same_code(part, filling) for filling in blank)


def same_code(first: str, second: str) -> bool:
    """Tell whether two pieces of code are the same to Python."""
    if " ".join(first.split()) == " ".join(second.split()):
        return True
    return any(
        tree is not None and tree == _tree(shape, mode, second)
        for shape, mode in _SHAPES
        for tree in [_tree(shape, mode, first)]
    )


def _tree(shape: str, mode: str, code: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(shape.format(code.strip()), mode=mode))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _parts(text: str, blanks: int) -> list[str] | Unreadable:
    lines = [_LABEL.sub("", line).strip() for line in cleaned(text).split("\n")]
    lines = [line for line in lines if line]
    if len(lines) == 1 and blanks > 1:
        lines = [part.strip() for part in lines[0].split(";") if part.strip()]
    if not lines:
        return Unreadable("Type the code that belongs in the blank.")
    if len(lines) != blanks:
        wanted = "one line of code" if blanks == 1 else f"{blanks} lines, one per blank, or put “;” between them"
        return Unreadable(
            f"The code has {blanks} blank{'s'[: blanks > 1]}, and you filled {len(lines)}. Type {wanted}."
        )
    if any(len(line) > _LONGEST for line in lines):
        return Unreadable(f"A blank takes at most {_LONGEST} characters. Type only what stands in its place.")
    return lines


def _path(body: Fill, blank: int, part: str) -> WrongPath | None:
    return next((p for p in body.wrong if p.blank == blank and same_code(part, str(p.answer))), None)


def _generic(blank: int, body: Fill) -> str:
    where = "The blank" if len(body.blanks) == 1 else f"Blank {blank}"
    return f"{where} takes {body.blanks[blank - 1][0]} here."
