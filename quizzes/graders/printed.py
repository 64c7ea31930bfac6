"""Grading `output`: what a program prints, where the text matters and its spacing does not."""

from __future__ import annotations

import ast
import re
import warnings

from quizzes.graders.verdict import Mark
from quizzes.items import Output, WrongPath
from quizzes.typed import Unreadable, cleaned, shown_back

_LONGEST = 1_000
_AROUND = re.compile(r"\s*([\[\](){},:])\s*")


def key(body: Output) -> str:
    """Name the right output."""
    return body.answer


def grade(body: Output, text: str) -> Mark | Unreadable:
    """Judge what a learner thinks is printed."""
    typed = cleaned(text)
    if len(typed) > _LONGEST:
        return Unreadable("That is more than the code prints. Type its output alone, such as [1, 2].")
    correct = same_output(typed, body.answer)
    path = None if correct else next((p for p in body.wrong if same_output(typed, str(p.answer))), None)
    return Mark(
        correct=correct,
        score=float(correct),
        chosen=shown_back(text),
        right=body.answer,
        feedback="" if correct else _feedback(path, typed, body.answer),
        misconceptions=(path.misconception,) if path else (),
    )


def same_output(typed: str, printed: str) -> bool:
    """Tell whether two printed texts agree: spacing aside, or as equal literals of equal types."""
    if _squeezed(typed) == _squeezed(printed):
        return True
    first, second = _literal(typed), _literal(printed)
    return first is not None and second is not None and _alike(first[0], second[0])


def _squeezed(text: str) -> str:
    words = " ".join(text.replace("\\n", "\n").split())
    return _AROUND.sub(r"\1", words)


def _literal(text: str) -> tuple[object] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return (ast.literal_eval(text.strip()),)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _alike(first: object, second: object) -> bool:
    if type(first) is not type(second):
        return False
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        return len(first) == len(second) and all(map(_alike, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return _alike(list(first.items()), list(second.items()))
    return first == second


def _feedback(path: WrongPath | None, typed: str, printed: str) -> str:
    if path:
        return path.feedback
    if _squeezed(typed).casefold() == _squeezed(printed).casefold():
        return "Nearly: capitals matter in what Python prints."
    if typed.strip().strip("'\"") == printed.strip():
        return "The value is right, but print shows a text without its quotes."
    first, second = _literal(typed), _literal(printed)
    if first and second and first[0] == second[0]:
        return f"The value is right, but Python prints it as {printed}: the type shows in the text."
    return _in_parts(typed, printed) or "The code prints something else; follow it line by line with the explanation."


def _in_parts(typed: str, printed: str) -> str:
    """What is true of the lines or of the elements of a list: too few, too many, another order, or one that differs."""
    yours, right = ([line.strip() for line in text.strip().split("\n") if line.strip()] for text in (typed, printed))
    what = "line"
    first, second = _literal(typed), _literal(printed)
    if first and second and isinstance(first[0], (list, tuple)) and type(first[0]) is type(second[0]):
        yours, right, what = [repr(x) for x in first[0]], [repr(x) for x in list(second[0])], "element"
    if len(yours) != len(right):
        return f"The code prints {_count(len(right), what)}, and you typed {_count(len(yours), what)}. Follow what makes each of them."
    if sorted(yours) == sorted(right):
        return f"Each {what} is right, and their order is not. Follow the code in the order it runs."
    wrong = [n for n, (mine, theirs) in enumerate(zip(yours, right, strict=True), 1) if mine != theirs]
    if len(wrong) == 1 and len(right) > 1:
        return f"All but one {what} is right: look at {what} {wrong[0]} again."
    return ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"
