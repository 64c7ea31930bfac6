"""Hints for a question of the bank, made from what its author wrote for others: a nudge, then the idea behind it.

Pure. What contains the answer is never used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.hinting.examples import explained
from quizzes.grade import answer_key
from quizzes.items import Bug, Choice, Fill, Item, Match, Numeric, Output, Short, Track
from quizzes.present import Posed, filled, numbers_of
from quizzes.typed import folded

NUDGE, IDEA = 1, 2
RUNGS = (NUDGE, IDEA)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
BARE = 50  # characters under which a sentence says too little alone
KEY = "question/"


def hint_key(public_id: str) -> str:
    """What the store knows a question's hints by; no challenge can be called so."""
    return f"{KEY}{public_id}"


def words(track: Track, item: Item, shown: Posed, rung: int) -> str:
    """What a rung says of an item as it is shown."""
    return _nudge(track, item, shown) if rung == NUDGE else _idea(track, item, shown)


def _nudge(track: Track, item: Item, shown: Posed) -> str:
    """What somebody was told who got it wrong, as far as that leaves the answer open."""
    if isinstance(item.body, Short):
        points = item.body.rubric
        return f"A good answer makes {len(points)} points. One of them: {points[0].point.rstrip('.')}. What else?"
    said = next((text for text in _feedback(item, shown) if not _gives_away(item, shown, text)), "")
    if said:
        return f"Somebody who got this wrong was told: “{said}” What does that rule out?"
    concept = track.concept(item.concept)
    about = f"“{concept.title}”" if concept else "one idea"
    return f"This is about {about}. Say in your own words what that means, then read the question once more. What is asked?"


def _feedback(item: Item, shown: Posed) -> Iterator[str]:
    body, drawn = item.body, numbers_of(item, shown.seed)
    wrong = body.options if isinstance(body, Choice | Bug) else body.wrong if not isinstance(body, Short) else ()
    for one in wrong:
        first, *more = SENTENCE.split(filled(" ".join(one.feedback.split()), drawn))
        yield f"{first} {more[0]}" if more and len(first) < BARE else first


def _gives_away(item: Item, shown: Posed, text: str) -> bool:
    said = folded(text)
    return any(re.search(rf"(?<!\w){re.escape(folded(one))}(?!\w)", said) for one in _answers(item, shown) if one)


def _answers(item: Item, shown: Posed) -> tuple[str, ...]:
    match item.body:
        case Choice(answers=answers):
            return answers
        case Bug(answer=answer):
            return (answer,)
        case Fill(blanks=blanks):
            return tuple(text for accepted in blanks for text in accepted)
        case Match(pairs=pairs):
            return tuple(right for _, right in pairs)
        case Numeric() | Output():
            return (answer_key(item, shown),)
        case _:
            return ()


def _idea(track: Track, item: Item, shown: Posed) -> str:
    """The concept, and what the explanation of another question on it says."""
    concept = track.concept(item.concept)
    lead = f"The idea: {concept.title}." if concept else ""
    needed = [found.title for name in (concept.needs if concept else ()) if (found := track.concept(name))]
    builds = f"It builds on: {', '.join(needed)}." if needed else ""
    if other := _told(track, item, shown, (item.concept,)):
        return " ".join(filter(None, (lead, f"From another question on it: {other}", builds)))
    below = _told(track, item, shown, concept.needs if concept else ())
    return " ".join(filter(None, (lead, builds, below and f"From a question on that: {below}")))


def _told(track: Track, item: Item, shown: Posed, concepts: tuple[str, ...]) -> str:
    """The explanation of another question on some concepts, the nearest concept first."""
    others = [
        other
        for name in concepts
        for other in track.items
        if other.concept == name and other.id != item.id and not other.quarantined
    ]
    told = (" ".join(explained(other, shown.seed).split()) for other in others)
    return next((text for text in told if not _gives_away(item, shown, text)), "")
