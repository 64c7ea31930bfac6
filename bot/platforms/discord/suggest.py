"""What is offered while a person types: topics, challenges, time zones, values of a setting.

Pure: content and what was typed so far in, at most 25 entries out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.commands import Command
from bot.days import LATEST_DAY_START, zone_names
from bot.platforms.discord.commands import MOST_CHOICES
from bot.platforms.discord.parts import OPTION, short
from bot.streaks import DAYS_IN_WEEK
from bot.topics import find_challenge, ordered
from challenges.model import Challenge
from quizzes.items import Track
from quizzes.topics import match_topic

Choices = list[dict[str, str]]
Named = tuple[str, str]  # what is shown, and what is sent


def suggestions(
    kind: str,
    typed: str,
    setting: str,
    *,
    track: Track,
    challenges: Mapping[str, Challenge],
    commands: Mapping[str, Command],
) -> Choices:
    """List what fits what was typed so far.

    Args:
        setting: the setting chosen in the same command, which decides on what its value may be.
    """
    match kind:
        case "topic":
            found = _topics(track, typed)
        case "challenge":
            found = _challenges(challenges, track, typed)
        case "command":
            found = _containing([(f"/{name}: {c.summary}", name) for name, c in commands.items()], typed)
        case "zone" | "track":
            found = _values(kind, typed, track)
        case "value":
            found = _values(setting, typed, track)
        case _:
            found = []
    return [{"name": short(shown, OPTION), "value": sent} for shown, sent in found if 0 < len(sent) <= OPTION][
        :MOST_CHOICES
    ]


def _topics(track: Track, typed: str) -> list[Named]:
    if typed.strip():
        return [(topic.title, topic.id) for topic in match_topic(track, typed)]
    return [(section.title, section.slug) for section in track.sections if section.items]


def _challenges(challenges: Mapping[str, Challenge], track: Track, typed: str) -> list[Named]:
    in_order = ordered(challenges, tuple(section.slug for section in track.sections))
    every = [(f"{c.title} ({c.level}, {c.minutes} min)", c.slug) for c in in_order]
    found = _containing(every, typed)
    if found:
        return found
    near = find_challenge(challenges, typed)
    slugs = [near.slug] if isinstance(near, Challenge) else near
    return [(challenges[slug].title, slug) for slug in slugs]


def _values(setting: str, typed: str, track: Track) -> list[Named]:
    values: Iterable[str] = ()
    match setting:
        case "zone" | "":
            values = zone_names()
        case "day":
            values = map(str, range(LATEST_DAY_START + 1))
        case "track":
            values = (track.slug,)
        case "path":
            values = (*(path.slug for path in track.paths), "none")
        case "board" | "confidence" | "ai":
            values = ("on", "off")
        case "weekly-goal":
            values = (*map(str, range(1, DAYS_IN_WEEK + 1)), "off")
        case "samples":
            values = ("off",)
        case "reminder":
            values = (*(f"{hour}:00" for hour in range(7, 22)), "off")
        case "quiet":
            values = ("22-8", "21-9", "23-7", "off")
    return _containing([(value, value) for value in values], typed)


def _containing(every: list[Named], typed: str) -> list[Named]:
    """Entries with all the words typed, those that begin with them first."""
    words = typed.casefold().replace(" ", "_").split("_") if typed.strip() else []
    fitting = [pair for pair in every if all(word in " ".join(pair).casefold() for word in words)]
    start = typed.casefold().strip()
    return sorted(fitting, key=lambda pair: not any(part.casefold().startswith(start) for part in pair))
