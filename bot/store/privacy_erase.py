"""Forgetting a learner: every row about them goes, and what others share with them is blanked.

What follows from the log for others is worked out anew without them, so that projections still agree. What stays is a
number without a name, for the rows of others that refer to it.
"""

# ruff: noqa: S608 - names of tables and columns come from the schema itself, and numbers from the store

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from bot.store import learning_replay, people, privacy_map
from bot.store.codec import to_ms
from bot.store.connect import change, rows

GONE = "someone who left"
Account = tuple[str, str]
"""A platform and somebody's id there."""

_BLANKED: Mapping[str, object] = {"name": GONE, "created_at": 0, "board_opt_out": 1}
_PRIVATE = "dm:"  # before an account's id, this names the place of a conversation of two
_PLACES = ("external_id", "place")  # columns that name a place beside its platform


def family(db: Database, user_id: int) -> tuple[int, ...]:
    """A learner by now, and all those who became them, oldest first."""
    sql = (
        "WITH RECURSIVE family(id) AS (SELECT :id UNION SELECT m.from_user FROM merger m JOIN family f"
        " ON m.into_user = f.id) SELECT id FROM family ORDER BY id"
    )
    return tuple(int(row["id"]) for row in rows(db, sql, id=people.current(db, user_id)))


def accounts(db: Database, user_id: int) -> list[Account]:
    """List the accounts that are a learner's by now."""
    return [account for one in family(db, user_id) for account in people.accounts(db, one)]


def erase(db: Database, user_id: int, now: datetime) -> None:
    """Forget a learner with all their accounts; again changes nothing."""
    ids, theirs = family(db, user_id), accounts(db, user_id)
    for one in ids:
        sql = "INSERT INTO erasure (user_id, at) VALUES (:id, :at) ON CONFLICT DO NOTHING"
        change(db, sql, id=one, at=to_ms(now))
    change(db, "PRAGMA defer_foreign_keys = 1")
    known = privacy_map.personal(db)
    where = {table: privacy_map.condition(table, known, ids) for table in known}
    rated = _rated(db, where["attempt"])
    for table in reversed(list(known)):  # what belongs to a row goes before the row
        if table not in privacy_map.SHARED:
            change(db, f'DELETE FROM "{table}" WHERE {where[table]}')
    change(db, f"UPDATE duel SET ended_at = :now WHERE ended_at IS NULL AND ({where['duel']})", now=to_ms(now))
    change(db, f"UPDATE amnesty SET note = '' WHERE note != '' AND ({where['amnesty']})")
    _blank(db, where[privacy_map.LEARNERS])
    _forget_private_places(db, theirs)
    learning_replay.rebuild_items(db, rated)


def _rated(db: Database, condition: str) -> set[str]:
    """The items whose ratings a learner's answers moved."""
    return {row["item_id"] for row in rows(db, f"SELECT DISTINCT item_id FROM attempt WHERE {condition}")}


def _blank(db: Database, condition: str) -> None:
    """Leave nothing in a learner's row but its number and what every newcomer has."""
    for column in rows(db, f'PRAGMA table_info("{privacy_map.LEARNERS}")'):
        name = column["name"]
        if name == "id":
            continue
        if name in _BLANKED:
            change(db, f'UPDATE app_user SET "{name}" = :value WHERE {condition}', value=_BLANKED[name])
        else:
            change(db, f'UPDATE app_user SET "{name}" = {column["dflt_value"] or "NULL"} WHERE {condition}')


def _forget_private_places(db: Database, theirs: list[Account]) -> None:
    """Forget where somebody talked with us alone, for such a place is named after them."""
    for platform, external_id in theirs:
        named = {"platform": platform, "key": _PRIVATE + external_id}
        change(
            db,
            "UPDATE grp SET external_id = 'erased:' || id, name = '' WHERE platform = :platform AND external_id = :key",
            **named,
        )
        for table in privacy_map.tables(db):
            have = privacy_map.columns(db, table)
            for column in _PLACES:
                if table not in ("grp", "identity") and {"platform", column} <= set(have):
                    change(db, f'DELETE FROM "{table}" WHERE platform = :platform AND "{column}" = :key', **named)
