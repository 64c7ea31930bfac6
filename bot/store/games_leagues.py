"""Leagues of a group: made on Mondays from what the week before brought, when somebody first looks, once and for good."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from bot import boards, days
from bot.boards import Score
from bot.store.codec import day_text, to_day, to_ms
from bot.store.connect import change, insert, one, rows, value
from bot.store.games_goals import active
from bot.store.rows import Group

MOST_WEEKS = 10
"""Mondays settled one after the other when nobody has looked for long; after more, leagues begin anew."""


class League(NamedTuple):
    """A member's league in a week: 1 is the highest of `leagues`; `moved` is 1 for up, -1 for down."""

    number: int
    leagues: int
    moved: int


def monday_of(group: Group, now: datetime) -> date:
    """Name the Monday of the running week on a group's clock."""
    today = days.local_day(now, group.tz, 0)
    return today - timedelta(days=today.weekday())


def is_settled(db: Database, group: Group, now: datetime) -> bool:
    """Tell whether the running week's leagues were made."""
    sql = "SELECT 1 FROM league_week WHERE group_id = :group_id AND week = :week"
    return value(db, sql, group_id=group.id, week=day_text(monday_of(group, now))) is not None


def settle(db: Database, group: Group, now: datetime) -> None:
    """Make the leagues of every Monday up to the running week that has none; again changes nothing."""
    monday = monday_of(group, now)
    latest = value(db, "SELECT max(week) FROM league_week WHERE group_id = :group_id", group_id=group.id)
    week = to_day(latest) + timedelta(weeks=1) if latest else monday
    if week < monday - timedelta(weeks=MOST_WEEKS):
        week = monday
    while week <= monday:
        _settle_week(db, group, week, now)
        week += timedelta(weeks=1)


def _settle_week(db: Database, group: Group, week: date, now: datetime) -> None:
    begins = days.day_begins(week, group.tz, 0)
    before = week - timedelta(weeks=1)
    last = _places(db, group.id, before)
    scores = scores_between(db, group.id, to_ms(days.day_begins(before, group.tz, 0)), to_ms(begins))
    members = active(db, group.id, begins, hidden=False)
    new = boards.new_leagues(last, scores, members)
    insert(
        db,
        "INSERT INTO league_week (group_id, week, leagues, settled_at) VALUES (:group_id, :week, :leagues, :at)",
        group_id=group.id,
        week=day_text(week),
        leagues=max(new.values(), default=0),
        at=to_ms(now),
    )
    for user_id, league in new.items():
        insert(
            db,
            "INSERT INTO league_place (group_id, week, user_id, league, moved)"
            " VALUES (:group_id, :week, :user_id, :league, :moved)",
            group_id=group.id,
            week=day_text(week),
            user_id=user_id,
            league=league,
            moved=_sign(last.get(user_id, league) - league),
        )


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _places(db: Database, group_id: int, week: date) -> dict[int, int]:
    sql = "SELECT user_id, league FROM league_place WHERE group_id = :group_id AND week = :week"
    return {row["user_id"]: row["league"] for row in rows(db, sql, group_id=group_id, week=day_text(week))}


def scores_between(db: Database, group_id: int, since_ms: int, until_ms: int) -> dict[int, int]:
    """Add up what each member on the board earned from one instant to before another."""
    sql = (
        "SELECT m.user_id, sum(x.amount) AS xp FROM membership m JOIN xp_ledger x ON x.user_id = m.user_id"
        " WHERE m.group_id = :group_id AND m.hidden = 0 AND x.at >= :since AND x.at < :until GROUP BY m.user_id"
    )
    found = rows(db, sql, group_id=group_id, since=since_ms, until=until_ms)
    return {row["user_id"]: int(row["xp"]) for row in found}


def league_of(db: Database, group: Group, user_id: int, now: datetime) -> League | None:
    """Find a member's league of the running week; None without one."""
    row = one(
        db,
        "SELECT p.league, w.leagues, p.moved FROM league_place p"
        " JOIN league_week w ON w.group_id = p.group_id AND w.week = p.week"
        " WHERE p.group_id = :group_id AND p.week = :week AND p.user_id = :user_id",
        group_id=group.id,
        week=day_text(monday_of(group, now)),
        user_id=user_id,
    )
    return League(row["league"], row["leagues"], row["moved"]) if row else None


def has_leagues(db: Database, group: Group, now: datetime) -> bool:
    """Tell whether the running week has leagues."""
    sql = "SELECT leagues FROM league_week WHERE group_id = :group_id AND week = :week"
    return bool(value(db, sql, group_id=group.id, week=day_text(monday_of(group, now))))


def table(db: Database, group: Group, number: int, now: datetime) -> list[Score]:
    """Read a league's running week: all its members who are on the board, also those without XP so far."""
    monday = monday_of(group, now)
    since, until = (to_ms(days.day_begins(monday + timedelta(weeks=n), group.tz, 0)) for n in (0, 1))
    scores = scores_between(db, group.id, since, until)
    found = rows(
        db,
        "SELECT p.user_id FROM league_place p JOIN membership m ON m.group_id = p.group_id AND m.user_id = p.user_id"
        " WHERE p.group_id = :group_id AND p.week = :week AND p.league = :number AND m.hidden = 0",
        group_id=group.id,
        week=day_text(monday),
        number=number,
    )
    return [Score(row["user_id"], scores.get(row["user_id"], 0)) for row in found]


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give two learners' places to the one they became; where both had one, the higher stays."""
    from_both = {"one": old[0], "other": old[1]}
    insert(
        db,
        "INSERT INTO league_place (group_id, week, user_id, league, moved)"
        " SELECT group_id, week, :new, min(league), max(moved) FROM league_place WHERE user_id IN (:one, :other)"
        " GROUP BY group_id, week",
        new=new,
        **from_both,
    )
    change(db, "DELETE FROM league_place WHERE user_id IN (:one, :other)", **from_both)
