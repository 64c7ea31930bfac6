"""`/answer [question] <answer>`: grades one answer. One answer counts; the reveal comes right after it."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.cards import Action, FeedbackCard, Markdown, NoticeCard
from bot.commands import Command
from bot.explaining import vote_actions
from bot.hinting.questions import hint_key
from bot.learning import asked, daily_questions, waiting
from bot.marking import with_marks
from bot.messages import LOCAL_PLATFORM, MAX_COMMAND_ID, Reply
from bot.placing import next_cards
from bot.playing import after_answer
from bot.posing import posed, question_card
from bot.services import Context
from bot.store import AnswerRecord, Question, Recorded
from quizzes.grade import Graded, Unreadable, answer_key, grade
from quizzes.items import Item, Kind
from quizzes.present import Posed
from quizzes.skill import guess_floor

LATER = (
    "The question stays open, and /daily shows it again. A guess costs nothing and teaches more than none; /hint gives a"
    " nudge for a tenth of the XP."
)
SHORT = 40  # characters of an answer that fit on a button
NO_ANSWER = ("skip", "pass", "idk", "dunno", "don't know", "dont know", "i don't know", "i dont know", "no idea", "")
ID = re.compile(r"q[0-9a-hjkmnp-tv-z]{3,6}")
SURE = re.compile(r"\s~\s?([0-9]{1,3})\s?%?\s*$", re.ASCII)
CONFIDENCE = (("A guess", 35), ("Fairly sure", 70), ("Sure", 95))  # labels, and the per cent they stand for
NO_ANSWER_GRADED = Graded(correct=False, score=0.0, chosen="", right="", feedback="", misconceptions=(), explanation="")


async def handle(context: Context) -> Reply:
    """Grade the answer given to the named question, or to the one that is open."""
    question, text = await _question_and_text(context)
    if isinstance(question, Reply):
        return question
    item = context.services.track.item(question.item_id)
    if item is None:
        return _nothing("That question is no longer asked; its answer counts for nothing, right or wrong.")
    if question.purpose == "placement":
        return await _place(context, question, item, text)
    if question.answered:
        return await _already(context, question, item)
    if declines(item, posed(question, item), text):
        return _still_open(context, question, item, "Take your time", LATER)
    text, sure = said_sure(item, posed(question, item), text)
    graded = grade(item, posed(question, item), text)
    if isinstance(graded, Unreadable):
        return _still_open(context, question, item, "I could not read that as an answer", graded.message)
    if sure is None and context.user.ask_confidence and may_be_sure(item, question, text):
        return _how_sure(context, question, text)
    hints = len(await context.store.hints.taken(context.user.id, hint_key(question.public_id)))
    record = replace(_record(context, question, item, graded, text, sure), hints=hints)
    recorded = await context.store.record_answer(record)
    if not recorded.first:
        return await _repeated(context, question, item, recorded)
    card = await after_answer(context, question, await _feedback(context, question, graded, recorded))
    return await with_marks(context, item, text, recorded, Reply((card,)))


async def _place(context: Context, question: Question, item: Item, text: str) -> Reply:
    """Take an answer of a placement test: whether it was right in a word, and the next question."""
    if question.answered:
        return Reply(await next_cards(context))
    unknown = declines(item, posed(question, item), text)
    graded = NO_ANSWER_GRADED if unknown else grade(item, posed(question, item), text)
    if isinstance(graded, Unreadable):
        return _still_open(context, question, item, "I could not read that as an answer", graded.message)
    recorded = await context.store.record_answer(_record(context, question, item, graded, text, None))
    if not recorded.first:
        return Reply(await next_cards(context))
    told = "Right." if graded.correct else "Noted: something to learn." if unknown else "Not this time."
    return Reply((NoticeCard(title="Placement", text=told), *await next_cards(context)))


def said_sure(item: Item, shown: Posed, text: str) -> tuple[str, int | None]:
    """Take `~70` off the end of an answer: how sure the learner is, in per cent. It may also be the answer itself."""
    found = SURE.search(text)
    plain = text[: found.start()].strip() if found else ""
    if found is None or not plain or item.kind is Kind.SHORT or SURE.search(answer_key(item, shown)):
        return text, None
    return plain, min(int(found[1]), 100)


def may_be_sure(item: Item, question: Question, text: str) -> bool:
    """Tell whether to ask how sure somebody is: where answers are marked, and a button can carry this one."""
    return (
        item.kind is not Kind.SHORT and "\n" not in text and len(_sure(question, text, 100).encode()) <= MAX_COMMAND_ID
    )


def _sure(question: Question, text: str, percent: int) -> str:
    return f"answer {question.public_id} {text} ~{percent}"


def _how_sure(context: Context, question: Question, text: str) -> Reply:
    """Ask before anything counts; each button is the answer with a number behind it."""
    asked(context, question)
    actions = tuple(Action(label, _sure(question, text, percent)) for label, percent in CONFIDENCE)
    return Reply((NoticeCard(title="How sure are you?", text=f"Your answer: {text}", actions=actions),))


def declines(item: Item, shown: Posed, text: str) -> bool:
    """Tell whether a text only says that there is no answer; the same word may be an answer, as `pass` is in Python."""
    said = _bare(text)
    possible = (answer_key(item, shown), *(option.text for option in shown.options))
    return bool(text.strip()) and said in NO_ANSWER and said not in map(_bare, possible)


def _bare(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").strip(" \t\n.!?/").split())


def _still_open(context: Context, question: Question, item: Item, title: str, text: str) -> Reply:
    """Record nothing and show the question once more."""
    asked(context, question)
    return Reply((NoticeCard(title=title, text=text), question_card(context, question, item, "Still open")))


async def _question_and_text(context: Context) -> tuple[Question | Reply, str]:
    """The question meant and what was said to it. What looks like an id of nobody's question is never taken for an answer."""
    first, _, rest = context.request.args.partition(" ")
    said = "\n".join(filter(None, (rest.strip(), context.request.body)))
    question = await context.store.question(first) if first else None
    if question is not None:
        mine = question.user_id == context.user.id
        return (question if mine else _nothing(f"The question {first.lower()} was put to somebody else.")), said
    if said and ID.fullmatch(first.lower()):
        return _nothing(
            f"There is no question {first.lower()}. Without an id, an answer goes to the open question."
        ), said
    whole = "\n".join(filter(None, (context.request.args, context.request.body)))
    meant = await waiting(context)
    if len(meant) == 1:
        return meant[0], whole
    return (_which(context, meant, whole) if meant else _nothing("No question is open just now.")), whole


def _which(context: Context, meant: tuple[Question, ...], said: str) -> Reply:
    """Ask which of several questions an answer is for: it counts once and for good, so nothing is guessed."""
    track = context.services.track
    items = [(question, track.item(question.item_id)) for question in meant]
    lines = [f"{question.public_id}: {posed(question, item).prompt}" for question, item in items if item]
    again = [Action(f"It is for {q.public_id}", f"answer {q.public_id} {said}") for q in meant if len(said) <= SHORT]
    text = "Two questions wait for an answer:\n" + "\n".join(lines)
    return Reply((NoticeCard(title="For which question?", text=text, actions=tuple(again)),))


def _nothing(text: str) -> Reply:
    actions = (Action("Today’s questions", "daily", primary=True),)
    return Reply((NoticeCard(title="Nothing to answer", text=text, actions=actions),))


def _record(
    context: Context, question: Question, item: Item, graded: Graded, text: str, sure: int | None
) -> AnswerRecord:
    return AnswerRecord(
        idem=context.request.idempotency_key,
        user_id=context.user.id,
        group_id=context.group.id,
        question_id=question.id,
        difficulty=item.difficulty,
        concept=item.concept,
        section=item.section,
        guess=guess_floor(item),
        confidence=sure,
        answer_text=text,
        correct=graded.correct,
        score=graded.score,
        verdict="formative" if graded.formative else "correct" if graded.correct else "wrong",
        misconceptions=graded.misconceptions,
        local_day=context.today,
        tz=context.user.tz,
        at=context.request.received_at,
        elapsed_ms=_elapsed_ms(context, question),
    )


def _elapsed_ms(context: Context, question: Question) -> int | None:
    """How long the answer took; not asked on one's own machine, where scripts are welcome and nobody is raced."""
    if context.request.actor.platform == LOCAL_PLATFORM:
        return None
    elapsed = context.request.received_at - question.posed_at
    return max(0, round(elapsed.total_seconds() * 1000))


async def _repeated(context: Context, question: Question, item: Item, recorded: Recorded) -> Reply:
    """Two presses at once, or a redelivery that came when the next question was already the open one."""
    if recorded.attempt is not None and recorded.attempt.question_id != question.id:
        return _nothing("That answer has arrived before and counts once; nothing changed.")
    return await _already(context, question, item)


async def _already(context: Context, question: Question, item: Item) -> Reply:
    """A second answer, a double click or a redelivery: show what counted, change nothing."""
    attempt = await context.store.answer_to(question.id)
    graded = grade(item, posed(question, item), attempt.answer_text) if attempt else None
    if not isinstance(graded, Graded):
        return _nothing("That question is answered, and its answer can no longer be shown.")
    about = opinions(question, graded, attempt.id if attempt else None)
    card = _card(graded, "", (*await _next_actions(context), *about))
    return Reply((NoticeCard(title="Already answered", text="Your first answer counts; here it is again."), card))


async def _feedback(context: Context, question: Question, graded: Graded, recorded: Recorded) -> FeedbackCard:
    gains = [f"+{recorded.xp_gained} XP"] if recorded.xp_gained else []
    if recorded.day_counted:
        gains.append(f"streak {recorded.streak_after.current}")
    elif recorded.streak_after.current > recorded.streak_before.current:
        gains.append(f"streak mended: {recorded.streak_after.current} days")
    about = opinions(question, graded, recorded.attempt.id if recorded.attempt else None)
    return _card(graded, ", ".join(gains), (*await _next_actions(context), *about))


async def _next_actions(context: Context) -> tuple[Action, ...]:
    questions = await daily_questions(context, 5)
    left = sum(not q.answered for q in questions)
    if left:
        return (Action(f"Next question ({left} left)", "daily", primary=True),)
    return (
        Action("Try a challenge", "challenge", primary=True),
        Action("My streak", "streak"),
        Action("Leaderboard", "leaderboard"),
    )


def opinions(question: Question, graded: Graded, attempt_id: int | None) -> tuple[Action, ...]:
    """What to say back: whether an explanation helped, or that a free text covers more than was found in it."""
    if graded.formative:
        missed = graded.score < 1
        return (Action("My answer says more", f"report {question.public_id} key"),) if missed else ()
    return () if graded.correct else vote_actions(attempt_id)


def _card(graded: Graded, gains: str, actions: tuple[Action, ...]) -> FeedbackCard:
    if graded.formative:
        headline = "Thank you: compare with a model answer"
    elif graded.correct:
        headline = "Correct"
    else:
        headline = "Partly right" if graded.score > 0 else "Not quite"
    return FeedbackCard(
        headline=headline,
        correct=graded.correct,
        score=graded.score,
        chosen=graded.chosen,
        right=Markdown(graded.right),
        feedback=Markdown(graded.feedback),
        explanation=Markdown(graded.explanation),
        formative=graded.formative,
        gains=gains,
        actions=actions,
    )


COMMAND = Command(
    name="answer",
    summary="answer the open question",
    usage="/answer [question id] <your answer>",
    help="Answers a question; without an id, the one that is open. Your first answer counts, and the explanation follows at once.\n"
    "With ~ and a number behind it you say how sure you are, in per cent; under 50 counts as a guess.\n"
    "Examples: /answer B, /answer q7f3 0.25, /answer A C, /answer B ~70",
    handle=handle,
    order=15,
)
