"""Lets those who ask the same thing at the same time take turns, so that the second finds what the first was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Flight:
    """One thing that is asked. `failed` tells those who waited that asking again now is of no use."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    aboard: int = 0
    failed: bool = False


class Flights:
    """What is being asked now."""

    def __init__(self) -> None:
        self._under_way: dict[str, Flight] = {}

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[Flight]:
        """Hold the turn for one key as long as the block lasts.

        Raises:
            TimeoutError: whoever had the turn before could get no answer.
        """
        flight = self._under_way.setdefault(key, Flight())
        flight.aboard += 1
        try:
            async with flight.lock:
                if flight.failed:
                    raise TimeoutError("asked just now, without an answer")
                yield flight
        finally:
            flight.aboard -= 1
            if not flight.aboard:
                self._under_way.pop(key, None)
