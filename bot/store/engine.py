"""The one SQLite library in this process: whichever sqlite-utils itself uses.

Where `pysqlite3` is installed sqlite-utils prefers it; opening the same file through the standard library as well would
put two copies of SQLite on one database, each unaware of the other's locks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    from sqlite_utils.utils import sqlite3

__all__ = ["sqlite3"]
