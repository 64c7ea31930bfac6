from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quizzes.claims import Claim, Expectation, claims, fill_in
from quizzes.items import Fill, WrongPath
from quizzes.load import load_track

SAMPLE = load_track(Path(__file__).parent / "sample_track")[0]


def test_claims_say_what_must_happen_when_code_runs():
    found = {(claim.item, claim.about): claim for claim in claims(SAMPLE)}
    assert list(found) == [
        ("loop-output-01", "its output"),
        ("loop-fill-01", "blank 1 filled with 'sum(x)'"),
        ("loop-fill-01", "blank 2 filled with 'len(x)'"),
        ("loop-fill-01", "blank 2 filled with 'float(len(x))'"),
        ("loop-fill-01", "blank 2 filled with 'max(x)'"),
    ]
    assert found["loop-output-01", "its output"] == Claim(
        file="quizzes/models.toml",
        item="loop-output-01",
        about="its output",
        source=SAMPLE.item("loop-output-01").code,
        profile="stdlib",
        expects=Expectation.PRINTS,
        stdout="[3.0, 'done']",
    )
    assert [claim.expects for claim in found.values()][1:] == ["passes", "passes", "passes", "fails"]


def test_claims_of_the_sample_hold_when_run():
    for claim in claims(SAMPLE):
        if claim.expects is Expectation.PASSES:
            exec(claim.source, {})  # noqa: S102 - the sample's own code
        if claim.expects is Expectation.FAILS:
            with pytest.raises(AssertionError):
                exec(claim.source, {})  # noqa: S102 - the sample's own code


def test_wrong_fillings_without_a_check_claim_nothing():
    fill = Fill((("1",),), "", (WrongPath(answer="2", misconception="m", feedback="f"),))
    item = replace(SAMPLE.item("loop-fill-01"), code="x = __1__", body=fill)
    models = replace(SAMPLE.sections[1], items=(item,))
    assert [claim.expects for claim in claims(replace(SAMPLE, sections=(models,)))] == [Expectation.PASSES]


def test_blanks_are_filled_by_number():
    assert fill_in("__1__ + __2__ + __1__", ["a", "b"]) == "a + b + a"
