"""Which questions a learner meets: the record from the store, the choice from `quizzes`, the result kept in the store."""

from __future__ import annotations

from bot.services import Context
from bot.store import Question
from bot.topics import path_sections
from quizzes.choose import Seen, Topic, daily_set, match_topic, next_item
from quizzes.items import Item
from quizzes.present import seed_for


async def daily_questions(context: Context, size: int) -> list[Question]:
    """Today's questions, chosen once per local day and then kept."""
    day = context.today.isoformat()
    questions = await context.store.questions_today(context.user.id, context.today, "daily")
    if questions:
        return questions
    items = askable(context)
    chosen = daily_set(
        context.services.track,
        await _history(context),
        path_sections(context.services.track, context.user.path),
        today=context.today,
        seed=seed_for(str(context.user.id), "daily", day),
        size=size,
    )
    warming_up = sorted(chosen, key=lambda item_id: items[item_id].difficulty)  # a day begins with its easiest question
    seeds = [(item_id, str(seed_for(str(context.user.id), item_id, day))) for item_id in warming_up]
    return await context.store.pose(context.user.id, seeds, "daily", context.today)


async def practice_question(context: Context, topic: str) -> Question | None:
    """One question outside the daily set, or None when the topic is unknown or used up."""
    seed = context.services.entropy() % 2**32
    item_id = next_item(context.services.track, await _history(context), topic, seed, today=context.today)
    if item_id is None:
        return None
    key = context.request.idempotency_key
    return (await context.store.pose(context.user.id, [(item_id, str(seed))], "quiz", context.today, idem=key))[0]


def suggest_topics(context: Context, text: str) -> list[Topic]:
    """Topics a person may have meant, or the one they named."""
    return match_topic(context.services.track, text)


def askable(context: Context) -> dict[str, Item]:
    """Items that may be asked, by id."""
    return {item.id: item for item in context.services.track.items if not item.quarantined}


async def _history(context: Context) -> tuple[Seen, ...]:
    items = askable(context)
    rows = await context.store.history(context.user.id)
    return tuple(
        Seen(row.item_id, items[row.item_id].concept, row.local_day, row.correct)
        for row in rows
        if row.item_id in items
    )
