"""Item statistics and the concept table as CSV: UTF-8, a header line, RFC 4180 quoting, safe to open in a spreadsheet.

Pure. A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers are ours and stay numbers.
Shares run from 0 to 1; a field is empty where too few answers would make a number up.

Items: item, section, concept, kind, prompt, answers (first ones), difficulty (share right), discrimination (corrected
point-biserial, -1 to 1), upper_lower (share right of the best 27 % of learners less that of the worst), efficiency (distractors
that 5 % or more choose, of all), distractor_use ("text: share; …"), reporters (with an open report), quarantined (yes or no), word.
Concepts: concept, title, section, learners, asked (first answers in 30 days), right, share_right, share_right_before.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from bot.insight.report import ConceptRow, cut
from bot.insight.review import Line

ITEM_HEADER = (
    "item", "section", "concept", "kind", "prompt", "answers", "difficulty", "discrimination", "upper_lower", "efficiency",
    "distractor_use", "reporters", "quarantined", "word",
)  # fmt: skip
CONCEPT_HEADER = ("concept", "title", "section", "learners", "asked", "right", "share_right", "share_right_before")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
PROMPT_CHARS = 120
Cell = str | int | float | None


def items_csv(lines: Iterable[Line]) -> str:
    """The table of items."""
    return table(ITEM_HEADER, [_item(line) for line in lines])


def _item(line: Line) -> Sequence[Cell]:
    item, stats = line.item, line.stats
    return (
        item.id,
        item.section,
        item.concept,
        item.kind.value,
        cut(item.prompt, PROMPT_CHARS),
        stats.answers,
        stats.difficulty,
        stats.discrimination,
        stats.upper_lower,
        stats.efficiency,
        "; ".join(f"{name}: {share:.2f}" for name, share in stats.use) if stats.answers else "",
        line.reporters,
        "yes" if line.quarantined else "no",
        stats.word.value,
    )


def concepts_csv(rows: Iterable[ConceptRow]) -> str:
    """The table of a group's concepts."""
    return table(
        CONCEPT_HEADER,
        [
            (row.id, row.title, row.section, row.now.learners, row.now.asked, row.now.right, row.now.rate, row.before)
            for row in rows
        ],
    )


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A header and rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Cell) -> str | int:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value
