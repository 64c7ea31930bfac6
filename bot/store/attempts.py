"""Recording what learners do: answers, submissions, hints. Each is one transaction of log, learning, XP and streak together."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot import streaks, xp
from bot.store import hints, learning_log, ledger, questions
from bot.store.codec import ANSWER_CHARS, day_text, from_ms, to_day, to_ms
from bot.store.connect import Row, insert, one, value
from bot.store.rows import AnswerRecord, Attempt, Kind, Recorded, SubmissionRecord
from bot.streaks import Streak

INTERNAL = "internal"
ACCEPTED = "accepted"

_SELECT = "SELECT * FROM attempt WHERE "
_INSERT = (
    "INSERT INTO attempt (idem, user_id, group_id, kind, item_id, question_id, submission_id, answer_text, correct,"
    " score, verdict, misconceptions, local_day, tz, at, elapsed_ms) VALUES (:idem, :user_id, :group_id, :kind,"
    " :item_id, :question_id, :submission_id, :answer_text, :correct, :score, :verdict, :misconceptions, :local_day,"
    " :tz, :at, :elapsed_ms)"
)


class _Act(NamedTuple):
    """Whose act it was, when, and how things stood before it."""

    user_id: int
    day: date
    tz: str
    at: datetime
    before: Streak


def record_answer(db: Database, record: AnswerRecord) -> Recorded:
    """Record the one answer to a question, with what it earns and what it says of memory and ability. A repeat changes nothing and tells of the original.

    Raises:
        LookupError: when there is no such question.
        ValueError: when it was put to somebody else.
    """
    question = questions.by_id(db, record.question_id)
    if question is None:
        raise LookupError(f"no question {record.question_id}")
    if question.user_id != record.user_id:
        raise ValueError(f"question {question.public_id} was put to somebody else")
    known = _find(db, "idem = :idem", idem=record.idem) or _find(db, "question_id = :key", key=question.id)
    if known is not None:
        return _repeat(db, known, record.user_id, record.local_day)
    before = learning_log.standing(db, record, question.item_id)
    act = _begin(db, record)
    attempt_id = insert(
        db,
        _INSERT,
        kind="quiz",
        item_id=question.item_id,
        question_id=question.id,
        submission_id=None,
        answer_text=record.answer_text[:ANSWER_CHARS],
        elapsed_ms=record.elapsed_ms,
        correct=int(record.correct),
        **_shared(record),
    )
    learning_log.learn(db, record, question, before, attempt_id)
    points = learning_log.points(record, question, before)
    return _finish(db, act, attempt_id, points, "answer" if record.correct else "took part")


def record_submission(db: Database, record: SubmissionRecord) -> Recorded:
    """Record judged code, with what it earns. Only the first pass of a challenge pays and counts for the day.

    A submission we failed to judge (`internal`) is kept, and is no attempt.
    """
    known = one(db, "SELECT id, user_id FROM submission WHERE idem = :idem", idem=record.idem)
    if known is not None:
        return _repeat_submission(db, known, record)
    points = _submission_points(db, record)
    act = _begin(db, record)
    submission_id = _add_submission(db, record)
    if record.verdict == INTERNAL:
        return _summary(db, act, submission_id=submission_id)
    attempt_id = insert(
        db,
        _INSERT,
        kind="challenge",
        item_id=record.slug,
        question_id=None,
        submission_id=submission_id,
        answer_text="",
        elapsed_ms=None,
        correct=int(record.verdict == ACCEPTED),
        **_shared(record),
    )
    return _finish(db, act, attempt_id, points, "passed", submission_id)


def _submission_points(db: Database, record: SubmissionRecord) -> int:
    tries = one(
        db,
        "SELECT count(*) AS times, coalesce(max(correct), 0) AS passed FROM attempt"
        " WHERE user_id = :user_id AND kind = 'challenge' AND item_id = :slug",
        user_id=record.user_id,
        slug=record.slug,
    ) or {"times": 0, "passed": 0}
    if record.verdict != ACCEPTED or tries["passed"] or hints.gave_up(db, record.user_id, record.slug):
        return 0
    taken = hints.used(db, record.user_id, record.slug)
    return xp.challenge_points(level=record.level, failed_before=tries["times"], hints=taken)


def _add_submission(db: Database, record: SubmissionRecord) -> int:
    return insert(
        db,
        "INSERT INTO submission (idem, user_id, group_id, slug, source, source_hash, verdict, report_json, local_day, at)"
        " VALUES (:idem, :user_id, :group_id, :slug, :source, :source_hash, :verdict, :report_json, :day, :at)",
        idem=record.idem,
        user_id=record.user_id,
        group_id=record.group_id,
        slug=record.slug,
        source=record.source,
        source_hash=hashlib.sha256(record.source.encode("utf-8", "replace")).hexdigest(),
        verdict=record.verdict,
        report_json=record.report_json,
        day=day_text(record.local_day),
        at=to_ms(record.at),
    )


def _repeat_submission(db: Database, known: Row, record: SubmissionRecord) -> Recorded:
    if known["user_id"] != record.user_id:
        raise ValueError(f"the key {record.idem} belongs to somebody else's submission")
    attempt = _find(db, "submission_id = :key", key=known["id"])
    return _repeat(db, attempt, record.user_id, record.local_day, known["id"])


def _shared(record: AnswerRecord | SubmissionRecord) -> dict[str, object]:
    return {
        "idem": record.idem,
        "user_id": record.user_id,
        "group_id": record.group_id,
        "score": float(record.score),
        "verdict": record.verdict,
        "misconceptions": json.dumps(record.misconceptions),
        "local_day": day_text(record.local_day),
        "tz": record.tz,
        "at": to_ms(record.at),
    }


def _begin(db: Database, record: AnswerRecord | SubmissionRecord) -> _Act:
    before = ledger.read_streak(db, record.user_id, record.local_day)
    return _Act(record.user_id, record.local_day, record.tz, record.at, before)


def _finish(
    db: Database, act: _Act, attempt_id: int, points: int, reason: str, submission_id: int | None = None
) -> Recorded:
    """Pay, let the day count if this completed it, and say what changed."""
    payment = ledger.Payment(act.user_id, points, reason, "attempt", str(attempt_id), act.day, act.at)
    gained = ledger.pay(db, payment)
    posed, answered = questions.daily_counts(db, act.user_id, act.day)
    step = None
    if streaks.qualifies(posed=posed, answered=answered, new_passes=_new_passes(db, act.user_id, act.day)):
        step = ledger.count_day(db, act.user_id, act.day, act.tz, act.at)
    return _summary(db, act, _find(db, "id = :key", key=attempt_id), gained, step, submission_id)


def _new_passes(db: Database, user_id: int, day: date) -> int:
    """Count the challenges passed for the first time on a day."""
    return int(
        value(
            db,
            "SELECT count(DISTINCT item_id) FROM attempt a WHERE user_id = :user_id AND local_day = :day"
            " AND kind = 'challenge' AND correct = 1 AND NOT EXISTS (SELECT 1 FROM attempt b WHERE b.user_id = a.user_id"
            " AND b.kind = 'challenge' AND b.item_id = a.item_id AND b.correct = 1 AND b.id < a.id)",
            user_id=user_id,
            day=day_text(day),
        )
    )


def _summary(
    db: Database,
    act: _Act,
    attempt: Attempt | None = None,
    gained: int = 0,
    step: streaks.Step | None = None,
    submission_id: int | None = None,
) -> Recorded:
    return Recorded(
        first=True,
        attempt=attempt,
        xp_gained=gained,
        xp_total=ledger.total(db, act.user_id),
        streak_before=act.before,
        streak_after=ledger.read_streak(db, act.user_id, act.day),
        froze=step.froze if step else (),
        earned_freezes=step.earned if step else 0,
        submission_id=submission_id,
    )


def _repeat(
    db: Database, attempt: Attempt | None, user_id: int, day: date, submission_id: int | None = None
) -> Recorded:
    """Tell of an original act; nothing is written."""
    if attempt is not None and attempt.user_id != user_id:
        raise ValueError("the key belongs to somebody else's attempt")
    streak = ledger.read_streak(db, user_id, day)
    return Recorded(
        first=False,
        attempt=attempt,
        xp_gained=ledger.paid_for(db, user_id, "attempt", attempt.id) if attempt else 0,
        xp_total=ledger.total(db, user_id),
        streak_before=streak,
        streak_after=streak,
        submission_id=submission_id,
    )


def _find(db: Database, where: str, **named: object) -> Attempt | None:
    row = one(db, _SELECT + where, **named)
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
