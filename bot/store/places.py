"""Where groups meet: which group a channel or server belongs to, and how its posts were set up. Reached as `Store.places`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

from sqlite_utils import Database

from bot.store import codes, people, schedules
from bot.store.codec import day_text, to_day, to_ms
from bot.store.connect import Row, change, one, rows, value
from bot.store.readers import Readers
from bot.store.rows import Group, Posting, Spot
from bot.store.writer import Writer

SETUP_CHARS = 80
_GROUP_HERE = (
    "SELECT group_id FROM place"
    " WHERE platform = :platform AND external_id = :external_id AND channel = :channel AND group_id IS NOT NULL"
)
_LEAVE_HERE = (
    "UPDATE place SET group_id = NULL"
    " WHERE platform = :platform AND external_id = :external_id AND channel = :channel AND group_id IS NOT NULL"
)
_SETUP = "post_channel, hour, tz, track, ping, paused_until"
_POSTING_HERE = (
    f"SELECT {_SETUP} FROM place"  # noqa: S608 - names of ours alone
    " WHERE platform = :platform AND external_id = :external_id AND channel = :channel"
    " AND (hour IS NOT NULL OR post_channel || tz || track || ping != '')"
)
_PAUSED = (
    "SELECT max(paused_until) FROM place WHERE platform = :platform AND external_id = :external_id"
    " AND post_channel = :post_channel"
)


class Joining(StrEnum):
    """What became of a group's code."""

    DONE = "done"
    ALREADY = "already"  # the place belongs to that group
    UNKNOWN = "unknown"  # no such code, or it is spent or too old
    TOO_OFTEN = "too often"


class Places:
    """The places of groups."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def group_of(self, spot: Spot) -> Group | None:
        """Find the group a spot was joined to, by its channel and then by its server; None leaves it to its own."""
        return await self._read(lambda db: group_of(db, spot))

    async def joined(self, group_id: int) -> list[Spot]:
        """List the spots that were joined to a group, oldest first."""
        return await self._read(lambda db: _joined(db, group_id))

    async def make_code(self, user_id: int, spot: Spot, group_id: int, bits: int) -> str:
        """Make a code that joins another place to a group within ten minutes; `bits` are random."""
        code = codes.code_text(bits)
        making = codes.Making(code, "group", user_id, spot.platform, spot.external_id, group_id)
        await self._write(lambda db: codes.make(db, making, self._now()))
        return code

    async def join(self, user_id: int, spot: Spot, code: str) -> Joining:
        """Join a spot to the group of a code; a whole server brings the members of its own group along."""
        return await self._write(lambda db: _join(db, user_id, spot, code, self._now()))

    async def leave(self, spot: Spot) -> Spot | None:
        """Give a spot back to its server's own group; say which had been joined, the channel or else the server."""
        return await self._write(lambda db: _leave(db, spot))

    async def posting(self, spot: Spot) -> Posting:
        """Read how posts in a spot were set up: the channel's own way, else the server's."""
        return await self._read(lambda db: _posting(db, spot))

    async def set_posting(self, spot: Spot, posting: Posting) -> None:
        """Keep how posts in a spot are to be."""
        await self._write(lambda db: _set_posting(db, spot, posting, self._now()))

    async def paused_until(self, platform: str, external_id: str, post_channel: str) -> date | None:
        """Read until which day posts in a channel are paused; None when they are not."""
        named = {"platform": platform, "external_id": external_id, "post_channel": post_channel}
        found = await self._read(lambda db: value(db, _PAUSED, **named))
        return to_day(found) if found else None


def _names(spot: Spot) -> dict[str, str]:
    return {"platform": spot.platform, "external_id": spot.external_id, "channel": spot.channel}


def _ladder(spot: Spot) -> tuple[Spot, ...]:
    """A spot and what it lies in, the nearest first."""
    return (spot, spot.server) if spot.channel else (spot,)


def group_of(db: Database, spot: Spot) -> Group | None:
    """Find the group a spot was joined to; None leaves it to its own."""
    for step in _ladder(spot):
        row = one(db, _GROUP_HERE, **_names(step))
        if row:
            return people.read_group(db, row["group_id"])
    return None


def _joined(db: Database, group_id: int) -> list[Spot]:
    sql = "SELECT platform, external_id, channel FROM place WHERE group_id = :group_id ORDER BY id"
    return [Spot(**row) for row in rows(db, sql, group_id=group_id)]


def _join(db: Database, user_id: int, spot: Spot, typed: str, now: datetime) -> Joining:
    me = people.current(db, user_id)
    if codes.tried_too_often(db, me, now):
        return Joining.TOO_OFTEN
    found, here = codes.find(db, typed, "group"), group_of(db, spot)
    own = people.find_group(db, spot.platform, spot.external_id)
    now_in = here or own
    if found and now_in and now_in.id == found["group_id"]:
        return Joining.ALREADY
    if found is None or not codes.is_live(found, now):
        codes.note_try(db, me, now)
        return Joining.UNKNOWN
    codes.spend(db, found, now)
    _put(db, spot, found["group_id"], now)
    if own and not spot.channel:
        _bring_members(db, own.id, found["group_id"], now)
    return Joining.DONE


def _put(db: Database, spot: Spot, group_id: int, now: datetime) -> None:
    change(
        db,
        "INSERT INTO place (platform, external_id, channel, group_id, made_at)"
        " VALUES (:platform, :external_id, :channel, :group_id, :at)"
        " ON CONFLICT (platform, external_id, channel) DO UPDATE SET group_id = excluded.group_id",
        group_id=group_id,
        at=to_ms(now),
        **_names(spot),
    )


def _bring_members(db: Database, old: int, new: int, now: datetime) -> None:
    sql = (
        "SELECT m.user_id FROM membership m JOIN app_user u ON u.id = m.user_id"
        " WHERE m.group_id = :old AND u.sample = 0"
    )
    for row in rows(db, sql, old=old):
        people.join(db, new, row["user_id"], now)


def _leave(db: Database, spot: Spot) -> Spot | None:
    for step in _ladder(spot):
        if change(db, _LEAVE_HERE, **_names(step)):
            return step
    return None


def _posting(db: Database, spot: Spot) -> Posting:
    for step in _ladder(spot):
        row = one(db, _POSTING_HERE, **_names(step))
        if row:
            return _as_posting(row)
    return Posting()


def _as_posting(row: Row) -> Posting:
    kept = {name: row[name] for name in ("hour", "tz", "track", "ping")}
    until = row["paused_until"]
    return Posting(channel=row["post_channel"], **kept, paused_until=to_day(until) if until else None)


def _set_posting(db: Database, spot: Spot, posting: Posting, now: datetime) -> None:
    change(
        db,
        "INSERT INTO place (platform, external_id, channel, post_channel, hour, tz, track, ping, paused_until, made_at)"
        " VALUES (:platform, :external_id, :channel, :post_channel, :hour, :tz, :track, :ping, :paused_until, :at)"
        " ON CONFLICT (platform, external_id, channel) DO UPDATE SET post_channel = excluded.post_channel,"
        " hour = excluded.hour, tz = excluded.tz, track = excluded.track, ping = excluded.ping,"
        " paused_until = excluded.paused_until",
        post_channel=posting.channel[:SETUP_CHARS],
        hour=posting.hour,
        tz=posting.tz[:SETUP_CHARS],
        track=posting.track[:SETUP_CHARS],
        ping=posting.ping[:SETUP_CHARS],
        paused_until=posting.paused_until and day_text(posting.paused_until),
        at=to_ms(now),
        **_names(spot),
    )
    schedules.follow(db, spot, posting, now)


def all_postings(db: Database) -> list[tuple[Spot, Posting]]:
    """List every spot whose posts have a channel and an hour, as they were set up there."""
    sql = (
        f"SELECT platform, external_id, channel, {_SETUP} FROM place"  # noqa: S608 - names of ours alone
        " WHERE hour IS NOT NULL AND post_channel != '' ORDER BY id"
    )
    return [(Spot(row["platform"], row["external_id"], row["channel"]), _as_posting(row)) for row in rows(db, sql)]
