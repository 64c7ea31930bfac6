"""Turns an explanation from the tutor into a card."""

from __future__ import annotations

from bot.cards import Action, ExplanationCard
from bot.tutor import Explanation
from bot.tutor.exceptions import explain_fault
from challenges.model import Challenge
from runner import Fault

SOURCES = {
    "syntax": "reading your code",
    "exception": "the exception and your line",
    "shape": "the shape of your result",
    "known": "a known mistake",
    "numeric": "comparing the numbers",
    "case": "the smallest failing case",
    "limit": "the limits of a run",
    "ai": "written by AI, may be wrong",
}


def fault_card(fault: Fault, source: str) -> ExplanationCard:
    """The card for what stopped a program that nobody judges."""
    explained = explain_fault(fault, source, "")
    return ExplanationCard(
        title="What stopped it",
        text=explained.text,
        source=SOURCES[explained.source],
        specific=explained.specific,
        code_line=explained.code_line,
        line=explained.line,
    )


def explanation_card(challenge: Challenge, explained: Explanation) -> ExplanationCard:
    """The card for one explanation of a failed submission."""
    return ExplanationCard(
        title="What went wrong" if explained.source != "ai" else "A hint",
        text=explained.text,
        source=SOURCES.get(explained.source, explained.source),
        specific=explained.specific,
        code_line=explained.code_line,
        line=explained.line,
        by_ai=explained.source == "ai",
        actions=(
            Action("Edit and try again", f"challenge {challenge.slug}", primary=True),
            Action("Hint (−10 % XP)", f"hint {challenge.slug}"),
        ),
    )
