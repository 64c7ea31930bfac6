"""Stops asking a service that cannot answer: for good when only a person can help, for a while when it is only ill.

Holds its own state and no clock; every call is told what time it is. A new start of the program, which is how settings
change, begins with a closed breaker.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

TOLERATED = 4  # faults in a row within the window
WINDOW = timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=1)  # however long the service asks us to wait


class Fault(StrEnum):
    """What a failed request says about the next one."""

    NONE = "none"  # it worked, or failed for a reason of its own
    TRANSIENT = "transient"
    BUSY = "busy"  # come back later, it says when
    PERMANENT = "permanent"  # somebody has to change something, or a month has to end


@dataclass(slots=True)
class Breaker:
    """Closed: requests pass. Open: none does. After a pause one probe passes, and what becomes of it decides."""

    tolerated: int = TOLERATED
    _faults: list[datetime] = field(default_factory=list)
    _until: datetime | None = None
    _for_good: bool = False
    _pause: timedelta = FIRST_PAUSE
    _probe_since: datetime | None = None
    why: str = ""  # the last reason to open, for the operator

    def is_open(self, now: datetime) -> bool:
        """Whether a request would be turned away now; changes nothing."""
        if self._for_good:
            return True
        if self._until is None:
            return False
        return now < self._until or self._probing(now)

    def admit(self, now: datetime) -> bool:
        """Whether a request may be made; of those after a pause one is let through to see."""
        if self.is_open(now):
            return False
        if self._until is not None:
            self._probe_since = now
        return True

    def succeeded(self) -> None:
        """Take note of an answer: whatever was wrong is over, unless a person has to mend it."""
        self._faults.clear()
        self._until, self._probe_since, self._pause = None, None, FIRST_PAUSE

    def failed(self, fault: Fault, now: datetime, *, why: str = "", until: datetime | None = None) -> None:
        """Take note of a fault; `until` is when the service, or a new month, may help."""
        probing, self._probe_since = self._probe_since is not None, None
        if fault is Fault.PERMANENT:
            self.why, self._until = why, until
            self._for_good = until is None
        elif fault is Fault.BUSY and until is not None:
            self._open(min(until, now + LONGEST_WAIT), why)
        elif fault is not Fault.NONE:
            self._faults = [at for at in self._faults if now - at < WINDOW] + [now]
            if probing or len(self._faults) >= self.tolerated:
                self._open(now + self._pause, why)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def abandoned(self) -> None:
        """Take note that a request ended without telling anything, so that another may probe."""
        self._probe_since = None

    def _open(self, until: datetime, why: str) -> None:
        self._faults.clear()
        if not self._for_good and (self._until is None or until > self._until):
            self._until, self.why = until, why

    def _probing(self, now: datetime) -> bool:
        """Whether a probe is under way; one that was never heard of again does not keep others out for ever."""
        return self._probe_since is not None and now - self._probe_since < WINDOW


def next_month(now: datetime) -> datetime:
    """The first instant of the next month, in the zone of `now`: when a monthly limit ends."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
