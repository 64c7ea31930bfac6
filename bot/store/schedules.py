"""When posts come by themselves: the rows of the table `schedule`, of places and of people.

Those of a place follow how its posts were set up, in the same transaction; what an admin said about one kind stays. They
are never deleted, so that one switched off and on again cannot send a day twice. Who sends what is due is in `claims`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlite_utils import Database

from bot.schedule import plan
from bot.schedule.kinds import Kind
from bot.schedule.rule import EVERY_DAY, MONDAY, Rule, mask_of, weekdays_of
from bot.schedule.rule import due as due_at
from bot.store import people
from bot.store.codec import day_text, from_ms, to_day, to_ms
from bot.store.connect import Row, change, one, rows
from bot.store.rows import Posting, Spot

KINDS_OF_PLACES = (Kind.QUESTION, Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP)
WHY_CHARS = 300
_OF_SPOT = "platform = :platform AND place = :external_id AND spot = :channel AND user_id IS NULL"
_ACTIVE = "paused = 0 AND why = '' AND channel != ''"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One kind of post of a place, or a person's reminder.

    Attributes:
        channel: where it goes, or the person's account; empty while nothing is set up.
        paused: somebody switched it off.
        why: what keeps it from being sent, in words for an admin; empty when nothing does.
        own_time: somebody chose the time, so it does not follow the place's hour.
        since: when it begins, or began; nothing due before is made up for.
        next_local_date: the day it comes next, there.
        next_due: when, to the second it is sent.
    """

    id: int
    kind: Kind
    spot: Spot
    user_id: int | None
    channel: str
    ping: str
    rule: Rule
    own_time: bool
    since: datetime
    next_local_date: date
    next_due: datetime
    paused: bool = False
    why: str = ""

    @property
    def active(self) -> bool:
        """Whether it is going to be sent."""
        return not self.paused and not self.why and bool(self.channel)

    @property
    def shift(self) -> timedelta:
        """How long after the full minute it is sent: all posts of a place alike, so that they keep their order."""
        return plan.spread(f"{self.spot.platform}:{self.spot.external_id}:{self.channel}")


def read(row: Row) -> Schedule:
    """Read a row."""
    return Schedule(
        id=row["id"],
        kind=Kind(row["kind"]),
        spot=Spot(row["platform"], row["place"], row["spot"]),
        user_id=row["user_id"],
        channel=row["channel"],
        ping=row["ping"],
        rule=Rule(time.fromisoformat(row["local_time"]), row["tz"], weekdays_of(row["weekdays"])),
        own_time=bool(row["own_time"]),
        since=from_ms(row["since_utc"]),
        next_local_date=to_day(row["next_local_date"]),
        next_due=from_ms(row["next_due_utc"]),
        paused=bool(row["paused"]),
        why=row["why"],
    )


def _named(spot: Spot) -> dict[str, str]:
    return {"platform": spot.platform, "external_id": spot.external_id, "channel": spot.channel}


def of_spot(db: Database, spot: Spot) -> list[Schedule]:
    """List what comes by itself in a place, in the order of kinds."""
    found = [read(row) for row in rows(db, f"SELECT * FROM schedule WHERE {_OF_SPOT}", **_named(spot))]  # noqa: S608
    return sorted(found, key=lambda schedule: KINDS_OF_PLACES.index(schedule.kind))


def of_kind(db: Database, spot: Spot, kind: Kind) -> Schedule | None:
    """Find one kind of a place's."""
    return next((found for found in of_spot(db, spot) if found.kind is kind), None)


def of_person(db: Database, user_id: int) -> Schedule | None:
    """Find a learner's reminder, whether it is on or off."""
    row = one(db, "SELECT * FROM schedule WHERE user_id = :user_id", user_id=user_id)
    return read(row) if row else None


def follow(db: Database, spot: Spot, posting: Posting, now: datetime) -> None:
    """Let a place's schedules follow how its posts are set up; what had been refused is tried again.

    What was said about one kind stays, but for the question when another hour is chosen. What was due before is not made
    up for.
    """
    tz = posting.tz or "UTC"
    resting = due_at(posting.paused_until, time(), tz) if posting.paused_until else now
    for kind in KINDS_OF_PLACES:
        known = of_kind(db, spot, kind)
        if posting.channel and posting.hour is not None:
            wanted = _as_set_up(kind, spot, posting, posting.hour, known)
            _put(db, wanted, known, max(now, resting), now)
        elif known is not None:
            change(db, "UPDATE schedule SET channel = '', why = '' WHERE id = :id", id=known.id)


def _as_set_up(kind: Kind, spot: Spot, posting: Posting, hour: int, known: Schedule | None) -> _Wanted:
    tz, usual = posting.tz or "UTC", plan.usual_time(kind, hour)
    days = MONDAY if kind is Kind.RECAP else EVERY_DAY
    if known is None:
        return _Wanted(kind, spot, posting.channel, Rule(usual, tz, days), posting.ping)
    moved = kind is Kind.QUESTION and known.rule.at.hour != hour
    own = known.own_time and not moved
    rule = Rule(known.rule.at if own else usual, tz, known.rule.weekdays)
    return _Wanted(kind, spot, posting.channel, rule, posting.ping, own_time=own, paused=known.paused)


def set_rule(
    db: Database, spot: Spot, kind: Kind, at: time, weekdays: frozenset[int], now: datetime
) -> Schedule | None:
    """Let one kind come at a time of its own, and switch it on; None where no posts were ever set up."""
    known = of_kind(db, spot, kind)
    if known is None:
        return None
    rule = Rule(at.replace(second=0, microsecond=0), known.rule.tz, weekdays)
    wanted = _Wanted(kind, spot, known.channel, rule, known.ping, own_time=True)
    _put(db, wanted, known, max(now, known.since), now)
    return of_kind(db, spot, kind)


def pause(db: Database, spot: Spot, kind: Kind) -> bool:
    """Switch one kind off; False where it was not on."""
    sql = f"UPDATE schedule SET paused = 1 WHERE {_OF_SPOT} AND kind = :kind AND paused = 0"  # noqa: S608
    return change(db, sql, kind=kind.value, **_named(spot)) > 0


def resume(db: Database, spot: Spot, kind: Kind, now: datetime) -> bool:
    """Switch one kind on again; False where it was on, or no posts were ever set up."""
    known = of_kind(db, spot, kind)
    if known is None or not known.paused:
        return False
    wanted = _Wanted(kind, spot, known.channel, known.rule, known.ping, own_time=known.own_time)
    _put(db, wanted, known, max(now, known.since), now)
    return True


def retry(db: Database, spot: Spot, now: datetime) -> int:
    """Let what was refused in a place be tried again, from now on; how many kinds."""
    failed = [found for found in of_spot(db, spot) if found.why]
    for found in failed:
        wanted = _Wanted(
            found.kind, spot, found.channel, found.rule, found.ping, own_time=found.own_time, paused=found.paused
        )
        _put(db, wanted, found, max(now, found.since), now)
    return len(failed)


def remind(db: Database, user_id: int, account: Spot, at: time, now: datetime) -> None:
    """Remind a learner at a time of their own clock, on one of their accounts (its `external_id`)."""
    rule = Rule(at.replace(second=0, microsecond=0), people.read_user(db, user_id, now).tz)
    wanted = _Wanted(Kind.REMINDER, Spot(account.platform, ""), account.external_id, rule, user_id=user_id)
    _put(db, wanted, of_person(db, user_id), now, now)


def remind_no_more(db: Database, user_id: int) -> bool:
    """Switch a learner's reminder off; False where it was not on."""
    sql = "UPDATE schedule SET paused = 1, why = '' WHERE user_id = :user_id AND paused = 0"
    return change(db, sql, user_id=user_id) > 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How a schedule is to be."""

    kind: Kind
    spot: Spot
    channel: str
    rule: Rule
    ping: str = ""
    own_time: bool = False
    paused: bool = False
    user_id: int | None = None


def _put(db: Database, wanted: _Wanted, known: Schedule | None, begin: datetime, now: datetime) -> None:
    """Make a schedule as it is wanted, from an instant on; one that was so already and has begun goes on."""
    goes_on = known is not None and known.active and known.since <= now and begin <= now
    same = known is not None and (known.rule, known.channel, False) == (wanted.rule, wanted.channel, wanted.paused)
    since = known.since if known is not None and goes_on and same else begin
    target = (
        "(user_id, kind) WHERE user_id IS NOT NULL"
        if wanted.user_id
        else "(platform, place, spot, kind) WHERE user_id IS NULL"
    )
    shift = plan.spread(f"{wanted.spot.platform}:{wanted.spot.external_id}:{wanted.channel}")
    found = plan.first_open(wanted.rule, shift, plan.catch_up_of(wanted.kind), now=now, since=since)
    change(
        db,
        "INSERT INTO schedule (kind, platform, place, spot, user_id, channel, ping, local_time, own_time, weekdays, tz,"  # noqa: S608
        " since_utc, next_local_date, next_due_utc, paused) VALUES (:kind, :platform, :place, :spot, :user_id, :channel,"
        " :ping, :local_time, :own_time, :weekdays, :tz, :since, :next_date, :next_due, :paused)"
        f" ON CONFLICT {target} DO UPDATE SET platform = excluded.platform, channel = excluded.channel,"
        " ping = excluded.ping, local_time = excluded.local_time, own_time = excluded.own_time,"
        " weekdays = excluded.weekdays, tz = excluded.tz, since_utc = excluded.since_utc,"
        " next_local_date = excluded.next_local_date, next_due_utc = excluded.next_due_utc, paused = excluded.paused, why = ''",
        kind=wanted.kind.value,
        platform=wanted.spot.platform,
        place=wanted.spot.external_id,
        spot=wanted.spot.channel,
        user_id=wanted.user_id,
        channel=wanted.channel,
        ping=wanted.ping,
        local_time=wanted.rule.at.isoformat("minutes"),
        own_time=int(wanted.own_time),
        paused=int(wanted.paused),
        weekdays=mask_of(wanted.rule.weekdays),
        tz=wanted.rule.tz,
        since=to_ms(since),
        next_date=day_text(found.local_date),
        next_due=to_ms(found.due),
    )


def due(db: Database, now: datetime, limit: int) -> list[Schedule]:
    """List active schedules whose time has come, the longest due first; so many at most."""
    sql = f"SELECT * FROM schedule WHERE {_ACTIVE} AND next_due_utc <= :now ORDER BY next_due_utc, id LIMIT :limit"  # noqa: S608
    return [read(row) for row in rows(db, sql, now=to_ms(now), limit=limit)]


def wanted(db: Database, limit: int) -> list[Schedule]:
    """List what somebody wants to be sent, those in trouble first."""
    sql = "SELECT * FROM schedule WHERE paused = 0 AND channel != '' ORDER BY why = '', next_due_utc, id LIMIT :limit"
    return [read(row) for row in rows(db, sql, limit=limit)]


def move_on(db: Database, schedule: Schedule, found: plan.Occurrence) -> None:
    """Write down what comes next."""
    change(
        db,
        "UPDATE schedule SET tz = :tz, next_local_date = :day, next_due_utc = :due WHERE id = :id",
        id=schedule.id,
        tz=schedule.rule.tz,
        day=day_text(found.local_date),
        due=to_ms(found.due),
    )


def plan_anew(db: Database, now: datetime) -> int:
    """Work out again when each schedule comes next, as after a start, another tzdata, or a clock set back; how many moved.

    What could still be sent today is planned again; a delivery of it that exists is not made twice.
    """
    moved = 0
    for row in rows(db, "SELECT * FROM schedule WHERE paused = 0"):
        schedule = read(row)
        with contained(db, schedule):
            found = next_open(schedule, now)
            if (found.local_date, to_ms(found.due)) != (schedule.next_local_date, to_ms(schedule.next_due)):
                move_on(db, schedule, found)
                moved += 1
    return moved


def next_open(schedule: Schedule, now: datetime, after: date | None = None) -> plan.Occurrence:
    """Find what can be sent, or is to come, of a schedule."""
    return plan.first_open(
        schedule.rule, schedule.shift, plan.catch_up_of(schedule.kind), now=now, since=schedule.since, after=after
    )


def trouble(db: Database, schedule_id: int, why: str) -> None:
    """Send a schedule no more until somebody has mended what is wrong."""
    change(db, "UPDATE schedule SET why = :why WHERE id = :id", why=why[:WHY_CHARS] or "refused", id=schedule_id)


@contextmanager
def contained(db: Database, schedule: Schedule) -> Iterator[None]:
    """Keep one schedule that cannot be planned, such as one in a zone that was abolished, from stopping all others."""
    try:
        yield
    except LookupError:
        trouble(db, schedule.id, f"The time zone {schedule.rule.tz} is not known any more; choose another.")


def learners_zone(db: Database, schedule: Schedule, now: datetime) -> str:
    """The zone a schedule follows now: a person's own, which may have changed since it was planned."""
    return schedule.rule.tz if schedule.user_id is None else people.read_user(db, schedule.user_id, now).tz


def follow_learner(db: Database, schedule: Schedule, tz: str, now: datetime) -> None:
    """Plan a reminder again, by the clock its learner lives by now."""
    moved = replace(schedule, rule=replace(schedule.rule, tz=tz))
    move_on(db, moved, next_open(moved, now))


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Let the learner whom two became have the one reminder that is on, of the first if both are."""
    known = [found for user_id in old if (found := of_person(db, user_id))]
    kept = next((found for found in known if found.active), known[0] if known else None)
    for found in known:
        if kept is not None and found.id == kept.id:
            change(db, "UPDATE schedule SET user_id = :new WHERE id = :id", new=new, id=found.id)
        else:
            change(db, "DELETE FROM schedule WHERE id = :id", id=found.id)
