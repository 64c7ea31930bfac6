"""Duels between the store and the questions: what is asked, the next question of one, and what comes after an answer."""

from __future__ import annotations

from dataclasses import replace

from bot import duels
from bot.cards import Action, FeedbackCard
from bot.learning import askable, asked
from bot.messages import Reply
from bot.posing import question_card
from bot.services import Context
from bot.store import Question
from bot.store.games_duels import Duel
from bot.store.games_results import Ended
from quizzes.generators import seeded
from quizzes.present import seed_for

HOW = {1.0: "you won your duel", 0.5: "your duel is a draw", 0.0: "your duel is over"}


async def next_question(context: Context, running: Duel) -> Reply | None:
    """Show the next question of a duel, choosing what it asks if this is its first; None when all were answered."""
    items = running.items or await _choose(context, running)
    seeds = [str(seed_for(f"duel {running.id} {context.user.id}", item_id, "")) for item_id in items]
    question = await context.store.games.duels.pose(context.user.id, running.id, seeds, context.today)
    item = context.services.track.item(question.item_id) if question else None
    if question is None or item is None:
        return None
    asked(context, question)
    label = f"Duel: question {running.answered + 1} of {len(items)}"
    return Reply((question_card(context, question, item, label),))


async def _choose(context: Context, running: Duel) -> tuple[str, ...]:
    """Settle the items of a duel: of concepts both have met, and none that either saw today."""
    items = askable(context)
    histories = [await context.store.history(user_id) for user_id in (context.user.id, running.rival)]
    met = [{items[seen.item_id].concept for seen in history if seen.item_id in items} for history in histories]
    recent = {seen.item_id for history in histories for seen in history if (context.today - seen.local_day).days < 1}
    chosen = duels.choose(items.values(), met[0] & met[1], recent, seeded(seed_for("duel", str(running.id), "")))
    return await context.store.games.duels.set_items(running.id, [item.id for item in chosen])


async def after_answer(context: Context, question: Question, card: FeedbackCard) -> FeedbackCard:
    """Lead on from an answer that was part of a duel; any other card stays as it is."""
    came_to = await context.store.games.duels.after(question.id)
    if came_to is None:
        return card
    if came_to is False:
        return replace(card, actions=(Action("Next duel question", "duel", primary=True),))
    after = result_line(came_to) if isinstance(came_to, Ended) else "your part of the duel is done"
    return replace(
        card,
        gains=", ".join(filter(None, (card.gains, after))),
        actions=(Action("The duel", "duel", primary=True), *card.actions),
    )


def result_line(ended: Ended) -> str:
    """How a duel ended for one of the two, without a name."""
    return f"{HOW[ended.scored]}, {ended.mine.correct} to {ended.theirs.correct}"
