"""Tells a streak in plain words: what each of its days was, what keeps it now, and what can be done about it.

Pure: the log in, sentences out. Nobody is blamed for a day off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from bot.cards import Action
from bot.days import DayRule, RuleChange
from bot.store.streaklog import Line, LoggedDay, Overview
from bot.streaks import REPAIR_QUESTIONS, Repair, Streak

PAUSE_USUAL = 7  # days, of the pause that one button gives
_COVERS = {
    "bridge": "lost to a change of time zone; it costs nothing",
    "paused": "paused",
    "repaired": f"not done; mended by {REPAIR_QUESTIONS} extra questions",
    "kept": "not done; kept when your accounts became one",
    "waiting": "not done; a freeze stands in for it as soon as you are back",
}


def day_name(day: date) -> str:
    """Name a date shortly: `Thu 19 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def count(number: int, thing: str) -> str:
    """Say how many: `1 day`, `3 days`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def told(days: Iterable[LoggedDay], today: date) -> list[str]:
    """Tell each day in a line."""
    return [f"{day_name(day.day)}: {_what(day, today)}." for day in days]


def _what(day: LoggedDay, today: date) -> str:
    said = _done(day) if day.done else _not_done(day, today)
    return "; ".join([said, *_moves(day)])


def _done(day: LoggedDay) -> str:
    work = [f"{day.answered} of {day.posed}"] if day.posed else []
    if day.passed:
        work.append("a challenge passed" if day.passed == 1 else f"{day.passed} challenges passed")
    return f"done ({', '.join(work)})" if work else "done"


def _not_done(day: LoggedDay, today: date) -> str:
    if day.cover == "amnesty":
        return f"counts for nobody, an admin made it neutral{f' ({day.note})' if day.note else ''}"
    if day.cover == "spent":
        return _frozen(day.lines)
    if day.cover:
        return _COVERS[day.cover]
    some = f" ({day.answered} of {day.posed} answered)" if day.answered else ""
    if day.day >= today:
        return f"today, open{some}" if day.day == today else "still to come"
    return f"not done{some}" + (f"; the streak of {count(day.ended, 'day')} ended here" if day.ended else "")


def _frozen(lines: tuple[Line, ...]) -> str:
    if any(line.reason == "granted" for line in lines):
        return "not done; a free freeze for your first week covered it"
    left = next((line.held for line in reversed(lines) if line.reason == "spent"), 0)
    return f"not done; a freeze was used ({left} left)"


def _moves(day: LoggedDay) -> Iterator[str]:
    """What freezes came in on a date."""
    for line in day.lines:
        if line.reason == "earned" and line.delta > 0:
            yield f"{count(line.delta, 'freeze')} earned ({line.held} held)"
        elif line.reason == "spent" and line.delta > 0:
            yield f"its freeze came back ({line.held} held)"


def counted_by(rule: DayRule, pending: RuleChange | None) -> str:
    """Say by which clock days are counted."""
    said = f"Your days follow {rule.tz} and turn at {rule.day_start:02}:00."
    if pending is not None:
        said += f" From your next day on: {pending.rule.tz}, turning at {pending.rule.day_start:02}:00."
    return said


def freezes(streak: Streak) -> str:
    """Say what freezes are doing and when the next is earned."""
    said = ""
    if streak.frozen:
        stands = "A freeze stands in for" if len(streak.frozen) == 1 else "Freezes stand in for"
        said = f"{stands} {' and '.join(map(day_name, streak.frozen))}. "
    if streak.to_next_freeze is None:
        hold = "the most there can be" if streak.current else "ready for your next streak"
        return f"{said}You hold two freezes, {hold}."
    return f"{said}Next freeze ❄ in {count(streak.to_next_freeze, 'day')}."


def standing(overview: Overview, today: date) -> list[str]:
    """Say what keeps a streak, what mends it, and how the week goes."""
    lines = [freezes(overview.streak)]
    if overview.pause is not None:
        begun = overview.pause.first <= today
        when = "Paused until" if begun else f"Pause from {day_name(overview.pause.first)} until"
        lines.append(f"{when} {day_name(overview.pause.last)}. What you do on those days counts all the same.")
    elif overview.streak.today_covered and not overview.streak.today_done:
        lines.append("Today counts for nobody, so it can break nothing.")
    if overview.repair is not None:
        lines.append(mending(overview.repair, overview.extra, done=overview.streak.today_done))
    if overview.weekly is not None:
        weeks = f" Reached {count(overview.weekly.weeks, 'week')} in a row." if overview.weekly.weeks else ""
        lines.append(f"This week: {overview.weekly.done} of {count(overview.weekly.goal, 'day')}.{weeks}")
    if overview.perfect_weeks:
        this = "This week is perfect: seven of seven days. " if overview.week_is_perfect else ""
        lines.append(f"{this}Perfect weeks so far: {overview.perfect_weeks}.")
    return lines


def mending(repair: Repair, extra: int, *, done: bool) -> str:
    """Say what a repair takes and how far it is."""
    left = max(0, REPAIR_QUESTIONS - extra)
    todo = [] if done else ["today’s questions"]
    if left:
        todo.append(f"{left} {'more ' if extra else ''}extra {'question' if left == 1 else 'questions'}")
    missed = " and ".join(map(day_name, repair.repaired))
    return (
        f"Your streak of {count(repair.run, 'day')} stopped at {missed}. It can be mended until {day_name(repair.until)}:"
        f" {' and '.join(todo) or 'finish one more question'}, right or wrong."
    )


def actions(overview: Overview) -> tuple[Action, ...]:
    """The buttons that help a streak now."""
    found = [] if overview.streak.today_done else [Action("Today’s questions", "daily", primary=True)]
    if overview.repair is not None:
        found.append(Action("Mend the streak", "streak repair", primary=overview.streak.today_done))
    if overview.pause is not None:
        found.append(Action("End the pause", "streak resume"))
    elif overview.streak.current:
        found.append(Action("Take days off", "streak pause"))
    return (*found, Action("Day by day", "streak why"))
