"""The end of the ladder: our solution, for who passed or gave up, and another challenge to try its idea on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.cards import Action, FeedbackCard, Markdown, NoticeCard
from bot.topics import ordered
from challenges.model import Challenge

WARNING = (
    "Our solution shows all of it. Passing the challenge afterwards pays no XP; it still counts for your streak."
    " A hint or another try keeps the XP in reach."
)


def ask_first(challenge: Challenge) -> NoticeCard:
    """Ask before a solution is shown, for it cannot be unseen."""
    return NoticeCard(
        title=f"Give up on “{challenge.title}”?",
        text=WARNING,
        actions=(
            Action("Try again", f"challenge {challenge.slug}", primary=True),
            Action("A hint instead", f"hint {challenge.slug}"),
            Action("Show the solution", f"hint solution {challenge.slug} yes"),
        ),
    )


def solution_card(challenge: Challenge, other: Challenge | None) -> FeedbackCard:
    """Our solution and the way to it."""
    steps = "\n".join(f"- {hint}" for hint in challenge.hints)
    again = (Action(f"Try the idea again: {other.title}", f"challenge {other.slug}", primary=True),) if other else ()
    question = tuple(Action("A question on it", f"quiz {concept}") for concept in challenge.concepts[:1])
    return FeedbackCard(
        headline=f"Our solution: {challenge.title}",
        correct=True,
        score=1.0,
        chosen="",
        right=Markdown(""),
        feedback=Markdown(f"```python\n{challenge.solution.strip()}\n```"),
        explanation=Markdown(f"How it gets there:\n\n{steps}\n\nClose this, wait a minute, and write it from memory."),
        formative=True,
        actions=(*again, *question, Action("Write it yourself", f"challenge {challenge.slug}")),
    )


def similar(
    challenge: Challenge, bank: Mapping[str, Challenge], sections: tuple[str, ...], passed: Collection[str]
) -> Challenge | None:
    """Another challenge not passed yet: the one that shares most with this, else the next on the path."""
    left = [c for c in ordered(bank, sections) if c.slug not in passed and c.slug != challenge.slug]
    ideas = set(challenge.concepts)
    return max(left, key=lambda c: (len(ideas & set(c.concepts)), c.section == challenge.section), default=None)
