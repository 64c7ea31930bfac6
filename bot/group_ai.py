"""`/group ai [on | off]`: whether members' failing code may be sent to Claude. Off on Discord and Slack until an admin turns it on."""

from __future__ import annotations

from bot.cards import Action, NoticeCard, Tone
from bot.messages import Reply
from bot.services import Context

ON, OFF = ("on", "yes", "true"), ("off", "no", "false")
SENT = (
    "After a try that failed, its code and what the grader found go to Anthropic’s API for a better explanation; names, ids and the"
    " group never do. Each member is told before anything of theirs is sent, and can say no: /settings ai off."
)
STAYS = "Every mistake is explained on this machine first, with or without it."
NO_KEY = (
    "No key is set for this bot, so nothing is sent, whatever you choose here. Whoever runs it sets ANTHROPIC_API_KEY."
)


async def handle(context: Context, rest: str) -> Reply:
    """Show what is so, or change it."""
    tutoring, word = context.store.tutoring, rest.lower()
    if word in (*ON, *OFF):
        await tutoring.set_opt_in(context.group.id, word in ON)
        return _notice(context, on=word in ON, title="Claude is on" if word in ON else "Claude is off", tone=Tone.GOOD)
    on = await tutoring.opted_in(context.group.id)
    return _notice(context, on=on, title=f"Help by Claude: {'on' if on else 'off'}")


def _notice(context: Context, *, on: bool, title: str, tone: Tone = Tone.INFO) -> Reply:
    lines = [SENT if on else f"Nothing of this group is sent. If turned on: {SENT[0].lower()}{SENT[1:]}", STAYS]
    if not context.services.tutor.has_ai:
        lines.append(NO_KEY)
    turn = Action("Turn it off", "group ai off") if on else Action("Turn it on", "group ai on")
    return Reply((NoticeCard(title=title, text="\n".join(lines), tone=tone, actions=(turn,)),))
