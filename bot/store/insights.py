"""What answers say about items and about a group: reports, statistics, quarantine. Reached as `Store.insights`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.store.readers import Readers
from bot.store.writer import Writer


class Insights:
    """What the log tells admins and authors."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now
