"""Hints taken for challenges: each rung once, in order."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.store import people
from bot.store.codec import day_text, to_ms
from bot.store.connect import change, one, value


def used(db: Database, user_id: int, slug: str) -> int:
    """Count the hints a learner has taken for a challenge."""
    sql = "SELECT count(*) FROM hint_use WHERE user_id = :user_id AND slug = :slug"
    return int(value(db, sql, user_id=user_id, slug=slug))


class HintRequest(NamedTuple):
    """A learner asking for the next hint of a challenge that has `rungs` of them."""

    user_id: int
    slug: str
    rungs: int
    local_day: date
    idem: str | None = None


def take(db: Database, request: HintRequest, now: datetime) -> int:
    """Take the next hint and say which it is, from 1; the last one stays, and a repeated request gets its own again."""
    repeated = one(db, "SELECT user_id, slug, rung FROM hint_use WHERE idem = :idem", idem=request.idem)
    if repeated and repeated["slug"] == request.slug and people.current(db, repeated["user_id"]) == request.user_id:
        return int(repeated["rung"])
    taken = used(db, request.user_id, request.slug)
    if taken >= request.rungs:
        return taken
    change(
        db,
        "INSERT INTO hint_use (user_id, slug, rung, idem, local_day, at) VALUES (:user_id, :slug, :rung, :idem, :day, :at)",
        user_id=request.user_id,
        slug=request.slug,
        rung=taken + 1,
        idem=request.idem,
        day=day_text(request.local_day),
        at=to_ms(now),
    )
    return taken + 1
