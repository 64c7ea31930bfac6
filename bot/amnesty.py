"""Amnesty days in chat: `/group amnesty 2026-11-20 power cut` makes a day neutral for every member, for those who manage the place."""

from __future__ import annotations

from datetime import date, timedelta

from bot.cards import Action, NoticeCard, Tone
from bot.messages import Reply
from bot.services import Context
from bot.store.amnesties import Amnesty, Outcome
from bot.streak_story import count, day_name

DAYS_BACK = 7


async def amnesty(context: Context, rest: str) -> Reply:
    """List the neutral days, declare one, or take one back."""
    first, _, note = rest.partition(" ")
    if not first:
        return await _list(context)
    undoing = first.lower() == "undo"
    typed = note.strip() if undoing else first
    day = _read(typed, context.today)
    if day is None:
        text = f"Write the day as year, month, day: /group amnesty {context.today} the reason."
        return _notice("Which day?", text, Tone.WARNING)
    return await (_undo(context, day) if undoing else _declare(context, day, note.strip()))


def _read(text: str, today: date) -> date | None:
    if text.lower() == "today":
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def _list(context: Context) -> Reply:
    lines = [told(one) for one in await context.store.streaks.amnesties(context.group.id)]
    usage = f"When something was down, /group amnesty {context.today} with a reason makes that day neutral for every member."
    return _notice("Neutral days", "\n".join([*(lines or ["None so far."]), usage]))


def told(one: Amnesty) -> str:
    """Say of a neutral day why, who declared it, and when."""
    who = "for everyone, by whoever runs this bot" if one.for_all else f"by {one.by or 'somebody'}"
    return f"{day_name(one.day)} {one.day.year}: {one.note or 'no reason given'} ({who}, {one.at:%Y-%m-%d %H:%M} UTC)"


async def _declare(context: Context, day: date, note: str) -> Reply:
    if not context.today - timedelta(days=DAYS_BACK) <= day <= context.today:
        text = f"A day can be made neutral today or up to {DAYS_BACK} days later, so that streaks of long ago stay as they were."
        return _notice("Not changed", text, Tone.WARNING)
    done = await context.store.streaks.declare_amnesty(context.group.id, day, note, context.user.id)
    if done.outcome is Outcome.ALREADY:
        return _notice("Nothing changed", f"{day_name(day)} is neutral already.")
    text = (
        f"{day_name(day)} breaks no streak in this group, of {count(done.members, 'member')} in all. Streaks it had stopped"
        " go on, and freezes it had cost came back. Who did that day keeps it as done."
    )
    undo = Action("Take it back", f"group amnesty undo {day}")
    return Reply((NoticeCard(title="A neutral day", text=text, tone=Tone.GOOD, actions=(undo,)),))


async def _undo(context: Context, day: date) -> Reply:
    done = await context.store.streaks.undo_amnesty(context.group.id, day, context.user.id)
    if done.outcome is Outcome.ALREADY:
        return _notice("Nothing changed", f"{day_name(day)} was not made neutral here.")
    if done.outcome is Outcome.TOO_LATE:
        return _notice(
            "Not changed", "A neutral day can be taken back within 24 hours. Streaks rest on this one by now."
        )
    text = f"{day_name(day)} is a day like any other again. Who has used a freeze it gave back keeps that."
    return _notice("Taken back", text, Tone.GOOD)


def _notice(title: str, text: str, tone: Tone = Tone.INFO) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=tone),))
