"""Two learners who are one person become one, as if one had done it all; and the codes that prove it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.days import local_day
from bot.store import (
    AnswerRecord,
    Linking,
    Store,
    SubmissionRecord,
    attempts,
    connect,
    hints,
    ledger,
    mergers,
    migrate,
    people,
    questions,
    rebuild,
    standings,
)
from bot.store.codes import CODE_LIFE, MOST_TRIES, code_text, read_code
from bot.store.engine import sqlite3

Newcomer = Callable[[str], Awaitable[Any]]
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DISCORD, SLACK = ("discord", "1"), ("slack", "T1:U1")


class Act(NamedTuple):
    """Something a person does with one of their two accounts, some days after what they did before."""

    account: int
    days: int
    kind: str
    thing: str
    good: bool


ACTS = st.lists(
    st.builds(
        Act,
        account=st.integers(0, 1),
        days=st.sampled_from([0, 0, 0, 1, 1, 2, 3]),
        kind=st.sampled_from(["day", "quiz", "quiz", "pass", "fail", "hint"]),
        thing=st.sampled_from("abc"),
        good=st.booleans(),
    ),
    max_size=25,
)


@cache
def schema() -> bytes:
    """An empty database, made once."""
    db = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    migrate.migrate(db, Path(":memory:"), migrate.scripts())
    return bytes(db.conn.serialize())


@contextmanager
def empty_database() -> Iterator[Database]:
    """A database in memory with today's schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(schema())
    db = connect.wrap(connection)
    db.execute("PRAGMA foreign_keys = 1")
    yield db
    db.close()


def live(db: Database, accounts: tuple[int, int], acts: list[Act]) -> None:
    """Do it all, each act by its account. A day has one daily set, done by whoever came to it first."""
    at, done = NOON, set()
    for n, act in enumerate(acts):
        at += timedelta(days=act.days, minutes=1)
        user_id, day = accounts[act.account], local_day(at, "UTC", 3)
        common: dict[str, Any] = {"idem": f"act {n}", "user_id": user_id, "local_day": day, "tz": "UTC", "at": at}
        if act.kind == "hint":  # each account looks at the hints of challenges of its own
            hints.take(db, hints.HintRequest(user_id, f"{act.thing}{act.account}", (1, 2, 3), day), at)
        elif act.kind in ("pass", "fail"):
            slug, verdict = (act.thing, "accepted") if act.kind == "pass" else (f"{act.thing} unpassed", "wrong")
            record = SubmissionRecord(slug=slug, level="hard", source="x = 1", verdict=verdict, **common)
            attempts.record_submission(db, record)
        elif act.kind == "quiz" or day not in done:
            purpose = "daily" if act.kind == "day" else "quiz"
            posing = questions.Posing(user_id, ((act.thing, "7"),), purpose, day)  # type: ignore[arg-type]  # one of two
            (question,) = questions.pose(db, posing, at)
            right = {"correct": act.good, "score": float(act.good), "verdict": "correct" if act.good else "wrong"}
            attempts.record_answer(
                db, AnswerRecord(question_id=question.id, answer_text="B", difficulty=3, **right, **common)
            )
            done |= {day} if purpose == "daily" else set()


def state(db: Database, user_id: int) -> dict[str, object]:
    """All that can be told of a learner."""

    def table(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in connect.rows(db, sql, id=user_id)]

    return {
        "attempts": table("SELECT idem, item_id, correct, verdict, local_day, at FROM attempt WHERE user_id = :id"),
        "submissions": table("SELECT idem, slug, verdict FROM submission WHERE user_id = :id"),
        "xp": table(
            "SELECT local_day, sum(amount), sum(points) FROM xp_ledger WHERE user_id = :id GROUP BY 1 HAVING sum(points)"
        ),
        "boards": table("SELECT group_id, xp, hidden FROM membership WHERE user_id = :id"),
        "weeks": [(row.xp, row.rank) for row in standings.leaderboard(db, 1, None, user_id)],
        "days": table("SELECT local_day FROM streak_day WHERE user_id = :id"),
        "streak": ledger.read_tally(db, user_id),
        "freezes": table("SELECT delta, reason, local_day FROM freeze_ledger WHERE user_id = :id ORDER BY local_day, reason"),
        "hints": table("SELECT slug, rung FROM hint_use WHERE user_id = :id ORDER BY 1, 2"),
    }  # fmt: skip


def account(db: Database, platform: str) -> int:
    """A learner, a member of the one group."""
    user = people.ensure_user(db, platform, "1", "Ann", "UTC", NOON)
    people.join(db, people.ensure_group(db, "discord", "1", "Garden", None, NOON).id, user.id, NOON)
    return user.id


@settings(max_examples=80, deadline=None)
@given(acts=ACTS)
def test_merged_is_as_if_one_person_had_done_it_all(acts: list[Act]) -> None:
    with empty_database() as apart, empty_database() as together:
        both = account(apart, "discord"), account(apart, "slack")
        live(apart, both, acts)
        bests = [ledger.read_tally(apart, user_id).best for user_id in both]
        days = ledger.done_days(apart, both[0]) | ledger.done_days(apart, both[1])
        new = mergers.merge(apart, *both, NOON)
        alone = account(together, "discord")
        live(together, (alone, alone), acts)
        merged, single = state(apart, new), state(together, alone)
        if ledger.done_days(apart, new) == days:  # what the other account had passed before counts once
            assert ledger.read_tally(apart, new).best >= max(*bests, ledger.read_tally(together, alone).best)
        if connect.value(apart, "SELECT count(*) FROM freeze_ledger WHERE reason = 'kept'"):
            for kinder in ("streak", "freezes"):  # what the freezes of either held together stays
                merged.pop(kinder), single.pop(kinder)
        assert merged == single
        assert (rebuild.differences(apart), rebuild.differences(together)) == ([], [])
        assert [people.find_user(apart, platform, "1", NOON).id for platform in ("discord", "slack")] == [new, new]  # type: ignore[union-attr]  # both are there


@settings(max_examples=25, deadline=None)
@given(acts=ACTS, more=ACTS)
def test_after_a_merger_and_another_one_life_goes_on_by_the_rules(acts: list[Act], more: list[Act]) -> None:
    with empty_database() as db:
        first = account(db, "discord"), account(db, "slack")
        live(db, first, acts)
        both = mergers.merge(db, *first, NOON), account(db, "local")
        live_later(db, both, more)
        new = mergers.merge(db, *both, NOON)
        assert rebuild.differences(db) == []
        assert {people.current(db, user_id) for user_id in (*first, *both)} == {new}


def live_later(db: Database, accounts: tuple[int, int], acts: list[Act]) -> None:
    """Do more, a year later, under keys of their own."""
    at = NOON + timedelta(days=365)
    for n, act in enumerate(acts):
        at += timedelta(days=act.days, minutes=1)
        day = local_day(at, "UTC", 3)
        attempts.record_submission(
            db,
            SubmissionRecord(
                idem=f"later {n}", user_id=accounts[act.account], slug=act.thing, level="easy", source="", at=at,
                verdict="accepted" if act.good else "wrong", local_day=day, tz="UTC",
            ),
        )  # fmt: skip


def test_positive_control_without_the_correction_both_would_be_paid(db: Database) -> None:
    both = account(db, "discord"), account(db, "slack")
    live(db, both, [Act(0, 0, "pass", "a", True), Act(1, 0, "pass", "a", True)])
    assert [ledger.total(db, user_id) for user_id in both] == [80, 80]
    new = mergers.merge(db, *both, NOON)
    assert (ledger.total(db, new), connect.value(db, "SELECT sum(amount) FROM xp_ledger WHERE reason = 'passed'")) == (
        80,
        160,
    )


def pose_and_answer(db: Database, user_id: int, items: str, answered: int) -> None:
    """A daily set on one and the same day, answered in part."""
    day = NOON.date()
    posing = questions.Posing(user_id, tuple((item, "7") for item in items), "daily", day)
    for question in questions.pose(db, posing, NOON)[:answered]:
        attempts.record_answer(
            db,
            AnswerRecord(
                idem=f"{user_id} {question.id}", user_id=user_id, question_id=question.id, answer_text="B", correct=True,
                score=1.0, verdict="correct", local_day=day, tz="UTC", at=NOON,
            ),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "kept", "counts"), [(1, 3, "def", True), (3, 1, "abc", True), (3, 3, "abc", True), (2, 1, "abc", False)]
)  # fmt: skip
def test_of_two_daily_sets_the_one_further_on_stays_and_every_answer_stands(
    db: Database, first: int, second: int, kept: str, counts: bool
) -> None:
    both = account(db, "discord"), account(db, "slack")
    pose_and_answer(db, both[0], "abc", first)
    pose_and_answer(db, both[1], "def", second)
    new = mergers.merge(db, *both, NOON)
    daily = questions.today(db, new, NOON.date(), "daily")
    extra = questions.today(db, new, NOON.date(), "quiz")
    assert ("".join(q.item_id for q in daily), len(extra), sum(q.answered for q in daily + extra)) == (
        kept,
        3,
        first + second,
    )
    assert (ledger.read_tally(db, new).current, rebuild.differences(db)) == (int(counts), [])


def test_settings_are_those_of_who_did_more_and_who_hides_stays_hidden(db: Database) -> None:
    both = account(db, "discord"), account(db, "slack")
    people.update_settings(db, both[0], {"board_opt_out": True, "tz": "Asia/Tokyo", "path": "deep"}, NOON)
    people.update_settings(db, both[1], {"tz": "Europe/Paris", "board_name": "Ada"}, NOON)
    live(db, (both[1], both[1]), [Act(1, 0, "pass", "a", True)])
    merged = people.read_user(db, mergers.merge(db, *both, NOON), NOON)
    assert (merged.tz, merged.path, merged.board_name, merged.board_opt_out) == ("Europe/Paris", "deep", "Ada", True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attempt SET correct = 0",
        "UPDATE attempt SET user_id = 2",
        "DELETE FROM attempt",
        "UPDATE xp_ledger SET amount = 1000",
        "UPDATE xp_ledger SET user_id = 2",
        "UPDATE merger SET into_user = 1",
        "DELETE FROM merger",
    ],
)
def test_the_log_still_refuses_to_be_rewritten(db: Database, statement: str) -> None:
    both = account(db, "discord"), account(db, "slack")
    live(db, both, [Act(0, 0, "pass", "a", True)])
    mergers.merge(db, *both, NOON)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)


def test_a_database_from_before_there_were_mergers_keeps_its_learners_and_can_merge_them() -> None:
    db = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    scripts = migrate.scripts()
    migrate.migrate(db, Path(":memory:"), {"0001_first": scripts["0001_first"]})
    for user_id, platform in ((1, "discord"), (2, "slack")):
        db.execute("INSERT INTO app_user (id, created_at, name) VALUES (?, 0, 'Ann')", [user_id])
        db.execute("INSERT INTO identity VALUES (?, '1', ?)", [platform, user_id])
        db.execute("INSERT INTO xp_ledger VALUES (?, ?, 8, 8, 'answer', 'attempt', ?, '2026-03-04', 0)", [user_id] * 3)
    migrate.migrate(db, Path(":memory:"), scripts)
    both = account(db, "discord"), account(db, "slack")
    new = mergers.merge(db, *both, NOON)
    assert (both, account(db, "discord"), people.accounts(db, new)) == ((1, 2), new, [("discord", "1"), ("slack", "1")])
    db.close()


# Codes


def test_a_code_is_read_however_it_is_typed() -> None:
    assert (code_text(0), code_text(2**40 - 1), code_text(33)) == ("0000-0000", "ZZZZ-ZZZZ", "1100-0000")
    assert read_code(" 7k3m 9qxo ") == read_code("7K3M-9QX0") == "7k3m9qx0"


@given(bits=st.integers(0, 2**64 - 1))
def test_a_code_has_eight_characters_no_two_of_which_look_alike(bits: int) -> None:
    code = read_code(code_text(bits))
    assert (len(code), set(code) & set("oilu")) == (8, set())


@pytest.fixture
async def two(store: Store) -> tuple[int, int]:
    """Ann on Discord and Ann on Slack, who know nothing of each other."""
    users = [await store.ensure_user(*where, "Ann") for where in (DISCORD, SLACK)]
    return users[0].id, users[1].id


async def test_a_code_makes_two_accounts_one_and_tells_the_other(store: Store, two: tuple[int, int]) -> None:
    code = await store.links.make_code(two[0], DISCORD, 12345)
    assert await store.links.link(two[1], SLACK, code, "You are one.") is Linking.DONE
    here, there = await store.ensure_user(*SLACK, "Ann"), await store.ensure_user(*DISCORD, "Ann")
    assert (here.id == there.id, here.news, there.news) == (True, "", "You are one.")
    await store.links.told(DISCORD)
    assert (await store.ensure_user(*DISCORD, "Ann")).news == ""
    assert await store.links.accounts(here.id) == [DISCORD, SLACK]


async def test_a_code_typed_again_or_where_it_was_made_changes_nothing(store: Store, two: tuple[int, int]) -> None:
    code = await store.links.make_code(two[0], DISCORD, 12345)
    assert await store.links.link(two[0], DISCORD, code, "") is Linking.OWN
    first = await asyncio.gather(*(store.links.link(two[1], SLACK, code, "") for _ in range(3)))
    again = (await store.links.link((await store.ensure_user(*SLACK, "Ann")).id, SLACK, code, ""),)
    assert (sorted(first), again) == (sorted([Linking.DONE, Linking.ALREADY, Linking.ALREADY]), (Linking.ALREADY,))
    other = await store.ensure_user("local", "bob", "Bob")
    assert await store.links.link(other.id, ("local", "bob"), code, "") is Linking.UNKNOWN


async def test_a_code_lives_ten_minutes(store: Store, clock: Any, two: tuple[int, int]) -> None:
    code = await store.links.make_code(two[0], DISCORD, 12345)
    clock.at += CODE_LIFE
    assert await store.links.link(two[1], SLACK, code, "") is Linking.UNKNOWN


async def test_whoever_guesses_has_to_wait_and_a_right_code_does_not_help_then(
    store: Store, clock: Any, two: tuple[int, int]
) -> None:
    code = await store.links.make_code(two[0], DISCORD, 12345)
    guesses = [await store.links.link(two[1], SLACK, code_text(n), "") for n in range(MOST_TRIES)]
    assert (set(guesses), await store.links.link(two[1], SLACK, code, "")) == ({Linking.UNKNOWN}, Linking.TOO_OFTEN)
    clock.at += CODE_LIFE
    fresh = await store.links.make_code(two[0], DISCORD, 54321)
    assert await store.links.link(two[1], SLACK, fresh, "") is Linking.DONE


async def test_no_code_stands_in_the_file(store: Store, path: Path, two: tuple[int, int]) -> None:
    code = await store.links.make_code(two[0], DISCORD, 987654321)
    await store.close()
    assert read_code(code).encode() not in (await asyncio.to_thread(path.read_bytes)).lower()


async def test_what_was_under_way_for_one_of_them_arrives_with_the_new_one(store: Store, newcomer: Newcomer) -> None:
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    (question,) = await ann.pose("item")
    code = await store.links.make_code(ann.id, ("local", "ann"), 1)
    await store.links.link(bob.id, ("local", "bob"), code, "")
    answered, passed = await ann.answer(question), await bob.submit("sum")
    await store.hints.take(ann.id, "sum", (1, 2), "a hint")
    assert (await store.hints.take(bob.id, "sum", (1, 2), "a hint")).new == 1
    await store.set_focus(ann.id, "sum")
    new = await store.links.current(ann.id)
    assert (new, answered.attempt.user_id, passed.attempt.user_id) == (await store.links.current(bob.id), new, new)
    assert (await store.focus(new), await store.hints.taken(new, "sum"), await store.rebuild_check()) == ("sum", (1,), [])


async def test_a_hint_that_is_delivered_again_after_the_merger_costs_nothing(store: Store, newcomer: Newcomer) -> None:
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    await store.hints.take(ann.id, "sum", (1, 2), "a hint")
    await store.links.link(bob.id, ("local", "bob"), await store.links.make_code(ann.id, ("local", "ann"), 1), "")
    new = await store.links.current(ann.id)
    assert await store.hints.take(new, "sum", (1, 2), "a hint") == (1, (1,))
