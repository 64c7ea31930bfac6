"""What learners say of explanations: whether one helped, and what they asked about it. Reached as `Store.voices`.

All of it belongs to the attempt that was explained, and so to the learner whose attempt that is by now.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.store import people
from bot.store.codec import to_ms
from bot.store.connect import change, one, rows, value
from bot.store.readers import Readers
from bot.store.writer import Writer

QUESTION_CHARS, ANSWER_CHARS = 1_000, 4_000
QUIZ, ASSISTANT = "quiz", "ai"  # sources beside the rules of the offline explainer


class Turn(NamedTuple):
    """A learner's question about an explanation with its answer; without a question, what an assistant added by itself."""

    question: str
    answer: str


class Tally(NamedTuple):
    """The votes on explanations of one source."""

    source: str
    helpful: int
    unhelpful: int


class Voices:
    """Votes and questions."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def vote(self, user_id: int, attempt_id: int, *, by_ai: bool, helpful: bool) -> bool:
        """Keep what a learner thinks of an explanation of theirs, in place of what they thought before.

        False when the attempt is not theirs, or no assistant said anything of it.
        """
        return await self._write(lambda db: _vote(db, user_id, attempt_id, by_ai, helpful, self._now()))

    async def votes_summary(self) -> list[Tally]:
        """Count the votes by what made the explanation, over all learners."""
        return await self._read(_summary)

    async def add_turn(self, attempt_id: int, turn: Turn, idem: str) -> None:
        """Keep what was asked and answered; a repeated key changes nothing."""
        await self._write(lambda db: _add(db, attempt_id, turn, idem, self._now()))

    async def turn_by_key(self, attempt_id: int, idem: str) -> Turn | None:
        """Find what a request was answered before."""
        sql = "SELECT question, answer FROM explanation_turn WHERE attempt_id = :id AND idem = :idem"
        row = await self._read(lambda db: one(db, sql, id=attempt_id, idem=idem))
        return Turn(row["question"], row["answer"]) if row else None

    async def turns(self, attempt_id: int) -> list[Turn]:
        """Read what an assistant said of an attempt, the oldest first."""
        sql = "SELECT question, answer FROM explanation_turn WHERE attempt_id = :id ORDER BY id"
        found = await self._read(lambda db: rows(db, sql, id=attempt_id))
        return [Turn(row["question"], row["answer"]) for row in found]


def _vote(db: Database, user_id: int, attempt_id: int, by_ai: bool, helpful: bool, now: datetime) -> bool:
    row = one(
        db,
        "SELECT a.user_id, a.kind, e.source FROM attempt a LEFT JOIN explanation e ON e.attempt_id = a.id"
        " WHERE a.id = :id",
        id=attempt_id,
    )
    if row is None or people.current(db, row["user_id"]) != people.current(db, user_id):
        return False
    said = value(db, "SELECT count(*) FROM explanation_turn WHERE attempt_id = :id", id=attempt_id)
    if by_ai and not said:
        return False
    source = ASSISTANT if by_ai else row["source"] or (QUIZ if row["kind"] == "quiz" else "")
    if not source:
        return False
    change(
        db,
        "INSERT INTO explanation_vote (attempt_id, ai, source, helpful, at) VALUES (:id, :ai, :source, :helpful, :at)"
        " ON CONFLICT (attempt_id, ai) DO UPDATE SET source = excluded.source, helpful = excluded.helpful,"
        " at = excluded.at",
        id=attempt_id,
        ai=int(by_ai),
        source=source,
        helpful=int(helpful),
        at=to_ms(now),
    )
    return True


def _summary(db: Database) -> list[Tally]:
    sql = (
        "SELECT source, sum(helpful) AS good, count(*) - sum(helpful) AS bad FROM explanation_vote"
        " GROUP BY source ORDER BY source"
    )
    return [Tally(row["source"], row["good"], row["bad"]) for row in rows(db, sql)]


def _add(db: Database, attempt_id: int, turn: Turn, idem: str, now: datetime) -> None:
    change(
        db,
        "INSERT INTO explanation_turn (attempt_id, idem, question, answer, at) VALUES (:id, :idem, :question, :answer, :at)"
        " ON CONFLICT (idem) DO NOTHING",
        id=attempt_id,
        idem=idem,
        question=turn.question[:QUESTION_CHARS],
        answer=turn.answer[:ANSWER_CHARS],
        at=to_ms(now),
    )
