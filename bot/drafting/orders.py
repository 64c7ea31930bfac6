"""One order for drafts from end to end: asked, checked, and what passed kept for review."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from bot.drafting import material
from bot.drafting.folder import FolderError, Origin, keep_item, keep_wrong
from bot.drafting.gates import Rejected, check_item, check_wrong
from bot.services import Services
from challenges.model import Challenge
from quizzes.items import Concept


@dataclass(slots=True)
class Outcome:
    """What became of an order: files written, drafts rejected, and why there are none, if there are none."""

    written: list[Path] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    said: tuple[str, ...] = ()


async def draft_items(
    services: Services, concept: Concept, section_file: Path, count: int, folder: Path, author: str
) -> Outcome:
    """Have items on a concept drafted and keep those that pass."""
    track = services.track
    section = track.section_of(concept.id)
    examples = material.item_texts(await asyncio.to_thread(_text, section_file), concept.id)
    known = [" ".join(item.prompt.split()) for item in track.items if item.concept == concept.id]
    order = material.items_order(concept, section.slug if section else "", examples, known, count)
    drafted = await services.tutor.draft(order)
    outcome, origin = Outcome(said=drafted.rejected), Origin(author, services.now())
    for text in drafted.texts[:count]:
        found = await check_item(text, concept.id, track, services.run)
        if isinstance(found, Rejected):
            outcome.rejected.append(found)
            continue
        try:
            outcome.written.append(keep_item(folder, found, origin))
        except FolderError as fault:
            outcome.rejected.append(Rejected(found.item.id, (str(fault),)))
    return outcome


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


async def draft_wrong(services: Services, challenge: Challenge, count: int, folder: Path, author: str) -> Outcome:
    """Have wrong solutions of a challenge drafted and keep those that pass."""
    drafted = await services.tutor.draft(material.wrong_order(challenge, count))
    outcome, origin = Outcome(said=drafted.rejected), Origin(author, services.now())
    for text in drafted.texts[:count]:
        found = await check_wrong(text, challenge, services.grader)
        if isinstance(found, Rejected):
            outcome.rejected.append(found)
            continue
        try:
            outcome.written.append(keep_wrong(folder, challenge, found, origin))
        except FolderError as fault:
            outcome.rejected.append(Rejected(found.wrong.name, (str(fault),)))
    return outcome
