"""In which hours of their day learners want no messages. Reached as `Store.reminders`; when reminders come is a schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.store import people
from bot.store.connect import change, one
from bot.store.readers import Readers
from bot.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours without messages on a learner's own clock: from one full hour to another, the same one meaning none."""

    start: int = 22
    end: int = 8

    def holds_at(self, hour: int) -> bool:
        """Tell whether an hour is quiet."""
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


class Reminders:
    """What learners said about being written to."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def quiet(self, user_id: int) -> Quiet:
        """Read a learner's quiet hours; nights, where nothing was said."""
        return await self._read(lambda db: _of(db, people.current(db, user_id)) or Quiet())

    async def keep_quiet(self, user_id: int, quiet: Quiet) -> None:
        """Keep a learner's quiet hours."""
        await self._write(lambda db: _keep(db, people.current(db, user_id), quiet))


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give the new learner the quiet hours of the first of the two who chose some."""
    chosen = next((quiet for quiet in (_of(db, user_id) for user_id in old) if quiet is not None), None)
    change(db, "DELETE FROM quiet WHERE user_id IN (:one, :other)", one=old[0], other=old[1])
    if chosen is not None:
        _keep(db, new, chosen)


def _of(db: Database, user_id: int) -> Quiet | None:
    row = one(db, "SELECT start_hour AS start, end_hour AS end FROM quiet WHERE user_id = :id", id=user_id)
    return Quiet(**row) if row else None


def _keep(db: Database, user_id: int, quiet: Quiet) -> None:
    change(
        db,
        "INSERT INTO quiet (user_id, start_hour, end_hour) VALUES (:id, :start, :end)"
        " ON CONFLICT (user_id) DO UPDATE SET start_hour = excluded.start_hour, end_hour = excluded.end_hour",
        id=user_id,
        **asdict(quiet),
    )
