"""Rules about the words of any item: lengths, how a prompt ends, unmarked negation, sources, names in braces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quizzes.items import Bug, Choice, Fill, Item, Kind, Match, Numeric, Order, Output, Track
from quizzes.present import names_in

PROMPT_WORDS, EXPLANATION_WORDS, FEWEST_WORDS, CODE_LINES = 60, 80, 8, 12
_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_ENDS = re.compile(r"([?:.…]|__)[)\"”’`*]*$")
_AUXILIARY = r"(?:is|are|was|were|does|do|did|will|would|can|could|should|has|have)"
_NEGATED = re.compile(rf"\b(?:which|what)\b(?:\s+\w+){{0,4}}\s+{_AUXILIARY}(?:\s+not|n't|n’t)\b", re.IGNORECASE)
_EXCEPT = re.compile(r"\bexcept\b")
_HOW_MANY = re.compile(r"\b(all that apply|all that fit|every|two|three|four|2|3|4)\b", re.IGNORECASE)


def lengths(item: Item) -> Iterator[str]:
    """Keep prompt, explanation and code short enough for a phone."""
    for what, text, most in (
        ("prompt", item.prompt, PROMPT_WORDS),
        ("explanation", item.explanation, EXPLANATION_WORDS),
    ):
        words = len(text.split())
        if words > most:
            yield f"{what} has {words} words; at most {most}"
    if len(item.explanation.split()) < FEWEST_WORDS:
        yield f"explanation has under {FEWEST_WORDS} words; say why, with one contrast"
    lines = len(item.code.split("\n"))
    if lines > CODE_LINES:
        yield f"code has {lines} lines; at most {CODE_LINES}"


def prompt(item: Item) -> Iterator[str]:
    """Ask a question, or give an instruction, so that it can be answered with the options covered."""
    if not _ENDS.search(item.prompt):
        yield "prompt must end in a question mark, a colon or an instruction's full stop"
    if item.kind in (Kind.SINGLE, Kind.MULTI):
        if _NEGATED.search(item.prompt) and " NOT " not in f" {item.prompt} ":
            yield "prompt asks what is not so; ask for what is, or write NOT in capitals"
        if _EXCEPT.search(item.prompt):
            yield "prompt says `except`; ask for what is so, or write EXCEPT in capitals"
    if item.kind is Kind.MULTI and not _HOW_MANY.search(item.prompt):
        yield 'prompt must say how many to choose, or "Select all that apply."'


def identity(item: Item) -> Iterator[str]:
    """Keep ids in kebab-case and misconceptions named."""
    if not _ID.match(item.id):
        yield "id must be kebab-case: small letters, digits and single hyphens"
    for name in misconceptions(item):
        if not name.strip() or any(c.isspace() for c in name):
            yield f"misconception {name!r} must be one word with hyphens, such as target-leak"


def misconceptions(item: Item) -> Iterator[str]:
    """Name the misconceptions an item answers."""
    match item.body:
        case Choice(options=options) | Bug(options=options):
            yield from (option.misconception for option in options)
        case Numeric(wrong=wrong) | Output(wrong=wrong) | Fill(wrong=wrong):
            yield from (path.misconception for path in wrong)
        case Order(wrong=wrong) | Match(wrong=wrong):
            yield from (path.misconception for path in wrong if path.misconception)


def source(item: Item, track: Track) -> Iterator[str]:
    """Point at a heading of the item's section, then at one of its bullets."""
    section = track.section(item.section)
    headings = section.headings if section else ()
    heading = heading_of(item.source, headings)
    if heading is None:
        yield f"source must begin with a heading of its section: {'; '.join(headings)}"
        return
    bullet = item.source[len(heading) :].removeprefix(":").strip().casefold()
    known = [b for h in track.outline if h.section == item.section and heading in (h.title, h.under) for b in h.bullets]
    if bullet and known and not any(bullet.startswith(b.casefold()) for b in known):
        yield f"source names no bullet of {heading!r}: {'; '.join(known)}"


def heading_of(text: str, headings: tuple[str, ...]) -> str | None:
    """Find the heading a source begins with, the longest first."""
    for heading in sorted(headings, key=len, reverse=True):
        if text == heading or text.startswith(f"{heading}:"):
            return heading
    return None


def braces(item: Item) -> Iterator[str]:
    """Leave no name in braces that nothing fills."""
    if isinstance(item.body, Numeric) and item.body.generator:
        return
    for what, text in (("prompt", item.prompt), ("explanation", item.explanation)):
        for name in sorted(names_in(text)):
            if name in ("answer", "tp", "fp", "fn"):
                yield f"{what} has {{{name}}}, but the item has no generator that fills it"
