"""`/challenge`, `/submit`, `/hint`, `/explain`: from the statement to a pass, with every mistake explained."""

from __future__ import annotations

import asyncio

import pytest

from bot.messages import Attachment
from bot.tutor import Asking, Explanation, Who

RIGHT = "def add_up(numbers):\n    return sum(numbers)\n"
WRONG = "def add_up(numbers):\n    return sum(numbers[:-1])\n"
CARD = """\
── Add up · easy, 3 min · {status}
Topic: Measuring.
Write `add_up(numbers)`: the sum of a list of whole numbers, and 0 for an empty list.

    add_up([1, 2])  ->  3
Libraries: Python’s standard library.
{code}
Send it with: /submit add-up FILE.py
Next:
  /hint add-up     Hint (−10 % XP)
  /challenge list  All challenges"""
START = "Start from:\n    def add_up(numbers):\n        return None"
FAILED = """\
── Add up ───────────────────────────────────
Not yet: some values differ.
  ✗ two numbers: different value
      the result is 1; expected 3.
      input: [1, 2]
      expected: 3
      got: 1
  ✓ nothing: passed
      input: []
      expected: 0
      got: 0
Hidden cases: 0 of 6 pass. Worst failure: different value.
Isolation: reduced. Ran for 0.1 s.
── What went wrong ──────────────────────────
You stop one number too early: the end of a slice is not part of it.
Found by: a known mistake.
Next:
  /challenge add-up  Edit and try again
  /hint add-up       Hint (−10 % XP)
  /quiz sums         Practise this topic
  /vote yes 1        Helpful
  /vote no 1         Not helpful"""
PASSED = """\
── Add up ({gains}) {line}
Accepted: every case passes.
  ✓ two numbers: passed
      input: [1, 2]
      expected: 3
      got: 3
  ✓ nothing: passed
      input: []
      expected: 0
      got: 0
Hidden cases: 6 of 6 pass.
Isolation: reduced. Ran for 0.1 s.
Next:
  /challenge    Next challenge
  /leaderboard  Leaderboard"""


async def test_a_challenge_is_solved_in_two_tries(chat) -> None:
    await chat.verify(
        ("/challenge", CARD.format(status="not tried yet ─────", code=START)),
        (f"/submit\n{WRONG}", FAILED),
        (
            "/challenge add-up",
            CARD.format(
                status="1 try so far ──────",
                code="Your last code:\n    def add_up(numbers):\n        return sum(numbers[:-1])",
            ),
        ),
        (f"/submit add-up\n{RIGHT}", PASSED.format(gains="+16 XP, streak 1", line="─" * 16)),
        (
            f"/submit add-up\n{RIGHT}",
            PASSED.format(gains="no new XP: passed or seen before", line="").replace(") \n", ")\n"),
        ),
    )


async def test_code_may_come_fenced_or_as_a_file_or_in_a_foreign_line_style(chat) -> None:
    said = [
        await chat.say(f"/submit add-up\n```python\n{RIGHT}```"),
        await chat.say("/submit add-up", files=(Attachment("solution.py", RIGHT.encode()),)),
        await chat.say("/submit add-up\n" + RIGHT.replace("\n", "\r\n")),
        await chat.say("/submit Add up\n" + RIGHT),
    ]
    assert ["Accepted" in text for text in said] == [True] * 4


@pytest.mark.parametrize(
    ("typed", "title", "text"),
    [
        ("/submit\nx = 1", "Which challenge?", "Open a challenge first, or name it: /submit <name>, with your code on the lines below."),
        ("/submit nope\nx", "No such challenge", "No challenge is called “nope”, so nothing was run."),
        ("/challenge nope", "No such challenge", "No challenge is called just “nope”."),
        ("/hint nope", "No such challenge", "No challenge is called “nope”."),
        ("/hint", "A hint for what?", "Open a challenge first, or name it: /hint <name>."),
        ("/explain", "No mistakes so far", "Nothing to explain: you have made no mistake yet. That will change; it is how this works."),
    ],
)  # fmt: skip
async def test_what_is_missing_is_said(chat, typed: str, title: str, text: str) -> None:
    lines = (await chat.say(typed)).splitlines()
    said = " ".join(lines[1 : lines.index("Next:")])
    assert (lines[0].strip("─ "), said) == (title, text)


@pytest.mark.parametrize("body", ["", "\n\n", "\n   \n\t\n", "\n```python\n```"])
async def test_a_submission_without_code_says_how_to_send_it(chat, body: str) -> None:
    assert await chat.say(f"/submit add-up{body}") == (
        "── There is no code to grade ────────────────\n"
        "Send your code below the command:\n/submit add-up\n<your code>\nor attach it as a .py file.\n"
        "Next:\n  /challenge add-up  Show the challenge"
    )


async def test_the_list_goes_from_easy_to_hard_and_ticks_what_is_passed(chat) -> None:
    await chat.say(f"/submit add-up\n{RIGHT}")
    await chat.verify(
        (
            "/challenge list",
            """\
            ── Easy challenges ──────────────────────────
            ✓ Add up
            ── Medium challenges ────────────────────────
            Next:
              /challenge sort-them  Sort them (3 min)""",
        )
    )
    await chat.say("/submit sort-them\ndef sort_them(n):\n    return sorted(n)")
    assert (await chat.say("/challenge")).startswith(
        "── All challenges passed ────────────────────\nNothing left to prove here. Well done.\n"
    )


async def test_hints_come_one_by_one_and_stay_at_the_last(chat) -> None:
    await chat.say("/challenge add-up")
    titles = [(await chat.say("/hint")).splitlines()[0] for _ in range(4)]
    assert titles == [f"── Hint {n} of 3: Add up ──────────────────────" for n in (1, 2, 3, 3)]
    assert await chat.say("/hint add-up") == (
        "── Hint 3 of 3: Add up ──────────────────────\n"
        "1. A question: What is the sum of nothing?\n2. The idea: Start from 0.\n3. Nearly there: return sum(numbers)\n"
        "That was the last hint.\n"
        "Next:\n  /challenge add-up      Back to the code\n  /hint solution add-up  Give up"
    )
    assert "+14 XP" in await chat.say(f"/submit add-up\n{RIGHT}")


async def test_a_press_for_a_hint_delivered_twice_takes_one(chat) -> None:
    assert await chat.say("/hint add-up", key="press") == await chat.say("/hint add-up", key="press")


async def test_the_latest_mistake_can_be_read_again(chat) -> None:
    await chat.say(f"/submit add-up\n{WRONG}")
    await chat.verify(
        (
            "/explain",
            """\
            ── Your last try at “Add up”: wrong ─────────
            You stop one number too early: the end of a slice is not part of it.
            Next:
              /challenge add-up  Edit and try again
              /hint add-up       Hint (−10 % XP)
              /quiz sums         Practise this topic
              /vote yes 1        Helpful
              /vote no 1         Not helpful""",
        )
    )
    await chat.say(f"/submit add-up\n{RIGHT}")
    await chat.verify(
        (
            "/explain",
            """\
            ── Your last mistake in “Add up”, passed since: wrong
            You stop one number too early: the end of a slice is not part of it.
            Next:
              /challenge add-up  Open it again
              /quiz sums         Practise this topic
              /vote yes 1        Helpful
              /vote no 1         Not helpful""",
        )
    )
    await chat.say("/daily")
    await chat.say("/answer qkgv C")
    await chat.verify(
        (
            "/explain",
            """\
            ── Your last mistake: Splitting rows ────────
            What are held-out rows good for?
            ── ✗ Your answer then ───────────────────────
            You said: C: A faster fit
            Right answer: A: An honest score
            Fewer rows do fit faster; that is a side effect, not the reason.
            Rows that fitting never saw tell how the model does on new ones.
            Next:
              /quiz held-out  Practise this topic
              /daily          Today’s questions
              /vote yes 3     Helpful
              /vote no 3      Not helpful""",
        )
    )


@pytest.mark.parametrize(
    ("ends", "headline"),
    [
        ("timeout", "Out of time."),
        ("memory", "Out of memory."),
        ("output_limit", "Too much output."),
        ("violation", "That is not allowed here."),
    ],
)
async def test_a_run_over_its_limits_is_told_as_one(chat, ends: str, headline: str) -> None:
    lines = (await chat.say(f"/submit add-up\n# ends: {ends}")).splitlines()
    assert (lines[1], "Found by: the limits of a run." in lines) == (headline, True)


async def test_our_own_fault_costs_nothing(chat) -> None:
    said = await chat.say("/submit add-up\n# ends: internal")
    assert "Grading failed on our side, twice. Nothing is charged; please submit again in a minute." in said
    assert "+20 XP" in await chat.say(f"/submit add-up\n{RIGHT}")


async def test_a_submission_pressed_twice_is_graded_once(chat) -> None:
    said = await asyncio.gather(*(chat.say(f"/submit add-up\n{RIGHT}", key="press") for _ in range(3)))
    kept = await chat.store.submissions(await chat.user_id(), "add-up")
    assert (sorted(text.splitlines()[0] for text in said), len(kept)) == (
        sorted(
            [*["── Already graded ───────────────────────────"] * 2, "── Add up (+20 XP, streak 1) ────────────────"]
        ),
        1,
    )


class Adviser:
    """Gives every learner the same hint."""

    async def available(self, who: Who) -> bool:
        """Always."""
        return True

    async def improve(self, asking: Asking) -> Explanation | None:
        """One hint."""
        return Explanation(source="ai", specific=True, text="Which number is left out?")


async def test_a_hint_by_ai_follows_the_offline_explanation_and_says_what_it_is(start) -> None:
    chat = start(assistant=Adviser())
    await chat.say("/settings ai on")
    reply = await chat.reply(f"/submit add-up\n{WRONG}")
    assert [type(card).__name__ for card in reply.cards] == ["VerdictCard", "ExplanationCard"]
    assert reply.followup is not None
    more = await reply.followup()
    assert more is not None
    (card,) = more.cards
    assert (card.title, card.text, card.source, card.by_ai) == (
        "A hint",
        "Which number is left out?",
        "written by AI, may be wrong",
        True,
    )


@pytest.mark.parametrize("code", [RIGHT, "# ends: internal"])
async def test_nothing_is_asked_of_ai_where_nothing_went_wrong(start, code: str) -> None:
    assert (await start(assistant=Adviser()).reply(f"/submit add-up\n{code}")).followup is None


async def test_a_real_box_says_the_same(start, boxed) -> None:
    chat = start(run=boxed)
    said = [(await chat.say(f"/submit add-up\n{code}")).splitlines()[1] for code in (WRONG, "import socket\nx", RIGHT)]
    assert said == ["Not yet: some values differ.", "Your code stopped with an error.", "Accepted: every case passes."]
