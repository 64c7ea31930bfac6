"""`/ask <question>`: a question about the latest explanation; answered by Claude where it may be asked, else by where to look."""

from __future__ import annotations

from bot.cards import Action, NoticeCard
from bot.commands import Command
from bot.consent import told_first
from bot.explaining import asking, explanation_card
from bot.messages import Reply
from bot.services import Context
from bot.store import Mistake
from bot.store.tutor_votes import Turn
from bot.tutor import Asking, Explanation
from bot.tutor import Turn as Said

MOST_CHARS = 500
NOBODY = "There is nobody here who answers free questions just now, so here is where the answer is likely to be."
NO_ANSWER = "I have no answer to that which is sure to be right and leaves the solution to you. Here is where to look."
LIMIT = "That is all the questions for this explanation: {most}. A new try brings a new one."


async def handle(context: Context) -> Reply:
    """Answer a question about the latest mistake."""
    question = "\n".join(filter(None, (context.request.args, context.request.body))).strip()
    mistake = await context.store.last_mistake(context.user.id)
    if mistake is None:
        text = "Questions here are about an explanation, and you have had none yet. For a topic: /quiz <topic>."
        return _notice("Nothing to ask about yet", text, Action("Today’s questions", "daily", primary=True))
    if not question:
        return _notice("What is your question?", "Type it behind the command: /ask why is the last number missing?")
    if len(question) > MOST_CHARS:
        text = f"That has {len(question):,} characters; up to {MOST_CHARS} are read. One question at a time works best."
        return _notice("That is too long", text)
    about = asking(context, mistake)
    if about is None or not await context.services.tutor.available(about.who):
        return _offline(context, mistake, NOBODY)
    if notice := await told_first(context):
        return Reply((notice, *_offline(context, mistake, "").cards))
    return await _ask(context, mistake, about, question)


async def _ask(context: Context, mistake: Mistake, about: Asking, question: str) -> Reply:
    """Put it to the assistant, as often as one explanation allows."""
    voices, attempt_id, key = context.store.voices, mistake.attempt.id, context.request.idempotency_key
    if (before := await voices.turn_by_key(attempt_id, key)) is not None:
        return _said(about, attempt_id, before.answer)
    turns = await voices.turns(attempt_id)
    most = context.services.questions_each
    if sum(bool(turn.question) for turn in turns) >= most:
        return _offline(context, mistake, LIMIT.format(most=most))

    async def answered() -> Reply | None:
        earlier = tuple(Said(turn.question, turn.answer) for turn in turns)
        answer = await context.services.tutor.follow_up(about, earlier, question)
        if answer is None:
            return _offline(context, mistake, NO_ANSWER)
        await voices.add_turn(attempt_id, Turn(question, answer.text), key)
        return Reply((explanation_card(about.challenge, answer, attempt_id),))

    text = f"You asked: {question}\nAn answer comes in a moment."
    return Reply((NoticeCard(title="Asking Claude", text=text),), followup=answered)


def _offline(context: Context, mistake: Mistake, why: str) -> Reply:
    """What is known without anybody's help: the explanation itself, the next hint, the idea behind it."""
    lines, actions = [why] if why else [], [Action("Read the explanation again", "explain")]
    concept_id = ""
    if mistake.submission is not None:
        challenge = context.services.challenges.get(mistake.submission.slug)
        concept_id = challenge.concepts[0] if challenge and challenge.concepts else ""
        if mistake.explanation is not None:
            lines.append(f"You were told: {_first_line(mistake.explanation.body)}")
        actions.insert(0, Action("A hint (−10 % XP)", f"hint {mistake.submission.slug}", primary=True))
    elif (item := context.services.track.item(mistake.attempt.item_id)) is not None:
        concept_id = item.concept
    concept = context.services.track.concept(concept_id)
    if concept is not None:
        lines.append(f"The idea behind it: {concept.title}.")
        actions.append(Action("A question on that idea", f"quiz {concept.id}"))
    return _notice("About your last mistake", "\n".join(lines), *actions)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _said(about: Asking, attempt_id: int, answer: str) -> Reply:
    explained = Explanation(source="ai", specific=True, text=answer)
    return Reply((explanation_card(about.challenge, explained, attempt_id),))


def _notice(title: str, text: str, *actions: Action) -> Reply:
    return Reply((NoticeCard(title=title, text=text, actions=actions),))


COMMAND = Command(
    name="ask",
    summary="ask about the last explanation",
    usage="/ask <your question>",
    help="Asks about the latest explanation, in your own words. Where your group uses Claude, it answers, marked as written by AI, and"
    " never with the solution; elsewhere you are told where to look.\nExample: /ask why is the last number left out?",
    handle=handle,
    order=37,
)
