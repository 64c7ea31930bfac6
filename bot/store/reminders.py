"""Who wants to be reminded, when, and in which hours never. Reached as `Store.reminders`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, time

from sqlite_utils import Database

from bot.store import people, schedules
from bot.store.connect import change, one
from bot.store.readers import Readers
from bot.store.rows import Spot
from bot.store.writer import Writer

QUIET_FROM, QUIET_UNTIL = 22, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A learner's wish to be reminded by a direct message.

    Attributes:
        platform: of the account that is written to.
        person: the platform's id of that account.
        minute: of the learner's day, from midnight; None for never.
        quiet_from: the hour from which on nothing is sent.
        quiet_until: the hour at which that ends; the same hour means that no hours are quiet.
    """

    platform: str = ""
    person: str = ""
    minute: int | None = None
    quiet_from: int = QUIET_FROM
    quiet_until: int = QUIET_UNTIL

    def is_quiet(self, hour: int) -> bool:
        """Tell whether an hour of the learner's clock is one of theirs without messages."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


class Reminders:
    """The reminders of learners."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def of(self, user_id: int) -> Reminder:
        """Read how a learner wants to be reminded; by default never."""
        return await self._read(lambda db: _of(db, people.current(db, user_id)))

    async def keep(self, user_id: int, wish: Reminder) -> None:
        """Keep how a learner wants to be reminded."""

        def keep(db: Database) -> None:
            me = people.current(db, user_id)
            _keep(db, me, wish)
            at = None if wish.minute is None else time(wish.minute // 60, wish.minute % 60)
            schedules.remind(db, me, Spot(wish.platform, wish.person), at, self._now())

        await self._write(keep)


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give the new learner the reminder of the first of the two that has one; nobody is reminded twice."""
    wishes = [wish for wish in (_of(db, user_id) for user_id in old) if wish != Reminder()]
    chosen = next((wish for wish in wishes if wish.minute is not None), next(iter(wishes), None))
    change(db, "DELETE FROM reminder WHERE user_id IN (:one, :other)", one=old[0], other=old[1])
    if chosen is not None:
        _keep(db, new, chosen)


def _of(db: Database, user_id: int) -> Reminder:
    sql = "SELECT platform, person, minute, quiet_from, quiet_until FROM reminder WHERE user_id = :id"
    row = one(db, sql, id=user_id)
    return Reminder(**row) if row else Reminder()


def _keep(db: Database, user_id: int, wish: Reminder) -> None:
    change(
        db,
        "INSERT INTO reminder (user_id, platform, person, minute, quiet_from, quiet_until)"
        " VALUES (:id, :platform, :person, :minute, :quiet_from, :quiet_until)"
        " ON CONFLICT (user_id) DO UPDATE SET platform = excluded.platform, person = excluded.person,"
        " minute = excluded.minute, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until",
        id=user_id,
        **asdict(wish),
    )
