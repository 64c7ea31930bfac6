"""The one SQLite library in this process: whichever sqlite-utils itself uses.

Where `pysqlite3` is installed sqlite-utils prefers it; opening the same file through the standard library as well would
put two copies of SQLite on one database, each unaware of the other's locks.

sqlite-utils imports pandas where it is installed, for tables made of data frames. We have none, and importing it takes as
long as all else that a shell command needs, so it is hidden from that one import.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    hidden = "pandas" not in sys.modules
    if hidden:
        sys.modules["pandas"] = None
    from sqlite_utils.utils import sqlite3

    if hidden:
        del sys.modules["pandas"]

__all__ = ["sqlite3"]
