"""`/group [setup | pause | resume | code | join | leave | test | report | goal | ai | amnesty]`: the study group of a place, for those who manage it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot import group_ai, group_goal, group_posts
from bot.amnesty import amnesty
from bot.cards import Action, NoticeCard, Tone
from bot.commands import Command
from bot.group_posts import home, state_lines
from bot.grouping import is_dm, may_manage
from bot.insight import group_report
from bot.messages import PLATFORM_NAMES, Reply
from bot.platforms.port import Post, PostError
from bot.services import Context
from bot.store import Joining, Spot

EVERYWHERE = ("everywhere", "server", "workspace")
REFUSED = {
    Joining.ALREADY: "This place belongs to that group already; nothing changed.",
    Joining.UNKNOWN: "That code is not known: codes last ten minutes and work once. /group code in the other place gives a new one.",
    Joining.TOO_OFTEN: "Too many wrong codes were typed. Wait ten minutes, then use a new code.",
}
Handler = Callable[[Context, str], Awaitable[Reply]]


async def handle(context: Context) -> Reply:
    """Show the group, or change something about it."""
    what, _, rest = context.request.args.partition(" ")
    if not what:
        return await _state(context)
    handler = HANDLERS.get(what.lower())
    if handler is None:
        return _notice("No such thing", f"“{what[:40]}” is not known here. There are: {', '.join(HANDLERS)}.")
    if is_dm(context.request.place):
        return _notice("Not here", "A group lives in a server, workspace or channel. Type this there.")
    if not may_manage(context.request):
        text = "Only those who manage this place can do that. Everyone can look: /group shows how it is set up."
        return _notice("Not yours to change", text)
    return await handler(context, rest.strip())


def _spot(context: Context) -> Spot:
    place = context.request.place
    return Spot(place.platform, place.external_id, place.channel)


async def _state(context: Context) -> Reply:
    joined = await context.store.places.joined(context.group.id)
    own = Spot(context.group.platform, context.group.external_id)
    where = [_called(spot) for spot in (own, *(spot for spot in joined if spot != own))]
    lines = [f"It meets in: {', '.join(where)}.", *await state_lines(context)]
    actions: tuple[Action, ...] = (Action("Leaderboard", "leaderboard"),)
    if may_manage(context.request) and not is_dm(context.request.place):
        managing = (Action("Set up posts", "group setup", primary=True), Action("Join another place", "group code"))
        actions = (*managing, *actions)
    return Reply((NoticeCard(title=f"Group: {context.group.name}", text="\n".join(lines), actions=actions),))


def _called(spot: Spot) -> str:
    name = PLATFORM_NAMES.get(spot.platform, spot.platform)
    return f"a channel on {name}" if spot.channel else name


async def _code(context: Context, _rest: str) -> Reply:
    code = await context.store.places.make_code(
        context.user.id, _spot(context), context.group.id, context.services.entropy()
    )
    text = (
        f"In the channel that is to share this group, type /group join {code} within ten minutes, as somebody who manages it;"
        f" with the word everywhere behind it, the whole server or workspace joins. Both then have one leaderboard."
    )
    return _notice(f"Another place for “{context.group.name}”", text)


async def _join(context: Context, rest: str) -> Reply:
    code, _, width = rest.rpartition(" ") if rest.lower().endswith(EVERYWHERE) else (rest, "", "")
    if not code:
        return _notice(
            "Which group?",
            "Say its code: /group join <code>. Whoever manages the other place gets it from /group code.",
        )
    spot = _spot(context).server if width else _spot(context)
    came_to = await context.store.places.join(context.user.id, spot, code)
    if came_to is not Joining.DONE:
        return _notice("Nothing changed", REFUSED[came_to], Tone.INFO if came_to is Joining.ALREADY else Tone.WARNING)
    group = await context.store.places.group_of(spot)
    await context.store.join(group.id if group else context.group.id, context.user.id)
    what = "This channel" if spot.channel else "All of this place"
    text = (
        f"{what} shares the group “{group.name if group else ''}” now: one leaderboard for all. /group leave ends it."
    )
    return _notice("Joined", text, Tone.GOOD)


async def _leave(context: Context, _rest: str) -> Reply:
    left = await context.store.places.leave(_spot(context))
    if left is None:
        return _notice("Nothing to leave", "This place has not joined the group of another one.")
    what = "This channel" if left.channel else "This place"
    return _notice(
        "Left",
        f"{what} has left “{context.group.name}”. Nobody loses XP, and who was on its board stays there.",
        Tone.GOOD,
    )


async def _test(context: Context, _rest: str) -> Reply:
    setup = await context.store.places.posting(await home(context))
    host = context.services.hosts.get(context.request.place.platform)
    if not setup.channel:
        return _notice(
            "Where to?", "No channel is set. Type /group setup channel=here in the one for the posts.", Tone.WARNING
        )
    if host is None:
        return _notice("Not from here", "Posts go to Discord and Slack; this place cannot get any.")
    if missing := await host.check(setup.channel):
        return _notice("That post would not arrive", "\n".join(missing), Tone.WARNING)
    hello = NoticeCard(title="A test post", text="Posts of this study group will arrive here. There is nothing to do.")
    try:
        await host.post(Post(channel=setup.channel, cards=(hello,), key=f"test:{context.request.idempotency_key}"))
    except PostError as fault:
        return _notice("The test post did not arrive", str(fault), Tone.WARNING)
    return _notice("Sent", "The test post is in its channel.", Tone.GOOD)


def _notice(title: str, text: str, tone: Tone = Tone.INFO) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=tone),))


HANDLERS: dict[str, Handler] = {
    "setup": group_posts.setup,
    "pause": group_posts.pause,
    "resume": group_posts.resume,
    "code": _code,
    "join": _join,
    "leave": _leave,
    "test": _test,
    "report": group_report.handle,
    "goal": group_goal.handle,
    "ai": group_ai.handle,
    "amnesty": amnesty,
}

COMMAND = Command(
    name="group",
    summary="your study group; admins set it up",
    usage="/group [setup | pause | resume | code | join | leave | test | report | goal | ai | amnesty]",
    help="Shows the study group of this place. Those who manage the place choose where and when posts come, and let places on"
    " several platforms share one board; to them /group report shows what the group finds hard, and /group amnesty makes"
    " a day neutral for every streak when something was down. /group ai says whether Claude may help members with code.\n"
    "Examples: /group, /group report, /group setup, /group setup hour=9 zone=Europe/Paris,"
    " /group pause until 2027-01-07, /group code, /group join <code>",
    handle=handle,
    order=70,
)
