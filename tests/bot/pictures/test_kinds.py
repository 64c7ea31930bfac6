"""Each picture shows what its data say: forms at known places, and the same facts in words."""

from __future__ import annotations

import pytest
from PIL import Image

from bot.cards import Bar, BoardLine, DayMark, LeaderboardCard
from bot.pictures import (
    CalibrationBin,
    ConceptHeat,
    MasteryCell,
    calibration,
    calibration_picture,
    heat,
    heat_picture,
    leaderboard_picture,
    mastery,
    mastery_picture,
    progress,
    progress_picture,
    recap,
    recap_picture,
    streak_picture,
)
from bot.pictures import board as boards
from bot.pictures.calendar import CELL, DAY_NAMES, GAP, MARKS, MONTHS
from bot.pictures.palette import BLUE, EMPTY, GREEN, GREY, GRID, INK, LEVELS, MARGIN, PAPER, SCALE, WIDTH
from tests.bot.pictures.look import BINS, at, board, cells, days, heats, opened, week

KINDS = len(DayMark)


def corner(n: int) -> tuple[float, float]:
    """The left upper corner of the n-th day's cell."""
    return MARGIN + DAY_NAMES + n // 7 * (CELL + GAP), MARGIN + MONTHS + n % 7 * (CELL + GAP)


def fill(image: Image.Image, n: int) -> str:
    """The colour a day's cell is filled with, beside its sign."""
    x, y = corner(n)
    return at(image, x + CELL / 2, y + CELL / 8)


def filled(image: Image.Image, y: float, left: float = MARGIN, right: float = WIDTH - MARGIN) -> float:
    """How much of a bar is not ground."""
    wide = right - left
    colours = [at(image, left + 2 + (wide - 4) * n / 200, y) for n in range(200)]
    return sum(colour != GRID for colour in colours) / 200


# The calendar


def test_every_day_has_the_colour_of_its_mark_at_its_place() -> None:
    """Down a week from Monday, then on to the next column."""
    marks = [list(DayMark)[n * n % KINDS] for n in range(20)]
    image = opened(streak_picture(days(*marks, DayMark.EMPTY)))
    assert [fill(image, n) for n in range(20)] == [MARKS[mark] for mark in marks]


def test_signs_tell_the_marks_apart_without_colour() -> None:
    """In greys, no two kinds of day look alike, and neither does their brightness alone have to be told apart."""
    image = opened(streak_picture(days(*DayMark, *[DayMark.EMPTY] * 8))).convert("L")
    edges = []
    for x, y in map(corner, range(KINDS)):
        cell = image.crop(tuple(round(v * SCALE) for v in (x, y, x + CELL, y + CELL)))
        side = CELL * SCALE
        ground = cell.getpixel((side // 2, side // 8))
        inner = cell.crop((side // 5, side // 5, side * 4 // 5, side * 4 // 5))
        edges.append(tuple(abs(value - ground) > 30 for value in inner.tobytes()))
    signs = dict(zip(DayMark, edges, strict=True))
    assert not any(signs[DayMark.EMPTY])
    assert len(set(edges)) == KINDS


def test_today_is_framed() -> None:
    """The last day, and no other, has an edge of ink."""
    image = opened(streak_picture(days(*[DayMark.EMPTY] * 9)))
    framed = [at(image, corner(n)[0] + CELL / 2, corner(n)[1] + 0.5) == INK for n in range(9)]
    assert framed == [False] * 8 + [True]


def test_a_month_is_named_where_it_begins() -> None:
    """Ink above the column of each month's first week, and above no other."""
    span = days(*[DayMark.EMPTY] * 84)
    image = opened(streak_picture(span)).convert("L")
    named = []
    for week_of in range(12):
        x, _ = corner(week_of * 7)
        strip = image.crop((round(x * SCALE), MARGIN * SCALE, round((x + CELL) * SCALE), (MARGIN + MONTHS - 8) * SCALE))
        named.append(any(value < 100 for value in strip.tobytes()))
    assert named == [span[n * 7][0].day <= 7 for n in range(12)]


def test_the_calendar_in_words_counts_each_kind_of_day() -> None:
    marks = [DayMark.DONE] * 3 + [DayMark.FROZEN] + [DayMark.PRACTICE] * 2 + [DayMark.EMPTY] * 8
    usual, rare = streak_picture(days(*marks)), streak_picture(days(*marks, DayMark.PAUSED, DayMark.REPAIRED))
    assert usual.alt == "Calendar of the last 14 days: 3 done, 1 kept by a freeze, 2 with some practice."
    assert rare.alt == (
        "Calendar of the last 16 days: 3 done, 1 kept by a freeze, 1 repaired, 1 paused, 2 with some practice."
    )
    assert streak_picture(days(DayMark.DONE)).alt == (
        "Calendar of today: 1 done, 0 kept by a freeze, 0 with some practice."
    )


def test_rare_marks_are_explained_only_where_they_are() -> None:
    """A row more in the legend; nobody has to learn signs that they do not see."""
    usual, rare = (opened(streak_picture(days(mark))) for mark in (DayMark.FROZEN, DayMark.PAUSED))
    assert rare.height > usual.height


# Progress

BARS = (Bar(label="Empty", done=0, total=9), Bar(label="Half", done=5, total=10), Bar(label="Full", done=4, total=4))


def bar_of(row: int) -> float:
    """The height at which a section's bar runs."""
    return MARGIN + row * progress.ROW + progress.BAR_TOP + progress.BAR_HEIGHT / 2


def test_bars_are_filled_as_far_as_they_are_done() -> None:
    image = opened(progress_picture(BARS))
    assert [round(filled(image, bar_of(row)), 2) for row in range(3)] == [0.0, 0.5, 1.0]


def test_one_of_many_shows_and_too_many_overflow_nothing() -> None:
    """A first step is seen, and content that shrank does not draw past the end."""
    image = opened(progress_picture((Bar(label="a", done=1, total=1000), Bar(label="b", done=9, total=4))))
    assert 0.01 < filled(image, bar_of(0)) < 0.05
    assert filled(image, bar_of(1)) == 1.0
    assert at(image, WIDTH - MARGIN + 1, bar_of(1)) == PAPER


@pytest.mark.parametrize("bars", [(), BARS, BARS * 7])
def test_a_chart_has_a_row_for_each_section(bars: tuple[Bar, ...]) -> None:
    image = opened(progress_picture(bars))
    assert image.height == (MARGIN * 2 + progress.ROW * max(len(bars), 1)) * SCALE


def test_the_chart_in_words_names_what_is_begun() -> None:
    assert progress_picture(BARS).alt == "Progress by section: Half 5 of 10; Full 4 of 4."
    assert progress_picture(BARS[:1]).alt == "Progress by section: nothing done yet."


# Mastery


def glass(n: int) -> tuple[float, float]:
    """The left upper corner of a glass in the first row of the first section."""
    return MARGIN + n * (mastery.CELL + mastery.GAP), MARGIN + mastery.HEAD + mastery.NAME


def test_a_glass_is_as_full_and_as_dark_as_its_concept_is_known() -> None:
    values = (None, 0.0, 0.3, 0.6, 1.0)
    image = opened(mastery_picture(tuple(MasteryCell("s", f"c{n}", value) for n, value in enumerate(values))))
    columns = []
    for n in range(len(values)):
        x, y = glass(n)
        columns.append([at(image, x + mastery.CELL / 2, y + mastery.CELL * share) for share in (0.2, 0.4, 0.65, 0.85)])
    white = "#ffffff"
    assert columns == [
        [EMPTY] * 4,
        [white, white, white, LEVELS[0]],
        [white, white, LEVELS[1], LEVELS[1]],
        [white, LEVELS[2], LEVELS[2], LEVELS[2]],
        [LEVELS[3]] * 4,
    ]


@pytest.mark.parametrize(
    ("value", "level"), [(0.0, 0), (0.2499, 0), (0.25, 1), (0.5, 2), (0.75, 3), (1.0, 3), (7.0, 3), (-1.0, 0)]
)
def test_levels_are_quarters(value: float, level: int) -> None:
    assert mastery.level(value) == level


def test_the_map_in_words_counts_levels_and_names_the_weakest() -> None:
    shown = (
        MasteryCell("Basics", "bias", 0.4),
        MasteryCell("Basics", "variance", 0.1),
        MasteryCell("Trees", "gini", 0.9),
        MasteryCell("Trees", "boosting", None),
    )
    assert mastery_picture(shown).alt == (
        "Mastery of 4 concepts: 1 not met yet, 1 just begun, 1 on the way, 0 good, 1 strong. "
        "Worth another look: variance; bias."
    )
    assert mastery_picture(shown[2:]).alt.endswith("0 good, 1 strong.")


def test_a_whole_course_fits_on_a_screen_or_two() -> None:
    """Sections share two columns of about one height."""
    image = opened(mastery_picture(cells(20, 7)))
    assert image.height < 2 * image.width
    assert opened(mastery_picture(cells(19, 7))).height <= image.height


def test_sections_that_come_apart_are_one() -> None:
    apart = (MasteryCell("a", "1", 0.5), MasteryCell("b", "2", 0.5), MasteryCell("a", "3", 0.5))
    together = (apart[0], apart[2], apart[1])
    assert mastery_picture(apart).png == mastery_picture(together).png


# The board


def board_bar(row: int) -> float:
    """The height at which a member's bar runs."""
    return MARGIN + boards.HEAD + row * boards.ROW + boards.BAR_TOP + boards.BAR_HEIGHT / 2


def test_bars_are_in_proportion_and_the_learners_own_is_marked_twice() -> None:
    lines = tuple(BoardLine(rank=n + 1, name="x", xp=xp, me=n == 1) for n, xp in enumerate((200, 100, 0)))
    image = opened(leaderboard_picture(LeaderboardCard(title="t", period="p", lines=lines)))
    left = MARGIN + boards.RANK
    assert [round(filled(image, board_bar(n), left), 1) for n in range(3)] == [1.0, 0.5, 0.0]
    assert [at(image, left + 6, board_bar(n)) for n in range(2)] == [BLUE, GREEN]
    grounds = [at(image, WIDTH - MARGIN + 3, board_bar(n)) for n in range(3)]
    assert grounds == [PAPER, EMPTY, PAPER]


def test_the_board_in_words() -> None:
    card = LeaderboardCard(
        title="Garden club",
        period="this week",
        lines=(
            BoardLine(rank=1, name="Mia", xp=30, me=False),
            BoardLine(rank=2, name="Zoé", xp=20, me=True),
            BoardLine(rank=3, name="Kit", xp=10, me=False, sample=True),
        ),
    )
    assert leaderboard_picture(card).alt == (
        "Garden club, this week: 1. Mia 30 XP; 2. Zoé (you) 20 XP; 3. Kit (sample) 10 XP."
    )
    assert leaderboard_picture(board()).alt == "Garden club, this week: nobody has earned XP yet."


def test_a_long_board_ends_with_the_learners_own_line() -> None:
    alt = leaderboard_picture(board(*[f"N{n}" for n in range(40)], me=33)).alt
    assert alt.endswith("; 10. N9 540 XP; 34. N33 (you) 0 XP; and 29 more.")


def test_a_board_of_zeros_has_no_bars() -> None:
    image = opened(leaderboard_picture(board("a", "b", xp=0)))
    assert [filled(image, board_bar(n), MARGIN + boards.RANK) for n in range(2)] == [0.0, 0.0]


# The week


def test_days_are_as_high_as_what_was_earned() -> None:
    image = opened(recap_picture(week()))
    floor = MARGIN + recap.HEAD + recap.GOAL + recap.CHART - 26
    wide = (WIDTH - 2 * MARGIN + recap.BAR_GAP) / 7
    heights = []
    for n in range(7):
        x = MARGIN + n * wide + 4
        heights.append(sum(at(image, x, floor - y) == BLUE for y in range(1, 90)))
    assert heights[4] == max(heights)
    assert heights[2] == 0
    assert [round(high / heights[4], 1) for high in heights] == [0.5, 0.3, 0.0, 0.2, 1.0, 0.3, 0.1]


def test_a_goal_is_a_bar_and_no_goal_is_none() -> None:
    y = MARGIN + recap.HEAD + 30
    assert round(filled(opened(recap_picture(week(goal=1094))), y), 1) == 0.5
    assert filled(opened(recap_picture(week(goal=100))), y) == 1.0
    without = recap_picture(week(goal=0))
    assert opened(without).height == opened(recap_picture(week())).height - recap.GOAL * SCALE
    assert "of 0" not in without.alt


def test_the_week_in_words() -> None:
    lines = board("Mia", "Zoé", me=-1).lines
    assert recap_picture(week(top=lines)).alt == (
        "Garden club, week of 16 to 22 Nov 2026: 547 XP of 500. By day: Mon 120, Tue 80, Wed 0, Thu 45, Fri 230, Sat 60, "
        "Sun 12. 6 active, streak 12. Most XP: 1. Mia 900 XP; 2. Zoé 860 XP. Hardest: overfitting 31 % right; "
        "Garden club 50 % right."
    )


@pytest.mark.parametrize(("share", "told"), [(0.0, "0 %"), (0.005, "0 %"), (0.996, "100 %"), (-3, "0 %"), (9, "100 %")])
def test_shares_are_told_in_whole_per_cent(share: float, told: str) -> None:
    assert recap.percent(share) == told


# Calibration


def test_what_was_said_stands_above_what_was_right() -> None:
    image = opened(calibration_picture(BINS))
    left, right = MARGIN + calibration.NAMES, WIDTH - MARGIN - calibration.NUMBERS
    rows = [
        [
            round(filled(image, MARGIN + calibration.HEAD + n * calibration.ROW + 9 + part * 17, left, right), 1)
            for part in (0, 1)
        ]
        for n in range(3)
    ]
    assert rows == [[0.3, 0.5], [0.5, 0.6], [0.9, 0.6]]
    top = MARGIN + calibration.HEAD + 9
    assert (at(image, left + 6, top), at(image, left + 6, top + 17)) == (GREY, BLUE)


@pytest.mark.parametrize(
    ("said", "right", "count", "told"),
    [
        (0.9, 0.6, 9, "surer than right"),
        (0.3, 0.6, 9, "right more often than you thought"),
        (0.5, 0.6, 9, "about right"),
        (0.9, 0.1, 4, "too few answers to tell"),
    ],
)
def test_a_difference_is_told_in_words(said: float, right: float, count: int, told: str) -> None:
    assert calibration.verdict(CalibrationBin(said, right, count)) == told


def test_sureness_in_words_leaves_out_what_nobody_said() -> None:
    bins = (CalibrationBin(0.9, 0.5, 8), CalibrationBin(0.1, 0.0, 0))
    assert calibration_picture(bins).alt == (
        "How sure you were and how often you were right: said 90 %, right 50 % of 8 answers (surer than right)."
    )
    assert calibration_picture(bins[1:]).alt.endswith("nothing to compare yet.")


# What is hard


def test_the_more_went_wrong_the_longer_and_darker() -> None:
    rows = tuple(ConceptHeat(f"c{n}", "s", 9, right) for n, right in enumerate((0.0, 0.5, 0.9, 1.0)))
    image = opened(heat_picture(rows))
    at_y = [MARGIN + heat.HEAD + n * heat.ROW + heat.BAR_TOP + heat.BAR_HEIGHT / 2 for n in range(4)]
    assert [round(filled(image, y), 1) for y in at_y] == [1.0, 0.5, 0.1, 0.0]
    assert [at(image, MARGIN + 6, y) for y in at_y] == [LEVELS[3], LEVELS[2], LEVELS[1], GRID]


def test_what_is_hard_in_words() -> None:
    assert heat_picture((ConceptHeat("bias", "Basics", 4, 0.25),)).alt == (
        "What the group finds hard: bias (Basics) 75 % wrong of 4."
    )
    assert heat_picture(heats(20)).alt.endswith("; and 12 more.")
    assert heat_picture(()).alt == "What the group finds hard: not enough answers yet."
