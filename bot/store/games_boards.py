"""Boards as one member sees them: which view, which part of it, and what they may know of their own place."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlite_utils import Database

from bot import boards, days
from bot.boards import AROUND, PODIUM, History, Placed
from bot.store import games_leagues, games_ranks, ledger, people, standings
from bot.store.codec import day_text, to_ms
from bot.store.connect import rows, value
from bot.store.rows import BoardRow, Group

USUAL_WEEKS = 4  # earlier weeks that say what is usual for somebody
MOST_DILIGENT = 5  # lines besides the reader's own


class BoardView(StrEnum):
    """What a board ranks by."""

    WEEK = "week"
    ALL = "all"
    IMPROVEMENT = "improvement"
    LEAGUE = "league"


class Board(NamedTuple):
    """Part of a board of `size` members. `mine` is the reader's place, `xp` theirs even when they are hidden.

    `usual` is their own XP in a usual week, None for who has none behind them.
    """

    rows: list[BoardRow]
    size: int
    mine: Placed | None
    xp: int
    usual: float | None = None


class Diligent(NamedTuple):
    """How steadily a member works: days done in the running week, and their streak."""

    name: str
    days: int
    streak: int
    me: bool
    sample: bool


def week_of(group: Group, now: datetime) -> tuple[datetime, date]:
    """Say when a group's running week began, and which day it is there."""
    return days.week_begins(now, group.tz), days.local_day(now, group.tz, 0)


def board(db: Database, group: Group, view: BoardView, me: int, now: datetime, *, full: bool) -> Board:
    """Read the podium and the reader's neighbourhood, as far as it is in the upper half; in full, all around them."""
    top, monday = standings.TOP if full else PODIUM, to_ms(week_of(group, now)[0])
    if view is BoardView.ALL:
        placed, size = standings.all_time(db, group.id, me, top), _size(db, group.id)
    else:
        everyone = boards.rank(_scores(db, group, view, me, now))
        placed, size = boards.excerpt(everyone, me, top=top, around=AROUND), len(everyone)
    return Board(
        rows=[standings.named(db, place, me) for place in (placed if full else boards.gently(placed, me, size))],
        size=size,
        mine=next((place for place in placed if place.user_id == me), None),
        xp=own_xp(db, me, None if view is BoardView.ALL else monday),
        usual=_usual(db, group, me, now) if view is BoardView.IMPROVEMENT else None,
    )


def _size(db: Database, group_id: int) -> int:
    return games_ranks.ahead(db, group_id, 0)


def _scores(db: Database, group: Group, view: BoardView, me: int, now: datetime) -> list[boards.Score]:
    if view is BoardView.IMPROVEMENT:
        return boards.improved(_histories(db, group, now))
    if view is BoardView.LEAGUE:
        league = games_leagues.league_of(db, group, me, now)
        return games_leagues.table(db, group, league.number, now) if league else []
    return standings.week_scores(db, group.id, to_ms(week_of(group, now)[0]))


def own_xp(db: Database, user_id: int, since_ms: int | None) -> int:
    """Add up what a learner earned since an instant, or ever."""
    sql = "SELECT coalesce(sum(amount), 0) FROM xp_ledger WHERE user_id = :id AND at >= :since"
    return int(value(db, sql, id=user_id, since=since_ms or 0))


def _histories(db: Database, group: Group, now: datetime, only: int | None = None) -> list[History]:
    """Read what members earned in this week and in the last four, and for how many of those they have been learning."""
    monday, today = week_of(group, now)
    first_day = today - timedelta(days=today.weekday(), weeks=USUAL_WEEKS)
    begins = [to_ms(days.day_begins(first_day + timedelta(weeks=n), group.tz, 0)) for n in range(USUAL_WEEKS)]
    found = rows(
        db,
        "SELECT m.user_id, sum(CASE WHEN x.at >= :monday THEN x.amount ELSE 0 END) AS now,"
        " sum(CASE WHEN x.at < :monday THEN x.amount ELSE 0 END) AS before,"
        " (SELECT min(at) FROM xp_ledger f WHERE f.user_id = m.user_id) AS begun"
        " FROM membership m JOIN xp_ledger x ON x.user_id = m.user_id AND x.at >= :first"
        " WHERE m.group_id = :group_id AND (m.hidden = 0 OR m.user_id = :only) AND m.user_id = coalesce(:only, m.user_id)"
        " GROUP BY m.user_id",
        monday=to_ms(monday),
        first=begins[0],
        group_id=group.id,
        only=only,
    )
    ends = [*begins[1:], to_ms(monday)]
    return [History(r["user_id"], r["now"], r["before"], sum(r["begun"] < end for end in ends)) for r in found]


def _usual(db: Database, group: Group, me: int, now: datetime) -> float | None:
    mine = _histories(db, group, now, only=me)
    return boards.average(mine[0]) if mine else None


def diligent(db: Database, group: Group, me: int, now: datetime) -> list[Diligent]:
    """List the members with most days done this week, the longer streak first among equals; and the reader, if they have any."""
    _, today = week_of(group, now)
    found = rows(
        db,
        "SELECT m.user_id, count(*) AS days FROM membership m"
        " JOIN streak_day s ON s.user_id = m.user_id AND s.local_day >= :monday"
        " WHERE m.group_id = :group_id AND m.hidden = 0 GROUP BY m.user_id",
        group_id=group.id,
        monday=day_text(today - timedelta(days=today.weekday())),
    )
    everyone = [(row["user_id"], _diligent(db, row["user_id"], row["days"], me, now)) for row in found]
    ordered = sorted(everyone, key=lambda pair: (-pair[1].days, -pair[1].streak, pair[0]))
    return [one for n, (_, one) in enumerate(ordered) if n < MOST_DILIGENT or one.me]


def _diligent(db: Database, user_id: int, done: int, me: int, now: datetime) -> Diligent:
    user = people.read_user(db, user_id, now)
    streak = ledger.read_streak(db, user.id, days.local_day(now, user.tz, user.day_start)).current
    return Diligent(user.board_name or user.name, done, streak, user.id == me, user.sample)
