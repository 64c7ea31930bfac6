"""What becomes of a short answer after its words were looked through: a second reading by Claude, where it may be asked.

It helps and never grades: XP and streak stand already, and a mark by Claude changes neither.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Action, ExplanationCard
from bot.consent import told_first
from bot.explaining import SOURCES, vote_actions
from bot.messages import Reply
from bot.services import Context
from bot.store import Recorded
from bot.store.tutor_votes import Turn
from bot.tutor import Marked, Who
from quizzes.items import Item, Short


async def with_marks(context: Context, item: Item, text: str, recorded: Recorded, reply: Reply) -> Reply:
    """Let an assistant hold a short answer against its rubric, after what the keywords found; any other reply stays."""
    body, attempt, tutor = item.body, recorded.attempt, context.services.tutor
    who = Who(context.user.id, context.group.id)
    if not isinstance(body, Short) or attempt is None or not await tutor.available(who):
        return reply
    if notice := await told_first(context):
        return replace(reply, cards=(*reply.cards, notice))
    points = tuple(rubric.point for rubric in body.rubric)

    async def marked() -> Reply | None:
        found = await tutor.mark_short(points, item.prompt, text, who)
        if found is None or len(found.criteria) != len(points):
            return None
        card = mark_card(points, found, attempt.id)
        await context.store.voices.add_turn(attempt.id, Turn("", card.text), f"marks {attempt.id}")
        return Reply((card,))

    return replace(reply, followup=marked)


def mark_card(points: tuple[str, ...], found: Marked, attempt_id: int) -> ExplanationCard:
    """What was found of each point, in the words of the rubric, and a sentence on it."""
    lines = [f"{'✓' if yes else '–'} {point.rstrip('.')}" for point, yes in zip(points, found.criteria, strict=True)]
    return ExplanationCard(
        title="Your answer, read once more",
        text="\n".join([*lines, found.text, "This changes no XP."]),
        source=SOURCES["ai"],
        specific=True,
        by_ai=True,
        actions=(Action("Next question", "daily", primary=True), *vote_actions(attempt_id, by_ai=True)),
    )
