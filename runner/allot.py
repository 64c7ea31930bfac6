"""Makes the control group of each run where this host lets us, and refuses where it must but cannot."""
from __future__ import annotations

import itertools
import os
from collections.abc import Callable

from runner import advice, groups
from runner.errors import CannotIsolate
from runner.job import Isolation, Limits

_numbers = itertools.count()


class Groups:
    """The groups of one runner."""

    def __init__(self, minimum: Isolation, places: Callable[[], list[groups.Place]]) -> None:
        """Look at nothing yet."""
        self.minimum = minimum
        self.places = places
        self.found: list[groups.Place] | None = None

    def _places(self) -> list[groups.Place]:
        """Look once, and clear away what killed supervisors left."""
        if self.found is None:
            self.found = self.places()
            for place in self.found:
                groups.sweep(place)
        return self.found

    def make(self, limits: Limits, *, others: int = 0) -> groups.Group | None:
        """Make a group, or none where the minimum allows that.

        Args:
            limits: what to cap.
            others: how many processes of ours will be in it besides the job's own.

        Raises:
            CannotIsolate: when none can be made and the minimum demands one.
        """
        failed = "no usable controller"
        for place in self._places():
            name = f"epochbot-{os.getpid()}-{next(_numbers)}"
            try:
                return groups.create(place, name, memory=limits.memory_bytes, processes=limits.processes + others)
            except OSError as error:
                failed = str(error)
        if self.minimum is Isolation.STRONG:
            raise CannotIsolate(f"No control group could be made ({failed}).", advice.no_groups())
        return None
