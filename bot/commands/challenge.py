"""`/challenge [name]`: a coding challenge to solve; without a name, the next one on the learner's path."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Action, Card, ChallengeCard, Markdown, NoticeCard, Tone
from bot.commands import Command
from bot.commands.hint import give_up
from bot.messages import Reply
from bot.services import Context
from bot.topics import find_challenge, next_challenge, ordered, path_sections, section_title
from challenges.model import Challenge
from runner import Profile

LIBRARIES = {
    Profile.STDLIB: "Python’s standard library",
    Profile.NUMPY: "NumPy and SciPy",
    Profile.SKLEARN: "NumPy, SciPy, pandas and scikit-learn",
    Profile.TORCH: "NumPy, SciPy, pandas, scikit-learn and PyTorch",
}


async def handle(context: Context) -> Reply:
    """Show the challenge asked for."""
    bank, args = context.services.challenges, context.request.args
    sections = path_sections(context.services.track, context.user.path)
    passed = {slug for slug, ok in (await context.store.best_verdicts(context.user.id)).items() if ok}
    if args.lower().partition(" ")[0] in ("giveup", "give-up"):
        return await give_up(context, args.partition(" ")[2])
    if args.lower() in ("list", "all"):
        return _list(ordered(bank, sections), passed)
    found = find_challenge(bank, args) if args else next_challenge(bank, sections, passed)
    if found is None:
        return _list(ordered(bank, sections), passed)
    if isinstance(found, list):
        return _unknown(bank, args, found)
    await context.store.set_focus(context.user.id, found.slug)
    context.services.expect(found.profile)
    return Reply((await challenge_card(context, found, found.slug in passed),))


async def challenge_card(context: Context, challenge: Challenge, passed: bool) -> ChallengeCard:
    """The card with the statement and an editor holding the learner's last code."""
    tries = await context.store.submissions(context.user.id, challenge.slug)
    status = (
        "passed"
        if passed
        else f"{len(tries)} {'try' if len(tries) == 1 else 'tries'} so far"
        if tries
        else "not tried yet"
    )
    return ChallengeCard(
        slug=challenge.slug,
        title=challenge.title,
        level=challenge.level,
        minutes=challenge.minutes,
        topic=section_title(context.services.track, challenge.section),
        statement=Markdown(challenge.statement),
        starter=challenge.starter,
        draft=tries[-1].source if tries else "",
        status=status,
        libraries=LIBRARIES[challenge.profile],
        actions=(Action("Hint (−10 % XP)", f"hint {challenge.slug}"), Action("All challenges", "challenge list")),
    )


def _list(challenges: tuple[Challenge, ...], passed: set[str]) -> Reply:
    cards: list[Card] = []
    for level in ("easy", "medium", "hard"):
        some = [c for c in challenges if c.level == level]
        if some:
            done = "\n".join(f"✓ {c.title}" for c in some if c.slug in passed)
            left = tuple(
                Action(f"{c.title} ({c.minutes} min)", f"challenge {c.slug}") for c in some if c.slug not in passed
            )
            cards.append(NoticeCard(title=f"{level.capitalize()} challenges", text=done, actions=left))
    if all(c.slug in passed for c in challenges):
        cards.insert(
            0, NoticeCard(title="All challenges passed", text="Nothing left to prove here. Well done.", tone=Tone.GOOD)
        )
    return Reply(tuple(cards))


def _unknown(bank: Mapping[str, Challenge], text: str, near: list[str]) -> Reply:
    actions = (
        *(Action(bank[slug].title, f"challenge {slug}") for slug in near),
        Action("All challenges", "challenge list"),
    )
    return Reply(
        (NoticeCard(title="No such challenge", text=f"No challenge is called just “{text[:60]}”.", actions=actions),)
    )


COMMAND = Command(
    name="challenge",
    summary="a coding challenge; your code runs in isolation",
    usage="/challenge [name | list | giveup]",
    help="Shows a coding challenge with its starter code: the next one on your path, or the one you name.\n"
    "With giveup you see our solution; passing then pays nothing.\n"
    "Examples: /challenge, /challenge list, /challenge <name>, /challenge giveup",
    handle=handle,
    order=30,
)
