"""`/placement`: finding where a learner starts, one question at a time, left and taken up again at will."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

OPEN = re.compile(r"\[(q\w+)\]")
INTRO = "── Where do you start? ──────────────────────"
FOUND = "── Where you start ──────────────────────────"


async def take(chat, *, up_to: int, most: int = 20) -> list[str]:
    """Take the test to its end, knowing everything up to a difficulty; return what was said to each answer."""
    said = [await chat.say("/placement")]
    for _ in range(most):
        found = OPEN.search(said[-1])
        if found is None:
            return said
        question = await chat.store.question(found[1])
        chat.clock.forward(seconds=20)
        answer = chat.right(question) if chat.item(question).difficulty <= up_to else "I don't know"
        said.append(await chat.say(f"/answer {question.public_id} {answer}"))
    raise AssertionError("the test never ends")


async def test_one_question_at_a_time_with_a_way_out_of_each(chat) -> None:
    await chat.verify(
        (
            "/placement",
            """\
            ── Where do you start? ──────────────────────
            Ten to fifteen questions, each chosen by how the ones before went. Nothing is scored,
            and “I don’t know” is a fine answer. Leave whenever you like; /placement goes on where
            you stopped.
            ── Question 1 of at most 15 · Measuring ─────
            Complete the mean of x.
                mean = sum(x) / __1__
            [qkgv] Answer with the code that belongs in the blank, such as len(x).
            ── Not sure? ────────────────────────────────
            Saying so tells as much as an answer.
            Next:
              /answer qkgv I don't know  I don’t know""",
        ),
    )
    said = await chat.say("I don't know")
    assert said.splitlines()[:3] == [
        "── Placement ────────────────────────────────",
        "Noted: something to learn.",
        "── Question 2 of at most 15 · Splitting rows",
    ]


async def test_a_test_left_alone_goes_on_days_later_where_it_stopped(chat) -> None:
    await chat.say("/placement")
    before = await chat.say("idk")
    chat.clock.forward(days=3)
    after = await chat.say("/placement")
    assert after.splitlines() == before.splitlines()[2:]
    assert "Question 3 of at most 15" in await chat.say("dunno")


async def test_an_answer_that_cannot_be_read_costs_nothing(chat) -> None:
    await chat.say("/placement")
    said = await chat.say("/answer qkgv a\nb\nc")
    assert said.startswith("── I could not read that as an answer")
    assert "Question 1 of at most 15" in await chat.say("/placement")


async def test_an_answer_delivered_twice_counts_once(chat) -> None:
    await chat.say("/placement")
    first = await chat.say("/answer qkgv nothing", key="press")
    again = await chat.say("/answer qkgv nothing", key="press")
    assert (first.splitlines()[1], again.splitlines()[0]) == (
        "Not this time.",
        "── Question 2 of at most 15 · Splitting rows",
    )


@pytest.mark.parametrize(
    ("up_to", "where", "then"),
    [
        (3, "far along", "That is the whole course."),
        (1, "with the basics in hand", "Your daily questions begin in Kinds of learning."),
        (-1, "at the beginning", "Your daily questions begin in Kinds of learning."),
    ],
)
async def test_the_end_says_plainly_where_one_starts(start, shipped_track, up_to: int, where: str, then: str) -> None:
    chat = start(track=shipped_track, challenges={})
    said = await take(chat, up_to=up_to)
    assert 10 <= len(said) - 1 <= 15
    ending = " ".join(said[-1].split())
    assert f"{FOUND} You start {where}: about" in ending
    assert then in ending
    assert "XP" not in "".join(said)
    assert (await chat.store.progress(await chat.user_id())).xp == 0
    assert await chat.store.rebuild_check() == []


async def test_who_knows_much_is_asked_something_else_than_who_knows_nothing(start, shipped_track) -> None:
    first = {}
    for name, up_to in (("Ada", 1), ("Bob", -1)):
        chat = start(name, track=shipped_track, challenges={})
        await take(chat, up_to=up_to)
        await chat.say("/daily")
        posed = [q for q in await chat.questions() if q.purpose == "daily"]
        found = await chat.store.learning.placement(await chat.user_id())
        assert not {chat.item(q).concept for q in posed} & set(found.known)
        first[name] = {q.item_id for q in posed}
    assert len(first["Ada"] & first["Bob"]) < 5


async def test_todays_questions_begin_where_the_test_put_one_unless_they_were_begun(start, shipped_track) -> None:
    chat = start(track=shipped_track, challenges={})
    before = await chat.say("/daily")
    assert INTRO in before
    await take(chat, up_to=1)
    after = await chat.say("/daily")
    posed = [q for q in await chat.questions() if q.purpose == "daily"]
    found = await chat.store.learning.placement(await chat.user_id())
    assert (INTRO in after, len(posed), {chat.item(q).concept for q in posed} & set(found.known)) == (False, 5, set())


async def test_the_offer_goes_away_once_somebody_answers(chat) -> None:
    assert "/placement" in await chat.say("/daily")
    assert "/placement" in await chat.say("/learn")
    chat.clock.forward(seconds=30)
    await chat.say("/answer qkgv A")
    assert "/placement" not in await chat.say("/daily")
    assert "/placement" not in await chat.say("/learn")


async def test_a_finished_test_shows_what_it_found_and_can_be_taken_again(start, shipped_track) -> None:
    chat = start(track=shipped_track, challenges={})
    said = await take(chat, up_to=-1)
    shown = await chat.say("/placement")
    assert shown.startswith("\n".join(said[-1].splitlines()[2:]))
    assert "/placement again  Take it again" in shown
    assert "Question 1 of at most 15" in await chat.say("/placement again")


async def test_a_course_without_questions_says_so(start, track) -> None:
    bare = replace(track, sections=tuple(replace(section, items=()) for section in track.sections))
    said = await start(track=bare).say("/placement")
    assert "── Nothing to place you with" in said
