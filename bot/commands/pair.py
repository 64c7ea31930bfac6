"""`/pair [@name | code | accept | end]`: streaks that two friends keep together, once both agreed."""

from __future__ import annotations

import re

from bot.cards import Action, NoticeCard, Tone
from bot.commands import Command
from bot.messages import Reply
from bot.services import Context
from bot.store.games_pairs import MOST_FRIENDS, Pair, Pairing

MENTION = re.compile(r"<@!?(?P<discord>[0-9]{1,25})>|<@(?P<slack>[A-Z0-9]{1,25})(?:\|[^>]*)?>", re.ASCII)
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
SAID = {
    Pairing.DONE: ("You are a pair", "From today on, a day on which you both do yours counts for the two of you."),
    Pairing.ASKED: ("Asked", "They hear of it when they are next here, and choose. Nothing counts before they agree."),
    Pairing.ALREADY: ("A pair already", "You two keep a streak together as it is."),
    Pairing.OWN: ("That is you", "A pair takes two: send a friend your code from /pair code."),
    Pairing.UNKNOWN: (
        "Nobody found",
        "No such code or invitation is open, or they are new here. /pair code makes a code that works on any platform.",
    ),
    Pairing.TOO_OFTEN: ("Not now", "Too many wrong codes came from you. Wait ten minutes, then use a new one."),
    Pairing.FULL: ("No room", f"Each of you can have up to {MOST_FRIENDS} friends here, invitations included."),
}
OPEN_PAIRS = Action("My pairs", "pair")


async def handle(context: Context) -> Reply:
    """Show the pairs, or make, accept or end one."""
    asked = context.request.args.strip()
    word, _, rest = asked.partition(" ")
    if not asked:
        return await _list(context)
    if word.lower() == "code":
        return await _code(context)
    if word.lower() == "accept":
        return await _accept(context, rest.strip())
    if word.lower() == "end":
        return await _end(context, rest.strip())
    found = MENTION.fullmatch(asked)
    if found:
        return await _ask(context, found)
    if asked.startswith("@"):
        text = "I can only tell who that is from a mention your platform offers. A code works everywhere: /pair code."
        return _notice("Who is that?", text, Tone.WARNING, Action("Make a code", "pair code", primary=True))
    return _said(await context.store.games.pairs.join(context.user.id, asked, context.today))


async def _list(context: Context) -> Reply:
    pairs = await context.store.games.pairs.all_of(context.user.id)
    answers = [
        action
        for pair in pairs
        if pair.waiting == "me"
        for action in (
            Action(f"Yes, with {pair.friend}"[:40], f"pair accept {pair.id}", primary=True),
            Action(f"No, {pair.friend}"[:40], f"pair end {pair.id}"),
        )
    ]
    if not pairs:
        text = (
            "Keep a streak with a friend: a day counts when you both did yours, each on your own calendar."
            " Make a code and send it to them, wherever they use this bot."
        )
        return _notice("No pairs yet", text, Tone.INFO, Action("Make a code", "pair code", primary=True))
    return _notice("Your pairs", "\n".join(map(_line, pairs)), Tone.INFO, *answers, *_more(pairs))


def _more(pairs: list[Pair]) -> tuple[Action, ...]:
    code = (Action("Make a code", "pair code"),) if len(pairs) < MOST_FRIENDS else ()
    return (*code, Action("End one", "pair end"))


def _line(pair: Pair) -> str:
    if pair.waiting == "me":
        return f"{pair.friend} would like to keep a streak with you."
    if pair.waiting == "them":
        return f"{pair.friend}: asked, and free to choose."
    return f"{pair.friend}: {_days(pair.streak)} together, best {pair.best}. {_today(pair)}"


def _today(pair: Pair) -> str:
    if pair.mine_today and pair.theirs_today:
        return "Today is done by both."
    if pair.mine_today:
        return "You did yours today; theirs is open."
    return "They did theirs today; yours is open." if pair.theirs_today else "Today is open for both."


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


async def _code(context: Context) -> Reply:
    code = await context.store.games.pairs.make_code(context.user.id, context.services.entropy())
    text = (
        f"Send this to one friend: /pair {code}\nIt works once, for two days, on any platform. By typing it they agree, and so do"
        " you by sending it. Each of you sees whether the other’s day is done, and nothing else."
    )
    return _notice("A code for a friend", text, Tone.INFO, OPEN_PAIRS)


async def _ask(context: Context, found: re.Match[str]) -> Reply:
    actor = context.request.actor
    team, _, _ = actor.external_id.rpartition(":")  # on Slack a person is known by workspace and id
    external_id = found["discord"] or (f"{team}:{found['slack']}" if team else found["slack"])
    pairs = context.store.games.pairs
    return _said(await pairs.ask(context.user.id, (actor.platform, external_id), context.today))


async def _accept(context: Context, which: str) -> Reply:
    pairs = context.store.games.pairs
    if not which:
        asking = [pair for pair in await pairs.all_of(context.user.id) if pair.waiting == "me"]
        if len(asking) != 1:
            return await _list(context)
        which = str(asking[0].id)
    if not NUMBER.fullmatch(which):
        return _said(Pairing.UNKNOWN)
    return _said(await pairs.accept(context.user.id, int(which), context.today))


async def _end(context: Context, which: str) -> Reply:
    pairs = context.store.games.pairs
    if not which:
        mine = await pairs.all_of(context.user.id)
        ways = [Action(f"End: {pair.friend}"[:40], f"pair end {pair.id}") for pair in mine]
        text = "Which one? Nobody is told, and your own streak stays." if mine else "You have no pairs."
        return _notice("End a pair", text, Tone.INFO, *ways)
    if not NUMBER.fullmatch(which) or not await pairs.end(context.user.id, int(which)):
        return _notice("Nothing ended", "You have no such pair; /pair lists them.", Tone.WARNING, OPEN_PAIRS)
    return _notice("Ended", "That pair is over. Your own streak is as it was.", Tone.GOOD, OPEN_PAIRS)


def _said(came_to: Pairing) -> Reply:
    title, text = SAID[came_to]
    tone = Tone.GOOD if came_to in (Pairing.DONE, Pairing.ASKED) else Tone.INFO
    return _notice(title, text, tone, OPEN_PAIRS)


def _notice(title: str, text: str, tone: Tone, *actions: Action) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=tone, actions=actions),))


COMMAND = Command(
    name="pair",
    summary="keep a streak together with a friend",
    usage="/pair [@name | code | <code> | accept | end]",
    help="Shows the streaks you keep with friends, up to five. A day counts for a pair when both did theirs, each on their own"
    " calendar; freezes hold it too. Invite by a mention, or by a code on any platform; both have to agree.\n"
    "Examples: /pair, /pair code, /pair <code>, /pair end",
    handle=handle,
    order=46,
)
