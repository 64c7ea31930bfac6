"""What a group reaches together: its weekly goal in XP, and days on which enough of its active members did theirs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from bot import goals
from bot.goals import Together
from bot.store import amnesties
from bot.store.codec import day_text, to_day, to_ms
from bot.store.connect import change, one, rows, value
from bot.store.rows import Group

MOST_FOR_STREAK = 1_000
"""Members up to which a group has a streak: it is for people who know each other, and takes reading all their days."""
_GRACE_MS = 24 * 60 * 60 * 1000  # work of the day somebody joined on counts, also what came before they did
_CHUNK = 28  # days looked at together, back from today, for as long as the streak goes on


class GoalRule(NamedTuple):
    """What an admin set; None follows the group's size, or the usual share."""

    weekly_xp: int | None = None
    streak_share: int | None = None


def read_rule(db: Database, group_id: int) -> GoalRule:
    """Read what was set for a group."""
    row = one(db, "SELECT weekly_xp, streak_share FROM group_goal WHERE group_id = :group_id", group_id=group_id)
    return GoalRule(**row) if row else GoalRule()


def write_rule(db: Database, group_id: int, rule: GoalRule) -> None:
    """Keep what was set for a group."""
    change(
        db,
        "INSERT INTO group_goal (group_id, weekly_xp, streak_share) VALUES (:group_id, :weekly_xp, :streak_share)"
        " ON CONFLICT (group_id) DO UPDATE SET weekly_xp = excluded.weekly_xp, streak_share = excluded.streak_share",
        group_id=group_id,
        **rule._asdict(),
    )


def active(db: Database, group_id: int, until: datetime, *, hidden: bool = True) -> list[int]:
    """List the members who did some work in the seven days before an instant; invented ones never do."""
    sql = (
        "SELECT m.user_id FROM membership m WHERE m.group_id = :group_id AND m.hidden <= :hidden AND EXISTS"
        " (SELECT 1 FROM attempt a WHERE a.user_id = m.user_id AND a.local_day >= :first AND a.local_day <= :last"
        " AND a.at >= :since AND a.at < :until) ORDER BY m.user_id"
    )
    span = {
        "since": to_ms(until - timedelta(days=goals.ACTIVE_DAYS)),
        "until": to_ms(until),
        "first": day_text((until - timedelta(days=goals.ACTIVE_DAYS + 2)).date()),  # the index is by local day
        "last": day_text((until + timedelta(days=1)).date()),
    }
    return [row["user_id"] for row in rows(db, sql, group_id=group_id, hidden=int(hidden), **span)]


def together(db: Database, group: Group, monday: datetime, today: date) -> Together:
    """Read how a group stands in the week that began on `monday`; hidden and invented members count in no sum."""
    rule = read_rule(db, group.id)
    xp = value(
        db,
        "SELECT coalesce(sum(x.amount), 0) FROM membership m JOIN app_user u ON u.id = m.user_id AND u.sample = 0"
        " JOIN xp_ledger x ON x.user_id = m.user_id AND x.at >= :since WHERE m.group_id = :group_id AND m.hidden = 0",
        group_id=group.id,
        since=to_ms(monday),
    )
    share = rule.streak_share or goals.USUAL_SHARE
    size = len(active(db, group.id, monday, hidden=False)) if rule.weekly_xp is None else 0
    run = streak(db, group.id, today, share, amnesties.neutral_days(db, group.id))
    return Together(int(xp), rule.weekly_xp or goals.usual_goal(size), run, share)


def streak(db: Database, group_id: int, today: date, share: int, neutral: Collection[date] = ()) -> int:
    """Count the days up to today on which the group did its share; `neutral` days neither count nor break."""
    size = "SELECT 1 FROM membership WHERE group_id = :group_id LIMIT 1 OFFSET :most"
    if value(db, size, group_id=group_id, most=MOST_FOR_STREAK) is not None:
        return 0
    total, last = 0, today
    while True:
        first = last - timedelta(days=_CHUNK - 1)
        days = _days(db, group_id, first, last)
        run, goes_on = goals.run(days, first, last, share=share, today=today, neutral=neutral)
        total += run
        if not goes_on:
            return total
        last = first - timedelta(days=1)


def _days(db: Database, group_id: int, first: date, last: date) -> dict[date, goals.Day]:
    """Count for each day who was active and who did theirs; nobody counts before they joined the group."""
    span = {"group_id": group_id, "last": day_text(last)}
    worked = rows(
        db,
        "SELECT DISTINCT a.user_id, a.local_day FROM membership m JOIN attempt a ON a.user_id = m.user_id"
        " WHERE m.group_id = :group_id AND a.local_day BETWEEN :first AND :last AND a.at >= m.joined_at - :grace",
        first=day_text(first - timedelta(days=goals.ACTIVE_DAYS - 1)),
        grace=_GRACE_MS,
        **span,
    )
    done = rows(
        db,
        "SELECT s.user_id, s.local_day FROM membership m JOIN streak_day s ON s.user_id = m.user_id"
        " WHERE m.group_id = :group_id AND s.local_day BETWEEN :first AND :last",
        first=day_text(first),
        **span,
    )
    return goals.days_of(
        [(row["user_id"], to_day(row["local_day"])) for row in worked],
        [(row["user_id"], to_day(row["local_day"])) for row in done],
    )
