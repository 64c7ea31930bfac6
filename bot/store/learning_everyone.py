"""Memories and ratings of everyone held against the log: one pass over it in the learners' order, whatever their number."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeVar

from sqlite_utils import Database

from bot.reviewing import Kept
from bot.store import learning_replay as replaying
from bot.store import learning_state as state
from bot.store.connect import Row, rows, stream
from bot.store.learning_replay import Replay
from bot.store.rows import Difference
from quizzes.memory import DEFAULT, Parameters
from quizzes.skill import Skill

_LOG = (
    "SELECT a.user_id, a.id, a.item_id, a.correct, a.local_day, a.at, r.concept, r.section, r.rating, r.guess,"
    " r.item_rating, r.rated, r.reviewed FROM attempt a JOIN attempt_review r ON r.attempt_id = a.id ORDER BY a.user_id, a.id"
)
_PLACEMENTS = (
    "SELECT user_id, after_attempt, answers, ability FROM placement WHERE ended_at IS NOT NULL"
    " ORDER BY user_id, after_attempt, id"
)
_LEARNERS = (
    "SELECT user_id FROM review_state UNION SELECT user_id FROM learner_skill UNION SELECT user_id FROM placement"
    " UNION SELECT a.user_id FROM attempt_review r JOIN attempt a ON a.id = r.attempt_id ORDER BY 1"
)

Value = TypeVar("Value")


class Learnt(NamedTuple):
    """What is kept of one learner's memories and ratings, and what the log says they are."""

    user_id: int
    memories: Mapping[str, Kept]
    skills: Mapping[str, Skill]
    lived: Replay

    @property
    def agrees(self) -> bool:
        """Whether the two are the same."""
        return self.memories == self.lived.memories and self.skills == self.lived.skills


class _InTurn:
    """Rows that come in the learners' order, handed out learner by learner."""

    def __init__(self, found: Iterator[Row]) -> None:
        self._groups = groupby(found, key=itemgetter("user_id"))
        self._next = next(self._groups, None)

    def of(self, user_id: int) -> list[Row]:
        """Give a learner's rows; ask in their order."""
        if self._next is None or self._next[0] != user_id:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found


def everyone(db: Database) -> Iterator[Learnt]:
    """Live through the log of each learner who has one, or of whom something is kept."""
    log, tests = (_InTurn(stream(db, sql)) for sql in (_LOG, _PLACEMENTS))
    memories = _InTurn(stream(db, "SELECT * FROM review_state ORDER BY user_id, concept"))
    skills = _InTurn(stream(db, "SELECT user_id, section, rating, games FROM learner_skill ORDER BY user_id, section"))
    weights = _weights(db)
    for row in rows(db, _LEARNERS):
        user_id = row["user_id"]
        lived = replaying.live(log.of(user_id), tests.of(user_id), weights.get(user_id, DEFAULT), whole=False)
        yield Learnt(
            user_id,
            _by(memories.of(user_id), "concept", state.to_kept),
            _by(skills.of(user_id), "section", lambda kept: Skill(kept["rating"], kept["games"])),
            lived,
        )


def _by(found: list[Row], key: str, read: Callable[[Row], Value]) -> dict[str, Value]:
    return {row[key]: read(row) for row in found}


def _weights(db: Database) -> dict[int, Parameters]:
    fits = {row["id"]: tuple(json.loads(row["parameters"])) for row in rows(db, "SELECT id, parameters FROM fitted")}
    return {row["user_id"]: fits[row["fitted_id"]] for row in rows(db, "SELECT user_id, fitted_id FROM learner_fit")}


def differences(db: Database) -> Iterator[Difference]:
    """List every memory and rating that does not agree with the log."""
    for one in everyone(db):
        yield from differences_of(one)
    yield from _compared("item_skill", "", state.item_skills(db), replaying.items(db))


def differences_of(one: Learnt) -> Iterator[Difference]:
    """List what does not agree of one learner."""
    if not one.agrees:
        yield from _compared("review_state", f"user {one.user_id}, ", one.memories, one.lived.memories)
        yield from _compared("learner_skill", f"user {one.user_id}, ", one.skills, one.lived.skills)


def repair(db: Database) -> Counter[str]:
    """Make every memory and rating agree with the log, in the caller's transaction; count what did not, by table."""
    wrong: Counter[str] = Counter()
    learners, memories, skills = [], [], []  # flat rows: a million objects that refer to others keep the collector busy
    for one in everyone(db):
        if not one.agrees:
            wrong["review_state"] += _unlike(one.memories, one.lived.memories)
            wrong["learner_skill"] += _unlike(one.skills, one.lived.skills)
            learners.append(one.user_id)
            memories += state.memory_rows(one.user_id, one.lived.memories)
            skills += state.skill_rows(one.user_id, one.lived.skills)
    for user_id in learners:
        state.forget(db, user_id)
    state.write_memories(db, memories)
    state.write_skills(db, skills)
    computed = replaying.items(db)
    wrong["item_skill"] = _unlike(state.item_skills(db), computed)
    if wrong["item_skill"]:
        state.keep_only_items(db, computed)
    return wrong


def _unlike(stored: Mapping[str, object], computed: Mapping[str, object]) -> int:
    return sum(stored.get(key) != computed.get(key) for key in stored.keys() | computed.keys())


def _compared(
    table: str, prefix: str, stored: Mapping[str, object], computed: Mapping[str, object]
) -> Iterator[Difference]:
    for key in sorted(stored.keys() | computed.keys()):
        if stored.get(key) != computed.get(key):
            yield Difference(table, f"{prefix}{key or 'overall'}", str(stored.get(key)), str(computed.get(key)))
