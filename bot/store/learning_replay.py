"""Living through the log of answers again: memories, ratings and what was due, as they must be by it.

Each answer's row says how the ratings of both sides stood before it, so that a learner's ratings and an item's can each be
worked out alone, and an account that changes hands moves no item.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.reviewing import Kept, counts, is_due, remember
from bot.store import learning_state as state
from bot.store.codec import from_ms, to_day
from bot.store.connect import Row, change, rows, stream
from quizzes.memory import Parameters, Rating
from quizzes.skill import Skill, moved, surprise

LOG = (
    "SELECT a.id, a.item_id, a.correct, a.local_day, a.at, r.concept, r.section, r.rating, r.guess,"
    " r.item_rating, r.rated, r.reviewed FROM attempt a JOIN attempt_review r ON r.attempt_id = a.id"
)
_OF_LEARNER = LOG + " WHERE a.user_id = :user_id ORDER BY a.id"
_RATED = (
    "SELECT a.item_id, a.correct, r.guess, r.learner_rating, r.section_rating, r.item_rating"
    " FROM attempt a JOIN attempt_review r ON r.attempt_id = a.id WHERE r.rated = 1"
)
_AMONG = "IN (SELECT value FROM json_each(:only))"
_PLACEMENTS = "SELECT after_attempt, answers, ability FROM placement WHERE user_id = :user_id AND ended_at IS NOT NULL ORDER BY id"
_RATINGS = {int(rating): rating for rating in Rating}
_NEW = Skill()


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
    tests = sorted(rows(db, _PLACEMENTS, user_id=user_id), key=lambda row: int(row["after_attempt"]))
    return live(rows(db, _OF_LEARNER, user_id=user_id), tests, state.parameters(db, user_id))


def live(answers: Iterable[Row], placements: Iterable[Row], weights: Parameters, *, whole: bool = True) -> Replay:
    """Live through answers, in the order they were given, and through what placement tests found between them. Pure.

    What is kept of a learner needs no `whole` replay, with the reviews and what was due.
    """
    lived = Replay()
    tests = [(row["after_attempt"], Placed(row["ability"], row["answers"])) for row in placements]
    rated: set[str] = set()
    for row in answers:
        while tests and tests[0][0] < row["id"]:
            _place(lived, tests.pop(0)[1])
        _review(lived, row, weights, whole=whole)
        if row["rated"] and row["item_id"] not in rated:
            rated.add(row["item_id"])
            _rate(lived, row)
    for _, found in tests:
        _place(lived, found)
    return lived


def _place(lived: Replay, found: Placed) -> None:
    lived.skills[state.OVERALL] = placed(lived.skills.get(state.OVERALL, Skill()), found)


def _review(lived: Replay, row: Row, weights: Parameters, *, whole: bool) -> None:
    kept, day = lived.memories.get(row["concept"]), to_day(row["local_day"])
    if whole and is_due(kept, day):
        lived.due.add(row["id"])
    rating = _RATINGS[row["rating"]]
    if row["reviewed"] and counts(kept, rating, day):
        at = from_ms(row["at"])
        lived.memories[row["concept"]] = remember(kept, rating, at, day, weights)
        if whole:
            lived.reviews.setdefault(row["concept"], []).append(Review(rating, at))


def _rate(lived: Replay, row: Row) -> None:
    learner = lived.skills.get(state.OVERALL, _NEW)
    section = lived.skills.get(row["section"], _NEW)
    ability = learner.rating + section.rating
    by = surprise(ability, row["item_rating"], guess=row["guess"], correct=row["correct"] == 1)
    lived.skills[state.OVERALL] = moved(learner, by)
    lived.skills[row["section"]] = moved(section, by)


def rebuild(db: Database, user_id: int) -> None:
    """Work a learner's memories and ratings out afresh."""
    lived = replay(db, user_id)
    state.forget(db, user_id)
    state.keep_memories(db, user_id, lived.memories)
    state.keep_skills(db, user_id, lived.skills)


def rebuild_items(db: Database, only: Collection[str]) -> None:
    """Work the ratings of some items out afresh."""
    change(db, f"DELETE FROM item_skill WHERE item_id {_AMONG}", only=json.dumps(sorted(only)))  # noqa: S608 - a fixed condition
    for item_id, skill in items(db, only).items():
        state.keep_item(db, item_id, skill)


def items(db: Database, only: Collection[str] | None = None) -> dict[str, Skill]:
    """Work out the ratings of all items, or of some, from the answers that rate."""
    found: dict[str, Skill] = {}
    among = "" if only is None else f" AND a.item_id {_AMONG}"
    for row in stream(db, f"{_RATED}{among} ORDER BY a.id", only=json.dumps(sorted(only or ()))):
        item = found.get(row["item_id"]) or Skill(row["item_rating"])
        ability = row["learner_rating"] + row["section_rating"]
        by = surprise(ability, item.rating, guess=row["guess"], correct=row["correct"] == 1)
        found[row["item_id"]] = moved(item, -by)
    return found


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
