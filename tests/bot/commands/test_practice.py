"""`/daily` and `/quiz`: five questions a day, the same ones however often asked for, and as much practice as there is."""

from __future__ import annotations

from dataclasses import replace

DONE = """\
── Today’s questions are done ───────────────
5 of 5 answered. Streak: 1 day. New ones come tomorrow; a challenge or extra practice is
welcome any time.
Next:
  /challenge    Try a challenge
  /quiz         Practise
  /leaderboard  Leaderboard"""


async def finish(chat) -> None:
    """Answer all of today's questions."""
    await chat.say("/daily")
    for question in await chat.questions():
        chat.clock.forward(seconds=30)
        await chat.say(f"/answer {question.public_id} {chat.right(question)}")


async def test_the_day_asks_the_same_five_questions_until_each_is_answered(chat) -> None:
    first, again = await chat.say("/daily"), await chat.say("/daily")
    posed = [q.item_id for q in await chat.questions()]
    assert (first, len(posed), len(set(posed))) == (again, 5, 5)


async def test_a_finished_day_says_so_and_the_next_one_begins_at_the_learners_turn(chat) -> None:
    await finish(chat)
    assert await chat.say("/daily") == DONE
    chat.clock.at = chat.clock.at.replace(day=24, hour=2, minute=59)
    assert await chat.say("/daily") == DONE
    chat.clock.forward(minutes=1)
    assert (await chat.say("/daily")).startswith("── Question 1 of ")


async def test_a_course_without_questions_left_still_answers(start, track) -> None:
    few = replace(track, sections=(replace(track.sections[0], items=track.sections[0].items[:1]),))
    chat = start(track=few)
    await finish(chat)
    assert (await chat.say("/daily")).splitlines()[1].startswith("1 of 1 answered. Streak: 1 day.")
    assert (await chat.say("/quiz")).splitlines()[1] == (
        "You have answered everything there is on that today; more comes back tomorrow."
    )


async def test_practice_on_a_named_topic_asks_about_it(chat) -> None:
    said = [(await chat.say(f"/quiz {topic}")).splitlines()[0] for topic in ("sums", "Sums and means", "measuring")]
    assert said == ["── Practice · Measuring ─────────────────────"] * 3


async def test_practice_never_repeats_what_waits_already(chat) -> None:
    await chat.say("/daily")
    for _ in range(4):
        await chat.say("/quiz")
    posed = [q.item_id for q in await chat.questions()]
    assert len(set(posed)) == 9


async def test_a_press_delivered_twice_poses_one_question(chat) -> None:
    assert await chat.say("/quiz", key="press") == await chat.say("/quiz", key="press")


async def test_an_unknown_topic_gets_near_ones(chat) -> None:
    await chat.verify(
        (
            "/quiz sum",
            """\
            ── No such topic ────────────────────────────
            No topic is called “sum”. Is it one of these?
            Next:
              /quiz sums  Sums and means
              /learn      See the topics""",
        ),
        (
            "/quiz zzz",
            """\
            ── No such topic ────────────────────────────
            No topic is called “zzz”. /learn lists what there is.
            Next:
              /learn  See the topics""",
        ),
    )
