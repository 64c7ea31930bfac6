"""The tables as CSV: what goes in comes out, and no spreadsheet takes a text for a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight.export import CONCEPT_HEADER, FORMULA, ITEM_HEADER, concepts_csv, items_csv, table
from bot.insight.items import ItemStats, Word
from bot.insight.report import ConceptRow, Share
from bot.insight.review import Line
from quizzes.items import Track

STATS = ItemStats(
    item="sums-numeric", answers=40, difficulty=0.5, discrimination=-0.125, upper_lower=None,
    use=(("sum-for-mean", 0.25),), efficiency=1.0, word=Word.SUSPECT,
)  # fmt: skip


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_items_have_a_row_each(track: Track) -> None:
    item = track.item("sums-numeric")
    assert item is not None
    header, row = read(items_csv([Line(item, STATS, 2, True)]))
    assert tuple(header) == ITEM_HEADER
    assert row == [
        "sums-numeric", "measuring", "sums", "numeric", "What is the mean of 1, 2, 3 and 4?", "40", "0.500", "-0.125", "",
        "1.000", "sum-for-mean: 0.25", "2", "yes", "suspect key",
    ]  # fmt: skip


def test_an_item_nobody_met_has_empty_fields_and_an_author_cannot_plant_a_formula(track: Track) -> None:
    item = track.item("sums-numeric")
    assert item is not None
    stats = replace(STATS, answers=0, difficulty=None, discrimination=None, efficiency=None, word=Word.EARLY)
    (_, row) = read(items_csv([Line(replace(item, prompt='=HYPERLINK("x")'), stats, 0, False)]))
    assert row[4:] == ['\'=HYPERLINK("x")', "0", "", "", "", "", "", "0", "no", "too few answers"]


def test_concepts_have_a_row_each() -> None:
    row = ConceptRow(id="sums", title="+Sums", section="Ü", now=Share(learners=3, asked=8, right=2), before=None)
    assert read(concepts_csv([row])) == [list(CONCEPT_HEADER), ["sums", "'+Sums", "Ü", "3", "8", "2", "0.250", ""]]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(deadline=None)
@given(
    rows=st.lists(
        st.lists(st.sampled_from(FORMULA).flatmap(lambda c: TEXT.map(lambda t: c + t)) | TEXT, min_size=2, max_size=2)
    )
)
def test_texts_come_out_as_they_went_in_but_for_the_mark_before_formulas(rows: list[list[str]]) -> None:
    found = read(table(("a", "b"), rows))[1:]
    assert not any(cell.lstrip(" ").startswith(FORMULA) for row in found for cell in row)
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
