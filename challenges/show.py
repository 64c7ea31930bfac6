"""Turns values into short texts for people: inputs, expected and returned values on a report.

Works on decoded plain data only, and never lets one value flood a message: a text is made piece by piece and stops at
its cap, however large the value is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from runner.values import Opaque, Tagged

MAX_ITEMS, MAX_CHARS, MAX_DIGITS = 12, 300, 60
WHOLE_ARRAY = 24  # arrays up to this size are shown whole
ACRONYM = 4  # letters a name may have to be spelt out
SPELT_WITH_VOWEL, VOWELS, YOU = tuple("AEFHILMNORSX"), tuple("aeiou"), ("uint", "ufunc", "uni", "use")
GRID = 3  # axes that are laid out; beyond that only the first values are shown


def show(value: Any, cap: int = 400) -> str:
    """A readable text of at most `cap` characters; the cut is marked."""
    return _joined(_pieces(value), cap)


def show_args(args: tuple[Any, ...], cap: int = 600) -> str:
    """The arguments of a call as they would be typed."""
    return _joined(_separated(args), cap)


def kind_of(value: Any) -> str:
    """The type as a learner would say it: "a list", "an array of shape (3,)", "a number"."""
    if isinstance(value, Opaque):
        name = clean(value.type_name)[:60]
        return f"{_article(name)} {name} object"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{_article(name)} {name}"


def _article(name: str) -> str:
    """Choose "an" where a name starts with the sound of a vowel; capitals alone are read letter by letter."""
    if name.isupper() and len(name) <= ACRONYM:
        return "an" if name[0] in SPELT_WITH_VOWEL else "a"
    return "an" if name[:1].lower() in VOWELS and not name.lower().startswith(YOU) else "a"


def clean(text: str) -> str:
    """The text without what cannot be stored or sent: halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _joined(pieces: Iterable[str], cap: int) -> str:
    parts, size = [], 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > cap:
            return "".join(parts)[: cap - 2] + " …"
    return "".join(parts)


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        yield from _sequence(value)
    elif isinstance(value, dict):
        yield from _mapping(value)
    elif isinstance(value, (set, frozenset)):
        yield from _set(value)
    elif isinstance(value, Tagged):
        yield from _pieces(value.value)
    elif isinstance(value, np.ndarray):
        yield from _array(value)
    else:
        yield _atom(value)


def _atom(value: Any) -> str:
    if isinstance(value, Opaque):
        return clean(f"<{value.type_name[:MAX_CHARS]}> {value.text[:MAX_CHARS]}")
    if isinstance(value, np.generic):
        return _atom(value.item())
    if isinstance(value, (str, bytes)):
        return repr(value[:MAX_CHARS]) + (f" … ({len(value)} long)" if len(value) > MAX_CHARS else "")
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _integer(value)
    return repr(value)


def _real(value: float) -> str:
    if not abs(value) < 1e16:  # NaN and the infinities too
        return repr(value)
    text = f"{value:.8g}"
    return f"{value:.1f}" if value.is_integer() or text.lstrip("-").isdigit() else text


def _integer(value: int) -> str:
    digits = int(value.bit_length() * math.log10(2)) + 1
    return str(value) if digits <= MAX_DIGITS else f"an integer of about {digits} digits"


def _separated(items: Iterable[Any]) -> Iterator[str]:
    for n, item in enumerate(items):
        if n:
            yield ", "
        yield from _pieces(item)


def _shortened(items: Iterable[Any], size: int) -> Iterator[str]:
    for n, item in enumerate(items):
        if n == MAX_ITEMS:
            yield f", … ({size} in all)"
            return
        if n:
            yield ", "
        yield from _pieces(item)


def _sequence(value: list[Any] | tuple[Any, ...]) -> Iterator[str]:
    opening, closing = "[]" if isinstance(value, list) else "()"
    yield opening
    yield from _shortened(value, len(value))
    yield f",{closing}" if isinstance(value, tuple) and len(value) == 1 else closing


def _mapping(value: dict[Any, Any]) -> Iterator[str]:
    yield "{"
    for n, (key, item) in enumerate(value.items()):
        if n == MAX_ITEMS:
            yield f", … ({len(value)} in all)"
            break
        yield ", " if n else ""
        yield from _pieces(key)
        yield ": "
        yield from _pieces(item)
    yield "}"


def _set(value: set[Any] | frozenset[Any]) -> Iterator[str]:
    name = type(value).__name__
    if not value:
        yield f"{name}()"
        return
    yield "{" if name == "set" else "frozenset({"
    if len(value) <= MAX_ITEMS:
        yield ", ".join(sorted(show(item, MAX_CHARS) for item in value))
    else:
        yield from _shortened(value, len(value))
    yield "}" if name == "set" else "})"


def _array(value: np.ndarray[Any, Any]) -> Iterator[str]:
    if value.dtype.kind == "U" or (value.size > WHOLE_ARRAY and value.ndim > GRID):
        yield "["
        yield from _shortened(value.flat[: MAX_ITEMS + 1], value.size)
        yield "]"
    else:
        with np.errstate(all="ignore"):
            yield np.array2string(
                value, threshold=WHOLE_ARRAY, edgeitems=3, precision=5, separator=", ", max_line_width=100
            )
    if value.size > WHOLE_ARRAY or value.size == 0 or value.ndim > GRID:
        yield f"  (shape {value.shape})"
