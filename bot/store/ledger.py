"""XP and streaks as they are kept: paying into the ledgers and moving the projections, in the caller's transaction.

The ledger of freezes also says which dates cannot break a run, and why; `streaks` says what follows from that.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from bot import days, streaks, xp
from bot.store.codec import day_text, to_day, to_ms
from bot.store.connect import Row, change, insert, one, rows, value
from bot.streaks import DayKind, Log, Step, Streak, Tally

FLIGHT = timedelta(hours=36)  # a date may be skipped by who crosses the date line within it
_LONGEST_ABSENCE = 3  # dates; no calendar ever left out more than one
_KINDS = {
    "spent": DayKind.FROZEN,
    "granted": DayKind.FROZEN,
    "kept": DayKind.FROZEN,
    "bridge": DayKind.BRIDGED,
    "paused": DayKind.PAUSED,
    "amnesty": DayKind.AMNESTY,
    "repaired": DayKind.REPAIRED,
}


class Entry(NamedTuple):
    """An entry in the ledger of freezes: `delta` freezes, and whether `day` stops (+1) or starts (-1) to break a run."""

    delta: int
    cover: int
    reason: str
    day: date
    source: str = ""


class Payment(NamedTuple):
    """Points earned by something, to be paid into the ledger once."""

    user_id: int
    points: int
    reason: str
    source_kind: str
    source_id: str
    local_day: date
    at: datetime


def pay(db: Database, payment: Payment) -> int:
    """Pay points, less what the day's cap keeps back, and bring the member's boards along; say how much XP it was."""
    if payment.points <= 0:
        return 0
    today = value(
        db,
        "SELECT coalesce(sum(points), 0) FROM xp_ledger WHERE user_id = :user_id AND local_day = :day",
        user_id=payment.user_id,
        day=day_text(payment.local_day),
    )
    amount = xp.gain(payment.points, points_today=today)
    enter(db, payment, amount)
    return amount


def enter(db: Database, payment: Payment, amount: int) -> None:
    """Enter an amount into the ledger and into the member's boards."""
    insert(
        db,
        "INSERT INTO xp_ledger (user_id, amount, points, reason, source_kind, source_id, local_day, at)"
        " VALUES (:user_id, :amount, :points, :reason, :source_kind, :source_id, :local_day, :at)",
        amount=amount,
        **{**payment._asdict(), "local_day": day_text(payment.local_day), "at": to_ms(payment.at)},
    )
    change(
        db,
        "UPDATE membership SET xp = xp + :amount WHERE user_id = :user_id",
        amount=amount,
        user_id=payment.user_id,
    )


def total(db: Database, user_id: int) -> int:
    """Add up all XP of a learner."""
    return int(value(db, "SELECT coalesce(sum(amount), 0) FROM xp_ledger WHERE user_id = :id", id=user_id))


def paid_for(db: Database, user_id: int, source_kind: str, source_id: int) -> int:
    """Look up what something was paid."""
    return int(
        value(
            db,
            "SELECT coalesce(sum(amount), 0) FROM xp_ledger"
            " WHERE source_kind = :kind AND source_id = :source AND user_id = :user_id",
            kind=source_kind,
            source=str(source_id),
            user_id=user_id,
        )
    )


def read_tally(db: Database, user_id: int) -> Tally:
    """Read the streak projection; a newcomer's is empty, with the first freeze."""
    row = one(db, "SELECT current, best, last_day, freezes FROM streak WHERE user_id = :id", id=user_id)
    return Tally() if row is None else to_tally(row)


def to_tally(row: Row) -> Tally:
    """Read a streak from its row."""
    return Tally(row["current"], row["best"], row["last_day"] and to_day(row["last_day"]), row["freezes"])


def covered_days(db: Database, user_id: int, since: date | None = None) -> set[date]:
    """Collect the dates after a day that cannot break the streak."""
    sql = (
        "SELECT local_day FROM freeze_ledger WHERE user_id = :id AND local_day > :since"
        " GROUP BY local_day HAVING sum(cover) > 0"
    )
    return {to_day(row["local_day"]) for row in rows(db, sql, id=user_id, since=day_text(since or date.min))}


def done_days(db: Database, user_id: int) -> set[date]:
    """Collect the days that counted."""
    return {
        to_day(r["local_day"]) for r in rows(db, "SELECT local_day FROM streak_day WHERE user_id = :id", id=user_id)
    }


def read_log(db: Database, user_id: int) -> Log:
    """Read all dates a learner's streak follows from."""
    return Log(frozenset(done_days(db, user_id)), frozenset(covered_days(db, user_id)))


def balance(db: Database, user_id: int) -> int:
    """Work out from the ledger how many freezes a learner holds."""
    sql = "SELECT coalesce(sum(delta), 0) FROM freeze_ledger WHERE user_id = :id"
    return streaks.FIRST_FREEZES + int(value(db, sql, id=user_id))


def lenient_days(db: Database, user_id: int) -> tuple[date, ...]:
    """List a newcomer's first days, of which one may be missed for nothing; none once it was."""
    if value(db, "SELECT 1 FROM freeze_ledger WHERE user_id = :id AND reason = 'granted'", id=user_id):
        return ()
    first = value(db, "SELECT min(local_day) FROM streak_day WHERE user_id = :id", id=user_id)
    return streaks.early_days(to_day(first) if first else None)


def read_streak(db: Database, user_id: int, today: date) -> Streak:
    """Read a learner's streak as seen today."""
    tally = read_tally(db, user_id)
    return streaks.seen(tally, today, covered_days(db, user_id, tally.last_day), lenient_days(db, user_id))


def count_day(db: Database, user_id: int, day: date, tz: str, at: datetime) -> Step | None:
    """Make a day count, once, and move the streak; None when it counted already. Either way work may mend a break."""
    sql = "INSERT INTO streak_day (user_id, local_day) VALUES (:id, :day) ON CONFLICT DO NOTHING"
    new = change(db, sql, id=user_id, day=day_text(day))
    step = _move(db, user_id, day, tz, at) if new else None
    mend(db, user_id, day, at)
    return step


def _move(db: Database, user_id: int, day: date, tz: str, at: datetime) -> Step:
    """Add a newly done day to the streak."""
    tally = read_tally(db, user_id)
    if tally.last_day is not None and day < tally.last_day:
        log = read_log(db, user_id)
        return recount(db, user_id, Log(log.done - {day}, log.covered), day, at)
    for skipped in _skipped(db, user_id, tally.last_day, day, tz, at):
        bridge(db, user_id, skipped, at)
    step = streaks.advance(tally, day, covered_days(db, user_id, tally.last_day), lenient_days(db, user_id))
    if step.granted:
        enter_freeze(db, user_id, Entry(1, 0, "granted", step.granted), at)
    for frozen in step.froze:
        enter_freeze(db, user_id, Entry(-1, 1, "spent", frozen), at)
    _enter_earned(db, user_id, Entry(step.earned, 0, "earned", day), at)
    write_tally(db, user_id, step.tally)
    return step


def recount(db: Database, user_id: int, before: Log, day: date, at: datetime, source: str = "") -> Step:
    """Work the streak out anew after facts were added that do not lie at its end; `before` is how the log was."""
    step = streaks.rework(before, read_log(db, user_id), balance(db, user_id))
    _enter_earned(db, user_id, Entry(step.earned, 0, "earned", day, source), at)
    write_tally(db, user_id, step.tally)
    return step


def _enter_earned(db: Database, user_id: int, entry: Entry, at: datetime) -> None:
    if entry.delta:
        enter_freeze(db, user_id, entry, at)


def _skipped(db: Database, user_id: int, last: date | None, day: date, tz: str, at: datetime) -> list[date]:
    """Find the dates before a newly done day that the learner never had.

    Those are dates their calendar does not have, and a lone one between two acts in different zones that lie no more
    than 36 hours apart: it was crossed in the air. In one zone a date of its own is always there to be used.
    """
    gap = range(last.toordinal() + 1, day.toordinal()) if last else range(0)
    between = [date.fromordinal(ordinal) for ordinal in gap[: _LONGEST_ABSENCE + 1]]
    if last is None or len(between) > _LONGEST_ABSENCE:
        return []
    if len(between) == 1 and _flew(db, user_id, last, tz, at):
        return between
    return [absent for absent in between if not days.date_exists(absent, tz)]


def _flew(db: Database, user_id: int, last: date, tz: str, at: datetime) -> bool:
    sql = "SELECT tz, at FROM attempt WHERE user_id = :id AND local_day = :day ORDER BY at DESC LIMIT 1"
    act = one(db, sql, id=user_id, day=day_text(last))
    return act is not None and act["tz"] != tz and to_ms(at) - act["at"] <= FLIGHT.total_seconds() * 1000


def enter_freeze(db: Database, user_id: int, entry: Entry, at: datetime) -> None:
    """Enter something into the ledger of freezes. The projection is for the caller to bring along."""
    insert(
        db,
        "INSERT INTO freeze_ledger (user_id, delta, cover, reason, local_day, at, source)"
        " VALUES (:user_id, :delta, :cover, :reason, :day, :at, :source)",
        user_id=user_id,
        delta=entry.delta,
        cover=entry.cover,
        reason=entry.reason,
        day=day_text(entry.day),
        at=to_ms(at),
        source=entry.source,
    )


def bridge(db: Database, user_id: int, day: date, at: datetime) -> None:
    """Cover a date that a change of zone or the calendar took away; covering it twice is once."""
    sql = "SELECT 1 FROM freeze_ledger WHERE user_id = :id AND reason = 'bridge' AND local_day = :day"
    if value(db, sql, id=user_id, day=day_text(day)) is None:
        cover(db, user_id, Entry(0, 1, "bridge", day), at)


def cover(db: Database, user_id: int, entry: Entry, at: datetime) -> None:
    """Make a date unable to break the streak, wherever it lies."""
    tally = read_tally(db, user_id)
    past = tally.last_day is not None and entry.day < tally.last_day
    before = read_log(db, user_id) if past else Log()
    enter_freeze(db, user_id, entry, at)
    if past:
        recount(db, user_id, before, entry.day, at, entry.source or entry.reason)


def repair_at_hand(db: Database, user_id: int, today: date) -> tuple[streaks.Repair, int] | None:
    """Find the break that can be mended today, and how many extra questions were answered for it; None for none.

    One repair is possible in thirty days.
    """
    sql = "SELECT max(local_day) FROM freeze_ledger WHERE user_id = :id AND reason = 'repaired'"
    latest = value(db, sql, id=user_id)
    if latest and today - to_day(latest) < timedelta(days=streaks.REPAIR_GAP):
        return None
    log = read_log(db, user_id)
    repair = streaks.repairable(log, balance(db, user_id), today, lenient_days(db, user_id))
    if repair is None:
        return None
    extra = value(
        db,
        "SELECT count(*) FROM attempt a JOIN question q ON q.id = a.question_id WHERE a.user_id = :id"
        " AND q.purpose = 'quiz' AND a.local_day > :broken AND a.local_day <= :today",
        id=user_id,
        broken=day_text(repair.until - timedelta(days=streaks.REPAIR_DAYS)),
        today=day_text(today),
    )
    return repair, int(extra)


def mend(db: Database, user_id: int, day: date, at: datetime) -> None:
    """Mend a break once today is done and so are the extra questions. A run of three days lies too long after any."""
    if read_tally(db, user_id).current > streaks.REPAIR_DAYS:
        return
    found = repair_at_hand(db, user_id, day)
    if found is None or found[1] < streaks.REPAIR_QUESTIONS:
        return
    before = read_log(db, user_id)
    for frozen in found[0].frozen:
        enter_freeze(db, user_id, Entry(-1, 1, "spent", frozen, "repair"), at)
    for repaired in found[0].repaired:
        enter_freeze(db, user_id, Entry(0, 1, "repaired", repaired), at)
    recount(db, user_id, before, day, at, "repair")


def write_tally(db: Database, user_id: int, tally: Tally) -> None:
    """Keep a learner's streak."""
    change(
        db,
        "INSERT INTO streak (user_id, current, best, last_day, freezes)"
        " VALUES (:user_id, :current, :best, :last_day, :freezes)"
        " ON CONFLICT (user_id) DO UPDATE SET current = excluded.current, best = excluded.best,"
        " last_day = excluded.last_day, freezes = excluded.freezes",
        user_id=user_id,
        current=tally.current,
        best=tally.best,
        last_day=tally.last_day and day_text(tally.last_day),
        freezes=tally.freezes,
    )


def calendar(db: Database, user_id: int, today: date) -> dict[date, DayKind]:
    """Say what each day of a learner was, for the calendar; missed and future days are left out."""
    practice = rows(db, "SELECT DISTINCT local_day FROM attempt WHERE user_id = :id", id=user_id)
    kinds = {to_day(row["local_day"]): DayKind.PRACTICE for row in practice}
    kinds |= dict.fromkeys(read_streak(db, user_id, today).frozen, DayKind.FROZEN)
    kinds |= {day: _KINDS[reason] for day, reason in covers(db, user_id).items()}
    kinds |= dict.fromkeys(done_days(db, user_id), DayKind.DONE)
    return {day: kind for day, kind in sorted(kinds.items()) if day <= today}


def covers(db: Database, user_id: int) -> dict[date, str]:
    """Say of each date that cannot break the streak why; the latest reason where there are several."""
    sql = (
        "SELECT local_day, reason FROM freeze_ledger WHERE user_id = :id"
        " GROUP BY local_day, reason HAVING sum(cover) > 0 ORDER BY max(id)"
    )
    return {to_day(row["local_day"]): row["reason"] for row in rows(db, sql, id=user_id)}
