"""Proving that two accounts are one person's: a code shown on one is typed on the other. Reached as `Store.links`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlite_utils import Database

from bot.store import codes, mergers, people
from bot.store.readers import Readers
from bot.store.writer import Writer

Account = tuple[str, str]
"""A platform and somebody's id there."""


class Linking(StrEnum):
    """What became of a code somebody typed."""

    DONE = "done"
    ALREADY = "already"  # the two accounts are one learner's since before
    OWN = "own"  # it was typed where it was made
    UNKNOWN = "unknown"  # no such code, or it is spent or too old
    TOO_OFTEN = "too often"


class Links:
    """The accounts of learners."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def make_code(self, user_id: int, account: Account, bits: int) -> str:
        """Make a code for a learner to type on another account within ten minutes; `bits` are random."""
        code = codes.code_text(bits)
        making = codes.Making(code, "link", user_id, *account)
        await self._write(lambda db: codes.make(db, making, self._now()))
        return code

    async def link(self, user_id: int, account: Account, code: str, news: str) -> Linking:
        """Make the learner who typed a code one with the one who was given it; their other accounts get to hear the news."""
        return await self._write(lambda db: _link(db, user_id, account, code, news, self._now()))

    async def accounts(self, user_id: int) -> list[Account]:
        """List a learner's accounts."""
        return await self._read(lambda db: people.accounts(db, user_id))

    async def told(self, account: Account) -> None:
        """Note that an account was told its news."""
        await self._write(lambda db: people.told(db, *account))

    async def current(self, user_id: int) -> int:
        """Find who a learner is by now."""
        return await self._read(lambda db: people.current(db, user_id))


def _link(db: Database, user_id: int, account: Account, typed: str, news: str, now: datetime) -> Linking:
    me = people.current(db, user_id)
    found = codes.find(db, typed, "link")
    maker = people.current(db, found["user_id"]) if found else None
    if found and maker == me:
        return Linking.OWN if account == (found["platform"], found["external_id"]) else Linking.ALREADY
    if codes.tried_too_often(db, me, now):
        return Linking.TOO_OFTEN
    if found is None or maker is None or not codes.is_live(found, now):
        codes.note_try(db, me, now)
        return Linking.UNKNOWN
    codes.spend(db, found, now)
    new = mergers.merge(db, maker, me, now)
    people.tell(db, new, news, but=account)
    return Linking.DONE
