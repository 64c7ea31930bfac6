"""The projections of learning as they are kept: memories, ratings, fitted parameters. Reads and writes rows; decides nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from bot.reviewing import Kept
from bot.store.codec import day_text, from_ms, to_day, to_ms
from bot.store.connect import Row, change, change_many, one, rows
from quizzes.memory import DEFAULT, Memory, Parameters
from quizzes.skill import Skill

OVERALL = ""
"""The section under which a learner's own rating is kept."""


def memory(db: Database, user_id: int, concept: str) -> Kept | None:
    """Read what a learner remembers of a concept; None when they never met it."""
    sql = "SELECT * FROM review_state WHERE user_id = :user_id AND concept = :concept"
    row = one(db, sql, user_id=user_id, concept=concept)
    return to_kept(row) if row else None


def memories(db: Database, user_id: int) -> dict[str, Kept]:
    """Read all a learner remembers, by concept."""
    sql = "SELECT * FROM review_state WHERE user_id = :user_id ORDER BY concept"
    return {row["concept"]: to_kept(row) for row in rows(db, sql, user_id=user_id)}


def keep_memory(db: Database, user_id: int, concept: str, kept: Kept) -> None:
    """Keep what a learner remembers of a concept."""
    keep_memories(db, user_id, {concept: kept})


def keep_memories(db: Database, user_id: int, found: Mapping[str, Kept]) -> None:
    """Keep what a learner remembers of some concepts."""
    write_memories(db, memory_rows(user_id, found))


def write_memories(db: Database, found: Iterable[Row]) -> None:
    """Write rows of memories, those of whoever."""
    change_many(
        db,
        "INSERT INTO review_state (user_id, concept, stability, difficulty, reviewed_at, due_at, reps, lapses, local_day,"
        " due_day, missed) VALUES (:user_id, :concept, :stability, :difficulty, :reviewed_at, :due_at, :reps, :lapses,"
        " :day, :due_day, :missed) ON CONFLICT (user_id, concept) DO UPDATE SET stability = excluded.stability,"
        " difficulty = excluded.difficulty, reviewed_at = excluded.reviewed_at, due_at = excluded.due_at,"
        " reps = excluded.reps, lapses = excluded.lapses, local_day = excluded.local_day, due_day = excluded.due_day,"
        " missed = excluded.missed",
        found,
    )


def memory_rows(user_id: int, found: Mapping[str, Kept]) -> list[Row]:
    """Put what a learner remembers into rows: numbers and short texts, which many can be kept of."""
    return [_memory_row(user_id, concept, kept) for concept, kept in found.items()]


def _memory_row(user_id: int, concept: str, kept: Kept) -> Row:
    return {
        "user_id": user_id,
        "concept": concept,
        "stability": kept.memory.stability,
        "difficulty": kept.memory.difficulty,
        "reviewed_at": to_ms(kept.memory.reviewed_at),
        "due_at": to_ms(kept.memory.due_at),
        "reps": kept.memory.reps,
        "lapses": kept.memory.lapses,
        "day": day_text(kept.day),
        "due_day": day_text(kept.due_day),
        "missed": int(kept.missed),
    }


def to_kept(row: Row) -> Kept:
    """Read a memory from its row."""
    known = Memory(
        stability=row["stability"],
        difficulty=row["difficulty"],
        reviewed_at=from_ms(row["reviewed_at"]),
        due_at=from_ms(row["due_at"]),
        reps=row["reps"],
        lapses=row["lapses"],
    )
    return Kept(known, to_day(row["local_day"]), bool(row["missed"]))


def skills(db: Database, user_id: int) -> dict[str, Skill]:
    """Read a learner's ratings by section, their own under `OVERALL`."""
    sql = "SELECT section, rating, games FROM learner_skill WHERE user_id = :user_id ORDER BY section"
    return {row["section"]: Skill(row["rating"], row["games"]) for row in rows(db, sql, user_id=user_id)}


def keep_skills(db: Database, user_id: int, found: Mapping[str, Skill]) -> None:
    """Keep some of a learner's ratings."""
    write_skills(db, skill_rows(user_id, found))


def write_skills(db: Database, found: Iterable[Row]) -> None:
    """Write rows of ratings, those of whoever."""
    change_many(
        db,
        "INSERT INTO learner_skill (user_id, section, rating, games) VALUES (:user_id, :section, :rating, :games)"
        " ON CONFLICT (user_id, section) DO UPDATE SET rating = excluded.rating, games = excluded.games",
        found,
    )


def skill_rows(user_id: int, found: Mapping[str, Skill]) -> list[Row]:
    """Put a learner's ratings into rows."""
    return [
        {"user_id": user_id, "section": section, "rating": skill.rating, "games": skill.games}
        for section, skill in found.items()
    ]


def item_skill(db: Database, item_id: str) -> Skill | None:
    """Read an item's rating; None when nobody's answer has moved it yet."""
    row = one(db, "SELECT rating, games FROM item_skill WHERE item_id = :item_id", item_id=item_id)
    return Skill(row["rating"], row["games"]) if row else None


def item_skills(db: Database) -> dict[str, Skill]:
    """Read the ratings of all items that somebody answered."""
    found = rows(db, "SELECT item_id, rating, games FROM item_skill ORDER BY item_id")
    return {row["item_id"]: Skill(row["rating"], row["games"]) for row in found}


def keep_item(db: Database, item_id: str, skill: Skill) -> None:
    """Keep an item's rating."""
    change(
        db,
        "INSERT INTO item_skill (item_id, rating, games) VALUES (:item_id, :rating, :games)"
        " ON CONFLICT (item_id) DO UPDATE SET rating = excluded.rating, games = excluded.games",
        item_id=item_id,
        rating=skill.rating,
        games=skill.games,
    )


def keep_only_items(db: Database, found: Mapping[str, Skill]) -> None:
    """Keep the ratings of these items, and of no others."""
    change(db, "DELETE FROM item_skill")
    for item_id, skill in found.items():
        keep_item(db, item_id, skill)


def parameters(db: Database, user_id: int) -> Parameters:
    """Read the parameters a learner's memories are worked out with: those of a group of theirs, or the general ones."""
    sql = "SELECT f.parameters FROM learner_fit l JOIN fitted f ON f.id = l.fitted_id WHERE l.user_id = :user_id"
    row = one(db, sql, user_id=user_id)
    return tuple(json.loads(row["parameters"])) if row else DEFAULT


def forget(db: Database, user_id: int) -> None:
    """Remove the projections of one learner."""
    for table in ("review_state", "learner_skill"):
        change(db, f"DELETE FROM {table} WHERE user_id = :user_id", user_id=user_id)  # noqa: S608 - one of two names
