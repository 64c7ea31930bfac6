"""The coding challenge of the day: what it is about and how long it takes, with a button that opens it for one person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cards import Action, NoticeCard
from bot.markdown import without_marks
from bot.schedule.kinds import Built, Delivery, Kind
from bot.schedule.posts.places import blank, group_for
from bot.services import Services
from bot.topics import LEVEL_ORDER, section_title
from challenges.model import Challenge
from quizzes.present import seed_for

NOT_AGAIN = timedelta(days=60)
SHORTENED = 320  # characters of a statement; two or three sentences


async def build(services: Services, delivery: Delivery) -> Built | None:
    """Show a challenge that suits the group and was not shown lately; nothing when there is none."""
    group_id = await group_for(services, delivery)
    if group_id is None:
        return None
    chosen = services.challenges.get(delivery.item_id)
    if chosen is None:
        since = delivery.local_date - NOT_AGAIN
        sent = await services.store.deliveries.sent_in_group(group_id, (Kind.CHALLENGE,), since)
        recent = [one.item_id for one in reversed(sent) if one.local_date != delivery.local_date]
        passes = await services.store.rounds.passes(group_id)
        chosen = choose(services.challenges.values(), recent, passes, f"{group_id} {delivery.local_date.isoformat()}")
    if chosen is None:
        return None
    return Built(replace(blank(delivery), cards=(_card(services, chosen),)), chosen.slug)


def choose(
    challenges: Iterable[Challenge], recent: Collection[str], passes: Mapping[str, int], draw: str
) -> Challenge | None:
    """Choose one that fewest members have passed, at a level the group has come to, and not among the recent ones.

    Args:
        challenges: all there are.
        recent: slugs of those posted lately, newest first; the older half comes back when there is nothing else.
        passes: by slug, how many members have passed it.
        draw: what decides among equals; another day's decides otherwise.
    """
    known = {challenge.slug: challenge for challenge in challenges}
    reached = max((LEVEL_ORDER[known[slug].level] for slug in passes if slug in known), default=-1)
    fitting = [one for one in known.values() if LEVEL_ORDER[one.level] <= reached + 1]
    kept = list(recent)
    while kept and all(one.slug in kept for one in fitting):
        kept = kept[: len(kept) // 2]
    left = [one for one in fitting if one.slug not in kept]
    return min(left, key=lambda one: (passes.get(one.slug, 0), seed_for("post", one.slug, draw)), default=None)


def _card(services: Services, challenge: Challenge) -> NoticeCard:
    topic = section_title(services.track, challenge.section)
    facts = f"{challenge.level.capitalize()}, about {challenge.minutes} minutes · {topic}"
    return NoticeCard(
        title=f"Challenge of the day: {challenge.title}",
        text=f"{facts}\n\n{shortened(challenge.statement)}\n\nIt opens for you alone, with starter code.",
        actions=(Action("Open it", f"challenge {challenge.slug}", primary=True),),
    )


def shortened(statement: str) -> str:
    """The first paragraph of a statement as plain words, cut between words where it is long."""
    prose = (part.strip() for part in statement.strip().split("\n\n"))
    first = next((part for part in prose if part and not part.startswith(("#", "```", "    ", "|"))), "")
    words = " ".join(without_marks(first).split())
    if len(words) <= SHORTENED:
        return words
    return f"{words[:SHORTENED].rpartition(' ')[0]} …"
