"""Hints taken, each rung once: of a challenge by its slug, of a question by a key of its own. And challenges given up.

Reached as `Store.hints`. A rung costs whoever takes it some XP, so what is written here is what was paid for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.days import local_day
from bot.store import people
from bot.store.codec import day_text, to_ms
from bot.store.connect import change, one, rows, value
from bot.store.readers import Readers
from bot.store.writer import Writer

GAVE_UP = (
    100  # stands among a challenge's rungs once its solution was asked for; it is no hint, and its pass pays nothing
)


class Taken(NamedTuple):
    """The rung just taken, 0 when none was left, and all that were taken so far, in the order of their numbers."""

    new: int
    rungs: tuple[int, ...]


class Hints:
    """What learners were helped with, and when they asked to see a solution."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def take(self, user_id: int, key: str, order: Sequence[int], idem: str) -> Taken:
        """Take the first rung of an order that was not taken yet; a repeated request gets its own again."""

        def run(db: Database) -> Taken:
            me = people.current(db, user_id)
            request = HintRequest(me, key, tuple(order), _today(db, me, self._now()), idem)
            new = take(db, request, self._now())
            return Taken(new, _taken(db, me, key))

        return await self._write(run)

    async def taken(self, user_id: int, key: str) -> tuple[int, ...]:
        """List the rungs taken so far."""
        return await self._read(lambda db: _taken(db, user_id, key))

    async def give_up(self, user_id: int, slug: str) -> None:
        """Note that a learner asked for a challenge's solution; from then on passing it pays nothing."""

        def run(db: Database) -> None:
            me = people.current(db, user_id)
            if not gave_up(db, me, slug):
                _note(db, HintRequest(me, slug, (), _today(db, me, self._now())), GAVE_UP, self._now())

        await self._write(run)

    async def gave_up(self, user_id: int, slug: str) -> bool:
        """Tell whether a learner asked for a challenge's solution."""
        return await self._read(lambda db: gave_up(db, user_id, slug))


class HintRequest(NamedTuple):
    """A learner asking for the next of some rungs, in their order."""

    user_id: int
    key: str
    order: tuple[int, ...]
    local_day: date
    idem: str | None = None


def used(db: Database, user_id: int, key: str) -> int:
    """Count the hints a learner has taken for a challenge or question."""
    sql = "SELECT count(*) FROM hint_use WHERE user_id = :user_id AND slug = :key AND rung < :gave_up"
    return int(value(db, sql, user_id=user_id, key=key, gave_up=GAVE_UP))


def gave_up(db: Database, user_id: int, slug: str) -> bool:
    """Tell whether a learner asked for a challenge's solution."""
    sql = "SELECT count(*) FROM hint_use WHERE user_id = :user_id AND slug = :slug AND rung = :gave_up"
    return bool(value(db, sql, user_id=user_id, slug=slug, gave_up=GAVE_UP))


def take(db: Database, request: HintRequest, now: datetime) -> int:
    """Take the next rung and say which it is, 0 when none is left; a repeated request gets its own again."""
    repeated = one(db, "SELECT user_id, slug, rung FROM hint_use WHERE idem = :idem", idem=request.idem)
    if repeated and repeated["slug"] == request.key and people.current(db, repeated["user_id"]) == request.user_id:
        return int(repeated["rung"])
    taken = _taken(db, request.user_id, request.key)
    rung = next((rung for rung in request.order if rung not in taken), 0)
    if rung:
        _note(db, request, rung, now)
    return rung


def _taken(db: Database, user_id: int, key: str) -> tuple[int, ...]:
    sql = "SELECT rung FROM hint_use WHERE user_id = :user_id AND slug = :key AND rung < :gave_up ORDER BY rung"
    return tuple(row["rung"] for row in rows(db, sql, user_id=user_id, key=key, gave_up=GAVE_UP))


def _note(db: Database, request: HintRequest, rung: int, now: datetime) -> None:
    change(
        db,
        "INSERT INTO hint_use (user_id, slug, rung, idem, local_day, at) VALUES (:user_id, :slug, :rung, :idem, :day, :at)",
        user_id=request.user_id,
        slug=request.key,
        rung=rung,
        idem=request.idem,
        day=day_text(request.local_day),
        at=to_ms(now),
    )


def _today(db: Database, user_id: int, now: datetime) -> date:
    user = people.read_user(db, user_id, now)
    return local_day(now, user.tz, user.day_start)
