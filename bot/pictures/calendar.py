"""The streak calendar: weeks across, Monday to Sunday down, a sign on every day that counts."""

from __future__ import annotations

from datetime import date

from bot.cards import DayMark, PictureCard
from bot.pictures.palette import (
    BLUE,
    EMPTY,
    FAINT,
    GREEN,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    PALE,
    TEXT,
    WHITE,
    WIDTH,
    Look,
    Sheet,
)

MARKS = {
    DayMark.DONE: GREEN,
    DayMark.FROZEN: BLUE,
    DayMark.REPAIRED: ORANGE,
    DayMark.PAUSED: GREY,
    DayMark.PRACTICE: PALE,
    DayMark.EMPTY: EMPTY,
}
WORDS = {
    DayMark.DONE: "done",
    DayMark.FROZEN: "kept by a freeze",
    DayMark.REPAIRED: "repaired",
    DayMark.PAUSED: "paused",
    DayMark.PRACTICE: "some practice",
}
ALWAYS_EXPLAINED = (DayMark.DONE, DayMark.FROZEN, DayMark.PRACTICE)
CELL, GAP, ROUND = 23, 4, 6
DAY_NAMES, MONTHS = 40, 26
LEGEND_TOP, LEGEND_ROW, LEGEND_CELL = 14, 22, 16
FIRST_WEEK = 7  # a month is named above the week that holds its first Monday


def streak_picture(days: tuple[tuple[date, DayMark], ...]) -> PictureCard:
    """A calendar of consecutive days that begin on a Monday; the last one is today."""
    weeks, legend = (len(days) + 6) // 7, _legend(days)
    left, top = MARGIN + DAY_NAMES, MARGIN + MONTHS
    foot = top + 7 * (CELL + GAP) + LEGEND_TOP
    sheet = Sheet(max(left + weeks * (CELL + GAP) - GAP + MARGIN, WIDTH), foot + len(legend) * LEGEND_ROW + MARGIN / 2)
    for row, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        sheet.text(MARGIN, top + row * (CELL + GAP) + CELL / 2, name, Look(TEXT, FAINT))
    for n, (day, mark) in enumerate(days):
        x, y = left + n // 7 * (CELL + GAP), top + n % 7 * (CELL + GAP)
        _cell(sheet, x, y, mark)
        if day.day <= FIRST_WEEK and n % 7 == 0:
            sheet.text(x, top - 14, MONTH_NAMES[day.month - 1], Look(TEXT, INK))
        if n == len(days) - 1:
            sheet.block((x, y, x + CELL, y + CELL), None, radius=ROUND, edge=INK)
    for n, marks in enumerate(legend):
        _legend_row(sheet, foot + n * LEGEND_ROW + LEGEND_ROW / 2, marks)
    return PictureCard(name="streak.png", png=sheet.png(), alt=_alt(days))


MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _alt(days: tuple[tuple[date, DayMark], ...]) -> str:
    counts = {mark: sum(m is mark for _, m in days) for mark in DayMark}
    told = [f"{counts[DayMark.DONE]} done", f"{counts[DayMark.FROZEN]} kept by a freeze"]
    told += [f"{counts[mark]} {WORDS[mark]}" for mark in (DayMark.REPAIRED, DayMark.PAUSED) if counts[mark]]
    told.append(f"{counts[DayMark.PRACTICE]} with some practice")
    span = "today" if len(days) == 1 else f"the last {len(days)} days"
    return f"Calendar of {span}: {', '.join(told)}."


def _legend(days: tuple[tuple[date, DayMark], ...]) -> list[tuple[DayMark, ...]]:
    """The marks to explain, in rows: rare ones only when they are there."""
    rare = {mark for _, mark in days} - {DayMark.EMPTY, *ALWAYS_EXPLAINED}
    rows = [ALWAYS_EXPLAINED, tuple(mark for mark in WORDS if mark in rare)]
    return [row for row in rows if row]


def _legend_row(sheet: Sheet, y: float, marks: tuple[DayMark, ...]) -> None:
    x = float(MARGIN)
    for mark in marks:
        _cell(sheet, x, y - LEGEND_CELL / 2, mark, LEGEND_CELL)
        x += LEGEND_CELL + 6
        x += sheet.text(x, y, WORDS[mark], Look(TEXT, FAINT)) + 16


def _cell(sheet: Sheet, x: float, y: float, mark: DayMark, size: float = CELL) -> None:
    """A day, with a sign on it, so that colour is not all that tells what it was."""
    sheet.block((x, y, x + size, y + size), MARKS[mark], radius=size / 4)
    cx, cy, r, thick = x + size / 2, y + size / 2, size / 4, max(1.0, size / 9)
    if mark is DayMark.FROZEN:
        for dx, dy in ((0, r), (r * 7 / 8, r / 2), (r * 7 / 8, -r / 2)):
            sheet.line(((cx - dx, cy - dy), (cx + dx, cy + dy)), WHITE, thick)
    elif mark is DayMark.DONE:
        tick = ((x + size * 0.29, cy), (x + size * 0.44, y + size * 0.66), (x + size * 0.72, y + size * 0.34))
        sheet.line(tick, WHITE, thick)
    elif mark is DayMark.PRACTICE:
        sheet.dot(cx, cy, size / 9, GREEN)
    elif mark is DayMark.PAUSED:
        for dx in (-r / 2, r / 2):
            sheet.line(((cx + dx, cy - r), (cx + dx, cy + r)), WHITE, thick)
    elif mark is DayMark.REPAIRED:
        sheet.line(((cx - r, cy), (cx + r, cy)), INK, thick)
        sheet.line(((cx, cy - r), (cx, cy + r)), INK, thick)
