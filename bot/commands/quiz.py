"""`/quiz [topic]`: one extra question, on a topic if one is named."""

from __future__ import annotations

from bot.cards import Action, NoticeCard
from bot.commands import Command
from bot.learning import asked, practice_question, suggest_topics
from bot.messages import Reply
from bot.posing import question_card
from bot.services import Context
from quizzes.topics import Topic


async def handle(context: Context) -> Reply:
    """Pose one practice question."""
    topic = context.request.args
    question = await practice_question(context, topic)
    item = context.services.track.item(question.item_id) if question else None
    if question is None or item is None:
        return Reply((_nothing(topic, suggest_topics(context, topic)),))
    asked(context, question)
    return Reply((question_card(context, question, item, "Practice"),))


def _nothing(topic: str, near: list[Topic]) -> NoticeCard:
    if not topic or (near and near[0].exact):
        text = "You have answered everything there is on that today; more comes back tomorrow."
        return NoticeCard(
            title="No questions left", text=text, actions=(Action("A coding challenge", "challenge", primary=True),)
        )
    actions = (*(Action(t.title, f"quiz {t.id}") for t in near), Action("See the topics", "learn"))
    text = f"No topic is called “{topic[:60]}”." + (" Is it one of these?" if near else " /learn lists what there is.")
    return NoticeCard(title="No such topic", text=text, actions=actions)


COMMAND = Command(
    name="quiz",
    summary="one more question, on a topic if you like",
    usage="/quiz [topic]",
    help="Asks one practice question. A topic is a section or a concept.\nExamples: /quiz, /quiz algorithms, /quiz precision-recall",
    handle=handle,
    order=20,
)
