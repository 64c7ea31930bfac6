"""Boards of a group: this week and all time, ties, hidden members, samples; and projections that agree with their logs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot import boards
from bot.boards import Score
from bot.days import week_begins
from bot.store import (
    AnswerRecord,
    BoardRow,
    Difference,
    SampleMember,
    Store,
    SubmissionRecord,
    attempts,
    connect,
    ledger,
    migrate,
    people,
    questions,
    rebuild,
    standings,
)
from bot.store.engine import sqlite3

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
MEMBERS = (SampleMember("Ada", 200, (20, 30)), SampleMember("Alan", 90, (10,)))


def since(now: datetime) -> int:
    return round(week_begins(now, "UTC").timestamp() * 1000)


def names(rows: list[BoardRow]) -> list[tuple[int, str, int]]:
    return [(row.rank, row.name, row.xp) for row in rows]


@pytest.fixture
async def group_of_three(store: Store, newcomer: Callable[[str], Awaitable[Any]]) -> tuple[int, list[Any]]:
    """Ann and Bob with 20 XP each, Eve with 40."""
    group = await store.ensure_group("local", "g", "G")
    learners = [await newcomer(name) for name in ("Ann", "Bob", "Eve")]
    for learner, level in zip(learners, ("easy", "easy", "medium"), strict=True):
        await store.join(group.id, learner.id)
        await learner.submit("s", level=level)
    return group.id, learners


async def test_ties_share_a_rank_on_both_boards(store: Store, clock: Any, group_of_three: Any) -> None:
    group_id, (ann, bob, eve) = group_of_three
    expected = [
        BoardRow(1, eve.id, "Eve", 40),
        BoardRow(2, ann.id, "Ann", 20),
        BoardRow(2, bob.id, "Bob", 20, is_me=True),
    ]
    assert await store.leaderboard(group_id, None, bob.id) == expected
    assert await store.leaderboard(group_id, since(clock()), bob.id) == expected
    assert [await store.rank_of(group_id, one.id) for one in (ann, bob, eve)] == [2, 2, 1]


async def test_week_begins_anew_and_all_time_goes_on(store: Store, clock: Any, group_of_three: Any) -> None:
    group_id, (ann, _, _) = group_of_three
    clock.forward(days=7)
    await ann.submit("t", level="hard")
    assert names(await store.leaderboard(group_id, since(clock()))) == [(1, "Ann", 80)]
    assert names(await store.leaderboard(group_id)) == [(1, "Ann", 100), (2, "Eve", 40), (3, "Bob", 20)]


async def test_hidden_member_leaves_no_gap_and_comes_back(store: Store, clock: Any, group_of_three: Any) -> None:
    group_id, (_, _, eve) = group_of_three
    await store.update_settings(eve.id, board_opt_out=True)
    for week in (None, since(clock())):
        assert names(await store.leaderboard(group_id, week, eve.id)) == [(1, "Ann", 20), (1, "Bob", 20)]
    assert await store.rank_of(group_id, eve.id) is None
    assert await store.rebuild_check() == []
    await store.update_settings(eve.id, board_opt_out=False)
    assert await store.rank_of(group_id, eve.id) == 1


async def test_member_hidden_before_joining_stays_hidden(store: Store, ann: Any) -> None:
    await store.update_settings(ann.id, board_opt_out=True)
    await ann.submit("s")
    group = await store.ensure_group("local", "g", "G")
    await store.join(group.id, ann.id)
    assert await store.leaderboard(group.id) == []


async def test_board_name_is_shown_instead(store: Store, group_of_three: Any) -> None:
    group_id, (_, _, eve) = group_of_three
    await store.update_settings(eve.id, board_name="Owl")
    assert names(await store.leaderboard(group_id))[0] == (1, "Owl", 40)


async def test_groups_do_not_mix(store: Store, group_of_three: Any) -> None:
    _, (ann, _, _) = group_of_three
    other = await store.ensure_group("local", "h", "H")
    await store.join(other.id, ann.id)
    assert names(await store.leaderboard(other.id)) == [(1, "Ann", 20)]


async def test_long_board_shows_the_top_and_the_reader(
    store: Store, clock: Any, newcomer: Callable[[str], Awaitable[Any]]
) -> None:
    group = await store.ensure_group("local", "g", "G")
    people_ = [await newcomer(f"P{n:02}") for n in range(30)]
    for number, one in enumerate(people_):
        await store.join(group.id, one.id)
        await one.submit("s", level="hard" if number % 2 else "medium")
    for week in (None, since(clock())):
        rows = await store.leaderboard(group.id, week, people_[10].id, top=3)
        assert [(row.rank, row.user_id) for row in rows] == [
            (1, people_[1].id),
            (1, people_[3].id),
            (1, people_[5].id),
            *[(16, people_[n].id) for n in (6, 8, 10, 12, 14)],
        ]


async def test_samples_fill_both_boards_and_are_labelled(store: Store, clock: Any) -> None:
    group = await store.seed_demo_group(MEMBERS)
    for _ in range(3):
        assert await store.seed_demo_group(MEMBERS) == group
    assert await store.leaderboard(group.id) == [
        BoardRow(1, 1, "Ada", 250, sample=True),
        BoardRow(2, 2, "Alan", 100, sample=True),
    ]
    assert names(await store.leaderboard(group.id, since(clock()))) == [(1, "Ada", 50), (2, "Alan", 10)]


@pytest.mark.parametrize("minutes", [0, 1, 7 * 24 * 60 - 1])
async def test_samples_have_xp_at_any_time_of_any_week(store: Store, clock: Any, minutes: int) -> None:
    await store.seed_demo_group(MEMBERS)
    clock.at = datetime(2026, 3, 9, tzinfo=UTC) + timedelta(minutes=minutes)
    group = await store.seed_demo_group(MEMBERS)
    assert names(await store.leaderboard(group.id, since(clock()))) == [(1, "Ada", 50), (2, "Alan", 10)]


async def test_samples_keep_their_total_in_any_week_and_back_in_time(store: Store, clock: Any) -> None:
    for at in (NOW, NOW + timedelta(days=7), datetime(2200, 12, 31, tzinfo=UTC), NOW):
        clock.at = at
        group = await store.seed_demo_group(MEMBERS)
        assert names(await store.leaderboard(group.id)) == [(1, "Ada", 250), (2, "Alan", 100)]
        assert names(await store.leaderboard(group.id, since(at))) == [(1, "Ada", 50), (2, "Alan", 10)]
    assert await store.rebuild_check() == []


async def test_a_week_ends_where_the_next_begins(store: Store, clock: Any) -> None:
    clock.at = NOW
    group = await store.seed_demo_group(MEMBERS)
    assert await store.leaderboard(group.id, since(NOW - timedelta(days=14))) == []
    assert names(await store.leaderboard(group.id, since(NOW - timedelta(days=7)))) == [
        (1, "Ada", 200),
        (2, "Alan", 90),
    ]


async def test_removed_samples_stay_away_and_real_members_stay(store: Store, ann: Any) -> None:
    group = await store.seed_demo_group(MEMBERS)
    await store.join(group.id, ann.id)
    await ann.submit("s")
    assert [await store.remove_demo(group.id) for _ in range(2)] == [2, 0]
    await store.seed_demo_group(MEMBERS)
    assert names(await store.leaderboard(group.id)) == [(1, "Ann", 20)]
    assert await store.rebuild_check() == []


@pytest.mark.parametrize(
    ("tampering", "difference"),
    [
        ("UPDATE membership SET xp = xp + 5", Difference("membership.xp", "group 1, user 1", "25", "20")),
        ("UPDATE membership SET hidden = 1", Difference("membership.hidden", "group 1, user 1", "1", "0")),
        ("DELETE FROM streak_day", Difference("streak_day", "user 1, 2026-03-04", "False", "True")),
        (
            "UPDATE streak SET best = 9",
            Difference(
                "streak",
                "user 1",
                f"Tally(current=1, best=9, last_day={date(2026, 3, 4)!r}, freezes=1)",
                f"Tally(current=1, best=1, last_day={date(2026, 3, 4)!r}, freezes=1)",
            ),
        ),
    ],
)
async def test_projection_that_disagrees_with_its_log_is_found(
    store: Store, ann: Any, tampering: str, difference: Difference
) -> None:
    group = await store.ensure_group("local", "g", "G")
    await store.join(group.id, ann.id)
    await ann.submit("s")
    assert await store.rebuild_check() == []
    await store._write(lambda db: db.execute(tampering).close())
    assert difference in await store.rebuild_check()


ACTS = st.lists(
    st.tuples(
        st.integers(1, 4),  # who
        st.sampled_from(["right", "wrong", "pass", "fail", "join", "hide", "show"]),
        st.integers(0, 3),  # which item
        st.integers(0, 40),  # hours since the act before
    ),
    max_size=25,
)


def fresh() -> Database:
    db = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    migrate.migrate(db, Path(":memory:"), migrate.scripts())
    people.ensure_group(db, "local", "g", "G", None, NOW)
    for name in ("ann", "bob", "eve", "kim"):
        people.ensure_user(db, "local", name, name, "UTC", NOW)
    return db


def act(db: Database, user_id: int, what: str, item: int, at: datetime, key: str) -> None:
    """Do one thing on a database, as the store would."""
    day = (at - timedelta(hours=3)).date()
    if what == "join":
        people.join(db, 1, user_id, at)
    elif what in ("hide", "show"):
        people.update_settings(db, user_id, {"board_opt_out": what == "hide"}, at)
    elif what in ("pass", "fail"):
        verdict = "accepted" if what == "pass" else "wrong"
        attempts.record_submission(
            db,
            SubmissionRecord(
                idem=key,
                user_id=user_id,
                slug=f"s{item}",
                level="hard",
                source="",
                verdict=verdict,
                local_day=day,
                tz="UTC",
                at=at,
            ),
        )
    else:
        posing = questions.Posing(user_id, ((f"i{item}", "1"), (f"i{item + 1}", "1")), "daily", day)
        for question in questions.pose(db, posing, at):
            attempts.record_answer(
                db,
                AnswerRecord(
                    idem=f"{key} {question.slot}",
                    user_id=user_id,
                    question_id=question.id,
                    answer_text="",
                    correct=what == "right",
                    score=0,
                    verdict="",
                    difficulty=3,
                    local_day=day,
                    tz="UTC",
                    at=at,
                ),
            )


@settings(max_examples=100, deadline=None)
@given(ACTS)
def test_p9_p11_xp_is_its_ledger_and_ranks_are_counts_after_any_acts(acts: list[tuple[int, str, int, int]]) -> None:
    db, at = fresh(), NOW
    for number, (user_id, what, item, hours) in enumerate(acts):
        at += timedelta(hours=hours)
        act(db, user_id, what, item, at, f"{user_id} {number}")
        assert rebuild.differences(db) == []  # P9 for every projection
    scores = [
        Score(row["user_id"], ledger.total(db, row["user_id"]))
        for row in connect.rows(db, "SELECT user_id FROM membership WHERE hidden = 0")
    ]
    expected = boards.rank(scores)
    for me in (None, 1, 2):
        shown = standings.leaderboard(db, 1, None, me, top=2)
        assert [(r.rank, r.user_id, r.xp) for r in shown] == [
            tuple(p) for p in boards.excerpt(expected, me, top=2, around=2)
        ]
    assert {p.user_id: p.rank for p in expected} == {
        user_id: rank for user_id in (1, 2, 3, 4) if (rank := standings.rank_of(db, 1, user_id)) is not None
    }
    db.close()


@settings(max_examples=50, deadline=None)
@given(ACTS)
def test_doing_everything_twice_is_doing_it_once(acts: list[tuple[int, str, int, int]]) -> None:
    once, twice, at = fresh(), fresh(), NOW
    for number, (user_id, what, item, hours) in enumerate(acts):
        at += timedelta(hours=hours)
        act(once, user_id, what, item, at, f"{user_id} {number}")
        for _ in range(2):
            act(twice, user_id, what, item, at, f"{user_id} {number}")
    tables = ("attempt", "submission", "xp_ledger", "freeze_ledger", "streak", "streak_day", "membership", "question")
    for table in tables:
        sql = f"SELECT * FROM {table} ORDER BY 1, 2"  # noqa: S608 - a table of ours
        assert connect.rows(once, sql) == connect.rows(twice, sql)
    once.close()
    twice.close()
