"""`/today [question] [answer]`: the group's question of the day, answered by each member alone."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.cards import Action, NoticeCard
from bot.commands import Command
from bot.commands.answer import handle as answer
from bot.days import local_day
from bot.learning import asked as note_asked
from bot.messages import LOCAL_PLATFORM, Reply
from bot.posing import question_card
from bot.rounds import LABEL, reveal_cards, round_of
from bot.services import Context
from bot.store import Round

KEY = re.compile(r"[gG][0-9]{1,15}", re.ASCII)
OTHER = (Action("Today’s five questions", "daily", primary=True), Action("Practise", "quiz"))


async def handle(context: Context) -> Reply:
    """Put the group's question to whoever asks, or take their answer to it."""
    first, _, rest = context.request.args.partition(" ")
    named = KEY.fullmatch(first) is not None
    said = "\n".join(filter(None, (rest.strip() if named else context.request.args, context.request.body)))
    asked = await _named(context, first) if named else await _of_today(context)
    if asked is None:
        return _nothing("That question is not known here." if named else "There is no question for the group today.")
    return await _ask(context, asked, said)


async def _named(context: Context, key: str) -> Round | None:
    """The round a button names, if it was put to a group of this learner's."""
    found = await context.store.rounds.find(key)
    return found if found and await context.store.rounds.takes(found.id, context.user.id) else None


async def _of_today(context: Context) -> Round | None:
    day = local_day(context.request.received_at, context.group.tz, 0)
    return await round_of(context.services, context.group.id, day)


async def _ask(context: Context, asked: Round, said: str) -> Reply:
    rounds, item = context.store.rounds, context.services.track.item(asked.item_id)
    if item is None:
        return _nothing("That question is no longer asked.")
    copy = await rounds.copy_of(asked.id, context.user.id)
    if not (copy and copy.answered) and await _revealed(context, asked):
        told = NoticeCard(title="The answer is out already", text="This one no longer counts, but here it is.")
        return Reply(
            (told, *(replace(card, actions=OTHER) for card in (await reveal_cards(context.services, asked))[1:]))
        )
    seen_at = asked.made_at if said else context.request.received_at
    copy = copy or await rounds.copy(asked, context.user.id, context.today, seen_at)
    if said or copy.answered:
        request = replace(context.request, command="answer", args=f"{copy.public_id} {said}".strip(), body="")
        return await answer(replace(context, request=request))
    note_asked(context, copy)
    return Reply((question_card(context, copy, item, LABEL),))


async def _revealed(context: Context, asked: Round) -> bool:
    """Whether the answer was shown where the learner is; on one's own machine, whether it was anywhere."""
    place = context.request.place
    where = None if place.platform == LOCAL_PLATFORM else place.external_id
    return await context.store.rounds.revealed(asked.id, place.platform, where)


def _nothing(text: str) -> Reply:
    return Reply((NoticeCard(title="Nothing to answer", text=text, actions=OTHER),))


COMMAND = Command(
    name="today",
    summary="your group’s question of the day",
    usage="/today [answer]",
    help="Asks the one question your whole group gets today. You answer alone, and nobody sees how; the answer is shown to all"
    " in the evening.\nExamples: /today, /today B",
    handle=handle,
    order=12,
)
