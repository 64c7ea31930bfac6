"""`/progress`: how far the learner is, section by section."""

from __future__ import annotations

from collections import Counter

from bot.cards import Action, Bar, Card, ProgressCard
from bot.commands import Command
from bot.messages import Reply
from bot.pictures import progress_picture
from bot.services import Context


async def handle(context: Context) -> Reply:
    """Count items answered right at least once, and challenges passed, per section."""
    track, bank = context.services.track, context.services.challenges
    right = {row.item_id for row in await context.store.history(context.user.id) if row.correct}
    passed = {slug for slug, ok in (await context.store.best_verdicts(context.user.id)).items() if ok}
    done: Counter[str] = Counter(item.section for item in track.items if item.id in right)
    done.update(bank[slug].section for slug in passed if slug in bank)
    total: Counter[str] = Counter(item.section for item in track.items)
    total.update(challenge.section for challenge in bank.values())
    bars = tuple(Bar(label=s.title, done=done[s.slug], total=total[s.slug]) for s in track.sections)
    card = ProgressCard(
        title=f"Your progress: {track.title}",
        summary=f"{len(right)} of {len(track.items)} questions right at least once, {len(passed)} of {len(bank)} challenges passed.",
        bars=bars,
        actions=(Action("Today’s questions", "daily", primary=True), Action("Streak", "streak")),
    )
    cards: tuple[Card, ...] = (card, progress_picture(bars))
    return Reply(cards)


COMMAND = Command(
    name="progress",
    summary="how far you are, by section",
    usage="/progress",
    help="Shows, for every section, how many questions you have answered right and challenges you have passed.\nExample: /progress",
    handle=handle,
    order=42,
)
