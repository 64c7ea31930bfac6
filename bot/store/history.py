"""Looking back: what a learner answered, sent in, got wrong, and how far they have come. Reads only, but for notes."""

from __future__ import annotations

import json
from datetime import date

from sqlite_utils import Database

from bot.store import ledger, questions
from bot.store.attempts import to_attempt
from bot.store.codec import day_text, from_ms, to_day, to_ms
from bot.store.connect import Row, change, one, rows, value
from bot.store.rows import Answered, Attempt, Explanation, Kind, Mistake, Progress, Submission, Tries

ALIKE = 3  # earlier mistakes of a kind that are of use to look at


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


def answer_to(db: Database, question_id: int) -> Attempt | None:
    """Find the answer a question was given."""
    row = one(db, "SELECT * FROM attempt WHERE question_id = :id", id=question_id)
    return to_attempt(row) if row else None


def submission_by_key(db: Database, idem: str) -> Submission | None:
    """Find the submission an idempotency key belongs to."""
    row = one(db, "SELECT * FROM submission WHERE idem = :idem", idem=idem)
    return _submission(row) if row else None


def submissions(db: Database, user_id: int, slug: str) -> list[Submission]:
    """Read what a learner sent in for a challenge, oldest first."""
    sql = "SELECT * FROM submission WHERE user_id = :user_id AND slug = :slug ORDER BY id"
    return [_submission(row) for row in rows(db, sql, user_id=user_id, slug=slug)]


def _submission(row: Row) -> Submission:
    return Submission(
        id=row["id"],
        user_id=row["user_id"],
        slug=row["slug"],
        source=row["source"],
        source_hash=row["source_hash"],
        verdict=row["verdict"],
        report_json=row["report_json"],
        local_day=to_day(row["local_day"]),
        at=from_ms(row["at"]),
    )


def progress(db: Database, user_id: int) -> Progress:
    """Count what a learner has done, by item and by challenge."""
    return Progress(
        items=_tries(db, user_id, "quiz"),
        challenges=_tries(db, user_id, "challenge"),
        xp=ledger.total(db, user_id),
        days=int(value(db, "SELECT count(*) FROM streak_day WHERE user_id = :id", id=user_id)),
    )


def _tries(db: Database, user_id: int, kind: Kind) -> dict[str, Tries]:
    found = rows(
        db,
        "SELECT t.*, a.local_day, a.correct AS last_correct FROM (SELECT item_id, count(*) AS n, sum(correct) AS good,"
        " max(id) AS last_id FROM attempt WHERE user_id = :user_id AND kind = :kind GROUP BY item_id) t"
        " JOIN attempt a ON a.id = t.last_id ORDER BY t.item_id",
        user_id=user_id,
        kind=kind,
    )
    return {r["item_id"]: Tries(r["n"], r["good"], to_day(r["local_day"]), bool(r["last_correct"])) for r in found}


def passed(db: Database, user_id: int) -> dict[str, bool]:
    """Say of every challenge a learner tried whether they passed it."""
    return {slug: tries.correct > 0 for slug, tries in _tries(db, user_id, "challenge").items()}


def last_mistake(db: Database, user_id: int) -> Mistake | None:
    """Find a learner's latest wrong attempt and what belongs to it."""
    row = one(
        db,
        "SELECT * FROM attempt WHERE user_id = :id AND correct = 0 AND verdict != 'formative' ORDER BY id DESC LIMIT 1",
        id=user_id,
    )
    if row is None:
        return None
    return _mistake(db, to_attempt(row))


def last_try(db: Database, user_id: int, slug: str) -> Mistake | None:
    """Find a learner's latest judged try at a challenge, passed or not, and what belongs to it."""
    row = one(
        db,
        "SELECT * FROM attempt WHERE user_id = :id AND kind = 'challenge' AND item_id = :slug ORDER BY id DESC LIMIT 1",
        id=user_id,
        slug=slug,
    )
    return _mistake(db, to_attempt(row)) if row else None


def _mistake(db: Database, attempt: Attempt) -> Mistake:
    code = one(db, "SELECT * FROM submission WHERE id = :id", id=attempt.submission_id)
    return Mistake(
        attempt,
        questions.by_id(db, attempt.question_id) if attempt.question_id else None,
        _submission(code) if code else None,
        explanation(db, attempt.id),
    )


def same_mistake(db: Database, attempt: Attempt) -> list[Attempt]:
    """Read a learner's earlier mistakes with a misconception of this one, about something else, the latest first."""
    sql = (
        "SELECT a.* FROM attempt a WHERE a.user_id = :id AND a.id < :before AND a.item_id != :item_id AND a.correct = 0"
        " AND EXISTS (SELECT 1 FROM json_each(a.misconceptions) WHERE value IN (SELECT value FROM json_each(:these)))"
        " ORDER BY a.id DESC LIMIT :most"
    )
    these = json.dumps(attempt.misconceptions)
    found = rows(db, sql, id=attempt.user_id, before=attempt.id, item_id=attempt.item_id, these=these, most=ALIKE)
    return [to_attempt(row) for row in found]


def explanation(db: Database, attempt_id: int) -> Explanation | None:
    """Read the explanation kept for an attempt."""
    row = one(db, "SELECT * FROM explanation WHERE attempt_id = :id", id=attempt_id)
    if row is None:
        return None
    specific = bool(row["specific"])
    return Explanation(row["attempt_id"], row["source"], row["body"], from_ms(row["at"]), row["line"], specific)


def save_explanation(db: Database, said: Explanation) -> None:
    """Keep the latest explanation of an attempt."""
    change(
        db,
        "INSERT INTO explanation (attempt_id, source, body, line, specific, at)"
        " VALUES (:id, :source, :body, :line, :specific, :at)"
        " ON CONFLICT (attempt_id) DO UPDATE SET source = excluded.source, body = excluded.body, line = excluded.line,"
        " specific = excluded.specific, at = excluded.at",
        id=said.attempt_id,
        source=said.source,
        body=said.body,
        line=said.line,
        specific=int(said.specific),
        at=to_ms(said.at),
    )
