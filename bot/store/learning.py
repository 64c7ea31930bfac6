"""What learners remember and how able they are: memory per concept, ratings of learners and items. Reached as `Store.learning`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.store.readers import Readers
from bot.store.writer import Writer


class Learning:
    """What the schedule of reviews and the choice of variants need to know."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now
