"""Working every projection out afresh from the logs and comparing it with what is stored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from sqlite_utils import Database

from bot import streaks
from bot.store import games, games_ranks, learning_everyone, ledger
from bot.store.codec import to_day
from bot.store.connect import change, change_many, rows, stream
from bot.store.rows import Difference
from bot.streaks import Log, Tally

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


_MEND_XP = """
UPDATE membership SET xp = x.computed FROM (
  SELECT u.id AS user_id, coalesce(sum(l.amount), 0) AS computed FROM app_user u
  LEFT JOIN xp_ledger l ON l.user_id = u.id GROUP BY u.id
) x WHERE x.user_id = membership.user_id AND membership.xp != x.computed
"""

_MEND_HIDDEN = """
UPDATE membership SET hidden = u.board_opt_out FROM app_user u
WHERE u.id = membership.user_id AND membership.hidden != u.board_opt_out
"""

_COVERED = "SELECT user_id, local_day FROM freeze_ledger GROUP BY user_id, local_day HAVING sum(cover) > 0"
_FREEZES = "SELECT user_id, sum(delta) AS delta FROM freeze_ledger GROUP BY user_id"
_Day = tuple[int, str]
"""A learner's id and one of their local days."""


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
        *learning_everyone.differences(db),
        *games.differences(db),
    ]


def repair(db: Database) -> dict[str, int]:
    """Work every projection out afresh and write what differs, in the caller's transaction; count that by table."""
    wrong = Counter(
        {
            "membership.xp": change(db, _MEND_XP),
            "membership.hidden": change(db, _MEND_HIDDEN),
            "streak_day": _mend_days(db),
            "streak": _mend_streaks(db),
        }
    )
    wrong.update(learning_everyone.repair(db))
    wrong.update({"xp_count": games_ranks.repair(db)})
    return {table: count for table, count in wrong.items() if count}


def _board_differences(db: Database, table: str, sql: str) -> Iterator[Difference]:
    for row in rows(db, sql):
        key = f"group {row['group_id']}, user {row['user_id']}"
        yield Difference(table, key, str(row["stored"]), str(row["computed"]))


def _days(db: Database) -> tuple[set[_Day], set[_Day]]:
    """Read which days count as they are kept, and as the log says."""
    stored = {(row["user_id"], row["local_day"]) for row in stream(db, "SELECT user_id, local_day FROM streak_day")}
    computed = {(row["user_id"], row["local_day"]) for row in stream(db, _QUALIFIED)}
    return stored, computed


def _day_differences(db: Database) -> Iterator[Difference]:
    stored, computed = _days(db)
    for user_id, day in sorted(stored ^ computed):
        has = (user_id, day) in stored
        yield Difference("streak_day", f"user {user_id}, {day}", str(has), str(not has))


def _mend_days(db: Database) -> int:
    stored, computed = _days(db)
    change_many(db, "DELETE FROM streak_day WHERE user_id = :user_id AND local_day = :day", _keyed(stored - computed))
    change_many(db, "INSERT INTO streak_day (user_id, local_day) VALUES (:user_id, :day)", _keyed(computed - stored))
    return len(stored ^ computed)


def _keyed(found: set[_Day]) -> Iterator[dict[str, object]]:
    return ({"user_id": user_id, "day": day} for user_id, day in sorted(found))


def _tallies(db: Database) -> Iterator[tuple[int, Tally, Tally]]:
    """Work out each learner's streak, beside how it is kept."""
    done, covered = _dates(db, "SELECT user_id, local_day FROM streak_day"), _dates(db, _COVERED)
    freezes = {row["user_id"]: row["delta"] for row in rows(db, _FREEZES)}
    stored = {row["user_id"]: ledger.to_tally(row) for row in stream(db, "SELECT * FROM streak")}
    for user_id in sorted(stored.keys() | done.keys()):
        log = Log(frozenset(done.get(user_id, ())), frozenset(covered.get(user_id, ())))
        computed = streaks.evaluate(log, streaks.FIRST_FREEZES + freezes.get(user_id, 0))
        yield user_id, stored.get(user_id, Tally()), computed


def _dates(db: Database, sql: str) -> dict[int, set[date]]:
    found: dict[int, set[date]] = {}
    for row in stream(db, sql):
        found.setdefault(row["user_id"], set()).add(to_day(row["local_day"]))
    return found


def _streak_differences(db: Database) -> Iterator[Difference]:
    for user_id, stored, computed in _tallies(db):
        if stored != computed:
            yield Difference("streak", f"user {user_id}", str(stored), str(computed))


def _mend_streaks(db: Database) -> int:
    wrong = [(user_id, computed) for user_id, stored, computed in _tallies(db) if stored != computed]
    for user_id, computed in wrong:
        ledger.write_tally(db, user_id, computed)
    return len(wrong)
