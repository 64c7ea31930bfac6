"""The pictures show what the data say: sizes, colours at known places, and the same in words."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from bot.cards import Bar, DayMark
from bot.pictures import (
    BAR_HEIGHT,
    BAR_ROW,
    BAR_WIDTH,
    CELL,
    DAY_NAMES,
    GAP,
    GRID,
    INK,
    MARGIN,
    MARKS,
    MONTHS,
    NARROWEST,
    PAPER,
    SCALE,
    calendar_alt,
    progress_alt,
    progress_chart,
    streak_calendar,
)

MONDAY = date(2026, 9, 7)
PHONE = 390


def opened(png: bytes) -> Image.Image:
    """A picture, read back."""
    image = Image.open(io.BytesIO(png))
    image.load()
    return image.convert("RGB")


def colour(image: Image.Image, x: int, y: int) -> str:
    """The colour of a pixel, as it is written in the palette."""
    return "#{:02x}{:02x}{:02x}".format(*image.getpixel((x, y)))


def days(*marks: DayMark) -> tuple[tuple[date, DayMark], ...]:
    """Consecutive days from a Monday on."""
    return tuple((MONDAY + timedelta(days=n), mark) for n, mark in enumerate(marks))


def corner(n: int) -> tuple[int, int]:
    """The left upper corner of the n-th day's cell."""
    return MARGIN + DAY_NAMES + n // 7 * (CELL + GAP), MARGIN + MONTHS + n % 7 * (CELL + GAP)


def fill(image: Image.Image, n: int) -> str:
    """The colour a day's cell is filled with, beside its sign."""
    x, y = corner(n)
    return colour(image, x + CELL // 2, y + CELL // 8)


def test_every_day_has_the_colour_of_its_mark_at_its_place() -> None:
    """Down a week from Monday, then on to the next column."""
    marks = [list(DayMark)[n * n % 4] for n in range(20)]
    image = opened(streak_calendar(days(*marks, DayMark.EMPTY)))
    assert [fill(image, n) for n in range(20)] == [MARKS[mark] for mark in marks]


def test_signs_tell_the_marks_apart_without_colour() -> None:
    """In greys, no two kinds of day look alike, and neither does their brightness alone have to be told apart."""
    image = opened(streak_calendar(days(*DayMark, *[DayMark.EMPTY] * 4))).convert("L")
    boxes = [(x, y, x + CELL, y + CELL) for x, y in map(corner, range(4))]
    edges = []
    for box in boxes:
        cell = image.crop(box)
        ground = cell.getpixel((CELL // 2, CELL // 8))
        inner = cell.crop((CELL // 5, CELL // 5, CELL * 4 // 5, CELL * 4 // 5))
        edges.append(tuple(abs(value - ground) > 30 for value in inner.tobytes()))
    signs = dict(zip(DayMark, edges, strict=True))
    assert not any(signs[DayMark.EMPTY])
    assert len(set(edges)) == 4


def test_today_is_framed() -> None:
    """The last day, and no other, has an edge of ink."""
    image = opened(streak_calendar(days(*[DayMark.EMPTY] * 9)))
    framed = [colour(image, corner(n)[0] + CELL // 2, corner(n)[1]) == INK for n in range(9)]
    assert framed == [False] * 8 + [True]


@pytest.mark.parametrize("count", [1, 7, 78, 84])
def test_a_calendar_is_drawn_to_be_read_on_a_phone(count: int) -> None:
    """Twelve weeks are hardly wider than a phone, and fewer are not narrower."""
    image = opened(streak_calendar(days(*[DayMark.DONE] * count)))
    assert image.width == NARROWEST or count > 70
    assert PHONE * SCALE <= image.width <= PHONE * SCALE * 1.05
    assert colour(image, 0, 0) == PAPER
    assert fill(image, count - 1) == MARKS[DayMark.DONE]


def test_a_month_is_named_where_it_begins() -> None:
    """Ink above the column of each month's first week, and above no other."""
    image = opened(streak_calendar(days(*[DayMark.EMPTY] * 84)))
    named = []
    for week in range(12):
        x, _ = corner(week * 7)
        strip = image.crop((x, MARGIN, x + CELL, MARGIN + MONTHS - 8 * SCALE))
        named.append(any(value < 100 for value in strip.convert("L").tobytes()))
    firsts = [(MONDAY + timedelta(weeks=week)).day <= 7 for week in range(12)]
    assert named == firsts


def test_the_calendar_in_words_counts_each_kind_of_day() -> None:
    """Whoever cannot see it hears the same."""
    marks = [DayMark.DONE] * 3 + [DayMark.FROZEN] + [DayMark.PRACTICE] * 2 + [DayMark.EMPTY] * 8
    assert (
        calendar_alt(days(*marks)) == "Calendar of the last 14 days: 3 done, 1 kept by a freeze, 2 with some practice."
    )


BARS = (Bar(label="Empty", done=0, total=9), Bar(label="Half", done=5, total=10), Bar(label="Full", done=4, total=4))


def filled_share(image: Image.Image, row: int) -> float:
    """How much of a row's bar is not ground."""
    y = MARGIN + row * BAR_ROW + 21 * SCALE + BAR_HEIGHT // 2
    colours = [colour(image, MARGIN + x, y) for x in range(2, BAR_WIDTH - 2)]
    assert set(colours) <= {GRID, MARKS[DayMark.DONE]}
    return colours.count(MARKS[DayMark.DONE]) / len(colours)


def test_bars_are_filled_as_far_as_they_are_done() -> None:
    """Nothing, half and all."""
    image = opened(progress_chart(BARS))
    assert [round(filled_share(image, row), 2) for row in range(3)] == [0.0, 0.5, 1.0]


def test_one_of_many_shows_and_too_many_overflow_nothing() -> None:
    """A first step is seen, and content that shrank does not draw past the end."""
    image = opened(progress_chart((Bar(label="a", done=1, total=1000), Bar(label="b", done=9, total=4))))
    assert 0.01 < filled_share(image, 0) < 0.05
    assert filled_share(image, 1) == 1.0
    right = MARGIN + BAR_WIDTH + 2
    assert colour(image, right, MARGIN + BAR_ROW + 21 * SCALE + BAR_HEIGHT // 2) == PAPER


def test_a_long_name_leaves_its_count_alone() -> None:
    """The gap before the count stays paper, whatever the section is called."""
    image = opened(progress_chart((Bar(label="W" * 200, done=3, total=12),)))
    count_and_gap = image.crop((MARGIN + BAR_WIDTH - 60 * SCALE, MARGIN, MARGIN + BAR_WIDTH, MARGIN + 18 * SCALE))
    columns = [
        all(count_and_gap.getpixel((x, y)) == (251, 250, 247) for y in range(count_and_gap.height))
        for x in range(count_and_gap.width)
    ]
    assert any(all(columns[x : x + 8 * SCALE]) for x in range(len(columns) - 8 * SCALE))


@pytest.mark.parametrize("bars", [(), BARS, BARS * 7])
def test_a_chart_has_a_row_for_each_section_and_a_phones_width(bars: tuple[Bar, ...]) -> None:
    """Also when there is no section at all."""
    image = opened(progress_chart(bars))
    assert image.size == (PHONE * SCALE, MARGIN * 2 + BAR_ROW * max(len(bars), 1))


def test_the_chart_in_words_names_what_is_begun() -> None:
    """And says so when nothing is."""
    assert progress_alt(BARS) == "Progress by section: Half 5 of 10; Full 4 of 4."
    assert progress_alt(BARS[:1]) == "Progress by section: nothing done yet."


def test_the_same_data_make_the_same_picture() -> None:
    """No clock and no chance is in a picture."""
    marks = days(*DayMark)
    assert streak_calendar(marks) == streak_calendar(marks)
    assert progress_chart(BARS) == progress_chart(BARS)
