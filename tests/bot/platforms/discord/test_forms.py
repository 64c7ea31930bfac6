"""Every kind of question has a form that Discord takes, and what is filled in is what one would have typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cards import ChallengeCard, Choice, Field, Input, Markdown, QuestionCard
from bot.platforms.discord.forms import answer_text, code_form, filled_in, question_form, value_form

LONG = "a rather long text that goes on " * 8
CHOICES = tuple(Choice(letter, Markdown(f"`{letter}` {LONG}")) for letter in "ABCD")
QUESTION = QuestionCard(
    public_id="q7f3", label="Question 1 of 5", topic=LONG, prompt=Markdown("Why?"), input=Input.CHOICE, expects=LONG, code="x = 1\ny = 2\n",
    choices=CHOICES, lefts=(Markdown(LONG), Markdown("two")), blanks=2, unit="tokens",
)  # fmt: skip


def faults(form: dict[str, Any], schema: Any) -> list[str]:
    """Everything that Discord would refuse."""
    tops = len(form["components"])
    return schema("ModalInteractionCallbackRequestData", form) + ([] if 1 <= tops <= 5 else [f"{tops} components"])


@pytest.mark.parametrize("kind", Input)
@pytest.mark.parametrize("many", [1, 2, 4, 12, 30])
def test_discord_takes_the_form_of_every_question(kind: Input, many: int, schema) -> None:
    choices = tuple(Choice(chr(65 + n), Markdown(LONG)) for n in range(many))
    card = replace(
        QUESTION, input=kind, choices=choices, lefts=(Markdown(LONG),) * many, blanks=many, code="x\n" * many
    )
    assert faults(question_form(card, 10**19), schema) == []


def fill(form: dict[str, Any], **values: Any) -> list[dict[str, Any]]:
    """What Discord sends of a filled-in form."""
    sent = []
    for part in form["components"]:
        inner = part.get("component")
        if inner is None:
            sent.append({"type": 10, "id": 1})
            continue
        value = values[inner["custom_id"].replace("1", "one").replace("2", "two")]
        held = {"values": value} if isinstance(value, list) else {"value": value}
        sent.append(
            {"type": 18, "id": 2, "component": {"type": inner["type"], "custom_id": inner["custom_id"], **held}}
        )
    return sent


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        (Input.CHOICE, {"choice": "B"}, "B"),
        (Input.CHOICES, {"choice": ["A", "C"]}, "A C"),
        (Input.NUMBER, {"text": " 0.25 "}, "0.25"),
        (Input.TEXT, {"text": "[1, 2]"}, "[1, 2]"),
        (Input.LINES, {"blankone": "x = 1", "blanktwo": " y"}, "x = 1\n y"),
        (Input.ORDER, {"text": "B A"}, "B A"),
        (Input.MATCH, {"one": ["C"], "two": ["A"]}, "1C 2A"),
        (Input.BUG, {"line": ["2"], "choice": "D"}, "2 D"),
        (Input.ESSAY, {"text": "Because\nit is."}, "Because\nit is."),
    ],
)
def test_a_filled_in_form_is_what_one_would_type(kind: Input, values: dict[str, Any], text: str) -> None:
    form = question_form(replace(QUESTION, input=kind), 7)
    assert (form["custom_id"], answer_text(list(filled_in(fill(form, **values))))) == ("form|7|answer q7f3", text)


def test_the_editor_begins_with_the_learners_code_as_far_as_it_fits(schema) -> None:
    card = ChallengeCard(
        slug="ridge", title=LONG, level="easy", minutes=9, topic="t", statement=Markdown("s"), starter="def f():\n    pass\n",
    )  # fmt: skip
    forms = [code_form(replace(card, draft=draft), 7) for draft in ("", "x = 1", "x" * 4001)]
    assert [faults(form, schema) for form in forms] == [[], [], []]
    assert [form["components"][0]["component"].get("value") for form in forms] == [
        "def f():\n    pass\n",
        "x = 1",
        None,
    ]


def test_a_setting_opens_with_its_value(schema) -> None:
    form = value_form(Field(LONG, "settings name", "Ada", LONG), 7)
    assert (faults(form, schema), form["components"][0]["component"]["value"], form["custom_id"]) == (
        [],
        "Ada",
        "form|7|settings name",
    )
