"""Posts that come by themselves: which are due, who is sending one, and where it is. Reached as `Store.deliveries`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.store.readers import Readers
from bot.store.writer import Writer


class Deliveries:
    """The deliveries of groups and learners."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now
