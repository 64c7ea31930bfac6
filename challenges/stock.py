"""Keeps a few attempts ready for challenges that are being submitted to, so that a submission waits for no reference.

Every attempt is handed out once. What is kept is bounded in number and in bytes; a challenge whose content has changed
is another challenge to it. How attempts are made is given to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from challenges.attempt import Attempt
from challenges.model import Challenge
from challenges.size import weigh

MIB = 1024 * 1024
PART_BYTES = 64  # about what a Python object costs beside its content

log = logging.getLogger(__name__)

Prepare = Callable[[Challenge, int, Attempt | None], Awaitable[Sequence[Attempt]]]
"""Makes so many attempts, or fewer where the reference fails; is shown an earlier one of the same challenge, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How much may be kept."""

    attempts: int = 8  # of one challenge; none switches the stock off
    challenges: int = 16  # those wanted last
    weight: int = 64 * MIB


@dataclass(slots=True)
class _Shelf:
    """The attempts of one challenge with what each weighs, the oldest first."""

    attempts: deque[tuple[Attempt, int]] = field(default_factory=deque)
    weight: int = 0
    earlier: Attempt | None = None
    barren: bool = False  # not even one fits

    def add(self, attempt: Attempt, most: int) -> None:
        """Keep one if it fits."""
        weight = weight_of(attempt)
        if self.weight + weight <= most:
            self.attempts.append((attempt, weight))
            self.weight += weight

    def take(self) -> Attempt:
        """Give the oldest away."""
        attempt, weight = self.attempts.popleft()
        self.weight -= weight
        return attempt


def weight_of(attempt: Attempt) -> int:
    """About how many bytes an attempt takes."""
    known = [back.value for back in (attempt.known or {}).values()]
    weight = weigh([[case.args for case in attempt.drawn.cases], dict(attempt.expected), known])
    return weight.bytes + PART_BYTES * weight.parts


class Stock:
    """Attempts by challenge, refilled in the background; close it, for it may be preparing some."""

    def __init__(self, prepare: Prepare, capacity: Capacity) -> None:
        self._prepare = prepare
        self._capacity = capacity
        self._shelves: OrderedDict[Challenge, _Shelf] = OrderedDict()
        self._refills: dict[Challenge, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(1)  # refills wait for each other, so that they never crowd out submissions

    def take(self, challenge: Challenge) -> Attempt | None:
        """An attempt that nobody was given before, or None if there is none."""
        shelf = self._shelves.get(challenge)
        return shelf.take() if shelf and shelf.attempts else None

    def want(self, challenge: Challenge) -> None:
        """Note that a challenge is being submitted to, and see to it that some attempts will be ready."""
        if self._capacity.attempts == 0:
            return
        shelf = self._shelves.setdefault(challenge, _Shelf())
        self._shelves.move_to_end(challenge)
        self._trim()
        enough = shelf.barren or len(shelf.attempts) > self._capacity.attempts // 2
        if challenge not in self._refills and not enough:
            refill = asyncio.create_task(self._refill(challenge, shelf))
            self._refills[challenge] = refill
            refill.add_done_callback(partial(self._refilled, challenge))

    async def _refill(self, challenge: Challenge, shelf: _Shelf) -> None:
        """Half of what fits for a start; all of it once the first half has been asked for."""
        most = self._capacity.attempts
        async with self._turn:
            count = most - len(shelf.attempts) if shelf.earlier else (most + 1) // 2
            made = await self._prepare(challenge, count, shelf.earlier)
        for attempt in made:
            shelf.add(attempt, self._capacity.weight)
        shelf.earlier = shelf.earlier or next(iter(made), None)
        shelf.barren = bool(made) and not shelf.attempts
        self._trim()

    def _refilled(self, challenge: Challenge, refill: asyncio.Task[None]) -> None:
        del self._refills[challenge]
        if not refill.cancelled() and (fault := refill.exception()) is not None:
            log.warning("no attempts of %s could be prepared", challenge.slug, exc_info=fault)

    def _trim(self) -> None:
        """Forget what was wanted longest ago, until the rest fits."""
        while len(self._shelves) > self._capacity.challenges or (self.weight > self._capacity.weight and self._shelves):
            self._shelves.popitem(last=False)

    @property
    def weight(self) -> int:
        """About how many bytes all of it takes."""
        return sum(shelf.weight for shelf in self._shelves.values())

    async def settled(self) -> None:
        """Wait until nothing is being prepared."""
        await asyncio.gather(*self._refills.values(), return_exceptions=True)

    async def close(self) -> None:
        """Stop preparing, and forget everything."""
        for refill in self._refills.values():
            refill.cancel()
        await self.settled()
        self._shelves.clear()
