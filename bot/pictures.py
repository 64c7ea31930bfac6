"""Draws what people would rather look at: the streak calendar and the progress chart, as PNG with alt text.

Pure: cards' data in, bytes out. One palette, readable on light and dark pages because every picture brings its own paper.
"""

from __future__ import annotations

import io
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from bot.cards import Bar, DayMark

PAPER, INK, FAINT, GRID = "#fbfaf7", "#22252b", "#6a707c", "#e3e1da"
MARKS = {DayMark.DONE: "#2f7d5b", DayMark.FROZEN: "#5b9bd5", DayMark.PRACTICE: "#a9d3bd", DayMark.EMPTY: "#e9e7e0"}
WORDS = {
    DayMark.DONE: "done",
    DayMark.FROZEN: "kept by a freeze",
    DayMark.PRACTICE: "some practice",
    DayMark.EMPTY: "nothing yet",
}
SCALE = 2  # drawn for dense screens
CELL, GAP, MARGIN = 26 * SCALE, 5 * SCALE, 24 * SCALE


def streak_calendar(days: tuple[tuple[date, DayMark], ...]) -> bytes:
    """A calendar heatmap: weeks across, Monday to Sunday down. `days` are consecutive and begin on a Monday."""
    weeks = (len(days) + 6) // 7
    left, top = MARGIN + 44 * SCALE, MARGIN + 26 * SCALE
    size = (max(left + weeks * (CELL + GAP) + MARGIN, 470 * SCALE), top + 7 * (CELL + GAP) + 52 * SCALE)
    image, draw = _paper(size)
    for row, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        draw.text((MARGIN, top + row * (CELL + GAP) + CELL // 2), name, fill=FAINT, font=_font(13), anchor="lm")
    for n, (day, mark) in enumerate(days):
        x, y = left + n // 7 * (CELL + GAP), top + n % 7 * (CELL + GAP)
        _cell(draw, x, y, mark)
        if day.day <= 7 and n % 7 == 0:
            draw.text((x, top - 10 * SCALE), day.strftime("%b"), fill=INK, font=_font(13), anchor="ls")
        if n == len(days) - 1:
            draw.rounded_rectangle((x, y, x + CELL, y + CELL), 6 * SCALE, outline=INK, width=2 * SCALE)
    _legend(draw, MARGIN, size[1] - 26 * SCALE)
    return _png(image)


def calendar_alt(days: tuple[tuple[date, DayMark], ...]) -> str:
    """The calendar in words."""
    counts = {mark: sum(m is mark for _, m in days) for mark in DayMark}
    return (
        f"Calendar of the last {len(days)} days: {counts[DayMark.DONE]} done, {counts[DayMark.FROZEN]} kept by a freeze, "
        f"{counts[DayMark.PRACTICE]} with some practice."
    )


def progress_chart(bars: tuple[Bar, ...]) -> bytes:
    """Horizontal bars, one a section: how many of its questions and challenges are done."""
    height, label, width = 30 * SCALE, 240 * SCALE, 300 * SCALE
    size = (MARGIN * 2 + label + width + 70 * SCALE, MARGIN * 2 + height * len(bars))
    image, draw = _paper(size)
    for n, bar in enumerate(bars):
        middle = MARGIN + n * height + height // 2
        draw.text((MARGIN, middle), _fit(draw, bar.label, label - 12 * SCALE), fill=INK, font=_font(15), anchor="lm")
        box = (MARGIN + label, middle - 7 * SCALE, MARGIN + label + width, middle + 7 * SCALE)
        draw.rounded_rectangle(box, 7 * SCALE, fill=GRID)
        if bar.done:
            end = box[0] + max(14 * SCALE, round(width * bar.done / max(bar.total, 1)))
            draw.rounded_rectangle((box[0], box[1], end, box[3]), 7 * SCALE, fill=MARKS[DayMark.DONE])
        draw.text((box[2] + 10 * SCALE, middle), f"{bar.done} / {bar.total}", fill=FAINT, font=_font(14), anchor="lm")
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


def _cell(draw: ImageDraw.ImageDraw, x: int, y: int, mark: DayMark) -> None:
    """A day; a frozen one carries a star of strokes too, so that colour is not all that tells it."""
    draw.rounded_rectangle((x, y, x + CELL, y + CELL), 6 * SCALE, fill=MARKS[mark])
    if mark is DayMark.FROZEN:
        cx, cy, r = x + CELL // 2, y + CELL // 2, CELL // 4
        for dx, dy in ((0, r), (r * 7 // 8, r // 2), (r * 7 // 8, -r // 2)):
            draw.line((cx - dx, cy - dy, cx + dx, cy + dy), fill="white", width=2 * SCALE)
    if mark is DayMark.DONE:
        draw.line(
            (x + CELL * 3 // 10, y + CELL // 2, x + CELL * 9 // 20, y + CELL * 13 // 20), fill="white", width=3 * SCALE
        )
        draw.line(
            (x + CELL * 9 // 20, y + CELL * 13 // 20, x + CELL * 7 // 10, y + CELL * 7 // 20),
            fill="white",
            width=3 * SCALE,
        )


def _legend(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    for mark in (DayMark.DONE, DayMark.FROZEN, DayMark.PRACTICE):
        draw.rounded_rectangle((x, y - 7 * SCALE, x + 14 * SCALE, y + 7 * SCALE), 4 * SCALE, fill=MARKS[mark])
        draw.text((x + 20 * SCALE, y), WORDS[mark], fill=FAINT, font=_font(13), anchor="lm")
        x += 36 * SCALE + int(draw.textlength(WORDS[mark], font=_font(13)))


def _fit(draw: ImageDraw.ImageDraw, text: str, width: int) -> str:
    while draw.textlength(text, font=_font(15)) > width and len(text) > 2:
        text = text[:-2].rstrip() + "…"
    return text


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
