"""A study group's week on one sheet: what it earned day by day, against its goal, by whom, and what it found hard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.cards import BoardLine, PictureCard
from bot.pictures.board import board_height, draw_board
from bot.pictures.calendar import MONTH_NAMES
from bot.pictures.palette import (
    BIG,
    BLUE,
    FAINT,
    GREEN,
    GRID,
    INK,
    MARGIN,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    Look,
    Sheet,
    width_of,
)

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HEAD, GOAL, CHART, NUMBERS, TITLE_ROW, HARD_ROW = 50, 56, 112, 62, 30, 22
BAR_GAP = 10
MOST_TOP, MOST_HARD = 3, 3


@dataclass(frozen=True, slots=True)
class WeekRecap:
    """A group's week.

    Attributes:
        week_of: its Monday.
        xp_by_day: from Monday on, at most seven.
        goal: XP the group set out to earn; 0 when it set none.
        active: members who learned.
        streak: days in a row on which somebody did.
        hardest: concepts, and the share of answers on them that were right, 0 to 1.
    """

    group: str
    week_of: date
    xp_by_day: tuple[int, ...]
    goal: int
    active: int
    streak: int
    top: tuple[BoardLine, ...]
    hardest: tuple[tuple[str, float], ...]


def recap_picture(recap: WeekRecap) -> PictureCard:
    """A week to look back on."""
    top, hard = recap.top[:MOST_TOP], recap.hardest[:MOST_HARD]
    tall: float = HEAD + (GOAL if recap.goal > 0 else 0) + CHART + NUMBERS
    tall += TITLE_ROW + board_height(top) + (TITLE_ROW + 8 + HARD_ROW * len(hard) if hard else 0)
    sheet = Sheet(WIDTH, tall + 2 * MARGIN)
    y = float(MARGIN)
    sheet.text(MARGIN, y + 10, recap.group, Look(TITLE, room=WIDTH - 2 * MARGIN))
    sheet.text(MARGIN, y + 32, f"The {_week(recap.week_of)}", Look(TEXT, FAINT))
    y += HEAD
    if recap.goal > 0:
        _goal(sheet, y, sum(recap.xp_by_day), recap.goal)
        y += GOAL
    _chart(sheet, y, recap.xp_by_day)
    _numbers(sheet, y + CHART, recap)
    y += CHART + NUMBERS
    sheet.text(MARGIN, y + TITLE_ROW / 2 - 2, "Most XP", Look(TEXT, FAINT))
    draw_board(sheet, y + TITLE_ROW, top)
    y += TITLE_ROW + board_height(top) + 8
    if hard:
        sheet.text(MARGIN, y + TITLE_ROW / 2 - 2, "Hardest this week", Look(TEXT, FAINT))
        for n, (concept, share) in enumerate(hard):
            _hard(sheet, y + TITLE_ROW + n * HARD_ROW + HARD_ROW / 2, concept, share)
    return PictureCard(name="recap.png", png=sheet.png(), alt=_alt(recap))


def _week(monday: date) -> str:
    sunday = monday + timedelta(days=6)
    first = f"{monday.day}" if monday.month == sunday.month else f"{monday.day} {MONTH_NAMES[monday.month - 1]}"
    return f"week of {first} to {sunday.day} {MONTH_NAMES[sunday.month - 1]} {sunday.year}"


def _goal(sheet: Sheet, y: float, xp: int, goal: int) -> None:
    right = WIDTH - MARGIN
    reached = "goal reached" if xp >= goal else f"{goal - xp} XP to the goal"
    sheet.text(MARGIN, y + 10, f"{xp} of {goal} XP", Look(TEXT))
    sheet.text(right, y + 10, reached, Look(TEXT, FAINT, "r"))
    sheet.bar((MARGIN, y + 24, right, y + 36), xp / goal, GREEN)


def _chart(sheet: Sheet, y: float, xp: tuple[int, ...]) -> None:
    floor, room = y + CHART - 26, CHART - 46
    wide = (WIDTH - 2 * MARGIN + BAR_GAP) / len(DAYS) - BAR_GAP
    most = max((*xp, 1))
    for n, name in enumerate(DAYS):
        x, earned = MARGIN + n * (wide + BAR_GAP), xp[n] if n < len(xp) else 0
        tall = max(4.0, room * earned / most) if earned > 0 else 0.0
        sheet.block((x, floor - tall, x + wide, floor), BLUE, radius=min(4.0, tall / 2))
        sheet.text(x + wide / 2, floor - tall - 9, str(earned), Look(SMALL, INK if earned else FAINT, "m"))
        sheet.text(x + wide / 2, floor + 13, name, Look(SMALL, FAINT, "m"))
    sheet.line(((MARGIN, floor), (WIDTH - MARGIN, floor)), GRID, 1)


def _numbers(sheet: Sheet, y: float, recap: WeekRecap) -> None:
    told = [
        (recap.active, "member learned" if recap.active == 1 else "members learned"),
        (recap.streak, "day in a row" if recap.streak == 1 else "days in a row"),
    ]
    if recap.goal <= 0:
        told.insert(0, (sum(recap.xp_by_day), "XP together"))
    share = (WIDTH - 2 * MARGIN) / len(told)
    for n, (number, words) in enumerate(told):
        x = MARGIN + share * (n + 0.5)
        sheet.text(x, y + 16, str(number), Look(BIG, INK, "m", room=share - 6))
        sheet.text(x, y + 40, words, Look(SMALL, FAINT, "m"))


def _hard(sheet: Sheet, y: float, concept: str, share: float) -> None:
    right, told = WIDTH - MARGIN, f"{percent(share)} right"
    sheet.text(MARGIN, y, concept, Look(TEXT, room=right - MARGIN - width_of(told, TEXT) - 12))
    sheet.text(right, y, told, Look(TEXT, FAINT, "r"))


def percent(share: float) -> str:
    """A share of 1 in whole per cent."""
    return f"{round(100 * min(1.0, max(0.0, share)))} %"


def _alt(recap: WeekRecap) -> str:
    xp = sum(recap.xp_by_day)
    days = ", ".join(f"{name} {earned}" for name, earned in zip(DAYS, recap.xp_by_day, strict=False))
    told = [f"{recap.group}, {_week(recap.week_of)}: {xp} XP" + (f" of {recap.goal}" if recap.goal > 0 else "")]
    told += [f"By day: {days}"] if days else []
    told.append(f"{recap.active} active, streak {recap.streak}")
    top = [f"{line.rank}. {line.name} {line.xp} XP" for line in recap.top[:MOST_TOP]]
    told += [f"Most XP: {'; '.join(top)}"] if top else []
    hard = [f"{concept} {percent(share)} right" for concept, share in recap.hardest[:MOST_HARD]]
    told += [f"Hardest: {'; '.join(hard)}"] if hard else []
    return ". ".join(told) + "."
