"""Which questions a learner meets: what is known of them from the store, the choice from `quizzes`, the result kept in the store."""

from __future__ import annotations

from datetime import date

from bot.services import Context
from bot.store import Question
from bot.store.learning_rows import Learned
from bot.topics import path_sections
from quizzes.choose import Learner, Seen, Topic, daily_set, match_topic, next_item
from quizzes.items import Item, Track
from quizzes.present import seed_for


async def daily_questions(context: Context, size: int) -> list[Question]:
    """Today's questions, chosen once per local day and then kept."""
    questions = await context.store.questions_today(context.user.id, context.today, "daily")
    if questions:
        return questions
    items, learned = askable(context), await context.store.learning.learned(context.user.id)
    chosen = daily_set(
        context.services.track,
        await _learner(context, learned),
        path_sections(context.services.track, context.user.path),
        now=context.request.received_at,
        today=context.today,
        seed=seed_for(str(context.user.id), "daily", context.today.isoformat()),
        size=size,
    )
    warming_up = sorted(chosen, key=lambda item_id: items[item_id].difficulty)  # a day begins with its easiest question
    seeds = [(item_id, variant_seed(context, learned, items[item_id])) for item_id in warming_up]
    return await context.store.pose(context.user.id, seeds, "daily", context.today)


async def practice_question(context: Context, topic: str) -> Question | None:
    """One question outside the daily set, or None when the topic is unknown or used up.

    What was put to the learner today already comes again only when there is nothing else.
    """
    track, today = context.services.track, context.today
    learned, posed = await context.store.learning.learned(context.user.id), await _posed_today(context)
    put = tuple(Seen(item.id, item.concept, today, True) for item in (track.item(q.item_id) for q in posed) if item)
    seed = seed_for(str(context.user.id), "quiz", f"{today} {len(posed)}")
    for also_seen in (put, ()):
        learner = await _learner(context, learned, also_seen)
        item_id = next_item(track, learner, topic, seed, now=context.request.received_at, today=today)
        item = track.item(item_id) if item_id else None
        if item:
            asking = [(item.id, variant_seed(context, learned, item))]
            key = context.request.idempotency_key
            return (await context.store.pose(context.user.id, asking, "quiz", today, idem=key))[0]
    return None


def variant_seed(context: Context, learned: Learned, item: Item) -> str:
    """The seed of an item for this learner: it stays until the concept is due again, so that asking anew draws no others."""
    kept = learned.memories.get(item.concept)
    due = kept.due_day if kept else context.today
    return str(seed_for(str(context.user.id), item.id, max(due, context.today).isoformat()))


def as_learner(
    track: Track, learned: Learned, quarantined: frozenset[str], today: date, also_seen: tuple[Seen, ...] = ()
) -> Learner:
    """Write what is kept of a learner as choosing needs it.

    What a placement test asked says nothing of when concepts were met; its questions only do not come again that day.
    """
    seen = tuple(
        Seen(row.item_id, item.concept, row.local_day, row.correct)
        for row in learned.answered
        if (item := track.item(row.item_id)) and not item.quarantined
    )
    tested = frozenset(row.item_id for row in learned.tested if row.local_day == today)
    return Learner(
        seen=(*seen, *also_seen),
        memories={concept: kept.memory for concept, kept in learned.memories.items()},
        skill=learned.skill,
        sections=learned.sections,
        items=learned.items,
        quarantined=quarantined | tested,
        start=learned.placement.ability if learned.placement else 0.0,
        known=learned.placement.known if learned.placement else {},
        parameters=learned.parameters,
    )


async def _learner(context: Context, learned: Learned, also_seen: tuple[Seen, ...] = ()) -> Learner:
    quarantined = await context.store.insights.quarantined()
    return as_learner(context.services.track, learned, quarantined, context.today, also_seen)


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
        return tuple(q for q in unanswered if q.public_id == last) or await _resumed(context, last)
    daily = [q for q in unanswered if q.purpose == "daily"]
    extra = [q for q in unanswered if q.purpose == "quiz"]
    return (*daily[:1], *extra[-1:])


async def _resumed(context: Context, public_id: str) -> tuple[Question, ...]:
    """A question of a placement test that was shown again on a later day."""
    question = await context.store.question(public_id)
    mine = question is not None and question.user_id == context.user.id and question.purpose == "placement"
    waits = question is not None and not question.answered and context.services.track.item(question.item_id)
    return (question,) if question is not None and mine and waits else ()


async def _posed_today(context: Context) -> list[Question]:
    return await context.store.questions_today(context.user.id, context.today)


def suggest_topics(context: Context, text: str) -> list[Topic]:
    """Topics a person may have meant, or the one they named."""
    return match_topic(context.services.track, text)


def askable(context: Context) -> dict[str, Item]:
    """Items that may be asked, by id."""
    return {item.id: item for item in context.services.track.items if not item.quarantined}
