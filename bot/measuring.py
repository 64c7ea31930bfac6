"""What is measured while the bot runs, as a few words the parts say to whoever counts; by default nobody listens.

Every word that becomes a label comes from a closed set of ours; what people or platforms send never does.
"""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Counts what happens. Seconds are wall time."""

    def answered(self, platform: str, outcome: str, seconds: float) -> None:
        """Count a request: how it ended, and how long from its arrival here to its reply."""
        ...

    def acknowledged(self, platform: str, seconds: float) -> None:
        """Count how long after an event arrived here its first answer was with the platform."""
        ...

    def delivered(self, kind: str, outcome: str, lag_s: float) -> None:
        """Count an attempt at a post: what became of it, and how long after it was due."""
        ...

    def ran(self, profile: str, outcome: str, seconds: float) -> None:
        """Count one run of code in a box."""
        ...

    def graded(self, profile: str, outcome: str, seconds: float) -> None:
        """Count one submission, judged."""
        ...

    def wrote(self, seconds: float, operations: int) -> None:
        """Count one commit, and how many operations it made durable. Called from the thread that writes."""
        ...

    def kept(self, job: str, *, ok: bool) -> None:
        """Count one piece of upkeep."""
        ...


class Silent:
    """Nobody listens."""

    def answered(self, platform: str, outcome: str, seconds: float) -> None:
        """Say nothing."""

    def acknowledged(self, platform: str, seconds: float) -> None:
        """Say nothing."""

    def delivered(self, kind: str, outcome: str, lag_s: float) -> None:
        """Say nothing."""

    def ran(self, profile: str, outcome: str, seconds: float) -> None:
        """Say nothing."""

    def graded(self, profile: str, outcome: str, seconds: float) -> None:
        """Say nothing."""

    def wrote(self, seconds: float, operations: int) -> None:
        """Say nothing."""

    def kept(self, job: str, *, ok: bool) -> None:
        """Say nothing."""
