"""What of a text can be drawn: the letters the font has, accents drawn over them, and a box for every other sign.

Pillow brings a font of its own, so that pictures are the same on every machine, but it has the Latin alphabet without accents. A box
says honestly that a letter is missing; the full name is in the words beside every picture.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 200  # letters of one line that are looked at; no line is nearly as wide
MOST_ACCENTS = 2  # over one letter
DRAWN = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("©«°±´·»‘’“”…‹›™")
ALIKE = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
     "ı": "i", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "×": "x"}
)  # fmt: skip
Stroke = tuple[tuple[float, float, bool], ...]
"""Points of a line: right of the letter's middle and below its top (or its bottom, where the third says False), in ems."""
ACCENTS: dict[str, tuple[Stroke, ...]] = {
    "\u0300": (((-0.13, -0.21, True), (0.05, -0.09, True)),),
    "\u0301": (((0.13, -0.21, True), (-0.05, -0.09, True)),),
    "\u0302": (((-0.14, -0.08, True), (0.0, -0.2, True), (0.14, -0.08, True)),),
    "\u0303": (((-0.16, -0.09, True), (-0.06, -0.17, True), (0.06, -0.1, True), (0.16, -0.18, True)),),
    "\u0304": (((-0.15, -0.13, True), (0.15, -0.13, True)),),
    "\u0306": (((-0.14, -0.2, True), (-0.06, -0.11, True), (0.06, -0.11, True), (0.14, -0.2, True)),),
    "\u0307": (((-0.04, -0.14, True), (0.04, -0.14, True)),),
    "\u0308": (((-0.17, -0.14, True), (-0.09, -0.14, True)), ((0.09, -0.14, True), (0.17, -0.14, True))),
    "\u030a": (((0, -0.24, True), (0.09, -0.15, True), (0, -0.06, True), (-0.09, -0.15, True), (0, -0.24, True)),),
    "\u030b": (((0.0, -0.21, True), (-0.12, -0.09, True)), ((0.18, -0.21, True), (0.06, -0.09, True))),
    "\u030c": (((-0.14, -0.2, True), (0.0, -0.08, True), (0.14, -0.2, True)),),
    "\u0323": (((-0.04, 0.1, False), (0.04, 0.1, False)),),
    "\u0327": (((0.0, 0.0, False), (0.06, 0.1, False), (-0.06, 0.17, False)),),
    "\u0328": (((0.1, 0.0, False), (0.04, 0.1, False), (0.14, 0.16, False)),),
}
DOTTED, DOT = "ij", 0.2  # letters whose dot an accent takes the place of, and how far it reaches, in ems


class Box:
    """A letter that cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters the font has, and the accents over some of them by their place."""

    base: str
    accents: tuple[tuple[int, str], ...]


def pieces(text: str) -> Iterator[Letters | Box]:
    """A line in pieces that are drawn one after the other; what has no looks (controls, joiners) is left out."""
    base = ""
    accents: list[tuple[int, str]] = []
    for sign in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text[:LONGEST]).translate(ALIKE)):
        kind = unicodedata.category(sign)
        if kind.startswith("M"):
            if base and sign in ACCENTS and [at for at, _ in accents].count(len(base) - 1) < MOST_ACCENTS:
                accents.append((len(base) - 1, sign))
        elif sign in DRAWN or sign.isspace():
            base += sign if sign in DRAWN else " "
        elif not kind.startswith("C"):
            yield from _letters(base, accents)
            base, accents = "", []
            yield Box()
    yield from _letters(base, accents)


def strokes(accent: str, letter: str) -> tuple[Stroke, ...]:
    """The lines of an accent over, or under, a letter."""
    drop = DOT if letter in DOTTED else 0.0
    return tuple(tuple((x, y + drop * above, above) for x, y, above in stroke) for stroke in ACCENTS[accent])


def _letters(base: str, accents: list[tuple[int, str]]) -> Iterator[Letters]:
    if base:
        yield Letters(base, tuple(accents))
