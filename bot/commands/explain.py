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
        passed = (await context.store.best_verdicts(context.user.id)).get(mistake.submission.slug, False)
        return Reply((_submission_card(context, mistake.submission, mistake.explanation, passed),))
    if mistake is not None and mistake.question is not None:
        cards = _answer_cards(context, mistake.question, mistake.attempt)
        if cards:
            return Reply(cards)
    text = "Nothing to explain: you have made no mistake yet. That will change; it is how this works."
    actions = (Action("Today’s questions", "daily", primary=True),)
    return Reply((NoticeCard(title="No mistakes so far", text=text, tone=Tone.GOOD, actions=actions),))


def _submission_card(context: Context, submission: Submission, kept: Explanation | None, passed: bool) -> NoticeCard:
    """Explain a failed try; a challenge passed since then offers no hint, for there is nothing left to pay it from."""
    challenge = context.services.challenges.get(submission.slug)
    title = challenge.title if challenge else submission.slug
    verdict = submission.verdict.replace("_", " ")
    again = Action("Open it again" if passed else "Edit and try again", f"challenge {submission.slug}", primary=True)
    hint = Action("Hint (−10 % XP)", f"hint {submission.slug}")
    return NoticeCard(
        title=f"Your last mistake in “{title}”, passed since: {verdict}"
        if passed
        else f"Your last try at “{title}”: {verdict}",
        text=kept.body if kept else "This try left no explanation; submit once more and one will follow.",
        actions=(again,) if passed else (again, hint),
    )


def _answer_cards(context: Context, question: Question, attempt: Attempt) -> tuple[NoticeCard, FeedbackCard] | None:
    """Show the question first, then what was said to it, then why."""
    item = context.services.track.item(question.item_id)
    graded = grade(item, posed(question, item), attempt.answer_text) if item else None
    if item is None or not isinstance(graded, Graded):
        return None
    title = f"Your last mistake: {section_title(context.services.track, item.section)}"
    card = FeedbackCard(
        headline="Your answer then",
        correct=False,
        score=graded.score,
        chosen=graded.chosen,
        right=Markdown(graded.right),
        feedback=Markdown(graded.feedback),
        explanation=Markdown(graded.explanation),
        actions=(
            Action("Practise this topic", f"quiz {item.concept}", primary=True),
            Action("Today’s questions", "daily"),
        ),
    )
    return NoticeCard(title=title, text=posed(question, item).prompt), card


COMMAND = Command(
    name="explain",
    summary="explain my latest mistake again",
    usage="/explain",
    help="Shows your latest wrong answer or failed submission once more, with what went wrong and one next step.\nExample: /explain",
    handle=handle,
    order=36,
)
