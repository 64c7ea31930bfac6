"""From what a learner types after `/quiz` to a section or a concept, or to suggestions. Knows no history."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from quizzes.items import Track
from quizzes.typed import folded

_MOST = 5
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Topic:
    """A section or concept somebody may have meant."""

    id: str  # the section's slug or the concept's id
    title: str
    concepts: tuple[str, ...]  # the concepts it covers
    exact: bool = False  # what was typed names it without doubt


def match_topic(track: Track, text: str) -> list[Topic]:
    """Find the one topic that a text names, or up to five that it may mean, the likeliest first."""
    wanted = _simple(text[:_LONGEST])
    topics = _topics(track)
    if not wanted:
        return []
    for topic in topics:
        if wanted in (_simple(topic.id), _simple(topic.title)):
            return [Topic(topic.id, topic.title, topic.concepts, exact=True)]
    bullets = _bullets(track)
    scored = [(_likeness(wanted, topic, bullets.get(topic.id, ())), topic) for topic in topics]
    likely = sorted(((score, topic) for score, topic in scored if score), key=lambda pair: -pair[0])
    return [topic for _, topic in likely[:_MOST]]


def _topics(track: Track) -> list[Topic]:
    sections = [Topic(s.slug, s.title, tuple(c.id for c in s.concepts)) for s in track.sections if s.items]
    return sections + [Topic(c.id, c.title, (c.id,)) for c in track.concepts]


def _bullets(track: Track) -> dict[str, set[str]]:
    """Collect, per concept, the bullets of the curriculum that its items teach: words a learner may know it by."""
    found: dict[str, set[str]] = {}
    for item in track.items:
        found.setdefault(item.concept, set()).add(_simple(item.source.partition(":")[2]))
    return found


def _simple(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", folded(text)).split())


def _likeness(wanted: str, topic: Topic, bullets: Iterable[str]) -> float:
    """Score 4 for a name that begins so, 3 for all words, 2 for a bullet or some words, below 1 for spelling alone."""
    names = [_simple(topic.id), _simple(topic.title)]
    words = {word for name in names for word in name.split()}
    asked = [word for word in wanted.split() if len(word) > 2] or [wanted]
    begun = [any(word.startswith(start) for word in words) for start in asked]
    if any(name.startswith(wanted) for name in names):
        return 4.0
    if all(begun):
        return 3.0
    if any(begun) or any(wanted in bullet for bullet in bullets):
        return 2.0
    known = {*names, *words, *(word for bullet in bullets for word in bullet.split())}
    return max((_spelling(wanted, name) for name in known), default=0.0)


def _spelling(wanted: str, name: str) -> float:
    ratio = difflib.SequenceMatcher(None, wanted, name).ratio()
    return ratio if ratio >= 0.75 else 0.0
