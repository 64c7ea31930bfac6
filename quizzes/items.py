"""What a track is made of: sections, concepts, items of nine kinds, learning paths, projects. Plain frozen data.

Knows no files, no learner and no grading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """The nine ways an item asks."""

    SINGLE = "single"
    MULTI = "multi"
    NUMERIC = "numeric"
    OUTPUT = "output"
    FILL = "fill"
    ORDER = "order"
    MATCH = "match"
    BUG = "bug"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Option:
    """A wrong option: somebody's real reasoning, and what to say to it."""

    text: str
    misconception: str
    feedback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPath:
    """A typical wrong answer that is not an option, and what to say to it. Only the fields of its kind are set."""

    misconception: str
    feedback: str
    when: str = ""  # numeric: the wrong path of the generator
    answer: str | int | float = ""  # numeric, output, fill: the literal wrong answer
    blank: int = 1  # fill
    step: str = ""  # order: the distractor
    left: str = ""  # match: the pair that was made
    right: str = ""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far from the answer a number still counts: the larger of the two allowances."""

    rel: float = 0.0
    abs: float = 0.0

    def accepts(self, value: float, answer: float) -> bool:
        """Tell whether the value is near enough to the answer."""
        return abs(value - answer) <= max(self.abs, self.rel * abs(answer), 1e-12)


@dataclass(frozen=True, slots=True)
class Choice:
    """Body of `single` (one answer) and `multi` (several)."""

    answers: tuple[str, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Numeric:
    """Body of `numeric`: either a generator or a fixed answer."""

    generator: str = ""
    answer: int | float | None = None
    tolerance: Tolerance | None = None
    unit: str = ""
    wrong: tuple[WrongPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """Body of `output`: what the item's code prints."""

    answer: str
    wrong: tuple[WrongPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Fill:
    """Body of `fill`: per blank of the code, the accepted fillings; `check` is code that a right filling passes."""

    blanks: tuple[tuple[str, ...], ...]
    check: str = ""
    wrong: tuple[WrongPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """Body of `order`: steps in the right order, steps that do not belong, neighbours that may swap."""

    steps: tuple[str, ...]
    distractors: tuple[str, ...] = ()
    either: tuple[tuple[int, int], ...] = ()
    wrong: tuple[WrongPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Body of `match`: pairs, and right sides that fit nowhere."""

    pairs: tuple[tuple[str, str], ...]
    spare: tuple[str, ...] = ()
    wrong: tuple[WrongPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Bug:
    """Body of `bug`: the faulty line of the item's code (from 1), the reason, and wrong reasons."""

    line: int
    answer: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    """One point a short answer should make, and words that show it was made."""

    point: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Short:
    """Body of `short`: what a good answer covers, and one."""

    rubric: tuple[Rubric, ...]
    model_answer: str


Body = Choice | Numeric | Output | Fill | Order | Match | Bug | Short


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question."""

    id: str
    concept: str
    section: str
    kind: Kind
    difficulty: int  # 0 easy to 3 hard, the author's guess
    source: str
    prompt: str
    explanation: str
    body: Body
    code: str = ""
    profile: str = "stdlib"
    quarantined: str = ""  # why it is kept but not asked


@dataclass(frozen=True, slots=True)
class Concept:
    """What repetition is scheduled by; `needs` are concepts to meet first."""

    id: str
    title: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One file of items, with the curriculum headings it teaches."""

    slug: str
    title: str
    headings: tuple[str, ...]
    order: int
    concepts: tuple[Concept, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One heading of the curriculum with its bullets, and the section that teaches it."""

    title: str
    section: str
    under: str = ""  # the heading above it, when that has no bullets of its own
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPath:
    """A way through the track towards a job; `sections` are slugs in the order to take them."""

    slug: str
    title: str
    months: str
    focus: str
    skills: tuple[str, ...]
    prerequisites: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Something to build, with the challenges that lead there."""

    slug: str
    title: str
    level: str  # beginner, intermediate, advanced
    summary: str
    sections: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    instead_of: str = ""  # the project of the curriculum it replaces, and why


@dataclass(frozen=True)  # no slots: the look-up tables below are built once and kept
class Track:
    """A whole course."""

    slug: str
    title: str = ""
    summary: str = ""
    sections: tuple[Section, ...] = ()
    paths: tuple[LearningPath, ...] = ()
    projects: tuple[Project, ...] = ()
    outline: tuple[Heading, ...] = field(default=(), repr=False)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order of sections and files."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def concepts(self) -> tuple[Concept, ...]:
        """Every concept, in the order of sections and files."""
        return tuple(concept for section in self.sections for concept in section.concepts)

    @cached_property
    def _tables(self) -> tuple[Mapping[str, Item], Mapping[str, Concept], Mapping[str, Section]]:
        return (
            {item.id: item for item in self.items},
            {concept.id: concept for concept in self.concepts},
            {section.slug: section for section in self.sections},
        )

    @cached_property
    def _homes(self) -> Mapping[str, Section]:
        return {concept.id: section for section in self.sections for concept in section.concepts}

    def item(self, item_id: str) -> Item | None:
        """Look up an item; None when there is none of that id."""
        return self._tables[0].get(item_id)

    def concept(self, concept_id: str) -> Concept | None:
        """Look up a concept; None when there is none of that id."""
        return self._tables[1].get(concept_id)

    def section(self, slug: str) -> Section | None:
        """Look up a section; None when there is none of that slug."""
        return self._tables[2].get(slug)

    def section_of(self, concept_id: str) -> Section | None:
        """Find the section that introduces a concept; None when there is no such concept."""
        return self._homes.get(concept_id)

    def path(self, slug: str) -> LearningPath | None:
        """Look up a learning path; None when there is none of that slug."""
        return next((path for path in self.paths if path.slug == slug), None)
