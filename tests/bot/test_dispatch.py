"""Whatever a person types, something helpful comes back, and nothing is charged by accident."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot.dispatch import MAX_FILE, MAX_TEXT
from bot.messages import Attachment, Place
from challenges.model import Challenge
from runner import CannotIsolate, Job, Result

LOST = """\
── Not sure what you mean ───────────────────
{what}
Next:
  /daily  Today’s questions
  /help   Help"""


async def test_a_newcomer_who_types_anything_is_pointed_to_the_start(chat) -> None:
    await chat.verify(
        (
            "good morning",
            LOST.format(what="I know no command “good”. No question is open either, so it cannot be an answer."),
        ),
        ("", LOST.format(what="That was empty. Type a command such as /daily, or /help to see them all.")),
        ("   ", LOST.format(what="That was empty. Type a command such as /daily, or /help to see them all.")),
        ("/", LOST.format(what="That was empty. Type a command such as /daily, or /help to see them all.")),
        ("🙂🙃", LOST.format(what="I know no command “🙂🙃”. No question is open either, so it cannot be an answer.")),
        (
            "مرحبا",
            LOST.format(what="I know no command “مرحبا”. No question is open either, so it cannot be an answer."),
        ),
        (
            "\u202eevil",
            LOST.format(what="I know no command “evil”. No question is open either, so it cannot be an answer."),
        ),
        (
            "../../etc",
            LOST.format(what="I know no command “../../etc”. No question is open either, so it cannot be an answer."),
        ),
        (
            "/dayli",
            """\
            ── Not sure what you mean ───────────────────
            I know no command “dayli”. Did you mean /daily?
            Next:
              /daily  today’s five questions
              /daily  Today’s questions
              /help   Help""",
        ),
    )


async def test_case_and_slash_of_a_command_do_not_matter(chat) -> None:
    shown = {await chat.say(typed) for typed in ("/help", "HELP", "Help", "/hElP ")}
    assert len(shown) == 1


@pytest.mark.parametrize("text", ["x" * (MAX_TEXT + 1), "x " * MAX_TEXT, "/submit add-up\n" + "x = 1\n" * MAX_TEXT])
async def test_far_too_much_text_is_refused_quickly(chat, text: str) -> None:
    assert (await chat.say(text)).startswith("── That is too long ")


async def test_a_hundred_thousand_characters_are_read_and_not_understood(chat) -> None:
    said = await chat.say("x" * MAX_TEXT)
    assert said.splitlines()[1].startswith(f"I know no command “{'x' * 40}”. No question is open")


async def test_a_file_larger_than_a_box_reads_is_refused(chat) -> None:
    await chat.say("/challenge add-up")
    said = await chat.say("/submit", files=(Attachment("big.py", b"#" * (MAX_FILE + 1)),))
    assert said.splitlines()[1] == "That file is larger than the 256 kB I read. A solution takes a few lines."
    assert await chat.store.submissions(await chat.user_id(), "add-up") == []


async def test_a_plain_answer_needs_no_command(chat) -> None:
    await chat.say("/daily")
    (question, *_) = await chat.questions()
    said = await chat.say(chat.right(question).lower())
    assert said.startswith("── ✓ Correct")


@pytest.mark.parametrize(("topic", "answer"), [("sums-output", "True"), ("sums-fill", "len(x)")])
async def test_a_plain_answer_keeps_its_case(start, track, topic: str, answer: str) -> None:
    """“True” and “true” are different outputs, and only the dispatcher ever sees the difference."""
    one = tuple(replace(s, items=tuple(i for i in s.items if i.id == topic)) for s in track.sections)
    chat = start(track=replace(track, sections=one))
    await chat.say("/daily")
    assert (await chat.say(answer)).startswith("── ✓ Correct")


async def test_a_word_near_a_command_is_never_charged_as_an_answer(chat) -> None:
    await chat.say("/daily")
    assert await chat.say("Streek") == (
        "── Not sure what you mean ───────────────────\n"
        "I know no command “Streek”. Did you mean /streak?\n"
        "Next:\n"
        "  /streak         your streak and its calendar\n"
        "  /answer Streek  It is my answer to the open question\n"
        "  /daily          Today’s questions\n"
        "  /help           Help"
    )
    assert [q.answered for q in await chat.questions()] == [False] * 5


async def test_strangers_in_two_groups_share_nothing(start) -> None:
    mia, ben = start("Mia"), start("Ben", place=Place("local", "kitchen", "Kitchen club"))
    await mia.say("/daily")
    await ben.say("/daily")
    assert not {q.public_id for q in await mia.questions()} & {q.public_id for q in await ben.questions()}
    assert "Kitchen club" in await ben.say("/leaderboard")


async def test_a_bug_of_ours_is_logged_and_told_politely(start, bank: dict[str, Challenge]) -> None:
    def broken(job: Job) -> Result:
        raise ZeroDivisionError("a bug")

    chat = start(run=broken)
    with capture_logs(processors=[merge_contextvars]) as events:
        said = await chat.say("/submit add-up\nx = 1")
    assert said.splitlines()[0].startswith("── That was our fault")
    assert "Traceback" not in said
    assert [(e["event"], e["log_level"], e["command"], e["platform"]) for e in events] == [
        ("command failed", "error", "submit", "local"),
        ("command", "info", "submit", "local"),
    ]
    assert {e["request"] for e in events} == {events[0]["request"]}


async def test_a_host_that_cannot_isolate_says_what_to_do(start) -> None:
    async def cannot(job: Job) -> Result:
        raise CannotIsolate("User namespaces are off.", "Turn them on.")

    assert await start(run=cannot).say("/submit add-up\nx = 1") == (
        "── Code cannot run on this machine yet ──────\nUser namespaces are off. Turn them on."
    )


async def test_a_challenge_whose_cases_are_broken_is_not_the_learners_fault(start, bank: dict[str, Challenge]) -> None:
    chat = start(challenges={"add-up": replace(bank["add-up"], cases="def cases(rng):\n    yield 1 / 0")})
    said = await chat.say("/submit add-up\ndef add_up(n): return 0")
    assert said.splitlines()[0].startswith("── That was our fault")
    assert await chat.store.best_verdicts(await chat.user_id()) == {}


async def test_one_press_that_arrives_twice_at_once_counts_once(chat) -> None:
    await chat.say("/daily")
    (question, *_) = await chat.questions()
    chat.clock.forward(seconds=30)
    text = f"/answer {question.public_id} {chat.right(question)}"
    said = await asyncio.gather(*(chat.say(text, key="one press") for _ in range(5)))
    xp = (await chat.store.progress(await chat.user_id())).xp
    assert (sorted("Already answered" in text for text in said), xp) == ([False, True, True, True, True], 4)


async def test_different_answers_at_once_count_once(chat) -> None:
    await chat.say("/daily")
    (question, *_) = await chat.questions()
    chat.clock.forward(seconds=30)
    texts = [f"/answer {question.public_id} {letter}" for letter in "ABCABC"]
    said = await asyncio.gather(*map(chat.say, texts))
    attempts = await chat.store.attempts(await chat.user_id())
    assert (sum("Already answered" not in text for text in said), len(attempts)) == (1, 1)


@pytest.mark.parametrize(("said", "command"), [("/Quiz my secret plan", "quiz"), ("mysecret plan", "(text)")])
async def test_every_request_is_logged_without_what_was_said(chat, said: str, command: str) -> None:
    with capture_logs(processors=[merge_contextvars]) as events:
        await chat.say(said)
    shared = {
        "event": "command",
        "log_level": "info",
        "platform": "local",
        "cards": 1,
        "ms": 0,
        "outcome": "answered",
        "request": events[0]["request"],
    }
    assert [{**event, "ms": 0} for event in events] == [{**shared, "command": command}]
    assert re.fullmatch(r"[0-9a-f]{8}", events[0]["request"])


async def test_a_store_that_cannot_write_says_what_was_not_saved(chat) -> None:
    """An answer that could not be kept is never acknowledged, and the operator's advice is shown on their own machine."""
    await chat.say("/daily")
    await chat.store.close()

    said = await chat.say("/daily")

    assert said.startswith("── Nothing can be saved just now")
    assert "What you just sent was not saved." in said
    assert "Open it again before using it." in " ".join(said.split())


async def test_what_is_under_way_can_be_waited_for(chat) -> None:
    first = asyncio.create_task(chat.say("/help"))
    await asyncio.sleep(0)
    await chat.dispatcher.drained()
    assert (first.done(), await chat.dispatcher.drained()) == (True, None)


async def test_a_delivery_given_up_does_not_hold_up_the_next_one(chat) -> None:
    first = asyncio.create_task(chat.say("/daily", key="one"))
    second = asyncio.create_task(chat.say("/daily", key="one"))
    await asyncio.sleep(0)
    first.cancel()
    assert "Question 1 of 5" in await second


DELIVERED = {
    "daily": "/daily",
    "quiz": "/quiz",
    "hint": "/hint add-up",
    "answer": "/answer {right}",
    "named answer": "/answer {id} {right}",
    "submit": "/submit add-up\ndef add_up(numbers):\n    return sum(numbers)\n",
    "failed submit": "/submit add-up\ndef add_up(numbers):\n    return 0\n",
    "link": "/link 0000-0000",
}


@pytest.mark.parametrize("text", DELIVERED.values(), ids=list(DELIVERED))
async def test_what_is_delivered_again_and_again_is_done_once(start, text: str) -> None:
    """Three deliveries at once, and one after the bot was started anew, leave what a single one leaves."""
    left = []
    for name, times in (("Mia", 1), ("Ann", 3)):
        chat = start(name)
        if "answer" in text:
            await chat.say("/daily")
            (question, *_) = await chat.questions()
            chat.clock.forward(seconds=30)
            said = text.format(id=question.public_id, right=chat.right(question))
        else:
            said = text
        await asyncio.gather(*(chat.say(said, key=f"{name}: one") for _ in range(times)))
        if times > 1:
            await start(name).say(said, key=f"{name}: one")
        user_id, store = await chat.user_id(), chat.store
        left.append(
            (
                len(await chat.questions()),
                [(a.verdict, a.correct) for a in await store.attempts(user_id)],
                len(await store.submissions(user_id, "add-up")),
                await store.hints.taken(user_id, "add-up"),
                (await store.progress(user_id)).xp,
                await store.streak(user_id, chat.clock().date()),
            )
        )
    assert left[0] == left[1]
    assert await chat.store.rebuild_check() == []
