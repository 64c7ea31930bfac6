"""Working every projection out afresh from the logs and comparing it with what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sqlite_utils import Database

from bot import streaks
from bot.store import games, learning_replay, ledger
from bot.store.codec import to_day
from bot.store.connect import rows
from bot.store.rows import Difference
from bot.streaks import Log

_QUALIFIED = """
SELECT q.user_id, q.local_day FROM question q
LEFT JOIN attempt a ON a.question_id = q.id AND a.local_day = q.local_day
WHERE q.purpose = 'daily' /* of whom: q */ GROUP BY q.user_id, q.local_day HAVING count(*) = count(a.id)
UNION
SELECT a.user_id, a.local_day FROM attempt a JOIN (
  SELECT min(id) AS id FROM attempt WHERE kind = 'challenge' AND correct = 1 /* of whom: attempt */ GROUP BY user_id, item_id
) f ON f.id = a.id
"""

_QUALIFIED_ONE = re.sub(r"/\* of whom: (\w+) \*/", r"AND \1.user_id = :user_id", _QUALIFIED)

_XP = """
SELECT m.group_id, m.user_id, m.xp AS stored, coalesce(x.total, 0) AS computed FROM membership m
LEFT JOIN (SELECT user_id, sum(amount) AS total FROM xp_ledger GROUP BY user_id) x ON x.user_id = m.user_id
WHERE m.xp != coalesce(x.total, 0) ORDER BY 1, 2
"""

_HIDDEN = """
SELECT m.group_id, m.user_id, m.hidden AS stored, u.board_opt_out AS computed FROM membership m
JOIN app_user u ON u.id = m.user_id WHERE m.hidden != u.board_opt_out ORDER BY 1, 2
"""


def qualified_days(db: Database, user_id: int) -> list[date]:
    """Work out from the log which days of a learner count, oldest first."""
    return sorted(to_day(row["local_day"]) for row in rows(db, _QUALIFIED_ONE, user_id=user_id))


def differences(db: Database) -> list[Difference]:
    """List every projection that does not agree with its log; none, if all is well."""
    return [
        *_board_differences(db, "membership.xp", _XP),
        *_board_differences(db, "membership.hidden", _HIDDEN),
        *_day_differences(db),
        *_streak_differences(db),
        *learning_replay.differences(db),
        *games.differences(db),
    ]


def _board_differences(db: Database, table: str, sql: str) -> Iterator[Difference]:
    for row in rows(db, sql):
        key = f"group {row['group_id']}, user {row['user_id']}"
        yield Difference(table, key, str(row["stored"]), str(row["computed"]))


def _day_differences(db: Database) -> Iterator[Difference]:
    stored = {(row["user_id"], row["local_day"]) for row in rows(db, "SELECT user_id, local_day FROM streak_day")}
    computed = {(row["user_id"], row["local_day"]) for row in rows(db, _QUALIFIED)}
    for user_id, day in sorted(stored ^ computed):
        has = (user_id, day) in stored
        yield Difference("streak_day", f"user {user_id}, {day}", str(has), str(not has))


def _streak_differences(db: Database) -> Iterator[Difference]:
    days: dict[int, set[date]] = {}
    for row in rows(db, "SELECT user_id, local_day FROM streak_day"):
        days.setdefault(row["user_id"], set()).add(to_day(row["local_day"]))
    users = {row["user_id"] for row in rows(db, "SELECT user_id FROM streak")} | set(days)
    for user_id in sorted(users):
        stored = ledger.read_tally(db, user_id)
        log = Log(frozenset(days.get(user_id, ())), frozenset(ledger.covered_days(db, user_id)))
        computed = streaks.evaluate(log, ledger.balance(db, user_id))
        if stored != computed:
            yield Difference("streak", f"user {user_id}", str(stored), str(computed))
