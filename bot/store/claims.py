"""Who sends what is due, and what became of it: the rows of the table `delivery`.

A delivery is made once for a schedule and a local date, whoever is first. It belongs to one process at a time, for the
length of a lease which that process renews; one that dies loses it. So a post may be tried twice, never at the same time,
and its key lets the platform, or its host, know a repeat.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot.schedule import plan
from bot.schedule.kinds import Delivery, Kind
from bot.store import people, places, schedules
from bot.store.codec import day_text, from_ms, to_day, to_ms
from bot.store.connect import Row, change, one, rows, value
from bot.store.games_names import leave_word
from bot.store.rows import Spot
from bot.store.schedules import Schedule

MOST_PLANNED = 500  # schedules in one transaction
MOST_SEEN = 1_000  # deliveries looked through for those that can be sent here
LATE, NOTHING = "late", "nothing to say"
NOT_REMINDED = "Your reminder did not reach you, so it is off until you set it again, as in /settings reminder 19:00."
_MINE = "id = :id AND state = 'claimed' AND owner = :owner"


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to send, for a while.

    Attributes:
        tries: how often somebody has begun to send it, this time included.
        until: when it is too late.
        due_at: when it was due.
    """

    delivery: Delivery
    tries: int
    until: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for something to send.

    Attributes:
        owner: the process, by a name no other has.
        platforms: where it can post.
        limit: how much it can take.
        lease: how long the deliveries are its own.
        holding: what it is sending already.
    """

    owner: str
    platforms: tuple[str, ...]
    limit: int
    lease: timedelta
    holding: frozenset[int] = frozenset()


def waits(db: Database, now: datetime) -> bool:
    """Tell whether anything is due, or was begun and left."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM schedule WHERE paused = 0 AND why = '' AND channel != '' AND next_due_utc <= :now)"
        " OR EXISTS (SELECT 1 FROM delivery WHERE state IN ('waiting', 'claimed') AND lease_until <= :now)"
    )
    return bool(value(db, sql, now=to_ms(now)))


def take(db: Database, asking: Asking, now: datetime) -> list[Claim]:
    """Make deliveries of what is due, let go what is too late, and claim what can be sent, the longest due first."""
    for schedule in schedules.due(db, now, MOST_PLANNED):
        with schedules.contained(db, schedule):
            _plan(db, schedule, now)
    change(
        db,
        "UPDATE delivery SET state = 'skipped', why = :why WHERE state IN ('waiting', 'claimed')"
        " AND lease_until <= :now AND expires_at <= :now",
        why=LATE,
        now=to_ms(now),
    )
    return _lease(db, asking, now) if asking.limit > 0 else []


def _plan(db: Database, schedule: Schedule, now: datetime) -> None:
    """Turn a schedule's present date into a delivery, and move on; with other time zone data it may come later instead."""
    tz = schedules.learners_zone(db, schedule, now)
    if tz != schedule.rule.tz:
        schedules.follow_learner(db, schedule, tz, now)
        return
    found = plan.occurrence(schedule.rule, schedule.next_local_date, schedule.shift, plan.catch_up_of(schedule.kind))
    while found.due <= now:  # twice at most: what is too late, and then today's
        _add(db, schedule, found, late=found.until <= now)
        found = schedules.next_open(schedule, now, after=found.local_date)
    schedules.move_on(db, schedule, found)


def _add(db: Database, schedule: Schedule, found: plan.Occurrence, *, late: bool) -> None:
    """Note a delivery, once; one that was let go for being late comes back when a clock was set back."""
    group_id = None if schedule.user_id is not None else _group_of(db, schedule.spot)
    change(
        db,
        "INSERT INTO delivery (schedule_id, kind, platform, place, channel, ping, group_id, user_id, local_date, tz, due_at,"
        " expires_at, item_id, state, lease_until, why) SELECT :schedule_id, :kind, :platform, :place, :channel, :ping,"
        " :group_id, :user_id, :day, :tz, :due, :until, coalesce((SELECT item_id FROM post_item WHERE group_id = :group_id"
        " AND kind = :kind AND local_date = :day), ''), :state, :due, :why WHERE true"
        " ON CONFLICT DO UPDATE SET state = 'waiting', lease_until = excluded.lease_until, why = ''"
        " WHERE delivery.state = 'skipped' AND delivery.why = :late AND excluded.state = 'waiting'",
        schedule_id=schedule.id,
        kind=schedule.kind.value,
        platform=schedule.spot.platform,
        place=schedule.spot.external_id,
        channel=schedule.channel,
        ping=schedule.ping,
        group_id=group_id,
        user_id=schedule.user_id,
        day=day_text(found.local_date),
        tz=schedule.rule.tz,
        due=to_ms(found.due),
        until=to_ms(found.until),
        state="skipped" if late else "waiting",
        why=LATE if late else "",
        late=LATE,
    )


def _group_of(db: Database, spot: Spot) -> int | None:
    group = places.group_of(db, spot) or people.find_group(db, spot.platform, spot.external_id)
    return group.id if group else None


def _lease(db: Database, asking: Asking, now: datetime) -> list[Claim]:
    """Claim what is free, in order. What the asker holds is left out even where its lease has run out unseen."""
    found: list[Row] = []
    free = rows(
        db,
        "SELECT id, platform FROM delivery WHERE state IN ('waiting', 'claimed') AND lease_until <= :now"
        " ORDER BY due_at, id LIMIT :limit",
        now=to_ms(now),
        limit=MOST_SEEN,
    )
    ours = [row["id"] for row in free if row["platform"] in asking.platforms and row["id"] not in asking.holding]
    for delivery_id in ours[: asking.limit]:
        found += rows(
            db,
            "UPDATE delivery SET state = 'claimed', owner = :owner, lease_until = :until, tries = tries + 1"
            " WHERE id = :id AND state IN ('waiting', 'claimed') AND lease_until <= :now RETURNING *",
            id=delivery_id,
            owner=asking.owner,
            until=to_ms(now + asking.lease),
            now=to_ms(now),
        )
    return [Claim(read(row), row["tries"], from_ms(row["expires_at"]), from_ms(row["due_at"])) for row in found]


def read(row: Row) -> Delivery:
    """Read a row."""
    return Delivery(
        id=row["id"],
        kind=Kind(row["kind"]),
        platform=row["platform"],
        place=row["place"],
        channel=row["channel"],
        group_id=row["group_id"],
        user_id=row["user_id"],
        local_date=to_day(row["local_date"]),
        tz=row["tz"],
        item_id=row["item_id"],
        message=row["message"],
        thread=row["thread"],
        ping=row["ping"],
    )


def renew(db: Database, owner: str, holding: Collection[int], until: datetime) -> None:
    """Keep what a process is sending its own for longer."""
    for delivery_id in holding:
        sql = f"UPDATE delivery SET lease_until = :until WHERE {_MINE}"  # noqa: S608
        change(db, sql, id=delivery_id, owner=owner, until=to_ms(until))


def shorten(db: Database, now: datetime) -> None:
    """After a clock was set back, free what its last owner had until long after now; nothing comes before it is due."""
    change(
        db,
        "UPDATE delivery SET lease_until = CASE WHEN due_at > :soon THEN due_at ELSE :soon END"
        " WHERE state IN ('waiting', 'claimed') AND lease_until > :soon",
        soon=to_ms(now + plan.LONGEST_PAUSE),
    )


def agree(db: Database, delivery: Delivery, item_id: str) -> str:
    """Settle what a group's posts of a kind and date are about: what whoever came first has chosen."""
    if delivery.group_id is not None:
        keys = {"group_id": delivery.group_id, "kind": delivery.kind.value, "day": day_text(delivery.local_date)}
        sql = "INSERT INTO post_item (group_id, kind, local_date, item_id) VALUES (:group_id, :kind, :day, :item)"
        change(db, sql + " ON CONFLICT DO NOTHING", item=item_id, **keys)
        sql = "SELECT item_id FROM post_item WHERE group_id = :group_id AND kind = :kind AND local_date = :day"
        item_id = str(value(db, sql, **keys))
    change(db, "UPDATE delivery SET item_id = :item WHERE id = :id", item=item_id, id=delivery.id)
    return item_id


def sent(db: Database, claim: Claim, owner: str, where: tuple[str, str], at: datetime) -> bool:
    """Note that a delivery arrived, and where: its message and its thread. False when another has noted it before."""
    return (
        change(
            db,
            "UPDATE delivery SET state = 'sent', message = :message, thread = :thread, sent_at = :at, why = '', owner = :owner"
            " WHERE id = :id AND state != 'sent'",
            id=claim.delivery.id,
            message=where[0],
            thread=where[1],
            owner=owner,
            at=to_ms(at),
        )
        > 0
    )


def put_off(db: Database, claim: Claim, owner: str, until: datetime, why: str) -> None:
    """Let a delivery be tried again, by whoever comes then."""
    sql = f"UPDATE delivery SET state = 'waiting', lease_until = :until, why = :why WHERE {_MINE}"  # noqa: S608
    change(db, sql, id=claim.delivery.id, owner=owner, until=to_ms(until), why=why[: schedules.WHY_CHARS])


def skip(db: Database, claim: Claim, owner: str) -> None:
    """Note that there was nothing to say."""
    sql = f"UPDATE delivery SET state = 'skipped', why = :why WHERE {_MINE}"  # noqa: S608
    change(db, sql, id=claim.delivery.id, owner=owner, why=NOTHING)


def fail(db: Database, claim: Claim, owner: str, why: str) -> bool:
    """Give a delivery up, and its schedule until somebody has mended what is wrong; False when it was not ours any more."""
    schedule_id = value(db, "SELECT schedule_id FROM delivery WHERE id = :id", id=claim.delivery.id)
    sql = f"UPDATE delivery SET state = 'failed', why = :why WHERE {_MINE}"  # noqa: S608
    mine = change(db, sql, id=claim.delivery.id, owner=owner, why=why[: schedules.WHY_CHARS]) > 0
    if mine:
        schedules.trouble(db, schedule_id, why)
        if claim.delivery.user_id is not None:
            leave_word(db, claim.delivery.user_id, f"{NOT_REMINDED} {why[: schedules.WHY_CHARS]}")
    return mine


def release(db: Database, owner: str, now: datetime) -> int:
    """Give back all that a process holds; how much that was."""
    sql = "UPDATE delivery SET state = 'waiting', lease_until = :now WHERE state = 'claimed' AND owner = :owner"
    return change(db, sql, owner=owner, now=to_ms(now))


def previous(db: Database, delivery: Delivery, kind: Kind) -> Delivery | None:
    """Find the latest post of a kind that was sent in a delivery's channel and due before it."""
    row = one(
        db,
        "SELECT * FROM delivery WHERE platform = :platform AND channel = :channel AND kind = :kind AND state = 'sent'"
        " AND due_at < (SELECT due_at FROM delivery WHERE id = :id) ORDER BY due_at DESC, id DESC LIMIT 1",
        platform=delivery.platform,
        channel=delivery.channel,
        kind=kind.value,
        id=delivery.id,
    )
    return read(row) if row else None


def sent_in_group(db: Database, group_id: int, kinds: Collection[Kind], since: date) -> list[Delivery]:
    """List what was sent in all places of a group from a local date on, oldest first."""
    sql = "SELECT * FROM delivery WHERE group_id = :group_id AND state = 'sent' AND local_date >= :since ORDER BY due_at, id"
    found = (read(row) for row in rows(db, sql, group_id=group_id, since=day_text(since)))
    return [delivery for delivery in found if delivery.kind in kinds]


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give a learner's deliveries to whom two became; where both had one on a date, the one that was sent is kept."""
    pair = {"one": old[0], "other": old[1]}
    twice = rows(
        db,
        "SELECT id, kind, local_date FROM delivery WHERE user_id IN (:one, :other)"
        " ORDER BY kind, local_date, state != 'sent', id",
        **pair,
    )
    kept: set[tuple[str, str]] = set()
    for row in twice:
        if (row["kind"], row["local_date"]) in kept:
            change(db, "DELETE FROM delivery WHERE id = :id", id=row["id"])
        kept.add((row["kind"], row["local_date"]))
    change(db, "UPDATE delivery SET user_id = :new WHERE user_id IN (:one, :other)", new=new, **pair)
