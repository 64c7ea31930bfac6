"""Every gate of the writing standard that needs no running of code. Knows the rules' order, not their content.

Items are read one by one, then files, then the track.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quizzes.faults import Fault
from quizzes.items import Bug, Choice, Fill, Item, Match, Numeric, Order, Output, Section, Track
from quizzes.load import file_of
from quizzes.rules import numbers, options, shapes, wording
from quizzes.typed import folded

_RULES: tuple[Callable[[Item], Iterator[str]], ...] = (
    wording.identity,
    wording.lengths,
    wording.prompt,
    wording.braces,
    options.counted,
    options.unique,
    options.balanced,
    options.fair,
    options.clang,
    numbers.generated,
    shapes.shaped,
)
_FEEDBACK_WORDS = 4


def lint(track: Track) -> list[Fault]:
    """List everything that breaks the writing standard, in the order of files."""
    found = [fault for item in track.items for fault in _item(item, track)]
    found += [fault for section in track.sections for fault in _section(section, track)]
    return sorted([*found, *_repeated(track), *_uncovered(track), *_paths(track)])


def _item(item: Item, track: Track) -> Iterator[Fault]:
    for rule in _RULES:
        yield from (Fault(file_of(item), item.id, message) for message in rule(item))
    yield from (Fault(file_of(item), item.id, message) for message in wording.source(item, track))
    for feedback in _feedback(item):
        if len(feedback.split()) < _FEEDBACK_WORDS:
            message = f"feedback {feedback!r} is too short; say what is right about that choice and what it misses"
            yield Fault(file_of(item), item.id, message)


def _feedback(item: Item) -> list[str]:
    match item.body:
        case Choice(options=given) | Bug(options=given):
            return [option.feedback for option in given]
        case Numeric(wrong=wrong) | Output(wrong=wrong) | Fill(wrong=wrong) | Order(wrong=wrong) | Match(wrong=wrong):
            return [path.feedback for path in wrong]
        case _:
            return []


def _section(section: Section, track: Track) -> Iterator[Fault]:
    file = f"quizzes/{section.slug}.toml"
    yield from (Fault(file, "", message) for message in options.longest_share(section))
    asked = {item.concept for item in track.items}
    for concept in section.concepts:
        if concept.id not in asked:
            yield Fault(file, f"concept {concept.id}", "has no item; write one or drop the concept")


def _repeated(track: Track) -> Iterator[Fault]:
    seen: dict[tuple[str, str], str] = {}
    for item in track.items:
        choices = " ".join(text for side in options.texts_of(item) for text in side)
        asked = (folded(item.prompt), " ".join(f"{item.code} {choices}".split()))
        if asked in seen:
            yield Fault(file_of(item), item.id, f"asks the same as {seen[asked]}; drop one")
        seen.setdefault(asked, item.id)


def _uncovered(track: Track) -> Iterator[Fault]:
    for heading in track.outline:
        section = track.section(heading.section)
        if section is None:
            message = f"section {heading.section!r} has no file for heading {heading.title!r}"
            yield Fault(f"quizzes/{heading.section}.toml", "", message)
        elif not any(heading.title == wording.heading_of(item.source, section.headings) for item in section.items):
            yield Fault(f"quizzes/{section.slug}.toml", "", f"heading {heading.title!r} has no item; write one")


def _paths(track: Track) -> Iterator[Fault]:
    for path in track.paths:
        missing = [slug for slug in path.sections if track.section(slug) is None]
        if missing:
            yield Fault("track.toml", f"path {path.slug}", f"sections without a file: {', '.join(missing)}")
