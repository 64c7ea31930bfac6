"""Which questions a learner meets: the record from the store, the choice from `quizzes`, the result kept in the store."""

from __future__ import annotations

from bot.services import Context
from bot.store import Question
from bot.topics import path_sections
from quizzes.choose import Learner, Seen, Topic, daily_set, match_topic, next_item
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
        Learner(await _history(context)),
        path_sections(context.services.track, context.user.path),
        now=context.request.received_at,
        today=context.today,
        seed=seed_for(str(context.user.id), "daily", day),
        size=size,
    )
    warming_up = sorted(chosen, key=lambda item_id: items[item_id].difficulty)  # a day begins with its easiest question
    seeds = [(item_id, str(seed_for(str(context.user.id), item_id, day))) for item_id in warming_up]
    return await context.store.pose(context.user.id, seeds, "daily", context.today)


async def practice_question(context: Context, topic: str) -> Question | None:
    """One question outside the daily set, or None when the topic is unknown or used up.

    What was put to the learner today already comes again only when there is nothing else.
    """
    seed, track, history = context.services.entropy() % 2**32, context.services.track, await _history(context)
    posed = [context.services.track.item(q.item_id) for q in await _posed_today(context)]
    put = tuple(Seen(item.id, item.concept, context.today, True) for item in posed if item)
    now, today = context.request.received_at, context.today
    item_id = next_item(track, Learner((*history, *put)), topic, seed, now=now, today=today) or next_item(
        track, Learner(history), topic, seed, now=now, today=today
    )
    if item_id is None:
        return None
    key = context.request.idempotency_key
    return (await context.store.pose(context.user.id, [(item_id, str(seed))], "quiz", context.today, idem=key))[0]


def asked(context: Context, question: Question) -> None:
    """Note that a question is being shown, so that a plain answer goes to it."""
    context.services.asked[context.user.id] = question.public_id


async def waiting(context: Context) -> tuple[Question, ...]:
    """The question a plain answer goes to: the one shown last, as long as it waits.

    After a restart nobody knows which that was: then it may be the first of the daily set or the latest extra one.
    """
    track, last = context.services.track, context.services.asked.get(context.user.id)
    unanswered = [q for q in await _posed_today(context) if not q.answered and track.item(q.item_id)]
    if last is not None:
        return tuple(q for q in unanswered if q.public_id == last)
    daily = [q for q in unanswered if q.purpose == "daily"]
    extra = [q for q in unanswered if q.purpose == "quiz"]
    return (*daily[:1], *extra[-1:])


async def _posed_today(context: Context) -> list[Question]:
    return await context.store.questions_today(context.user.id, context.today)


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
