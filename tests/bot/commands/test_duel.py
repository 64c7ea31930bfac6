"""`/duel`: two learners, the same three questions in twins, a result for the two of them alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bot.cards import FeedbackCard, NoticeCard, QuestionCard
from bot.messages import Place
from quizzes.items import Kind

Start = Callable[..., Any]


async def play(chat: Any, *, right: int, seconds: float = 20) -> list[FeedbackCard]:
    """Answer the three questions of a duel, the first ones right."""
    feedback = []
    for number in range(3):
        card = next(card for card in (await chat.reply("/duel")).cards if isinstance(card, QuestionCard))
        assert card.label == f"Duel: question {number + 1} of 3"
        question = await chat.store.question(card.public_id)
        chat.clock.forward(seconds=seconds)
        answer = chat.right(question) if number < right else chat.wrong(question)
        (shown,) = (await chat.reply(f"/answer {card.public_id} {answer}")).cards
        assert isinstance(shown, FeedbackCard)
        feedback.append(shown)
    return feedback


async def begin(start: Start, track: Any = None) -> tuple[Any, Any]:
    """Mia challenges the group, and Ben takes it up."""
    more = {"track": track} if track else {}
    mia, ben = start("Mia", **more), start("Ben", **more)
    await mia.say("/duel open")
    assert "Mia challenges this group." in await ben.say("/duel")
    assert (await ben.say("/duel accept 1")).startswith("── The duel is on")
    return mia, ben


async def test_a_duel_from_challenge_to_result(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben")
    await mia.verify(
        (
            "/duel",
            """\
            ── Duels ────────────────────────────────────
            Three questions, the same for both with other numbers and orders. More right wins, then
            less time. You have 48 hours, and only you two learn how it went. Answers pay as
            practice does.
            Next:
              /duel open  Challenge the group
              /duel code  Challenge one person""",
        ),
        (
            "/duel open",
            """\
            ── You challenge “Garden club” ──────────────
            Anyone in this group finds your challenge in /duel, for two days. You are told when
            somebody takes it up. Nothing is posted anywhere.
            Next:
              /duel  Duels""",
        ),
    )
    assert (await mia.say("/duel open")).startswith("── Not now")
    assert "/duel accept 1  Take it up" in await ben.say("/duel")
    assert (await ben.say("/duel accept 1")).startswith("── The duel is on")
    first = await play(mia, right=2)
    assert [card.actions[0].command for card in first] == ["duel", "duel", "duel"]
    assert "your part of the duel is done" in first[-1].gains
    assert "Ben has answered 0 of 3." in await mia.say("/duel")
    last = (await play(ben, right=3))[-1]
    assert last.gains.endswith("you won your duel, 3 to 2")
    await mia.verify(
        (
            "/duel",
            """\
            ── Since you were here ──────────────────────
            Your duel with Ben is over: /duel shows how.
            ── Duels ────────────────────────────────────
            Three questions, the same for both with other numbers and orders. More right wins, then
            less time. You have 48 hours, and only you two learn how it went. Answers pay as
            practice does.
            Your rating: 1470. Your last duels:
            Against Ben: lost, 2 of 3 in 60 s to 3 of 3 in 60 s, rating -30.
            Next:
              /duel open  Challenge the group
              /duel code  Challenge one person""",
        )
    )
    assert "Against Mia: won, 3 of 3 in 60 s to 2 of 3 in 60 s, rating +30." in await ben.say("/duel")
    assert await mia.store.rebuild_check() == []


async def test_time_decides_between_equals(start: Start) -> None:
    mia, ben = await begin(start)
    await play(mia, right=2, seconds=30)
    assert (await play(ben, right=2, seconds=29))[-1].gains.endswith("you won your duel, 2 to 2")


async def test_both_get_twins_of_the_same_items_and_never_a_free_text(start: Start, shipped_track: Any) -> None:
    mia, ben = await begin(start, shipped_track)
    await play(mia, right=1)
    await play(ben, right=1)
    posed = [await one.questions() for one in (mia, ben)]
    assert [q.item_id for q in posed[0]] == [q.item_id for q in posed[1]]
    assert all(a.seed != b.seed for a, b in zip(*posed, strict=True))
    assert Kind.SHORT not in {mia.item(question).kind for question in posed[0]}


async def test_a_code_reaches_somebody_elsewhere(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben", place=Place("local", "kitchen", "Kitchen club"))
    code = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", await mia.say("/duel code"))[0]
    assert (await mia.say(f"/duel {code}")).startswith("── That is your own")
    assert (await ben.say(f"/duel {code}")).startswith("── The duel is on")
    assert (await mia.say("/streak")).splitlines()[1] == "Ben takes up your duel: /duel shows your questions."
    assert "Duel: question 1 of 3" in await mia.say("/duel")


async def test_a_challenge_is_for_its_group_alone(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben", place=Place("local", "kitchen", "Kitchen club"))
    await mia.say("/duel open")
    assert "Mia" not in await ben.say("/duel")
    assert (await ben.say("/duel accept 1")).startswith("── No such duel")


async def test_a_challenge_can_be_taken_back(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben")
    assert (await mia.say("/duel drop")).startswith("── Nothing to take back")
    await mia.say("/duel open")
    assert "Your challenge waits for somebody." in await mia.say("/duel")
    assert (await mia.say("/duel drop")).startswith("── Taken back")
    assert (await ben.say("/duel accept 1")).startswith("── No such duel")


async def test_after_two_days_it_is_over_without_harm(start: Start) -> None:
    mia, ben = await begin(start)
    await play(mia, right=3)
    mia.clock.forward(hours=48)
    assert (await ben.say("/duel")).startswith("── Duels")
    assert "Your rating" not in await mia.say("/duel")


async def test_a_hidden_challenger_has_no_name(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben")
    await mia.say("/settings board off")
    await mia.say("/duel open")
    assert "a hidden member challenges this group." in await ben.say("/duel")
    await ben.say("/duel accept 1")
    await play(mia, right=0)
    await play(ben, right=1)
    assert "Mia" not in await ben.say("/duel")


async def test_what_a_duel_pays_is_what_practice_pays(start: Start) -> None:
    mia, ben = await begin(start)
    await play(mia, right=3)
    before = (await mia.store.progress(await mia.user_id())).xp
    await play(ben, right=0)
    assert 0 < before == (await mia.store.progress(await mia.user_id())).xp  # winning pays nothing


@pytest.mark.parametrize(
    "typed", ["accept", "accept x", "accept 99", "accept 99999999999999999999", "0000-0000", "ben"]
)
async def test_what_does_not_exist_is_explained(chat: Any, typed: str) -> None:
    (card,) = (await chat.reply(f"/duel {typed}")).cards
    assert isinstance(card, NoticeCard)
    assert card.title == "No such duel"


async def test_answering_a_question_of_the_day_says_nothing_of_duels(chat: Any) -> None:
    await chat.say("/daily")
    (question, *_) = await chat.questions()
    (card,) = (await chat.reply(f"/answer {question.public_id} {chat.right(question)}")).cards
    assert isinstance(card, FeedbackCard)
    assert ("duel" in card.gains, card.actions[0].command) == (False, "daily")
