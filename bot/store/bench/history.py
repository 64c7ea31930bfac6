"""Learners made in bulk who answered for weeks: a log as it would be, with everything worked out from it left to be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bot.store import connect
from bot.store.bench.measure import AT
from bot.store.codec import day_text, public_id, to_ms
from bot.store.connect import change_many

DAYS, A_DAY = 20, 5
PER_ANSWER = 3  # events: the attempt, its review, and XP where it was right, or else what a right one made more
WRONG_EVERY = 5  # answers
ITEMS, CONCEPTS, SECTIONS = 400, 130, 17  # as many as the course we ship
EVENTS = (
    "SELECT (SELECT count(*) FROM attempt) + (SELECT count(*) FROM attempt_review) + (SELECT count(*) FROM xp_ledger)"
)
LEARNERS = "SELECT count(DISTINCT user_id) FROM attempt"

_INSERTS = {
    "app_user": "INSERT INTO app_user (id, created_at, name) VALUES (:user_id, :at, 'Learner')",
    "membership": "INSERT INTO membership (group_id, user_id, joined_at) VALUES (1, :user_id, :at)",
    "question": "INSERT INTO question (id, public_id, user_id, item_id, seed, purpose, local_day, slot, posed_at)"
    " VALUES (:id, :public_id, :user_id, :item_id, '1', 'daily', :day, :slot, :at)",
    "attempt": "INSERT INTO attempt (id, idem, user_id, group_id, kind, item_id, question_id, answer_text, correct, score,"
    " verdict, misconceptions, local_day, tz, at, elapsed_ms) VALUES (:id, :public_id, :user_id, 1, 'quiz', :item_id, :id,"
    " 'B', :correct, :correct, :verdict, '[]', :day, 'UTC', :at, 9000)",
    "attempt_review": "INSERT INTO attempt_review (attempt_id, concept, section, rating, hints, guess, expected, learner_rating,"
    " section_rating, item_rating, rated, reviewed) VALUES (:id, :concept, :section, :rating, 0, 0.25, 0.6, 0.3, 0.1, 0.0,"
    " 1, 1)",
    "xp_ledger": "INSERT INTO xp_ledger (user_id, amount, points, reason, source_kind, source_id, local_day, at)"
    " VALUES (:user_id, 10, 10, 'answered', 'attempt', :id_text, :day, :at)",
}


def fill(path: Path, events: int) -> None:
    """Write a log of at least so many events, in one transaction."""
    answers = -(-events * WRONG_EVERY // (PER_ANSWER * WRONG_EVERY - 1))
    learners = range(1, -(-answers // (DAYS * A_DAY)) + 1)
    start = to_ms(AT - timedelta(days=DAYS))
    db = connect.open_writer(path)
    with connect.transaction(db):
        db.execute("INSERT INTO grp (id, platform, external_id, name, joined_at) VALUES (1, 'bench', '1', 'Bench', 0)")
        for table in ("app_user", "membership"):
            change_many(db, _INSERTS[table], ({"user_id": user_id, "at": start} for user_id in learners))
        for day in range(DAYS):
            given = list(_answers(day, learners))
            for table in ("question", "attempt", "attempt_review"):
                change_many(db, _INSERTS[table], given)
            change_many(db, _INSERTS["xp_ledger"], (one for one in given if one["correct"]))
    db.close()


def _answers(day: int, learners: range) -> Iterator[dict[str, object]]:
    """One day's answers, learner by learner; each meets another choice of items and concepts, some of them again."""
    at = AT - timedelta(days=DAYS - day)
    text, ms = day_text(at.date()), to_ms(at)
    for user_id in learners:
        for slot in range(A_DAY):
            number = (day * len(learners) + user_id - 1) * A_DAY + slot + 1
            item = (user_id * 7 + day * A_DAY + slot * 3) % ITEMS
            correct = number % WRONG_EVERY != 0
            yield {
                "id": number,
                "id_text": str(number),
                "public_id": public_id(number),
                "user_id": user_id,
                "item_id": f"item-{item}",
                "concept": f"concept-{(item + user_id) % CONCEPTS // (1 + user_id % 3)}",
                "section": f"section-{item % SECTIONS}",
                "rating": 3 if correct else 1,
                "slot": slot,
                "correct": int(correct),
                "verdict": "correct" if correct else "wrong",
                "day": text,
                "at": ms + (user_id * A_DAY + slot) % 3_600_000,
            }
