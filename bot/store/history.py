"""Looking back: what a learner answered, sent in and got wrong. Reads only."""

from __future__ import annotations

import json
from datetime import date

from sqlite_utils import Database

from bot.store.codec import day_text, from_ms, to_day
from bot.store.connect import Row, one, rows
from bot.store.rows import Answered, Attempt, Kind, Submission


def attempts(db: Database, user_id: int, since_day: date | None) -> list[Attempt]:
    """Read a learner's attempts, oldest first, from a local day on."""
    sql = "SELECT * FROM attempt WHERE user_id = :user_id AND local_day >= :since ORDER BY id"
    return [to_attempt(row) for row in rows(db, sql, user_id=user_id, since=day_text(since_day or date.min))]


def answered(db: Database, user_id: int) -> list[Answered]:
    """Read a learner's past quiz answers, oldest first."""
    sql = "SELECT item_id, local_day, correct, at FROM attempt WHERE user_id = :id AND kind = 'quiz' ORDER BY id"
    return [
        Answered(row["item_id"], to_day(row["local_day"]), bool(row["correct"]), from_ms(row["at"]))
        for row in rows(db, sql, id=user_id)
    ]


_SUBMISSION = (
    "SELECT s.id, s.user_id, s.slug, s.source, s.source_hash, s.verdict, s.report_json, s.local_day, s.at,"
    " coalesce(e.body, '') AS explanation FROM submission s LEFT JOIN attempt a ON a.submission_id = s.id"
    " LEFT JOIN explanation e ON e.attempt_id = a.id "
)


def submissions(db: Database, user_id: int, slug: str) -> list[Submission]:
    """Read what a learner sent in for a challenge, oldest first."""
    found = rows(
        db, _SUBMISSION + "WHERE s.user_id = :user_id AND s.slug = :slug ORDER BY s.id", user_id=user_id, slug=slug
    )
    return [_submission(row) for row in found]


def submission_by_key(db: Database, idem: str) -> Submission | None:
    """Find the submission an idempotency key belongs to."""
    row = one(db, _SUBMISSION + "WHERE s.idem = :idem", idem=idem)
    return _submission(row) if row else None


def _submission(row: Row) -> Submission:
    return Submission(**{**row, "local_day": to_day(row["local_day"]), "at": from_ms(row["at"])})


def passed(db: Database, user_id: int) -> set[str]:
    """Name the challenges a learner has passed."""
    sql = "SELECT DISTINCT item_id FROM attempt WHERE user_id = :id AND kind = 'challenge' AND correct = 1"
    return {row["item_id"] for row in rows(db, sql, id=user_id)}


def last_mistake(db: Database, user_id: int) -> Attempt | Submission | None:
    """Find a learner's latest mistake: a wrong answer, or a submission that was not accepted."""
    row = one(
        db,
        "SELECT * FROM attempt WHERE user_id = :id AND correct = 0 AND verdict != 'formative' ORDER BY id DESC LIMIT 1",
        id=user_id,
    )
    if row is None or row["submission_id"] is None:
        return to_attempt(row) if row else None
    code = one(db, _SUBMISSION + "WHERE s.id = :id", id=row["submission_id"])
    return _submission(code) if code else None


def attempt_for(db: Database, question_id: int) -> Attempt | None:
    """Find the answer a question was given."""
    row = one(db, "SELECT * FROM attempt WHERE question_id = :id", id=question_id)
    return to_attempt(row) if row else None


def to_attempt(row: Row) -> Attempt:
    """Read an attempt from its row."""
    kind: Kind = row["kind"]
    return Attempt(
        id=row["id"],
        user_id=row["user_id"],
        kind=kind,
        item_id=row["item_id"],
        answer_text=row["answer_text"],
        correct=bool(row["correct"]),
        score=row["score"],
        verdict=row["verdict"],
        misconceptions=tuple(json.loads(row["misconceptions"])),
        local_day=to_day(row["local_day"]),
        tz=row["tz"],
        at=from_ms(row["at"]),
        elapsed_ms=row["elapsed_ms"],
        question_id=row["question_id"],
        submission_id=row["submission_id"],
        group_id=row["group_id"],
    )
