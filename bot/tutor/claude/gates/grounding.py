"""Whether what a text cites exists: lines, cases, names and values, in the learner's code, the statement or the record.

Pure. A text may be wrong in other ways; this only makes sure that a learner who looks for what is cited finds it.
"""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass

from bot.tutor.explanation import Explanation
from challenges.model import Challenge, Report

_LINES = re.compile(r"\blines?\s+(\d+)(?:\s*(?:and|to|or|[-–,&])\s*(\d+))?", re.IGNORECASE)
_CASE = re.compile(r"\bcase\s+[“\"‘'`]([^”\"’'`]{1,80})[”\"’'`]", re.IGNORECASE)
_SPAN = re.compile(r"`([^`\n]{1,200})`")
_NAME = re.compile(r"[A-Za-z_]\w*")
_VALUE = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?(?!\w|\.\d)|(?<![\w.])-?\d{3,}(?!\w|\.\d)")
_TEXTS = re.compile(r"'[^']*'|\"[^\"]*\"")
KNOWN = frozenset({*keyword.kwlist, *dir(builtins), "np", "numpy", "pd", "pandas", "torch", "math", "sklearn", "self"})


@dataclass(frozen=True, slots=True)
class Record:
    """All that may be cited."""

    source: str
    cases: tuple[str, ...]
    words: str

    @classmethod
    def of(cls, challenge: Challenge, source: str, report: Report, offline: Explanation) -> Record:
        """Gather what a learner can see: their code, the statement, the starter, the cases and what was said."""
        seen = [f"{c.name} {c.given} {c.expected} {c.got} {c.message} {c.printed}" for c in report.cases]
        fault = f"{report.fault.type} {report.fault.message}" if report.fault else ""
        entry = f"{challenge.entry} {challenge.title}"
        words = "\n".join([source, challenge.statement, challenge.starter, entry, offline.text, fault, *seen])
        return cls(source, tuple(case.name for case in report.cases), words)


def faults(text: str, record: Record) -> list[str]:
    """What a text cites that is not there."""
    found = {
        "a line": any(not _is_line(number, record.source) for number in cited_lines(text)),
        "a case": any(name.strip() not in record.cases for name in _CASE.findall(text)),
        "a name": bool(_names(text) - KNOWN - set(_NAME.findall(record.words))),
        "a value": any(not _seen(value, record.words) for value in _VALUE.findall(text)),
    }
    return [f"cites {what}" for what, wrong in found.items() if wrong]


def cited_lines(text: str) -> list[int]:
    """The numbers of the lines a text names."""
    return [int(number) for pair in _LINES.findall(text) for number in pair if number]


def _is_line(number: int, source: str) -> bool:
    lines = source.split("\n")
    return 1 <= number <= len(lines) and bool(lines[number - 1].strip())


def _names(text: str) -> set[str]:
    """The names in code spans, without those inside texts."""
    return {name for span in _SPAN.findall(text) for name in _NAME.findall(_TEXTS.sub("", span))}


def _seen(value: str, words: str) -> bool:
    """Whether a number stands in the record, perhaps with more digits."""
    return re.search(rf"(?<![\d.]){re.escape(value.lstrip('-'))}", words) is not None
