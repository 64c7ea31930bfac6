"""`/leaderboard` and `/group goal` as members read them: alone, with friends, in a large group, hidden, tied, in leagues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cards import LeaderboardCard, PictureCard
from bot.messages import Place
from bot.store import SubmissionRecord, ledger

Start = Callable[..., Any]
SOLVED = "/submit add-up\ndef add_up(numbers):\n    return sum(numbers)"


async def earn(chat: Any, amount: int) -> None:
    """Give somebody who has been here some XP, as if they had worked for it now."""
    await chat.say("/pair")
    user_id, at = await chat.user_id(), chat.clock()
    payment = ledger.Payment(user_id, amount, "test", "test", f"{at} {amount}", at.date(), at)
    await chat.store._write(lambda db: ledger.enter(db, payment, amount))


async def work(chat: Any) -> None:
    """Let somebody try a challenge, in vain; no code is run for it."""
    await earn(chat, 0)
    at = chat.clock()
    record = SubmissionRecord(
        idem=f"{chat.name} {at}",
        user_id=await chat.user_id(),
        slug="add-up",
        level="easy",
        source="",
        verdict="wrong",
        local_day=at.date(),
        tz="UTC",
        at=at,
    )
    await chat.store.record_submission(record)


async def crowd(start: Start, *amounts: int) -> list[Any]:
    """Members P01, P02 … with so much XP this week."""
    chats = [start(f"P{n:02}") for n in range(1, len(amounts) + 1)]
    for chat, amount in zip(chats, amounts, strict=True):
        await earn(chat, amount)
    return chats


def board(text: str) -> list[str]:
    """A board's lines and notes, without title, ways on and picture."""
    lines = text.split("\n")[1:]
    return lines[: lines.index("Next:")]


async def test_one_alone_reads_that_the_board_is_theirs(start: Start) -> None:
    mia = start("Mia")
    await mia.verify(
        (
            "/leaderboard",
            """\
            ── Leaderboard: Garden club · this week, since Monday
              Nobody yet.
            Together: 0 of 100 XP this week ▱▱▱▱▱▱▱▱▱▱
            You are not on it yet: one answer is enough.
            Next:
              /leaderboard all  All time
              /settings         My board name""",
        )
    )
    await mia.say(SOLVED)
    await mia.verify(
        (
            "/leaderboard",
            """\
            ── Leaderboard: Garden club · this week, since Monday
                1. Mia (you)  20 XP
            Together: 20 of 100 XP this week ▰▰▱▱▱▱▱▱▱▱
            Group streak: 1 day with at least 60 % of you done.
            So far the board is yours alone; whoever answers next joins you.
            Next:
              /leaderboard all  All time
              /settings         My board name""",
        )
    )


async def test_three_friends_are_all_on_the_podium(start: Start) -> None:
    chats = await crowd(start, 60, 45, 12)
    assert board(await chats[2].say("/leaderboard")) == [
        "    1. P01  60 XP",
        "    2. P02  45 XP",
        "    3. P03 (you)  12 XP",
        "Together: 117 of 100 XP this week ▰▰▰▰▰▰▰▰▰▰ reached!",
    ]


async def test_of_five_the_last_reads_no_rank(start: Start) -> None:
    chats = await crowd(start, 60, 45, 12, 8, 4)
    said = await chats[4].say("/leaderboard")
    assert board(said)[-2:] == [
        "Together: 129 of 100 XP this week ▰▰▰▰▰▰▰▰▰▰ reached!",
        "You are on the board this week, with 4 XP.",
    ]
    assert "P05" not in said
    assert "    5. P05 (you)  4 XP" in await chats[4].say("/leaderboard full")


async def test_of_fifteen_the_lower_half_reads_a_quarter(start: Start) -> None:
    chats = await crowd(start, *range(150, 0, -10))
    podium = ["    1. P01  150 XP", "    2. P02  140 XP", "    3. P03  130 XP"]
    together = "Together: 1,200 of 100 XP this week ▰▰▰▰▰▰▰▰▰▰ reached!"
    assert board(await chats[8].say("/leaderboard")) == [
        *podium,
        together,
        "You are in the third quarter this week, with 70 XP.",
    ]
    assert board(await chats[14].say("/leaderboard all")) == [
        *podium,
        "You are in the fourth quarter of all time, with 10 XP.",
    ]
    assert board(await chats[7].say("/leaderboard")) == [
        *podium,
        "    6. P06  100 XP",
        "    7. P07  90 XP",
        "    8. P08 (you)  80 XP",
        together,
    ]
    full = await chats[14].say("/leaderboard full")
    assert [line.strip() for line in full.split("\n") if line.startswith("   1")] == [
        "10. P10  60 XP",
        "13. P13  30 XP",
        "14. P14  20 XP",
        "15. P15 (you)  10 XP",
    ]
    assert "quarter" not in full


async def test_ties_share_a_place_and_nobody_of_them_is_below(start: Start) -> None:
    chats = await crowd(start, 40, 30, 30, 30, 5)
    assert board(await chats[3].say("/leaderboard"))[:4] == [
        "    1. P01  40 XP",
        "    2. P02  30 XP",
        "    2. P03  30 XP",
        "    2. P04 (you)  30 XP",
    ]


async def test_who_hides_keeps_their_xp_to_themselves_and_finds_the_way_back(start: Start) -> None:
    first, second, third = await crowd(start, 60, 45, 12)
    await first.say("/settings board off")
    await first.verify(
        (
            "/leaderboard",
            """\
            ── Leaderboard: Garden club · this week, since Monday
                1. P02  45 XP
                2. P03  12 XP
            Together: 57 of 100 XP this week ▰▰▰▰▰▱▱▱▱▱
            You are hidden from this board. 60 XP this week: only you see that. /settings board on
            brings you back.
            Next:
              /settings board on  Show me on the boards
              /leaderboard all    All time""",
        )
    )
    for view in ("week", "all", "improvement", "consistency", "league", "full"):
        for reader in (second, third):
            assert "P01" not in await reader.say(f"/leaderboard {view}")
    await first.say("/settings board on")
    assert "    1. P01  60 XP" in await second.say("/leaderboard")


async def test_a_board_name_stands_for_a_name_everywhere(start: Start) -> None:
    mia, ben = start("Mia"), start("Ben")
    await mia.say("/settings name Owl")
    await mia.say(SOLVED)
    said = [await ben.say(f"/leaderboard {view}") for view in ("", "all", "consistency", "full")]
    assert ["Owl" in text and "Mia" not in text for text in said] == [True] * 4


async def test_what_a_learner_calls_themselves_is_only_text(start: Start) -> None:
    mia = start("Mia\n  9. root (you)\x1b[2J")
    await mia.say(SOLVED)
    said = await start("Ben").say("/leaderboard consistency")
    assert "Mia 9. root (you)" in said
    assert "\x1b" not in said


async def test_the_week_is_the_groups_own_also_when_clocks_change(start: Start, clock: Any) -> None:
    mia = start("Mia")
    group = await mia.store.ensure_group("local", "garden", "Garden club", "Europe/Paris")
    clock.at = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)  # Sunday 23:59, summer time since the morning
    await earn(mia, 30)
    assert "    1. Mia (you)  30 XP" in await mia.say("/leaderboard")
    clock.forward(minutes=1)
    assert board(await mia.say("/leaderboard"))[0] == "  Nobody yet."
    assert "    1. Mia (you)  30 XP" in await mia.say("/leaderboard all")
    assert group.tz == "Europe/Paris"


async def test_improvement_is_measured_by_oneself(start: Start, clock: Any) -> None:
    mia, ben = await crowd(start, 40, 200)
    assert board(await mia.say("/leaderboard improvement"))[-2:] == [
        "Your first week is for getting to know you; from the next on, you are compared with",
        "yourself.",
    ]
    clock.forward(days=7)
    await earn(mia, 70)
    await earn(ben, 100)
    assert board(await mia.say("/leaderboard improvement"))[1:] == [
        "    1. P01 (you)  30 XP",
        "Your week so far: 70 XP. A usual one of yours: 40 XP.",
    ]
    assert "Your week so far: 100 XP. A usual one of yours: 200 XP." in await ben.say("/leaderboard improvement")


async def test_consistency_counts_days_not_points(start: Start, clock: Any) -> None:
    mia, ben = start("Mia"), start("Ben")
    assert "Nobody has finished a day this week yet" in await mia.say("/leaderboard consistency")
    await mia.say(SOLVED)
    await ben.verify(
        (
            "/leaderboard consistency",
            """\
            ── Most days this week: Garden club ─────────
            Mia: 1 day this week, streak 1
            You are not here yet: finish today’s questions, whatever the score.
            Next:
              /leaderboard week  This week
              /settings          My board name""",
        )
    )


async def test_fourteen_active_members_have_leagues_from_the_next_monday_on(start: Start, clock: Any) -> None:
    chats = [start(f"P{n:02}") for n in range(1, 15)]
    for number, chat in enumerate(chats):
        await work(chat)
        await earn(chat, 140 - 10 * number)
    assert "No league this week" in await chats[0].say("/leaderboard league")
    clock.forward(days=7)
    await earn(chats[13], 50)
    await earn(chats[12], 20)
    assert "/leaderboard league  My league" in await chats[0].say("/leaderboard")
    await chats[13].verify(
        (
            "/leaderboard league",
            """\
            ── Leaderboard: Garden club · league 2 of 2, this week
                1. P14 (you)  50 XP
                2. P13  20 XP
            On Monday the best move up a league: about one in 6 each way.
            Next:
              /leaderboard week  This week
              /settings          My board name""",
        )
    )
    for chat in chats:
        await work(chat)  # that is enough to stay
    clock.forward(days=7)
    assert board(await chats[13].say("/leaderboard league"))[1:3] == [
        "You came up on Monday. On Monday the last move down: about one in 6 each way.",
        "You are not on it yet: one answer is enough.",
    ]
    newcomer = start("Zed")
    assert "Work on any day of this week, and Monday finds you a league." in await newcomer.say("/leaderboard league")


async def test_a_longer_board_comes_with_a_picture_that_singles_nobody_out(start: Start) -> None:
    chats = await crowd(start, 60, 45, 12)
    card, picture = (await chats[2].reply("/leaderboard")).cards
    assert isinstance(card, LeaderboardCard)
    assert isinstance(picture, PictureCard)
    assert [line.me for line in card.lines] == [False, False, True]
    assert (picture.png[:4], "you" in picture.alt) == (b"\x89PNG", False)


async def test_groups_have_goals_of_their_own(start: Start) -> None:
    garden, kitchen = start("Mia"), start("Ben", place=Place("local", "kitchen", "Kitchen club"))
    await garden.verify(
        (
            "/group goal 600",
            """\
            ── Saved ────────────────────────────────────
            Together: 0 of 600 XP this week ▱▱▱▱▱▱▱▱▱▱
            A day counts for the group’s streak when 60 % of its active members did theirs. 60 is
            the usual share.
            Change it with /group goal 600, /group goal share 70, or auto in place of the number.
            Next:
              /leaderboard  Leaderboard""",
        )
    )
    assert "0 of 600 XP" in await garden.say("/leaderboard")
    assert "0 of 100 XP" in await kitchen.say("/leaderboard")
    assert "when 75 % of its active members" in await garden.say("/group goal share 75")
    assert "0 of 100 XP" in await garden.say("/group goal auto")
    assert "The goal follows how many of you are active" in await garden.say("/group goal")


@pytest.mark.parametrize("typed", ["many", "5", "share 0", "600 700 x"])
async def test_a_goal_that_is_none_changes_nothing(start: Start, typed: str) -> None:
    mia = start("Mia")
    await mia.say("/group goal 300")
    assert (await mia.say(f"/group goal {typed}")).startswith("── Not changed")
    assert "of 300 XP" in await mia.say("/leaderboard")
