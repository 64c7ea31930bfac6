"""`/explain`: the learner's latest mistake again, with its explanation."""

from __future__ import annotations

from bot.cards import Action, FeedbackCard, Markdown, NoticeCard, Tone
from bot.commands import Command
from bot.messages import Reply
from bot.posing import posed
from bot.services import Context
from bot.store import Attempt, Explanation, Question, Submission
from bot.topics import section_title
from quizzes.grade import Graded, grade


async def handle(context: Context) -> Reply:
    """Explain the latest wrong answer or failed submission."""
    mistake = await context.store.last_mistake(context.user.id)
    if mistake is not None and mistake.submission is not None:
        return Reply((_submission_card(context, mistake.submission, mistake.explanation),))
    if mistake is not None and mistake.question is not None:
        card = _answer_card(context, mistake.question, mistake.attempt)
        if card is not None:
            return Reply((card,))
    text = "Nothing to explain: you have made no mistake yet. That will change; it is how this works."
    actions = (Action("Today’s questions", "daily", primary=True),)
    return Reply((NoticeCard(title="No mistakes so far", text=text, tone=Tone.GOOD, actions=actions),))


def _submission_card(context: Context, submission: Submission, kept: Explanation | None) -> NoticeCard:
    challenge = context.services.challenges.get(submission.slug)
    title = challenge.title if challenge else submission.slug
    return NoticeCard(
        title=f"Your last try at “{title}”: {submission.verdict.replace('_', ' ')}",
        text=kept.body if kept else "This try left no explanation; submit once more and one will follow.",
        actions=(
            Action("Edit and try again", f"challenge {submission.slug}", primary=True),
            Action("Hint (−10 % XP)", f"hint {submission.slug}"),
        ),
    )


def _answer_card(context: Context, question: Question, attempt: Attempt) -> FeedbackCard | None:
    item = context.services.track.item(question.item_id)
    graded = grade(item, posed(question, item), attempt.answer_text) if item else None
    if item is None or not isinstance(graded, Graded):
        return None
    return FeedbackCard(
        headline=f"Your last mistake: {section_title(context.services.track, item.section)}",
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
