"""Hints on the course we ship: each says something, fits a phone, and none contains the answer it leads to."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hinting import ladder, questions
from bot.hinting.examples import worked_example
from bot.hinting.solution import similar, solution_card
from quizzes.grade import answer_key
from quizzes.items import Bug, Choice, Kind, Numeric
from quizzes.present import present
from quizzes.typed import folded

PHONE = 900  # characters of one hint


@pytest.mark.parametrize("seed", [1, 2**40])
def test_no_hint_for_a_question_we_ship_contains_its_answer(shipped_track, seed: int) -> None:
    given_away, odd = [], []
    for item in shipped_track.items:
        shown = present(item, seed)
        said = [questions.words(shipped_track, item, shown, rung) for rung in questions.RUNGS]
        if any(not text.strip() or len(text) > PHONE for text in said):
            odd.append(item.id)
        answers = ()
        if isinstance(item.body, Choice):
            answers = item.body.answers
        elif isinstance(item.body, Bug):
            answers = (item.body.answer,)
        elif item.kind in (Kind.NUMERIC, Kind.OUTPUT):
            answers = (answer_key(item, shown),)
        words = folded(" ".join(said))
        titles = folded(" ".join(concept.title for concept in shipped_track.concepts))
        given_away += [
            (item.id, answer)
            for answer in map(folded, answers)
            if answer not in titles and re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", words)
        ]
    assert (given_away, odd) == ([], [])


def test_most_questions_have_a_nudge_of_their_own(shipped_track) -> None:
    bare = [
        item.id
        for item in shipped_track.items
        if questions.words(shipped_track, item, present(item, 3), questions.NUDGE).startswith("This is about")
    ]
    assert len(bare) < 0.05 * len(shipped_track.items)


def test_hints_of_questions_are_kept_apart_from_those_of_challenges(shipped_bank) -> None:
    assert questions.hint_key("q7f3") not in shipped_bank


def test_an_example_never_uses_a_question_that_is_open(shipped_track, shipped_bank) -> None:
    for challenge in shipped_bank.values():
        concepts = set(challenge.concepts)
        about = [item for item in shipped_track.items if item.concept in concepts]
        every = {item.id for item in about}
        assert worked_example(shipped_track, concepts, every, every, 7) == ""


def test_an_example_is_drawn_or_known_already(shipped_track, shipped_bank) -> None:
    for challenge in shipped_bank.values():
        text = worked_example(shipped_track, challenge.concepts, (), (), 7)
        drawn = any(
            item.concept in challenge.concepts and isinstance(item.body, Numeric) and item.body.generator
            for item in shipped_track.items
        )
        assert bool(text) == drawn, challenge.slug
        assert challenge.solution.strip() not in text


def test_a_question_that_was_answered_may_be_the_example(shipped_track) -> None:
    item = next(i for i in shipped_track.items if i.kind is Kind.SINGLE)
    drawn = [i for i in shipped_track.items if i.concept == item.concept and isinstance(i.body, Numeric)]
    text = worked_example(shipped_track, (item.concept,), {item.id}, {i.id for i in drawn}, 7)
    assert isinstance(item.body, Choice)
    assert text.startswith("One you have met, worked out: ")
    assert f"Answer: {item.body.answers[0]}." in text


def tried(source: str, *cases: dict[str, str], line: int | None = None, verdict: str = "wrong") -> ladder.Try:
    """A try as the store keeps it."""
    return ladder.read_try(source, json.dumps({"verdict": verdict, "cases": cases}), line)


CASE = {"name": "two", "verdict": "wrong", "input": "[1, 2]", "expected": "3", "got": "1", "message": "", "printed": ""}


@pytest.mark.parametrize(
    ("last", "first_line"),
    [
        (tried("a = 1\nb = 2\n", CASE, line=2), "Look at line 2 of your last try:"),
        (tried("a = 1\n", CASE, line=9), "Take the case “two”, input [1, 2]: it gives 1, and 3 is wanted."),
        (tried("def add_up(n):\n    return 1\n", CASE), "What comes back is made in line 2 of your last try:"),
        (tried("def add_up(n):\n  if n:\n    return 1\n  return 2", CASE), "Take the case “two”, input [1, 2]:"),
        (tried("\0", CASE), "Take the case"),
        (tried("x = 1", {**CASE, "got": "", "message": "ValueError: no"}), "Take the case “two”, input [1, 2]: it ends with: ValueError: no"),
        (tried("x = 1", {**CASE, "got": ""}), "Take the case “two”, input [1, 2]: it gives nothing"),
        (tried("x = 1"), "Every visible case passes."),
    ],
)  # fmt: skip
def test_the_place_is_as_near_as_is_known(bank, last: ladder.Try, first_line: str) -> None:
    assert ladder.place(bank["add-up"], last).startswith(first_line)


def test_a_try_that_was_blanked_since_leaves_what_the_author_wrote(bank) -> None:
    blanked = ladder.read_try("", "{}", None)
    assert ladder.order(bank["add-up"], blanked) == ladder.BEFORE


@given(source=st.text(max_size=200), line=st.none() | st.integers(1, 50), value=st.text(max_size=3_000))
def test_any_code_and_any_value_leave_a_hint_that_fits(source: str, line: int | None, value: str) -> None:
    case = {**CASE, "input": value, "got": value, "expected": value}
    challenge = type("Entry", (), {"entry": "add_up"})()
    text = ladder.place(challenge, tried(source, case, line=line))  # type: ignore[arg-type]
    assert text
    assert len(text) < PHONE


def test_after_a_solution_comes_another_challenge_with_its_idea(shipped_bank, shipped_track) -> None:
    sections = tuple(section.slug for section in shipped_track.sections)
    for challenge in shipped_bank.values():
        other = similar(challenge, shipped_bank, sections, ())
        assert other is not None
        assert other.slug != challenge.slug
        best = max(len({*challenge.concepts} & {*c.concepts}) for c in shipped_bank.values() if c != challenge)
        assert len({*challenge.concepts} & {*other.concepts}) == best
    assert similar(challenge, shipped_bank, sections, set(shipped_bank)) is None
    assert solution_card(challenge, None).actions[0].command == f"quiz {challenge.concepts[0]}"
