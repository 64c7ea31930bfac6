"""Saying how sure one is: asked for when wished, typed by anybody, kept with the answer, shown after ten of them."""

from __future__ import annotations

import pytest

from bot.cards import PictureCard
from bot.commands.answer import said_sure
from bot.platforms.plain import render
from quizzes.items import Kind
from quizzes.present import present

ASKED = """\
── How sure are you? ────────────────────────
Your answer: A
Next:
  /answer qkgv A ~35  A guess
  /answer qkgv A ~70  Fairly sure
  /answer qkgv A ~95  Sure"""
CORRECT = """\
── ✓ Correct (+4 XP) ────────────────────────
You said: A: An honest score
Rows that fitting never saw tell how the model does on new ones.
Next:
  /daily  Next question (4 left)"""


async def test_who_wishes_it_is_asked_before_an_answer_counts(chat) -> None:
    on = "Before an answer counts, I ask how sure you are. /progress shows how well that fits,\nfrom ten answers on."
    assert await chat.say("/settings confidence on") == f"── Saved ────────────────────────────────────\n{on}"
    await chat.say("/daily")
    chat.clock.forward(seconds=30)
    await chat.verify(("A", ASKED), ("/answer qkgv A ~70", CORRECT))
    found = await chat.store.learning.calibration(await chat.user_id())
    assert [(b.said, b.right, b.count) for b in found.bins] == [(0.7, 1.0, 1)]


async def test_whoever_is_asked_may_still_change_their_mind(chat) -> None:
    await chat.say("/settings confidence on")
    await chat.say("/daily")
    assert (await chat.say("C")).startswith("── How sure are you?")
    assert await chat.say("A") == ASKED
    assert await chat.say("A ~95") == CORRECT


async def test_anybody_may_say_it_without_being_asked(chat) -> None:
    await chat.say("/daily")
    assert await chat.say("A ~70%") == CORRECT
    (attempt,) = await chat.store.attempts(await chat.user_id())
    found = await chat.store.learning.calibration(await chat.user_id())
    assert (attempt.answer_text, found.answers) == ("A", 1)


async def test_a_right_guess_comes_back_sooner_than_something_known(start) -> None:
    due = {}
    for name, sure in (("Ada", 95), ("Bob", 35)):
        chat = start(name)
        await chat.say("/daily")
        question = (await chat.questions())[0]
        await chat.say(f"/answer {question.public_id} {chat.right(question)} ~{sure}")
        learned = await chat.store.learning.learned(await chat.user_id())
        due[name] = learned.memories[chat.item(question).concept].due_day
    assert due["Bob"] < due["Ada"]


async def test_what_is_not_marked_or_fits_no_button_is_not_asked_about(start, track) -> None:
    chat = start()
    await chat.say("/settings confidence on")
    said = {}
    for topic in ("scores", "sums", "sums", "sums"):
        await chat.say(f"/quiz {topic}")
        question = (await chat.questions())[-1]
        item = chat.item(question)
        answer = "because " * 30 if item.kind in (Kind.SHORT, Kind.OUTPUT) else chat.right(question)
        said[item.kind] = (await chat.say(f"/answer {question.public_id} {answer}")).startswith("── How sure")
    assert said == {Kind.SHORT: False, Kind.OUTPUT: False, Kind.NUMERIC: True, Kind.FILL: True}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("B ~70", ("B", 70)),
        ("B ~ 70 %", ("B", 70)),
        ("A C ~5", ("A C", 5)),
        ("B ~100", ("B", 100)),
        ("B ~999", ("B", 100)),
        ("~70", ("~70", None)),
        (" ~70", (" ~70", None)),
        ("B~70", ("B~70", None)),
        ("B ~7000", ("B ~7000", None)),
        ("B ~x", ("B ~x", None)),
        ("B ~٧", ("B ~٧", None)),
        ("", ("", None)),
    ],
)
def test_a_number_behind_a_tilde_is_how_sure_one_is(track, text: str, found: tuple[str, int | None]) -> None:
    item = track.item("held-out-single")
    assert said_sure(item, present(item, 7), text) == found


def test_in_free_text_it_is_part_of_what_is_said(track) -> None:
    item = track.item("scores-short")
    assert said_sure(item, present(item, 7), "it falls to ~70") == ("it falls to ~70", None)


async def test_progress_shows_it_from_ten_answers_on(start, shipped_track) -> None:
    chat = start(track=shipped_track, challenges={})
    answered, shown = 0, {}
    while answered < 10:
        await chat.say("/quiz")
        question = (await chat.questions())[-1]
        if chat.item(question).kind is not Kind.SHORT:
            await chat.say(f"/answer {question.public_id} {chat.right(question)} ~60")
            answered += 1
        if answered == 9:
            shown[answered] = "How well you judge yourself" in await chat.say("/progress")
    assert shown == {9: False}
    cards = (await chat.reply("/progress")).cards
    said = " ".join("\n".join(map(render, cards)).split())
    assert "you were 60% sure on average, and 100% were right. You know more than you think." in said
    assert "Brier score 0.16: 0 is perfect, 0.25 is tossing a coin." in said
    assert [card.name for card in cards if isinstance(card, PictureCard)] == [
        "progress.png", "mastery.png", "calibration.png",
    ]  # fmt: skip
