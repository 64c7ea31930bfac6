"""The ladder of a challenge's hints: the place in one's own code, a question, the idea, and nearly the whole way.

Pure: a challenge, what the learner last tried, and examples go in; words come out. The solution is never among them.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.tutor.offline import HIDDEN_INPUTS
from challenges.model import Challenge

LONGEST_VALUE = 160
PASSED = "accepted"


class Rung(IntEnum):
    """What a hint shows, and how the store knows it. Authors write the first three; the place takes a failed try."""

    QUESTION = 1
    IDEA = 2
    NEARLY = 3
    PLACE = 4


BEFORE = (Rung.QUESTION, Rung.IDEA, Rung.NEARLY)
AFTER = (Rung.PLACE, *BEFORE)
"""The order of hints before anything was tried, and after a try that failed."""
LABELS = {
    Rung.PLACE: "The place",
    Rung.QUESTION: "A question",
    Rung.IDEA: "The idea",
    Rung.NEARLY: "Nearly there",
}


@dataclass(frozen=True, slots=True)
class Try:
    """A learner's last try, as far as hints need it: their code, the report kept of it, and the line an explanation named."""

    source: str
    report: dict[str, Any]
    line: int | None = None

    @property
    def failed(self) -> bool:
        """Whether there is something to point at."""
        return bool(self.source) and self.report.get("verdict") not in (None, PASSED)


def read_try(source: str, report_json: str, line: int | None) -> Try:
    """Read what the store kept of a try; words that were blanked since leave nothing to point at."""
    return Try(source, json.loads(report_json), line)


def order(challenge: Challenge, last: Try | None) -> tuple[Rung, ...]:
    """The rungs there are, in the order they come."""
    rungs = AFTER if last is not None and last.failed else BEFORE
    return tuple(rung for rung in rungs if rung is Rung.PLACE or len(challenge.hints) >= rung)


def words(challenge: Challenge, rung: Rung, last: Try | None, example: str) -> str:
    """What a rung says; `example` is one worked out for something similar, or ""."""
    if rung is Rung.PLACE:
        return place(challenge, last) if last else ""
    authored = " ".join(challenge.hints[rung - 1 :] if rung is Rung.NEARLY else challenge.hints[rung - 1 : rung])
    return f"{authored}\n{example}".strip() if rung is Rung.NEARLY else authored


def place(challenge: Challenge, last: Try) -> str:
    """Point at the learner's own line, and at the smallest visible case that shows what is wrong with it."""
    lines = last.source.splitlines()
    named = last.line if last.line and last.line <= len(lines) else None
    number = named or _only_return(challenge.entry, last.source)
    case = next((case for case in last.report.get("cases", ()) if case["verdict"] != PASSED), None)
    where = ""
    if number:
        about = "Look at line" if named else "What comes back is made in line"
        where = f"{about} {number} of your last try:\n    {lines[number - 1].strip()[:LONGEST_VALUE]}\n"
    if case is None:
        return f"{where}Every visible case passes. {HIDDEN_INPUTS}"
    return f"{where}{_case(case)}"


def _case(case: dict[str, Any]) -> str:
    given, expected, got = (_cut(case[key]) for key in ("input", "expected", "got"))
    came = f"gives {got}" if got else f"ends with: {_cut(case['message'])}" if case["message"] else "gives nothing"
    return (
        f"Take the case “{case['name']}”, input {given}: it {came}, and {expected} is wanted."
        " Follow it with a pencil, line by line, and stop where yours first departs."
    )


def _cut(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST_VALUE else one_line[: LONGEST_VALUE - 2] + " …"


def _only_return(entry: str, source: str) -> int | None:
    """The line of the one return of the function asked for; None where there is none, or a choice."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == entry), None)
    returns = [node for node in ast.walk(found) if isinstance(node, ast.Return)] if found else []
    return returns[0].lineno if len(returns) == 1 else None
