"""`/settings`: shows what is set, changes one thing at a time, and says what can be set."""

from __future__ import annotations

import pytest

SAVED = "── Saved ────────────────────────────────────\n"
KEPT = "── Not changed ──────────────────────────────\n"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("zone Europe/Paris", SAVED + "Your time zone is Europe/Paris."),
        ("zone europe/paris", SAVED + "Your time zone is Europe/Paris."),
        ("ZONE UTC", SAVED + "Your time zone is UTC."),
        ("zone", KEPT + "Say a time zone, such as Europe/Paris."),
        ("day 4", SAVED + "Your day turns at 04:00. What you do before that counts for the day before."),
        ("day 7", KEPT + "Say an hour from 0 to 6, such as 4."),
        ("day", KEPT + "Say an hour from 0 to 6, such as 4."),
        ("day ٣", KEPT + "Say an hour from 0 to 6, such as 4."),
        ("track sample", SAVED + "You are learning Sample track."),
        ("track", KEPT + "There is one track so far: sample."),
        ("path counter", SAVED + "You follow Counter: its sections come first."),
        ("path none", SAVED + "You follow the track in its own order."),
        ("path", KEPT + "Say which path. There are: counter, none."),
        ("path nope", KEPT + "“nope” is not a path. There are: counter, none."),
        ("name   Ada   L ", SAVED + "On the leaderboard you are now “Ada L”."),
        ("name", SAVED + "On the leaderboard you use your own name again."),
        ("name " + "x" * 31, KEPT + "That name has 31 characters; up to 30 fit on the board."),
        ("name a\u202eb", KEPT + "That name has characters that do not print; please use others."),
        ("name Ada (You)", KEPT + "That name ends in a mark the board itself uses; please choose another."),
        ("name Ada (sample)", KEPT + "That name ends in a mark the board itself uses; please choose another."),
        ("name @Everyone", KEPT + "That name would call other people; please choose one without @."),
        ("name at @here", KEPT + "That name would call other people; please choose one without @."),
        ("name <@123>", KEPT + "That name would call other people; please choose one without @."),
        ("name (you) Ada", SAVED + "On the leaderboard you are now “(you) Ada”."),
        ("board off", SAVED + "You are off the leaderboard; nobody sees your rank."),
        ("board on", SAVED + "You are on the leaderboard."),
        ("board maybe", KEPT + "Say on or off."),
        ("weekly-goal 4", SAVED + "You aim at 4 days a week, from this week on. /streak shows how it goes."),
        ("weekly-goal OFF", SAVED + "You have no weekly goal now; your streak goes by days."),
        ("weekly-goal 8", KEPT + "Say how many days a week, from 1 to 7, or off."),
        ("reminder off", SAVED + "No more reminders. Your streak and everything else stays as it is."),
        ("reminder 19:00", KEPT + "Reminders are direct messages on Discord or Slack; set yours there."),
        ("reminder soon", KEPT + "Say a time of day such as 19:00, or off."),
        ("quiet 21-9", SAVED + "Nothing is sent to you from 21:00 to 09:00."),
        ("quiet off", SAVED + "No hours are quiet; only the reminder you asked for will come."),
        ("quiet please", KEPT + "Say from which full hour to which, such as 22-8, or off."),
        ("samples off", SAVED + "This group has no sample members."),
        ("samples on", KEPT + "Sample members come only with a new local group; they cannot be brought back."),
    ],
)
async def test_a_setting_is_changed_or_says_what_can_be(chat, typed: str, answer: str) -> None:
    assert await chat.say(f"/settings {typed}") == answer


async def test_a_misspelt_zone_gets_a_guess(chat) -> None:
    said = await chat.say("/settings zone Europe/Pari")
    assert "“Europe/Pari” is not a time zone I know" in said
    assert "Europe/Paris" in said.rsplit("Did you mean", 1)[1]


async def test_what_is_set_is_shown_with_the_command_that_changes_it(chat) -> None:
    await chat.say("/settings name Ada")
    await chat.verify(
        (
            "/settings",
            """\
            ── Your settings ────────────────────────────
              Time zone: UTC
                  /settings zone …  An IANA name such as Europe/Paris; your days follow it.
              Day starts at: 3
                  /settings day …  An hour from 0 to 6; late nights count for the day before. One
                                   of: 0, 1, 2, 3, 4, 5, 6.
              Track: sample
                  /settings track …  What you are learning. One of: sample.
              Path: none
                  /settings path …  Whose sections come first. One of: none, counter.
              Board name: Ada
                  /settings name …  A name of your choice for the leaderboard; empty means your own.
              On the board: on
                  /settings board …  Off hides you from every rank. One of: on, off.
              Days a week: off
                  /settings weekly-goal …  A goal beside the streak, for those who cannot do every
                                           day. One of: off, 1, 2, 3, 4, 5, 6, 7.
              Ask how sure I am: off
                  /settings confidence …  On asks before an answer counts, and shows how well you
                                          judge yourself. One of: on, off.
              Help by Claude: on
                  /settings ai …  Off sends none of your code to Anthropic; on sends it only where
                                  your group agreed as well. One of: on, off.
              Reminder: off
                  /settings reminder …  A direct message at a time such as 19:00, only when your
                                        streak is at stake; or off.
              Quiet hours: 22-8
                  /settings quiet …  Hours in which nothing is sent to you, such as 22-8; or off.
              Sample members: —
                  /settings samples …  Say off to remove the made-up members of a local group. One
                                       of: off.
            Change one with its command and a new value.""",
        )
    )


async def test_an_unknown_setting_lists_the_known_ones(chat) -> None:
    said = await chat.say("/settings colour red")
    assert said.splitlines()[:4] == [
        "── No such setting ──────────────────────────",
        "“colour” is not a setting. There are: zone, day, track, path, name, board, reminder,",
        "quiet, confidence, ai, weekly-goal, samples.",
        "── Your settings ────────────────────────────",
    ]


async def test_who_leaves_the_board_is_gone_from_it_and_can_come_back(chat) -> None:
    await chat.say("/submit add-up\ndef add_up(numbers):\n    return sum(numbers)")
    await chat.say("/settings board off")
    said = (await chat.say("/leaderboard all")).splitlines()
    assert [said[1], " ".join(said[2:4])] == [
        "  Nobody yet.",
        "You are hidden from this board. 20 XP of all time: only you see that. /settings board on brings you back.",
    ]
    await chat.say("/settings board on")
    assert (await chat.say("/leaderboard")).splitlines()[1] == "    1. Mia (you)  20 XP"


async def test_a_zone_changed_after_work_begins_with_the_next_day(chat) -> None:
    await chat.say("/submit add-up\ndef add_up(numbers):\n    return sum(numbers)")
    said = await chat.say("/settings zone Asia/Tokyo")
    assert " ".join(said.splitlines()[1:]) == (
        "Your time zone is Asia/Tokyo, from your next day on, so that today keeps its length."
    )
    again = await chat.say("/settings zone Europe/Paris")
    assert again.startswith(KEPT + "Not yet: ")
