"""`/quiz [topic]`: one extra question, on a topic if one is named."""

from __future__ import annotations

from bot.cards import Action, NoticeCard
from bot.commands import Command
from bot.learning import practice_question, suggest_topics
from bot.messages import Reply
from bot.posing import question_card
from bot.services import Context


async def handle(context: Context) -> Reply:
    """Pose one practice question."""
    topic = context.request.args
    question = await practice_question(context, topic)
    if question is None:
        near = suggest_topics(context, topic)
        return Reply(
            (
                NoticeCard(
                    title="No such topic" if topic else "No questions left",
                    text=f"I have no questions on “{topic[:60]}”."
                    if topic
                    else "You have seen every question; come back tomorrow.",
                    actions=tuple(Action(name, f"quiz {name}") for name in near)
                    or (Action("See the topics", "learn"),),
                ),
            )
        )
    item = context.services.track.item(question.item_id)
    return Reply((question_card(context, question, item, "Practice"),))


COMMAND = Command(
    name="quiz",
    summary="one more question, on a topic if you like",
    usage="/quiz [topic]",
    help="Asks one practice question. A topic is a section or a concept.\nExamples: /quiz, /quiz algorithms, /quiz precision",
    handle=handle,
    order=20,
)
