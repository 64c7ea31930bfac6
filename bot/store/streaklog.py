"""What happened to a streak and why: pauses, repairs, amnesties, freezes. Reached as `Store.streaks`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.store.readers import Readers
from bot.store.writer import Writer


class StreakLog:
    """The log behind streaks."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now
