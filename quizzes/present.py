"""From an item and a seed to what one learner is shown: numbers drawn, options and steps shuffled. Holds no answers.

Pure: the same item and seed always show the same. Knows no platform and no markup.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from quizzes.generators import Drawn, draw, seeded
from quizzes.items import Body, Bug, Choice, Fill, Item, Kind, Match, Numeric, Order
from quizzes.letters import Shown
from quizzes.numbers import Number, read_number, written
from quizzes.orders import acceptable

_SHUFFLES = 200  # tries not to show things already in order; a pair of steps needs two on average
_NAME = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """What one learner sees of one item. The answer is not in it."""

    item_id: str
    kind: Kind
    seed: int
    prompt: str
    code: str = ""
    options: tuple[Shown, ...] = ()  # single, multi and the reasons of bug
    steps: tuple[Shown, ...] = ()  # order
    lefts: tuple[Shown, ...] = ()  # match: numbered
    rights: tuple[Shown, ...] = ()  # match: lettered
    blanks: int = 0  # fill
    unit: str = ""  # numeric
    expects: str = ""  # how to answer this kind, with an example


def seed_for(learner_key: str, item_id: str, day: str) -> int:
    """Derive the seed of one learner's showing of an item on a day; the same in every process, and fits 63 bits."""
    digest = hashlib.sha256("\x1f".join((learner_key, item_id, day)).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def present(item: Item, seed: int) -> Posed:
    """Show an item under a seed."""
    drawn = numbers_of(item, seed)
    body = item.body
    steps = _steps(body, seed) if isinstance(body, Order) else ()
    lefts, rights = _sides(body, seed) if isinstance(body, Match) else ((), ())
    options = _options(body, seed) if isinstance(body, Choice | Bug) else ()
    return Posed(
        item_id=item.id,
        kind=item.kind,
        seed=seed,
        prompt=filled(item.prompt, drawn),
        code=filled(item.code, drawn, prose=False),
        options=options,
        steps=steps,
        lefts=lefts,
        rights=rights,
        blanks=len(body.blanks) if isinstance(body, Fill) else 0,
        unit=body.unit if isinstance(body, Numeric) else "",
        expects=_expects(item.kind, body, options, steps),
    )


def numbers_of(item: Item, seed: int) -> Drawn | None:
    """Draw the numbers of a parameterised item; None for every other item."""
    if isinstance(item.body, Numeric) and item.body.generator:
        return draw(item.body.generator, _rng(seed, "numbers"))
    return None


def filled(text: str, drawn: Drawn | None, *, prose: bool = True, answer: bool = False) -> str:
    """Put a draw's numbers for their names in braces; other braces stay as they are."""
    if drawn is None:
        return text
    values = dict(drawn.params)
    if answer:
        values["answer"] = written(drawn.answer)
    return _NAME.sub(lambda m: _shown(values[m[1]], prose) if m[1] in values else m[0], text)


def names_in(text: str) -> set[str]:
    """Name everything in braces that looks like a parameter."""
    return set(_NAME.findall(text))


def _shown(value: float | str, prose: bool) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, int) and prose and abs(value) >= 10_000:
        return f"{value:,}"
    return str(value)


def _rng(seed: int, purpose: str) -> random.Random:
    return seeded(f"{seed}/{purpose}")


def _lettered(texts: Sequence[str]) -> tuple[Shown, ...]:
    return tuple(Shown(letter, text) for letter, text in zip(ascii_uppercase, texts, strict=False))


def _options(body: Choice | Bug, seed: int) -> tuple[Shown, ...]:
    keys = body.answers if isinstance(body, Choice) else (body.answer,)
    texts = [*keys, *(option.text for option in body.options)]
    numbers = values_of(texts)
    if numbers:  # numbers are read faster when they rise
        return _lettered([text for _, text in sorted(zip(numbers, texts, strict=True))])
    _rng(seed, "options").shuffle(texts)
    return _lettered(texts)


def values_of(texts: Sequence[str]) -> list[float]:
    """Read options that are all numbers; an empty list when any is not."""
    values = [read_number(text, whole=True) for text in texts]
    numbers = [value.value for value in values if isinstance(value, Number)]
    return numbers if len(numbers) == len(texts) else []


def _steps(body: Order, seed: int) -> tuple[Shown, ...]:
    rng, texts = _rng(seed, "steps"), [*body.steps, *body.distractors]
    right = acceptable(body)
    for _ in range(_SHUFFLES):
        rng.shuffle(texts)
        if tuple(text for text in texts if text not in body.distractors) not in right:
            break
    return _lettered(texts)


def _sides(body: Match, seed: int) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
    rng, lefts = _rng(seed, "sides"), [left for left, _ in body.pairs]
    rng.shuffle(lefts)
    partner = dict(body.pairs)
    rights = [*partner.values(), *body.spare]
    for _ in range(_SHUFFLES):
        rng.shuffle(rights)
        if [partner[left] for left in lefts] != rights[: len(lefts)]:
            break
    return tuple(Shown(str(n), left) for n, left in enumerate(lefts, 1)), _lettered(rights)


def _expects(kind: Kind, body: Body, options: tuple[Shown, ...], steps: tuple[Shown, ...]) -> str:
    return "Answer with " + _EXPECTS[kind] if kind in _EXPECTS else _expects_shape(body, steps)


_EXPECTS = {
    Kind.SINGLE: "a letter, such as B.",
    Kind.MULTI: "every letter that fits, such as A C.",
    Kind.OUTPUT: "exactly what it prints, such as [1, 2].",
    Kind.BUG: "the line, then the letter of the reason, such as 3 B.",
    Kind.SHORT: "a sentence or two, at most 60 words.",
}


def _expects_shape(body: Body, steps: tuple[Shown, ...]) -> str:
    if isinstance(body, Numeric):
        return _expects_number(body)
    if isinstance(body, Fill):
        return _expects_fillings(len(body.blanks))
    if isinstance(body, Order):
        return _expects_order(body, steps)
    pairs = len(body.pairs) if isinstance(body, Match) else 0
    example = " ".join(f"{n}{letter}" for n, letter in zip(range(1, pairs + 1), ascii_uppercase, strict=False))
    return f"Answer with pairs of number and letter, such as {example}."


def _expects_number(body: Numeric) -> str:
    if body.unit == "%":
        return "Answer with a number in percent, such as 25."
    unit = f" of {body.unit}" if body.unit else ""
    return f"Answer with a number{unit}, such as {'1,200' if unit else '0.25, 1/4 or 25%'}."


def _expects_fillings(blanks: int) -> str:
    if blanks == 1:
        return "Answer with the code that belongs in the blank, such as len(x)."
    return f"Answer with {blanks} pieces of code, one per line or separated by “;”, such as len(x); 0."


def _expects_order(body: Order, steps: tuple[Shown, ...]) -> str:
    example = " ".join(line.label for line in steps[: len(body.steps)])
    if not body.distractors:
        return f"Answer with the letters in order, such as {example}."
    extra = "one step does" if len(body.distractors) == 1 else f"{len(body.distractors)} steps do"
    return f"Answer with {len(body.steps)} letters in order, such as {example}; {extra} not belong."
