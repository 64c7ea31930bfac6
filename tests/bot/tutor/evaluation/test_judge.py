"""Votes are summed up as promised: the majority, of equals the more severe, and intervals that hold their mean."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.tutor.evaluation.judge import QUESTIONS, interval, schema, sum_up


def ballot(*votes: str) -> list[dict[str, str]]:
    """Votes that answer every question alike."""
    return [dict.fromkeys(QUESTIONS, vote) for vote in votes]


def test_the_majority_decides_and_of_equals_the_more_severe() -> None:
    found = sum_up("judge", [ballot("yes", "yes", "no"), ballot("yes", "no", "to some extent"), []], [], Random(1))  # noqa: S311
    assert (found.texts, found.agreement, found.helped) == (2, 0.0, None)
    assert {share.value for share in found.yes.values()} == {0.5}


def test_help_is_repairs_with_less_repairs_without() -> None:
    found = sum_up("judge", [], [(False, True), (False, True), (True, True), (True, False)], Random(1))  # noqa: S311
    assert found.helped is not None
    assert (found.helped.value, found.yes, found.agreement) == (0.25, {}, 0.0)


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers())
def test_an_interval_holds_its_mean(values: list[bool], seed: int) -> None:
    found = interval(values, Random(seed))  # noqa: S311
    assert 0 <= found.low <= found.value <= found.high <= 1 or len(values) < 10


def test_a_form_asks_every_question_in_the_order_given() -> None:
    names = list(reversed(QUESTIONS))
    form = schema(names)
    assert form["required"] == names
    assert list(form["properties"]) == names  # type: ignore[call-overload]
    assert form["additionalProperties"] is False
