"""The question of the day: which one a group gets, its card for everyone, and what came of it without saying whose.

Choosing and counting are pure; the rest reads the store and keeps what was chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.cards import Action, FeedbackCard, Markdown, NoticeCard, QuestionCard
from bot.posing import shown_card
from bot.services import Services
from bot.store import Round
from quizzes.grade import Graded, answer_key, grade
from quizzes.items import Choice, Item, Kind, Track
from quizzes.present import Posed, present, seed_for

LABEL = "Question of the day"
PUBLIC = (Kind.SINGLE, Kind.MULTI, Kind.NUMERIC, Kind.OUTPUT, Kind.BUG)  # short to read, and with one right answer
HARDEST = 2  # of 0 to 3; a group's question should suit most of it
LETTERS = 5  # buttons that stand in one row everywhere
SPREAD_FROM = 3  # answers; of fewer, a spread would tell who said what
BAR = 10  # blocks of the longest bar
AT_ONCE = "Press a letter. Only you see what comes of it, and your first answer counts."
OPENED = "Press the button: the question opens for you alone, and your first answer counts."


def choose(
    items: Collection[Item], recent: Sequence[str], met: Mapping[str, int], group_id: int, day: date
) -> Item | None:
    """Choose a group's question of a day: none it had lately, and one as few members as possible have met.

    Args:
        items: what may be asked.
        recent: what the group's latest rounds asked, newest first.
        met: by item, how many members have answered it.
        group_id: whose question it is; groups get different ones.
        day: the group's.
    """
    some = {item.id: item for item in items if item.kind in PUBLIC and item.difficulty <= HARDEST}
    lately = [item_id for item_id in dict.fromkeys(recent) if item_id in some]
    barred = set(lately[: max(0, len(some) // 2)])
    left = [item for item_id, item in some.items() if item_id not in barred]
    return min(left, key=lambda item: (met.get(item.id, 0), _draw(group_id, item.id, day)), default=None)


def _draw(group_id: int, item_id: str, day: date) -> int:
    return seed_for(f"group {group_id}", item_id, day.isoformat())


async def round_of(services: Services, group_id: int, day: date) -> Round | None:
    """Find a group's round of a day, or begin it; None when there is nothing to ask."""
    rounds = services.store.rounds
    known = await rounds.on(group_id, day)
    if known is not None:
        return known
    unfit = await services.store.insights.quarantined()
    items = [item for item in services.track.items if not item.quarantined and item.id not in unfit]
    recent = await rounds.recent_items(group_id, len(items))
    item = choose(items, recent, await rounds.met(group_id), group_id, day)
    return await rounds.begin(group_id, day, item.id, str(_draw(group_id, item.id, day))) if item else None


def card_for_all(track: Track, asked: Round, item: Item) -> QuestionCard:
    """The question as everyone sees it, with buttons that answer for one learner alone."""
    card = shown_card(track, item, present(item, int(asked.seed)))
    letters = [choice.letter for choice in card.choices] if item.kind is Kind.SINGLE else []
    if 0 < len(letters) <= LETTERS:
        actions = tuple(Action(letter, f"today {asked.key} {letter}", primary=True) for letter in letters)
        return replace(card, label=LABEL, expects=AT_ONCE, actions=actions)
    return replace(card, label=LABEL, expects=OPENED, actions=(Action("Answer", f"today {asked.key}", primary=True),))


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of a round.

    Attributes:
        answered: how many learners answered.
        right: how many of them were right.
        spread: by option in its order, whether it is right and how many chose it; empty where that would name somebody.
        mistake: the wrong option chosen most, or "" where answers were typed.
        feedback: what its author says to the most common mistake.
    """

    answered: int
    right: int
    spread: tuple[tuple[str, bool, int], ...] = ()
    mistake: str = ""
    feedback: str = ""


def tally(item: Item, shown: Posed, answers: Sequence[str]) -> Tally:
    """Count the answers to a round; what cannot be read any more, as after a change of content, is not counted."""
    graded = [one for one in (grade(item, shown, text) for text in answers) if isinstance(one, Graded)]
    wrong = [one for one in graded if not one.correct]
    counted = Tally(len(graded), len(graded) - len(wrong))
    if len(graded) < SPREAD_FROM:
        return counted
    if item.kind is Kind.SINGLE and isinstance(item.body, Choice):
        by_text = Counter(one.chosen for one in graded)
        spread = tuple(
            (line.label, line.text in item.body.answers, by_text[f"{line.label}: {line.text}"])
            for line in shown.options
        )
        counted = replace(counted, spread=spread)
    mistake, feedback = _commonest(item, wrong)
    return replace(counted, mistake=mistake, feedback=feedback)


def _commonest(item: Item, wrong: Sequence[Graded]) -> tuple[str, str]:
    """The most common mistake that an author foresaw: the option it shows in, if any, and what is said to it."""
    counts = Counter(name for one in wrong for name in one.misconceptions)
    if not counts:
        return "", ""
    name = min(counts, key=lambda known: (-counts[known], known))
    if isinstance(item.body, Choice):
        option = next((option for option in item.body.options if option.misconception == name), None)
        return (option.text, option.feedback) if option else ("", "")
    return "", next(one.feedback for one in wrong if name in one.misconceptions)


def counts(found: Tally) -> NoticeCard:
    """How a round went, in numbers; nothing of the answer."""
    if not found.answered:
        text = "Nobody has answered this one, and that is fine. Here is how it goes; another one comes soon."
        return NoticeCard(title="The answer is out", text=text)
    text = f"{'1 person' if found.answered == 1 else f'{found.answered} people'} answered, {_how(found)}."
    return NoticeCard(title="The answer is out", text="\n".join((text, *_bars(found.spread))))


def _how(found: Tally) -> str:
    if not found.right:
        return "and it was a hard one: nobody had it yet"
    if found.right == found.answered:
        return "and was right" if found.answered == 1 else "all of them right"
    return f"{found.right} of them right ({round(100 * found.right / found.answered)} %)"


def _bars(spread: Sequence[tuple[str, bool, int]]) -> list[str]:
    most = max((count for _, _, count in spread), default=0)
    return [
        " ".join(filter(None, ("✓" if right else "·", letter, "▇" * round(BAR * count / max(most, 1)), str(count))))
        for letter, right, count in spread
    ]


def answer_card(item: Item, shown: Posed, found: Tally) -> FeedbackCard:
    """The answer with its explanation, and with what to say to the most common mistake; nobody is named."""
    right = grade(item, shown, answer_key(item, shown))
    if not isinstance(right, Graded):
        raise ValueError(f"the key of {item.id} cannot be read as an answer to it")
    chosen = f"**Most often chosen instead:** {found.mistake}\n\n" if found.mistake else ""
    common = chosen or ("**A common slip:** " if found.feedback else "")
    parts = (f"**Answer:** {right.right}", f"{common}{found.feedback}" if found.feedback else "")
    return FeedbackCard(
        headline="The answer",
        correct=True,
        score=1.0,
        chosen="",
        right=Markdown(right.right),
        feedback=Markdown("\n\n".join(filter(None, parts))),
        explanation=Markdown(right.explanation),
    )


async def tally_of(services: Services, asked: Round) -> Tally | None:
    """Count a round's answers so far; None when its item is no longer there."""
    item = services.track.item(asked.item_id)
    if item is None:
        return None
    return tally(item, present(item, int(asked.seed)), await services.store.rounds.answers(asked.id))


async def reveal_cards(services: Services, asked: Round) -> tuple[NoticeCard, FeedbackCard] | tuple[()]:
    """How a round went and what the answer is; nothing when its item is no longer there."""
    item, found = services.track.item(asked.item_id), await tally_of(services, asked)
    if item is None or found is None:
        return ()
    return (counts(found), answer_card(item, present(item, int(asked.seed)), found))
