"""Everything that is known about one learner: to export, and to erase. Reached as `Store.privacy`."""

# ruff: noqa: S608 - names of tables and columns come from the schema itself, and numbers from the store

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.store import codes, people, privacy_erase, privacy_map
from bot.store.codec import to_ms
from bot.store.connect import change, one, rows, value
from bot.store.errors import StoreError
from bot.store.privacy_file import Forgotten, scrub
from bot.store.readers import Readers
from bot.store.rows import MissedItem
from bot.store.writer import Writer

WISH_LIFE = timedelta(minutes=10)
REST = timedelta(minutes=10)  # between two cleanings that learners set off
AT_ONCE = 256_000_000  # bytes of a database that is cleaned in seconds; nobody can write meanwhile
SOMEBODY_ELSE = "someone else"

_MISSED = """
SELECT q.item_id, q.seed, a.answer_text FROM attempt a JOIN question q ON q.id = a.question_id
WHERE a.id IN (SELECT max(id) FROM attempt WHERE user_id = :id AND kind = 'quiz' AND correct = 0
  AND verdict = 'wrong' AND answer_text != '' GROUP BY item_id) ORDER BY a.id
"""
_BLANK_OLD = (
    "UPDATE submission SET source = '', source_hash = '', report_json = '{}' WHERE at < :before AND source != ''",
    "UPDATE attempt SET answer_text = '' WHERE at < :before AND verdict = 'formative' AND answer_text != ''",
    "DELETE FROM explanation WHERE at < :before",
    "DELETE FROM explanation_turn WHERE at < :before",
    "DELETE FROM tutor_answer WHERE at < :before",
    "UPDATE item_report SET words = '' WHERE resolved_at < :before AND words != ''",
)


class Erasing(StrEnum):
    """What became of a wish to be forgotten."""

    DONE = "done"
    WRONG = "wrong code"
    LATE = "too late, or no such wish"


class Privacy:
    """A learner's rights over what is kept of them."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime], path: Path) -> None:
        self._write, self._read, self._now, self._path = writer.run, readers.run, now, path
        self._scrubbing = asyncio.Lock()
        self._scrubbed: datetime | None = None
        self.forgotten = Forgotten(path)

    async def export(self, user_id: int) -> dict[str, list[dict[str, Any]]]:
        """Read every row about a learner, by table; other learners' numbers are left out."""
        return await self._read(lambda db: _export(db, user_id))

    async def missed(self, user_id: int) -> list[MissedItem]:
        """Read the latest wrong answer to each item that a learner ever got wrong."""
        return await self._read(lambda db: [MissedItem(**row) for row in rows(db, _MISSED, id=user_id)])

    async def wish(self, user_id: int, bits: int) -> str:
        """Make the code that confirms within ten minutes a wish to be forgotten; `bits` are random."""
        code = codes.code_text(bits)
        await self._write(lambda db: _wish(db, people.current(db, user_id), code, self._now()))
        return code

    async def confirm(self, user_id: int, typed: str) -> Erasing:
        """Forget a learner, with all their accounts, if the code is theirs and not too old."""
        found = await self._read(lambda db: _check(db, people.current(db, user_id), typed, self._now()))
        if found is not Erasing.DONE:
            return found
        await self.erase(user_id)
        return Erasing.DONE

    async def erase(self, user_id: int) -> None:
        """Forget a learner, with all their accounts, and note it for restores; the file's free space is cleaned at once or within a day."""
        theirs = await self._read(lambda db: privacy_erase.accounts(db, user_id))
        salt = await self._read(lambda db: str(value(db, "SELECT lower(hex(randomblob(16)))")))
        await asyncio.to_thread(self.forgotten.add, theirs, to_ms(self._now()), salt)
        await self._write(lambda db: privacy_erase.erase(db, user_id, self._now()))
        if await asyncio.to_thread(self._may_scrub):
            await self.scrub()

    async def scrub(self) -> bool:
        """Leave no copy of who was forgotten in the file's free space; what cannot be done now is done at the next upkeep."""
        sql = "SELECT count(*) FROM erasure WHERE scrubbed_at IS NULL"
        async with self._scrubbing:
            if not await self._read(lambda db: value(db, sql)):
                return True
            at = self._now()
            return await self._scrub_file() and bool(await self._write(lambda db: _scrubbed(db, at)))

    def _may_scrub(self) -> bool:
        """Whether others are not kept waiting by it for long, nor again and again; else the next upkeep does it."""
        rested = self._scrubbed is None or self._now() - self._scrubbed >= REST
        return rested and self._path.stat().st_size <= AT_ONCE

    async def _scrub_file(self) -> bool:
        self._scrubbed = self._now()
        try:
            return await asyncio.to_thread(scrub, self._path)
        except StoreError:
            return False

    async def reapply_erasures(self) -> int:
        """After a restore: forget once more who was forgotten since the backup. Says how many learners that were.

        Who came back after having been forgotten is another learner, and stays.
        """
        again = await self._read(lambda db: _returned(db, self.forgotten))
        for user_id in again:
            await self._write(lambda db, who=user_id: privacy_erase.erase(db, who, self._now()))  # type: ignore[misc]
        await self.scrub()
        return len(again)

    async def forget_words(self, before: datetime) -> int:
        """Blank code and free text of before an instant: what counted stays. Says how many texts that were."""
        blanked = await self._write(lambda db: _forget_words(db, to_ms(before)))
        if blanked:
            await self._scrub_file()
        return blanked


def hand_over(db: Database, old: tuple[int, int], _new: int) -> None:
    """Drop the wishes of two learners who became one: who they are now has to wish for it."""
    for user_id in old:
        change(db, "DELETE FROM erasure_wish WHERE user_id = :id", id=user_id)


def _export(db: Database, user_id: int) -> dict[str, list[dict[str, Any]]]:
    ids = privacy_erase.family(db, user_id)
    known = privacy_map.personal(db)
    found = {}
    for table in sorted(known):
        sql = f'SELECT * FROM "{table}" WHERE {privacy_map.condition(table, known, ids)}'
        hide = privacy_map.learner_columns(db, table)
        found[table] = [
            {key: SOMEBODY_ELSE if key in hide and held not in (None, *ids) else held for key, held in row.items()}
            for row in rows(db, sql)
        ]
    groups = {row["group_id"] for row in found["membership"]}
    among = ", ".join(map(str, sorted(groups)))
    found["grp"] = rows(db, f"SELECT id, platform, name, tz FROM grp WHERE id IN ({among}) ORDER BY id")
    return found


def _wish(db: Database, user_id: int, code: str, now: datetime) -> None:
    change(
        db,
        "INSERT INTO erasure_wish (user_id, hash, expires_at) VALUES (:id, :hash, :until)"
        " ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at",
        id=user_id,
        hash=_hash(code),
        until=to_ms(now + WISH_LIFE),
    )


def _check(db: Database, user_id: int, typed: str, now: datetime) -> Erasing:
    wish = one(db, "SELECT hash, expires_at FROM erasure_wish WHERE user_id = :id", id=user_id)
    if wish is None or wish["expires_at"] <= to_ms(now):
        return Erasing.LATE
    return Erasing.DONE if wish["hash"] == _hash(typed) else Erasing.WRONG


def _hash(typed: str) -> str:
    return hashlib.sha256(f"epochbot erasure {codes.read_code(typed)}".encode("utf-8", "replace")).hexdigest()


def _scrubbed(db: Database, at: datetime) -> int:
    sql = "UPDATE erasure SET scrubbed_at = :at WHERE scrubbed_at IS NULL AND at <= :at"
    return change(db, sql, at=to_ms(at))


def _returned(db: Database, forgotten: Forgotten) -> list[int]:
    """Learners who are in the database and were forgotten after they first came."""
    sql = "SELECT i.platform, i.external_id, u.id, u.created_at FROM identity i JOIN app_user u ON u.id = i.user_id"
    known = {(row["platform"], row["external_id"]): row for row in rows(db, sql)} if forgotten.path.exists() else {}
    times = forgotten.when(known)
    return sorted({int(known[account]["id"]) for account, at in times.items() if known[account]["created_at"] <= at})


def _forget_words(db: Database, before: int) -> int:
    change(
        db,
        "INSERT INTO forgetting (id, before) VALUES (1, :before)"
        " ON CONFLICT (id) DO UPDATE SET before = max(before, excluded.before)",
        before=before,
    )
    return sum(change(db, statement, before=before) for statement in _BLANK_OLD)
