"""Ranks of all time: by counting those ahead, and in a large group by counts per number of XP.

The counts are made once a group is large; triggers keep them in the transaction that moves a member's XP.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from bot.store.connect import change, rows, value
from bot.store.rows import Difference

LARGE = 50_000  # members from which on counting those ahead takes longer than adding up counts

_COUNTS = (
    "SELECT group_id, xp, count(*) AS n FROM membership WHERE group_id = :group_id AND hidden = 0 AND xp > 0"
    " GROUP BY group_id, xp"
)


def rank(db: Database, group_id: int, user_id: int) -> int | None:
    """Find a member's all-time rank; None for who is not on the board."""
    sql = "SELECT xp FROM membership WHERE group_id = :group_id AND user_id = :user_id AND hidden = 0 AND xp > 0"
    mine = value(db, sql, group_id=group_id, user_id=user_id)
    return None if mine is None else 1 + ahead(db, group_id, int(mine))


def ahead(db: Database, group_id: int, xp: int) -> int:
    """Count the members on a group's board with more XP."""
    counted = "SELECT coalesce(sum(n), 0) FROM xp_count WHERE group_id = :group_id AND xp > :xp"
    each = "SELECT count(*) FROM membership WHERE group_id = :group_id AND hidden = 0 AND xp > :xp"
    return int(value(db, counted if is_counted(db, group_id) else each, group_id=group_id, xp=xp))


def is_counted(db: Database, group_id: int) -> bool:
    """Tell whether a group's counts are kept."""
    return value(db, "SELECT 1 FROM counted_group WHERE group_id = :group_id", group_id=group_id) is not None


def wants_counts(db: Database, group_id: int, large: int = LARGE) -> bool:
    """Tell whether a group has become large and its counts are not kept yet."""
    sql = "SELECT 1 FROM membership WHERE group_id = :group_id LIMIT 1 OFFSET :large"
    return not is_counted(db, group_id) and value(db, sql, group_id=group_id, large=large - 1) is not None


def count(db: Database, group_id: int) -> None:
    """Make a group's counts afresh, and keep them from now on."""
    change(db, "DELETE FROM xp_count WHERE group_id = :group_id", group_id=group_id)
    change(db, "INSERT INTO counted_group (group_id) VALUES (:group_id) ON CONFLICT DO NOTHING", group_id=group_id)
    change(db, f"INSERT INTO xp_count (group_id, xp, n) {_COUNTS}", group_id=group_id)


def repair(db: Database) -> int:
    """Make the counts of every group anew that has a wrong one, in the caller's transaction; say how many were wrong."""
    found = list(differences(db))
    if found:
        for group in rows(db, "SELECT group_id FROM counted_group"):
            count(db, group["group_id"])
    return len(found)


def differences(db: Database) -> Iterator[Difference]:
    """List every count that is not the number of members it stands for."""
    for group in rows(db, "SELECT group_id FROM counted_group ORDER BY 1"):
        stored = rows(db, "SELECT xp, n FROM xp_count WHERE group_id = :group_id", **group)
        have = {row["xp"]: row["n"] for row in stored}
        want = {row["xp"]: row["n"] for row in rows(db, _COUNTS, **group)}
        for xp in sorted(have.keys() | want.keys()):
            if have.get(xp, 0) != want.get(xp, 0):
                key = f"group {group['group_id']}, {xp} XP"
                yield Difference("xp_count", key, str(have.get(xp, 0)), str(want.get(xp, 0)))
