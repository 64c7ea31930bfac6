"""A closer look at a failed submission: finds the proven place, at once when that is quick, else a little later.

Takes its turn as a submission does, so that looking closer never lets one learner crowd out another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.explaining import explanation_card
from bot.messages import Reply
from bot.services import Context
from bot.tutor import Explanation
from bot.tutor.evidence import Evidence
from bot.tutor.investigate import NOTHING, investigate, worthwhile
from bot.tutor.offline import explain
from challenges.model import Challenge, Report
from runner.fair import Busy, Closing


@dataclass(frozen=True, slots=True)
class Look:
    """One closer look under way, and what had been said before it."""

    context: Context
    challenge: Challenge
    source: str
    report: Report
    said: Explanation
    attempt_id: int | None
    finding: asyncio.Task[Evidence] | None

    def found(self) -> Explanation:
        """What to say with what has been found so far: at least what was said before."""
        if self.finding is None or not self.finding.done():
            return self.said
        evidence = self.finding.result()
        if evidence == NOTHING:
            return self.said
        better = explain(self.challenge, self.source, self.report, evidence)
        return better if better.specific or not self.said.specific else self.said

    async def later(self) -> Explanation | None:
        """What more there is to say once the look is over; None when it is nothing new."""
        if self.finding is None:
            return None
        await self.finding
        better = self.found()
        if better.text == self.said.text:
            return None
        if self.attempt_id is not None:
            await self.context.store.save_explanation(
                self.attempt_id, better.source, better.text, line=better.line, specific=better.specific
            )
        return better


async def look(
    context: Context, challenge: Challenge, source: str, report: Report, said: Explanation, attempt_id: int | None
) -> Look:
    """Begin to look, and wait for as long as nobody notices."""
    if said.proven or not worthwhile(challenge, source, report):
        return Look(context, challenge, source, report, said, attempt_id, None)
    finding = asyncio.create_task(_find(context, challenge, source, report))
    if context.services.unnoticed_s > 0:  # even a wait of no time lets a quick look end
        await asyncio.wait({finding}, timeout=context.services.unnoticed_s)
    begun = Look(context, challenge, source, report, said, attempt_id, finding)
    return replace(begun, said=begun.found(), finding=None) if finding.done() else begun


async def _find(context: Context, challenge: Challenge, source: str, report: Report) -> Evidence:
    services = context.services
    try:
        async with services.turns.turn(client=str(context.user.id), group=str(context.group.id)):
            return await investigate(challenge, source, report, services.grader, services.run)
    except (Busy, Closing):
        return NOTHING


def following(
    begun: Look, more: Callable[[Explanation], Awaitable[Reply | None]] | None
) -> Callable[[], Awaitable[Reply | None]] | None:
    """What comes after the first reply: what the look finds, and what somebody may say beyond it, given the best so far.

    One message at most: what is said last stands.
    """
    if begun.finding is None and more is None:
        return None

    async def told() -> Reply | None:
        found = await begun.later()
        said = await more(found or begun.said) if more else None
        if said is not None or found is None:
            return said
        card = explanation_card(begun.challenge, found, begun.attempt_id)
        return Reply((replace(card, title="A closer look"),))

    return told
