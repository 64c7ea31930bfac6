"""Turns a stored question and its item into the card a learner answers.

Pure: no store, no clock. The seed stored with the question fixes numbers and order for good.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Choice, Input, Markdown, QuestionCard
from bot.services import Context
from bot.store import Question
from bot.topics import section_title
from quizzes.items import Item, Kind, Track
from quizzes.present import Posed, present

INPUTS = {
    Kind.SINGLE: Input.CHOICE,
    Kind.MULTI: Input.CHOICES,
    Kind.NUMERIC: Input.NUMBER,
    Kind.OUTPUT: Input.TEXT,
    Kind.FILL: Input.LINES,
    Kind.ORDER: Input.ORDER,
    Kind.MATCH: Input.MATCH,
    Kind.BUG: Input.BUG,
    Kind.SHORT: Input.ESSAY,
}


def posed(question: Question, item: Item) -> Posed:
    """The item exactly as this question showed it."""
    return present(item, int(question.seed))


def question_card(context: Context, question: Question, item: Item, label: str) -> QuestionCard:
    """The card for one question."""
    card = shown_card(context.services.track, item, posed(question, item))
    return replace(card, public_id=question.public_id, label=label)


def shown_card(track: Track, item: Item, shown: Posed) -> QuestionCard:
    """The card for an item as it is shown, without whose question it is."""
    return QuestionCard(
        public_id="",
        label="",
        topic=section_title(track, item.section),
        prompt=Markdown(shown.prompt),
        input=INPUTS[item.kind],
        expects=shown.expects,
        code=shown.code,
        choices=tuple(Choice(line.label, Markdown(line.text)) for line in shown.options or shown.steps or shown.rights),
        lefts=tuple(Markdown(left.text) for left in shown.lefts),
        blanks=shown.blanks,
        unit=shown.unit,
    )
