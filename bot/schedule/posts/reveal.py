"""The answer to the question of the day, below the question: how it went without names, and why it is so.

It spoils nothing: where no discussion could be opened below the question, the answer itself stays behind a button.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cards import Action, Card
from bot.rounds import counts, reveal_cards, tally_of
from bot.schedule.kinds import Built, Delivery, Kind
from bot.schedule.posts.places import blank, where
from bot.services import Services
from bot.store import Round

LONGEST_WAIT = timedelta(days=3)  # an answer that comes later than this interests nobody


async def build(services: Services, delivery: Delivery) -> Built | None:
    """Show the answer to the latest question in this channel; nothing when it was shown, or is long gone.

    A pause does not keep it back: whoever has answered wants to know.
    """
    posted = await services.store.deliveries.previous(delivery, Kind.QUESTION)
    if posted is None or posted.group_id is None or delivery.local_date - posted.local_date > LONGEST_WAIT:
        return None
    asked = await services.store.rounds.on(posted.group_id, posted.local_date)
    if asked is None or not await services.store.rounds.reveal(asked.id, where(delivery), delivery.id):
        return None
    cards = await (reveal_cards(services, asked) if posted.thread else _hidden(services, asked))
    if not cards:
        return None
    return Built(replace(blank(delivery), cards=cards, reply_to=posted.message, ping=""), asked.item_id)


async def _hidden(services: Services, asked: Round) -> tuple[Card, ...]:
    """The counts alone, and a button that shows the answer to whoever presses it."""
    found = await tally_of(services, asked)
    if found is None:
        return ()
    action = Action("Show me the answer", f"today {asked.key}", primary=True)
    return (replace(counts(replace(found, spread=())), actions=(action,)),)
