"""What is measured of one explanation, and what that is over many. Pure: whoever ran things hands the results in."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from bot.tutor.evaluation.corpus import Specimen
from bot.tutor.evaluation.leaks import Leak, overlap
from bot.tutor.evaluation.texts import cited_lines, form_faults, quotations, reading_grade, words
from bot.tutor.explanation import Explanation

LEAST_WORDS, MOST_WORDS, LONGEST = 40, 160, 1_900
HIGHEST_GRADE = 9.0
NEAR = 1  # lines a citation may be off
NAME = re.compile(r"[A-Za-z_]\w{2,}")
LIBRARY = frozenset(
    {
        *keyword.kwlist,
        *dir(builtins),
        *dir(np),
        *dir(np.ndarray),
        "axis",
        "keepdims",
        "ddof",
        "dtype",
        "shape",
        "numpy",
        "dim",
        "loc",
    }
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One explanation, measured. `line_is_right` is None where it cites none; `stable` where it was not asked twice."""

    key: str
    origin: str
    name: str
    specific: bool
    leaks: bool
    exhausted: bool
    overlaps: bool
    ungrounded: tuple[str, ...]
    line_is_right: bool | None
    form: tuple[str, ...]
    words: int
    grade: float
    stable: bool | None
    source: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One explainer over one part of the corpus; shares are of those explained, or of those that cite a line."""

    explainer: str
    origin: str
    specimens: int
    explained: int
    specific: float
    leaks: int
    unfinished: int
    overlaps: int
    grounded: float
    cite_a_line: float
    line_right: float | None
    form_fits: float
    median_words: float
    median_grade: float
    stable: float | None


def measure(specimen: Specimen, said: Explanation, leak: Leak, again: Explanation | None = None) -> Measured:
    """Measure one explanation; `again` is what the same question was answered a second time."""
    lines = tuple(dict.fromkeys(n for n in (said.line, *cited_lines(said.text)) if n is not None))
    form = [*form_faults(said.text, LEAST_WORDS, MOST_WORDS, LONGEST)]
    grade = reading_grade(said.text)
    if grade > HIGHEST_GRADE:
        form.append("hard to read")
    return Measured(
        key=specimen.key,
        origin=specimen.origin,
        name=specimen.name,
        specific=said.specific,
        leaks=leak.found,
        exhausted=leak.exhausted,
        overlaps=bool(overlap(specimen.challenge, specimen.source, said.text)),
        ungrounded=tuple(ungrounded(specimen, said.text, lines)),
        line_is_right=_near(lines[0], specimen.lines) if lines else None,
        form=tuple(form),
        words=len(words(said.text)),
        grade=round(grade, 1),
        stable=None if again is None else again == said,
        source=said.source,
    )


def _near(line: int, right: frozenset[int]) -> bool:
    return any(abs(line - other) <= NEAR for other in right)


def ungrounded(specimen: Specimen, text: str, lines: Sequence[int]) -> Iterator[str]:
    """What a text cites that does not exist: lines beyond the code, and quoted names that nobody wrote or knows."""
    count = specimen.source.count("\n") + 1
    yield from (f"line {line}" for line in lines if not 1 <= line <= count)
    known = _vocabulary(specimen)
    for quoted in quotations(text):
        yield from (name for name in NAME.findall(quoted) if name not in known and name.lower() not in known)


def _vocabulary(specimen: Specimen) -> set[str]:
    """Every name in what learner and grader have before them, and in the language and its libraries."""
    challenge, report = specimen.challenge, specimen.report
    seen = [specimen.source, challenge.statement, challenge.starter, challenge.entry, report.detail]
    seen += [f"{c.name} {c.given} {c.expected} {c.got} {c.message} {c.printed}" for c in report.cases]
    if report.fault:
        seen += [report.fault.type, report.fault.message, report.fault.source_line]
    return set(LIBRARY) | {name for text in seen for name in NAME.findall(text)}


def summarise(explainer: str, origin: str, specimens: int, measured: Sequence[Measured]) -> Summary:
    """Sum up what one explainer said to one part of the corpus."""
    cited = [m.line_is_right for m in measured if m.line_is_right is not None]
    twice = [m.stable for m in measured if m.stable is not None]
    return Summary(
        explainer=explainer,
        origin=origin,
        specimens=specimens,
        explained=len(measured),
        specific=_share([m.specific for m in measured]),
        leaks=sum(m.leaks for m in measured),
        unfinished=sum(m.exhausted for m in measured),
        overlaps=sum(m.overlaps for m in measured),
        grounded=_share([not m.ungrounded for m in measured]),
        cite_a_line=_share([m.line_is_right is not None for m in measured]),
        line_right=_share(cited) if cited else None,
        form_fits=_share([not m.form for m in measured]),
        median_words=median([m.words for m in measured]) if measured else 0.0,
        median_grade=median([m.grade for m in measured]) if measured else 0.0,
        stable=_share(twice) if twice else None,
    )


def _share(those: Sequence[bool]) -> float:
    return sum(those) / len(those) if those else 0.0
