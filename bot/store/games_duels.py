"""Duels as they are kept: challenges, who took them, the questions of both, and how they ended. Reached as `Store.games.duels`.

Answers are ordinary attempts and pay as practice does. A duel ends when both have answered everything, or two days after it
was taken up: then what is missing is wrong, and nothing happened if one of them never began.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlite_utils import Database

from bot import duels
from bot.store import codes, games_codes, games_results, people, questions
from bot.store.codec import from_ms, to_ms
from bot.store.connect import Row, change, insert, one, rows, value
from bot.store.games_names import leave_word, public_name
from bot.store.games_results import Ended
from bot.store.readers import Readers
from bot.store.rows import Question
from bot.store.writer import Writer

SHOWN = 5  # open challenges in a list


class Taking(StrEnum):
    """What became of a wish to take up a challenge."""

    DONE = "done"
    OWN = "own"
    UNKNOWN = "unknown"  # no such code or challenge, or somebody else took it, or it is too old
    TOO_OFTEN = "too often"
    BUSY = "busy"  # one of the two is in a duel


class Challenge(NamedTuple):
    """An open challenge to a group."""

    id: int
    by: str
    mine: bool
    until: datetime


class Duel(NamedTuple):
    """A duel under way, as one of the two sees it. `items` is empty until they are chosen."""

    id: int
    rival: int
    rival_name: str
    items: tuple[str, ...]
    answered: int
    open: Question | None
    rival_answered: int
    until: datetime


class Duels:
    """The duels of learners."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def challenge(self, user_id: int, group_id: int) -> bool:
        """Challenge a group for two days; False while there is such a challenge, or a duel."""
        return await self._write(lambda db: _challenge(db, people.current(db, user_id), group_id, self._now()))

    async def make_code(self, user_id: int, bits: int) -> str:
        """Make a code by which one person may take up a challenge within two days; `bits` are random."""
        code = codes.code_text(bits)
        await self._write(lambda db: games_codes.make(db, "duel", code, people.current(db, user_id), self._now()))
        return code

    async def withdraw(self, user_id: int) -> bool:
        """Take back one's open challenge; False when there is none."""
        return await self._write(lambda db: _withdraw(db, people.current(db, user_id), self._now()))

    async def take(self, user_id: int, group_id: int, duel_id: int) -> Taking:
        """Take up a group's open challenge."""
        return await self._write(lambda db: _take(db, people.current(db, user_id), group_id, duel_id, self._now()))

    async def take_by_code(self, user_id: int, group_id: int, code: str) -> Taking:
        """Take up the challenge of who made a code."""
        return await self._write(lambda db: _take_by_code(db, people.current(db, user_id), group_id, code, self._now()))

    async def challenges(self, user_id: int, group_id: int) -> list[Challenge]:
        """List a group's open challenges, the oldest first; those of hidden members too, without their names."""
        return await self._read(lambda db: _challenges(db, user_id, group_id, self._now()))

    async def running(self, user_id: int) -> Duel | None:
        """Find a learner's duel under way, once those whose time is up have been ended."""
        await self._write(lambda db: _end_late(db, people.current(db, user_id), self._now()))
        return await self._read(lambda db: _running(db, user_id))

    async def set_items(self, duel_id: int, items: Sequence[str]) -> tuple[str, ...]:
        """Settle what a duel asks, only once, and say what that is."""
        return await self._write(lambda db: _set_items(db, duel_id, items))

    async def pose(self, user_id: int, duel_id: int, seeds: Sequence[str], day: date) -> Question | None:
        """Put the next question of a duel to a learner, with their own seed for its place; None when all were answered."""
        return await self._write(lambda db: _pose(db, people.current(db, user_id), duel_id, seeds, day, self._now()))

    async def after(self, question_id: int) -> bool | Ended | None:
        """Look after a duel once a question was answered: None if it is of none, False while the learner has more to answer.

        True when they are done and the other is not, else how it ended; the other is told at their next visit.
        """
        if await self._read(lambda db: _duel_of(db, question_id)) is None:
            return None
        return await self._write(lambda db: _after(db, question_id, self._now()))

    async def rating(self, user_id: int) -> float:
        """Read a learner's rating."""
        return await self._read(lambda db: games_results.rating(db, user_id))

    async def past(self, user_id: int) -> list[Ended]:
        """List a learner's latest duels, the last first."""
        return await self._read(lambda db: games_results.past(db, user_id))


_UNDER_WAY = "(challenger = :me OR rival = :me) AND rival IS NOT NULL AND ended_at IS NULL"
_OPEN = "rival IS NULL AND ended_at IS NULL AND expires_at > :now"


def _challenge(db: Database, me: int, group_id: int, now: datetime) -> bool:
    waiting = f"SELECT 1 FROM duel WHERE challenger = :me AND {_OPEN}"  # noqa: S608 - our own text
    if _busy(db, me, now) or value(db, waiting, me=me, now=to_ms(now)) is not None:
        return False
    _add(db, group_id, me, None, now)
    return True


def _add(db: Database, group_id: int, me: int, rival: int | None, now: datetime) -> int:
    return insert(
        db,
        "INSERT INTO duel (group_id, challenger, rival, made_at, expires_at) VALUES (:group_id, :me, :rival, :at, :until)",
        group_id=group_id,
        me=me,
        rival=rival,
        at=to_ms(now),
        until=to_ms(now + duels.LASTS),
    )


def _busy(db: Database, me: int, now: datetime) -> bool:
    _end_late(db, me, now)
    return value(db, f"SELECT 1 FROM duel WHERE {_UNDER_WAY}", me=me) is not None  # noqa: S608 - our own text


def _withdraw(db: Database, me: int, now: datetime) -> bool:
    sql = f"UPDATE duel SET ended_at = :now WHERE challenger = :me AND {_OPEN}"  # noqa: S608 - our own text
    return change(db, sql, me=me, now=to_ms(now)) > 0


def _take(db: Database, me: int, group_id: int, duel_id: int, now: datetime) -> Taking:
    sql = f"SELECT * FROM duel WHERE id = :id AND group_id = :group_id AND {_OPEN}"  # noqa: S608 - our own text
    row = one(db, sql, id=duel_id, group_id=group_id, now=to_ms(now))
    if row is None:
        return Taking.UNKNOWN
    if row["challenger"] == me:
        return Taking.OWN
    if _busy(db, me, now) or _busy(db, row["challenger"], now):
        return Taking.BUSY
    until = to_ms(now + duels.LASTS)
    change(db, "UPDATE duel SET rival = :me, expires_at = :until WHERE id = :id", me=me, until=until, id=duel_id)
    _tell_taken(db, row["challenger"], me)
    return Taking.DONE


def _take_by_code(db: Database, me: int, group_id: int, code: str, now: datetime) -> Taking:
    found = games_codes.owner(db, "duel", code, me, now)
    if isinstance(found, str):
        return Taking(found)
    other = people.current(db, found)
    if other == me:
        return Taking.OWN
    if _busy(db, me, now) or _busy(db, other, now):
        return Taking.BUSY
    games_codes.spend(db, code, now)
    _add(db, group_id, other, me, now)
    _tell_taken(db, other, me)
    return Taking.DONE


def _tell_taken(db: Database, challenger: int, me: int) -> None:
    leave_word(db, challenger, f"{public_name(db, me)} takes up your duel: /duel shows your questions.")


def _challenges(db: Database, me: int, group_id: int, now: datetime) -> list[Challenge]:
    sql = f"SELECT * FROM duel WHERE group_id = :group_id AND {_OPEN} ORDER BY id LIMIT :most"  # noqa: S608 - our own text
    return [
        Challenge(row["id"], public_name(db, row["challenger"]), row["challenger"] == me, from_ms(row["expires_at"]))
        for row in rows(db, sql, group_id=group_id, now=to_ms(now), most=SHOWN)
    ]


def _running(db: Database, me: int) -> Duel | None:
    row = one(db, f"SELECT * FROM duel WHERE {_UNDER_WAY} ORDER BY id LIMIT 1", me=me)  # noqa: S608 - our own text
    if row is None:
        return None
    rival = games_results.other(row, me)
    mine = _posed(db, row["id"], me)
    return Duel(
        id=row["id"],
        rival=rival,
        rival_name=public_name(db, rival),
        items=tuple(json.loads(row["items"])),
        answered=sum(question.answered for question in mine),
        open=next((question for question in mine if not question.answered), None),
        rival_answered=sum(question.answered for question in _posed(db, row["id"], rival)),
        until=from_ms(row["expires_at"]),
    )


def _posed(db: Database, duel_id: int, user_id: int) -> list[Question]:
    sql = "SELECT question_id FROM duel_question WHERE duel_id = :duel AND user_id = :user ORDER BY slot"
    found = (questions.by_id(db, row["question_id"]) for row in rows(db, sql, duel=duel_id, user=user_id))
    return [question for question in found if question]


def _pose(db: Database, me: int, duel_id: int, seeds: Sequence[str], day: date, now: datetime) -> Question | None:
    row = one(db, f"SELECT * FROM duel WHERE id = :id AND {_UNDER_WAY}", id=duel_id, me=me)  # noqa: S608 - our own text
    if row is None:
        return None
    mine, items = _posed(db, duel_id, me), json.loads(row["items"])
    waiting = next((question for question in mine if not question.answered), None)
    if waiting or len(mine) == len(items):
        return waiting
    slot = len(mine)
    posing = questions.Posing(me, ((items[slot], seeds[slot]),), "quiz", day, f"duel:{duel_id}:{me}:{slot}")
    (question,) = questions.pose(db, posing, now)
    sql = "INSERT INTO duel_question (duel_id, user_id, slot, question_id) VALUES (:duel, :me, :slot, :question)"
    change(db, sql, duel=duel_id, me=me, slot=slot, question=question.id)
    return question


def _set_items(db: Database, duel_id: int, items: Sequence[str]) -> tuple[str, ...]:
    sql = "UPDATE duel SET items = :items WHERE id = :id AND items = '[]'"
    change(db, sql, items=json.dumps(list(items)), id=duel_id)
    return tuple(json.loads(value(db, "SELECT items FROM duel WHERE id = :id", id=duel_id)))


def _duel_of(db: Database, question_id: int) -> Row | None:
    return one(db, "SELECT duel_id, user_id FROM duel_question WHERE question_id = :id", id=question_id)


def _after(db: Database, question_id: int, now: datetime) -> bool | Ended | None:
    mine = _duel_of(db, question_id)
    row = mine and one(db, "SELECT * FROM duel WHERE id = :id", id=mine["duel_id"])
    if not mine or not row or row["rival"] is None:
        return None
    me, size = mine["user_id"], len(json.loads(row["items"]))
    if to_ms(now) >= row["expires_at"]:
        _end_late(db, me, now)
    elif not _finished(db, row["id"], me, size):
        return False
    elif row["ended_at"] is None and _finished(db, row["id"], games_results.other(row, me), size):
        games_results.settle(db, row, now, teller=me)
    return next((ended for ended in games_results.past(db, me) if ended.id == row["id"]), True)


def _finished(db: Database, duel_id: int, user_id: int, size: int) -> bool:
    return sum(question.answered for question in _posed(db, duel_id, user_id)) >= size


def _end_late(db: Database, me: int, now: datetime) -> None:
    """End a learner's duels whose time is up; nothing happened in one that either of the two never began."""
    sql = f"SELECT * FROM duel WHERE {_UNDER_WAY} AND expires_at <= :now ORDER BY id"  # noqa: S608 - our own text
    for row in rows(db, sql, me=me, now=to_ms(now)):
        begun = [
            games_results.result(db, row["id"], user_id) is not None for user_id in (row["challenger"], row["rival"])
        ]
        if all(begun):
            games_results.settle(db, row, now, teller=None)
        else:
            change(db, "UPDATE duel SET ended_at = :at WHERE id = :id", at=to_ms(now), id=row["id"])


def hand_over(db: Database, old: tuple[int, int], new: int, now: datetime) -> None:
    """Give two learners' duels to the one they became; one between the two themselves never was."""
    both = {"one": old[0], "other": old[1]}
    own = "SELECT id FROM duel WHERE challenger IN (:one, :other) AND rival IN (:one, :other)"
    for row in rows(db, own, **both):
        change(db, "DELETE FROM duel_score WHERE duel_id = :id", **row)
        change(db, "DELETE FROM duel_question WHERE duel_id = :id", **row)
        change(db, "UPDATE duel SET ended_at = :at WHERE id = :id", at=to_ms(now), **row)
    for column, table in (
        ("challenger", "duel"),
        ("rival", "duel"),
        ("user_id", "duel_question"),
        ("user_id", "duel_score"),
    ):
        change(db, f"UPDATE {table} SET {column} = :new WHERE {column} IN (:one, :other)", new=new, **both)  # noqa: S608
