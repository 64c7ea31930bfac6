"""The tutor as commands see it: an explanation now, and maybe a hint a little later."""

from __future__ import annotations

from typing import Protocol

from bot.tutor.explanation import Explanation
from bot.tutor.offline import explain
from challenges.model import Challenge, Report


class Hinter(Protocol):
    """Something that may add a hint to an offline explanation: Claude, or nothing."""

    async def hint(self, challenge: Challenge, source: str, report: Report, offline: Explanation) -> Explanation | None:
        """One hint, or None for any reason at all; never raises for a failing service."""
        ...


class Tutor:
    """Explains failed submissions."""

    def __init__(self, hinter: Hinter | None = None) -> None:
        self._hinter = hinter

    @property
    def has_ai(self) -> bool:
        """Whether a hint may follow the offline explanation."""
        return self._hinter is not None

    def explain(self, challenge: Challenge, source: str, report: Report) -> Explanation:
        """Explain at once, without a network."""
        return explain(challenge, source, report)

    async def hint(self, challenge: Challenge, source: str, report: Report, offline: Explanation) -> Explanation | None:
        """Ask for a hint on top of the offline explanation."""
        return await self._hinter.hint(challenge, source, report, offline) if self._hinter else None
