"""What the tutor keeps: who agreed to it, what it cost, and what was answered before. Reached as `Store.tutoring`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.messages import LOCAL_PLATFORM
from bot.store import people, tutoring_money
from bot.store.codec import to_ms
from bot.store.connect import change, value
from bot.store.readers import Readers
from bot.store.tutoring_money import Expense, Limits, Reserved, Short, Spent, Used
from bot.store.writer import Writer

ANSWER_LIFE = timedelta(days=30)
SECRET_WORDS = 4  # of 64 bits each


class Tutoring:
    """The tutor's memory."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def opted_in(self, group_id: int) -> bool:
        """Whether a group's code may be sent to Claude: as its admins decided, else only on somebody's own machine."""
        return await self._read(lambda db: _opted_in(db, group_id))

    async def set_opt_in(self, group_id: int, on: bool) -> None:
        """Keep what a group's admins decided."""
        await self._write(lambda db: _set_opt_in(db, group_id, on, self._now()))

    async def is_off(self, user_id: int) -> bool:
        """Whether a learner wants none of their code sent, whatever their group decided."""
        return await self._read(lambda db: bool(_learner(db, user_id, "off")))

    async def set_off(self, user_id: int, off: bool) -> None:
        """Keep whether a learner wants none of their code sent."""
        await self._write(lambda db: _set_off(db, tutoring_money.somebody(db, user_id), off))

    async def first_use_seen(self, user_id: int) -> bool:
        """Whether a learner has been told what is sent, which comes before anything is."""
        return await self._read(lambda db: _learner(db, user_id, "noticed_at") is not None)

    async def note_first_use(self, user_id: int) -> None:
        """Keep that a learner has been told what is sent; the first time counts."""
        await self._write(lambda db: _note_first_use(db, tutoring_money.somebody(db, user_id), self._now()))

    async def may_send(self, user_id: int, group_id: int) -> bool:
        """Whether a learner's code may be sent: their group agreed, and they do not object."""
        return await self._read(lambda db: _opted_in(db, group_id) and not _learner(db, user_id, "off"))

    async def secret(self, entropy: Callable[[], int]) -> bytes:
        """Read this installation's secret; the first time it is made from 64-bit random numbers."""
        kept = await self._read(_secret)
        if kept:
            return bytes.fromhex(kept)
        fresh = b"".join(entropy().to_bytes(8, "big") for _ in range(SECRET_WORDS)).hex()
        return bytes.fromhex(await self._write(lambda db: _make_secret(db, fresh)))

    async def name(self, user_id: int) -> str:
        """Read a learner's display name, to keep it out of what is sent; "" for nobody."""
        sql = "SELECT name FROM app_user WHERE id = :id"
        return str(await self._read(lambda db: value(db, sql, id=user_id)) or "")

    async def reserve(self, what: Expense, limits: Limits) -> Reserved | Short:
        """Set the most a request can cost aside, in one transaction with the look at the limits."""
        return await self._write(lambda db: tutoring_money.reserve(db, what, limits, self._now()))

    async def affords(self, what: Expense, limits: Limits) -> bool:
        """Whether the money would reach for a request as things stand."""
        return await self._read(lambda db: tutoring_money.short(db, what, limits, self._now()) is None)

    async def settle(self, reserved: Reserved, cost: int | None, used: Used | None = None) -> None:
        """Put what a request cost in place of what was set aside; None when nobody knows, and then that stays."""
        await self._write(lambda db: tutoring_money.settle(db, reserved, cost, used or Used()))

    async def spent(self, day: str) -> Spent:
        """Add up what was spent on a UTC day such as 2026-11-23, or in a month such as 2026-11."""
        return await self._read(lambda db: tutoring_money.spent(db, day))

    async def answer(self, key: str) -> str | None:
        """Read an answer of before; "" when it was found that none can be shown, None when nobody asked."""
        since = to_ms(self._now() - ANSWER_LIFE)
        sql = "SELECT body FROM tutor_answer WHERE key = :key AND at >= :since"
        return await self._read(lambda db: value(db, sql, key=key, since=since))

    async def keep_answer(self, key: str, user_id: int, body: str) -> None:
        """Keep an answer for those who make the same mistake; it is the learner's whose code it is about."""
        await self._write(lambda db: _keep_answer(db, key, user_id, body, self._now()))


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give the learner two became what either was asked and answered; who objected still does, who was told was told."""
    both = {"one": old[0], "other": old[1], "new": new}
    change(
        db,
        "INSERT INTO tutor_learner (user_id, off, noticed_at) SELECT :new, max(off), min(noticed_at)"
        " FROM tutor_learner WHERE user_id IN (:one, :other) HAVING count(*) > 0",
        **both,
    )
    change(db, "DELETE FROM tutor_learner WHERE user_id IN (:one, :other)", one=old[0], other=old[1])
    change(db, "UPDATE tutor_call SET user_id = :new WHERE user_id IN (:one, :other)", **both)
    change(db, "UPDATE tutor_answer SET user_id = :new WHERE user_id IN (:one, :other)", **both)


def _opted_in(db: Database, group_id: int) -> bool:
    decided = value(db, "SELECT opted_in FROM tutor_group WHERE group_id = :id", id=group_id)
    if decided is not None:
        return bool(decided)
    return bool(value(db, "SELECT platform FROM grp WHERE id = :id", id=group_id) == LOCAL_PLATFORM)


def _set_opt_in(db: Database, group_id: int, on: bool, now: datetime) -> None:
    change(
        db,
        "INSERT INTO tutor_group (group_id, opted_in, at) VALUES (:id, :on, :at)"
        " ON CONFLICT (group_id) DO UPDATE SET opted_in = excluded.opted_in, at = excluded.at",
        id=group_id,
        on=int(on),
        at=to_ms(now),
    )


def _learner(db: Database, user_id: int, column: str) -> int | None:
    sql = f"SELECT {column} FROM tutor_learner WHERE user_id = :id"  # noqa: S608 - a name of ours
    found: int | None = value(db, sql, id=people.current(db, user_id))
    return found


def _set_off(db: Database, user_id: int | None, off: bool) -> None:
    change(
        db,
        "INSERT INTO tutor_learner (user_id, off) SELECT :id, :off WHERE :id IS NOT NULL"
        " ON CONFLICT (user_id) DO UPDATE SET off = excluded.off",
        id=user_id,
        off=int(off),
    )


def _note_first_use(db: Database, user_id: int | None, now: datetime) -> None:
    change(
        db,
        "INSERT INTO tutor_learner (user_id, noticed_at) SELECT :id, :at WHERE :id IS NOT NULL"
        " ON CONFLICT (user_id) DO UPDATE SET noticed_at = coalesce(noticed_at, excluded.noticed_at)",
        id=user_id,
        at=to_ms(now),
    )


def _secret(db: Database) -> str:
    return str(value(db, "SELECT secret FROM tutor_install") or "")


def _make_secret(db: Database, fresh: str) -> str:
    change(db, "INSERT INTO tutor_install (id, secret) VALUES (1, :fresh) ON CONFLICT DO NOTHING", fresh=fresh)
    return _secret(db)


def _keep_answer(db: Database, key: str, user_id: int, body: str, now: datetime) -> None:
    change(db, "DELETE FROM tutor_answer WHERE at < :before", before=to_ms(now - ANSWER_LIFE))
    change(
        db,
        "INSERT INTO tutor_answer (key, user_id, body, at) VALUES (:key, :user_id, :body, :at)"
        " ON CONFLICT (key) DO UPDATE SET user_id = excluded.user_id, body = excluded.body, at = excluded.at",
        key=key,
        user_id=tutoring_money.somebody(db, user_id),
        body=body,
        at=to_ms(now),
    )
