"""What the store keeps about items: reports, quarantine, versions of content, and first answers across learners."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.store import Store, connect, insights_quarantine, insights_reports, mergers, migrate, people, rebuild
from bot.store.engine import sqlite3
from bot.store.insights_reports import WORDS_CHARS
from bot.store.insights_rows import Quarantined, Report, Reported, Suspicion

Newcomer = Callable[[str], Awaitable[Any]]
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def told(item_id: str = "a", reason: Any = "key", words: str = "") -> Report:
    """A report."""
    return Report(item_id, reason, words, NOON)


def doubt(item_id: str) -> Suspicion:
    """A suspicion with some evidence."""
    return Suspicion(item_id, "r below 0", {"r": -0.5})


# Reports


async def test_a_learner_has_one_open_report_on_an_item_and_the_later_word_stands(
    store: Store, newcomer: Newcomer
) -> None:
    ann, insights = await newcomer("Ann"), store.insights
    assert await insights.report(ann.id, "local", told(reason="typo", words="there")) == Reported(True, 1)
    assert await insights.report(ann.id, "local", told(reason="key")) == Reported(False, 1)
    assert await insights.report(ann.id, "local", told("b")) == Reported(True, 1)
    assert [(r.item_id, r.reason, r.words) for r in await insights.open_reports()] == [
        ("b", "key", ""),
        ("a", "key", "there"),
    ]


async def test_a_click_pressed_many_times_at_once_is_one_report(store: Store, newcomer: Newcomer) -> None:
    ann = await newcomer("Ann")
    made = await asyncio.gather(*(store.insights.report(ann.id, "local", told()) for _ in range(8)))
    assert (sum(one.new for one in made), {one.reporters for one in made}) == (1, {1})


async def test_the_third_learner_is_noted_in_the_log_once_and_no_words_are(
    store: Store, newcomer: Newcomer, capsys
) -> None:
    people_ = [await newcomer(name) for name in ("Ann", "Bob", "Cy", "Di")]
    for learner in (*people_, *people_):
        await store.insights.report(learner.id, "local", told(words="a secret"))
    logged = capsys.readouterr().out
    assert (logged.count("question reported by several learners"), "secret" in logged) == (1, False)
    assert await store.insights.reporters() == {"a": 4}


async def test_words_are_capped_and_kept_as_they_are(store: Store, newcomer: Newcomer) -> None:
    ann, words = await newcomer("Ann"), "'; DROP TABLE item_report; -- <@1> \ud800" + "x" * 2 * WORDS_CHARS
    await store.insights.report(ann.id, "local", told(words=words))
    (kept,) = await store.insights.open_reports()
    assert kept.words == words[:WORDS_CHARS].replace("\ud800", "?")


async def test_who_reported_hears_what_came_of_it_where_they_said_it(store: Store, newcomer: Newcomer) -> None:
    ann, bob, insights = await newcomer("Ann"), await newcomer("Bob"), store.insights
    await insights.report(ann.id, "local", told())
    await insights.report(ann.id, "local", told("b"))
    await insights.report(bob.id, "elsewhere", told("b"))
    assert [await insights.resolve(item_id, f"{item_id} is mended.") for item_id in ("a", "b", "a")] == [1, 2, 0]
    assert (await store.ensure_user("local", "ann", "Ann")).news == "a is mended.\nb is mended."
    assert (await store.ensure_user("local", "bob", "Bob")).news == ""
    assert (await insights.open_reports(), await insights.reporters()) == ([], {})
    assert await insights.report(ann.id, "local", told()) == Reported(True, 1)


async def test_a_groups_reports_are_those_of_its_members(store: Store, newcomer: Newcomer) -> None:
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    group = await store.ensure_group("discord", "1", "Garden")
    await store.join(group.id, ann.id)
    await store.insights.report(ann.id, "local", told("a"))
    await store.insights.report(bob.id, "local", told("b"))
    assert [one.item_id for one in await store.insights.open_reports(group.id)] == ["a"]


# Two learners who become one


@cache
def schema() -> bytes:
    """An empty database, made once."""
    db = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    migrate.migrate(db, Path(":memory:"), migrate.scripts())
    return bytes(db.conn.serialize())


REPORTS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc"), st.booleans()), max_size=10)


@settings(max_examples=40, deadline=None)
@given(acts=REPORTS)
def test_reports_go_over_to_who_two_learners_become(acts: list[tuple[int, str, bool]]) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(schema())
    db = connect.wrap(connection)
    db.execute("PRAGMA foreign_keys = 1")
    both = [people.ensure_user(db, platform, "1", "Ann", "UTC", NOON).id for platform in ("discord", "slack")]
    last: dict[str, int] = {}
    for n, (who, item_id, resolved) in enumerate(acts):
        insights_reports.add(db, both[who], "discord", told(item_id, words=str(n)), NOON + timedelta(minutes=n))
        last[item_id] = n
        if resolved:
            insights_reports.resolve(db, item_id, "", NOON)
            del last[item_id]
    new = mergers.merge(db, both[0], both[1], NOON)
    assert {one.item_id: int(one.words) for one in insights_reports.open_ones(db, None)} == last
    assert insights_reports.reporters(db) == dict.fromkeys(last, 1)
    assert {row["user_id"] for row in connect.rows(db, "SELECT user_id FROM item_report")} <= {new}
    assert rebuild.differences(db) == []
    db.close()


async def test_a_report_under_way_while_two_become_one_arrives_with_the_new_one(
    store: Store, newcomer: Newcomer
) -> None:
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    await store.insights.report(ann.id, "local", told())
    await store.links.link(bob.id, ("local", "bob"), await store.links.make_code(ann.id, ("local", "ann"), 1), "")
    assert await store.insights.report(bob.id, "local", told()) == Reported(False, 1)


# Quarantine and content


async def test_what_goes_into_quarantine_is_noted_in_the_log(store: Store, capsys) -> None:
    await store.insights.note_content({"a": "1"})
    for _ in range(2):
        await store.insights.put_in_quarantine([doubt("a")])
    assert capsys.readouterr().out.count("question put into quarantine") == 1


async def test_an_item_goes_into_quarantine_once_and_comes_out_by_an_operators_word(store: Store, clock: Any) -> None:
    insights = store.insights
    assert await insights.note_content({"a": "1", "b": "1"}) == {"a": ALWAYS, "b": ALWAYS}
    assert await insights.put_in_quarantine([doubt("a"), doubt("a")]) == ["a"]
    assert await insights.put_in_quarantine([doubt("a"), doubt("b")]) == ["b"]
    assert await insights.quarantined() == {"a", "b"}
    assert (await insights.quarantine())[0] == Quarantined("a", clock.at, "r below 0", {"r": -0.5})
    assert [await insights.release(item_id) for item_id in ("a", "a", "z")] == [True, False, False]
    assert await insights.put_in_quarantine([doubt("a"), doubt("unknown")]) == []
    assert await insights.quarantined() == {"b"}


async def test_new_content_is_released_dated_and_may_be_suspected_again(store: Store, clock: Any) -> None:
    insights = store.insights
    await insights.note_content({"a": "1", "b": "1"})
    await insights.put_in_quarantine([doubt("a"), doubt("b")])
    clock.forward(days=1)
    assert await insights.note_content({"a": "2", "b": "1", "c": "1"}) == {"a": clock.at, "b": ALWAYS, "c": ALWAYS}
    assert await insights.quarantined() == {"b"}
    assert await insights.put_in_quarantine([doubt("a")]) == ["a"]
    await insights.release("a")
    clock.forward(days=1)
    await insights.note_content({"a": "3"})
    assert await insights.put_in_quarantine([doubt("a")]) == ["a"]
    assert await insights.since_when() == {"a": clock.at, "b": ALWAYS, "c": ALWAYS}


STEPS = st.lists(
    st.tuples(st.sampled_from(["content 1", "content 2", "suspect", "release"]), st.sampled_from("ab")), max_size=20
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_quarantine_keeps_to_its_rules_whatever_happens(steps: list[tuple[str, str]]) -> None:
    """Against a model in a few lines: content seen, contents an operator let out, items in quarantine."""
    db = quarantine_tables()
    content: dict[str, str] = {}
    let_out: set[tuple[str, str]] = set()
    inside: set[str] = set()
    for step, item_id in steps:
        if step.startswith("content"):
            if content.get(item_id) != step:
                inside.discard(item_id)
            content[item_id] = step
            insights_quarantine.note_content(db, {item_id: step}, NOON)
        elif step == "suspect":
            new = item_id in content and item_id not in inside and (item_id, content[item_id]) not in let_out
            assert insights_quarantine.put_in(db, [doubt(item_id)], NOON) == ([item_id] if new else [])
            inside |= {item_id} if new else set()
        else:
            assert insights_quarantine.release(db, item_id, NOON) == (item_id in inside)
            let_out |= {(item_id, content[item_id])} if item_id in inside else set()
            inside.discard(item_id)
        assert insights_quarantine.quarantined(db) == inside
    db.close()


def quarantine_tables() -> Database:
    """A database in memory with the tables of the insight part alone."""
    db = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    for statement in migrate.statements(migrate.scripts()["0008_insights"]):
        db.execute(statement)
    return db


# The log across learners


async def test_first_answers_are_each_learners_first_to_each_item(store: Store, newcomer: Newcomer, clock: Any) -> None:
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    (one,) = await ann.pose("a", purpose="quiz")
    await ann.miss(one, answer_text="C", misconceptions=("m", "n"))
    (again,) = await ann.pose("a", purpose="quiz")
    await ann.answer(again)
    for learner, item_id, changed in ((bob, "a", {}), (bob, "b", {"verdict": "formative", "score": 0.25})):
        (question,) = await learner.pose(item_id, purpose="quiz")
        await learner.answer(question, **changed)
    found = await store.insights.first_answers()
    assert [(f.user_id, f.item_id, f.correct, f.formative, f.text, f.seed) for f in found] == [
        (ann.id, "a", False, False, "C", "7"), (bob.id, "a", True, False, "B", "7"), (bob.id, "b", True, True, "B", "7"),
    ]  # fmt: skip
    assert (found[0].misconceptions, found[0].at, found[2].score) == (("m", "n"), clock.at, 0.25)
    group = await store.ensure_group("discord", "1", "Garden")
    await store.join(group.id, bob.id)
    assert await store.insights.first_answers(group.id) == found[1:]


@pytest.mark.parametrize(("elapsed_ms", "counts"), [(None, 1), (2000, 1), (1999, 0), (0, 0)])
async def test_answers_too_fast_to_be_read_are_not_among_them(
    store: Store, ann: Any, elapsed_ms: int | None, counts: int
) -> None:
    (question,) = await ann.pose("a")
    await ann.answer(question, elapsed_ms=elapsed_ms)
    (later,) = await ann.pose("a", purpose="quiz")
    await ann.answer(later)
    assert len(await store.insights.first_answers()) == counts


async def test_failed_code_is_that_of_members_since_an_instant(store: Store, newcomer: Newcomer, clock: Any) -> None:
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    group = await store.ensure_group("discord", "1", "Garden")
    await store.join(group.id, ann.id)
    await ann.submit("sum", "wrong", source="old")
    clock.forward(days=2)
    await ann.submit("sum", "wrong", source="x", misconceptions=("m",), report_json='{"a": 1}')
    await ann.submit("sum", "internal")
    await ann.submit("sum")
    await bob.submit("sum", "error")
    (found,) = await store.insights.failed_code(group.id, clock.at - timedelta(days=1))
    assert (found.user_id, found.slug, found.source, found.verdict, found.report_json, found.misconceptions, found.at) == (
        ann.id, "sum", "x", "wrong", '{"a": 1}', ("m",), clock.at,
    )  # fmt: skip


async def test_a_groups_size_and_names(store: Store, newcomer: Newcomer) -> None:
    ann, bob = await newcomer("Ann"), await newcomer("Bob")
    group = await store.ensure_group("discord", "1", "Garden")
    for learner in (ann, bob):
        await store.join(group.id, learner.id)
    await store.update_settings(bob.id, board_name="The Fox")
    size = await store.insights.group_size(group.id)
    assert (size.members, size.names) == (2, ("Ann", "Bob", "The Fox"))


async def test_the_question_answered_last_is_found_whatever_the_day(store: Store, ann: Any, clock: Any) -> None:
    assert await store.insights.last_answered(ann.id) is None
    first, second = await ann.pose("a", "b")
    await ann.answer(second)
    await ann.submit("sum")
    clock.forward(days=40)
    await ann.pose("c")
    found = await store.insights.last_answered(ann.id)
    assert (found.id, found.answered, first.answered) == (second.id, True, False)  # type: ignore[union-attr]  # it is there
