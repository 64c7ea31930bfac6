"""`/hint [challenge]`: the next rung of a challenge's hints; each costs a little of its XP."""

from __future__ import annotations

from bot.cards import Action, NoticeCard
from bot.commands import Command
from bot.messages import Reply
from bot.services import Context
from bot.topics import find_challenge
from challenges.model import Challenge


async def handle(context: Context) -> Reply:
    """Show the next hint, and all earlier ones."""
    name = context.request.args or await context.store.focus(context.user.id)
    if not name:
        open_one = Action("Open a challenge", "challenge", primary=True)
        return Reply(
            (
                NoticeCard(
                    title="A hint for what?",
                    text="Open a challenge first, or name it: /hint <name>.",
                    actions=(open_one,),
                ),
            )
        )
    found = find_challenge(context.services.challenges, name)
    if not isinstance(found, Challenge):
        actions = tuple(Action(context.services.challenges[slug].title, f"hint {slug}") for slug in found) or (
            Action("All challenges", "challenge list"),
        )
        return Reply(
            (NoticeCard(title="No such challenge", text=f"No challenge is called “{name[:60]}”.", actions=actions),)
        )
    rung = await context.store.use_hint(
        context.user.id, found.slug, rungs=len(found.hints), idem=context.request.idempotency_key
    )
    return Reply((_card(found, rung),))


def _card(challenge: Challenge, rung: int) -> NoticeCard:
    shown = "\n".join(f"{n}. {hint}" for n, hint in enumerate(challenge.hints[:rung], 1))
    left = len(challenge.hints) - rung
    cost = "Each hint takes a tenth off what passing earns." if left else "That was the last hint."
    more = (Action("Next hint", f"hint {challenge.slug}"),) if left else ()
    return NoticeCard(
        title=f"Hint {rung} of {len(challenge.hints)}: {challenge.title}",
        text=f"{shown}\n{cost}",
        actions=(Action("Back to the code", f"challenge {challenge.slug}", primary=True), *more),
    )


COMMAND = Command(
    name="hint",
    summary="the next hint for a challenge",
    usage="/hint [challenge]",
    help="Gives one hint more, from a question to nearly the whole way. Each takes a tenth off what passing earns.\nExample: /hint",
    handle=handle,
    order=34,
)
