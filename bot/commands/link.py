"""`/link [code]`: makes accounts on several platforms one learner, by a code shown on one and typed on the other."""

from __future__ import annotations

from bot.cards import Action, NoticeCard, Tone
from bot.commands import Command
from bot.messages import PLATFORM_NAMES, Reply
from bot.services import Context
from bot.store import Linking

REFUSED = {
    Linking.OWN: "That code was made here. Type it where you have the other account.",
    Linking.ALREADY: "These accounts are linked already; nothing changed.",
    Linking.UNKNOWN: "That code is not known: codes last ten minutes and work once. /link on the other account gives a new one.",
    Linking.TOO_OFTEN: "Too many wrong codes came from this account. Wait ten minutes, then use a new code.",
}


async def handle(context: Context) -> Reply:
    """Give a code, or use the one that was typed."""
    typed = context.request.args
    return _notice(*await (_use(context, typed) if typed else _give(context)))


async def _give(context: Context) -> tuple[str, str, Tone]:
    actor, links = context.request.actor, context.store.links
    code = await links.make_code(context.user.id, (actor.platform, actor.external_id), context.services.entropy())
    linked = sorted({PLATFORM_NAMES.get(platform, platform) for platform, _ in await links.accounts(context.user.id)})
    also = f"\nLinked so far: {', '.join(linked)}." if len(linked) > 1 else ""
    text = (
        f"On your other account, type /link {code} within ten minutes. What you did on either is then yours on both: XP,"
        f" streak, answers. It cannot be undone, and whoever types the code becomes you, so show it to nobody.{also}"
    )
    return "Link another account", text, Tone.INFO


async def _use(context: Context, code: str) -> tuple[str, str, Tone]:
    actor, store = context.request.actor, context.store
    here = PLATFORM_NAMES.get(actor.platform, actor.platform)
    news = f"This account was linked with the one on {here}: XP, streak and answers are the same on both now."
    came_to = await store.links.link(context.user.id, (actor.platform, actor.external_id), code, news)
    if came_to is not Linking.DONE:
        done = came_to is Linking.ALREADY
        return "Linked already" if done else "Not linked", REFUSED[came_to], Tone.INFO if done else Tone.WARNING
    new = await store.links.current(context.user.id)
    xp, streak = (await store.progress(new)).xp, await store.streak(new, context.today)
    days = "day" if streak.current == 1 else "days"
    text = (
        f"You are one learner on all your accounts now, with {xp} XP and a streak of {streak.current} {days}, as if you had"
        " done everything on one of them: what both had done counts once. Your settings are those of the account that did more."
    )
    return "Linked", text, Tone.GOOD


def _notice(title: str, text: str, tone: Tone) -> Reply:
    actions = (Action("My progress", "progress"), Action("Settings", "settings")) if tone is Tone.GOOD else ()
    return Reply((NoticeCard(title=title, text=text, tone=tone, actions=actions),))


COMMAND = Command(
    name="link",
    summary="make your accounts on two platforms one",
    usage="/link [code]",
    help="Gives a code that lasts ten minutes; typed on your other account, it makes both one learner with one streak.\n"
    "Examples: /link, /link <code>",
    handle=handle,
    order=62,
)
