"""`/ask`, `/vote`, `/group ai`, `/settings ai`: what learners and admins meet of the tutor, with an assistant and without."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.messages import Actor, Place, Reply, Request, parse_line
from bot.platforms.plain import render
from bot.store.tutor_votes import Tally
from bot.tutor import Asking, Drafted, DraftOrder, Explanation, Marked, Turn, Who
from challenges.model import Verdict
from quizzes.items import Choice, Item, Kind, Track
from quizzes.present import present
from tests.bot.conftest import Chat

WRONG = "def add_up(numbers):\n    return sum(numbers[:-1])\n"
ANSWERS = {"why?": "Count how many numbers your slice keeps.", "and then?": "What is the last index of a list?"}
SERVER = Place("discord", "s1", "Garden", "c1")
NOTICE = """\
── Before Claude helps you ──────────────────
From your next failed try on, your code and what the grader found go to Anthropic’s API
for a better explanation. Your name, ids and group never do. This time nothing was sent.
What comes back is marked as written by AI, and the explanation made here comes first,
always.
If you would rather not: /settings ai off.
Next:
  /settings ai on   Fine
  /settings ai off  Turn it off"""


@dataclass
class Assistant:
    """Answers what it knows, where the store lets it, and remembers what it was given."""

    chat: Chat | None = None
    heard: list[object] = field(default_factory=list)
    marks: Marked | None = None

    async def available(self, who: Who) -> bool:
        """As the group and the learner decided."""
        assert self.chat is not None
        return await self.chat.store.tutoring.may_send(who.user_id, who.group_id)

    async def improve(self, asking: Asking) -> Explanation | None:
        """One hint."""
        self.heard.append(asking)
        return Explanation(source="ai", specific=True, text="Which number is left out?")

    async def follow_up(self, asking: Asking, earlier: tuple[Turn, ...], question: str) -> Explanation | None:
        """What it knows."""
        self.heard.append((asking, earlier, question))
        found = ANSWERS.get(question)
        return Explanation(source="ai", specific=True, text=found) if found else None

    async def mark_short(self, rubric: tuple[str, ...], prompt: str, answer: str, who: Who) -> Marked | None:
        """What it was told to say."""
        self.heard.append((rubric, answer))
        return self.marks

    async def draft(self, what: DraftOrder) -> Drafted:
        """Nothing."""
        return Drafted(())


@pytest.fixture
def helped(start) -> tuple[Chat, Assistant]:
    """Mia, in a group that uses an assistant, after she was told of it."""
    assistant = Assistant()
    chat = start(assistant=assistant)
    assistant.chat = chat
    return chat, assistant


async def more(reply: Reply) -> str:
    """What follows a reply a little later; "" when nothing does."""
    following = await reply.followup() if reply.followup else None
    return "\n".join(render(card) for card in following.cards) if following else ""


async def on_server(chat: Chat, text: str, *, admin: bool = False) -> Reply:
    """Say something in a channel on Discord, as who manages it or not."""
    command, args, body = parse_line(text)
    actor = Actor("discord", "7" if admin else "8", "Ann" if admin else "Ben")
    request = Request(actor, SERVER, command, args, f"k{next(chat.keys)}", chat.clock(), body, admin=admin)
    return await chat.dispatcher.handle(request)


def read(reply: Reply) -> str:
    """A reply as text."""
    return "\n".join(render(card) for card in reply.cards)


async def test_before_any_code_is_sent_the_learner_is_told_and_the_next_time_it_helps(helped) -> None:
    chat, assistant = helped
    first = await chat.reply(f"/submit add-up\n{WRONG}")
    assert (read(first).endswith(NOTICE), first.followup, assistant.heard) == (True, None, [])
    second = await chat.reply(f"/submit add-up\n{WRONG}")
    assert "Before Claude" not in read(second)
    assert await more(second) == (
        "── A hint ───────────────────────────────────\n"
        "Which number is left out?\n"
        "Written by AI, may be wrong.\n"
        "Next:\n  /challenge add-up  Edit and try again\n  /hint add-up       Hint (−10 % XP)\n"
        "  /quiz sums         Practise this topic\n  /vote yes 2 ai     Helpful\n  /vote no 2 ai      Not helpful"
    )
    assert [type(heard) for heard in assistant.heard] == [Asking]
    assert (await chat.say("/explain")).count("Which number is left out?") == 1


async def test_who_turns_it_off_is_never_sent(helped) -> None:
    chat, assistant = helped
    assert "None of your code or words goes to Claude." in await chat.say("/settings ai off")
    replies = [await chat.reply(text) for text in (f"/submit add-up\n{WRONG}", "/hint add-up", "/ask why?")]
    assert ([reply.followup for reply in replies], assistant.heard) == ([None] * 3, [])
    assert "Before Claude" not in "".join(map(read, replies))


async def test_who_agrees_is_not_asked_again(helped) -> None:
    chat, _ = helped
    assert "go to Anthropic’s API" in await chat.say("/settings ai on")
    assert (await chat.reply(f"/submit add-up\n{WRONG}")).followup is not None


async def test_on_a_server_nothing_is_sent_until_an_admin_turns_it_on(helped) -> None:
    chat, assistant = helped
    await on_server(chat, "/settings ai on")
    assert (await on_server(chat, f"/submit add-up\n{WRONG}")).followup is None
    assert read(await on_server(chat, "/group ai on")).startswith("── Not yours to change")
    said = read(await on_server(chat, "/group ai", admin=True))
    assert said == (
        "── Help by Claude: off ──────────────────────\n"
        "Nothing of this group is sent. If turned on: after a try that failed, its code and what\n"
        "the grader found go to Anthropic’s API for a better explanation; names, ids and the\n"
        "group never do. Each member is told before anything of theirs is sent, and can say no:\n"
        "/settings ai off.\n"
        "Every mistake is explained on this machine first, with or without it.\n"
        "Next:\n  /group ai on  Turn it on"
    )
    assert read(await on_server(chat, "/group ai on", admin=True)).startswith("── Claude is on ─")
    assert await more(await on_server(chat, f"/submit add-up\n{WRONG}"))
    await on_server(chat, "/group ai off", admin=True)
    assert (await on_server(chat, f"/submit add-up\n{WRONG}")).followup is None
    assert len(assistant.heard) == 1


async def test_without_a_key_choices_are_kept_and_it_is_said_that_nothing_is_sent(chat) -> None:
    assert (await chat.say("/settings ai on")).splitlines()[1].startswith("You allow it. Whoever runs this bot")
    said = await chat.say("/group ai on")
    assert "No key is set for this bot, so nothing is sent, whatever you choose here." in " ".join(said.split())


ALONE = """\
── About your last mistake ──────────────────
There is nobody here who answers free questions just now, so here is where the answer is
likely to be.
You were told: You stop one number too early: the end of a slice is not part of it.
The idea behind it: Sums.
Next:
  /hint add-up  A hint (−10 % XP)
  /explain      Read the explanation again
  /quiz sums    A question on that idea"""


async def test_a_question_without_an_assistant_leads_to_where_the_answer_is(chat, track) -> None:
    await chat.say(f"/submit add-up\n{WRONG}")
    assert await chat.say("/ask why?") == ALONE.replace("Sums.", f"{track.concept('sums').title}.")


async def test_a_question_about_a_quiz_answer_leads_to_its_idea(chat) -> None:
    await chat.say("/daily")
    chat.clock.forward(seconds=30)
    await chat.say("/answer qkgv C")
    said = await chat.say("/ask why?")
    assert ("The idea behind it: " in said, "/quiz held-out" in said) == (True, True)


@pytest.mark.parametrize(
    ("typed", "title"),
    [("/ask", "Nothing to ask about yet"), ("/ask why?", "Nothing to ask about yet")],
)
async def test_before_any_explanation_there_is_nothing_to_ask(chat, typed: str, title: str) -> None:
    assert (await chat.say(typed)).startswith(f"── {title}")


async def test_a_question_needs_words_and_not_too_many(chat) -> None:
    await chat.say(f"/submit add-up\n{WRONG}")
    assert (await chat.say("/ask")).startswith("── What is your question?")
    assert (await chat.say(f"/ask {'why ' * 200}")).startswith("── That is too long")


async def test_answers_are_kept_for_this_explanation_and_go_with_the_next_question(helped) -> None:
    chat, assistant = helped
    await chat.say("/settings ai on")
    await chat.say(f"/submit add-up\n{WRONG}")
    reply = await chat.reply("/ask why?", key="first")
    assert "You asked: why?" in read(reply)
    assert "Count how many numbers your slice keeps.\nWritten by AI, may be wrong." in await more(reply)
    assert "What is the last index of a list?" in await more(await chat.reply("/ask and then?"))
    (_, first, _), (asking, earlier, _) = assistant.heard
    assert (first, earlier) == ((), (Turn("why?", ANSWERS["why?"]),))
    assert (asking.source.strip(), asking.report.verdict, asking.offline.source) == (
        WRONG.strip(),
        Verdict.WRONG,
        "known",
    )
    assert "Count how many" in await chat.say("/ask why?", key="first")  # a redelivery asks nobody
    assert len(assistant.heard) == 2
    await chat.say(f"/submit add-up\n{WRONG}")
    await more(await chat.reply("/ask why?"))
    assert assistant.heard[-1][1] == ()


async def test_questions_about_one_explanation_end(helped) -> None:
    chat, assistant = helped
    await chat.say("/settings ai on")
    await chat.say(f"/submit add-up\n{WRONG}")
    for _ in range(3):
        await more(await chat.reply("/ask why?"))
    last = await chat.reply("/ask why?")
    assert (last.followup, len(assistant.heard)) == (None, 3)
    assert "That is all the questions for this explanation: 3." in read(last)


async def test_a_question_nobody_can_answer_is_no_dead_end_and_does_not_count(helped) -> None:
    chat, _ = helped
    await chat.say("/settings ai on")
    await chat.say(f"/submit add-up\n{WRONG}")
    said = " ".join((await more(await chat.reply("/ask what is love?"))).split())
    assert ("I have no answer to that which is sure to be right" in said, "/hint add-up" in said) == (True, True)
    attempt = (await chat.store.attempts(await chat.user_id()))[-1]
    assert await chat.store.voices.turns(attempt.id) == []


async def test_a_first_question_is_told_about_before_it_is_sent(helped) -> None:
    chat, assistant = helped
    await chat.say("/settings ai off")
    await chat.say(f"/submit add-up\n{WRONG}")
    await chat.store.tutoring.set_off(await chat.user_id(), False)
    reply = await chat.reply("/ask why?")
    assert (read(reply).startswith(NOTICE), reply.followup, assistant.heard) == (True, None, [])


async def test_a_hint_for_a_failed_try_is_followed_by_one_of_the_same_rung(helped) -> None:
    chat, assistant = helped
    await chat.say("/settings ai on")
    await chat.say("/hint add-up")  # nothing was tried yet, so there is nothing to send
    await chat.say(f"/submit add-up\n{WRONG}")
    for _ in range(2):
        await more(await chat.reply("/hint add-up"))
    assert [(heard.rung, heard.source.strip()) for heard in assistant.heard] == [(1, WRONG.strip()), (3, WRONG.strip())]


async def test_votes_are_one_each_and_may_change(helped) -> None:
    chat, _ = helped
    await chat.say("/settings ai on")
    await more(await chat.reply(f"/submit add-up\n{WRONG}"))
    await chat.verify(
        ("/vote yes 1", "── Thank you ────────────────────────────────\nNoted. /vote no changes your mind."),
        (
            "/vote no",
            """\
            ── Noted ────────────────────────────────────
            Thank you, that helps to write better ones. Ask about it in your own words: /ask <your
            question>
            Next:
              /hint add-up  A hint (−10 % XP)
              /explain      Read it again""",
        ),
    )
    await chat.say("/vote yes 1 ai")
    assert await chat.store.voices.votes_summary() == [Tally("ai", 1, 0), Tally("known", 0, 1)]


async def test_a_quiz_explanation_is_judged_as_well(chat) -> None:
    await chat.say("/daily")
    chat.clock.forward(seconds=30)
    await chat.say("/answer qkgv C")
    said = await chat.say("/vote no")
    assert "Another question on it" in said
    assert await chat.store.voices.votes_summary() == [Tally("quiz", 0, 1)]


@pytest.mark.parametrize("typed", ["/vote yes", "/vote yes 99", "/vote no 1 ai", "/vote yes 999999999999999999999999"])
async def test_nobody_judges_what_they_were_not_told(start, typed: str) -> None:
    mia, ben = start(), start("Ben")
    await mia.say(f"/submit add-up\n{WRONG}")
    assert (await ben.say(typed)).startswith("── Nothing to judge")
    assert (await ben.say("/vote yes 1")).startswith("── Nothing to judge")
    assert await mia.store.voices.votes_summary() == []


@pytest.mark.parametrize("typed", ["/vote", "/vote maybe", "/vote 1"])
async def test_a_vote_without_a_side_offers_both(chat, typed: str) -> None:
    assert (await chat.say(typed)).endswith("Next:\n  /vote yes  It helped\n  /vote no   It did not")


@pytest.mark.parametrize("typed", ["/vote yes one", "/vote yes 1 robot"])
async def test_a_vote_on_something_odd_is_not_guessed_at(chat, typed: str) -> None:
    await chat.say(f"/submit add-up\n{WRONG}")
    assert (await chat.say(typed)).startswith("── Which explanation?")


async def test_the_same_idea_is_pointed_out_when_it_misleads_again(start, shipped_track) -> None:
    """Two wrong options of different questions, chosen for one and the same reason."""
    chat = start(track=shipped_track)
    await chat.say("/streak")
    first, second = same_misconception(shipped_track)
    for n, (item, option) in enumerate((first, second)):
        seeds = [(item.id, "5")]
        (question,) = await chat.store.pose(await chat.user_id(), seeds, "quiz", chat.clock().date(), idem=f"pose {n}")
        letter = next(o.label for o in present(item, 5).options if o.text == option)
        chat.clock.forward(seconds=30)
        await chat.say(f"/answer {question.public_id} {letter}")
    concept = shipped_track.concept(first[0].concept)
    said = " ".join((await chat.say("/explain")).split())
    assert f"The same idea misled you before, in a question on “{concept.title}” (23 November)." in said


def same_misconception(track: Track) -> tuple[tuple[Item, str], tuple[Item, str]]:
    """Two single-choice questions and an option of each with one misconception."""
    met: dict[str, tuple[Item, str]] = {}
    for item in track.items:
        for option in item.body.options if item.kind is Kind.SINGLE and isinstance(item.body, Choice) else ():
            known = met.setdefault(option.misconception, (item, option.text))
            if option.misconception and known[0] is not item:
                return known, (item, option.text)
    raise AssertionError("no misconception has two questions")


SHORT_ANSWER = "Because the rows were seen before."


async def short_question(chat: Chat) -> str:
    """Have the short question put, and give its id."""
    for _ in range(40):
        await chat.say("/quiz scores")
        question = await chat.store.open_question(await chat.user_id())
        assert question is not None
        if chat.item(question).kind == "short":
            return question.public_id
        await chat.say(f"/answer {question.public_id} {chat.right(question)}")
        chat.clock.forward(days=40)
    raise AssertionError("no short question came")


async def test_a_short_answer_is_read_once_more_and_nothing_it_earned_changes(helped) -> None:
    chat, assistant = helped
    await chat.say("/settings ai on")
    assistant.marks = Marked((True, False), "Say also what the model does with rows it has seen.")
    public_id = await short_question(chat)
    chat.clock.forward(seconds=30)
    reply = await chat.reply(f"/answer {public_id} {SHORT_ANSWER}")
    earned = (await chat.store.progress(await chat.user_id())).xp
    said = await more(reply)
    attempt = (await chat.store.attempts(await chat.user_id()))[-1]
    assert said == (
        "── Your answer, read once more ──────────────\n"
        "✓ The rows were seen\n– It may remember them\n"
        "Say also what the model does with rows it has seen.\nThis changes no XP.\n"
        "Written by AI, may be wrong.\n"
        f"Next:\n  /daily          Next question\n  /vote yes {attempt.id} ai  Helpful\n  /vote no {attempt.id} ai   Not helpful"
    )
    assert assistant.heard == [(("The rows were seen", "It may remember them"), SHORT_ANSWER)]
    assert (attempt.correct, attempt.verdict) == (True, "formative")
    assert (await chat.store.progress(await chat.user_id())).xp == earned
    assert (await chat.say(f"/vote yes {attempt.id} ai")).startswith("── Thank you")


@pytest.mark.parametrize("marks", [None, Marked((True,), "Too few."), Marked((True,) * 3, "Too many.")])
async def test_marks_that_do_not_fit_the_rubric_are_not_shown(helped, marks: Marked | None) -> None:
    chat, assistant = helped
    await chat.say("/settings ai on")
    assistant.marks = marks
    public_id = await short_question(chat)
    assert await more(await chat.reply(f"/answer {public_id} {SHORT_ANSWER}")) == ""


async def test_alone_a_short_answer_is_held_against_its_points_and_may_be_appealed(chat) -> None:
    public_id = await short_question(chat)
    chat.clock.forward(seconds=30)
    said = await chat.say(f"/answer {public_id} {SHORT_ANSWER}")
    assert "Covered: The rows were seen. Not found in your words: It may remember them." in " ".join(said.split())
    assert f"/report {public_id} key" in said
    assert f"My answer: {SHORT_ANSWER}" in await chat.say(f"/report {public_id} key")
    (report,) = await chat.store.insights.open_reports()
    assert (report.reason, report.words) == ("key", f"My answer: {SHORT_ANSWER}")


async def test_what_was_asked_goes_with_the_learner_who_asked(helped) -> None:
    """Votes and questions belong to attempts, and so change hands with them; old words are blanked like others."""
    chat, _ = helped
    await chat.say("/settings ai on")
    await chat.say(f"/submit add-up\n{WRONG}")
    await more(await chat.reply("/ask why?"))
    me = await chat.user_id()
    exported = await chat.store.privacy.export(me)
    assert [row["question"] for row in exported["explanation_turn"]] == ["why?"]
    await chat.say("/vote yes")
    attempt = (await chat.store.attempts(me))[-1]
    chat.clock.forward(days=400)
    await chat.store.privacy.forget_words(chat.clock())
    assert await chat.store.voices.turns(attempt.id) == []
    assert await chat.store.voices.votes_summary() == [Tally("known", 1, 0)]
