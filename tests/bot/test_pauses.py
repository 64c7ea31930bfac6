"""Pauses: how they are asked for, and which are refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.pauses import Pause, Refused, read_pause, refusal

TODAY = date(2026, 11, 20)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.mark.parametrize(
    ("text", "pause"),
    [
        ("7", Pause(TODAY, day(6))),
        ("1 day", Pause(TODAY, TODAY)),
        ("14 Days", Pause(TODAY, day(13))),
        ("until 2026-12-01", Pause(TODAY, day(11))),
        ("until tomorrow", Pause(TODAY, day(1))),
        ("7 from 2026-12-20", Pause(date(2026, 12, 20), date(2026, 12, 26))),
        ("3 days from tomorrow", Pause(day(1), day(3))),
        ("from 2026-12-20 until 2026-12-24", Pause(date(2026, 12, 20), date(2026, 12, 24))),
    ],
)
def test_a_pause_is_read_as_it_is_typed(text: str, pause: Pause) -> None:
    assert read_pause(text, TODAY, TODAY) == pause


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Say for how long: /streak pause 7, or /streak pause until 2026-12-01."),
        ("for ever", "Say for how long: /streak pause 7, or /streak pause until 2026-12-01."),
        ("from 2026-12-20", "Say for how long: /streak pause 7, or /streak pause until 2026-12-01."),
        ("0", "A pause is 1 to 14 days."),
        ("15", "A pause is 1 to 14 days."),
        ("until 2026-02-30", "The calendar has no such date. Write it as 2026-12-01: year, month, day."),
        ("7 from 2026-13-01", "The calendar has no such date. Write it as 2026-12-01: year, month, day."),
        ("٧", "Say for how long: /streak pause 7, or /streak pause until 2026-12-01."),
    ],
)
def test_what_is_no_pause_is_answered_with_how_to_say_one(text: str, reason: str) -> None:
    assert read_pause(text, TODAY, TODAY) == Refused(reason)


@pytest.mark.parametrize(
    ("pause", "paused", "reason"),
    [
        (Pause(TODAY, day(13)), [], None),
        (Pause(day(90), day(92)), [], None),
        (Pause(TODAY, day(2)), [day(-n) for n in range(1, 26)], None),
        (Pause(TODAY, day(13)), [day(-77), *(day(-n) for n in range(80, 95))], None),
        (Pause(day(-1), day(2)), [], "A pause begins today or later; days that are over stay as they were."),
        (Pause(day(91), day(92)), [], "That is far away: a pause can be planned 90 days ahead."),
        (Pause(day(2), day(1)), [], "That pause would end before it begins."),
        (Pause(TODAY, day(14)), [], "That would be 15 days; a pause is up to 14."),
        (Pause(day(3), day(4)), [TODAY], "You have a pause until Fri 20 Nov. /streak resume ends it first."),
        (
            Pause(TODAY, day(3)),
            [day(-n) for n in range(1, 26)],
            "Of any 90 days, 28 can be paused; 3 are left for that stretch.",
        ),
        (
            Pause(TODAY, TODAY),
            [day(-n) for n in range(1, 29)],
            "Of any 90 days, 28 can be paused; 0 are left for that stretch.",
        ),
    ],
)
def test_pauses_are_short_ahead_and_not_without_end(pause: Pause, paused: list[date], reason: str | None) -> None:
    assert refusal(pause, paused, TODAY) == (Refused(reason) if reason else None)


def test_a_pause_names_each_of_its_dates() -> None:
    assert Pause(date(2026, 2, 27), date(2026, 3, 1)).dates == (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1))
