"""What drafts must fit: the format, what is there already, and what they are about. Pure: texts in, an order out."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from bot.tutor import DraftOrder
from challenges.model import Challenge
from quizzes.items import Concept

EXAMPLES = 2
ITEM_FORMAT = """Each draft is the TOML of one item: `id`, `concept`, `kind` (single, multi, numeric, output, fill, order, match, bug or
short), `difficulty` (0 to 3), `source` (as in the examples), `prompt` (at most 60 words), `explanation` (at most 80 words), and what
its kind needs. A single has `answer` and two or three `[[option]]` with `text`, `misconception` and `feedback`. Options are of like
length, the right one is not the longest, and none says all or none of the above."""
WRONG_FORMAT = '''Each draft is TOML: `name` (snake_case), `verdict` (wrong, error, timeout or memory), `misconception` (kebab-case),
`explanation` (15 to 110 words to "you": what was done, why it fails, one next step; never the solution), and `source = """…"""`: a
complete program a beginner might hand in, which gets that verdict.'''


def items_order(concept: Concept, section: str, examples: list[str], known: list[str], count: int) -> DraftOrder:
    """An order for items on a concept; `known` are the prompts there are already."""
    asked = "\n".join(f"- {prompt}" for prompt in known)
    shown = "\n\n".join(examples[:EXAMPLES])
    material = (
        f"{ITEM_FORMAT}\n\nConcept: {concept.id} ({concept.title}), section {section}.\n\n"
        f"Asked already, do not repeat:\n{asked}\n\nExamples:\n{shown}"
    )
    return DraftOrder("items", concept.id, count, material)


def wrong_order(challenge: Challenge, count: int) -> DraftOrder:
    """An order for wrong solutions of a challenge."""
    known = "\n\n".join(f"{w.name} ({w.misconception}): {w.explanation}\n{w.source}" for w in challenge.wrong)
    material = (
        f"{WRONG_FORMAT}\n\nStatement:\n{challenge.statement}\n\nThe right solution:\n{challenge.solution}\n\n"
        f"Wrong solutions there are already, do not repeat:\n{known}"
    )
    return DraftOrder("wrong-solutions", challenge.slug, count, material)


def item_texts(file_text: str, concept: str) -> list[str]:
    """The items of a section file that are about a concept, as they are written there."""
    parts = re.split(r"(?m)^(?=\[\[item\]\]\s*$)", file_text)[1:]
    return [part.strip() for part in parts if _about(part) == concept]


def _about(part: str) -> str:
    found = re.search(r'(?m)^concept\s*=\s*"([^"]*)"', part)
    return found[1] if found else ""


def read_toml(text: str) -> dict[str, Any] | str:
    """Read a draft; a sentence on what is wrong with it if it cannot be read."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        return f"is no TOML: {fault}"


def bare(text: str) -> str:
    """A draft without the fence it may come in."""
    lines = text.strip().splitlines()
    fenced = len(lines) >= 2 and lines[0].startswith("```") and lines[-1].startswith("```")
    return "\n".join(lines[1:-1] if fenced else lines).strip()


def as_item(text: str) -> str:
    """A draft of an item as a section file has it: under `[[item]]`, and what belongs to it under `[[item.…]]`."""
    text = bare(text)
    if re.search(r"(?m)^\[\[item\]\]", text):
        return text
    return "[[item]]\n" + re.sub(r"(?m)^\[\[(\w+)\]\]", r"[[item.\1]]", text)
