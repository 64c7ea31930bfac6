"""The gates of drafts: those of content itself, with nothing taken on trust. What passes has been read, linted and executed."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import Any

from bot.content import MAX_EXPLANATION_WORDS, MIN_EXPLANATION_WORDS, claim_faults
from bot.drafting.material import as_item, bare, read_toml
from challenges.grade import Grader
from challenges.model import Challenge, Verdict, WrongSolution
from challenges.prepare import CasesError
from quizzes.claims import claims
from quizzes.faults import Fault, Faults
from quizzes.items import Item, Track
from quizzes.lint import lint
from quizzes.load_items import read_item
from runner import Run

ITEM_ID, NAME, MISCONCEPTION = (
    re.compile(p) for p in (r"[a-z0-9]+(-[a-z0-9]+){1,8}", r"[a-z][a-z0-9_]{1,40}", r"[\w<>=+.() -]{2,60}")
)
DECLARED = (Verdict.WRONG, Verdict.ERROR, Verdict.TIMEOUT, Verdict.MEMORY)
GRADINGS = 3  # each with cases of its own
LONGEST = 20_000  # characters of a draft


@dataclass(frozen=True, slots=True)
class Rejected:
    """A draft that did not pass: what it called itself, and every reason."""

    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftItem:
    """An item that passed, as it was written, and how many claims of it were executed."""

    item: Item
    text: str
    executed: int


@dataclass(frozen=True, slots=True)
class DraftWrong:
    """A wrong solution that passed."""

    wrong: WrongSolution
    gradings: int


async def check_item(text: str, concept: str, track: Track, run: Run) -> DraftItem | Rejected:
    """Put one drafted item through everything an authored one goes through."""
    written = as_item(text[:LONGEST])
    read = read_toml(written)
    if isinstance(read, str):
        return Rejected("a draft", (read,))
    items = read.get("item")
    if list(read) != ["item"] or not isinstance(items, list) or len(items) != 1:
        return Rejected("a draft", ("has to be one [[item]] and nothing else",))
    data = items[0]
    name = str(data.get("id", "a draft without id"))[:80]
    section = track.section_of(concept)
    faults = Faults("draft")
    item = read_item(data, section.slug if section else "", faults)
    if item is None:
        return Rejected(name, tuple(fault.message for fault in faults.found))
    reasons = [*_item_faults(item, concept, track), *(fault.message for fault in _linted(item, track))]
    if reasons:
        return Rejected(name, tuple(dict.fromkeys(reasons)))
    claimed = claims(_with(track, item, alone=True))
    untrue = await claim_faults(claimed, run)
    if untrue:
        return Rejected(name, tuple(fault.message for fault in untrue))
    return DraftItem(item, written, len(claimed))


def _item_faults(item: Item, concept: str, track: Track) -> list[str]:
    found = []
    if not ITEM_ID.fullmatch(item.id):
        found.append("`id` has to be kebab-case, such as tree-depth-03")
    if track.item(item.id) is not None:
        found.append("there is an item of that id already")
    if item.concept != concept:
        found.append(f"is about {item.concept!r}, and {concept!r} was asked for")
    return found


def _linted(item: Item, track: Track) -> list[Fault]:
    """What the linter says once the item is among the others, and did not say before: of it, and of its file."""
    before = {(fault.item, fault.message) for fault in lint(track)}
    return [fault for fault in lint(_with(track, item)) if (fault.item, fault.message) not in before]


def _with(track: Track, item: Item, *, alone: bool = False) -> Track:
    """The track with one more item in its section; or only that item."""
    sections = tuple(
        replace(section, items=(item,) if alone else (*section.items, item))
        if section.slug == item.section
        else section
        for section in track.sections
        if not alone or section.slug == item.section
    )
    return replace(track, sections=sections)


async def check_wrong(text: str, challenge: Challenge, grader: Grader) -> DraftWrong | Rejected:
    """Put one drafted wrong solution through everything an authored one goes through."""
    data = read_toml(bare(text[:LONGEST]))
    if isinstance(data, str):
        return Rejected("a draft", (data,))
    name = str(data.get("name", "a draft without name"))[:80]
    reasons = _wrong_faults(data, challenge)
    if reasons:
        return Rejected(name, tuple(reasons))
    wrong = WrongSolution(
        name=name,
        source=data["source"].strip() + "\n",
        verdict=Verdict(data["verdict"]),
        misconception=data["misconception"],
        explanation=" ".join(data["explanation"].split()),
    )
    if reasons := await _graded(wrong, challenge, grader):
        return Rejected(name, tuple(reasons))
    return DraftWrong(wrong, GRADINGS)


def _wrong_faults(data: dict[str, Any], challenge: Challenge) -> list[str]:
    fields = ("name", "verdict", "misconception", "explanation", "source")
    missing = [field for field in fields if not isinstance(data.get(field), str) or not data[field].strip()]
    if missing:
        return [f"`{field}` is missing" for field in missing]
    found = []
    if not NAME.fullmatch(data["name"]):
        found.append("`name` has to be snake_case, such as forgets_last")
    if not MISCONCEPTION.fullmatch(data["misconception"]):
        found.append("`misconception` has to be a short id, such as range-end")
    if data["verdict"] not in DECLARED:
        found.append(f"`verdict` has to be one of {', '.join(DECLARED)}")
    if data["name"] in {wrong.name for wrong in challenge.wrong}:
        found.append("there is a wrong solution of that name already")
    words = len(data["explanation"].split())
    if not MIN_EXPLANATION_WORDS <= words <= MAX_EXPLANATION_WORDS:
        found.append(
            f"the explanation has {words} words; {MIN_EXPLANATION_WORDS} to {MAX_EXPLANATION_WORDS} are wanted"
        )
    return found + _same_code(data["source"], challenge)


def _same_code(source: str, challenge: Challenge) -> list[str]:
    """Whether the program is one that is there already, but for layout and comments."""
    mine = _shape(source)
    others = {f"wrong/{wrong.name}.py": wrong.source for wrong in challenge.wrong}
    others |= {"solution.py": challenge.solution, "starter.py": challenge.starter}
    return [f"is the same program as {file}" for file, text in others.items() if mine and mine == _shape(text)]


def _shape(source: str) -> str:
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


async def _graded(wrong: WrongSolution, challenge: Challenge, grader: Grader) -> list[str]:
    """What grading finds: another verdict than declared, or answers like those of a known wrong solution on every case."""
    for _ in range(GRADINGS):
        try:
            report = await grader.grade(challenge, wrong.source)
        except CasesError as fault:
            return [str(fault)]
        if report.verdict is not wrong.verdict:
            return [f"is {report.verdict} when graded, and {wrong.verdict} is declared"]
        if report.matches:
            return [f"answers like wrong/{report.matches}.py on every case"]
    return []
