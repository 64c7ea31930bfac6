"""Two learners who are one person become one: what they did changes hands, and all that follows from it is worked out anew.

The one they become is a new learner, so that the freezes of either stay in the log as they were. Afterwards everything is
as if one person had done it all: what both did pays once, and the better of two daily sets counts for a day. A pass keeps
the price it was paid at, whatever the other account had tried before, and no date that held a streak together lets go.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot import xp
from bot.store import (
    claims,
    games,
    insights_reports,
    learning_replay,
    ledger,
    people,
    privacy,
    rebuild,
    reminders,
    schedules,
    streaklog,
    tutoring,
)
from bot.store.codec import day_text, from_ms, to_day, to_ms
from bot.store.connect import Row, change, insert, one, rows, value

_HAND_OVER = (
    "UPDATE identity SET user_id = :new WHERE user_id IN (:one, :other)",
    "UPDATE question SET user_id = :new WHERE user_id IN (:one, :other)",
    "UPDATE submission SET user_id = :new WHERE user_id IN (:one, :other)",
    "UPDATE attempt SET user_id = :new WHERE user_id IN (:one, :other)",
    "UPDATE xp_ledger SET user_id = :new WHERE user_id IN (:one, :other)",
)
_FORGET = (  # projections, worked out anew
    "DELETE FROM streak_day WHERE user_id IN (:one, :other)",
    "DELETE FROM streak WHERE user_id IN (:one, :other)",
)


class _Pair(NamedTuple):
    """The two learners, and who they become."""

    one: int
    other: int
    new: int

    @property
    def both(self) -> dict[str, int]:
        """The two, as statements name them."""
        return {"one": self.one, "other": self.other}


def merge(db: Database, first: int, second: int, now: datetime) -> int:
    """Make two learners one and give the key of the new one. The settings are those of who has done more, or of `first`."""
    leader, follower = (second, first) if _acts(db, second) > _acts(db, first) else (first, second)
    pair = _Pair(leader, follower, _add_user(db, leader, follower))
    for user_id in (leader, follower):
        sql = "INSERT INTO merger (from_user, into_user, at) VALUES (:old, :new, :at)"
        insert(db, sql, old=user_id, new=pair.new, at=to_ms(now))
    _settle_daily_sets(db, pair)
    _hand_over(db, pair)
    learning_replay.hand_over(db, (leader, follower), pair.new)
    _take_hints(db, pair)
    _count_days(db, pair)
    _pay_once(db, pair)
    _join_groups(db, pair)
    insights_reports.hand_over(db, (leader, follower), pair.new)
    games.hand_over(db, (leader, follower), pair.new, now)
    reminders.hand_over(db, (leader, follower), pair.new)
    schedules.hand_over(db, (leader, follower), pair.new)
    claims.hand_over(db, (leader, follower), pair.new)
    privacy.hand_over(db, (leader, follower), pair.new)
    tutoring.hand_over(db, (leader, follower), pair.new)
    return pair.new


def _acts(db: Database, user_id: int) -> int:
    return int(value(db, "SELECT count(*) FROM attempt WHERE user_id = :id", id=user_id))


def _add_user(db: Database, leader: int, follower: int) -> int:
    """Add the learner the two become; who hides from boards stays hidden, and what one left unset the other's choice fills."""
    new = insert(
        db,
        "INSERT INTO app_user (created_at, name, track, path, focus, board_name, board_opt_out, ask_confidence)"
        " SELECT min(a.created_at, b.created_at), a.name, coalesce(nullif(a.track, ''), b.track),"
        " coalesce(nullif(a.path, ''), b.path), coalesce(nullif(a.focus, ''), b.focus),"
        " coalesce(nullif(a.board_name, ''), b.board_name), max(a.board_opt_out, b.board_opt_out),"
        " max(a.ask_confidence, b.ask_confidence)"
        " FROM app_user a, app_user b WHERE a.id = :leader AND b.id = :follower",
        leader=leader,
        follower=follower,
    )
    change(
        db,
        "INSERT INTO day_rule (user_id, tz, day_start, set_at, effective_at, zone_change)"
        " SELECT :new, tz, day_start, set_at, effective_at, zone_change FROM day_rule WHERE user_id = :leader ORDER BY id",
        new=new,
        leader=leader,
    )
    return new


def _settle_daily_sets(db: Database, pair: _Pair) -> None:
    """Where both had a daily set on one day, keep the one further on; the other's questions become extra ones."""
    sql = (
        "SELECT local_day FROM question WHERE purpose = 'daily' AND user_id = :one"
        " INTERSECT SELECT local_day FROM question WHERE purpose = 'daily' AND user_id = :other"
    )
    for row in rows(db, sql, **pair.both):
        kept = max((pair.one, pair.other), key=lambda user_id: _share_done(db, user_id, row["local_day"]))
        change(
            db,
            "UPDATE question SET purpose = 'quiz' WHERE user_id = :user_id AND local_day = :day AND purpose = 'daily'",
            user_id=pair.other if kept == pair.one else pair.one,
            day=row["local_day"],
        )


def _share_done(db: Database, user_id: int, day: str) -> float:
    row = one(
        db,
        "SELECT count(a.id) * 1.0 / count(*) AS share FROM question q"
        " LEFT JOIN attempt a ON a.question_id = q.id AND a.local_day = q.local_day"
        " WHERE q.user_id = :user_id AND q.local_day = :day AND q.purpose = 'daily'",
        user_id=user_id,
        day=day,
    )
    return float(row["share"]) if row else 0.0


def _hand_over(db: Database, pair: _Pair) -> None:
    """Give the new learner the accounts and the log."""
    for statement in _HAND_OVER:
        change(db, statement, new=pair.new, **pair.both)
    for statement in _FORGET:
        change(db, statement, **pair.both)


def _take_hints(db: Database, pair: _Pair) -> None:
    """Count the hints either has seen. The old rows stay, for the keys of requests that may come once more."""
    change(
        db,
        "INSERT INTO hint_use (user_id, slug, rung, local_day, at)"
        " SELECT :new, slug, rung, local_day, min(at) FROM hint_use WHERE user_id IN (:one, :other) GROUP BY slug, rung",
        new=pair.new,
        **pair.both,
    )


def _count_days(db: Database, pair: _Pair) -> None:
    """Live through the days again, with the freezes one person would have had; what those of either held stays held."""
    streaklog.hand_over(db, (pair.one, pair.other), pair.new)
    for day in rebuild.qualified_days(db, pair.new):
        last = one(
            db,
            "SELECT tz, at FROM attempt WHERE user_id = :id AND local_day = :day ORDER BY id DESC LIMIT 1",
            id=pair.new,
            day=day_text(day),
        )
        if last is not None:
            ledger.count_day(db, pair.new, day, last["tz"], from_ms(last["at"]))
    streaklog.keep_frozen(db, (pair.one, pair.other), pair.new)


def _pay_once(db: Database, pair: _Pair) -> None:
    """Take back, day by day, what one person would not have been paid."""
    due = _points_due(db, pair.new)
    sql = "SELECT local_day, sum(points) AS points, sum(amount) AS amount, max(at) AS at FROM xp_ledger"
    for row in rows(db, sql + " WHERE user_id = :id GROUP BY local_day", id=pair.new):
        day = to_day(row["local_day"])
        points = due.get(day, 0) - row["points"]
        amount = xp.capped(due.get(day, 0)) - row["amount"]
        if points or amount:
            source = f"{pair.new} {day_text(day)}"
            payment = ledger.Payment(pair.new, points, "one person", "merger", source, day, from_ms(row["at"]))
            ledger.enter(db, payment, amount)


def _points_due(db: Database, user_id: int) -> dict[date, int]:
    """Add up by day what each attempt was paid, but for those that would have earned nothing after all earlier ones."""
    sql = (
        "SELECT a.id, a.kind, a.item_id, coalesce(q.purpose, '') AS purpose, a.correct OR a.verdict = 'formative' AS good,"
        " a.local_day, coalesce(x.points, 0) AS points FROM attempt a LEFT JOIN question q ON q.id = a.question_id"
        " LEFT JOIN xp_ledger x ON x.source_kind = 'attempt' AND x.source_id = CAST(a.id AS TEXT)"
        " AND x.user_id = a.user_id WHERE a.user_id = :id ORDER BY a.id"
    )
    due: dict[date, int] = {}
    seen: set[tuple[str, str]] = set()
    came_again = learning_replay.due_attempts(db, user_id)
    for row in rows(db, sql, id=user_id):
        day = to_day(row["local_day"])
        barred = bool(seen & _barred_by(row)) and not (row["good"] and row["id"] in came_again)
        due[day] = due.get(day, 0) + (0 if barred else row["points"])
        seen |= _leaves(row)
    return due


def _barred_by(row: Row) -> set[tuple[str, str]]:
    """What must not have happened before for an attempt to earn anything, unless its concept is due again."""
    if row["kind"] == "challenge":
        return {("passed", row["item_id"])}
    return {("right" if row["good"] else "met", row["item_id"])}


def _leaves(row: Row) -> set[tuple[str, str]]:
    """What has happened once an attempt was made."""
    if row["kind"] == "challenge":
        return {("passed", row["item_id"])} if row["good"] else set()
    met = {("met", row["item_id"])}
    return met | ({("right", row["item_id"])} if row["good"] and row["purpose"] != "placement" else set())


def _join_groups(db: Database, pair: _Pair) -> None:
    sql = "SELECT group_id, min(joined_at) AS at FROM membership WHERE user_id IN (:one, :other) GROUP BY group_id"
    for row in rows(db, sql, **pair.both):
        people.join(db, row["group_id"], pair.new, from_ms(row["at"]))
    change(db, "DELETE FROM membership WHERE user_id IN (:one, :other)", **pair.both)
