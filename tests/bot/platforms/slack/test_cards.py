"""Every card, with the worst in it, is something Slack takes, says everything, and calls nobody."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from bot import cards
from bot.cards import Action, Card, Choice, FeedbackCard, HelpCard, Input, Markdown, NoticeCard, QuestionCard
from bot.platforms.plain import UNSAFE, clean, render
from bot.platforms.slack.blocks import texts
from bot.platforms.slack.forms import Origin, code_form, question_form, setting_form
from bot.platforms.slack.home import home, menu
from bot.platforms.slack.messages import Message, messages
from tests.bot.platforms.slack.worst import HOSTILE, WORST, question
from tests.fakes import slack_rules, slack_schema

needs_schema = pytest.mark.skipif(not slack_schema.available(), reason="the published shapes are not beside the checkout")
ORIGIN = Origin("T1", "U1", "Ada", channel="C1", url="https://hooks.slack.com/commands/" + "x" * 120, trigger="1.2.3")
NOT_SHOWN = {"command", "slug", "public_id", "name", "verdict", "source", "tone", "input", "png", "letter", "line", "score", "value"}
MARKS = re.compile(r"^```\w*$|\*\*|`+|^\s*(?:[-*]|\d{1,3}[.)]) +", re.MULTILINE)


def faults(payload: dict[str, Any], surface: str) -> list[str]:
    """What Slack would find wrong with something."""
    return slack_schema.faults(payload, surface) + slack_rules.faults(payload, surface)


def payload(message: Message) -> dict[str, Any]:
    """A message as it is sent."""
    return {"text": message.text, "blocks": list(message.blocks)}


def test_there_is_a_worst_case_of_every_card() -> None:
    assert {type(card) for card in WORST.values()} == set(typing.get_args(cards.Card))


@needs_schema
@pytest.mark.parametrize("name", WORST)
def test_slack_takes_every_card(name: str) -> None:
    found = [fault for message in messages((WORST[name],)) for fault in faults(payload(message), "message")]
    assert found == []


def test_the_rules_do_find_faults() -> None:
    """The control: the same check refuses what is wrong."""
    assert faults({"text": "x", "blocks": [{"type": "actions", "elements": []}]}, "message") != []


def told(card: Any, name: str = "") -> Iterator[str]:
    """Every text that a card is to show."""
    if is_dataclass(card):
        for field in fields(card):
            if field.name not in NOT_SHOWN or (field.name == "name" and not isinstance(card, cards.PictureCard)):
                yield from told(getattr(card, field.name), field.name)
    elif isinstance(card, tuple):
        for one in card:
            yield from told(one, name)
    elif isinstance(card, str) and not isinstance(card, cards.DayMark):
        yield card.removeprefix("/")  # a command is typed with ours in front of it


def squashed(text: str) -> str:
    """Text without spaces and marks of emphasis, which are drawn, not written."""
    return re.sub(r"\s+", "", MARKS.sub("", text))


@pytest.mark.parametrize("name", WORST)
def test_no_text_of_a_card_is_lost(name: str) -> None:
    card = WORST[name]
    whole = squashed("".join(text for message in messages((card,)) for text in texts(list(message.blocks))))
    by_ai = isinstance(card, cards.ExplanationCard) and card.by_ai
    lines = [squashed(line) for text in told(card) for line in clean(text).split("\n")]
    assert [line[:80] for line in lines if line not in whole and not by_ai] == []


@pytest.mark.parametrize("name", WORST)
def test_a_fallback_is_words_that_call_nobody(name: str) -> None:
    for message in messages((WORST[name],)):
        assert message.text
        assert len(message.text) <= 40_000
        assert not set("<>") & set(message.text)
        assert not UNSAFE.search(message.text)


def markup(blocks: object) -> Iterator[dict[str, Any]]:
    """Everything in blocks in which Slack reads marks: markup, links and mentions."""
    if isinstance(blocks, dict):
        if blocks.get("type") in ("mrkdwn", "markdown", "link", "user", "usergroup", "broadcast", "channel"):
            yield blocks
        for value in blocks.values():
            yield from markup(value)
    elif isinstance(blocks, list | tuple):
        for one in blocks:
            yield from markup(one)


@pytest.mark.parametrize("name", WORST)
def test_slack_reads_nothing_into_what_a_learner_wrote(name: str) -> None:
    sent = [block for message in messages((WORST[name],)) for block in message.blocks]
    assert list(markup(sent)) == []
    assert not [text for text in texts(sent) if UNSAFE.search(text)]


@needs_schema
@pytest.mark.parametrize("kind", Input)
@pytest.mark.parametrize("many", [2, 11, 101])
def test_slack_takes_every_form_of_a_question(kind: Input, many: int) -> None:
    for long in (True, False):
        assert faults(question_form(question(kind, many=many, long=long), ORIGIN), "modal") == []


@needs_schema
def test_slack_takes_the_form_for_code_short_long_and_none() -> None:
    card = WORST["challenge"]
    assert isinstance(card, cards.ChallengeCard)
    for starter, draft in (("x = 1", ""), (card.starter, card.draft), ("", ""), ("x = 1", "y" * 3_001)):
        assert faults(code_form(replace(card, starter=starter, draft=draft), ORIGIN), "modal") == []


@needs_schema
def test_slack_takes_the_form_for_a_setting_and_the_home_tab_and_the_menu() -> None:
    assert faults(setting_form("settings zone", "Zone " * 20, "Europe/Paris", ORIGIN), "modal") == []
    assert faults(home(tuple(WORST.values())), "home") == []
    assert faults({"text": "menu", "blocks": menu()}, "message") == []


def actions_of(card: Card) -> list[dict[str, Any]]:
    """The controls of a card."""
    blocks = [block for message in messages((card,)) for block in message.blocks]
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def test_a_choice_is_a_button_whose_press_is_the_command() -> None:
    found = actions_of(question(Input.CHOICE, long=False))
    assert [(one["text"]["text"], one["action_id"], one["value"]) for one in found] == [
        (letter, f"answer:q7f3:{letter}", f"answer q7f3 {letter}") for letter in "ABCD"
    ]


def test_choices_are_boxes_to_tick_and_a_menu_when_there_are_more_than_boxes_allow() -> None:
    few, many = actions_of(question(Input.CHOICES, many=10)), actions_of(question(Input.CHOICES, many=11))
    assert [[one["type"] for one in some] for some in (few, many)] == [["checkboxes", "button"], ["multi_static_select", "button"]]


def test_a_button_too_long_for_its_label_says_all_of_it_above() -> None:
    label = "A label that is far longer than the seventy-five characters that fit on a button in Slack"
    message, = messages((NoticeCard(title="T", text="x", actions=(Action(label, "help"),)),))
    shown = list(texts(list(message.blocks)))
    assert f"{label}: /learn help" in shown
    assert shown[-1].endswith("…")


def test_text_is_rich_and_keeps_what_looks_like_marks_as_it_is() -> None:
    message, = messages((NoticeCard(title="Said", text=HOSTILE),))
    assert [block["type"] for block in message.blocks] == ["header", "rich_text"]
    assert list(texts(list(message.blocks))) == ["Said", clean(HOSTILE)]


def test_markdown_of_ours_is_drawn() -> None:
    card = QuestionCard(
        public_id="q1", label="L", topic="T", prompt=Markdown("Some **bold** and `code`:\n- a\n- b\n\n```\nx = 1\n```"),
        input=Input.TEXT, expects="A word.",
    )  # fmt: skip
    elements = [block["elements"] for block in messages((card,))[0].blocks if block["type"] == "rich_text"]
    assert elements == [
        [{"type": "rich_text_section", "elements": [
            {"type": "text", "text": "Some "}, {"type": "text", "text": "bold", "style": {"bold": True}},
            {"type": "text", "text": " and "}, {"type": "text", "text": "code", "style": {"code": True}}, {"type": "text", "text": ":"},
        ]}],
        [{"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": letter}]} for letter in "ab"
        ]}],
        [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]}],
    ]  # fmt: skip


def test_a_short_card_speaks_as_the_plain_renderer_does() -> None:
    card = FeedbackCard(
        headline="Correct", correct=True, score=1, chosen="A < B", right=Markdown(""), feedback=Markdown("Yes."), explanation=Markdown("It is.")
    )
    assert messages((card,))[0].text == render(card).replace("<", "&lt;")


def test_a_board_is_a_table_and_two_tables_are_two_messages() -> None:
    sent = messages((WORST["leaderboard"],))
    tables = [[block["type"] for block in message.blocks].count("table") for message in sent]
    assert max(tables) == 1
    assert sum(tables) == len(sent) == 4


def test_help_names_commands_as_they_are_typed_here() -> None:
    message, = messages((HelpCard(title="H", rows=(("/daily", "today’s five"), ("/quiz [topic]", ""))),))
    shown = "".join(texts(list(message.blocks)))
    assert "/learn daily: today’s five" in shown
    assert "/learn quiz [topic]" in shown


def test_an_option_is_shown_whole_in_the_form_that_shortens_it() -> None:
    card = QuestionCard(
        public_id="q1", label="L", topic="T", prompt=Markdown("P"), input=Input.MATCH, expects="E",
        choices=(Choice("A", Markdown("word " * 30 + "end")),), lefts=(Markdown("left"),),
    )  # fmt: skip
    assert any(text.endswith("end") for text in texts(question_form(card, ORIGIN)["blocks"]))
