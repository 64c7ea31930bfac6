"""Memory and ability as the store keeps them: moved with each answer, in its transaction, and equal to the log lived again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.days import local_day
from bot.reviewing import remember
from bot.store import AnswerRecord, Store, attempts, connect, mergers, migrate, people, questions, rebuild
from bot.store.engine import sqlite3
from bot.store.learning_replay import rebuild as rebuild_learner
from bot.store.learning_rows import Bin
from quizzes.memory import DEFAULT, Rating
from quizzes.skill import Skill, prior, update

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = date(2026, 3, 4)
COURSE = {"concept": "overfitting", "section": "core", "guess": 0.25}


async def once(learner: Any, item: str, *, purpose: str = "quiz", **changed: object) -> Any:
    """Pose an item of the course and answer it."""
    (question,) = await learner.pose(item, purpose=purpose)
    return await learner.answer(question, **{**COURSE, **changed})


async def test_an_answer_moves_memory_and_all_three_ratings(store: Store, ann: Any, clock: Any) -> None:
    await once(ann, "a")
    learner, section, item = update(Skill(), Skill(), Skill(prior(1)), guess=0.25, correct=True)
    learned = await store.learning.learned(ann.id)
    assert learned.memories == {"overfitting": remember(None, Rating.GOOD, clock(), DAY)}
    assert (learned.skill, learned.sections, learned.items) == (learner, {"core": section}, {"a": item})
    assert ([row.item_id for row in learned.answered], learned.tested, learned.parameters) == (["a"], (), DEFAULT)
    assert await store.rebuild_check() == []


@pytest.mark.parametrize(
    ("changed", "rating"),
    [
        ({"correct": False, "verdict": "wrong"}, Rating.AGAIN),
        ({"confidence": 95}, Rating.GOOD),
        ({"confidence": 50}, Rating.GOOD),
        ({"confidence": 49}, Rating.HARD),
        ({"hints": 1}, Rating.HARD),
        ({"correct": False, "verdict": "wrong", "confidence": 35}, Rating.AGAIN),
        ({"verdict": "formative"}, Rating.HARD),
    ],
)
async def test_how_an_answer_came_about_says_how_well_it_is_known(
    store: Store, ann: Any, clock: Any, changed: dict[str, object], rating: Rating
) -> None:
    await once(ann, "a", **changed)
    assert (await store.learning.learned(ann.id)).memories["overfitting"] == remember(None, rating, clock(), DAY)
    assert await store.rebuild_check() == []


@pytest.mark.parametrize(
    "changed",
    [{"elapsed_ms": 1999}, {"purpose": "placement"}, {"concept": "", "section": ""}],
    ids=["too fast to have been read", "of a placement test", "of no course"],
)
async def test_some_answers_say_nothing_of_memory_or_ability(store: Store, ann: Any, changed: dict[str, Any]) -> None:
    purpose = changed.pop("purpose", "quiz")
    (question,) = await store.pose(ann.id, [("a", "7")], purpose, ann.today)
    await ann.answer(question, **{**COURSE, **changed})
    learned = await store.learning.learned(ann.id)
    assert (learned.memories, learned.skill, learned.items) == ({}, Skill(), {})
    assert await store.rebuild_check() == []


async def test_free_text_says_nothing_of_ability(store: Store, ann: Any) -> None:
    await once(ann, "essay", verdict="formative", guess=1.0)
    assert (await store.learning.learned(ann.id)).skill == Skill()


async def test_only_the_first_answer_to_an_item_says_how_able_one_is(store: Store, ann: Any, clock: Any) -> None:
    await once(ann, "a")
    before = await store.learning.learned(ann.id)
    for _ in range(3):
        clock.forward(days=1)
        await once(ann, "a", correct=False, verdict="wrong")
    after = await store.learning.learned(ann.id)
    assert (after.skill, after.items) == (before.skill, before.items)
    assert after.memories["overfitting"].memory.lapses == 3


@pytest.mark.parametrize(("early", "pays"), [(1, False), (0, True), (-30, True)])
async def test_a_question_pays_again_when_its_concept_is_due(
    store: Store, ann: Any, clock: Any, early: int, pays: bool
) -> None:
    first = (await once(ann, "a")).xp_gained
    due = (await store.learning.learned(ann.id)).memories["overfitting"].due_day
    clock.at += due - ann.today - timedelta(days=early)
    assert (first, (await once(ann, "a")).xp_gained > 0, (await once(ann, "a")).xp_gained) == (6, pays, 0)


async def test_a_miss_on_purpose_does_not_make_the_same_day_pay_twice(ann: Any, clock: Any) -> None:
    paid = [(await once(ann, "a")).xp_gained]
    for correct in (False, True, False, True):
        clock.forward(minutes=1)
        verdict = "correct" if correct else "wrong"
        paid.append((await once(ann, "a", correct=correct, verdict=verdict)).xp_gained)
    assert paid == [6, 0, 0, 0, 0]


async def test_another_question_on_a_concept_pays_on_its_own(ann: Any) -> None:
    paid = [(await once(ann, item, difficulty=3)).xp_gained for item in ("a", "b")]
    assert all(paid)
    assert paid[0] > paid[1], "the learner has shown more by then"


async def test_a_placement_pays_nothing_and_bars_nothing(store: Store, ann: Any) -> None:
    question = await store.learning.ask_placement(ann.id, "a", "7", ann.today)
    placed = await ann.answer(question, **COURSE)
    assert (placed.xp_gained, (await once(ann, "a")).xp_gained > 0) == (0, True)


async def test_the_log_of_learning_refuses_to_be_rewritten(store: Store, ann: Any) -> None:
    await once(ann, "a")
    for statement in ("UPDATE attempt_review SET rating = 1", "DELETE FROM attempt_review"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            await store._write(lambda db, sql=statement: db.execute(sql).close())


@pytest.mark.parametrize(
    ("damage", "table"),
    [
        ("UPDATE review_state SET stability = 99", "review_state"),
        ("DELETE FROM review_state", "review_state"),
        ("UPDATE learner_skill SET rating = 3 WHERE section = ''", "learner_skill"),
        ("UPDATE item_skill SET games = 7", "item_skill"),
        ("INSERT INTO item_skill VALUES ('never answered', 0, 1)", "item_skill"),
    ],
)
async def test_damage_is_found_and_mended_from_the_log(store: Store, ann: Any, damage: str, table: str) -> None:
    await once(ann, "a")
    await store._write(lambda db: db.execute(damage).close())
    assert {found.table for found in await store.rebuild_check()} == {table}
    await store.upkeep.rebuild()
    assert await store.rebuild_check() == []


# Confidence


async def test_calibration_holds_what_was_said_against_what_came_of_it(store: Store, ann: Any) -> None:
    said = [(35, False), (35, True), (70, True), (95, True), (95, True), (95, False), (100, True), (0, False)]
    for n, (confidence, right) in enumerate(said):
        changed = {} if right else {"correct": False, "verdict": "wrong"}
        await once(ann, f"item {n}", confidence=confidence, **changed)
    await once(ann, "unsaid")
    await once(ann, "essay", verdict="formative", confidence=80)
    found = await store.learning.calibration(ann.id)
    assert [(round(b.said, 4), b.right, b.count) for b in found.bins] == [
        (0.0, 0.0, 1), (0.35, 0.5, 2), (0.7, 1.0, 1), (0.9625, 0.75, 4),
    ]  # fmt: skip
    brier = (0.35**2 + 0.65**2 + 0.3**2 + 2 * 0.05**2 + 0.95**2 + 0 + 0) / 8
    assert (found.answers, found.brier) == (8, pytest.approx(brier))


async def test_without_confidence_there_is_nothing_to_hold_against_anything(store: Store, ann: Any) -> None:
    await once(ann, "a")
    found = await store.learning.calibration(ann.id)
    assert (found.bins, found.answers) == ((), 0)
    await once(ann, "b", confidence=100)
    assert (await store.learning.calibration(ann.id)).bins == (Bin(1.0, 1.0, 1),)


# The log lived again

ACTS = st.lists(
    st.tuples(
        st.integers(0, 1),  # whose account
        st.sampled_from([0, 0, 0, 1, 2, 5]),  # days later
        st.sampled_from(["a1", "a2", "b1", "c1"]),
        st.booleans(),
        st.sampled_from([None, None, 1500]),
        st.sampled_from([None, 20, 90]),
        st.sampled_from(["quiz", "quiz", "quiz", "placement"]),
    ),
    max_size=25,
)


def fresh() -> Database:
    """An empty database in memory."""
    db = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    migrate.migrate(db, Path(":memory:"), migrate.scripts())
    db.execute("PRAGMA foreign_keys = 1")
    return db


def live(db: Database, users: tuple[int, int], acts: list[Any]) -> None:
    """Answer, each act by its account; an item's first letter is its concept."""
    at = NOON
    for n, (account, days, item, right, elapsed, confidence, purpose) in enumerate(acts):
        at += timedelta(days=days, minutes=1)
        user_id, day = users[account], local_day(at, "UTC", 3)
        (question,) = questions.pose(db, questions.Posing(user_id, ((item, "7"),), purpose, day), at)
        attempts.record_answer(
            db,
            AnswerRecord(
                idem=f"act {n}", user_id=user_id, question_id=question.id, answer_text="B", correct=right,
                score=float(right), verdict="correct" if right else "wrong", difficulty=1, concept=item[0],
                section="core" if item[0] == "a" else "data", guess=0.25, confidence=confidence, elapsed_ms=elapsed,
                local_day=day, tz="UTC", at=at,
            ),
        )  # fmt: skip


def memories(db: Database, user_id: int) -> list[dict[str, object]]:
    """All that is remembered, as stored."""
    sql = "SELECT concept, stability, difficulty, reviewed_at, due_day, reps, lapses, missed FROM review_state WHERE user_id = :id"
    return connect.rows(db, sql, id=user_id)


@settings(max_examples=40, deadline=None)
@given(acts=ACTS)
def test_every_projection_is_the_log_lived_again_and_two_accounts_remember_as_one(acts: list[Any]) -> None:
    apart, together = fresh(), fresh()
    both = tuple(people.ensure_user(apart, p, "1", "Ann", "UTC", NOON).id for p in ("discord", "slack"))
    alone = people.ensure_user(together, "discord", "1", "Ann", "UTC", NOON).id
    live(apart, both, acts)  # type: ignore[arg-type]  # two
    live(together, (alone, alone), acts)
    assert (rebuild.differences(apart), rebuild.differences(together)) == ([], [])
    new = mergers.merge(apart, *both, NOON)  # type: ignore[misc]  # two
    assert memories(apart, new) == memories(together, alone)
    assert rebuild.differences(apart) == []
    stored = memories(apart, new)
    rebuild_learner(apart, new)
    assert memories(apart, new) == stored
    apart.close()
    together.close()


def test_a_farmer_gains_less_than_a_few_honest_learners() -> None:
    """Two thousand answers a day to the easiest questions, every one of them right, for two weeks."""
    db, honest_day, days, easiest = fresh(), 80, 3, 10
    farmer = people.ensure_user(db, "discord", "1", "Farmer", "UTC", NOON).id
    for day in range(days):
        at = NOON + timedelta(days=day)
        for n in range(2000 // days):
            item = f"easy {n % easiest}"
            (question,) = questions.pose(db, questions.Posing(farmer, ((item, "7"),), "quiz", at.date()), at)
            attempts.record_answer(
                db,
                AnswerRecord(
                    idem=f"{day} {n}", user_id=farmer, question_id=question.id, answer_text="B", correct=True, score=1.0,
                    verdict="correct", difficulty=0, concept=item, section="core", guess=0.5, local_day=at.date(),
                    tz="UTC", at=at + timedelta(seconds=3 * n), elapsed_ms=2500,
                ),
            )  # fmt: skip
    total = connect.value(db, "SELECT sum(amount) FROM xp_ledger")
    assert easiest * 4 <= total <= 6.7 * honest_day * days
    assert total <= easiest * 16 * days, "each question pays once until it is due again"
    db.close()
