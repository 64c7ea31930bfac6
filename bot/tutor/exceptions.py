"""Explains an exception from its class, its message and the learner's own line.

Pure. Knows no libraries: what their messages mean is in the table of `exception_rules`.
"""

from __future__ import annotations

import re

from bot.tutor.exception_rules import RULES
from bot.tutor.explanation import Explanation
from runner import Fault

GENERAL = "The line above is where it stopped; the cause is there or in what was handed to it. Print the values it uses, on the smallest case."
NOWHERE = "Nothing in your code is named as the place. Print the values your function is given, on the smallest case."
MAX_MESSAGE = 500  # characters that are read
MAX_TOLD = 240  # and repeated
RAISED = re.compile(r"([\w.]*(?:Error|Exception|Warning|Interrupt|Exit|Iteration))(?:: (.*))?")
PLACE = re.compile(r'^\s*File ".*", line (\d+)')
SYNTAX = ("SyntaxError", "IndentationError", "TabError")


def explain_fault(fault: Fault, source: str, entry: str) -> Explanation:
    """Explain one exception; `specific` is false only when no rule knows it."""
    message = " ".join(fault.message[:MAX_MESSAGE].split())
    line = fault.line or _definition(fault, source, entry)
    meaning = _meaning(fault.type, message)
    name = fault.type.rpartition(".")[2]
    told = message if len(message) <= MAX_TOLD else f"{message[:MAX_TOLD]} …"
    what = told if _own_class(message) else f"{name}: {told}" if message else name
    return Explanation(
        source="syntax" if name in SYNTAX else "exception",
        specific=bool(meaning),
        text=f"{f'Line {line}: ' if line else ''}{what}\n{meaning or (GENERAL if line else NOWHERE)}",
        line=line,
        code_line=_marked(fault, source, line),
    )


def read_fault(text: str) -> Fault | None:
    """Read the exception that a traceback ends with, and the line and code it names last; None for anything else."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    raised = RAISED.fullmatch(lines[-1].strip()) if lines else None
    if raised is None:
        return None
    places = [(int(found[1]), at) for at, line in enumerate(lines) if (found := PLACE.search(line))]
    number, at = places[-1] if places else (None, -1)
    shown = lines[at + 1].strip() if places and at + 1 < len(lines) - 1 else ""
    return Fault(type=raised[1], message=raised[2] or "", line=number, source_line=shown)


def _own_class(message: str) -> str:
    """The class a library gave its exception, which the runner puts before the message; "" for a builtin's own."""
    found = re.match(r"(\w+): ", message)
    return found[1] if found and found[1].endswith(("Error", "Exception", "Warning")) else ""


def _meaning(kind: str, message: str) -> str:
    names = {kind.rpartition(".")[2], _own_class(message)}
    for rule, pattern, text in RULES:
        found = re.search(pattern, message) if any(re.fullmatch(rule, name) for name in names) else None
        if found:
            return _filled(text, found.groupdict())
    return ""


def _filled(text: str, words: dict[str, str | None]) -> str:
    """The text with the learner's words in it, in one pass, so that braces of theirs stay as they are."""
    return re.sub(r"\{([ab])\}", lambda m: (words.get(m[1]) or "").strip(" .")[:80], text)


def _definition(fault: Fault, source: str, entry: str) -> int | None:
    """The line that defines the function asked for, when a call of it from outside did not fit."""
    if not fault.message.startswith(f"{entry}() "):
        return None
    lines = source.splitlines()
    return next((n for n, line in enumerate(lines, 1) if re.match(rf"def\s+{re.escape(entry)}\b", line)), None)


def _marked(fault: Fault, source: str, number: int | None) -> str:
    """The learner's line without its indentation, with a caret below it for syntax errors."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = (lines[number - 1] if number and 0 < number <= len(lines) else fault.source_line).rstrip()
    kept = line.lstrip()
    if not kept or not fault.offset:
        return kept
    caret = max(0, fault.offset - 1 - (len(line) - len(kept)))
    return f"{kept}\n{' ' * caret}^" if caret <= len(kept) else kept
