"""What Claude answers, as it is asked for and as it is read: loosely, for lengths and ranges are promised by nobody.

A schema says what is wanted; what comes is taken as it is and clamped here, so that an answer that is merely too long is
cut or dropped by us and not by an exception.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

MAX_TIER, MAX_WORD, MAX_FIX = 4_000, 200, 20_000  # characters


class _Loose(BaseModel):
    """Anything may be missing, and what nobody asked for is ignored."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore", frozen=True)


class Explained(_Loose):
    """An explanation with its private proof. The tiers say ever more: place, question, concept, example."""

    misconception: str = ""
    line: int = 0
    failing_case: str = ""
    place: str = ""
    question: str = ""
    concept: str = ""
    example: str = ""
    fix: str = ""

    @field_validator("line", mode="before")
    @classmethod
    def _a_number(cls, value: object) -> int:
        """Read a line's number; 0 where there is none."""
        return value if isinstance(value, int) and 0 <= value < 10**6 else 0

    @field_validator("misconception", "failing_case")
    @classmethod
    def _a_phrase(cls, value: str) -> str:
        return " ".join(value.split())[:MAX_WORD]

    @field_validator("place", "question", "concept", "example")
    @classmethod
    def _a_tier(cls, value: str) -> str:
        return value.strip()[:MAX_TIER]

    @field_validator("fix")
    @classmethod
    def _a_program(cls, value: str) -> str:
        return value[:MAX_FIX] if len(value) <= MAX_FIX else ""

    def tier(self, rung: int) -> str:
        """The text of a rung, from 1 to 4."""
        return (self.place, self.question, self.concept, self.example)[min(max(rung, 1), 4) - 1]


class Replied(_Loose):
    """An answer to a question about an explanation."""

    answer: str = ""

    @field_validator("answer")
    @classmethod
    def _a_text(cls, value: str) -> str:
        return value.strip()[:MAX_TIER]


class Judged(_Loose):
    """A short answer, criterion by criterion, and words to its author."""

    criteria: tuple[bool, ...] = ()
    text: str = ""

    @field_validator("text")
    @classmethod
    def _a_text(cls, value: str) -> str:
        return value.strip()[:MAX_TIER]


class Drafts(_Loose):
    """Drafts of content."""

    drafts: tuple[str, ...] = ()


def _schema(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _text(meaning: str) -> dict[str, Any]:
    return {"type": "string", "description": meaning}


EXPLAINED = _schema(
    fix=_text("The learner's whole program with the smallest change that makes every test pass. Private: never shown."),
    line={"type": "integer", "description": "The line of the learner's code that the fix changes, from 1."},
    misconception=_text("The wrong belief behind the mistake, in at most eight words."),
    failing_case=_text("The name of a visible case that fails, as the grader wrote it; empty if only hidden ones do."),
    place=_text("Tier 1: where to look and what goes wrong there."),
    question=_text("Tier 2: the same, ending in one question that leads to the next step."),
    concept=_text("Tier 3: the idea that is missing, tied to this place."),
    example=_text("Tier 4: the same idea in a different, everyday situation, told in words."),
)
REPLIED = _schema(answer=_text("The answer to the learner's question."))
JUDGED = _schema(
    criteria={"type": "array", "items": {"type": "boolean"}, "description": "One for each criterion, in order."},
    text=_text("One or two sentences to the learner: what is there, and what to think about next."),
)
DRAFTS = _schema(drafts={"type": "array", "items": {"type": "string"}, "description": "The drafts, each complete."})


def read(kind: type[Explained | Replied | Judged | Drafts], text: str) -> Any:
    """An answer as what it should be, or None when it is not."""
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        return None
