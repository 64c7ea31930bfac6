"""Votes, questions and given-up challenges as they are kept: one each, changeable, and they change hands with their learner."""

from __future__ import annotations

from datetime import date

import pytest

from bot.messages import Place
from bot.store.tutor_votes import QUESTION_CHARS, Tally, Turn
from tests.bot.store.lives import Life, link

DAY = date(2026, 11, 23)
WRONG = "def add_up(numbers):\n    return sum(numbers[:-1])\n"
RIGHT = "def add_up(numbers):\n    return sum(numbers)\n"
ALONE = Place("discord", "dm:mia2", "")


async def test_a_vote_and_a_question_are_the_learners_whoever_they_became(start) -> None:
    chat = start()
    await chat.say(f"/submit add-up\n{WRONG}")
    (attempt,) = await chat.store.attempts(await chat.user_id())
    await chat.store.voices.add_turn(attempt.id, Turn("why?", "because"), "k1")
    await chat.say("/vote yes")
    there = await link(Life(chat, set()), "discord", "mia2", ALONE)
    assert (await there.say(f"/vote no {attempt.id}")).startswith("── Noted")
    assert (await there.say(f"/vote yes {attempt.id} ai")).startswith("── Thank you")
    assert await chat.store.voices.votes_summary() == [Tally("ai", 1, 0), Tally("known", 0, 1)]
    assert await chat.store.rebuild_check() == []


async def test_what_was_given_up_stays_so_when_accounts_become_one(start) -> None:
    chat = start()
    await chat.say("/hint solution add-up yes")
    there = await link(Life(chat, set()), "discord", "mia2", ALONE)
    assert "+0 XP" not in (passed := await there.say(f"/submit add-up\n{RIGHT}"))
    assert "(no new XP: passed or seen before, streak 1)" in passed
    assert await chat.store.rebuild_check() == []


async def test_turns_come_in_their_order_once_each_and_not_too_long(start) -> None:
    chat = start()
    await chat.say(f"/submit add-up\n{WRONG}")
    (attempt,) = await chat.store.attempts(await chat.user_id())
    voices = chat.store.voices
    for key, question in (("a", "first"), ("b", "x" * 5_000), ("a", "again")):
        await voices.add_turn(attempt.id, Turn(question, "yes"), key)
    assert await voices.turns(attempt.id) == [Turn("first", "yes"), Turn("x" * QUESTION_CHARS, "yes")]
    assert await voices.turn_by_key(attempt.id, "a") == Turn("first", "yes")
    assert await voices.turn_by_key(attempt.id, "c") is None


@pytest.mark.parametrize("by_ai", [False, True])
async def test_there_is_no_vote_on_what_nobody_said(start, by_ai: bool) -> None:
    chat = start()
    await chat.say(f"/submit add-up\n{RIGHT}")
    me = await chat.user_id()
    (attempt,) = await chat.store.attempts(me)
    assert not await chat.store.voices.vote(me, attempt.id, by_ai=by_ai, helpful=True)


async def test_rungs_are_taken_in_the_order_asked_for_and_a_repeat_takes_none(start) -> None:
    chat = start()
    await chat.say("/challenge list")
    me, hints = await chat.user_id(), chat.store.hints
    got = [await hints.take(me, "s", (4, 1), key) for key in ("a", "b", "a", "c")]
    assert [(taken.new, taken.rungs) for taken in got] == [(4, (4,)), (1, (1, 4)), (4, (1, 4)), (0, (1, 4))]
    await hints.give_up(me, "s")
    await hints.give_up(me, "s")
    assert (await hints.gave_up(me, "s"), await hints.gave_up(me, "t")) == (True, False)
    assert await hints.taken(me, "s") == (1, 4)


async def test_an_erased_learner_leaves_no_vote_and_no_question(start) -> None:
    chat = start()
    await chat.say(f"/submit add-up\n{WRONG}")
    me = await chat.user_id()
    (attempt,) = await chat.store.attempts(me)
    await chat.store.voices.add_turn(attempt.id, Turn("why?", "because"), "k1")
    await chat.say("/vote yes")
    await chat.store.privacy.erase(me)
    assert (await chat.store.voices.votes_summary(), await chat.store.voices.turns(attempt.id)) == ([], [])
