from __future__ import annotations

from pathlib import Path

import pytest

from quizzes.graders import numeric
from quizzes.items import Numeric, Tolerance
from quizzes.load import load_track
from quizzes.present import numbers_of

SAMPLE = load_track(Path(__file__).parent / "sample_track")[0]
PRECISION, FIXED = SAMPLE.item("precision-numeric-01"), SAMPLE.item("precision-fixed-01").body


def test_a_wrong_path_gets_its_feedback_with_its_numbers():
    item = PRECISION
    for seed in range(50):
        drawn = numbers_of(item, seed)
        graded = numeric.grade(item.body, numbers_of(item, seed), repr(drawn.wrong["recall"]))
        assert not graded.correct
        assert graded.feedback == f"You divided {drawn.params['tp']} by all the spam there was: that is recall."
        assert graded.misconceptions == ("precision<->recall",)


def test_percent_and_share_are_the_same_number_without_a_unit():
    item = PRECISION
    for seed in range(20):
        share = numbers_of(item, seed).answer
        assert numeric.grade(item.body, numbers_of(item, seed), f"{100 * share:.6f}%").correct
        assert numeric.grade(item.body, numbers_of(item, seed), f"{share:.6f}").correct


def test_with_percent_as_unit_a_plain_number_is_in_percent():
    body = Numeric(answer=25, unit="%")
    assert [numeric.grade(body, None, text).correct for text in ("25", "25%", "25 percent", "0.25", "0.25%")] == [
        True
    ] * 3 + [False] * 2
    assert numeric.grade(body, None, "0.25").feedback.startswith("The digits are right, but off by a factor of 100")
    assert numeric.grade(body, None, "24").right == "25%"


@pytest.mark.parametrize(
    ("body", "text", "correct"),
    [
        (Numeric(answer=0.5), "0.504", True),
        (Numeric(answer=0.5), "0.51", False),
        (Numeric(answer=500), "501", False),
        (Numeric(answer=500), "500.0", True),
        (Numeric(answer=500, tolerance=Tolerance(rel=0.01)), "504", True),
        (Numeric(answer=500, tolerance=Tolerance(abs=2)), "502", True),
        (Numeric(answer=500, tolerance=Tolerance(abs=2)), "503", False),
        (Numeric(answer=-0.5), "-1/2", True),
        (Numeric(answer=0.00025), "2.5e-4", True),
    ],
)
def test_numbers_count_within_tolerance(body, text, correct):
    assert numeric.grade(body, None, text).correct is correct


@pytest.mark.parametrize(
    ("text", "feedback"),
    [
        ("-0.5", "The size is right, the sign is not."),
        ("0.7", "Your number is too high."),
        ("0.2", "Your number is too low."),
        ("50", "The digits are right, but off by a factor of 100: mind whether a share or a percentage is asked for."),
    ],
)
def test_an_unexpected_number_gets_a_true_remark(text, feedback):
    assert numeric.grade(Numeric(answer=0.5), None, text).feedback == feedback


def test_numbers_are_shown_back_with_their_unit():
    graded = numeric.grade(FIXED, None, "255")
    assert (graded.chosen, graded.right) == ("255 tokens", "1,250 tokens")
    assert graded.feedback == "You added pages and tokens instead of multiplying them."


def test_an_ambiguous_comma_does_not_use_the_answer_up():
    assert "Type it without the comma" in numeric.grade(Numeric(answer=0.5), None, "1,250").message
    assert numeric.grade(FIXED, None, "1,250").correct
