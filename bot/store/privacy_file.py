"""The files that outlive a transaction: free space in the database, and the list of who was forgotten, beside it.

The list is for restores: a backup of before still has who was forgotten since. It holds no ids, only hashes under a salt that is
the list's own, and it belongs with the backups.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from bot.store import connect, errors

PATIENCE_MS = 1_000  # with readers, while nobody else can write
Account = tuple[str, str]
"""A platform and somebody's id there."""


class Forgotten:
    """The list of accounts that were forgotten, and when."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + "-erased")

    def add(self, accounts: list[Account], at_ms: int, salt: str) -> None:
        """Note accounts, durably; `salt` is for the first line of a new list."""
        first = "" if self.path.exists() else f"salt {salt}\n"
        own = first.split()[1] if first else self._salt()
        lines = "".join(f"{at_ms} {_hash(own, account)}\n" for account in accounts)
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, (first + lines).encode("ascii"))
            os.fsync(file)
        finally:
            os.close(file)

    def when(self, accounts: Iterable[Account]) -> dict[Account, int]:
        """Say of those accounts that were forgotten when they were last, in UTC epoch milliseconds."""
        lines = self._lines()
        if not lines:
            return {}
        salt = lines[0].split()[1]
        noted = {line.split()[1]: line.split()[0] for line in lines[1:]}  # the last of several holds
        hashed = ((account, noted.get(_hash(salt, account))) for account in accounts)
        return {account: int(at) for account, at in hashed if at is not None}

    def _salt(self) -> str:
        return self._lines()[0].split()[1]

    def _lines(self) -> list[str]:
        return self.path.read_text("ascii").splitlines() if self.path.exists() else []


def _hash(salt: str, account: Account) -> str:
    return hashlib.sha256(f"{salt}\n{account[0]}\n{account[1]}".encode("utf-8", "replace")).hexdigest()


def scrub(path: Path) -> bool:
    """Write the database afresh, so that no copy of what was deleted is left in it or in its log. Blocks; takes a second for
    some hundred megabytes, in which nobody else can write.

    Returns:
        Whether the log could be emptied as well; readers may be in the way, and then it is worth another try.

    Raises:
        StoreError: when there is no room, or another process keeps the database to itself.
    """
    with errors.explained(path):
        turn = connect.Turn(path)
        try:
            with turn.held():
                db = connect.open_writer(path)
                try:
                    db.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}").close()
                    db.execute("VACUUM").close()
                    busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                finally:
                    db.close()
        finally:
            turn.close()
    return not busy
