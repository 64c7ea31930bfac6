"""The placement test from question to question: what comes next, and what it found when it ends.

The choice and the estimate are `quizzes.placement`'s, the record is the store's.
"""

from __future__ import annotations

from bot.cards import Action, Card, NoticeCard, Tone
from bot.learning import asked
from bot.posing import question_card
from bot.services import Context
from bot.store.learning_placement import Finding
from bot.store.learning_rows import Placement, PlacementRun
from quizzes.items import Section, Track
from quizzes.mastery import MEDIUM
from quizzes.placement import MOST, Placed, ability, known_concepts, next_placement
from quizzes.present import seed_for
from quizzes.skill import Skill, expected

OFFER = Action("Find where I start", "placement")
NO_IDEA = "I don't know"
_MOST_NAMED = 8  # sections named in one line of the summary
_LEVELS = ((0.35, "at the beginning"), (0.6, "with the basics in hand"), (0.8, "well on your way"), (1.1, "far along"))
"""Up to which chance of a right answer to a medium question a learner is said to be where."""


async def next_cards(context: Context) -> tuple[Card, ...]:
    """Show the next question of the test under way, or end it and say where the learner starts."""
    learning = context.store.learning
    run = await learning.placement_run(context.user.id)
    if run is None:
        return (summary(context.services.track, await learning.placement(context.user.id)),)
    question = await _next_question(context, run)
    return question or (summary(context.services.track, await _end(context, run)),)


async def _next_question(context: Context, run: PlacementRun) -> tuple[Card, ...]:
    track, answers = context.services.track, _answers(run)
    waiting = await context.store.question(run.open_question) if run.open_question else None
    if waiting is None or track.item(waiting.item_id) is None:  # content may change while a test is left alone
        item_id = next_placement(track, answers, _seed(context, run, "order"))
        if item_id is None:
            return ()
        seed = str(_seed(context, run, item_id))
        waiting = await context.store.learning.ask_placement(context.user.id, item_id, seed, context.today)
    item = track.item(waiting.item_id)
    if item is None:
        return ()
    asked(context, waiting)
    pass_on = Action("I don’t know", f"answer {waiting.public_id} {NO_IDEA}")
    unsure = NoticeCard(title="Not sure?", text="Saying so tells as much as an answer.", actions=(pass_on,))
    return (question_card(context, waiting, item, f"Question {len(answers) + 1} of at most {MOST}"), unsure)


def _seed(context: Context, run: PlacementRun, what: str) -> int:
    return seed_for(str(context.user.id), what, f"placement {run.id}")


def _answers(run: PlacementRun) -> list[Placed]:
    return [Placed(item_id, correct) for item_id, correct in run.answered]


async def _end(context: Context, run: PlacementRun) -> Placement | None:
    track, answers = context.services.track, _answers(run)
    if not answers:
        return None
    estimate, error = ability(track, answers)
    found = Finding(estimate, error, known_concepts(track, answers))
    return await context.store.learning.end_placement(context.user.id, found, context.today)


def summary(track: Track, found: Placement | None) -> NoticeCard:
    """Say plainly where the learner starts, per section."""
    if found is None:
        text = "This course has no questions to place you with. Start with today’s; they begin easy."
        return NoticeCard(title="Nothing to place you with", text=text, actions=(_DAILY,))
    chance = expected(Skill(found.ability), Skill(), MEDIUM, 0.0)
    where = next(words for most, words in _LEVELS if chance < most)
    known = [section for section in track.sections if section.concepts and _share(section, found) == 1]
    begun = [section for section in track.sections if 0 < _share(section, found) < 1]
    first = next((section for section in track.sections if section.concepts and _share(section, found) < 1), None)
    lines = [f"You start {where}: about {chance:.0%} of the medium questions would go right today."]
    if known:
        lines.append(f"You seem to know: {_list([section.title for section in known])}.")
    if begun:
        parts = [f"{s.title} ({sum(c.id in found.known for c in s.concepts)} of {len(s.concepts)})" for s in begun]
        lines.append(f"You know some concepts of: {_list(parts)}.")
    if first:
        lines.append(f"Your daily questions begin in {first.title}. What you know already comes last.")
    else:
        lines.append("That is the whole course. Your daily questions go through it once, to make sure.")
    return NoticeCard(title="Where you start", text="\n".join(lines), tone=Tone.GOOD, actions=(_DAILY,))


_DAILY = Action("Today’s questions", "daily", primary=True)


def _share(section: Section, found: Placement) -> float:
    return sum(c.id in found.known for c in section.concepts) / max(1, len(section.concepts))


def _list(names: list[str]) -> str:
    """A list short enough for a phone."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


async def offered(context: Context) -> bool:
    """Tell whether to offer the test: to those who have answered nothing yet and were not placed."""
    learned = await context.store.learning.learned(context.user.id)
    return not (learned.answered or learned.placement)
