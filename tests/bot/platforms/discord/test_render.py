"""Every card with the worst content there is: Discord takes it, and no word of it is lost."""

from __future__ import annotations

import re
import typing
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

import pytest

from bot import cards
from bot.cards import (
    Action,
    Bar,
    BoardLine,
    CaseLine,
    ChallengeCard,
    Choice,
    DayMark,
    ExplanationCard,
    FeedbackCard,
    Field,
    FileCard,
    FormCard,
    HelpCard,
    Input,
    LeaderboardCard,
    Markdown,
    NoticeCard,
    PictureCard,
    ProgressCard,
    QuestionCard,
    RunCard,
    StreakCard,
    TrackCard,
    TrackSection,
    VerdictCard,
)
from bot.platforms.discord.escape import BREAK
from bot.platforms.discord.ids import read_control
from bot.platforms.discord.parts import Message, controls
from bot.platforms.discord.render import render


def words(prefix: str, count: int) -> str:
    return " ".join(f"{prefix}{n}" for n in range(count))


def example(say: typing.Callable[[str], str]) -> tuple[cards.Card, ...]:
    """One of every card, with `say` as every text that may be any length."""
    md: typing.Callable[[str], Markdown] = lambda name: Markdown(say(name))  # noqa: E731 - a wrapper for one use
    actions = (Action(say("do"), "daily", primary=True), Action(say("or"), "settings path x"))
    case = CaseLine(
        name=say("case"), passed=False, outcome=say("outcome"), given=say("given"), expected=say("expected"), got=say("got"),
        message=say("message"), printed=say("printed"),
    )  # fmt: skip
    question = QuestionCard(
        public_id="q7f3", label=say("label"), topic=say("topic"), prompt=md("prompt"), input=Input.CHOICE, expects=say("expects"),
        code=say("code"), choices=(Choice("A", md("choicea")), Choice("B", md("choiceb"))), lefts=(md("left"),), blanks=1,
    )  # fmt: skip
    return (
        question,
        *(replace(question, input=kind) for kind in Input if kind is not Input.CHOICE),
        FeedbackCard(
            headline=say("head"), correct=False, score=0.5, chosen=say("chosen"), right=md("right"), feedback=md("feedback"),
            explanation=md("explanation"), gains=say("gains"), actions=actions,
        ),
        ChallengeCard(
            slug="ridge", title=say("title"), level="easy", minutes=9, topic=say("topic"), statement=md("statement"),
            starter=say("starter"), status=say("status"), libraries=say("libraries"), actions=actions,
        ),
        VerdictCard(
            slug="ridge", title=say("title"), verdict="wrong", headline=say("head"), cases=(case,) * 3, hidden=say("hidden"),
            detail=say("detail"), footer=say("footer"), gains=say("gains"), actions=actions,
        ),
        RunCard(headline=say("head"), ok=False, printed=say("printed"), detail=say("detail"), footer=say("footer"), actions=actions),
        ExplanationCard(
            title=say("title"), text=say("text"), source=say("source"), specific=True, code_line=say("line"), line=3, actions=actions,
        ),
        LeaderboardCard(
            title=say("title"), period=say("period"), lines=tuple(BoardLine(rank=n, name=say(f"name{n}x"), xp=n, me=n == 3) for n in range(1, 12)),
            note=say("note"), actions=actions,
        ),
        StreakCard(current=3, best=7, freezes=2, today_done=True, headline=say("head"), days=((date(2026, 1, 1), DayMark.DONE),)),
        ProgressCard(title=say("title"), summary=say("summary"), bars=(Bar(label=say("bar"), done=1, total=4), Bar(label="Nets", done=0, total=0)), actions=actions),
        TrackCard(
            title=say("title"), summary=md("summary"), sections=(TrackSection(title=say("section"), questions=9, answered=4, challenges=1, here=True),),
            paths=((say("path"), say("about")),), projects=(("beginner", (say("project"), "Digits")),), path=say("mine"), actions=actions,
        ),
        FormCard(title=say("title"), fields=(
            Field(say("label"), "settings zone", say("value"), say("help"), ("UTC", "Europe/Paris")),
            Field(say("label"), "settings name", say("value"), say("help")),
            Field("Long", "settings long", "x", "h", (say("choice"), "short")),
        )),
        HelpCard(title=say("title"), rows=(("/daily", say("daily")), ("/help", say("helping"))), text=md("about")),
        NoticeCard(title=say("title"), text=say("text"), actions=actions),
        PictureCard(name="x.png", png=b"PNG", alt=say("alt")),
        FileCard(name="x.json", content=b"{}", note=say("note")),
    )  # fmt: skip


LENGTHS = {
    "short": example(lambda name: f"{name} words"),
    "long": example(lambda name: words(name, 90)),
    "huge": example(lambda name: words(name, 1700)),
    "lines": example(lambda name: "\n".join(f"{name}{n} x" for n in range(250))),
    "hostile": example(lambda name: f"```@everyone <@1> https://e.x [{name}](http://y) \x1b[1m\u202e{name}``` ||`|| # {name}\n# x\n-# y"),
    "code": example(lambda name: f"{name}:\n\n    for x in y:\n        {name}1\n\n```python\nimport {name}2\n```\nend {name}"),
    "wide": example(lambda name: name + "🔥" * 3000),
    "marks": example(lambda name: name + "\\*_`" * 1500),
}  # fmt: skip
MANY = NoticeCard(
    title="Challenges", text="",
    actions=tuple(Action(f"Challenge {n} (10 min)", f"challenge number-{n}") for n in range(117)),
)  # fmt: skip
# What a message shows by other means: ids, colours, files.
BY_OTHER_MEANS = {
    "input", "blanks", "unit", "verdict", "slug", "tone", "png", "specific", "days", "passed", "here", "primary", "today_done",
    "me", "sample", "by_ai", "formative", "score", "correct", "current", "draft", "name", "command", "minutes",
}  # fmt: skip


def words_of(value: Any) -> set[str]:
    """Every word of every text in a card."""
    if isinstance(value, Enum | bytes | bool | date) or value is None:
        return set()
    if isinstance(value, str | int | float):
        return set(re.findall(r"[^\W_]+", str(value).replace("\u202e", "")))
    if is_dataclass(value):
        kept = [getattr(value, f.name) for f in fields(value) if f.name not in BY_OTHER_MEANS]
        return set().union(*map(words_of, kept))
    return set().union(*map(words_of, value)) if value else set()


def everything(messages: tuple[Message, ...]) -> str:
    """All that a reader can see or open."""
    said: list[str] = []

    def walk(value: Any, key: str = "") -> None:
        if isinstance(value, dict):
            for inner, what in value.items():
                walk(what, inner)
        elif isinstance(value, list | tuple):
            for what in value:
                walk(what, key)
        elif isinstance(value, str) and key in ("content", "label", "description", "placeholder"):
            said.append(value)

    for message in messages:
        walk(message.components)
        said.extend(file.content.decode() for file in message.files if not file.name.endswith(".png"))
    return " ".join(said).replace(BREAK, "")


@pytest.mark.parametrize(("content", "card"), [
    pytest.param(content, card, id=f"{content}-{type(card).__name__}-{n}")
    for content, some in LENGTHS.items()
    for n, card in enumerate(some)
    if content in ("short", "hostile") or not isinstance(card, QuestionCard) or card.input is Input.BUG
])  # fmt: skip
def test_discord_takes_every_card_and_no_word_is_lost(content: str, card: cards.Card, refused) -> None:
    messages = render((card,))
    assert [fault for message in messages for fault in refused(message)] == []
    if content not in ("wide", "marks"):  # their one word is cut where a message ends
        seen = {word.casefold() for word in re.findall(r"[^\W_]+", everything(messages))}
        assert {word for word in words_of(card) if word.casefold() not in seen} == set()


def test_every_card_there_is_has_an_example_here() -> None:
    assert {type(card) for card in LENGTHS["short"]} == set(typing.get_args(cards.Card))


@pytest.mark.parametrize("content", ["wide", "marks"])
def test_a_word_longer_than_a_message_is_cut_between_messages_and_kept(content: str) -> None:
    card = LENGTHS[content][-3]
    assert isinstance(card, NoticeCard)
    mark = "🔥" if content == "wide" else "*"
    assert everything(render((card,))).count(mark) >= card.text.count(mark) + card.title.count(mark)


def test_all_cards_at_once_go_into_several_messages(refused) -> None:
    messages = render(LENGTHS["long"])
    assert [fault for message in messages for fault in refused(message)] == []
    assert len(messages) > 3


def test_a_long_list_of_actions_becomes_menus(refused) -> None:
    (message,) = render((MANY,))
    menus = list(controls(message.components))
    assert (refused(message), [len(menu["options"]) for menu in menus]) == ([], [25, 25, 25, 25, 17])
    assert {o["value"] for menu in menus for o in menu["options"]} == {a.command for a in MANY.actions}


def test_a_command_too_long_for_a_button_is_told_in_words(refused) -> None:
    action = Action("It is my answer", "answer " + "ä" * 60)
    (message,) = render((NoticeCard(title="Hm", text="", actions=(action, Action("Help", "help"))),))
    assert (refused(message), [read_control(c["custom_id"]).rest for c in controls(message.components)]) == (
        [],
        ["help"],
    )
    assert "/answer " + "ä" * 60 in everything((message,))


def test_what_is_worth_showing_around_can_be_shared() -> None:
    streak = next(card for card in LENGTHS["short"] if isinstance(card, StreakCard))
    notice = LENGTHS["short"][-3]
    shared = [
        [c["label"] for m in render((card,), "streak") for c in controls(m.components)] for card in (streak, notice)
    ]
    assert shared == [["Share"], ["do words", "or words"]]


def test_rules_that_the_tests_hold_messages_to_do_find_faults(refused) -> None:
    text, button = {"type": 10, "content": "x" * 2001}, {"type": 2, "style": 1, "label": "x", "custom_id": "a"}
    found = [
        refused(Message(({"type": 17, "components": [text, text]},))),
        refused(Message(({"type": 1, "components": [button, button]},))),
        refused(Message(())),
    ]
    assert [faults[-1:] for faults in found] == [["more than 4000 characters"], ["an id twice"], ["no component"]]
