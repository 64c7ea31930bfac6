from __future__ import annotations

from pathlib import Path

import pytest

from quizzes.graders import fillings, printed
from quizzes.items import Fill, Output
from quizzes.load import load_track
from quizzes.typed import Unreadable

SAMPLE = load_track(Path(__file__).parent / "sample_track")[0]
OUTPUT, FILL = (SAMPLE.item(item_id).body for item_id in ("loop-output-01", "loop-fill-01"))


@pytest.mark.parametrize(
    "text",
    [
        "[3.0, 'done']",
        "[3.0,'done']",
        '[3.0, "done"]',
        "[3.0, 'done']\n\n",
        " [3.0, 'done'] ",
        "`[3.0, 'done']`",
        "[3.00, 'done']",
    ],
)
def test_output_is_compared_as_values_and_without_spacing(text):
    assert printed.grade(OUTPUT, text).correct


@pytest.mark.parametrize(
    ("text", "feedback"),
    [
        ("[2.0, 'done']", "That is the last value alone; += adds to what was there."),
        ("[3, 'done']", "The value is right, but Python prints it as [3.0, 'done']: the type shows in the text."),
        ("[3.0, 'Done']", "Nearly: capitals matter in what Python prints."),
        ("3.0", "The code prints something else; follow it line by line with the explanation."),
    ],
)
def test_wrong_output_gets_feedback_to_what_was_typed(text, feedback):
    graded = printed.grade(OUTPUT, text)
    assert (graded.correct, graded.feedback) == (False, feedback)


@pytest.mark.parametrize(
    ("answer", "text", "correct"),
    [
        ("8.0", "8", False),
        ("8", "8.0", False),
        ("True", "true", False),
        ("True", "1", False),
        ("1e-05", "0.00001", True),
        ("0\n1\n2", "0\n1\n2\n", True),
        ("0\n1\n2", "0 1 2", True),
        ("0\n1\n2", "0\\n1\\n2", True),
        ("0\n1\n2", "0 1", False),
        ("(2, 3)", "(2,3)", True),
        ("(2, 3)", "[2, 3]", False),
        ("{'a': 1}", '{"a":1}', True),
        ("[1. 2.]", "[ 1.  2.]", True),
        ("tensor([1., 2.])", "tensor([1.,2.])", True),
        ("hello", "'hello'", False),
        ("hello", "hello", True),
        ("[1, 2]", "[True, 2]", False),
    ],
)
def test_printed_text_matters_and_spacing_does_not(answer, text, correct):
    assert printed.grade(Output(answer), text).correct is correct


def test_quotes_around_a_printed_text_are_explained():
    assert (
        printed.grade(Output("hello"), "'hello'").feedback
        == "The value is right, but print shows a text without its quotes."
    )


def test_long_wrong_output_is_cut_when_shown_back():
    graded = printed.grade(Output("1"), "x" * 900)
    assert (len(graded.chosen), graded.chosen[-1]) == (200, "…")
    assert isinstance(printed.grade(Output("1"), "x" * 1500), Unreadable)


@pytest.mark.parametrize(
    "text",
    [
        "sum(x)\nlen(x)",
        "sum( x )\nlen(x)",
        "sum(x); len(x)",
        "1) sum(x)\n2) len(x)",
        "__1__ = sum(x)\n__2__: len(x)",
        "Blank 1: sum(x)\nblank 2: len(x)",
        "sum(x)\n\nfloat(len(x))",
        "```python\nsum(x)\nlen(x)\n```",
    ],
)
def test_fillings_are_compared_as_code(text):
    assert fillings.grade(FILL, text).correct


def test_each_blank_counts_and_gets_its_feedback():
    graded = fillings.grade(FILL, "sum(x)\nmax(x)")
    assert (graded.correct, graded.score, graded.misconceptions) == (False, 0.5, ("scales-by-max",))
    assert graded.feedback == "Dividing by the largest value scales the sum; a mean divides by the count."
    assert fillings.grade(FILL, "x\nlen(x)").feedback == "Blank 1 takes sum(x) here."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sum(x)", "2 blanks, and you filled 1"),
        ("a\nb\nc", "2 blanks, and you filled 3"),
        ("1)\n2)", "Type the code that belongs in the blank"),
        ("sum(x)\n" + "(" * 250, "at most 200 characters"),
    ],
)
def test_a_wrong_number_of_fillings_is_unreadable(text, says):
    assert says in fillings.grade(FILL, text).message


@pytest.mark.parametrize(
    "nasty", ["(" * 199, "-" * 198 + "1", "lambda:" * 28 + "0", "'\\d'", "0in x", "\\", "f'{", "9" * 199, "x[" * 99]
)
def test_nasty_code_is_just_wrong(nasty):
    assert not fillings.grade(FILL, f"sum(x)\n{nasty}").correct


@pytest.mark.parametrize(
    ("filling", "typed", "correct"),
    [
        ("axis=0", "axis = 0", True),
        ("axis=0", "axis=1", False),
        (":, 1:", ":,1:", True),
        ("1: -1", "1:-1", True),
        ("1: -1", "1: -1", True),
        ("x += 1", "x+=1", True),
        ("'a'", '"a"', True),
        ("a if b else c", "a  if b  else c", True),
        ("import torch", "import  torch", True),
        (">", ">=", False),
        ("x, y", "x,y", True),
        ("no_grad", "no_grad()", False),
        ("*args", "* args", True),
        ("1e-3", "0.001", True),
        ("1", "True", False),
    ],
)
def test_fillings_need_not_be_expressions(filling, typed, correct):
    assert fillings.grade(Fill(((filling,),)), typed).correct is correct
