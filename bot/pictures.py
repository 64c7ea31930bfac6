"""Draws what people would rather look at: the streak calendar and the progress chart, as PNG with alt text.

Pure: cards' data in, bytes out. One palette, readable on light and dark pages because every picture brings its own paper.
"""

from __future__ import annotations

import io
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from bot.cards import Bar, DayMark

PAPER, INK, FAINT, GRID = "#fbfaf7", "#22252b", "#5c626d", "#e3e1da"
MARKS = {DayMark.DONE: "#2f7d5b", DayMark.FROZEN: "#3f7fbd", DayMark.PRACTICE: "#a9d3bd", DayMark.EMPTY: "#edebe4"}
WORDS = {
    DayMark.DONE: "done",
    DayMark.FROZEN: "kept by a freeze",
    DayMark.PRACTICE: "some practice",
    DayMark.EMPTY: "nothing yet",
}
SCALE = 2  # drawn for dense screens; narrow enough to be read on a phone
CELL, GAP, MARGIN = 23 * SCALE, 4 * SCALE, 14 * SCALE
DAY_NAMES, MONTHS, LEGEND = 40 * SCALE, 26 * SCALE, 38 * SCALE
NARROWEST = 390 * SCALE
BAR_WIDTH, BAR_ROW, BAR_HEIGHT = 362 * SCALE, 36 * SCALE, 8 * SCALE


def streak_calendar(days: tuple[tuple[date, DayMark], ...]) -> bytes:
    """A calendar heatmap: weeks across, Monday to Sunday down. `days` are consecutive and begin on a Monday."""
    weeks = (len(days) + 6) // 7
    left, top = MARGIN + DAY_NAMES, MARGIN + MONTHS
    size = (max(left + weeks * (CELL + GAP) - GAP + MARGIN, NARROWEST), top + 7 * (CELL + GAP) + LEGEND)
    image, draw = _paper(size)
    for row, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        draw.text((MARGIN, top + row * (CELL + GAP) + CELL // 2), name, fill=FAINT, font=_font(14), anchor="lm")
    for n, (day, mark) in enumerate(days):
        x, y = left + n // 7 * (CELL + GAP), top + n % 7 * (CELL + GAP)
        _cell(draw, x, y, mark)
        if day.day <= 7 and n % 7 == 0:
            draw.text((x, top - 9 * SCALE), f"{day:%b}", fill=INK, font=_font(14), anchor="ls")
        if n == len(days) - 1:
            draw.rounded_rectangle((x, y, x + CELL, y + CELL), 6 * SCALE, outline=INK, width=2 * SCALE)
    _legend(draw, MARGIN, size[1] - 24 * SCALE)
    return _png(image)


def calendar_alt(days: tuple[tuple[date, DayMark], ...]) -> str:
    """The calendar in words."""
    counts = {mark: sum(m is mark for _, m in days) for mark in DayMark}
    return (
        f"Calendar of the last {len(days)} days: {counts[DayMark.DONE]} done, {counts[DayMark.FROZEN]} kept by a freeze, "
        f"{counts[DayMark.PRACTICE]} with some practice."
    )


def progress_chart(bars: tuple[Bar, ...]) -> bytes:
    """One bar a section, under its name: how many of its questions and challenges are done."""
    image, draw = _paper((MARGIN * 2 + BAR_WIDTH, MARGIN * 2 + BAR_ROW * max(len(bars), 1)))
    for n, bar in enumerate(bars):
        top, right = MARGIN + n * BAR_ROW, MARGIN + BAR_WIDTH
        count = f"{bar.done} / {bar.total}"
        room = BAR_WIDTH - round(draw.textlength(count, font=_font(14))) - 12 * SCALE
        line = top + 10 * SCALE
        draw.text((MARGIN, line), _fit(draw, bar.label, room), fill=INK, font=_font(14), anchor="lm")
        draw.text((right, line), count, fill=FAINT, font=_font(14), anchor="rm")
        _bar(draw, MARGIN, top + 21 * SCALE, bar)
    return _png(image)


def progress_alt(bars: tuple[Bar, ...]) -> str:
    """The chart in words: the sections begun."""
    begun = [f"{bar.label} {bar.done} of {bar.total}" for bar in bars if bar.done]
    return "Progress by section: " + ("; ".join(begun) + "." if begun else "nothing done yet.")


def _paper(size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", size, PAPER)
    return image, ImageDraw.Draw(image)


def _font(points: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(points * SCALE)


def _bar(draw: ImageDraw.ImageDraw, x: int, y: int, bar: Bar) -> None:
    """A bar filled as far as it is done; what is begun shows, and only what is complete is full."""
    draw.rounded_rectangle((x, y, x + BAR_WIDTH, y + BAR_HEIGHT), BAR_HEIGHT // 2, fill=GRID)
    if bar.done:
        filled = max(BAR_HEIGHT, round(BAR_WIDTH * min(1.0, bar.done / max(bar.total, 1))))
        draw.rounded_rectangle((x, y, x + filled, y + BAR_HEIGHT), BAR_HEIGHT // 2, fill=MARKS[DayMark.DONE])


def _cell(draw: ImageDraw.ImageDraw, x: int, y: int, mark: DayMark, size: int = CELL) -> None:
    """A day, with a sign on it, so that colour is not all that tells what it was."""
    draw.rounded_rectangle((x, y, x + size, y + size), size // 4, fill=MARKS[mark])
    cx, cy, r, thick = x + size // 2, y + size // 2, size // 4, max(2, size // 9)
    if mark is DayMark.FROZEN:
        for dx, dy in ((0, r), (r * 7 // 8, r // 2), (r * 7 // 8, -r // 2)):
            draw.line((cx - dx, cy - dy, cx + dx, cy + dy), fill="white", width=thick)
    elif mark is DayMark.DONE:
        tick = ((x + size * 0.29, cy), (x + size * 0.44, y + size * 0.66), (x + size * 0.72, y + size * 0.34))
        draw.line(tick, fill="white", width=thick, joint="curve")
    elif mark is DayMark.PRACTICE:
        dot = size // 9
        draw.ellipse((cx - dot, cy - dot, cx + dot, cy + dot), fill=MARKS[DayMark.DONE])


def _legend(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    side = 16 * SCALE
    for mark in (DayMark.DONE, DayMark.FROZEN, DayMark.PRACTICE):
        _cell(draw, x, y - side // 2, mark, side)
        draw.text((x + side + 6 * SCALE, y), WORDS[mark], fill=FAINT, font=_font(14), anchor="lm")
        x += side + 22 * SCALE + int(draw.textlength(WORDS[mark], font=_font(14)))


def _fit(draw: ImageDraw.ImageDraw, text: str, width: int) -> str:
    """As much of a text as fits, with an ellipsis where it is cut."""
    if draw.textlength(text, font=_font(14)) <= width:
        return text
    while text and draw.textlength(text + "…", font=_font(14)) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
