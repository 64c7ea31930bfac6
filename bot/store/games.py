"""What members of a group do together: boards, goals, leagues, pairs and duels. Reached as `Store.games`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.store.readers import Readers
from bot.store.writer import Writer


class Games:
    """What a group plays."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now
