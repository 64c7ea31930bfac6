"""`/streak` and what belongs to it: days off, mending, each day in words, neutral days of a group, a weekly goal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cards import DayMark, NoticeCard, StreakCard
from bot.messages import Actor, Place, Request, parse_line
from tests.bot.conftest import MORNING, Chat


async def a_day(chat: Chat) -> str:
    """Answer all of today's questions wrongly; what the last answer said."""
    await chat.say("/daily")
    for question in await chat.questions():
        said = await chat.say(f"/answer {question.public_id} {chat.wrong(question)}")
    return said


async def days(chat: Chat, *, number: int) -> None:
    """Do so many days in a row; it is the morning after the last of them."""
    for _ in range(number):
        await a_day(chat)
        chat.clock.forward(days=1)


async def extra(chat: Chat, number: int) -> str:
    """Answer so many questions beyond the day's own."""
    for n in range(number):
        user, today = await chat.user_id(), chat.clock().date()
        (question,) = await chat.store.pose(user, [("held-out-single", "7")], "quiz", today, idem=f"{today} {n}")
        said = await chat.say(f"/answer {question.public_id} A")
    return said


async def test_a_streak_says_what_keeps_it_and_offers_what_can_be_done(chat: Chat) -> None:
    await days(chat, number=3)
    shown = """\
        ── Streak ───────────────────────────────────
        3 days. Today’s questions or one challenge keep it.
        Best: 3. Freezes: 1.
        [picture: Calendar of the last 81 days: 3 done, 0 kept by a freeze, 0 with some practice.]
        ── How it stands ────────────────────────────
        Next freeze ❄ in 4 days.
        Next:
          /daily         Today’s questions
          /streak pause  Take days off
          /streak why    Day by day"""
    await chat.verify(("/streak", shown))


async def test_a_missed_day_shows_the_freeze_that_stands_in(chat: Chat) -> None:
    await days(chat, number=8)
    chat.clock.forward(days=1)
    said = (await chat.say("/streak")).splitlines()
    assert (said[1], said[2]) == ("8 days. Today’s questions or one challenge keep it.", "Best: 8. Freezes: 1.")
    assert "A freeze stands in for Tue 1 Dec. Next freeze ❄ in 6 days." in said


async def test_days_off_are_taken_shown_and_ended(chat: Chat) -> None:
    await days(chat, number=2)
    await chat.verify(
        (
            "/streak pause",
            """\
            ── How long a pause? ────────────────────────
            Paused days neither break a streak nor make it longer. A pause is up to 14 days, and of
            any 90 days 28 can be paused. Or type the last day off: /streak pause until 2026-12-02.
            Next:
              /streak pause 3   3 days
              /streak pause 7   7 days
              /streak pause 14  14 days""",
        ),
        (
            "/streak pause until 2026-12-01",
            """\
            ── Enjoy your days off ──────────────────────
            You are off from Wed 25 Nov to Tue 1 Dec. Those days cannot break your streak, and what
            you do on them counts all the same.
            Next:
              /streak resume  End the pause""",
        ),
        (
            "/streak pause 3",
            """\
            ── Not changed ──────────────────────────────
            You have a pause until Tue 1 Dec. /streak resume ends it first.""",
        ),
        (
            "/streak pause for ever",
            """\
            ── Not changed ──────────────────────────────
            Say for how long: /streak pause 7, or /streak pause until 2026-12-01.""",
        ),
    )
    chat.clock.forward(days=2)
    streak, _, how = (await chat.reply("/streak")).cards
    assert isinstance(streak, StreakCard)
    assert isinstance(how, NoticeCard)
    assert (streak.headline, [mark for _, mark in streak.days[-4:]]) == (
        "2 days, and today is off.",
        [DayMark.DONE, DayMark.PAUSED, DayMark.PAUSED, DayMark.PAUSED],
    )
    assert how.text.splitlines()[1:] == ["Paused until Tue 1 Dec. What you do on those days counts all the same."]
    assert [action.command for action in how.actions] == ["daily", "streak resume", "streak why"]
    assert (await chat.say("/streak resume")).splitlines()[1] == "The pause is over, and today counts again."
    assert (await chat.say("/streak resume")).splitlines()[1] == "You have none now. /streak pause 7 takes a week off."


async def test_a_streak_that_stopped_is_mended_by_work(chat: Chat) -> None:
    await days(chat, number=8)
    chat.clock.forward(days=3)
    await chat.verify(
        (
            "/streak repair",
            """\
            ── It can be mended ─────────────────────────
            Your streak of 8 days stopped at Thu 3 Dec. It can be mended until Sat 5 Dec: today’s
            questions and 10 extra questions, right or wrong.
            Extra questions so far: 0 of 10. For Tue 1 Dec and Wed 2 Dec your freezes stand in.
            Next:
              /daily  Today’s questions
              /quiz   An extra question""",
        )
    )
    assert "Your streak of 8 days stopped at Thu 3 Dec." in await chat.say("/streak")
    await a_day(chat)
    await extra(chat, 9)
    assert "until Sat 5 Dec: 1 more" in await chat.say("/streak repair")
    chat.clock.forward(days=1)
    assert "streak 9" not in await a_day(chat)
    assert "streak mended: 10 days" in await extra(chat, 1)
    assert (await chat.say("/streak repair")).splitlines()[1].startswith("Your streak is whole: 10 days.")
    assert await chat.store.rebuild_check() == []


async def test_each_day_is_told_in_plain_words(chat: Chat) -> None:
    await days(chat, number=7)
    chat.clock.forward(days=1)
    await days(chat, number=1)
    await chat.say("/streak pause 2")
    chat.clock.forward(days=2)
    await chat.say("/daily")
    await chat.verify(
        (
            "/streak why",
            """\
            ── Your streak, day by day ──────────────────
            Mon 23 Nov: done (5 of 5).
            Tue 24 Nov: done (5 of 5).
            Wed 25 Nov: done (5 of 5).
            Thu 26 Nov: done (5 of 5).
            Fri 27 Nov: done (5 of 5).
            Sat 28 Nov: done (5 of 5).
            Sun 29 Nov: done (5 of 5); 1 freeze earned (2 held).
            Mon 30 Nov: not done; a freeze was used (1 left).
            Tue 1 Dec: done (5 of 5).
            Wed 2 Dec: paused.
            Thu 3 Dec: paused.
            Fri 4 Dec: today, open.
            Next freeze ❄ in 6 days.
            Your days follow UTC and turn at 03:00.
            Next:
              /streak  My streak""",
        )
    )
    assert (await chat.say("/streak why 2026-11-24")).splitlines()[1:3] == [
        "Mon 23 Nov: done (5 of 5).",
        "Tue 24 Nov: done (5 of 5).",
    ]
    assert "There is" not in await chat.say("/streak why tomorrow")


async def test_where_a_streak_stopped_is_told_without_a_word_of_blame(chat: Chat) -> None:
    await days(chat, number=2)
    chat.clock.forward(days=5)
    said = await chat.say("/streak why")
    assert "Wed 25 Nov: not done; the streak of 2 days ended here." in said.splitlines()
    assert (await chat.say("/streak")).splitlines()[1].startswith("A new streak can begin.")
    chat.clock.forward(days=30)
    later = await chat.reply("/streak why")
    (card,) = later.cards
    assert isinstance(card, NoticeCard)
    assert card.text.startswith("Nothing is known of these days.")
    assert [action.command for action in card.actions] == ["streak why 2026-11-24", "streak"]


async def test_a_change_of_zone_is_announced_where_days_are_told(chat: Chat) -> None:
    await days(chat, number=1)
    await chat.say("/settings zone Asia/Tokyo")
    said = " ".join((await chat.say("/streak why")).split())
    assert "Your days follow UTC and turn at 03:00. From your next day on: Asia/Tokyo, turning at 03:00." in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("dance", "“dance” is not known here. There are: pause, resume, repair, why."),
        ("why yesterday", "Write the date as year, month, day: /streak why 2026-11-20."),
        ("why 0001-01-01", "Nothing is known of these days."),
        ("why 9999-12-31", "Nothing is known of these days."),
        ("resume", "You have none now. /streak pause 7 takes a week off."),
        ("pause 15", "A pause is 1 to 14 days."),
    ],
)
async def test_what_cannot_be_is_answered_with_what_can(chat: Chat, typed: str, said: str) -> None:
    assert (await chat.say(f"/streak {typed}")).splitlines()[1] == said


async def test_a_group_forgives_a_day(start: Any) -> None:
    mia, ben = start("Mia"), start("Ben")
    for chat in (mia, ben):
        await a_day(chat)
    mia.clock.forward(days=2)
    await a_day(ben)
    await mia.verify(
        (
            "/group amnesty 2026-11-24 power cut",
            """\
            ── A neutral day ────────────────────────────
            Tue 24 Nov breaks no streak in this group, of 2 members in all. Streaks it had stopped
            go on, and freezes it had cost came back. Who did that day keeps it as done.
            Next:
              /group amnesty undo 2026-11-24  Take it back""",
        ),
        (
            "/group amnesty 2026-11-24",
            """\
            ── Nothing changed ──────────────────────────
            Tue 24 Nov is neutral already.""",
        ),
        (
            "/group amnesty",
            """\
            ── Neutral days ─────────────────────────────
            Tue 24 Nov 2026: power cut (by Mia, 2026-11-25 08:00 UTC)
            When something was down, /group amnesty 2026-11-25 with a reason makes that day neutral
            for every member.""",
        ),
    )
    told = (await ben.say("/streak why")).splitlines()
    assert "Tue 24 Nov: counts for nobody, an admin made it neutral (power cut); its freeze came" in told
    assert "A freeze stands in" not in await mia.say("/streak")
    assert (await mia.say("/group amnesty undo 2026-11-24")).splitlines()[0].startswith("── Taken back")
    assert "A freeze stands in for Tue 24 Nov." in await mia.say("/streak")
    assert (await mia.say("/group amnesty")).splitlines()[1] == "None so far."
    assert await mia.store.rebuild_check() == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-11-15", "A day can be made neutral today or up to 7 days later, so that streaks of long ago stay"),
        ("2026-11-24", "A day can be made neutral today or up to 7 days later, so that streaks of long ago stay"),
        ("yesterday", "Write the day as year, month, day: /group amnesty 2026-11-23 the reason."),
        ("undo", "Write the day as year, month, day: /group amnesty 2026-11-23 the reason."),
        ("undo 2026-11-20", "Fri 20 Nov was not made neutral here."),
    ],
)
async def test_a_day_that_cannot_be_forgiven_says_why(chat: Chat, typed: str, said: str) -> None:
    assert (await chat.say(f"/group amnesty {typed}")).splitlines()[1] == said


async def test_a_neutral_day_is_not_taken_back_once_streaks_rest_on_it(chat: Chat) -> None:
    await chat.say("/group amnesty today")
    assert "breaks nothing" not in await chat.say("/streak")
    chat.clock.forward(days=2)
    said = await chat.say("/group amnesty undo 2026-11-23")
    assert "within 24 hours" in said


async def test_only_those_who_manage_a_place_forgive_its_days(chat: Chat) -> None:
    place = Place("discord", "7", "Garden", "8")
    command, args, _ = parse_line("/group amnesty 2026-11-23")
    asked = Request(Actor("discord", "1", "Eve"), place, command, args, "k", MORNING)
    heard = [(await chat.dispatcher.handle(request)).cards[0] for request in (asked, replace(asked, admin=True))]
    assert [card.title for card in heard if isinstance(card, NoticeCard)] == ["Not yours to change", "A neutral day"]


async def test_a_weekly_goal_is_shown_with_the_streak(chat: Chat) -> None:
    await chat.say("/settings weekly-goal 2")
    await days(chat, number=2)
    lines = " ".join((await chat.say("/streak")).split())
    assert "This week: 2 of 2 days. Reached 1 week in a row." in lines


async def test_a_perfect_week_is_mentioned(chat: Chat) -> None:
    await days(chat, number=7)
    chat.clock.at -= timedelta(hours=6)  # still Sunday
    said = " ".join((await chat.say("/streak")).split())
    assert "This week is perfect: seven of seven days. Perfect weeks so far: 1." in said
    assert "You hold two freezes, the most there can be." in said
