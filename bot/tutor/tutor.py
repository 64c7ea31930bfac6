"""The tutor as commands see it: an explanation now, and maybe something better a little later.

What is offline is pure and always there. What an assistant adds is None for any reason at all, and never raises.
"""

from __future__ import annotations

from typing import Protocol

from bot.tutor.asking import Asking, Drafted, DraftOrder, Marked, Turn, Who
from bot.tutor.explanation import Explanation
from bot.tutor.offline import explain
from challenges.model import Challenge, Report

NOBODY = Drafted((), ("No assistant is set up: set ANTHROPIC_API_KEY and try again.",))


class Assistant(Protocol):
    """Somebody who may say more than the offline explanation: Claude, or a stand-in in tests."""

    async def available(self, who: Who) -> bool:
        """Whether it may and can be asked for this learner now."""
        ...

    async def improve(self, asking: Asking) -> Explanation | None:
        """Explain a failed submission, better than offline."""
        ...

    async def follow_up(self, asking: Asking, earlier: tuple[Turn, ...], question: str) -> Explanation | None:
        """Answer a question about an explanation."""
        ...

    async def mark_short(self, rubric: tuple[str, ...], prompt: str, answer: str, who: Who) -> Marked | None:
        """Hold a short answer against a rubric."""
        ...

    async def draft(self, what: DraftOrder) -> Drafted:
        """Draft content for an author to review."""
        ...

    async def check(self) -> tuple[str, ...]:
        """Say what an operator should know, such as a model that is going; it is logged as well."""
        ...


class Tutor:
    """Explains failed submissions, and asks the assistant, if there is one, for more."""

    def __init__(self, assistant: Assistant | None = None) -> None:
        self._assistant = assistant

    @property
    def has_ai(self) -> bool:
        """Whether there is an assistant at all; whether it may be asked for somebody, `available` says."""
        return self._assistant is not None

    async def available(self, who: Who) -> bool:
        """Whether asking for this learner makes sense now: a key, their group's and their own consent, money, a service that works."""
        return self._assistant is not None and await self._assistant.available(who)

    def explain(self, challenge: Challenge, source: str, report: Report) -> Explanation:
        """Explain at once, without a network."""
        return explain(challenge, source, report)

    async def improve(self, asking: Asking) -> Explanation | None:
        """Explain better than offline; None leaves the offline text as it stands."""
        return await self._assistant.improve(asking) if self._assistant else None

    async def follow_up(self, asking: Asking, earlier: tuple[Turn, ...], question: str) -> Explanation | None:
        """Answer a learner's question about an explanation, `earlier` ones about it in mind; None when nobody can."""
        return await self._assistant.follow_up(asking, earlier, question) if self._assistant else None

    async def mark_short(self, rubric: tuple[str, ...], prompt: str, answer: str, who: Who) -> Marked | None:
        """Hold a short answer against yes-or-no criteria, to help and never to grade; None when nobody can."""
        return await self._assistant.mark_short(rubric, prompt, answer, who) if self._assistant else None

    async def draft(self, what: DraftOrder) -> Drafted:
        """Draft content for an author, unchecked; without texts it says why."""
        return await self._assistant.draft(what) if self._assistant else NOBODY

    async def check(self) -> tuple[str, ...]:
        """Say what an operator should know about the assistant, such as a model that is going; it is logged as well."""
        return await self._assistant.check() if self._assistant else ()
