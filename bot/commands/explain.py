"""`/explain`: the learner's latest mistake again, with its explanation."""

from __future__ import annotations

from bot.cards import Action, Card, FeedbackCard, Markdown, NoticeCard, Tone
from bot.commands import Command
from bot.explaining import explanation_card, fault_card, practise_actions, seen_before, vote_actions
from bot.messages import Reply
from bot.posing import posed
from bot.running import busy_card, run_card, run_code, source_of
from bot.services import Context
from bot.store import Attempt, Explanation, Mistake, Question, Submission
from bot.topics import section_title
from bot.tutor import Explanation as Said
from bot.tutor.exceptions import read_fault
from quizzes.grade import Graded, grade
from runner import Outcome
from runner.fair import Busy


async def handle(context: Context) -> Reply:
    """Explain an error that was sent along, or the latest wrong answer or failed submission."""
    if sent := source_of(context.request):
        return await _explain_sent(context, sent)
    mistake = await context.store.last_mistake(context.user.id)
    if mistake is not None and mistake.submission is not None:
        return Reply(await _submission_cards(context, mistake, mistake.submission))
    if mistake is not None and mistake.question is not None:
        cards = _answer_cards(context, mistake.question, mistake.attempt, await seen_before(context, mistake.attempt))
        if cards:
            return Reply(cards)
    text = "Nothing to explain: you have made no mistake yet. That will change; it is how this works."
    actions = (Action("Today’s questions", "daily", primary=True),)
    return Reply((NoticeCard(title="No mistakes so far", text=text, tone=Tone.GOOD, actions=actions),))


async def _explain_sent(context: Context, sent: str | bytes) -> Reply:
    """Explain what was sent: the last line of a traceback, or code, which is run to see what stops it."""
    text = sent if isinstance(sent, str) else sent.decode("utf-8", "replace")
    if (fault := read_fault(text)) is not None:
        return Reply((fault_card(fault, ""),))
    try:
        result = await run_code(context, sent)
    except Busy as busy:
        return Reply((busy_card(busy, "Not run yet"),))
    explained = (fault_card(result.fault, text),) if result.outcome is Outcome.ERROR and result.fault else ()
    return Reply((run_card(result), *explained))


async def _submission_cards(context: Context, mistake: Mistake, submission: Submission) -> tuple[Card, ...]:
    """Explain a failed try, with what an assistant added last, if one did."""
    passed = (await context.store.best_verdicts(context.user.id)).get(submission.slug, False)
    card = _submission_card(context, submission, mistake.explanation, passed)
    challenge = context.services.challenges.get(submission.slug)
    turns = await context.store.voices.turns(mistake.attempt.id)
    if challenge is None or not turns:
        return (card,)
    added = Said(source="ai", specific=True, text=turns[-1].answer)
    return card, explanation_card(challenge, added, mistake.attempt.id)


def _submission_card(context: Context, submission: Submission, kept: Explanation | None, passed: bool) -> NoticeCard:
    """The try that failed; a challenge passed since then offers no hint, for there is nothing left to pay it from."""
    challenge = context.services.challenges.get(submission.slug)
    title = challenge.title if challenge else submission.slug
    verdict = submission.verdict.replace("_", " ")
    again = Action("Open it again" if passed else "Edit and try again", f"challenge {submission.slug}", primary=True)
    hint = Action("Hint (−10 % XP)", f"hint {submission.slug}")
    practise = practise_actions(challenge) if challenge else ()
    return NoticeCard(
        title=f"Your last mistake in “{title}”, passed since: {verdict}"
        if passed
        else f"Your last try at “{title}”: {verdict}",
        text=kept.body if kept else "This try left no explanation; submit once more and one will follow.",
        actions=(*((again,) if passed else (again, hint)), *practise, *vote_actions(kept.attempt_id if kept else None)),
    )


def _answer_cards(
    context: Context, question: Question, attempt: Attempt, before: str
) -> tuple[NoticeCard, FeedbackCard] | None:
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
        explanation=Markdown("\n\n".join(filter(None, (graded.explanation, before)))),
        actions=(
            Action("Practise this topic", f"quiz {item.concept}", primary=True),
            Action("Today’s questions", "daily"),
            *vote_actions(attempt.id),
        ),
    )
    return NoticeCard(title=title, text=posed(question, item).prompt), card


COMMAND = Command(
    name="explain",
    summary="explain my latest mistake again, or an error you send",
    usage="/explain, alone or with a traceback or code on the lines below",
    help="Shows your latest wrong answer or failed submission once more, with what went wrong and one next step.\n"
    "With a traceback or code below it, explains that instead; code is run in isolation to see what stops it.\nExample: /explain",
    handle=handle,
    order=36,
)
