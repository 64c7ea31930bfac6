"""`/hint [challenge | question | solution]`: the next rung of some hints; each costs a little XP. At their end, the solution."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Action, Card, NoticeCard, Tone
from bot.commands import Command
from bot.commands.answer import ID
from bot.consent import told_first
from bot.explaining import asking, improved
from bot.hinting import ladder, questions
from bot.hinting.examples import worked_example
from bot.hinting.solution import ask_first, similar, solution_card
from bot.learning import asked, waiting
from bot.messages import Reply
from bot.posing import posed, question_card
from bot.services import Context
from bot.store import Mistake, Question
from bot.topics import find_challenge, path_sections
from challenges.model import Challenge
from quizzes.items import Item
from quizzes.present import seed_for

COST = "Each hint takes a tenth off what passing earns."
QUESTION_COST = "Each takes a tenth off what a right answer earns, and the topic comes back a little sooner."
FREE = "Hints for this one cost nothing any more."
ALL = "That was the last hint."
GIVING_UP = ("solution", "giveup", "give-up")


async def handle(context: Context) -> Reply:
    """Show the next hint, and all earlier ones; or the solution, after asking once more."""
    first, _, rest = context.request.args.partition(" ")
    if first.lower() in GIVING_UP:
        return await give_up(context, rest)
    question = await context.store.question(first) if first else None
    if question is not None:
        return await _question(context, question)
    if ID.fullmatch(first.lower()):
        return _notice(
            "No hint for this one", f"There is no question {first.lower()}. /hint alone is about what is open."
        )
    if first:
        return await _named(context, context.request.args)
    open_ones = [q for q in await waiting(context) if q.purpose != "placement"]
    focus = await _focus(context)
    if focus is not None and open_ones:
        return _which(open_ones[0], focus)
    if open_ones:
        return await _question(context, open_ones[0])
    return await _challenge(context, focus) if focus else _for_what()


async def give_up(context: Context, args: str) -> Reply:
    """Show a challenge's solution: at once after a pass, else after asking, and from then on passing pays nothing."""
    words = args.split()
    sure = bool(words) and words[-1].lower() == "yes"
    name = " ".join(words[:-1] if sure else words) or await context.store.focus(context.user.id)
    found = find_challenge(context.services.challenges, name) if name else []
    if not isinstance(found, Challenge):
        return await _named(context, name) if name else _for_what()
    passed = await _passed(context)
    if found.slug not in passed and not await context.store.hints.gave_up(context.user.id, found.slug):
        if not sure:
            return Reply((ask_first(found),))
        await context.store.hints.give_up(context.user.id, found.slug)
    sections = path_sections(context.services.track, context.user.path)
    return Reply((solution_card(found, similar(found, context.services.challenges, sections, passed)),))


async def _passed(context: Context) -> set[str]:
    return {slug for slug, ok in (await context.store.best_verdicts(context.user.id)).items() if ok}


async def _focus(context: Context) -> Challenge | None:
    """The challenge opened last, as long as there is something to win by it."""
    slug = await context.store.focus(context.user.id)
    return context.services.challenges.get(slug) if slug else None


def _which(question: Question, challenge: Challenge) -> Reply:
    actions = (
        Action("The open question", f"hint {question.public_id}"),
        Action(challenge.title, f"hint {challenge.slug}"),
    )
    return Reply((NoticeCard(title="A hint for what?", text="A question and a challenge are open.", actions=actions),))


def _for_what() -> Reply:
    text = "Open a challenge first, or name it: /hint <name>."
    actions = (Action("Open a challenge", "challenge", primary=True),)
    return Reply((NoticeCard(title="A hint for what?", text=text, actions=actions),))


async def _named(context: Context, name: str) -> Reply:
    found = find_challenge(context.services.challenges, name)
    if isinstance(found, Challenge):
        return await _challenge(context, found)
    actions = tuple(Action(context.services.challenges[slug].title, f"hint {slug}") for slug in found) or (
        Action("All challenges", "challenge list"),
    )
    text = f"No challenge is called “{name[:60]}”."
    return Reply((NoticeCard(title="No such challenge", text=text, actions=actions),))


async def _challenge(context: Context, challenge: Challenge) -> Reply:
    """The next rung: of the learner's last try where it failed, and before that what the author wrote."""
    kept = await context.store.last_try(context.user.id, challenge.slug)
    last = _read(kept)
    over = challenge.slug in await _passed(context) or await context.store.hints.gave_up(
        context.user.id, challenge.slug
    )
    order = ladder.order(challenge, last)
    taken = await context.store.hints.take(context.user.id, challenge.slug, order, context.request.idempotency_key)
    shown = [rung for rung in order if rung in taken.rungs]
    example = await _example(context, challenge)
    said: dict[int, str] = {
        rung: f"{n}. {ladder.LABELS[rung]}: {ladder.words(challenge, rung, last, example)}"
        for n, rung in enumerate(shown, 1)
    }
    left = len(order) - len(shown)
    more = (Action("Next hint", f"hint {challenge.slug}"),) if left else ()
    end = () if left or over else (Action("Give up", f"hint solution {challenge.slug}"),)
    card = NoticeCard(
        title=f"Hint {len(shown)} of {len(order)}: {challenge.title}",
        text="\n".join([*_new_first(said, taken.new), FREE if over else COST if left else ALL]),
        actions=(Action("Back to the code", f"challenge {challenge.slug}", primary=True), *more, *end),
    )
    return await _with_more(context, card, kept, ladder.AFTER.index(ladder.Rung(taken.new)) + 1 if taken.new else 0)


def _new_first(said: Mapping[int, str], new: int) -> list[str]:
    """The hint just taken, then those of before, which cost nothing to read again; all in order when there is no new one."""
    earlier = [text for rung, text in said.items() if rung != new]
    if new not in said or not earlier:
        return list(said.values())
    return [said[new], "Your earlier hints:", *earlier]


def _read(kept: Mistake | None) -> ladder.Try | None:
    if kept is None or kept.submission is None:
        return None
    line = kept.explanation.line if kept.explanation else None
    return ladder.read_try(kept.submission.source, kept.submission.report_json, line)


async def _example(context: Context, challenge: Challenge) -> str:
    """A question on the same idea, worked out; none that is open just now."""
    today = await context.store.questions_today(context.user.id, context.today)
    answered = {seen.item_id for seen in await context.store.history(context.user.id)}
    seed = seed_for(str(context.user.id), challenge.slug, "example")
    waits = {question.item_id for question in today if not question.answered}
    return worked_example(context.services.track, challenge.concepts, answered, waits, seed)


async def _with_more(context: Context, card: Card, kept: Mistake | None, rung: int) -> Reply:
    """Let an assistant say more of a try that failed, when it may; what is here stands by itself."""
    about = asking(context, kept, rung) if kept and rung else None
    if about is None or not await context.services.tutor.available(about.who):
        return Reply((card,))
    if notice := await told_first(context):
        return Reply((card, notice))
    attempt_id = kept.attempt.id if kept else None
    return Reply((card,), followup=lambda: improved(context, about, attempt_id))


async def _question(context: Context, question: Question) -> Reply:
    """The next rung for a question of one's own that is open."""
    item = context.services.track.item(question.item_id)
    if refused := await _no_hint(context, question, item):
        return _notice("No hint for this one", refused)
    if item is None:
        return _notice("No hint for this one", "That question is no longer asked.")
    shown, key = posed(question, item), questions.hint_key(question.public_id)
    taken = await context.store.hints.take(context.user.id, key, questions.RUNGS, context.request.idempotency_key)
    said = {rung: f"{rung}. {questions.words(context.services.track, item, shown, rung)}" for rung in taken.rungs}
    left = len(questions.RUNGS) - len(taken.rungs)
    asked(context, question)
    card = NoticeCard(
        title=f"Hint {len(taken.rungs)} of {len(questions.RUNGS)}",
        text="\n".join([*_new_first(said, taken.new), QUESTION_COST if left else ALL]),
        actions=(Action("Next hint", f"hint {question.public_id}"),) if left else (),
    )
    return Reply((card, question_card(context, question, item, "Still open")))


async def _no_hint(context: Context, question: Question, item: Item | None) -> str:
    """Why there is no hint for a question, or ""."""
    if question.user_id != context.user.id:
        return f"The question {question.public_id} was put to somebody else."
    if question.answered or item is None:
        return "That question is answered; /explain shows the latest mistake with its explanation."
    if question.purpose == "placement":
        return "A placement finds where you start, so it gives no hints. Answer “skip” when you do not know."
    running = await context.store.games.duels.running(context.user.id)
    if running is not None and running.open is not None and running.open.id == question.id:
        return "This one is part of your duel, and a duel is played without hints."
    return ""


def _notice(title: str, text: str) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=Tone.INFO),))


COMMAND = Command(
    name="hint",
    summary="the next hint for a challenge or a question",
    usage="/hint [challenge | question id | solution [challenge]]",
    help="Gives one hint more. After a try that failed, the first shows the place; the others go from a question to nearly the whole way."
    " Each takes a tenth off what passing, or a right answer, earns.\n"
    "With the word solution you give up: you see ours, and passing then pays nothing.\n"
    "Examples: /hint, /hint solution",
    handle=handle,
    order=34,
)
