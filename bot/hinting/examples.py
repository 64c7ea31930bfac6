"""Examples worked out: a question of the bank on the same idea, with its answer. Never the thing that is asked itself.

Pure. A question that draws its numbers is drawn anew, so that its answer gives away none that is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from quizzes.grade import answer_key
from quizzes.items import Item, Kind, Numeric, Track
from quizzes.numbers import written
from quizzes.present import filled, numbers_of, present

READABLE = (Kind.NUMERIC, Kind.OUTPUT, Kind.SINGLE)  # kinds whose answer makes sense without letters and blanks


def worked_example(
    track: Track, concepts: Iterable[str], answered: Collection[str], waiting: Collection[str], seed: int
) -> str:
    """An example for one of some concepts, or "" when there is none to give.

    Args:
        answered: ids of items whose answer the learner knows already.
        waiting: ids of items that are open, which nothing may give away.
    """
    among = frozenset(concepts)
    fit = [i for i in track.items if i.concept in among and not i.quarantined and i.id not in waiting]
    drawn = [item for item in fit if isinstance(item.body, Numeric) and item.body.generator]
    known = [item for item in fit if item.kind in READABLE and item.id in answered]
    item = next(iter([*drawn, *known]), None)
    return _written(item, seed, new=item in drawn) if item else ""


def _written(item: Item, seed: int, *, new: bool) -> str:
    shown = present(item, seed)
    answer = _answer(item, seed)
    lead = "A similar one with numbers, worked out" if new else "One you have met, worked out"
    code = f"\n{shown.code}" if shown.code else ""
    return f"{lead}: {shown.prompt}{code}\nAnswer: {answer}. {explained(item, seed)}"


def _answer(item: Item, seed: int) -> str:
    shown, drawn = present(item, seed), numbers_of(item, seed)
    if drawn is not None:
        return f"{written(drawn.answer)} {shown.unit}".strip()
    key = answer_key(item, shown)
    option = next((option.text for option in shown.options if option.label == key), key)
    return f"{option} {shown.unit}".strip()


def explained(item: Item, seed: int) -> str:
    """An item's explanation with the numbers of a seed."""
    return filled(item.explanation, numbers_of(item, seed), answer=True)
