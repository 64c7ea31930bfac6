"""The question of the day: everyone reads it, each answers alone, and a discussion opens below."""

from __future__ import annotations

from dataclasses import replace

from bot.rounds import card_for_all, round_of
from bot.schedule.kinds import Built, Delivery
from bot.schedule.posts.places import blank, group_for
from bot.services import Services
from bot.topics import section_title


async def build(services: Services, delivery: Delivery) -> Built | None:
    """Show the question of the group's day; nothing without one to ask."""
    group_id = await group_for(services, delivery)
    asked = None if group_id is None else await round_of(services, group_id, delivery.local_date)
    item = services.track.item(asked.item_id) if asked else None
    if asked is None or item is None:
        return None
    day = f"{delivery.local_date:%A} {delivery.local_date.day} {delivery.local_date:%B}"
    title = f"{day}: {section_title(services.track, item.section)}"
    return Built(
        replace(blank(delivery), cards=(card_for_all(services.track, asked, item),), thread=title), asked.item_id
    )
