"""What a group aims at together: the goal of a week, days on which enough of it worked, and how both are said and set.

Pure. Knows no SQL and no platform.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

ACTIVE_DAYS = 7  # who worked in so many days is active
USUAL_SHARE = 60  # per cent of the active members who make a day count for the group
XP_EACH = 40  # what one active member brings to the usual goal: two or three daily sets
STEP = 50
SMALLEST_GOAL, LARGEST_GOAL = 10, 1_000_000
BAR = 10  # characters


class Day(NamedTuple):
    """How many members were active around a day, and how many of them did theirs on it."""

    active: int
    done: int


class Together(NamedTuple):
    """How a group stands: XP of its running week, its goal, its streak in days, and the share a day needs for that."""

    xp: int
    goal: int
    streak: int
    share: int


def usual_goal(active: int) -> int:
    """The weekly goal in XP of a group with so many active members, where nobody set one."""
    wanted = XP_EACH * max(1, active)
    return max(2 * STEP, STEP * -(-wanted // STEP))


def days_of(worked: Iterable[tuple[int, date]], done: Iterable[tuple[int, date]]) -> dict[date, Day]:
    """Count for each day who worked on it or in the six days before, and who of them did a whole day's work."""
    around: dict[date, set[int]] = {}
    for user_id, day in worked:
        for later in range(ACTIVE_DAYS):
            around.setdefault(day + timedelta(days=later), set()).add(user_id)
    finished: dict[date, set[int]] = {}
    for user_id, day in done:
        finished.setdefault(day, set()).add(user_id)
    return {day: Day(len(active), len(active & finished.get(day, set()))) for day, active in around.items()}


def counts(day: Day, share: int) -> bool:
    """Tell whether enough of the active members did theirs, `share` in per cent."""
    return day.done > 0 and 100 * day.done >= share * day.active


def run(
    days: Mapping[date, Day], first: date, last: date, *, share: int, today: date, neutral: Collection[date] = ()
) -> tuple[int, bool]:
    """Count back from `last` the days that count, and tell whether the run goes on before `first`.

    Today breaks nothing: it is not over. Neutral days, declared by whoever runs the bot, neither count nor break.
    """
    total = 0
    for ordinal in range(last.toordinal(), first.toordinal() - 1, -1):
        day = date.fromordinal(ordinal)
        if counts(days.get(day, Day(0, 0)), share):
            total += 1
        elif day != today and day not in neutral:
            return total, False
    return total, True


def goal_line(together: Together) -> str:
    """The week of a group in one line, with a bar that needs no colour."""
    filled = min(BAR, BAR * together.xp // together.goal)
    bar = "▰" * filled + "▱" * (BAR - filled)
    said = f"Together: {together.xp:,} of {together.goal:,} XP this week {bar}"
    return f"{said} reached!" if together.xp >= together.goal else said


def streak_line(together: Together) -> str:
    """The streak of a group in one line, or "" while there is none."""
    if not together.streak:
        return ""
    days = "1 day" if together.streak == 1 else f"{together.streak} days in a row"
    return f"Group streak: {days} with at least {together.share} % of you done."


class GoalError(Exception):
    """A goal that cannot be set; the message says what can."""


def read_goal(text: str) -> tuple[str, int | None]:
    """Read `600`, `auto`, or `share 70`: which of "weekly_xp" and "streak_share" to set, and to what.

    Raises:
        GoalError: it is none of these.
    """
    words = text.lower().replace("%", " ").replace("xp", " ").split()
    what = "streak_share" if words[:1] == ["share"] else "weekly_xp"
    rest = words[1:] if what == "streak_share" else words
    if rest in (["auto"], ["usual"], ["off"], ["none"]):
        return what, None
    low, high = (1, 100) if what == "streak_share" else (SMALLEST_GOAL, LARGEST_GOAL)
    number = "".join(rest).replace(",", "")
    if not re.fullmatch(r"[0-9]{1,9}", number) or not low <= int(number) <= high:
        raise GoalError(
            f"Say how many XP the group is to reach in a week, from {SMALLEST_GOAL} to {LARGEST_GOAL:,}, such as 600; or auto."
            " For the group streak, say share and a number from 1 to 100, such as share 60."
        )
    return what, int(number)
