"""`/hint`: rung by rung, from one's own failure or before it; of questions too; and the solution for who gives up."""

from __future__ import annotations

import pytest

WRONG = "def add_up(numbers):\n    return sum(numbers[:-1])\n"
RIGHT = "def add_up(numbers):\n    return sum(numbers)\n"
PLACE = """\
1. The place: What comes back is made in line 2 of your last try:
    return sum(numbers[:-1])
Take the case “two numbers”, input [1, 2]: it gives 1, and 3 is wanted. Follow it with a
pencil, line by line, and stop where yours first departs."""
NEXT = """\
Next:
  /challenge add-up  Back to the code
  /hint add-up       Next hint"""
COST = "Each hint takes a tenth off what passing earns."
END = """\
That was the last hint.
Next:
  /challenge add-up      Back to the code
  /hint solution add-up  Give up"""


async def test_after_a_failed_try_the_ladder_goes_from_the_place_to_nearly_there(chat) -> None:
    await chat.say(f"/submit add-up\n{WRONG}")
    said = [await chat.say("/hint add-up") for _ in range(4)]
    question, idea = "2. A question: What is the sum of nothing?", "3. The idea: Start from 0."
    title = "── Hint {} of 4: Add up ──────────────────────"
    assert said == [
        "\n".join([title.format(1), PLACE, COST, NEXT]),
        "\n".join([title.format(2), question, "Your earlier hints:", PLACE, COST, NEXT]),
        "\n".join([title.format(3), idea, "Your earlier hints:", PLACE, question, COST, NEXT]),
        "\n".join([title.format(4), "4. Nearly there: return sum(numbers)", "Your earlier hints:", PLACE, question, idea, END]),
    ]  # fmt: skip


async def test_a_hint_taken_before_the_try_is_paid_once_and_the_place_comes_next(chat) -> None:
    await chat.say("/hint add-up")
    await chat.say(f"/submit add-up\n{WRONG}")
    said = await chat.say("/hint add-up")
    assert said.splitlines()[:2] == ["── Hint 2 of 4: Add up ──────────────────────", PLACE.splitlines()[0]]
    assert await chat.store.hints.taken(await chat.user_id(), "add-up") == (1, 4)
    passed = await chat.say(f"/submit add-up\n{RIGHT}")
    assert "(+13 XP" in passed  # 20 points, a second try, two hints


async def test_the_place_follows_the_latest_try_without_being_paid_again(chat) -> None:
    await chat.say(f"/submit add-up\n{WRONG}")
    await chat.say("/hint add-up")
    await chat.say("/submit add-up\ndef add_up(numbers):\n    raise ValueError('no')\n")
    said = await chat.say("/hint add-up")
    assert "Look at line 2 of your last try:\n    raise ValueError('no')" in said
    assert "ends with: " in said
    assert len(await chat.store.hints.taken(await chat.user_id(), "add-up")) == 2


async def test_a_failure_that_only_hidden_cases_show_gives_no_value_of_theirs_away(chat) -> None:
    code = "def add_up(numbers):\n    return sum(numbers) if len(numbers) < 3 else 0\n"
    await chat.say(f"/submit add-up\n{code}")
    said = await chat.say("/hint add-up")
    assert said.splitlines()[1:7] == [
        "1. The place: What comes back is made in line 2 of your last try:",
        "    return sum(numbers) if len(numbers) < 3 else 0",
        "Every visible case passes. Hidden cases use other sizes, ties, zeros and empty inputs:",
        "write down two such inputs with the answers that the statement gives, then run your",
        "function on them. The first that differs shows where to look.",
        "Each hint takes a tenth off what passing earns.",
    ]


@pytest.mark.parametrize("code", ["def add_up(:\n", "x = 1\n", "def add_up(n):\n    if n: return 1\n    return 0\n"])
async def test_a_try_without_one_place_still_names_a_case(chat, code: str) -> None:
    await chat.say(f"/submit add-up\n{code}")
    assert "Take the case “two numbers”, input [1, 2]" in await chat.say("/hint add-up")


async def test_after_a_pass_hints_cost_nothing_and_offer_no_giving_up(chat) -> None:
    await chat.say(f"/submit add-up\n{RIGHT}")
    said = [await chat.say("/hint add-up") for _ in range(3)][-1]
    assert ("Hints for this one cost nothing any more." in said, "Give up" in said) == (True, False)


GIVE_UP = """\
── Give up on “Add up”? ─────────────────────
Our solution shows all of it. Passing the challenge afterwards pays no XP; it still
counts for your streak. A hint or another try keeps the XP in reach.
Next:
  /challenge add-up          Try again
  /hint add-up               A hint instead
  /hint solution add-up yes  Show the solution"""
SOLUTION = """\
── • Our solution: Add up ───────────────────
    def add_up(numbers):
        return sum(numbers)
How it gets there:

- What is the sum of nothing?
- Start from 0.
- return sum(numbers)

Close this, wait a minute, and write it from memory.
Next:
  /challenge sort-them  Try the idea again: {other}
  /quiz sums            A question on it
  /challenge add-up     Write it yourself"""


@pytest.mark.parametrize("asked", ["/hint solution", "/challenge giveup", "/hint giveup add-up"])
async def test_giving_up_asks_first_then_shows_ours_and_passing_pays_nothing_but_the_day_counts(
    chat, bank, asked: str
) -> None:
    await chat.say("/challenge add-up")
    other = bank["sort-them"].title
    await chat.verify((asked, GIVE_UP), ("/hint solution add-up yes", SOLUTION.format(other=other)))
    await chat.verify((asked, SOLUTION.format(other=other)))  # it cannot be unseen, so nothing is asked again
    passed = await chat.say(f"/submit add-up\n{RIGHT}")
    assert passed.splitlines()[0] == "── Add up (no new XP: passed or seen before, streak 1)"
    assert (await chat.store.progress(await chat.user_id())).xp == 0


async def test_who_passed_sees_the_solution_at_once(chat) -> None:
    await chat.say(f"/submit add-up\n{RIGHT}")
    assert (await chat.say("/hint solution add-up")).startswith("── • Our solution: Add up")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("/hint solution", "── A hint for what? ─────────────────────────"),
        ("/hint solution nope", "── No such challenge ────────────────────────"),
        ("/hint solution nope yes", "── No such challenge ────────────────────────"),
        ("/hint qzzzz", "── No hint for this one ─────────────────────"),
    ],
)
async def test_a_name_that_leads_nowhere_shows_no_solution(chat, typed: str, first: str) -> None:
    assert (await chat.say(typed)).splitlines()[0] == first


async def test_a_question_gives_a_nudge_then_the_idea_and_stays_open(chat) -> None:
    await chat.say("/daily")
    chat.clock.forward(seconds=30)
    still = """\
── Still open · Splitting rows ──────────────
What are held-out rows good for?
  A) An honest score
  B) A larger model
  C) A faster fit
[qkgv] Answer with a letter, such as B."""
    first = await chat.say("/hint")
    assert first.endswith(still)
    assert first.splitlines()[0] == "── Hint 1 of 2 ──────────────────────────────"
    assert "Somebody who got this wrong was told:" in first
    second = await chat.say("/hint qkgv")
    assert second.splitlines()[0] == "── Hint 2 of 2 ──────────────────────────────"
    assert "2. The idea: " in second
    assert "An honest score" not in second.partition("── Still open")[0]


async def test_a_hinted_answer_pays_a_tenth_less_per_hint_and_its_topic_comes_back_sooner(start) -> None:
    plain, hinted = start("Ann"), start("Bob")
    for chat in (plain, hinted):
        await chat.say("/daily")
        chat.clock.forward(seconds=30)
    for _ in range(2):
        await hinted.say("/hint qkgv")
    (question, *_) = await hinted.questions()
    for _ in range(3):
        await hinted.say(f"/hint {question.public_id}")
    await hinted.say(f"/answer {question.public_id} {hinted.right(question)}")
    (attempt,) = await hinted.store.attempts(await hinted.user_id())
    assert attempt.correct
    kept = (await hinted.store.learning.learned(await hinted.user_id())).memories
    (other, *_) = await plain.questions()
    await plain.say(f"/answer {other.public_id} {plain.right(other)}")
    unhinted = (await plain.store.learning.learned(await plain.user_id())).memories
    concept = hinted.item(question).concept
    assert kept[concept].memory.stability < unhinted[plain.item(other).concept].memory.stability


async def test_what_is_meant_is_asked_when_a_question_and_a_challenge_are_open(chat) -> None:
    await chat.say("/challenge add-up")
    await chat.say("/daily")
    await chat.verify(
        (
            "/hint",
            """\
            ── A hint for what? ─────────────────────────
            A question and a challenge are open.
            Next:
              /hint qkgv    The open question
              /hint add-up  Add up""",
        )
    )


async def test_no_hints_for_a_placement_an_answered_question_or_somebody_elses(start) -> None:
    mia, ben = start(), start("Ben")
    await mia.say("/daily")
    mia.clock.forward(seconds=30)
    await mia.say("/answer qkgv C")
    await mia.say("/placement")
    test = (await mia.questions())[-1]
    reasons = [
        (await who.say(f"/hint {name}")).splitlines()[1]
        for who, name in ((mia, "qkgv"), (ben, "qkgv"), (mia, test.public_id))
    ]
    assert reasons == [
        "That question is answered; /explain shows the latest mistake with its explanation.",
        "The question qkgv was put to somebody else.",
        "A placement finds where you start, so it gives no hints. Answer “skip” when you do not",
    ]
