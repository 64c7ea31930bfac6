"""`/learn`, `/progress`, `/streak`, `/leaderboard`, `/help`: where a learner is, as a new one and after some work."""

from __future__ import annotations

import pytest

from bot.cards import PictureCard, StreakCard
from bot.commands import discover
from bot.messages import Place
from bot.store import SampleMember

SOLVED = "/submit add-up\ndef add_up(numbers):\n    return sum(numbers)"


async def test_the_track_shows_sections_paths_projects_and_the_place_in_it(chat) -> None:
    track = """\
        ── Sample track ─────────────────────────────
        A small course that tests talk about: it breaks a line in two.
        Sections (→ you are here):
          → Splitting rows: 0 of 5 questions seen, 1 challenge
            Measuring: 0 of 4 questions seen, 1 challenge
        Learning paths:
            Counter: 1-2 months. Count things well.
        You follow the track’s own order.
        Projects:
            Beginner: Count birds.
        Next:
          /daily                  Today’s questions
          /placement              Find where I start
          /settings path counter  Follow: Counter"""
    await chat.verify(("/learn", track), ("/learn sample", track), ("/learn SAMPLE TRACK", track))


async def test_a_path_puts_its_sections_first_and_marks_the_first_unfinished_one(chat) -> None:
    await chat.say("/settings path counter")
    lines = (await chat.say("/learn")).splitlines()
    assert lines[3:5] == [
        "  → Measuring: 0 of 4 questions seen, 1 challenge",
        "    Splitting rows: 0 of 5 questions seen, 1 challenge",
    ]
    assert "You follow: Counter." in lines


async def test_an_unknown_track_names_the_one_there_is(chat) -> None:
    await chat.verify(
        (
            "/learn cooking",
            """\
            ── No such track ────────────────────────────
            I have no track called “cooking”. There is one: sample.
            Next:
              /learn sample  Sample track""",
        )
    )


async def test_progress_counts_what_went_right_by_section(chat) -> None:
    await chat.say("/daily")
    await chat.say("/answer qkgv A")
    await chat.say(SOLVED)
    await chat.verify(
        (
            "/progress",
            """\
            ── Your progress: Sample track ──────────────
            1 of 9 questions right at least once, 1 of 2 challenges passed. 1 of 5 concepts met, 1
            of them firm.
              Splitting rows  ███                   1/6
              Measuring       ████                  1/5
            Next:
              /daily   Today’s questions
              /streak  Streak
            [picture: Progress by section: Splitting rows 1 of 6; Measuring 1 of 5.]
            [picture: Mastery of 5 concepts: 4 not met yet, 0 just begun, 0 on the way, 1 good, 0 strong.]""",
        )
    )


async def test_a_streak_begins_with_a_passed_challenge_and_shows_its_calendar(chat) -> None:
    none = """\
        ── Streak ───────────────────────────────────
        No streak yet. Today’s questions or one challenge start it.
        Best: 0. Freezes: 1.
        [picture: Calendar of the last 78 days: 0 done, 0 kept by a freeze, 0 with some practice.]"""
    await chat.verify(("/streak", none))
    await chat.say(SOLVED)
    streak, picture, _ = (await chat.reply("/streak")).cards
    assert isinstance(streak, StreakCard)
    assert isinstance(picture, PictureCard)
    assert (streak.current, streak.headline, len(streak.days)) == (1, "1 day, and today is done.", 78)
    assert picture.png.startswith(b"\x89PNG")


async def test_a_streak_of_yesterday_waits_for_today(chat) -> None:
    await chat.say(SOLVED)
    chat.clock.forward(days=1)
    assert (await chat.say("/streak")).splitlines()[1] == "1 day. Today’s questions or one challenge keep it."


async def test_the_board_ranks_a_group_by_week_and_for_all_time(start) -> None:
    mia, ben = start("Mia"), start("Ben")
    await mia.say(SOLVED)
    mia.clock.forward(days=7)
    await ben.say("/daily")
    (question, *_) = await ben.questions()
    await ben.say(f"/answer {question.public_id} {ben.right(question)}")
    await ben.verify(
        (
            "/leaderboard",
            """\
            ── Leaderboard: Garden club · this week, since Monday
                1. Ben (you)  4 XP
            Together: 4 of 100 XP this week ▱▱▱▱▱▱▱▱▱▱
            So far the board is yours alone; whoever answers next joins you.
            Next:
              /leaderboard all  All time
              /settings         My board name""",
        ),
        (
            "/leaderboard all",
            """\
            ── Leaderboard: Garden club · all time ──────
                1. Mia  20 XP
                2. Ben (you)  4 XP
            Next:
              /leaderboard week  This week
              /settings          My board name""",
        ),
    )
    await mia.verify(
        (
            "/leaderboard",
            """\
            ── Leaderboard: Garden club · this week, since Monday
                1. Ben  4 XP
            Together: 4 of 100 XP this week ▱▱▱▱▱▱▱▱▱▱
            You are not on it yet: one answer is enough.
            Next:
              /leaderboard all  All time
              /settings         My board name""",
        )
    )


async def test_sample_members_are_marked_and_go_away_for_good(start) -> None:
    chat = start()
    members = (SampleMember("Ada", 100, (20,)),)
    await chat.store.seed_demo_group(members, name="Garden club", platform="local", external_id="garden")
    board = await chat.say("/leaderboard all")
    assert "Ada (sample)" in board
    assert "Members marked “sample” are made up" in " ".join(board.split())
    assert (await chat.say("/settings samples off")).endswith("1 sample members are gone from this group.")
    assert "Ada" not in await chat.say("/leaderboard all")


async def test_an_unknown_board_lists_the_two(chat) -> None:
    await chat.verify(
        (
            "/leaderboard Yesterday",
            """\
            ── No such board ────────────────────────────
            “Yesterday” is not a board. There are: week, all, improvement, consistency, league.
            Next:
              /leaderboard week  This week
              /leaderboard all   All time""",
        )
    )
    assert await chat.say("/leaderboard week") == await chat.say("/leaderboard")


async def test_groups_have_boards_of_their_own(start) -> None:
    garden, kitchen = start("Mia"), start("Ben", place=Place("local", "kitchen", "Kitchen club"))
    await garden.say(SOLVED)
    assert "Mia" not in await kitchen.say("/leaderboard")


async def test_help_lists_every_command_with_its_line(chat) -> None:
    said = (await chat.say("/help")).splitlines()
    commands = discover().values()
    wide = max(len(c.name) for c in commands) + 1
    assert said[3:] == [f"  {'/' + c.name:<{wide}}  {c.summary}" for c in commands]


@pytest.mark.parametrize("name", discover())
async def test_help_explains_each_command(chat, name: str) -> None:
    command = discover()[name]
    said = await chat.say(f"/help {name}")
    assert (said, said) == (await chat.say(f"/help /{name.upper()}"), await chat.say(f"/HELP {name}"))
    assert " ".join(command.help.split()) in " ".join(said.split())
    assert said.splitlines()[-1] == f"  {command.usage}"


async def test_help_on_nothing_known_lists_all(chat) -> None:
    assert await chat.say("/help the meaning of life") == await chat.say("/help")
