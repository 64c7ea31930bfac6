"""Living through the log of answers again: memories, ratings and what was due, as they must be by it.

Each answer's row says how the ratings of both sides stood before it, so that a learner's ratings and an item's can each be
worked out alone, and an account that changes hands moves no item.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.reviewing import Kept, counts, is_due, remember
from bot.store import learning_state as state
from bot.store.codec import from_ms, to_day
from bot.store.connect import Row, change, rows
from bot.store.rows import Difference
from quizzes.memory import Parameters, Rating
from quizzes.skill import Skill, update

_LOG = (
    "SELECT a.id, a.item_id, a.correct, a.local_day, a.at, r.concept, r.section, r.rating, r.guess, r.learner_rating,"
    " r.section_rating, r.item_rating, r.rated, r.reviewed FROM attempt a JOIN attempt_review r ON r.attempt_id = a.id"
)
_OF_LEARNER = _LOG + " WHERE a.user_id = :user_id ORDER BY a.id"
_AMONG = "IN (SELECT value FROM json_each(:only))"
_PLACEMENTS = "SELECT after_attempt, answers, ability FROM placement WHERE user_id = :user_id AND ended_at IS NOT NULL ORDER BY id"


class Review(NamedTuple):
    """An answer that moved the memory of its concept."""

    rating: Rating
    at: datetime


class Placed(NamedTuple):
    """What a placement test found, and how many answers that rests on."""

    ability: float
    answers: int


@dataclass
class Replay:
    """What follows from one learner's log."""

    memories: dict[str, Kept] = field(default_factory=dict)
    skills: dict[str, Skill] = field(default_factory=dict)
    reviews: dict[str, list[Review]] = field(default_factory=dict)  # by concept, those that counted
    due: set[int] = field(default_factory=set)  # attempts whose concept was due when they were made


def placed(skill: Skill, found: Placed) -> Skill:
    """Move a learner's rating to where a placement test put them, unless it rests on more answers than the test."""
    return skill if skill.games >= found.answers else Skill(found.ability, skill.games)


def replay(db: Database, user_id: int) -> Replay:
    """Live through all a learner answered."""
    lived, weights = Replay(), state.parameters(db, user_id)
    tests = [(row["after_attempt"], Placed(row["ability"], row["answers"])) for row in _placements(db, user_id)]
    rated: set[str] = set()
    for row in rows(db, _OF_LEARNER, user_id=user_id):
        while tests and tests[0][0] < row["id"]:
            _place(lived, tests.pop(0)[1])
        _review(lived, row, weights)
        if row["rated"] and row["item_id"] not in rated:
            rated.add(row["item_id"])
            _rate(lived, row)
    for _, found in tests:
        _place(lived, found)
    return lived


def _placements(db: Database, user_id: int) -> list[Row]:
    return sorted(rows(db, _PLACEMENTS, user_id=user_id), key=lambda row: int(row["after_attempt"]))


def _place(lived: Replay, found: Placed) -> None:
    lived.skills[state.OVERALL] = placed(lived.skills.get(state.OVERALL, Skill()), found)


def _review(lived: Replay, row: Row, weights: Parameters) -> None:
    kept, day = lived.memories.get(row["concept"]), to_day(row["local_day"])
    if is_due(kept, day):
        lived.due.add(row["id"])
    review = Review(Rating(row["rating"]), from_ms(row["at"]))
    if row["reviewed"] and counts(kept, review.rating, day):
        lived.memories[row["concept"]] = remember(kept, review.rating, review.at, day, weights)
        lived.reviews.setdefault(row["concept"], []).append(review)


def _rate(lived: Replay, row: Row) -> None:
    learner, section = (lived.skills.get(key, Skill()) for key in (state.OVERALL, row["section"]))
    moved = update(learner, section, Skill(row["item_rating"]), guess=row["guess"], correct=bool(row["correct"]))
    lived.skills |= {state.OVERALL: moved[0], row["section"]: moved[1]}


def rebuild(db: Database, user_id: int) -> None:
    """Work a learner's memories and ratings out afresh."""
    lived = replay(db, user_id)
    state.forget(db, user_id)
    for concept, kept in lived.memories.items():
        state.keep_memory(db, user_id, concept, kept)
    state.keep_skills(db, user_id, lived.skills)


def rebuild_items(db: Database, only: Collection[str] | None = None) -> None:
    """Work the ratings of all items out afresh, or those of some."""
    found = _items(db, only)
    among = "" if only is None else f" WHERE item_id {_AMONG}"
    change(db, f"DELETE FROM item_skill{among}", only=json.dumps(sorted(only or ())))  # noqa: S608 - a fixed condition
    for item_id, skill in found.items():
        state.keep_item(db, item_id, skill)


def _items(db: Database, only: Collection[str] | None = None) -> dict[str, Skill]:
    found: dict[str, Skill] = {}
    among = "" if only is None else f" AND a.item_id {_AMONG}"
    for row in rows(db, _LOG + f" WHERE r.rated = 1{among} ORDER BY a.id", only=json.dumps(sorted(only or ()))):
        item = found.get(row["item_id"], Skill(row["item_rating"]))
        learner, section = Skill(row["learner_rating"]), Skill(row["section_rating"])
        found[row["item_id"]] = update(learner, section, item, guess=row["guess"], correct=bool(row["correct"]))[2]
    return found


def learners(db: Database) -> list[int]:
    """Name everyone with a memory or a rating, or with what should have left one."""
    sql = (
        "SELECT user_id FROM review_state UNION SELECT user_id FROM learner_skill UNION SELECT user_id FROM placement"
        " UNION SELECT a.user_id FROM attempt_review r JOIN attempt a ON a.id = r.attempt_id ORDER BY 1"
    )
    return [row["user_id"] for row in rows(db, sql)]


def differences(db: Database) -> Iterator[Difference]:
    """List every memory and rating that does not agree with the log."""
    for user_id in learners(db):
        lived = replay(db, user_id)
        yield from _compared("review_state", f"user {user_id}, ", state.memories(db, user_id), lived.memories)
        yield from _compared("learner_skill", f"user {user_id}, ", state.skills(db, user_id), lived.skills)
    yield from _compared("item_skill", "", state.item_skills(db), _items(db))


def _compared(
    table: str, prefix: str, stored: Mapping[str, object], computed: Mapping[str, object]
) -> Iterator[Difference]:
    for key in sorted(stored.keys() | computed.keys()):
        if stored.get(key) != computed.get(key):
            yield Difference(table, f"{prefix}{key or 'overall'}", str(stored.get(key)), str(computed.get(key)))


def due_attempts(db: Database, user_id: int) -> set[int]:
    """Name the attempts of a learner that were made when their concept was due."""
    return replay(db, user_id).due


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give what two learners have in tests and parameters to the one they became, and live through their common log."""
    for user_id in old:
        change(db, "UPDATE placement SET user_id = :new WHERE user_id = :old", new=new, old=user_id)
        state.forget(db, user_id)
    change(
        db,
        "INSERT INTO learner_fit (user_id, fitted_id) SELECT :new, f.id FROM learner_fit l"
        " JOIN fitted f ON f.id = l.fitted_id WHERE l.user_id IN (:one, :other) ORDER BY f.reviews DESC, f.id LIMIT 1",
        new=new,
        one=old[0],
        other=old[1],
    )
    change(db, "DELETE FROM learner_fit WHERE user_id IN (:one, :other)", one=old[0], other=old[1])
    rebuild(db, new)
