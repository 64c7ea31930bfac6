"""From what a learner types after `/quiz` to a section or a concept, or to suggestions. Knows no history."""
from __future__ import annotations

import difflib
import re
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
        if wanted in _names(topic):
            return [Topic(topic.id, topic.title, topic.concepts, exact=True)]
    ranked = sorted(((_likeness(wanted, topic), -place) for place, topic in enumerate(topics)), reverse=True)
    return [topics[-place] for likeness, place in ranked[:_MOST] if likeness > 0]


def _topics(track: Track) -> list[Topic]:
    sections = [Topic(s.slug, s.title, tuple(c.id for c in s.concepts)) for s in track.sections if s.items]
    return sections + [Topic(c.id, c.title, (c.id,)) for c in track.concepts]


def _simple(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", folded(text)).split())


def _names(topic: Topic) -> tuple[str, str]:
    return _simple(topic.id), _simple(topic.title)


def _likeness(wanted: str, topic: Topic) -> float:
    """Score 2 for a name that begins so, 1 and more for one that contains all words, below that for spelling."""
    names = _names(topic)
    if any(name.startswith(wanted) for name in names):
        return 2.0
    words = wanted.split()
    if any(all(any(w.startswith(word) for w in name.split()) for word in words) for name in names):
        return 1.5
    if any(len(word) > 2 and re.search(rf"\b{re.escape(word)}", name) for word in words for name in names):
        return 1.0
    near = max(difflib.SequenceMatcher(None, wanted, name).ratio() for name in names)
    return near if near >= 0.6 else 0.0
