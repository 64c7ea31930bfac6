"""Placement tests as they are kept: what was asked, how it went, and what they found."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.store import learning_state as state
from bot.store import questions
from bot.store.codec import day_text, from_ms, to_ms
from bot.store.connect import Row, change, insert, one, rows, value
from bot.store.learning_replay import Placed, placed
from bot.store.learning_rows import Placement, PlacementRun
from bot.store.rows import Question
from quizzes.skill import Skill


class Finding(NamedTuple):
    """What a test that has ended found: ability and its standard error in logits, and the concepts likely known."""

    ability: float
    error: float
    known: dict[str, float]


def latest(db: Database, user_id: int) -> Placement | None:
    """Read the latest test that has ended."""
    sql = "SELECT * FROM placement WHERE user_id = :user_id AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    row = one(db, sql, user_id=user_id)
    return _placement(row) if row else None


def _placement(row: Row) -> Placement:
    return Placement(
        id=row["id"],
        answers=row["answers"],
        ability=row["ability"],
        error=row["error"],
        known=json.loads(row["known_json"]),
        ended_at=from_ms(row["ended_at"]),
    )


def under_way(db: Database, user_id: int) -> PlacementRun | None:
    """Find the test a learner has begun and not ended."""
    sql = "SELECT id FROM placement WHERE user_id = :user_id AND ended_at IS NULL ORDER BY id DESC LIMIT 1"
    run_id = value(db, sql, user_id=user_id)
    return None if run_id is None else _run(db, run_id)


def _run(db: Database, run_id: int) -> PlacementRun:
    asked = rows(
        db,
        "SELECT q.item_id, q.public_id, a.correct FROM placement_question p JOIN question q ON q.id = p.question_id"
        " LEFT JOIN attempt a ON a.question_id = q.id WHERE p.placement_id = :run_id ORDER BY p.number",
        run_id=run_id,
    )
    unanswered = [row["public_id"] for row in asked if row["correct"] is None]
    outcomes = tuple((row["item_id"], None if row["correct"] is None else bool(row["correct"])) for row in asked)
    return PlacementRun(run_id, outcomes, unanswered[-1] if unanswered else "")


def begin(db: Database, user_id: int, now: datetime) -> PlacementRun:
    """Find the test under way, or begin one."""
    known = under_way(db, user_id)
    if known is not None:
        return known
    sql = "INSERT INTO placement (user_id, begun_at) VALUES (:user_id, :at)"
    return PlacementRun(insert(db, sql, user_id=user_id, at=to_ms(now)))


def ask(db: Database, user_id: int, item: tuple[str, str], day: date, now: datetime) -> Question:
    """Put the next question (item id, seed) of the test under way; asking twice is asking once."""
    run = begin(db, user_id, now)
    waiting = questions.find(db, run.open_question) if run.open_question else None
    if waiting is not None and waiting.item_id == item[0]:
        return waiting
    (question,) = questions.pose(db, questions.Posing(user_id, (item,), "placement", day), now)
    sql = "INSERT INTO placement_question (question_id, placement_id, number) VALUES (:question, :run_id, :number)"
    insert(db, sql, question=question.id, run_id=run.id, number=len(run.asked) + 1)
    return question


def end(db: Database, user_id: int, found: Finding, day: date, now: datetime) -> Placement | None:
    """End the test under way and let the learner begin where it put them; None when none is under way.

    A daily set of that day that nobody has begun becomes practice, so that a better one is chosen.
    """
    run = under_way(db, user_id)
    if run is None:
        return None
    change(
        db,
        "UPDATE placement SET ended_at = :at, ability = :ability, error = :error, known_json = :known, answers = :answers,"
        " after_attempt = (SELECT coalesce(max(id), 0) FROM attempt WHERE user_id = :user_id) WHERE id = :run_id",
        at=to_ms(now),
        ability=found.ability,
        error=found.error,
        known=json.dumps(found.known, sort_keys=True),
        answers=len(run.answered),
        user_id=user_id,
        run_id=run.id,
    )
    before = state.skills(db, user_id).get(state.OVERALL, Skill())
    state.keep_skills(db, user_id, {state.OVERALL: placed(before, Placed(found.ability, len(run.answered)))})
    _choose_again(db, user_id, day)
    return latest(db, user_id)


def _choose_again(db: Database, user_id: int, day: date) -> None:
    posed, answered = questions.daily_counts(db, user_id, day)
    if posed and not answered:
        sql = "UPDATE question SET purpose = 'quiz' WHERE user_id = :user_id AND local_day = :day AND purpose = 'daily'"
        change(db, sql, user_id=user_id, day=day_text(day))
