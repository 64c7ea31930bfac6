"""`/report`: a learner says that a question is wrong, and hears what came of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.report import _read
from bot.store.insights_reports import WORDS_CHARS
from bot.store.insights_rows import Report

THANKS = (
    "Thank you. Whoever looks after the questions gets this, and you hear here what came of it. Your name is not on it;"
    " your answer and XP stay as they are."
)


async def answered(chat) -> str:
    """Answer the first question of the day and say its id."""
    await chat.say("/daily")
    question = (await chat.questions())[0]
    await chat.say(f"/answer {question.public_id} {chat.wrong(question)}")
    return question.public_id


def line(text: str) -> str:
    """A text without its title's rule and line breaks."""
    return " ".join(text.replace("─", "").split())


async def kept(chat) -> list[tuple[str, str]]:
    """The open reports: reason and words."""
    return [(report.reason, report.words) for report in await chat.store.insights.open_reports()]


async def test_it_offers_reasons_for_the_question_answered_last(chat) -> None:
    short_id = await answered(chat)
    reply = await chat.reply("/report")
    (card,) = reply.cards
    assert card.title == "Report this question?"
    assert card.text.split("\n")[0].startswith(f"{short_id}: ")
    assert [(action.label, action.command) for action in card.actions] == [
        ("Marked answer is wrong", f"report {short_id} key"),
        ("Unclear", f"report {short_id} unclear"),
        ("A typo", f"report {short_id} typo"),
        ("Something else", f"report {short_id} other"),
    ]
    assert await kept(chat) == []


async def test_every_button_makes_a_report_and_the_last_one_pressed_stands(chat) -> None:
    await answered(chat)
    (card,) = (await chat.reply("/report")).cards
    titles = [(await chat.reply(action.command)).cards[0].title for action in card.actions]
    assert titles == ["Reported", *["Your report is changed"] * 3]
    assert await kept(chat) == [("other", "")]


async def test_words_of_ones_own_are_kept_and_quoted_back(chat) -> None:
    short_id = await answered(chat)
    said = line(await chat.say("/report key the mean of 1 and 2\nis *not* 2"))
    assert said.startswith(f"Reported {short_id}: ")
    assert said.endswith(f"Marked answer is wrong: “the mean of 1 and 2 is *not* 2” {THANKS}")
    assert await kept(chat) == [("key", "the mean of 1 and 2\nis *not* 2")]


@pytest.mark.parametrize(
    ("typed", "report"),
    [
        ("typo", ("typo", "")),
        ("Typo: in line 2", ("typo", "in line 2")),
        ("unclear", ("unclear", "")),
        ("what does it mean?", ("other", "what does it mean?")),
        ("other words", ("other", "words")),
        ("typographical", ("other", "typographical")),
    ],
)
async def test_what_is_typed_is_read_as_a_reason_or_as_words(chat, typed: str, report: tuple[str, str]) -> None:
    short_id = await answered(chat)
    await chat.say(f"/report {typed}")
    await chat.say(f"/report {short_id.upper()} {typed}")
    assert await kept(chat) == [report]


async def test_a_question_may_be_named_before_it_is_answered(chat) -> None:
    await chat.say("/daily")
    question = (await chat.questions())[1]
    assert "Reported" in await chat.say(f"/report {question.public_id} unclear")
    (report,) = await chat.store.insights.open_reports()
    assert report.item_id == question.item_id


async def test_without_a_question_there_is_nothing_to_report(chat) -> None:
    assert line(await chat.say("/report typo")).startswith("No question yet Answer a question first;")
    assert await kept(chat) == []


async def test_questions_of_others_and_unknown_ids_are_refused(chat, start) -> None:
    short_id = await answered(chat)
    bob = start("Bob")
    assert "was put to somebody else" in await bob.say(f"/report {short_id} typo")
    assert "There is no question qzzz" in line(await chat.say("/report qzzz typo"))
    assert await kept(chat) == []


async def test_a_delivery_that_comes_twice_is_one_report(chat) -> None:
    await answered(chat)
    for _ in range(2):
        await chat.say("/report typo", key="the same")
    assert await kept(chat) == [("typo", "")]


async def test_who_reported_is_told_once_when_it_is_settled(chat) -> None:
    await answered(chat)
    await chat.say("/report typo")
    (report,) = await chat.store.insights.open_reports()
    await chat.store.insights.resolve(report.item_id, "The question you reported was looked at: it is mended.")
    told = line(await chat.say("/streak"))
    assert told.startswith("Since you were here The question you reported was looked at: it is mended.")
    assert not line(await chat.say("/streak")).startswith("Since you were here")


async def test_nobody_reads_who_reported(chat, start) -> None:
    mallory = start("Mallory")
    await answered(mallory)
    await mallory.say("/report key")
    assert "mallory" not in (await chat.say("/group report")).casefold()
    assert not {"user_id", "name"} & set(Report.__dataclass_fields__)


@settings(max_examples=200, deadline=None)
@given(said=st.text(max_size=2 * WORDS_CHARS))
def test_any_text_is_a_reason_words_or_nothing(said: str) -> None:
    reason, words = _read(said)
    assert (reason is None) == (not said.strip())
    assert len(words) <= WORDS_CHARS
