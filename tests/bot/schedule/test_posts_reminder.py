"""Reminders: only for who asked, only while something is at stake, never in quiet hours, one tap from silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reminding import UnclearError, quiet_text, read_quiet, read_time
from bot.schedule.posts.reminder import at_stake, card
from bot.store import Quiet
from bot.streaks import Streak
from tests.bot.schedule.village import TEAM, Person, Village, words


@pytest.fixture
async def village(chat) -> Village:
    """Nothing is set up but what somebody asks for."""
    return Village(chat)


@pytest.fixture
async def ben(village: Village) -> Person:
    """Ben has a streak of a day and a reminder at seven in the evening."""
    ben = village.person("Ben")
    await ben.finish_today()
    assert (await ben.say("/settings reminder 19:00")).startswith("Saved At 19:00 I write to you directly, once,")
    return ben


async def test_whoever_asked_is_reminded_once_while_a_streak_is_at_stake(village: Village, ben: Person) -> None:
    await village.to(23, 19)
    assert village.discord.directs == []  # today is done
    await village.to(24, 19)
    await village.to(24, 19, 30)
    ((person, post),) = village.discord.directs
    assert person == "ben"
    assert words(post.cards) == (
        "Today’s questions are waiting for you Your streak is 1 day. Five short questions keep it going, in about two"
        " minutes. If today does not fit, a freeze keeps your streak; nothing is lost."
        " Next: /daily Begin /settings reminder off No more reminders"
    )
    assert (await ben.say(post.cards[0].actions[0].command)).startswith("Question 1 of")


async def test_one_tap_ends_them(village: Village, ben: Person) -> None:
    await village.to(24, 19)
    ((_, post),) = village.discord.directs
    assert (await ben.say(post.cards[0].actions[1].command)).startswith("Saved No more reminders.")
    await village.to(25, 19)
    assert len(village.discord.directs) == 1
    assert "Reminder: off" in await ben.say("/settings")


async def test_without_a_streak_there_is_nothing_to_remind_of(village: Village) -> None:
    newcomer = village.person("Nia")
    await newcomer.say("/settings reminder 19")
    await village.to(24, 19)
    assert village.discord.directs == []


async def test_who_never_asked_is_never_written_to(village: Village) -> None:
    await village.person("Ben").finish_today()
    await village.to(24, 19)
    assert village.discord.directs == []


async def test_it_comes_by_the_learners_own_clock(village: Village) -> None:
    mei = village.person("Mei", TEAM)
    await mei.say("/settings zone Asia/Tokyo")
    await mei.finish_today()
    await mei.say("/settings reminder 19:00")
    await village.to(24, 19)
    assert village.slack.directs == []
    await village.to(25, 10)
    assert [person for person, _ in village.slack.directs] == ["mei"]


async def test_quiet_hours_chosen_later_win(village: Village, ben: Person) -> None:
    said = await ben.say("/settings quiet 18-9")
    assert said == (
        "Saved Nothing is sent to you from 18:00 to 09:00. Your reminder at 19:00 lies in them, so it will not come."
    )
    await village.to(24, 19)
    assert village.discord.directs == []
    assert (await ben.say("/settings quiet off")).startswith("Saved No hours are quiet")
    await village.to(25, 19)
    assert len(village.discord.directs) == 1


async def test_a_reminder_in_quiet_hours_is_refused_with_what_to_do(village: Village) -> None:
    said = await village.person("Ben").say("/settings reminder 23:30")
    assert said == (
        "Not changed 23:30 lies in your quiet hours, 22-8. Choose another time, or change them first: /settings quiet 23-7."
    )


async def test_on_ones_own_machine_nobody_is_written_to(chat) -> None:
    said = await chat.say("/settings reminder 19:00")
    assert said.endswith("Reminders are direct messages on Discord or Slack; set yours there.")


async def test_closed_doors_end_it_and_are_told_at_the_next_visit(village: Village, ben: Person) -> None:
    village.discord.refuses = "Discord does not let me write to you; allow direct messages."
    await village.to(24, 19)
    village.discord.refuses = ""
    await village.to(25, 19)
    assert village.discord.directs == []
    said = await ben.say("/settings")
    assert said.startswith("Since you were here Your reminder did not reach you, so it is off until you set it again,")
    assert "Reminder: off" in said
    await ben.say("/settings reminder 19:00")
    await ben.finish_today()
    await village.to(26, 19)
    assert len(village.discord.directs) == 1


@pytest.mark.parametrize(
    ("streak", "needed"),
    [
        (Streak(3, 3, 1, None, False), True),
        (Streak(3, 3, 0, None, False), True),
        (Streak(3, 3, 0, None, True), False),
        (Streak(0, 9, 2, None, False), False),
        (Streak(3, 3, 0, None, False, today_covered=True), False),
    ],
)
def test_something_is_at_stake_when_leaving_today_out_costs_a_freeze_or_the_streak(
    streak: Streak, needed: bool
) -> None:
    assert at_stake(streak) is needed


def test_without_a_freeze_the_words_stay_kind() -> None:
    said = card(Streak(12, 12, 0, None, False)).text
    assert said.endswith("One question at a time is fine, and so is a day off: what you have learned stays.")


# What people type


@pytest.mark.parametrize(
    ("text", "time"), [("19:00", "19:00"), ("7", "07:00"), ("19.30", "19:30"), ("19h05", "19:05"), ("OFF", None), ("never", None)]
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(text: str, time: str | None) -> None:
    found = read_time(text)
    assert (f"{found:%H:%M}" if found else None) == time


@pytest.mark.parametrize("text", ["", "24", "19:60", "soon", "٧", "-3", "19:00:00"])
def test_what_is_no_time_is_answered_with_one(text: str) -> None:
    with pytest.raises(UnclearError, match="such as 19:00, or off"):
        read_time(text)


@pytest.mark.parametrize("text", ["", "22", "25-3", "22-24", "late", "1-2-3"])
def test_what_are_no_hours_is_answered_with_some(text: str) -> None:
    with pytest.raises(UnclearError, match="such as 22-8, or off"):
        read_quiet(text)


@given(start=st.integers(0, 23), end=st.integers(0, 23))
def test_quiet_hours_are_read_as_they_are_written_and_cover_as_many_hours(start: int, end: int) -> None:
    quiet = read_quiet(f"{start}-{end}")
    assert quiet == Quiet(start, end)
    assert read_quiet(quiet_text(quiet)) in (quiet, Quiet(0, 0))
    assert sum(map(quiet.holds_at, range(24))) == (end - start) % 24
    assert not quiet.holds_at(end)
