"""When two submissions are the same mistake, and how an answer about one reads for the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.tutor.claude.cache import Canonical, Kept, canonical, key, line_for, told_for
from challenges.model import CaseReport, Challenge, Report, Verdict

PLAIN = "def f(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total\n"
SAME = (
    '"""Mine."""\n\n# adds\ndef f(values):\n    """Add."""\n    s = 0\n    for v in values:  # each\n        s += v\n    return s\n',
    "def f(xs: list[int]) -> int:\n    total = 0\n\n    for x in xs:\n        total += x\n\n    return (total)\n",
)
OTHER = (
    PLAIN.replace("= 0", "= 1"),
    PLAIN.replace("+= x", "-= x"),
    PLAIN.replace("def f", "def g"),
    PLAIN.replace("total += x", "total += total"),
    PLAIN + "def f(:\n",
)
CASE = CaseReport(name="a", verdict=Verdict.WRONG, given="[1]", expected="1", got="0", message="it is 0 (line 3)")
REPORT = Report(verdict=Verdict.WRONG, cases=(CASE,), hidden_passed=2, hidden_total=6)


@pytest.mark.parametrize("source", SAME)
def test_comments_layout_types_and_names_make_no_difference(source: str) -> None:
    assert canonical(source, "f").form == canonical(PLAIN, "f").form


@pytest.mark.parametrize("source", OTHER)
def test_what_is_computed_does(source: str) -> None:
    assert canonical(source, "f").form != canonical(PLAIN, "f").form


def test_a_name_that_is_called_by_keyword_or_is_a_method_is_not_a_programs_own() -> None:
    calls = "class A:\n    def fit(self, k): return g(key=1)\ndef g(key): return key\n"
    assert canonical(calls, "A").names == ("g", "self", "k") or "key" not in canonical(calls, "A").names
    assert "fit" not in canonical(calls, "A").names


def test_a_failure_is_the_same_whatever_line_it_was_on_and_however_many_hidden_cases_it_took(
    bank: dict[str, Challenge],
) -> None:
    challenge, form = bank["add-up"], canonical(PLAIN, "f")
    moved = replace(REPORT, hidden_passed=3, cases=(replace(CASE, message="it is 0 (line 9)"),), wall_ms=7.0)
    other = replace(REPORT, cases=(replace(CASE, got="5"),))
    keys = [key(challenge, form, report, "p") for report in (REPORT, moved, other)]
    assert (keys[0] == keys[1], keys[0] == keys[2]) == (True, False)
    assert keys[0] != key(challenge, form, REPORT, "another prompt")
    assert keys[0] != key(replace(challenge, statement="Another."), form, REPORT, "p")


def test_lines_and_names_are_the_readers_own() -> None:
    theirs, mine = canonical(PLAIN, "f"), canonical(SAME[0], "f")
    text = "On lines 3 and 4 the loop adds `x` to `total`; read line 2, not x or total."
    assert told_for(text, theirs, mine) == "On lines 7 and 8 the loop adds `v` to `s`; read line 6, not x or total."
    assert told_for(text, theirs, theirs) == text


def test_a_line_nobody_has_is_none() -> None:
    theirs, mine = canonical(PLAIN, "f"), canonical(SAME[0], "f")
    assert [line_for(n, theirs, mine) for n in (1, 5, 0)] == [4, 9, 0]
    assert line_for(3, theirs, Canonical("x", (), (1,))) == 0


def test_what_is_kept_is_read_as_it_was() -> None:
    kept = Kept(("a", "b"), (("b", "{}"),), canonical(PLAIN, "f"))
    assert Kept.read(kept.text(), kept.form.form) == kept
    assert Kept.read(None, "") == Kept.read("", "") == Kept()
