"""`/placement`: ten to fifteen questions that find where a learner starts. Can be left at any time and taken up again."""

from __future__ import annotations

from bot.cards import Action, NoticeCard
from bot.commands import Command
from bot.messages import Reply
from bot.placing import next_cards, summary
from bot.services import Context

AGAIN = "again"


async def handle(context: Context) -> Reply:
    """Show the next question, or what the last test found; `again` begins another."""
    learning, wants_another = context.store.learning, context.request.args.lower() == AGAIN
    run, found = await learning.placement_run(context.user.id), await learning.placement(context.user.id)
    if run is None and found is not None and not wants_another:
        card = summary(context.services.track, found)
        again = NoticeCard(
            title="Has much changed since?",
            text="You can take the placement once more. What you have learnt here is kept.",
            actions=(Action("Take it again", f"placement {AGAIN}"),),
        )
        return Reply((card, again))
    if run is not None and run.answered:
        return Reply(await next_cards(context))
    await learning.begin_placement(context.user.id)
    intro = NoticeCard(
        title="Where do you start?",
        text="Ten to fifteen questions, each chosen by how the ones before went. Nothing is scored, and “I don’t know” is a fine answer. "
        "Leave whenever you like; /placement goes on where you stopped.",
    )
    return Reply((intro, *await next_cards(context)))


COMMAND = Command(
    name="placement",
    summary="find where you start",
    usage="/placement [again]",
    help="Asks ten to fifteen questions to find out what you know, so that your daily questions begin where you are. "
    "You can leave and come back; it earns nothing and costs nothing.\nExamples: /placement, /placement again",
    handle=handle,
    order=8,
)
