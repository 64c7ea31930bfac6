"""Posts that come by themselves: which are due, who is sending one, and where it is. Reached as `Store.deliveries`.

A place's schedules follow `Store.places.set_posting` by themselves; `set_schedule`, `pause` and `resume` change one kind,
`schedules_of`, `trouble` and `retry` are for showing them. A learner's are `set_reminder`, `stop_reminder`, `reminder_of`.
For builders there are `previous` and `sent_in_group`; the rest is the engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from importlib import metadata

from sqlite_utils import Database

from bot.platforms.port import Posted
from bot.schedule import plan
from bot.schedule.kinds import Delivery, Kind
from bot.schedule.rule import EVERY_DAY
from bot.store import claims, people, places, schedules
from bot.store.claims import Asking, Claim
from bot.store.codec import day_text
from bot.store.connect import change, value
from bot.store.readers import Readers
from bot.store.rows import Spot
from bot.store.schedules import Schedule
from bot.store.writer import Writer

ZONES_KEY = "tzdata"


class Deliveries:
    """The deliveries of groups and learners."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    # Settings

    async def schedules_of(self, spot: Spot) -> list[Schedule]:
        """List what comes by itself in a place whose posts are set up, whether it is on or off."""
        return await self._read(lambda db: schedules.of_spot(db, spot))

    async def set_schedule(
        self, spot: Spot, kind: Kind, at: time, weekdays: frozenset[int] = EVERY_DAY
    ) -> Schedule | None:
        """Let one kind of post come at a time of its own, on some days of the week (Monday is 0), and switch it on.

        None where no posts were ever set up: `Store.places.set_posting` comes first. What was due today before now is not
        made up for.
        """
        return await self._write(lambda db: schedules.set_rule(db, spot, kind, at, weekdays, self._now()))

    async def pause(self, spot: Spot, kind: Kind) -> bool:
        """Switch one kind off; False where it was not on."""
        return await self._write(lambda db: schedules.pause(db, spot, kind))

    async def resume(self, spot: Spot, kind: Kind) -> bool:
        """Switch one kind on again; False where it was on, or no posts were ever set up."""
        return await self._write(lambda db: schedules.resume(db, spot, kind, self._now()))

    async def trouble(self, spot: Spot) -> list[Schedule]:
        """List what is not sent any more because the platform refused it for good; `why` says what to mend.

        Setting the place's posts anew, or `retry`, lets it try again.
        """
        return [found for found in await self.schedules_of(spot) if found.why]

    async def health(self, limit: int = 50) -> list[Schedule]:
        """List what is to be sent, or would be if nothing were wrong with it, those in trouble first; so many at most."""
        return await self._read(lambda db: schedules.wanted(db, limit))

    async def reminder_of(self, user_id: int) -> Schedule | None:
        """Find a learner's reminder; `active` says whether it is on."""
        return await self._read(lambda db: schedules.of_person(db, people.current(db, user_id)))

    async def retry(self, spot: Spot) -> int:
        """Let what was refused in a place be tried again, from now on; how many kinds."""
        return await self._write(lambda db: schedules.retry(db, spot, self._now()))

    async def set_reminder(self, user_id: int, account: Spot, at: time) -> None:
        """Remind a learner once a day, at a time of their own clock, on an account: Spot(platform, external id)."""
        await self._write(lambda db: schedules.remind(db, people.current(db, user_id), account, at, self._now()))

    async def stop_reminder(self, user_id: int) -> bool:
        """Remind a learner no more; False where there was no reminder."""
        return await self._write(lambda db: schedules.remind_no_more(db, people.current(db, user_id)))

    # What builders look up

    async def previous(self, delivery: Delivery, kind: Kind) -> Delivery | None:
        """Find the latest post of a kind that was sent in a delivery's channel and due before it: what a reveal reveals."""
        return await self._read(lambda db: claims.previous(db, delivery, kind))

    async def sent_in_group(self, group_id: int, kinds: Collection[Kind], since: date) -> list[Delivery]:
        """List what was sent in all places of a group from a local date on, oldest first."""
        return await self._read(lambda db: claims.sent_in_group(db, group_id, kinds, since))

    # Sending

    async def adopt(self) -> int:
        """Begin: schedule every place that is set up, and work out again what comes next; how many schedules moved."""
        return await self._write(lambda db: _adopt(db, self._now()))

    async def plan_anew(self) -> int:
        """Work out again what comes next, as after a clock was set back; how many schedules moved."""
        return await self._write(lambda db: _plan_anew(db, self._now()))

    async def take(self, asking: Asking) -> list[Claim]:
        """Claim what is due and can be sent; quick when there is nothing."""
        if not await self._read(lambda db: claims.waits(db, self._now())):
            return []
        return await self._write(lambda db: claims.take(db, asking, self._now()))

    async def renew(self, owner: str, holding: Collection[int], lease: timedelta) -> None:
        """Keep what a process is sending its own for longer."""
        await self._write(lambda db: claims.renew(db, owner, holding, self._now() + lease))

    async def agree(self, delivery: Delivery, item_id: str) -> str:
        """Settle what a group's posts of a kind and date are about: what whoever came first has chosen."""
        return await self._write(lambda db: claims.agree(db, delivery, item_id))

    async def sent(self, claim: Claim, owner: str, posted: Posted) -> bool:
        """Note that a delivery arrived, and where; False when that was noted before."""
        where = (posted.message, posted.thread)
        return await self._write(lambda db: claims.sent(db, claim, owner, where, self._now()))

    async def put_off(self, claim: Claim, owner: str, why: str) -> None:
        """Let a delivery be tried again after a pause, which is longer each time."""
        until = self._now() + plan.pause_after(claim.tries)
        await self._write(lambda db: claims.put_off(db, claim, owner, until, why))

    async def skip(self, claim: Claim, owner: str) -> None:
        """Note that there was nothing to say."""
        await self._write(lambda db: claims.skip(db, claim, owner))

    async def fail(self, claim: Claim, owner: str, why: str) -> bool:
        """Give a delivery and its schedule up until somebody has mended what is wrong; False if it was not ours any more."""
        return await self._write(lambda db: claims.fail(db, claim, owner, why))

    async def release(self, owner: str) -> int:
        """Give back all that a process holds, when it ends; how much that was."""
        return await self._write(lambda db: claims.release(db, owner, self._now()))

    async def claim_job(self, name: str, hour_utc: int) -> bool:
        """Tell whether upkeep is to be run now, by who asks and by nobody else; never on the day it is first heard of."""
        return await self._write(lambda db: _claim_job(db, name, hour_utc, self._now()))


def _adopt(db: Database, now: datetime) -> int:
    """Follow every place, and plan anew; that also heeds another release of the time zone data, which is noted."""
    for spot, posting in places.all_postings(db):
        if not schedules.of_spot(db, spot):
            schedules.follow(db, spot, posting, now)
    _note(db, ZONES_KEY, metadata.version("tzdata"))
    return _plan_anew(db, now)


def _plan_anew(db: Database, now: datetime) -> int:
    claims.shorten(db, now)
    return schedules.plan_anew(db, now)


def _claim_job(db: Database, name: str, hour_utc: int, now: datetime) -> bool:
    key, day = f"job:{name}", day_text(plan.day_due(now, hour_utc))
    known = value(db, "SELECT value FROM meta WHERE key = :key", key=key)
    if known is None or str(known) < day:
        _note(db, key, day)
    return known is not None and str(known) < day


def _note(db: Database, key: str, text: str) -> None:
    sql = "INSERT INTO meta (key, value) VALUES (:key, :text) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    change(db, sql, key=key, text=text)
