"""`/duel [open | code | <code> | accept | drop]`: three questions against somebody, each with their own numbers."""

from __future__ import annotations

import re

from bot import duels, playing
from bot.cards import Action, NoticeCard, Tone
from bot.commands import Command
from bot.messages import Reply
from bot.services import Context
from bot.store.games_duels import Challenge, Duel, Taking
from bot.store.games_results import Ended

NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
REFUSED = {
    Taking.OWN: ("That is your own", "Somebody else has to take it up. Send the code to them, or let the group find it in /duel."),
    Taking.UNKNOWN: ("No such duel", "It was taken by somebody else, or is older than two days. /duel shows what is open."),
    Taking.TOO_OFTEN: ("Not now", "Too many wrong codes came from you. Wait ten minutes, then use a new one."),
    Taking.BUSY: ("Not now", "One of you two is in a duel. It lasts two days at most; try again then."),
}  # fmt: skip
ABOUT = (
    f"Three questions, the same for both with other numbers and orders. More right wins, then less time. You have"
    f" {round(duels.LASTS.total_seconds() / 3600)} hours, and only you two learn how it went. Answers pay as practice does."
)
OPEN = Action("Challenge the group", "duel open", primary=True)
CODE = Action("Challenge one person", "duel code")
BACK = Action("Duels", "duel")


async def handle(context: Context) -> Reply:
    """Show the duel under way or what is open, or challenge somebody."""
    asked = context.request.args.strip()
    word, _, rest = asked.partition(" ")
    handler = WORDS.get(word.lower())
    if handler is not None and not rest:
        return await handler(context)
    if word.lower() == "accept":
        return await _accept(context, rest.strip())
    return await _take(context, await context.store.games.duels.take_by_code(context.user.id, context.group.id, asked))


async def _show(context: Context) -> Reply:
    """The next question of the duel under way; else what is open."""
    store = context.store.games.duels
    running = await store.running(context.user.id)
    if running is None:
        return await _lobby(context)
    return await playing.next_question(context, running) or _done(running)


async def _lobby(context: Context) -> Reply:
    store = context.store.games.duels
    challenges = await store.challenges(context.user.id, context.group.id)
    past, rating = await store.past(context.user.id), await store.rating(context.user.id)
    lines = [ABOUT, *map(_waiting, challenges)]
    if past:
        lines += [f"Your rating: {round(rating)}. Your last duels:", *map(result_line, past)]
    takes = [Action("Take it up", f"duel accept {one.id}", primary=True) for one in challenges if not one.mine][:3]
    own = any(one.mine for one in challenges)
    actions = (*takes, *((Action("Take mine back", "duel drop"),) if own else (OPEN,)), CODE)
    return _notice("Duels", "\n".join(lines), Tone.INFO, *actions)


def _waiting(one: Challenge) -> str:
    return "Your challenge waits for somebody." if one.mine else f"{one.by} challenges this group."


def result_line(one: Ended) -> str:
    """How a duel went, for one of the two."""
    how = {1.0: "won", 0.5: "a draw", 0.0: "lost"}[one.scored]
    return (
        f"Against {one.rival_name}: {how}, {_result(one.mine)} to {_result(one.theirs)}, rating {round(one.delta):+d}."
    )


def _result(result: duels.Result) -> str:
    return f"{result.correct} of {duels.QUESTIONS} in {round(result.took_ms / 1000)} s"


def _done(running: Duel) -> Reply:
    text = (
        f"You have answered all of it. {running.rival_name} has answered {running.rival_answered} of {len(running.items)}."
        " When they are done, or two days are over, you are told how it went."
    )
    return _notice("Your part is done", text, Tone.GOOD, Action("Today’s questions", "daily", primary=True))


async def _open(context: Context) -> Reply:
    if not await context.store.games.duels.challenge(context.user.id, context.group.id):
        return _notice("Not now", "You have a challenge or a duel already; /duel shows it.", Tone.INFO, BACK)
    text = (
        "Anyone in this group finds your challenge in /duel, for two days. You are told when somebody takes it up."
        " Nothing is posted anywhere."
    )
    return _notice(f"You challenge “{context.group.name}”", text, Tone.GOOD, BACK)


async def _code(context: Context) -> Reply:
    code = await context.store.games.duels.make_code(context.user.id, context.services.entropy())
    text = f"Send this to one person: /duel {code}\nIt works once, for two days, on any platform. {ABOUT}"
    return _notice("A code for a duel", text, Tone.INFO, BACK)


async def _drop(context: Context) -> Reply:
    if await context.store.games.duels.withdraw(context.user.id):
        return _notice("Taken back", "Your challenge is gone; nobody is told.", Tone.GOOD, BACK)
    return _notice("Nothing to take back", "You have no open challenge.", Tone.INFO, BACK)


async def _accept(context: Context, which: str) -> Reply:
    if not NUMBER.fullmatch(which):
        return await _take(context, Taking.UNKNOWN)
    taken = await context.store.games.duels.take(context.user.id, context.group.id, int(which))
    return await _take(context, taken)


async def _take(context: Context, came_to: Taking) -> Reply:
    if came_to is Taking.DONE:
        text = f"{ABOUT} Each question’s time runs from when you open it."
        return _notice("The duel is on", text, Tone.GOOD, Action("First question", "duel", primary=True))
    title, text = REFUSED[came_to]
    return _notice(title, text, Tone.INFO, BACK)


def _notice(title: str, text: str, tone: Tone, *actions: Action) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=tone, actions=actions),))


WORDS = {"": _show, "open": _open, "new": _open, "code": _code, "drop": _drop}

COMMAND = Command(
    name="duel",
    summary="three questions against somebody",
    usage="/duel [open | code | <code> | accept | drop]",
    help="Shows your duel’s next question, or who would like one. Challenge the group with open, or one person with a code, on any"
    " platform. Both get the same three questions with other numbers and orders; more right wins, then less time. A duel moves"
    " your duel rating and nothing else, and is shown to nobody but you two.\n"
    "Examples: /duel, /duel open, /duel code, /duel <code>",
    handle=handle,
    order=48,
)
