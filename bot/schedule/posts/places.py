"""What posts of places have in common: whose they are, and whether their place wants any just now."""

from __future__ import annotations

from bot.platforms.port import Post
from bot.schedule.kinds import Delivery
from bot.schedule.plan import key_of
from bot.services import Services
from bot.store import Spot


async def group_for(services: Services, delivery: Delivery) -> int | None:
    """The group a delivery is for; None while its place is paused."""
    until = await services.store.places.paused_until(delivery.platform, delivery.place, delivery.channel)
    return None if until is not None and delivery.local_date < until else delivery.group_id


def where(delivery: Delivery) -> Spot:
    """The channel a delivery is posted in."""
    return Spot(delivery.platform, delivery.place, delivery.channel)


def blank(delivery: Delivery) -> Post:
    """A delivery's post, with nothing in it yet."""
    return Post(channel=delivery.channel, cards=(), key=key_of(delivery), ping=delivery.ping)
