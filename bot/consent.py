"""What a learner is told before any code of theirs is sent to Claude, and that they were told. Decides nothing else."""

from __future__ import annotations

from bot.cards import Action, NoticeCard
from bot.services import Context

NOTICE = (
    "From your next failed try on, your code and what the grader found go to Anthropic’s API for a better explanation."
    " Your name, ids and group never do. This time nothing was sent. What comes back is marked as written by AI, and the"
    " explanation made here comes first, always.\nIf you would rather not: /settings ai off."
)


async def told_first(context: Context) -> NoticeCard | None:
    """The notice, if the learner has not had it; sending comes after it. None when they know."""
    tutoring = context.store.tutoring
    if await tutoring.first_use_seen(context.user.id):
        return None
    await tutoring.note_first_use(context.user.id)
    actions = (Action("Fine", "settings ai on"), Action("Turn it off", "settings ai off"))
    return NoticeCard(title="Before Claude helps you", text=NOTICE, actions=actions)
