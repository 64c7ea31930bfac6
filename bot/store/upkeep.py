"""Keeping the database well: backups, restores, checks and retention. Reached as `Store.upkeep`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.store.readers import Readers
from bot.store.writer import Writer


class Upkeep:
    """What an operator does with the file."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now
