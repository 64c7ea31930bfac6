"""How a wrong number comes about: a known relation to the right one, or a simple calculation with the question's own numbers.

Pure. Every remark is a fact about the two numbers, within what rounding explains; it never says more than that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import permutations

NEAR = 0.003  # relative; learners round to three digits or so
Made = Callable[[float], float]

RELATIONS: tuple[tuple[Made, str], ...] = (
    (lambda right: -right, "The size is right, the sign is not."),
    (
        lambda right: right * 100,
        "The digits are right, but off by a factor of 100: mind whether a share or a percentage is asked for.",
    ),
    (
        lambda right: right / 100,
        "The digits are right, but off by a factor of 100: mind whether a share or a percentage is asked for.",
    ),
    (lambda right: 1 - right, "Your number is one minus the answer: check which of the two shares is asked for."),
    (lambda right: 1 / right, "Your number is one divided by the answer: check what is divided by what."),
    (
        lambda right: right / math.log(2),
        "Your number fits the logarithm of base 2; here the natural logarithm is meant.",
    ),
    (
        lambda right: right * math.log(2),
        "Your number fits the natural logarithm; here the logarithm of base 2 is meant.",
    ),
    (
        lambda right: right / math.log(10),
        "Your number fits the logarithm of base 10; here the natural logarithm is meant.",
    ),
    (lambda right: right**2, "Your number is the square of the answer: a square root is still to be taken."),
    (lambda right: math.sqrt(right), "Your number is the square root of the answer: there is one root too many."),
    (lambda right: right * 2, "Your number is twice the answer: look for something counted twice."),
    (
        lambda right: right / 2,
        "Your number is half the answer: look for a factor of one half that does not belong, or a missing 2.",
    ),
    (lambda right: right * 10, "Your number is ten times the answer: look at where the decimal point goes."),
    (lambda right: right / 10, "Your number is a tenth of the answer: look at where the decimal point goes."),
    (lambda right: right * 1000, "Your number is a thousand times the answer: check the units."),
    (lambda right: right / 1000, "Your number is a thousandth of the answer: check the units."),
)
OFF_BY_ONE = "You are off by exactly one: check whether the first or the last one counts."
ROUNDED = "Your number is the answer without its decimals: keep two or three of them."
OPERATIONS: tuple[tuple[str, Callable[[float, float], float]], ...] = (
    ("plus", lambda a, b: a + b),
    ("minus", lambda a, b: a - b),
    ("times", lambda a, b: a * b),
    ("divided by", lambda a, b: a / b),
)


def remark(value: float, right: float, params: Mapping[str, object]) -> str:
    """One sentence on where a wrong number comes from, or "" when nothing fits.

    Args:
        params: the numbers that the question showed; texts among them are left aside.
    """
    if float(right).is_integer() and abs(value - right) == 1:
        return OFF_BY_ONE
    for made, said in RELATIONS:
        if _near(value, _safe(made, right)):
            return said
    if not float(right).is_integer() and value in (math.floor(right), math.ceil(right)):
        return ROUNDED
    return next(_calculations(value, params), "")


def _calculations(value: float, params: Mapping[str, object]) -> Iterator[str]:
    """What of the question's own numbers gives the value."""
    numbers = {float(n): str(n) for n in params.values() if isinstance(n, (int, float)) and not isinstance(n, bool)}
    for number, shown in numbers.items():
        if _near(value, number):
            yield f"{shown} is one of the numbers you were given: something is still to be done with it."
    for (a, first), (b, second) in permutations(numbers.items(), 2):
        for word, operation in OPERATIONS:
            if _near(value, _safe(partial(operation, a), b)):
                yield f"Your number is {first} {word} {second}: check whether that is what is asked for."


def _safe(made: Made, right: float) -> float:
    """What is made of a number, NaN where that is not defined."""
    try:
        return float(made(right))
    except (ArithmeticError, ValueError):
        return math.nan


def _near(value: float, other: float) -> bool:
    return math.isfinite(other) and other != 0 and abs(value - other) <= NEAR * abs(other)
