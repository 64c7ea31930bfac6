"""Wrong numbers and wrong outputs: what is said of them is true of them, and the likelier reason comes first."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.graders import numeric, printed
from quizzes.graders.relations import NEAR, OFF_BY_ONE, OPERATIONS, RELATIONS, ROUNDED, remark
from quizzes.items import Numeric, Output

RIGHT = 0.37


@pytest.mark.parametrize(("n", "said"), [*enumerate(said for _, said in RELATIONS)])
def test_every_relation_is_recognised_where_it_holds(n: int, said: str) -> None:
    assert remark(RELATIONS[n][0](RIGHT), RIGHT, {}) == said


@pytest.mark.parametrize(
    ("value", "right", "params", "said"),
    [
        (11, 12, {}, OFF_BY_ONE),
        (13, 12, {}, OFF_BY_ONE),
        (2, 2.718, {}, ROUNDED),
        (3, 2.718, {}, ROUNDED),
        (0.5, 0.37, {"a": 20, "b": 40}, "Your number is 20 divided by 40: check whether that is what is asked for."),
        (60, 0.37, {"a": 20, "b": 40}, "Your number is 20 plus 40: check whether that is what is asked for."),
        (-20, 0.37, {"a": 20, "b": 40}, "Your number is 20 minus 40: check whether that is what is asked for."),
        (
            40,
            0.37,
            {"a": 20, "b": 40},
            "40 is one of the numbers you were given: something is still to be done with it.",
        ),
        (0.5, 0.37, {"a": "20", "b": True, "c": 0}, ""),
        (0.66, 0.37, {}, ""),
        (7.0, 0.0, {}, ""),
    ],
)
def test_what_is_said_of_a_wrong_number(value: float, right: float, params: dict[str, object], said: str) -> None:
    assert remark(value, right, params) == said


NUMBERS = st.floats(-1e6, 1e6) | st.integers(-1000, 1000).map(float)


@given(
    NUMBERS,
    NUMBERS,
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 100) | st.floats(0, 9) | st.text(max_size=2)),
)
def test_nothing_is_said_that_is_not_so(value: float, right: float, params: dict[str, object]) -> None:
    said = remark(value, right, params)
    if said.startswith("Your number is ") and "check whether that" in said:
        numbers = [float(n) for n in params.values() if isinstance(n, (int, float))]
        made = [do(a, b) for a in numbers for b in numbers for word, do in OPERATIONS if b or word != "divided by"]
        assert any(math.isclose(value, m, rel_tol=2 * NEAR) for m in made)
    elif said == OFF_BY_ONE:
        assert abs(value - right) == 1
    for made_by, text in RELATIONS[:1]:
        if said == text:
            assert math.isclose(value, made_by(right), rel_tol=2 * NEAR)


def test_a_number_that_fits_nothing_is_too_high_or_too_low() -> None:
    assert numeric.grade(Numeric(answer=RIGHT), None, "0.66").feedback == "Your number is too high."  # type: ignore[union-attr]
    assert numeric.grade(Numeric(answer=RIGHT), None, "0.63").feedback.startswith("Your number is one minus")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("answer", "typed", "said"),
    [
        ("1\n2\n3", "1\n2", "The code prints 3 lines, and you typed 2 lines."),
        ("1", "1\n2", "The code prints 1 line, and you typed 2 lines."),
        ("[1, 2, 3]", "[1, 2]", "The code prints 3 elements, and you typed 2 elements."),
        ("[1, 2, 3]", "[3, 2, 1]", "Each element is right, and their order is not."),
        ("a\nb", "b\na", "Each line is right, and their order is not."),
        ("[1, 2, 3]", "[1, 5, 3]", "All but one element is right: look at element 2 again."),
        ("a\nb\nc", "a\nb\nd", "All but one line is right: look at line 3 again."),
        ("[1, 2, 3]", "[4, 5, 3]", "The code prints something else"),
        ("7", "8", "The code prints something else"),
        ("[1, 2]", "(2, 1)", "The code prints something else"),
    ],
)
def test_what_is_said_of_a_wrong_output(answer: str, typed: str, said: str) -> None:
    mark = printed.grade(Output(answer=answer), typed)
    assert isinstance(mark, printed.Mark)
    assert (mark.correct, mark.feedback.startswith(said)) == (False, True), mark.feedback
