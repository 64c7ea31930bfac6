"""Grading `order` and `match`: letters in order, and pairs of number and letter."""

from __future__ import annotations

import re

from quizzes.graders.verdict import Mark, distinct, joined
from quizzes.items import Match, Order
from quizzes.letters import Shown, read_labels
from quizzes.orders import acceptable, in_common, nearest
from quizzes.present import Posed
from quizzes.typed import Unreadable, cleaned, plain

_PAIR = re.compile(r"(\d)\s*[-=:.>→)]*\s*([a-z])", re.IGNORECASE)
_LETTERS_ONLY = re.compile(r"[\s,;]*(?:[a-z][\s,;]*)+", re.IGNORECASE)


def order_key(body: Order, posed: Posed) -> str:
    """Name the letters in the authored order."""
    return " ".join(_label(step, posed.steps) for step in body.steps)


def _label(text: str, shown: tuple[Shown, ...]) -> str:
    return next(line.label for line in shown if line.text == text)


def grade_order(body: Order, posed: Posed, text: str) -> Mark | Unreadable:
    """Judge an order: the share of steps that stand rightly with respect to each other."""
    example = " ".join(line.label for line in posed.steps[: len(body.steps)])
    labels = read_labels(text, posed.steps, f"the letters in order, such as {example}")
    problem = labels if isinstance(labels, Unreadable) else _incomplete(labels, body, posed)
    if isinstance(labels, Unreadable) or problem:
        return problem or Unreadable("")
    given = tuple(line.text for label in labels for line in posed.steps if line.label == label)
    right = nearest(given, body)
    strange = [step for step in given if step in body.distractors]
    correct = given in acceptable(body)
    return Mark(
        correct=correct,
        score=in_common(given, right) / max(len(given), len(right)),
        chosen=_shown_order(given, posed),
        right=_shown_order(right, posed),
        feedback=joined([*_about_strange(strange, body), "" if correct else _first_slip(given, right, body)]),
        misconceptions=distinct(p.misconception for p in body.wrong if p.step in strange),
    )


def _incomplete(labels: tuple[str, ...], body: Order, posed: Posed) -> Unreadable | None:
    double = sorted({label for label in labels if labels.count(label) > 1})
    if double:
        return Unreadable(f"You named {', '.join(double)} more than once. Name each step once.")
    missing = [line.label for line in posed.steps if line.label not in labels]
    if len(labels) >= len(body.steps):
        return None
    wanted = f"{len(body.steps)} steps are asked for and you named {len(labels)}"
    return Unreadable(f"{wanted}; not named yet: {', '.join(missing)}. Type them all in order.")


def _about_strange(strange: list[str], body: Order) -> list[str]:
    said = {path.step: path.feedback for path in body.wrong}
    return [said.get(step, f"“{step}” does not belong here.") for step in strange]


def _first_slip(given: tuple[str, ...], right: tuple[str, ...], body: Order) -> str:
    kept = [step for step in given if step not in body.distractors]
    for place, (mine, theirs) in enumerate(zip(kept, right, strict=False)):
        if mine != theirs:
            before = f"After “{right[place - 1]}”" if place else "First"
            return f"{before} comes “{theirs}”, not “{mine}”."
    return ""


def _shown_order(steps: tuple[str, ...], posed: Posed) -> str:
    return " ".join(_label(step, posed.steps) for step in steps) + ": " + " → ".join(steps)


def match_key(body: Match, posed: Posed) -> str:
    """Name the right pairs under this showing."""
    partner = dict(body.pairs)
    return " ".join(f"{line.label}{_label(partner[line.text], posed.rights)}" for line in posed.lefts)


def grade_match(body: Match, posed: Posed, text: str) -> Mark | Unreadable:
    """Judge pairs: each counts for itself."""
    pairs = _pairs(text, posed)
    if isinstance(pairs, Unreadable):
        return pairs
    rights = {line.label: line.text for line in posed.rights}
    partner = dict(body.pairs)
    made = [(line.text, rights[pairs[line.label]]) for line in posed.lefts]
    wrong = [pair for pair in made if partner[pair[0]] != pair[1]]
    said = {(path.left, path.right): path for path in body.wrong}
    return Mark(
        correct=not wrong,
        score=1 - len(wrong) / len(made),
        chosen=" ".join(f"{label}{pairs[label]}" for label in sorted(pairs)),
        right=match_key(body, posed),
        feedback=joined(
            said[pair].feedback if pair in said else f"“{pair[0]}” goes with “{partner[pair[0]]}”." for pair in wrong
        ),
        misconceptions=distinct(said[pair].misconception for pair in wrong if pair in said),
    )


def _pairs(text: str, posed: Posed) -> dict[str, str] | Unreadable:
    example = " ".join(f"{left.label}{right.label}" for left, right in zip(posed.lefts, posed.rights, strict=False))
    short = plain(cleaned(text))
    if len(short) > 200:
        return Unreadable(f"That is longer than an answer can be. Type pairs, such as {example}.")
    found = [(number, letter.upper()) for number, letter in _PAIR.findall(short)]
    if not found and _LETTERS_ONLY.fullmatch(short):
        letters = [c.upper() for c in short if c.isalpha()]
        found = [(str(n), letter) for n, letter in enumerate(letters, 1)]
    return _checked(found, posed, example)


def _checked(found: list[tuple[str, str]], posed: Posed, example: str) -> dict[str, str] | Unreadable:
    numbers, letters = [line.label for line in posed.lefts], [line.label for line in posed.rights]
    strange = [f"{n}{letter}" for n, letter in found if n not in numbers or letter not in letters]
    if strange or not found:
        what = f"{', '.join(strange)} is not among them" if strange else "There is no pair in that"
        return Unreadable(f"{what}. Type pairs of 1 to {numbers[-1]} with A to {letters[-1]}, such as {example}.")
    used = [letter for _, letter in found]
    if len(set(used)) < len(used) or len({n for n, _ in found}) < len(found):
        return Unreadable(f"Each number and each letter goes in one pair. Type pairs, such as {example}.")
    missing = [n for n in numbers if n not in dict(found)]
    if missing:
        return Unreadable(f"Pairs are missing for {', '.join(missing)}. Type all of them, such as {example}.")
    return dict(found)
