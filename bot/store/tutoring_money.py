"""What asking Claude may cost and has cost: reserved at its most before a request, settled from what was used after it.

Money is in whole billionths of a dollar, so that sums are exact. Days are UTC days, for it is the operator's money.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlite_utils import Database

from bot.store import people
from bot.store.codec import to_ms
from bot.store.connect import change, insert, one, value


class Short(StrEnum):
    """Whose money does not reach for a request."""

    LEARNER = "learner"
    GROUP = "group"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that may be spent, in billionths of a dollar."""

    learner_day: int
    group_day: int
    month: int


@dataclass(frozen=True, slots=True)
class Expense:
    """A request about to be made. A user of 0 is nobody in particular, and has no limit of their own."""

    user_id: int
    group_id: int
    model: str
    purpose: str
    most: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """Money set aside for one request."""

    call_id: int
    day: str
    group_id: int
    most: int


@dataclass(frozen=True, slots=True)
class Used:
    """What the service said it used, in tokens; `written` and `read` are of its prompt cache."""

    input: int = 0
    output: int = 0
    read: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent in a period: `cost` is known, `open` is under way or unknown, at its most."""

    calls: int
    cost: int
    open: int


def reserve(db: Database, what: Expense, limits: Limits, now: datetime) -> Reserved | Short:
    """Set the most a request can cost aside, or say whose money does not reach."""
    day, user_id = _day(now), somebody(db, what.user_id)
    lacking = _short(db, user_id, what, limits, day)
    if lacking:
        return lacking
    call_id = insert(
        db,
        "INSERT INTO tutor_call (user_id, group_id, day, model, purpose, reserved, at)"
        " VALUES (:user_id, :group_id, :day, :model, :purpose, :most, :at)",
        user_id=user_id,
        group_id=what.group_id or None,
        day=day,
        model=what.model,
        purpose=what.purpose,
        most=what.most,
        at=to_ms(now),
    )
    _bill(db, day, what.group_id, what.most, calls=1)
    return Reserved(call_id, day, what.group_id, what.most)


def short(db: Database, what: Expense, limits: Limits, now: datetime) -> Short | None:
    """Whose money does not reach for a request, if anybody's."""
    return _short(db, somebody(db, what.user_id), what, limits, _day(now))


def somebody(db: Database, user_id: int) -> int | None:
    """Find who a learner is by now; None for nobody, and for who was forgotten, about whom nothing is kept."""
    me = people.current(db, user_id)
    known = "SELECT u.id FROM app_user u LEFT JOIN erasure e ON e.user_id = u.id WHERE u.id = :id AND e.at IS NULL"
    found: int | None = value(db, known, id=me)
    return found


def settle(db: Database, reserved: Reserved, cost: int | None, used: Used) -> None:
    """Put what a request cost in place of what was set aside; None leaves that, for nobody knows. Again changes nothing."""
    sql = (
        "UPDATE tutor_call SET state = :state, cost = :cost, input_tokens = :input, output_tokens = :output,"
        " cache_read_tokens = :read, cache_write_tokens = :written WHERE id = :id AND state = 'open'"
    )
    names = {"input": used.input, "output": used.output, "read": used.read, "written": used.written}
    state = "unknown" if cost is None else "settled"
    changed = change(db, sql, id=reserved.call_id, state=state, cost=cost, **names)
    gone = not one(db, "SELECT 1 AS there FROM tutor_call WHERE id = :id", id=reserved.call_id)  # with its learner
    if cost is not None and (changed or gone):
        _bill(db, reserved.day, reserved.group_id, cost - reserved.most, calls=0)


def spent(db: Database, day: str) -> Spent:
    """Add up what was spent on a UTC day, or in a month, of which `day` is then the beginning, such as 2026-11."""
    row = one(
        db,
        "SELECT count(*) AS calls, coalesce(sum(cost), 0) AS cost,"
        " coalesce(sum(CASE WHEN state != 'settled' THEN reserved END), 0) AS open FROM tutor_call"
        " WHERE day >= :day AND day < :beyond",
        **_span(day),
    )
    return Spent(**row) if row else Spent(0, 0, 0)


def _short(db: Database, user_id: int | None, what: Expense, limits: Limits, day: str) -> Short | None:
    if user_id is not None and _of_learner(db, user_id, day) + what.most > limits.learner_day:
        return Short.LEARNER
    if what.group_id and _of_group(db, what.group_id, day) + what.most > limits.group_day:
        return Short.GROUP
    month = value(
        db, "SELECT coalesce(sum(nano), 0) FROM tutor_bill WHERE day >= :day AND day < :beyond", **_span(day[:7])
    )
    return Short.MONTH if int(month) + what.most > limits.month else None


def _of_learner(db: Database, user_id: int, day: str) -> int:
    sql = "SELECT coalesce(sum(coalesce(cost, reserved)), 0) FROM tutor_call WHERE user_id = :user_id AND day = :day"
    return int(value(db, sql, user_id=user_id, day=day))


def _of_group(db: Database, group_id: int, day: str) -> int:
    sql = "SELECT coalesce(sum(nano), 0) FROM tutor_bill WHERE group_id = :group_id AND day = :day"
    return int(value(db, sql, group_id=group_id, day=day))


def _bill(db: Database, day: str, group_id: int, nano: int, *, calls: int) -> None:
    sql = (
        "INSERT INTO tutor_bill (day, group_id, nano, calls) VALUES (:day, :group_id, :nano, :calls)"
        " ON CONFLICT (day, group_id) DO UPDATE SET nano = nano + excluded.nano, calls = calls + excluded.calls"
    )
    change(db, sql, day=day, group_id=group_id, nano=nano, calls=calls)


def _span(day: str) -> dict[str, str]:
    """The texts between which the days of a period lie."""
    return {"day": day, "beyond": day + "~"}


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
