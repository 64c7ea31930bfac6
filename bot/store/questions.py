"""Questions as posed to a learner: putting them, finding them again, and which is next."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.store.codec import day_text, from_ms, public_id, to_day, to_ms
from bot.store.connect import Row, change, one, rows, value
from bot.store.rows import Purpose, Question

_SELECT = (
    "SELECT q.id, q.public_id, q.user_id, q.item_id, q.seed, q.purpose, q.local_day, q.slot, q.posed_at, a.correct"
    " FROM question q LEFT JOIN attempt a ON a.question_id = q.id "
)


class Posing(NamedTuple):
    """A set of questions about to be put to a learner: pairs of item id and seed, in order."""

    user_id: int
    items: tuple[tuple[str, str], ...]
    purpose: Purpose
    local_day: date
    idem: str | None = None


def pose(db: Database, posing: Posing, now: datetime) -> list[Question]:
    """Put questions to a learner. A day has one daily set and a request one quiz: asking again gives what was posed."""
    already = _posed(db, posing)
    if already:
        return already
    next_id = (value(db, "SELECT max(id) FROM question") or 0) + 1
    for slot, (item_id, seed) in enumerate(posing.items):
        change(
            db,
            "INSERT INTO question (id, public_id, user_id, item_id, seed, purpose, local_day, slot, posed_at, idem)"
            " VALUES (:id, :public_id, :user_id, :item_id, :seed, :purpose, :day, :slot, :at, :idem)",
            id=next_id + slot,
            public_id=public_id(next_id + slot),
            user_id=posing.user_id,
            item_id=item_id,
            seed=seed,
            purpose=posing.purpose,
            day=day_text(posing.local_day),
            slot=slot,
            at=to_ms(now),
            idem=posing.idem,
        )
    return _many(
        db, "WHERE q.id >= :first AND q.id < :end ORDER BY q.id", first=next_id, end=next_id + len(posing.items)
    )


def _posed(db: Database, posing: Posing) -> list[Question]:
    if posing.purpose == "daily":
        return today(db, posing.user_id, posing.local_day, purpose="daily")
    if posing.idem is None:
        return []
    return _many(
        db, "WHERE q.idem = :idem AND q.user_id = :user_id ORDER BY q.slot", idem=posing.idem, user_id=posing.user_id
    )


def today(db: Database, user_id: int, day: date, purpose: Purpose | None = None) -> list[Question]:
    """Find the questions posed to a learner on one of their days, in the order they were posed."""
    return _many(
        db,
        "WHERE q.user_id = :user_id AND q.local_day = :day AND q.purpose = coalesce(:purpose, q.purpose) ORDER BY q.id",
        user_id=user_id,
        day=day_text(day),
        purpose=purpose,
    )


def find(db: Database, short_id: str) -> Question | None:
    """Find a question by its short id, in any case."""
    found = _many(db, "WHERE q.public_id = :short_id", short_id=short_id[:16].strip().casefold())
    return found[0] if found else None


def by_id(db: Database, question_id: int) -> Question | None:
    """Find a question by its key."""
    found = _many(db, "WHERE q.id = :id", id=question_id)
    return found[0] if found else None


def next_open(db: Database, user_id: int, day: date) -> Question | None:
    """Find the first question of a day that still waits for its answer."""
    return next((question for question in today(db, user_id, day) if not question.answered), None)


def daily_counts(db: Database, user_id: int, day: date) -> tuple[int, int]:
    """Count a day's daily questions: posed, and answered on that same day."""
    row = one(
        db,
        "SELECT count(*) AS posed, count(a.id) AS answered FROM question q"
        " LEFT JOIN attempt a ON a.question_id = q.id AND a.local_day = q.local_day"
        " WHERE q.user_id = :user_id AND q.local_day = :day AND q.purpose = 'daily'",
        user_id=user_id,
        day=day_text(day),
    )
    return (row["posed"], row["answered"]) if row else (0, 0)


def _many(db: Database, where: str, **named: object) -> list[Question]:
    return [_question(row) for row in rows(db, _SELECT + where, **named)]


def _question(row: Row) -> Question:
    correct = row.pop("correct")
    return Question(
        **{**row, "local_day": to_day(row["local_day"]), "posed_at": from_ms(row["posed_at"])},
        correct=None if correct is None else bool(correct),
    )
