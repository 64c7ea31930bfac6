"""`/progress`: how far the learner is, section by section, how well they know each concept, and how well they judge themselves."""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.cards import Action, Bar, Card, NoticeCard, ProgressCard
from bot.commands import Command
from bot.messages import Reply
from bot.pictures import CalibrationBin, MasteryCell, calibration_picture, mastery_picture, progress_picture
from bot.services import Context
from bot.store.learning_rows import Calibration, Learned
from quizzes.items import Concept, Section
from quizzes.mastery import MEDIUM, mastery
from quizzes.skill import Skill, expected

CALIBRATED_FROM = 10  # answers with a confidence
FIRM = 0.5  # mastery from which a concept sits
CLOSE = 0.1  # by how much confidence may be off on average and still fit


async def handle(context: Context) -> Reply:
    """Count what was answered right and passed per section, and show mastery and calibration where there is any."""
    learning = context.store.learning
    learned, calibration = await learning.learned(context.user.id), await learning.calibration(context.user.id)
    cells = mastery_cells(context, learned)
    bars, counted = await _bars(context, learned)
    met = [cell.value for cell in cells if cell.value is not None]
    summary = f"{counted} {len(met)} of {len(cells)} concepts met, {sum(v >= FIRM for v in met)} of them firm."
    card = ProgressCard(
        title=f"Your progress: {context.services.track.title}",
        summary=summary,
        bars=bars,
        actions=(Action("Today’s questions", "daily", primary=True), Action("Streak", "streak")),
    )
    below = await asyncio.to_thread(
        _illustrated, bars, cells if met else (), calibration
    )  # drawing takes half a second
    return Reply((card, *below))


def _illustrated(bars: tuple[Bar, ...], cells: tuple[MasteryCell, ...], calibration: Calibration) -> tuple[Card, ...]:
    cards: list[Card] = [progress_picture(bars)]
    if cells:
        cards.append(mastery_picture(cells))
    if calibration.answers >= CALIBRATED_FROM:
        bins = tuple(CalibrationBin(part.said, part.right, part.count) for part in calibration.bins)
        cards += [_judged(calibration), calibration_picture(bins)]
    return tuple(cards)


async def _bars(context: Context, learned: Learned) -> tuple[tuple[Bar, ...], str]:
    track, bank = context.services.track, context.services.challenges
    right = {row.item_id for row in learned.answered if row.correct}
    passed = {slug for slug, ok in (await context.store.best_verdicts(context.user.id)).items() if ok}
    done: Counter[str] = Counter(item.section for item in track.items if item.id in right)
    done.update(bank[slug].section for slug in passed if slug in bank)
    total: Counter[str] = Counter(item.section for item in track.items)
    total.update(challenge.section for challenge in bank.values())
    bars = tuple(Bar(label=s.title, done=done[s.slug], total=total[s.slug]) for s in track.sections)
    return (
        bars,
        f"{len(right)} of {len(track.items)} questions right at least once, {len(passed)} of {len(bank)} challenges passed.",
    )


def mastery_cells(context: Context, learned: Learned) -> tuple[MasteryCell, ...]:
    """How well each concept is known now; what a placement found known and was not asked since counts as that test has it."""
    return tuple(
        MasteryCell(section.title, concept.title, _mastery(context, learned, section, concept))
        for section in context.services.track.sections
        for concept in section.concepts
    )


def _mastery(context: Context, learned: Learned, section: Section, concept: Concept) -> float | None:
    kept, skill = learned.memories.get(concept.id), learned.sections.get(section.slug, Skill())
    if kept is not None:
        now = context.request.received_at
        return mastery(kept.memory, learned.skill, skill, at=now, parameters=learned.parameters)
    known = learned.placement.known.get(concept.id) if learned.placement else None
    return None if known is None else known * expected(learned.skill, skill, MEDIUM, 0.0)


def _judged(found: Calibration) -> NoticeCard:
    said = sum(part.said * part.count for part in found.bins) / found.answers
    right = sum(part.right * part.count for part in found.bins) / found.answers
    if abs(said - right) <= CLOSE:
        verdict = "You judge yourself well."
    elif said > right:
        verdict = "You are a little surer than you are right; a second look before “sure” pays off."
    else:
        verdict = "You know more than you think."
    text = (
        f"In {found.answers} answers you were {said:.0%} sure on average, and {right:.0%} were right. {verdict} "
        f"Brier score {found.brier:.2f}: 0 is perfect, 0.25 is tossing a coin."
    )
    return NoticeCard(title="How well you judge yourself", text=text)


COMMAND = Command(
    name="progress",
    summary="how far you are, by section and concept",
    usage="/progress",
    help="Shows, for every section, how many questions you have answered right and challenges you have passed, how well you "
    "know each concept now, and, if you say how sure you are, how well that fits.\nExample: /progress",
    handle=handle,
    order=42,
)
