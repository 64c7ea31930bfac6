"""XP and streaks as they are kept: paying into the ledger and moving the projections, in the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot import days, streaks, xp
from bot.store.codec import day_text, to_day, to_ms
from bot.store.connect import change, insert, one, rows, value
from bot.streaks import DayKind, Step, Streak, Tally


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
    if row is None:
        return Tally()
    return Tally(row["current"], row["best"], row["last_day"] and to_day(row["last_day"]), row["freezes"])


def covered_days(db: Database, user_id: int, since: date | None = None) -> set[date]:
    """Collect the dates that cannot break the streak: those a freeze was spent on, and those lost to no fault."""
    sql = "SELECT local_day FROM freeze_ledger WHERE user_id = :id AND delta <= 0 AND local_day > :since"
    return {to_day(row["local_day"]) for row in rows(db, sql, id=user_id, since=day_text(since or date.min))}


def done_days(db: Database, user_id: int) -> set[date]:
    """Collect the days that counted."""
    return {
        to_day(r["local_day"]) for r in rows(db, "SELECT local_day FROM streak_day WHERE user_id = :id", id=user_id)
    }


def read_streak(db: Database, user_id: int, today: date) -> Streak:
    """Read a learner's streak as seen today."""
    tally = read_tally(db, user_id)
    return streaks.seen(tally, today, covered_days(db, user_id, tally.last_day))


def count_day(db: Database, user_id: int, day: date, tz: str, at: datetime) -> Step | None:
    """Make a day count, once, and move the streak; None when it counted already."""
    sql = "INSERT INTO streak_day (user_id, local_day) VALUES (:id, :day) ON CONFLICT DO NOTHING"
    if not change(db, sql, id=user_id, day=day_text(day)):
        return None
    tally = read_tally(db, user_id)
    if tally.last_day is not None and day < tally.last_day:
        step = streaks.insert(tally, day, done_days(db, user_id), covered_days(db, user_id))
    else:
        _bridge_absent_dates(db, user_id, tally.last_day, day, tz, at)
        step = streaks.advance(tally, day, covered_days(db, user_id, tally.last_day))
    _enter_freezes(db, user_id, step, day, at)
    _write_tally(db, user_id, step.tally)
    return step


def _bridge_absent_dates(db: Database, user_id: int, last: date | None, day: date, tz: str, at: datetime) -> None:
    """Cover a lone missing date the learner's calendar does not have."""
    if last is None or day.toordinal() - last.toordinal() != 2:
        return
    between = date.fromordinal(last.toordinal() + 1)
    if not days.date_exists(between, tz):
        bridge(db, user_id, between, at)


def _enter_freezes(db: Database, user_id: int, step: Step, day: date, at: datetime) -> None:
    for frozen in step.froze:
        _enter_freeze(db, user_id, -1, "spent", frozen, at)
    if step.earned:
        _enter_freeze(db, user_id, step.earned, "earned", day, at)


def _enter_freeze(db: Database, user_id: int, delta: int, reason: str, day: date, at: datetime) -> None:
    insert(
        db,
        "INSERT INTO freeze_ledger (user_id, delta, reason, local_day, at)"
        " VALUES (:user_id, :delta, :reason, :day, :at)",
        user_id=user_id,
        delta=delta,
        reason=reason,
        day=day_text(day),
        at=to_ms(at),
    )


def bridge(db: Database, user_id: int, day: date, at: datetime) -> None:
    """Cover a date that a change of zone or the calendar took away; covering it twice is once."""
    sql = "SELECT 1 FROM freeze_ledger WHERE user_id = :id AND reason = 'bridge' AND local_day = :day"
    if value(db, sql, id=user_id, day=day_text(day)) is None:
        _enter_freeze(db, user_id, 0, "bridge", day, at)


def _write_tally(db: Database, user_id: int, tally: Tally) -> None:
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
    ledger = rows(db, "SELECT local_day, reason FROM freeze_ledger WHERE user_id = :id AND delta <= 0", id=user_id)
    kinds = {to_day(row["local_day"]): DayKind.PRACTICE for row in practice}
    kinds |= dict.fromkeys(read_streak(db, user_id, today).frozen, DayKind.FROZEN)
    kinds |= {to_day(r["local_day"]): DayKind.FROZEN if r["reason"] == "spent" else DayKind.BRIDGED for r in ledger}
    kinds |= dict.fromkeys(done_days(db, user_id), DayKind.DONE)
    return {day: kind for day, kind in sorted(kinds.items()) if day <= today}
