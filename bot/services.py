"""The parts a command may use, bundled: what the composition root builds once, and what one request adds.

Holds references only; decides nothing and opens nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from weakref import WeakValueDictionary

from bot.messages import Request
from bot.store import Group, Store, User
from bot.tutor import Tutor
from challenges.model import Challenge
from quizzes.items import Track
from runner import Run


class Turns:
    """One submission at a time per learner: a flood waits behind itself, not before others."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def of(self, user_id: int) -> asyncio.Lock:
        """The learner's lock; it is forgotten once nobody holds or awaits it."""
        return self._locks.setdefault(user_id, asyncio.Lock())


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that lives as long as the program."""

    store: Store
    track: Track
    challenges: dict[str, Challenge]
    run: Run
    tutor: Tutor
    now: Callable[[], datetime]
    entropy: Callable[[], int]
    turns: Turns = field(default_factory=Turns)
    asked: dict[int, str] = field(default_factory=dict)  # by user: the id of the question shown last


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One request with who asked, in which group, and on which of their days."""

    request: Request
    services: Services
    user: User
    group: Group
    today: date

    @property
    def store(self) -> Store:
        """The store, for short."""
        return self.services.store
