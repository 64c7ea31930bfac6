"""`/report [question id] [reason] [words]`: a learner says that something is wrong with a question."""

from __future__ import annotations

from typing import get_args

from bot.cards import Action, NoticeCard, Tone
from bot.commands import Command
from bot.commands.answer import ID
from bot.insight.report import cut
from bot.messages import Reply
from bot.posing import posed
from bot.services import Context
from bot.store import Question
from bot.store.insights_reports import WORDS_CHARS
from bot.store.insights_rows import Reason, Report
from quizzes.items import Kind

PROMPT_CHARS = 160
LABELS: dict[Reason, str] = {
    "key": "Marked answer is wrong",
    "unclear": "Unclear",
    "typo": "A typo",
    "other": "Something else",
}
THANKS = (
    "Thank you. Whoever looks after the questions gets this, and you hear here what came of it. Your name is not on it; your"
    " answer and XP stay as they are."
)


async def handle(context: Context) -> Reply:
    """Keep a report on the question named, or on the one answered last; without a reason, offer some."""
    first, _, rest = context.request.args.partition(" ")
    named = await context.store.question(first) if first else None
    if named is not None and named.user_id != context.user.id:
        return _notice("Not your question", f"The question {first.lower()} was put to somebody else.")
    if named is None and ID.fullmatch(first.lower()):
        return _notice(
            "Which question?", f"There is no question {first.lower()}. Without an id, /report is about the last one."
        )
    said = rest if named is not None else context.request.args
    question = named or await context.store.insights.last_answered(context.user.id)
    item = context.services.track.item(question.item_id) if question else None
    if question is None or item is None:
        return _notice("No question yet", "Answer a question first; then /report says that something is wrong with it.")
    reason, words = _read("\n".join(filter(None, (said.strip(), context.request.body))))
    if reason is None:
        return _ask(context, question)
    if not words and reason == "key" and item.kind is Kind.SHORT:
        words = await _own_answer(context, question)
    report = Report(item.id, reason, words, context.request.received_at)
    made = await context.store.insights.report(context.user.id, context.request.actor.platform, report)
    title = "Reported" if made.new else "Your report is changed"
    return Reply((NoticeCard(title=title, text=_kept(context, question, reason, words), tone=Tone.GOOD),))


async def _own_answer(context: Context, question: Question) -> str:
    """A free text that says more than was found in it, for whoever looks after its rubric; it is shown to its writer as sent."""
    attempt = await context.store.answer_to(question.id)
    return f"My answer: {attempt.answer_text}"[:WORDS_CHARS] if attempt else ""


def _read(said: str) -> tuple[Reason | None, str]:
    """A reason if the first word is one, else "other" for any words; nothing for none."""
    first, _, rest = said.partition(" ")
    word = first.strip(":,.").lower()
    reasons: tuple[Reason, ...] = get_args(Reason)
    reason = next((one for one in reasons if one == word), None)
    if reason is not None:
        return reason, rest.strip()[:WORDS_CHARS]
    return ("other", said.strip()[:WORDS_CHARS]) if said.strip() else (None, "")


def _ask(context: Context, question: Question) -> Reply:
    text = (
        f"{_prompt(context, question)}\nWhat is wrong with it? Press one, or say it in your own words:"
        f" /report {question.public_id} <your words>."
    )
    actions = tuple(Action(label, f"report {question.public_id} {reason}") for reason, label in LABELS.items())
    return Reply((NoticeCard(title="Report this question?", text=text, actions=actions),))


def _prompt(context: Context, question: Question) -> str:
    item = context.services.track.item(question.item_id)
    return f"{question.public_id}: {cut(posed(question, item).prompt, PROMPT_CHARS)}" if item else question.public_id


def _kept(context: Context, question: Question, reason: Reason, words: str) -> str:
    said = f"{LABELS[reason]}{f': “{cut(words, PROMPT_CHARS)}”' if words else '.'}"
    more = "" if words else f"\nTo say more: /report {question.public_id} {reason} <your words>."
    return f"{_prompt(context, question)}\n{said}\n{THANKS}{more}"


def _notice(title: str, text: str) -> Reply:
    actions = (Action("Today’s questions", "daily", primary=True),)
    return Reply((NoticeCard(title=title, text=text, actions=actions),))


COMMAND = Command(
    name="report",
    summary="say that something is wrong with a question",
    usage="/report [question id] [key | unclear | typo | other] [your words]",
    help="Tells whoever looks after the questions that one is wrong or unclear; without an id, the one you answered last."
    " Your name is not shown with it, and you hear what came of it.\n"
    "Examples: /report, /report typo, /report key the second option is right as well",
    handle=handle,
    order=38,
)
