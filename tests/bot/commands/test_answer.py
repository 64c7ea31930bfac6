"""`/answer`: the first answer counts, at once and for good, and only to a question of one's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.commands.answer import declines
from quizzes.items import Kind
from quizzes.present import present

NOTHING = """\
── Nothing to answer ────────────────────────
{why}
Next:
  /daily  Today’s questions"""


async def answered_day(chat, *, wrong: tuple[int, ...] = ()) -> list[str]:
    """Answer today's questions in order, some of them wrong; return what was said to each."""
    await chat.say("/daily")
    said = []
    for question in await chat.questions():
        chat.clock.forward(seconds=30)
        answer = chat.wrong(question) if question.slot in wrong else chat.right(question)
        said.append(await chat.say(f"/answer {question.public_id} {answer}"))
    return said


async def test_a_right_answer_earns_xp_and_leads_on(chat) -> None:
    await chat.say("/daily")
    chat.clock.forward(seconds=30)
    await chat.verify(
        (
            "/answer qkgv A",
            """\
            ── ✓ Correct (+4 XP) ────────────────────────
            You said: A: An honest score
            Rows that fitting never saw tell how the model does on new ones.
            Next:
              /daily  Next question (4 left)""",
        )
    )


async def test_a_wrong_answer_is_met_with_what_that_choice_misses(chat) -> None:
    await chat.say("/daily")
    chat.clock.forward(seconds=30)
    await chat.verify(
        (
            "c",
            """\
            ── ✗ Not quite (+1 XP) ──────────────────────
            You said: C: A faster fit
            Right answer: A: An honest score
            Fewer rows do fit faster; that is a side effect, not the reason.
            Rows that fitting never saw tell how the model does on new ones.
            Next:
              /daily       Next question (4 left)
              /vote yes 1  Helpful
              /vote no 1   Not helpful""",
        )
    )


async def test_a_second_answer_changes_nothing(chat) -> None:
    await chat.say("/daily")
    chat.clock.forward(seconds=30)
    await chat.say("/answer qkgv C")
    again = """\
        ── Already answered ─────────────────────────
        Your first answer counts; here it is again.
        ── ✗ Not quite ──────────────────────────────
        You said: C: A faster fit
        Right answer: A: An honest score
        Fewer rows do fit faster; that is a side effect, not the reason.
        Rows that fitting never saw tell how the model does on new ones.
        Next:
          /daily       Next question (4 left)
          /vote yes 1  Helpful
          /vote no 1   Not helpful"""
    await chat.verify(("/answer qkgv A", again), ("/answer QKGV C", again))
    attempts = await chat.store.attempts(await chat.user_id())
    assert [(a.answer_text, a.correct) for a in attempts] == [("C", False)]


async def test_a_redelivered_press_changes_nothing(chat) -> None:
    await chat.say("/daily")
    chat.clock.forward(seconds=30)
    first = await chat.say("/answer qkgv A", key="press")
    chat.clock.forward(hours=1)
    second = await chat.say("/answer qkgv A", key="press")
    assert ("+4 XP" in first, second.startswith("── Already answered")) == (True, True)
    assert (await chat.store.progress(await chat.user_id())).xp == 4


async def test_what_cannot_be_read_is_not_an_answer(chat) -> None:
    await chat.say("/daily")
    await chat.verify(
        (
            "/answer qkgv maybe the first one",
            """\
            ── I could not read that as an answer ───────
            That is longer than an answer can be. Type a letter, such as B.
            ── Still open · Splitting rows ──────────────
            What are held-out rows good for?
              A) An honest score
              B) A larger model
              C) A faster fit
            [qkgv] Answer with a letter, such as B.""",
        )
    )
    assert await chat.store.attempts(await chat.user_id()) == []


@pytest.mark.parametrize("said", ["skip", "/answer SKIP", "/answer qkgv idk", "/answer pass.", "I don’t know", "?"])
async def test_who_says_that_they_do_not_know_keeps_the_question(chat, said: str) -> None:
    await chat.say("/daily")
    await chat.verify(
        (
            said,
            """\
            ── Take your time ───────────────────────────
            The question stays open, and /daily shows it again. A guess costs nothing and teaches
            more than none; /hint gives a nudge for a tenth of the XP.
            ── Still open · Splitting rows ──────────────
            What are held-out rows good for?
              A) An honest score
              B) A larger model
              C) A faster fit
            [qkgv] Answer with a letter, such as B.""",
        )
    )
    assert await chat.store.attempts(await chat.user_id()) == []


@pytest.mark.parametrize(
    ("options", "text", "declined"),
    [(("Pass", "Fail"), "pass", False), (("Stop", "Go"), "pass", True), (("Stop", "Go"), "Go", False)],
)
def test_a_word_that_is_an_option_is_an_answer(track, options: tuple[str, ...], text: str, declined: bool) -> None:
    item = next(item for item in track.items if item.kind is Kind.SINGLE)
    shown = present(item, 1)
    lines = tuple(replace(line, text=text_) for line, text_ in zip(shown.options, options, strict=False))
    key = replace(item.body, options=(), answers=(options[0],))
    assert declines(replace(item, body=key), replace(shown, options=lines), text) is declined


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂" * 500, "\u202e", "x" * 90_000, "%s {0} {x}", "'; DROP TABLE attempt; --"]
)
async def test_odd_answers_are_never_counted_for_a_letter(chat, text: str) -> None:
    await chat.say("/daily")
    said = await chat.say(f"/answer qkgv {text}")
    assert said.startswith("── I could not read that as an answer")
    assert [q.answered for q in await chat.questions()] == [False] * 5


async def test_without_an_open_question_it_says_where_to_get_one(chat) -> None:
    await chat.verify(
        ("/answer B", NOTHING.format(why="No question is open just now.")),
        ("/answer", NOTHING.format(why="No question is open just now.")),
    )


async def test_an_unknown_id_is_not_taken_for_an_answer(chat) -> None:
    await chat.say("/daily")
    why = "There is no question q999. Without an id, an answer goes to the open question."
    await chat.verify(("/answer q999 A", NOTHING.format(why=why)), ("/answer Q999 A", NOTHING.format(why=why)))
    assert [q.answered for q in await chat.questions()] == [False] * 5


async def test_somebody_elses_question_cannot_be_answered_or_read(start) -> None:
    mia, ben = start("Mia"), start("Ben")
    await mia.say("/daily")
    await ben.verify(("/answer qkgv A", NOTHING.format(why="The question qkgv was put to somebody else.")))
    assert [q.answered for q in await mia.questions()] == [False] * 5


async def test_yesterdays_question_can_still_be_answered_by_its_id_alone(chat) -> None:
    """It is no longer open, so a bare letter cannot hit it; it earns XP and does not finish today."""
    await chat.say("/daily")
    chat.clock.forward(days=1)
    assert (await chat.say("A")).startswith("── Not sure what you mean")
    assert (await chat.say("/answer qkgv A")).startswith("── ✓ Correct (+4 XP)")
    streak = await chat.store.streak(await chat.user_id(), chat.clock().date())
    assert (streak.current, streak.today_done) == (0, False)


async def test_a_question_that_left_the_content_is_closed_kindly(start, track) -> None:
    chat = start()
    await chat.say("/daily")
    later = start(track=replace(track, sections=track.sections[1:]))
    await later.verify(
        (
            "/answer qkgv A",
            NOTHING.format(why="That question is no longer asked; its answer counts for nothing, right or wrong."),
        )
    )
    said = await later.say("2.5")
    assert said.startswith("── ✓ Correct"), "the next question that still exists is the open one"


async def test_the_fifth_answer_makes_the_day_count(chat) -> None:
    said = await answered_day(chat, wrong=(1,))
    assert said[-1] == (
        "── • Thank you: compare with a model answer (+4 XP, streak 1)\n"
        "You said: Because the model has seen those rows, and remembering is not generalising.\n"
        "Model answer: Because the model has seen those rows, and remembering is not\n"
        "              generalising.\n"
        "Covered: The rows were seen; It may remember them.\n"
        "The model has seen those rows and may simply remember them.\n"
        "Next:\n"
        "  /challenge    Try a challenge\n"
        "  /streak       My streak\n"
        "  /leaderboard  Leaderboard"
    )


async def test_answers_faster_than_reading_earn_nothing(chat) -> None:
    """On one's own machine nobody is raced, and scripts are welcome."""
    chat.platform = "discord"
    await chat.say("/daily")
    chat.clock.forward(seconds=1)
    assert (await chat.say("/answer qkgv A")).startswith("── ✓ Correct ─")


@pytest.mark.parametrize("kind", Kind, ids=str)
async def test_every_kind_can_be_answered_right_and_wrong(start, track, kind: Kind) -> None:
    only = tuple(replace(s, items=tuple(i for i in s.items if i.kind is kind)) for s in track.sections)
    right, wrong = (start(name, track=replace(track, sections=only)) for name in ("Mia", "Ben"))
    assert (await answered_day(right))[0].startswith(("── ✓ Correct", "── • Thank you"))
    assert (await answered_day(wrong, wrong=(0,)))[0].startswith(("── ✗ ", "── • Thank you"))


async def test_a_plain_answer_goes_to_the_question_shown_last(chat) -> None:
    await chat.say("/daily")
    await chat.say("/quiz sums-numeric")
    shown = await chat.say("/quiz sums")
    said = await chat.say("2.5" if "mean of 1" in shown else "True" if "print" in shown else "len(x)")
    assert said.startswith("── ✓ Correct")
    assert [q.answered for q in await chat.questions()][:5] == [False] * 5


async def test_after_a_restart_nothing_is_guessed_between_two_questions(start) -> None:
    chat = start()
    await chat.say("/daily")
    await chat.say("/quiz peeking")
    later = start()
    said = await later.say("A")
    assert said.startswith("── For which question? ")
    assert "qkgv: What are held-out rows good for?" in said
    assert "  /answer qkgv A  It is for qkgv" in said
    assert [q.answered for q in await later.questions()] == [False] * 6


async def test_after_a_restart_the_first_open_question_is_the_one_meant(start) -> None:
    await start().say("/daily")
    assert (await start().say("A")).startswith("── ✓ Correct")


async def test_an_answered_question_leaves_none_open_until_the_next_is_shown(chat) -> None:
    """A question nobody has seen yet cannot be answered by typing twice."""
    await chat.say("/daily")
    await chat.say("A")
    assert await chat.say("/answer A") == NOTHING.format(why="No question is open just now.")
    assert [q.answered for q in await chat.questions()] == [True, False, False, False, False]
