"""The parts a command may use, bundled: what the composition root builds once, and what one request adds.

Holds references only; decides nothing and opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from bot.measuring import Meter, Silent
from bot.messages import Request
from bot.platforms.port import Host
from bot.store import Group, Store, User
from bot.tutor import Tutor
from challenges.grade import Grader
from challenges.model import Challenge
from quizzes.items import Track
from runner import Profile, Run
from runner.fair import FairQueue

GRADINGS, WAITING, OWN_WAITING = 4, 200, 8
"""How many submissions are graded at a time, may wait in all, and may wait of one learner, who has one graded at a time."""


def new_turns() -> FairQueue:
    """A queue for submissions: a learner's flood waits behind itself, not before others."""
    return FairQueue(slots=GRADINGS, capacity=WAITING, per_client=OWN_WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that lives as long as the program."""

    store: Store
    track: Track
    challenges: dict[str, Challenge]
    run: Run
    grader: Grader
    tutor: Tutor
    now: Callable[[], datetime]
    entropy: Callable[[], int]
    turns: FairQueue = field(default_factory=new_turns)
    expect: Callable[[Profile], object] = lambda _profile: None  # told which libraries code will soon need
    asked: dict[int, str] = field(default_factory=dict)  # by user: the id of the question shown last
    unnoticed_s: float = 0.12  # how long a reply may wait for a closer look; warm boxes are often done by then
    questions_each: int = 3  # about one explanation, to an assistant
    keep_code_days: int = 365  # how long code and free text are kept; 0 is for good
    backups: Path | None = None  # the folder they go to; without one none are made by themselves
    meter: Meter = field(default_factory=Silent)
    hosts: dict[str, Host] = field(default_factory=dict)  # by platform: those that run here


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
