"""What a form holds becomes the text one would have typed, or a request for what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cards import Choice, Input, Markdown, QuestionCard
from bot.platforms.fields import answer_text, missing, read_fields, spoken

CHOICES = tuple(Choice(letter, Markdown(f"the `{letter}` one")) for letter in "ABC")


def card(kind: Input, **more: Any) -> QuestionCard:
    """A question of one kind."""
    return QuestionCard(
        public_id="q1",
        label="Practice",
        topic="t",
        prompt=Markdown("?"),
        input=kind,
        expects="",
        choices=CHOICES,
        **more,
    )


@pytest.mark.parametrize(
    ("question", "fields", "text"),
    [
        (card(Input.CHOICE), [("choice", "B")], "B"),
        (card(Input.CHOICES), [("choice", "C"), ("choice", "A")], "C A"),
        (card(Input.ORDER), [("choice", "B"), ("choice", "C"), ("choice", "A")], "B C A"),
        (card(Input.NUMBER), [("text", " 1/4 ")], "1/4"),
        (card(Input.TEXT), [("text", "[1, 2]")], "[1, 2]"),
        (card(Input.ESSAY), [("text", "two\nlines")], "two\nlines"),
        (card(Input.LINES, blanks=2), [("blank", "x"), ("blank", "y.z()")], "x\ny.z()"),
        (card(Input.LINES, blanks=2), [("blank", "x"), ("blank", " ")], ""),
        (card(Input.MATCH, lefts=(Markdown("l"), Markdown("r"))), [("2", "A"), ("1", "C")], "1C 2A"),
        (card(Input.MATCH, lefts=(Markdown("l"), Markdown("r"))), [("1", "C"), ("2", "")], ""),
        (card(Input.BUG), [("line", "3"), ("choice", "B")], "3 B"),
        (card(Input.BUG), [("line", "3")], ""),
        (card(Input.BUG), [("choice", "B")], ""),
    ],
)
def test_fields_become_the_text_one_would_type(
    question: QuestionCard, fields: list[tuple[str, str]], text: str
) -> None:
    """Every kind of input, and every way to leave something out."""
    assert answer_text(question, fields) == text


@pytest.mark.parametrize("kind", Input)
def test_nothing_filled_in_is_no_answer_and_says_what_to_do(kind: Input) -> None:
    """An empty form sends nothing, and each kind has a sentence for it."""
    question = card(kind, blanks=1, lefts=(Markdown("l"),))
    assert answer_text(question, []) == ""
    assert missing(question).endswith(" first.")


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ([["choice", "B"], ["text", ""]], [("choice", "B"), ("text", "")]),
        ([["choice"], ["a", "b", "c"], ["a", 1], [2, "b"], "ab", None], []),
        ({"choice": "B"}, []),
        (None, []),
    ],
)
def test_only_pairs_of_texts_are_read(sent: object, fields: list[tuple[str, str]]) -> None:
    """What a browser sends is not trusted to have a shape."""
    assert read_fields(sent) == fields


def test_an_option_is_said_with_its_words_and_anything_else_as_sent() -> None:
    """A bubble that says only B would say nothing."""
    assert spoken(card(Input.CHOICE), "B") == "B: the B one"
    assert spoken(card(Input.CHOICE), "Z") == "Z"
    assert spoken(card(Input.CHOICES), "A B") == "A B"
