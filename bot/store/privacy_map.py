"""Which rows are about a learner, read off the schema itself, so that no table added later can be forgotten.

A table is personal when a column refers to a learner, or when a row of it belongs to such a row. Only what is written down
here as shared is treated otherwise, with a reason.
"""

# ruff: noqa: S608 - names of tables and columns come from the schema itself, and numbers from the store

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlite_utils import Database

from bot.store.connect import rows

LEARNERS = "app_user"
NAMED = ("user_id", "by_user", "from_user", "into_user")  # columns that mean a learner even where nothing says so
SHARED: Mapping[str, str] = MappingProxyType(
    {
        "app_user": "the number others refer to stays; everything else in the row is blanked",
        "merger": "numbers only: it leads from one number without a name to another",
        "erasure": "says that the number was erased, so that nothing can be added to it",
        "duel": "the rival's as well; a duel under way ends, and the rival keeps their part",
        "amnesty": "the group's days; the words of the admin who declared it are blanked",
    }
)
"""Tables whose rows outlive a learner, and why."""


@dataclass(frozen=True, slots=True)
class Personal:
    """A table with rows about learners. `columns` refer to learners themselves, `parents` are (column, table, its column)."""

    table: str
    columns: tuple[str, ...]
    parents: tuple[tuple[str, str, str], ...]


def tables(db: Database) -> list[str]:
    """Name every table of ours."""
    sql = (
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND name NOT LIKE '\\_sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [row["name"] for row in rows(db, sql)]


def personal(db: Database) -> dict[str, Personal]:
    """Find every table with rows about learners, shared ones too."""
    found = {table: Personal(table, columns, ()) for table in tables(db) if (columns := _own_columns(db, table))}
    found[LEARNERS] = Personal(LEARNERS, ("id",), ())
    while more := dict(_dependent(db, found)):
        found |= more
    return found


def condition(table: str, known: Mapping[str, Personal], ids: tuple[int, ...]) -> str:
    """The SQL that is true for the rows of a table about learners of these ids."""
    here, among = known[table], f"({', '.join(map(str, ids))})"
    own = [f'"{column}" IN {among}' for column in here.columns]
    through = [
        f'"{column}" IN (SELECT "{theirs}" FROM "{parent}" WHERE {condition(parent, known, ids)})'
        for column, parent, theirs in here.parents
    ]
    return " OR ".join([*own, *through])


def columns(db: Database, table: str) -> list[str]:
    """Name a table's columns."""
    return [row["name"] for row in rows(db, f'PRAGMA table_info("{table}")')]


def learner_columns(db: Database, table: str) -> tuple[str, ...]:
    """Name the columns of a table that hold a learner's number."""
    return ("id",) if table == LEARNERS else _own_columns(db, table)


def _own_columns(db: Database, table: str) -> tuple[str, ...]:
    refer = {row["from"] for row in _foreign(db, table) if row["table"] == LEARNERS}
    return tuple(column for column in columns(db, table) if column in refer or column in NAMED)


def _dependent(db: Database, known: Mapping[str, Personal]) -> Iterator[tuple[str, Personal]]:
    """Tables whose rows belong to a personal row that is nobody else's."""
    for table in tables(db):
        if table in known:
            continue
        parents = tuple(
            (row["from"], row["table"], row["to"] or "id")
            for row in _foreign(db, table)
            if row["table"] in known and row["table"] not in SHARED
        )
        if parents:
            yield table, Personal(table, (), parents)


def _foreign(db: Database, table: str) -> list[dict[str, str]]:
    return rows(db, f'PRAGMA foreign_key_list("{table}")')
