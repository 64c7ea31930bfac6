"""Each measure on texts where the right figure is known by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.tutor import Explanation
from bot.tutor.evaluation import recorded
from bot.tutor.evaluation.corpus import AUTHORED, Specimen, departures
from bot.tutor.evaluation.leaks import Leak, overlap, possible_repairs
from bot.tutor.evaluation.measures import measure, summarise
from bot.tutor.evaluation.texts import cited_lines, code_pieces, form_faults, quotations, reading_grade, words
from challenges.model import CaseReport, Challenge, Report, Verdict

WRONG = "def add_up(numbers):\n    total = sum(numbers[:-1])\n    return total\n"
CASE = CaseReport(name="two numbers", verdict=Verdict.WRONG, given="[1, 2]", expected="3", got="1", message="is 1")
REPORT = Report(verdict=Verdict.WRONG, cases=(CASE,), hidden_passed=1, hidden_total=6)
NO_LEAK = Leak(found=False, runs=0)


@pytest.fixture
def specimen(bank: dict[str, Challenge]) -> Specimen:
    """A sum that stops early, on line 2."""
    return Specimen(bank["add-up"], WRONG, REPORT, frozenset({2}), AUTHORED, "stops_early")


def said(text: str, line: int | None = None) -> Explanation:
    """A specific explanation."""
    return Explanation(source="ai", specific=True, text=text, line=line)


def test_code_is_found_where_it_is_set_as_code() -> None:
    text = "Look at `total` and\n```python\nreturn 1\n```\nthen ~ `total` again, “numbers”."
    assert code_pieces(text) == ("return 1", "total")
    assert quotations(text) == ("total", "numbers")


def test_lines_are_read_from_words() -> None:
    assert cited_lines("On line 2, and lines 4 to 6; the deadline 9 is none.") == (2, 4, 6)


def test_a_grade_is_low_for_short_words_and_high_for_long_ones() -> None:
    easy, hard = (
        "Look at the sum. Add each one.",
        "Reconsider the multiplicative normalisation of individual probabilities.",
    )
    assert reading_grade(easy) < 3 < 15 < reading_grade(hard)
    assert reading_grade("") == 0.0
    assert words("Add `np.sum(x, axis=1)` to it, don’t wait.") == ["Add", "to", "it", "don’t", "wait"]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("word " * 50, []),
        ("word", ["short"]),
        ("word " * 200, ["long"]),
        ("word " * 40 + "x" * 2000, ["too many characters"]),
        ("word " * 50 + "Why? How?", ["more than one question"]),
        ("word " * 50 + "```\nx\n```", ["code block"]),
        ("word " * 50 + "https://a.b", ["link or mention"]),
        ("word " * 50 + "@everyone", ["link or mention"]),
    ],
)
def test_form(text: str, faults: list[str]) -> None:
    assert list(form_faults(text, 40, 160, 1900)) == faults


def test_departures_are_the_lines_that_the_solution_does_not_have() -> None:
    right = '"""Doc."""\ndef f(x: int) -> int:\n    """Doc."""\n    y = x + 1\n    return y\n'
    assert departures("def f(x):\n    y = x - 1\n    return y\n", right) == {2}
    assert departures("def f(x):\n    y = x + 1\n    return y\n", right) == frozenset()
    assert departures("def f(x):\n    return y\n", right) == {1, 2}
    assert departures("def f(x:\n", right) == {1, 2}


def test_repairs_are_what_a_reader_could_try() -> None:
    tried = list(possible_repairs(WRONG, "Replace `numbers[:-1]` with `numbers`."))
    assert tried[0] == WRONG.replace("numbers[:-1]", "numbers")
    assert all(program.startswith("def ") for program in tried if "\n" in program)
    assert list(possible_repairs(WRONG, "Look at the end of the slice.")) == []


def test_a_name_alone_does_not_strike_a_line_out() -> None:
    assert not any("\n    numbers\n" in program for program in possible_repairs(WRONG, "Look at `numbers`."))


def test_overlap_is_code_of_ours_that_the_learner_lacks(bank: dict[str, Challenge], specimen: Specimen) -> None:
    ours = next(line.strip() for line in bank["add-up"].solution.split("\n") if "return" in line)
    assert overlap(specimen.challenge, "def add_up(numbers):\n    return 0\n", f"Write `{ours}`.") == (ours,)
    assert overlap(specimen.challenge, bank["add-up"].solution, f"Write `{ours}`.") == ()
    assert overlap(specimen.challenge, WRONG, "Look at `total`.") == ()


def test_a_good_explanation_measures_well(specimen: Specimen) -> None:
    text = "On line 2 you sum `numbers` up to the last one. " + "The sum is too small. " * 8
    found = measure(specimen, said(text, line=2), NO_LEAK, said(text, line=2))
    assert (found.ungrounded, found.line_is_right, found.form, found.stable, found.overlaps) == (
        (),
        True,
        (),
        True,
        False,
    )


def test_what_does_not_exist_is_named(specimen: Specimen) -> None:
    found = measure(specimen, said("On line 9 you call `frobnicate`, see “two numbers” and `np.sum`.", line=9), NO_LEAK)
    assert (found.ungrounded, found.line_is_right, found.stable) == (("line 9", "frobnicate"), False, None)


def test_a_summary_is_shares_of_what_was_explained(specimen: Specimen) -> None:
    good = measure(
        specimen, said("On line 2 you stop early.", line=2), NO_LEAK, said("On line 2 you stop early.", line=2)
    )
    bad = measure(specimen, said("Ask `nobody_knows` on line 3 or line 8."), Leak(True, 9), said("Else."))
    found = summarise("offline", AUTHORED, 3, [good, bad])
    assert (found.specimens, found.explained, found.leaks, found.grounded, found.cite_a_line) == (3, 2, 1, 0.5, 1.0)
    assert (found.line_right, found.stable) == (1.0, 0.5)
    assert summarise("nobody", AUTHORED, 2, []).specific == 0.0


def test_recorded_answers_are_read_as_they_were_written(tmp_path: Path) -> None:
    origin = recorded.Origin("claude", "claude-haiku-5-5", "abc123", "2.12.0", "2026-11-23")
    kept = recorded.Recording(origin, {"b:2": None, "a:1": said("Grüße", line=3), "c:3": said("No line.")})
    path = tmp_path / "answers.jsonl"
    recorded.write(path, kept)
    assert recorded.read(path) == kept
    assert [line[:12] for line in path.read_text("utf-8").splitlines()] == [
        '{"explainer"',
        '{"key": "a:1',
        '{"key": "b:2',
        '{"key": "c:3',
    ]


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"explainer": 1}\n', "no json"], ids=repr)
def test_a_file_without_answers_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(content)
    with pytest.raises(recorded.RecordingError, match=r"answers\.jsonl holds no recorded answers"):
        recorded.read(path)
    with pytest.raises(recorded.RecordingError, match="cannot be read"):
        recorded.read(tmp_path / "none.jsonl")
