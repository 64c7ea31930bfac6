"""Rounds: one question put to a whole group on a day, and the copies its members answer. Reached as `Store.rounds`.

A copy is an ordinary question of its learner's, so answers, XP and linking of accounts need nothing of their own here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from bot.store import people, questions
from bot.store.codec import day_text, from_ms, to_day, to_ms
from bot.store.connect import Row, change, one, rows, value
from bot.store.questions import Posing
from bot.store.readers import Readers
from bot.store.rows import Question, Spot
from bot.store.writer import Writer

_SELECT = "SELECT id, group_id, local_day, item_id, seed, made_at FROM round "
_FIRST_ANSWERS = """
SELECT answer_text FROM (
  SELECT a.answer_text, a.id, row_number() OVER (PARTITION BY a.user_id ORDER BY a.id) AS nth
  FROM round_copy c JOIN attempt a ON a.question_id = c.question_id WHERE c.round_id = :id
) WHERE nth = 1 ORDER BY id
"""
_MET = """
SELECT a.item_id, count(DISTINCT a.user_id) AS members FROM membership m JOIN attempt a ON a.user_id = m.user_id
WHERE m.group_id = :group_id AND a.kind = 'quiz' GROUP BY a.item_id
"""
_PASSES = _MET.replace("a.kind = 'quiz'", "a.kind = 'challenge' AND a.correct = 1")
_REVEALED = """
SELECT 1 FROM round_reveal WHERE round_id = :id
AND (:external_id IS NULL OR (platform = :platform AND external_id = :external_id)) LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One question to a whole group. `local_day` is the group's; the seed fixes numbers and order for all."""

    id: int
    group_id: int
    local_day: date
    item_id: str
    seed: str
    made_at: datetime

    @property
    def key(self) -> str:
        """What buttons call it."""
        return f"g{self.id}"


class Rounds:
    """The rounds of groups."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def begin(self, group_id: int, local_day: date, item_id: str, seed: str) -> Round:
        """Begin a group's round of a day; when it has begun already, that one stands."""
        return await self._write(lambda db: _begin(db, group_id, local_day, (item_id, seed), self._now()))

    async def on(self, group_id: int, local_day: date) -> Round | None:
        """Find a group's round of a day."""
        sql = _SELECT + "WHERE group_id = :group_id AND local_day = :day"
        return await self._read(lambda db: _round(one(db, sql, group_id=group_id, day=day_text(local_day))))

    async def find(self, key: str) -> Round | None:
        """Find a round by what buttons call it."""
        number = key[1:]
        if not (key[:1].lower() == "g" and number.isascii() and number.isdigit() and len(number) < 16):
            return None
        return await self._read(lambda db: _round(one(db, _SELECT + "WHERE id = :id", id=int(number))))

    async def recent_items(self, group_id: int, most: int) -> list[str]:
        """List what a group's latest rounds asked, newest first."""
        sql = "SELECT item_id FROM round WHERE group_id = :group_id ORDER BY local_day DESC LIMIT :most"
        found = await self._read(lambda db: rows(db, sql, group_id=group_id, most=most))
        return [row["item_id"] for row in found]

    async def met(self, group_id: int) -> dict[str, int]:
        """Count by item how many members of a group have answered it, in whatever place."""
        found = await self._read(lambda db: rows(db, _MET, group_id=group_id))
        return {row["item_id"]: row["members"] for row in found}

    async def passes(self, group_id: int) -> dict[str, int]:
        """Count by challenge how many members of a group have passed it."""
        found = await self._read(lambda db: rows(db, _PASSES, group_id=group_id))
        return {row["item_id"]: row["members"] for row in found}

    async def takes(self, round_id: int, user_id: int) -> bool:
        """Tell whether a learner is a member of the group that a round was put to."""
        sql = (
            "SELECT 1 FROM round r JOIN membership m ON m.group_id = r.group_id"
            " WHERE r.id = :id AND m.user_id = :user_id"
        )
        return await self._read(lambda db: value(db, sql, id=round_id, user_id=user_id)) is not None

    async def copy_of(self, round_id: int, user_id: int) -> Question | None:
        """Find a learner's copy of a round; of two, as after linking accounts, the one answered first."""
        return await self._read(lambda db: _copy_of(db, round_id, user_id))

    async def copy(self, asked: Round, user_id: int, local_day: date, seen_at: datetime) -> Question:
        """Give a learner their copy of a round, one however often it is asked for; `seen_at` is when they saw it."""
        return await self._write(lambda db: _copy(db, asked, people.current(db, user_id), local_day, seen_at))

    async def answers(self, round_id: int) -> list[str]:
        """List what learners answered, the first answer of each, in the order given; nothing says whose."""
        return [row["answer_text"] for row in await self._read(lambda db: rows(db, _FIRST_ANSWERS, id=round_id))]

    async def reveal(self, round_id: int, where: Spot, delivery_id: int) -> bool:
        """Note that a delivery shows a round's answer in a channel; False when another one has shown it there."""
        return await self._write(lambda db: _reveal(db, round_id, where, delivery_id, self._now()))

    async def revealed(self, round_id: int, platform: str, external_id: str | None) -> bool:
        """Tell whether a round's answer was shown in a server or workspace; without one, whether it was anywhere."""
        named = {"id": round_id, "platform": platform, "external_id": external_id}
        return await self._read(lambda db: value(db, _REVEALED, **named)) is not None


def _reveal(db: Database, round_id: int, where: Spot, delivery_id: int, now: datetime) -> bool:
    named = {"id": round_id, "platform": where.platform, "external_id": where.external_id, "channel": where.channel}
    change(
        db,
        "INSERT INTO round_reveal (round_id, platform, external_id, channel, delivery_id, at)"
        " VALUES (:id, :platform, :external_id, :channel, :delivery, :at) ON CONFLICT DO NOTHING",
        delivery=delivery_id,
        at=to_ms(now),
        **named,
    )
    sql = (
        "SELECT delivery_id FROM round_reveal WHERE round_id = :id AND platform = :platform"
        " AND external_id = :external_id AND channel = :channel"
    )
    return bool(value(db, sql, **named) == delivery_id)


def _begin(db: Database, group_id: int, local_day: date, asked: tuple[str, str], now: datetime) -> Round:
    change(
        db,
        "INSERT INTO round (group_id, local_day, item_id, seed, made_at) VALUES (:group_id, :day, :item_id, :seed, :at)"
        " ON CONFLICT (group_id, local_day) DO NOTHING",
        group_id=group_id,
        day=day_text(local_day),
        item_id=asked[0],
        seed=asked[1],
        at=to_ms(now),
    )
    sql = _SELECT + "WHERE group_id = :group_id AND local_day = :day"
    begun = _round(one(db, sql, group_id=group_id, day=day_text(local_day)))
    if begun is None:
        raise LookupError(f"the round of group {group_id} on {local_day} is gone")
    return begun


def _round(row: Row | None) -> Round | None:
    if row is None:
        return None
    return Round(**{**row, "local_day": to_day(row["local_day"]), "made_at": from_ms(row["made_at"])})


def _copy_of(db: Database, round_id: int, user_id: int) -> Question | None:
    sql = (
        "SELECT c.question_id FROM round_copy c JOIN question q ON q.id = c.question_id"
        " LEFT JOIN attempt a ON a.question_id = q.id WHERE c.round_id = :id AND q.user_id = :user_id"
        " ORDER BY a.id IS NULL, a.id, q.id LIMIT 1"
    )
    found = value(db, sql, id=round_id, user_id=user_id)
    return None if found is None else questions.by_id(db, found)


def _copy(db: Database, asked: Round, user_id: int, local_day: date, seen_at: datetime) -> Question:
    known = _copy_of(db, asked.id, user_id)
    if known is not None:
        return known
    idem = f"round:{asked.id}:{user_id}"
    posing = Posing(user_id, ((asked.item_id, asked.seed),), "quiz", local_day, idem)
    (posed,) = questions.pose(db, posing, seen_at)
    change(
        db,
        "INSERT INTO round_copy (question_id, round_id) VALUES (:question, :round)",
        question=posed.id,
        round=asked.id,
    )
    return posed
