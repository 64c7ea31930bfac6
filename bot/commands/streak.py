"""`/streak [pause | resume | repair | why]`: the streak, its calendar, what keeps it, and what it was day by day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from bot.cards import Action, Card, DayMark, NoticeCard, StreakCard, Tone
from bot.commands import Command
from bot.messages import Reply
from bot.pauses import LONGEST_PAUSE, PAUSE_WINDOW, PAUSED_PER_WINDOW, Refused, read_pause
from bot.pictures import streak_picture
from bot.services import Context
from bot.streak_story import PAUSE_USUAL, actions, count, counted_by, day_name, freezes, mending, standing, told
from bot.streaks import REPAIR_GAP, REPAIR_QUESTIONS, DayKind, Streak

WEEKS = 12
TOLD_DAYS = 14
MARKS = {
    DayKind.DONE: DayMark.DONE,
    DayKind.FROZEN: DayMark.FROZEN,
    DayKind.BRIDGED: DayMark.FROZEN,
    DayKind.PAUSED: DayMark.PAUSED,
    DayKind.AMNESTY: DayMark.PAUSED,
    DayKind.REPAIRED: DayMark.REPAIRED,
    DayKind.PRACTICE: DayMark.PRACTICE,
}


async def handle(context: Context) -> Reply:
    """Show the streak, or do something about it."""
    what, _, rest = context.request.args.partition(" ")
    if not what:
        return await _shown(context)
    handler = HANDLERS.get(what.lower())
    if handler is None:
        return _notice("No such thing", f"“{what[:40]}” is not known here. There are: {', '.join(HANDLERS)}.")
    return await handler(context, rest.strip())


async def _shown(context: Context) -> Reply:
    """Show the streak, the last twelve weeks, and what can be done."""
    overview = await context.store.streaks.overview(context.user.id, context.today)
    known = await context.store.streak_days(context.user.id)
    first = context.today - timedelta(days=context.today.weekday() + 7 * (WEEKS - 1))
    span = (context.today - first).days + 1
    days = tuple((day, _mark(known.get(day))) for day in (first + timedelta(days=n) for n in range(span)))
    streak = overview.streak
    covered = streak.today_covered and not streak.today_done
    card = StreakCard(
        current=streak.current,
        best=streak.best,
        freezes=streak.freezes,
        today_done=streak.today_done,
        headline=_headline(streak, covered=covered),
        days=days,
    )
    cards: tuple[Card, ...] = (card, streak_picture(days))
    if streak.best:
        text = "\n".join(standing(overview, context.today))
        cards = (*cards, NoticeCard(title="How it stands", text=text, actions=actions(overview)))
    return Reply(cards)


def _mark(kind: DayKind | None) -> DayMark:
    return MARKS[kind] if kind else DayMark.EMPTY


def _headline(streak: Streak, *, covered: bool) -> str:
    days = count(streak.current, "day")
    if streak.today_done:
        return f"{days}, and today is done."
    if streak.current:
        return f"{days}, and today is off." if covered else f"{days}. Today’s questions or one challenge keep it."
    if streak.best:
        return "A new streak can begin. Today’s questions or one challenge start it."
    return "No streak yet. Today’s questions or one challenge start it."


async def _pause(context: Context, rest: str) -> Reply:
    if not rest:
        text = (
            f"Paused days neither break a streak nor make it longer. A pause is up to {LONGEST_PAUSE} days, and of any"
            f" {PAUSE_WINDOW} days {PAUSED_PER_WINDOW} can be paused. Or type the last day off:"
            f" /streak pause until {context.today + timedelta(days=PAUSE_USUAL)}."
        )
        lengths = (3, PAUSE_USUAL, LONGEST_PAUSE)
        buttons = tuple(Action(f"{length} days", f"streak pause {length}") for length in lengths)
        return Reply((NoticeCard(title="How long a pause?", text=text, actions=buttons),))
    wanted = read_pause(rest, context.today, context.today)
    kept = (
        wanted
        if isinstance(wanted, Refused)
        else await context.store.streaks.pause(context.user.id, wanted, context.today)
    )
    if isinstance(kept, Refused):
        return _notice("Not changed", kept.reason, Tone.WARNING)
    text = (
        f"You are off from {day_name(kept.first)} to {day_name(kept.last)}. Those days cannot break your streak,"
        " and what you do on them counts all the same."
    )
    return _notice("Enjoy your days off", text, Tone.GOOD, Action("End the pause", "streak resume"))


async def _resume(context: Context, _rest: str) -> Reply:
    freed = await context.store.streaks.resume(context.user.id, context.today)
    if not freed:
        return _notice("No pause to end", "You have none now. /streak pause 7 takes a week off.")
    again = Action("Today’s questions", "daily", primary=True)
    return _notice("Welcome back", "The pause is over, and today counts again.", Tone.GOOD, again)


async def _repair(context: Context, _rest: str) -> Reply:
    overview = await context.store.streaks.overview(context.user.id, context.today)
    if overview.repair is not None:
        buttons = [] if overview.streak.today_done else [Action("Today’s questions", "daily", primary=True)]
        buttons.append(Action("An extra question", "quiz", primary=overview.streak.today_done))
        text = mending(overview.repair, overview.extra, done=overview.streak.today_done)
        done = f"Extra questions so far: {overview.extra} of {REPAIR_QUESTIONS}."
        if overview.repair.frozen:
            done += f" For {' and '.join(map(day_name, overview.repair.frozen))} your freezes stand in."
        return Reply((NoticeCard(title="It can be mended", text=f"{text}\n{done}", actions=tuple(buttons)),))
    alive = f"Your streak is whole: {count(overview.streak.current, 'day')}. " if overview.streak.current else ""
    text = (
        f"{alive}A streak that stopped can be mended within two days, by that day’s questions and {REPAIR_QUESTIONS}"
        f" extra ones, once in {REPAIR_GAP} days."
    )
    return _notice("Nothing to mend", text, Tone.INFO, *actions(overview))


async def _why(context: Context, rest: str) -> Reply:
    last = context.today
    if rest:
        try:
            last = date.fromisoformat(rest)
        except ValueError:
            text = "Write the date as year, month, day: /streak why 2026-11-20."
            return _notice("Not changed", text, Tone.WARNING)
    first = max(last, date.min + timedelta(days=TOLD_DAYS)) - timedelta(days=TOLD_DAYS - 1)
    user = context.user
    days = await context.store.streaks.days(user.id, first, last, context.today)
    streak = await context.store.streak(user.id, context.today)
    begun = next((n for n, day in enumerate(days) if day.done or day.cover or day.posed or day.ended), len(days))
    lines = told(days[begun:], context.today) or ["Nothing is known of these days."]
    text = "\n".join([*lines, freezes(streak), counted_by(user.rule, user.pending)])
    earlier = first - timedelta(days=1) if not begun else streak.last_day
    buttons = [Action("My streak", "streak")]
    if earlier is not None and earlier < first:
        buttons.insert(0, Action("Earlier days", f"streak why {earlier}"))
    return _notice("Your streak, day by day", text, Tone.INFO, *buttons)


def _notice(title: str, text: str, tone: Tone = Tone.INFO, *buttons: Action) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=tone, actions=buttons),))


HANDLERS: dict[str, Callable[[Context, str], Awaitable[Reply]]] = {
    "pause": _pause,
    "resume": _resume,
    "repair": _repair,
    "why": _why,
}

COMMAND = Command(
    name="streak",
    summary="your streak and its calendar",
    usage="/streak [pause | resume | repair | why]",
    help="Shows your streak. A day counts when you finish its questions, whatever the score, or pass a challenge. A freeze ❄"
    " covers a missed day by itself: you start with one, earn one per 7 days in a row, and hold two at most. Days off can be"
    " told beforehand, and a streak that stopped can be mended by work.\n"
    "Examples: /streak, /streak pause 7, /streak pause until 2026-12-01, /streak resume, /streak repair, /streak why",
    handle=handle,
    order=40,
)
