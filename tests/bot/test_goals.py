"""Weekly goals and days that count for a group: what is usual, what counts, and how it is said and set."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.goals import Day, GoalError, Together, counts, days_of, goal_line, read_goal, run, streak_line, usual_goal

SUNDAY = date(2026, 11, 22)
WHOLE = dict.fromkeys((SUNDAY - timedelta(days=n) for n in range(30)), Day(5, 3))


def back(n: int) -> date:
    return SUNDAY - timedelta(days=n)


@pytest.mark.parametrize(("active", "goal"), [(0, 100), (1, 100), (3, 150), (5, 200), (15, 600), (100, 4000)])
def test_the_usual_goal_grows_with_the_group(active: int, goal: int) -> None:
    assert usual_goal(active) == goal


@pytest.mark.parametrize(
    ("day", "share", "expected"),
    [
        (Day(5, 3), 60, True),
        (Day(5, 2), 60, False),
        (Day(3, 2), 60, True),
        (Day(0, 0), 60, False),
        (Day(2, 1), 50, True),
        (Day(7, 7), 100, True),
        (Day(100, 59), 60, False),
    ],
)
def test_a_day_counts_when_enough_of_the_active_did_theirs(day: Day, share: int, expected: bool) -> None:
    assert counts(day, share) is expected


def test_who_worked_is_active_for_a_week_and_only_the_active_count() -> None:
    days = days_of([(1, back(6)), (2, SUNDAY)], [(2, SUNDAY), (3, SUNDAY)])
    assert (days[back(6)], days[SUNDAY], days[SUNDAY + timedelta(days=1)]) == (Day(1, 0), Day(2, 1), Day(1, 0))


def test_a_run_goes_back_over_weekends_to_the_first_day_that_did_not_count() -> None:
    days = WHOLE | {back(4): Day(5, 1)}
    assert run(days, back(27), SUNDAY, share=60, today=SUNDAY) == (4, False)
    assert run(WHOLE, back(27), SUNDAY, share=60, today=SUNDAY) == (28, True)


def test_today_breaks_nothing_and_an_amnesty_neither_counts_nor_breaks() -> None:
    days = WHOLE | {SUNDAY: Day(5, 0), back(2): Day(5, 0)}
    assert run(days, back(4), SUNDAY, share=60, today=SUNDAY) == (1, False)
    assert run(days, back(4), SUNDAY, share=60, today=SUNDAY, neutral={back(2)}) == (3, True)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 30))
def test_looking_in_pieces_is_looking_at_all(done: list[bool], piece: int) -> None:
    days = {back(n): Day(2, 2 if good else 0) for n, good in enumerate(done)}
    whole, _ = run(days, back(len(done)), SUNDAY, share=60, today=SUNDAY)
    total, last = 0, SUNDAY
    while True:
        first = last - timedelta(days=piece - 1)
        some, goes_on = run(days, first, last, share=60, today=SUNDAY)
        total += some
        if not goes_on:
            break
        last = first - timedelta(days=1)
    assert total == whole


@pytest.mark.parametrize(
    ("together", "line"),
    [
        (Together(0, 600, 0, 60), "Together: 0 of 600 XP this week ▱▱▱▱▱▱▱▱▱▱"),
        (Together(412, 600, 0, 60), "Together: 412 of 600 XP this week ▰▰▰▰▰▰▱▱▱▱"),
        (Together(599, 600, 0, 60), "Together: 599 of 600 XP this week ▰▰▰▰▰▰▰▰▰▱"),
        (Together(1600, 600, 0, 60), "Together: 1,600 of 600 XP this week ▰▰▰▰▰▰▰▰▰▰ reached!"),
    ],
)
def test_the_bar_is_full_only_when_the_goal_is_reached(together: Together, line: str) -> None:
    assert goal_line(together) == line


def test_a_streak_of_none_is_not_spoken_of() -> None:
    lines = [streak_line(Together(0, 1, days, 60)) for days in (0, 1, 9)]
    assert lines == [
        "",
        "Group streak: 1 day with at least 60 % of you done.",
        "Group streak: 9 days in a row with at least 60 % of you done.",
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("600", ("weekly_xp", 600)),
        ("1,200 XP", ("weekly_xp", 1200)),
        ("auto", ("weekly_xp", None)),
        ("share 70 %", ("streak_share", 70)),
        ("SHARE auto", ("streak_share", None)),
    ],
)
def test_goals_are_read_as_people_type_them(typed: str, read: tuple[str, int | None]) -> None:
    assert read_goal(typed) == read


@pytest.mark.parametrize(
    "typed", ["9", "0", "-5", "1000001", "lots", "share 0", "share 101", "share", "6 hundred", "²"]
)
def test_what_is_no_goal_is_explained(typed: str) -> None:
    with pytest.raises(GoalError, match="such as 600; or auto"):
        read_goal(typed)
