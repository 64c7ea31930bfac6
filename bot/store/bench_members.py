"""Members of a group made in bulk, for benchmarks and tests: as many as asked for, with XP that varies like real XP does.

Their XP is entered in the ledger too, so that every projection still agrees with its log.
"""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.connect import change, value

SPREAD = 7_919  # a prime: neighbours in number are far apart in XP
MOST_XP = 9_000  # distinct values of a group that has been learning for a year or two

_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)"
_FOR_EACH = (
    "INSERT INTO app_user (id, created_at, name) SELECT :first + i, :at, 'Member ' || (:first + i) FROM n",
    """INSERT INTO xp_ledger (user_id, amount, points, reason, source_kind, source_id, local_day, at)
    SELECT :first + i, 1 + i * :spread % :most, 1 + i * :spread % :most, 'bench', 'bench', 'all', '2026-01-05', :at FROM n""",
    """INSERT INTO membership (group_id, user_id, joined_at, xp)
    SELECT :group_id, :first + i, :at, 1 + i * :spread % :most FROM n""",
)


def add_members(db: Database, group_id: int, count: int, at_ms: int) -> range:
    """Add members to a group in the caller's transaction, 15 seconds for a million, and give their keys."""
    first = int(value(db, "SELECT coalesce(max(id), 0) FROM app_user")) + 1
    for statement in _FOR_EACH:
        change(
            db,
            f"{_NUMBERS} {statement}",
            group_id=group_id,
            count=count,
            first=first,
            at=at_ms,
            most=MOST_XP,
            spread=SPREAD,
        )
    return range(first, first + count)
