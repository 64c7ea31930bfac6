"""`/explain`: the learner's latest mistake again, with its explanation."""

from __future__ import annotations

from bot.cards import Action, Card, FeedbackCard, Markdown, NoticeCard, Tone
from bot.commands import Command
from bot.messages import Reply
from bot.posing import posed
from bot.services import Context
from bot.store import Attempt, Submission
from quizzes.grade import Graded, grade


async def handle(context: Context) -> Reply:
    """Explain the latest wrong answer or failed submission."""
    mistake = await context.store.last_mistake(context.user.id)
    if isinstance(mistake, Submission):
        return Reply(_submission_cards(mistake))
    if isinstance(mistake, Attempt):
        card = await _answer_card(context, mistake)
        if card is not None:
            return Reply((card,))
    text = "Nothing to explain: you have made no mistake yet. That will change; it is how this works."
    return Reply(
        (
            NoticeCard(
                title="No mistakes so far", text=text, tone=Tone.GOOD, actions=(Action("Today’s questions", "daily"),)
            ),
        )
    )


def _submission_cards(mistake: Submission) -> tuple[Card, ...]:
    return (
        NoticeCard(
            title=f"Your last try at {mistake.slug}: {mistake.verdict}",
            text=mistake.explanation or "This try left no explanation; submit once more and one will follow.",
            actions=(
                Action("Edit and try again", f"challenge {mistake.slug}", primary=True),
                Action("Hint", f"hint {mistake.slug}"),
            ),
        ),
    )


async def _answer_card(context: Context, mistake: Attempt) -> FeedbackCard | None:
    question = await context.store.question_by_id(mistake.question_id) if mistake.question_id else None
    if question is None or question.item_id not in context.services.track.items:
        return None
    item = context.services.track.item(question.item_id)
    graded = grade(item, posed(question, item), mistake.answer_text)
    if not isinstance(graded, Graded):
        return None
    return FeedbackCard(
        headline=f"Your last mistake: {context.services.track.section(item.section).title}",
        correct=False,
        score=graded.score,
        chosen=graded.chosen,
        right=Markdown(graded.right),
        feedback=Markdown(graded.feedback),
        explanation=Markdown(f"{posed(question, item).prompt}\n\n{graded.explanation}"),
        actions=(
            Action("Practise this topic", f"quiz {item.concept}", primary=True),
            Action("Today’s questions", "daily"),
        ),
    )


COMMAND = Command(
    name="explain",
    summary="explain my latest mistake again",
    usage="/explain",
    help="Shows your latest wrong answer or failed submission once more, with what went wrong and one next step.\nExample: /explain",
    handle=handle,
    order=36,
)
