"""Small questions commands ask of the curriculum: a learner's path, what is next, which challenge a name means.

Pure: content and a learner's record in, names out.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from challenges.model import Challenge
from quizzes.items import Track

LEVEL_ORDER = {"easy": 0, "medium": 1, "hard": 2}


def path_sections(track: Track, path: str) -> tuple[str, ...]:
    """Section slugs in the order of the learner's path, then the rest in the track's own order."""
    chosen = next((p.sections for p in track.paths if p.slug == path), ())
    rest = tuple(s.slug for s in track.sections if s.slug not in chosen)
    return (*chosen, *rest)


def section_title(track: Track, slug: str) -> str:
    """The title of a section, or its slug when content has moved on."""
    section = track.section(slug)
    return section.title if section else slug


def ordered(challenges: Mapping[str, Challenge], sections: tuple[str, ...]) -> tuple[Challenge, ...]:
    """Challenges from easy to hard, and along the path within a level."""
    place = {slug: n for n, slug in enumerate(sections)}
    return tuple(
        sorted(challenges.values(), key=lambda c: (LEVEL_ORDER[c.level], place.get(c.section, len(place)), c.slug))
    )


def next_challenge(
    challenges: Mapping[str, Challenge], sections: tuple[str, ...], passed: set[str]
) -> Challenge | None:
    """The first challenge not passed yet, or None when all are."""
    return next((c for c in ordered(challenges, sections) if c.slug not in passed), None)


def find_challenge(challenges: Mapping[str, Challenge], text: str) -> Challenge | list[str]:
    """The challenge a person means by slug or title, or the nearest slugs."""
    wanted = "-".join(text.lower().split())
    if wanted in challenges:
        return challenges[wanted]
    by_title = {c.title.lower(): c for c in challenges.values()}
    if text.lower() in by_title:
        return by_title[text.lower()]
    inside = [slug for slug, c in challenges.items() if wanted and (wanted in slug or text.lower() in c.title.lower())]
    if len(inside) == 1:
        return challenges[inside[0]]
    return inside[:5] or difflib.get_close_matches(wanted, challenges, n=3, cutoff=0.4)
