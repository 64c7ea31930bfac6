"""`/privacy [export | anki | delete]`: what is kept of a learner, all of it to take away, and how to be forgotten."""

from __future__ import annotations

import asyncio

from bot.cards import Action, Card, NoticeCard, Tone
from bot.commands import Command
from bot.messages import PLATFORM_NAMES, Reply
from bot.privacy.anki import deck_card, notes
from bot.privacy.export import export_card
from bot.services import Context
from bot.store import Erasing

EXPORT = Action("Get all my data", "privacy export")
KEPT = """What is kept: your account’s id and name here, your settings, the questions you were asked, your answers and code, and what \
follows from them: XP, streak and what you know.
Where: in one file of this bot, on the machine of whoever runs it. Nothing is sold, and nobody is tracked.
Who sees it: your answers, code and mistakes are yours alone. Your group sees your name and XP on its board; /settings board off hides \
you. Admins see what the group finds hard, without names.
Claude: only where the operator has set a key and your group agreed to it, code that failed, short answers and what you /ask are sent \
to Anthropic for help with them. You are told before; /settings ai off stops it. Your name and ids never are sent.
How long: {words} All of it goes when you delete it; backups lose it as they grow old."""
FOR_A_WHILE = "code and free text for {days} days, the rest for as long as you are here."
FOR_GOOD = "for as long as you are here."
WARNING = """This forgets everything about you{where}: name, answers, code, XP, streak and settings. Duels under way end, and boards and \
totals go on without you. It cannot be undone, not even by us. What the bot wrote in this chat stays until you delete it here.
To go on, press the button within ten minutes, or type /privacy delete {code}."""
DONE = """Everything about you is gone. What is left is a number without a name, for the scores of those you played with. If you write \
again, you begin as somebody new. Thank you for learning here."""
REFUSED = {
    Erasing.WRONG: "That is not the code you were given, so nothing was deleted. /privacy delete gives a new one.",
    Erasing.LATE: "That code is not known any more, so nothing was deleted: codes last ten minutes. /privacy delete gives a new one.",
}


async def handle(context: Context) -> Reply:
    """Explain, or do what was asked."""
    what, _, rest = context.request.args.strip().partition(" ")
    match what.lower():
        case "export":
            return await _export(context)
        case "anki":
            return await _anki(context)
        case "delete":
            return await (_delete(context, rest.strip()) if rest.strip() else _ask(context))
        case _:
            return _explain(context)


def _explain(context: Context) -> Reply:
    days = context.services.keep_code_days
    words = FOR_A_WHILE.format(days=days) if days else FOR_GOOD
    actions = (
        EXPORT,
        Action("My missed questions for Anki", "privacy anki"),
        Action("Delete everything about me", "privacy delete"),
    )
    return _notice("What is known about you", KEPT.format(words=words), *actions)


async def _export(context: Context) -> Reply:
    tables = await context.store.privacy.export(context.user.id)
    card = await asyncio.to_thread(export_card, tables, context.request.received_at)
    return Reply((card,))


async def _anki(context: Context) -> Reply:
    track = context.services.track
    made = notes(track, await context.store.privacy.missed(context.user.id))
    if not made:
        text = "You have got no question wrong yet, so there is nothing to learn from in Anki."
        return _notice("No missed questions", text, Action("Today’s questions", "daily", primary=True))
    card: Card = await asyncio.to_thread(deck_card, track, made, context.request.received_at)
    return Reply((card,))


async def _ask(context: Context) -> Reply:
    code = await context.store.privacy.wish(context.user.id, context.services.entropy())
    linked = sorted({platform for platform, _ in await context.store.links.accounts(context.user.id)})
    names = " and ".join(PLATFORM_NAMES.get(platform, platform) for platform in linked)
    where = f" on {names}" if len(linked) > 1 else ""
    delete = Action("Yes, delete everything", f"privacy delete {code}")
    text = WARNING.format(where=where, code=code)
    return _notice("Delete everything about you?", text, EXPORT, delete, tone=Tone.WARNING)


async def _delete(context: Context, code: str) -> Reply:
    came_to = await context.store.privacy.confirm(context.user.id, code)
    if came_to is not Erasing.DONE:
        return _notice("Not deleted", REFUSED[came_to], Action("Ask again", "privacy delete"), tone=Tone.WARNING)
    context.services.asked.pop(context.user.id, None)
    return _notice("You are forgotten", DONE)


def _notice(title: str, text: str, *actions: Action, tone: Tone = Tone.INFO) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=tone, actions=actions),))


COMMAND = Command(
    name="privacy",
    summary="what is known about you; take it away or delete it",
    usage="/privacy [export | anki | delete]",
    help="Says what is kept about you, where, how long and who sees it. Gives you all of it as a file, or the questions you got wrong"
    " as an Anki deck. Deletes everything, after asking once more.\nExamples: /privacy, /privacy export, /privacy anki",
    handle=handle,
    order=66,
)
