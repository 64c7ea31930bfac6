"""`/streak`: the streak, its freezes, and a calendar to look at."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card, DayMark, StreakCard
from bot.commands import Command
from bot.messages import Reply
from bot.pictures import streak_picture
from bot.services import Context
from bot.streaks import DayKind

WEEKS = 12
MARKS = {
    DayKind.DONE: DayMark.DONE,
    DayKind.FROZEN: DayMark.FROZEN,
    DayKind.BRIDGED: DayMark.FROZEN,
    DayKind.PRACTICE: DayMark.PRACTICE,
}


async def handle(context: Context) -> Reply:
    """Show the streak and the last twelve weeks."""
    streak = await context.store.streak(context.user.id, context.today)
    known = await context.store.streak_days(context.user.id)
    first = context.today - timedelta(days=context.today.weekday() + 7 * (WEEKS - 1))
    span = (context.today - first).days + 1
    days = tuple((day, _mark(known.get(day))) for day in (first + timedelta(days=n) for n in range(span)))
    card = StreakCard(
        current=streak.current,
        best=streak.best,
        freezes=streak.freezes,
        today_done=streak.today_done,
        headline=_headline(streak.current, streak.today_done),
        days=days,
    )
    cards: tuple[Card, ...] = (card, streak_picture(days))
    return Reply(cards)


def _mark(kind: DayKind | None) -> DayMark:
    return MARKS[kind] if kind else DayMark.EMPTY


def _headline(current: int, done: bool) -> str:
    days = f"{current} {'day' if current == 1 else 'days'}"
    if done:
        return f"{days}, and today is done."
    if current:
        return f"{days}. Today’s questions or one challenge keep it."
    return "No streak yet. Today’s questions or one challenge start it."


COMMAND = Command(
    name="streak",
    summary="your streak and its calendar",
    usage="/streak",
    help="Shows your streak. A day counts when you finish its questions, whatever the score, or pass a challenge.\n"
    "A freeze ❄ covers a missed day by itself: you start with one, earn one per 7 days in a row, and hold two at most.\nExample: /streak",
    handle=handle,
    order=40,
)
