"""A group's week to look back on: what it earned day by day, who kept at it, and what it found hard. Reached as `Store.weeks`.

Hidden members and invented ones count in no sum and are named nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot import boards, days, goals
from bot.boards import History
from bot.store import games_goals, standings
from bot.store.codec import day_text, from_ms, to_ms
from bot.store.connect import rows, value
from bot.store.readers import Readers
from bot.store.rows import BoardRow, Group
from bot.store.writer import Writer

PODIUM = 3
DAYS, USUAL_WEEKS = 7, 4
_MEMBERS = "membership m JOIN app_user u ON u.id = m.user_id AND u.sample = 0"
_HERE = "m.group_id = :group_id AND m.hidden = 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A group's week.

    Attributes:
        monday: its first day, where the group is.
        xp_by_day: from Monday on, seven.
        goal: XP the group aimed at.
        active: members who learned.
        streak: days in a row, up to its last, on which enough of them did theirs.
        top: who earned most.
        steady: names of those who did theirs on most days, and on how many; nobody with fewer than two.
        improved: name of who was furthest above their own usual week; empty when nobody was.
        answers: by item, how many answers it got and how many of them were right.
    """

    monday: date
    xp_by_day: tuple[int, ...]
    goal: int
    active: int
    streak: int
    top: tuple[BoardRow, ...]
    steady: tuple[str, ...]
    steady_days: int
    improved: str
    answers: dict[str, tuple[int, int]]


class Weeks:
    """The weeks of groups."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def of(self, group: Group, monday: date) -> Week:
        """Read a group's week that began on a Monday, there."""
        return await self._read(lambda db: _week(db, group, monday))


def _week(db: Database, group: Group, monday: date) -> Week:
    start = days.day_begins(monday, group.tz, 0)
    end = days.day_begins(monday + timedelta(days=DAYS), group.tz, 0)
    rule = games_goals.read_rule(db, group.id)
    span = {"group_id": group.id, "start": to_ms(start), "end": to_ms(end)}
    size = len(games_goals.active(db, group.id, start, hidden=False))
    share = rule.streak_share or goals.USUAL_SHARE
    placed = boards.rank(standings.week_scores(db, group.id, to_ms(start)))
    real = [line for line in (standings.named(db, place, None) for place in placed[: 4 * PODIUM]) if not line.sample]
    steady, most = _steady(db, group.id, monday)
    return Week(
        monday=monday,
        xp_by_day=_xp_by_day(db, group, monday, span),
        goal=rule.weekly_xp or goals.usual_goal(size),
        active=_active(db, span),
        streak=games_goals.streak(db, group.id, monday + timedelta(days=DAYS - 1), share),
        top=tuple(real[:PODIUM]),
        steady=steady,
        steady_days=most,
        improved=_improved(db, group, monday, span),
        answers=_answers(db, span),
    )


def _xp_by_day(db: Database, group: Group, monday: date, span: dict[str, int]) -> tuple[int, ...]:
    earned = rows(
        db,
        f"SELECT x.at / 900000 AS quarter, sum(x.amount) AS xp FROM {_MEMBERS} JOIN xp_ledger x ON x.user_id = u.id"  # noqa: S608
        f" AND x.at >= :start AND x.at < :end WHERE {_HERE} GROUP BY 1",  # no zone turns its day but on a quarter
        **span,
    )
    sums = [0] * DAYS
    for row in earned:
        day = days.local_day(from_ms(row["quarter"] * 900_000), group.tz, 0)
        sums[min(max((day - monday).days, 0), DAYS - 1)] += row["xp"]
    return tuple(sums)


def _active(db: Database, span: dict[str, int]) -> int:
    sql = (
        f"SELECT count(DISTINCT a.user_id) FROM {_MEMBERS} JOIN attempt a ON a.user_id = u.id"  # noqa: S608
        f" AND a.at >= :start AND a.at < :end WHERE {_HERE}"
    )
    return int(value(db, sql, **span))


def _steady(db: Database, group_id: int, monday: date) -> tuple[tuple[str, ...], int]:
    found = rows(
        db,
        "SELECT coalesce(nullif(u.board_name, ''), u.name) AS name, count(*) AS days"  # noqa: S608
        f" FROM {_MEMBERS} JOIN streak_day s ON s.user_id = u.id AND s.local_day BETWEEN :first AND :last"
        f" WHERE {_HERE} GROUP BY u.id HAVING count(*) > 1 ORDER BY days DESC, u.id",
        group_id=group_id,
        first=day_text(monday),
        last=day_text(monday + timedelta(days=DAYS - 1)),
    )
    most = found[0]["days"] if found else 0
    return tuple(row["name"] for row in found if row["days"] == most), most


def _improved(db: Database, group: Group, monday: date, span: dict[str, int]) -> str:
    begins = [to_ms(days.day_begins(monday - timedelta(weeks=n), group.tz, 0)) for n in range(USUAL_WEEKS - 1, -1, -1)]
    found = rows(
        db,
        "SELECT m.user_id, sum(CASE WHEN x.at >= :start THEN x.amount ELSE 0 END) AS now,"  # noqa: S608
        " sum(CASE WHEN x.at < :start THEN x.amount ELSE 0 END) AS before,"
        " (SELECT min(at) FROM xp_ledger f WHERE f.user_id = m.user_id) AS begun"
        f" FROM {_MEMBERS} JOIN xp_ledger x ON x.user_id = u.id AND x.at >= :first AND x.at < :end"
        f" WHERE {_HERE} GROUP BY m.user_id",
        first=to_ms(days.day_begins(monday - timedelta(weeks=USUAL_WEEKS), group.tz, 0)),
        **span,
    )
    known = [History(r["user_id"], r["now"], r["before"], sum(r["begun"] < end for end in begins)) for r in found]
    best = next(iter(boards.rank(boards.improved(known))), None)
    return standings.named(db, best, None).name if best else ""


def _answers(db: Database, span: dict[str, int]) -> dict[str, tuple[int, int]]:
    found = rows(
        db,
        "SELECT a.item_id, count(*) AS given, sum(a.correct) AS right"  # noqa: S608
        f" FROM {_MEMBERS} JOIN attempt a ON a.user_id = u.id AND a.kind = 'quiz' AND a.at >= :start AND a.at < :end"
        f" WHERE {_HERE} AND a.verdict != 'formative' GROUP BY a.item_id",
        **span,
    )
    return {row["item_id"]: (row["given"], row["right"]) for row in found}
