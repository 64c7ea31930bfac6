"""What the tutor keeps: cached explanations, budgets, opt-ins and how helpful it was. Reached as `Store.tutoring`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.store.readers import Readers
from bot.store.writer import Writer


class Tutoring:
    """The tutor's memory."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now
