"""`/daily`: today's five questions, one at a time, the same ones however often they are asked for."""

from __future__ import annotations

from bot.cards import Action, Card, NoticeCard, Tone
from bot.commands import Command
from bot.learning import asked, daily_questions
from bot.messages import Reply
from bot.placing import OFFER, offered
from bot.posing import question_card
from bot.services import Context

SIZE = 5


async def handle(context: Context) -> Reply:
    """Show the next unanswered question of today, or say that the day is done."""
    questions = await daily_questions(context, SIZE)
    answered = sum(q.answered for q in questions)
    for number, question in enumerate(questions, 1):
        item = context.services.track.item(question.item_id)
        if item is not None and not question.answered:
            asked(context, question)
            card = question_card(context, question, item, f"Question {number} of {len(questions)}")
            return Reply((*await _offer(context, answered), card))
    streak = await context.store.streak(context.user.id, context.today)
    return Reply(
        (
            NoticeCard(
                title="Today’s questions are done",
                text=f"{answered} of {len(questions)} answered. Streak: {streak.current} {'day' if streak.current == 1 else 'days'}. "
                "New ones come tomorrow; a challenge or extra practice is welcome any time.",
                tone=Tone.GOOD,
                actions=(
                    Action("Try a challenge", "challenge", primary=True),
                    Action("Practise", "quiz"),
                    Action("Leaderboard", "leaderboard"),
                ),
            ),
        )
    )


async def _offer(context: Context, answered: int) -> tuple[Card, ...]:
    """Offer a newcomer, with their first question, to find where they start."""
    if answered or not await offered(context):
        return ()
    text = "Not new to the subject? Ten to fifteen questions find out what you know, and today’s questions then begin there."
    return (NoticeCard(title="Where do you start?", text=text, actions=(OFFER,)),)


COMMAND = Command(
    name="daily",
    summary="today’s five questions",
    usage="/daily",
    help="Asks today’s five questions one by one. Finishing them, whatever the score, keeps your streak.\nExample: /daily",
    handle=handle,
    order=10,
)
