"""Amnesty days: dates made neutral for all members of a group, or for everyone, because something was down.

Each member's own ledger gets an entry, so that what follows is theirs alone. A freeze the date had cost comes back, and
a gap that freezes at hand now suffice for closes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlite_utils import Database

from bot import streaks
from bot.days import local_day
from bot.store import ledger, people
from bot.store.codec import day_text, from_ms, to_day, to_ms
from bot.store.connect import Row, insert, one, rows, value
from bot.store.ledger import Entry

NOTE_CHARS = 120
UNDO_WITHIN = timedelta(hours=24)
_MOST_LISTED = 20
_MEMBERS = (
    "SELECT u.id FROM app_user u WHERE u.sample = 0 AND NOT EXISTS (SELECT 1 FROM merger WHERE from_user = u.id)"
    " AND (:group_id IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = u.id AND m.group_id = :group_id))"
)


class Asked(NamedTuple):
    """An amnesty as it is asked for; without a group it is for everyone."""

    group_id: int | None
    day: date
    note: str
    by_user: int | None


class Outcome(StrEnum):
    """What became of it."""

    DONE = "done"
    ALREADY = "already"  # the date is neutral, or to be undone, is not
    TOO_LATE = "too late"  # to take it back


class Declared(NamedTuple):
    """What a declaration or its undoing came to, and how many members it reached."""

    outcome: Outcome
    members: int = 0


@dataclass(frozen=True, slots=True)
class Amnesty:
    """A neutral date, with who declared it and when."""

    day: date
    note: str
    by: str
    at: datetime
    for_all: bool = False


def declare(db: Database, asked: Asked, now: datetime) -> Declared:
    """Make a date neutral for those who are members now."""
    latest = _latest(db, asked)
    if latest is not None and latest["declared"]:
        return Declared(Outcome.ALREADY)
    source = f"amnesty {_note_down(db, asked, 1, now)}"
    members = rows(db, _MEMBERS, group_id=asked.group_id)
    for row in members:
        _forgive(db, row["id"], asked.day, source, now)
    return Declared(Outcome.DONE, len(members))


def undo(db: Database, asked: Asked, now: datetime) -> Declared:
    """Turn the signs of all that a declaration entered, for each member whose freezes allow it."""
    latest = _latest(db, asked)
    if latest is None or not latest["declared"]:
        return Declared(Outcome.ALREADY)
    if now - from_ms(latest["at"]) > UNDO_WITHIN:
        return Declared(Outcome.TOO_LATE)
    _note_down(db, asked, 0, now)
    source = f"amnesty {latest['id']}"
    sql = "SELECT user_id, sum(delta) AS delta FROM freeze_ledger WHERE source = :source GROUP BY user_id"
    reached = [
        row["user_id"]
        for row in rows(db, sql, source=source)
        if 0 <= ledger.balance(db, row["user_id"]) - row["delta"] <= streaks.MOST_FREEZES
    ]
    for user_id in reached:
        _take_back(db, user_id, source, now)
    return Declared(Outcome.DONE, len(reached))


def _latest(db: Database, asked: Asked) -> Row | None:
    return one(
        db,
        "SELECT id, declared, at FROM amnesty WHERE group_id IS :group_id AND local_day = :day ORDER BY id DESC LIMIT 1",
        group_id=asked.group_id,
        day=day_text(asked.day),
    )


def _note_down(db: Database, asked: Asked, declared: int, now: datetime) -> int:
    return insert(
        db,
        "INSERT INTO amnesty (group_id, local_day, declared, note, by_user, at)"
        " VALUES (:group_id, :day, :declared, :note, :by_user, :at)",
        group_id=asked.group_id,
        day=day_text(asked.day),
        declared=declared,
        note=" ".join(asked.note.split())[:NOTE_CHARS],
        by_user=asked.by_user,
        at=to_ms(now),
    )


def _forgive(db: Database, user_id: int, day: date, source: str, now: datetime) -> None:
    """Make a date neutral for one learner."""
    before = ledger.read_log(db, user_id)
    spent = value(
        db,
        "SELECT sum(cover) FROM freeze_ledger WHERE user_id = :id AND reason = 'spent' AND local_day = :day",
        id=user_id,
        day=day_text(day),
    )
    if spent:
        room = int(ledger.balance(db, user_id) < streaks.MOST_FREEZES)
        ledger.enter_freeze(db, user_id, Entry(room, -1, "spent", day, source), now)
    ledger.enter_freeze(db, user_id, Entry(0, 1, "amnesty", day, source), now)
    if not before.done:
        return
    for frozen in streaks.healed(ledger.read_log(db, user_id), day, _to_spare(db, user_id, now)):
        ledger.enter_freeze(db, user_id, Entry(-1, 1, "spent", frozen, source), now)
    ledger.recount(db, user_id, before, day, now, source)


def _to_spare(db: Database, user_id: int, now: datetime) -> int:
    """Count the freezes that are not needed to keep the running run alive today; none where it is over."""
    rule = people.read_user(db, user_id, now).rule
    streak = ledger.read_streak(db, user_id, local_day(now, rule.tz, rule.day_start))
    needed = ledger.read_tally(db, user_id).freezes - streak.freezes
    return ledger.balance(db, user_id) - needed if streak.current else 0


def _take_back(db: Database, user_id: int, source: str, now: datetime) -> None:
    before = ledger.read_log(db, user_id)
    insert(
        db,
        "INSERT INTO freeze_ledger (user_id, delta, cover, reason, local_day, at, source)"
        " SELECT user_id, -delta, -cover, reason, local_day, :at, 'undo ' || source FROM freeze_ledger"
        " WHERE user_id = :id AND source = :source ORDER BY id",
        id=user_id,
        source=source,
        at=to_ms(now),
    )
    if before.done:
        ledger.recount(db, user_id, before, date.min, now, f"undo {source}")


def listed(db: Database, group_id: int | None) -> list[Amnesty]:
    """List the amnesties that hold for a group, its own and those for everyone, the latest day first."""
    sql = (
        "SELECT a.local_day, a.note, coalesce(u.name, '') AS name, a.at, a.group_id IS NULL AS for_all FROM amnesty a"
        " LEFT JOIN app_user u ON u.id = a.by_user"
        " WHERE (a.group_id IS NULL OR a.group_id = :group_id) AND a.declared = 1 AND NOT EXISTS (SELECT 1 FROM amnesty b"
        " WHERE b.group_id IS a.group_id AND b.local_day = a.local_day AND b.id > a.id)"
        " ORDER BY a.local_day DESC LIMIT :most"
    )
    return [
        Amnesty(to_day(row["local_day"]), row["note"], row["name"], from_ms(row["at"]), bool(row["for_all"]))
        for row in rows(db, sql, group_id=group_id, most=_MOST_LISTED)
    ]


def neutral_days(db: Database, group_id: int) -> set[date]:
    """Collect the dates that are neutral for a group."""
    return {amnesty.day for amnesty in listed(db, group_id)}


def note_for(db: Database, user_id: int, day: date) -> str:
    """Read what was said about the amnesty that covers a learner's date."""
    sql = (
        "SELECT a.note FROM freeze_ledger f JOIN amnesty a ON f.source = 'amnesty ' || a.id"
        " WHERE f.user_id = :id AND f.reason = 'amnesty' AND f.local_day = :day ORDER BY f.id DESC LIMIT 1"
    )
    return str(value(db, sql, id=user_id, day=day_text(day)) or "")
