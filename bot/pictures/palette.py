"""What all pictures are drawn with: one palette, one sheet of paper, one font, and text that cannot break a layout.

Lengths are points: pixels of a phone's screen. Pictures are drawn with `SCALE` pixels to a point, for dense screens, and bring
their own paper, so that they read the same in a dark chat and in a light one. The colours stay apart for people who do not see red
and green apart, and no colour says anything alone.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from functools import cache

from PIL import Image, ImageColor, ImageDraw, ImageFont

from bot.pictures.lettering import Box, Letters, pieces, strokes

PAPER, INK, FAINT, GRID, EMPTY = "#fbfaf7", "#22252b", "#5c626d", "#e3e1da", "#edebe4"
GREEN, PALE, BLUE, ORANGE, GREY = "#2f7d5b", "#a9d3bd", "#3f7fbd", "#dd9a3c", "#83818c"
LEVELS = ("#b5d6ea", "#7db4d8", "#3f86b8", "#14486f")  # from little to much: ever darker, so that greys tell them too
WHITE = "#ffffff"
COLOURS = (PAPER, INK, FAINT, GRID, EMPTY, GREEN, PALE, BLUE, ORANGE, GREY, *LEVELS, WHITE)
STEPS, APART = 16, 12  # from a letter to its ground, and how far from any other colour
SCALE = 2
WIDTH = 390  # points: a phone's screen
MARGIN = 14
SMALL, TEXT, TITLE, BIG = 12, 14, 17, 26  # points; nothing is smaller
BOX_WIDTH, BOX_HEIGHT = 0.56, 0.66  # of a letter that the font lacks, in ems
STROKE = 0.075  # of an accent, in ems


@dataclass(frozen=True, slots=True)
class Look:
    """How a text looks, and how far it may reach."""

    size: int = TEXT
    fill: str = INK
    anchor: str = "l"  # l, m or r: which end of it stands at x
    room: float | None = None  # points; what is longer ends in an ellipsis


@dataclass(slots=True)
class Sheet:
    """A sheet of paper to draw on, measured in points."""

    width: float
    height: float
    image: Image.Image = field(init=False)
    _draw: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        """Lay out the paper."""
        self.image = Image.new("RGB", (_px(self.width), _px(self.height)), PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, text: str, look: Look = Look()) -> float:
        """Write one line with its middle at `y`; returns how wide it became, in points."""
        shown = text if look.room is None else fit(text, look.size, look.room)
        wide = width_of(shown, look.size)
        start = x - {"l": 0.0, "m": wide / 2, "r": wide}[look.anchor]
        for piece in pieces(shown):
            start += self._box(start, y, look) if isinstance(piece, Box) else self._run(start, y, piece, look)
        return wide

    def block(
        self, box: tuple[float, float, float, float], fill: str | None, *, radius: float = 0, edge: str = ""
    ) -> None:
        """Fill a rectangle (left, top, right, bottom), its corners round, with an edge if one is named."""
        left, top, right, bottom = map(_px, box)
        self._draw.rounded_rectangle(
            (left, top, max(left, right - 1), max(top, bottom - 1)),
            _px(radius),
            fill,
            edge or None,
            _px(1.5) if edge else 0,
        )

    def line(self, points: tuple[tuple[float, float], ...], fill: str, width: float) -> None:
        """Join points by a line."""
        self._draw.line([(_px(x), _px(y)) for x, y in points], fill=fill, width=max(1, _px(width)), joint="curve")

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a filled circle."""
        self._draw.ellipse((_px(x - radius), _px(y - radius), _px(x + radius), _px(y + radius)), fill=fill)

    def bar(self, box: tuple[float, float, float, float], share: float, fill: str) -> None:
        """Fill a bar as far as `share` of 1: what is begun shows, and only what is complete is full."""
        left, top, right, bottom = box
        tall = bottom - top
        self.block(box, GRID, radius=tall / 2)
        if share > 0:
            self.block((left, top, left + max(tall, (right - left) * min(1.0, share)), bottom), fill, radius=tall / 2)

    def png(self) -> bytes:
        """The picture as it is sent."""
        out = io.BytesIO()
        self.image.quantize(palette=_inks(), dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()

    def _run(self, x: float, y: float, run: Letters, look: Look) -> float:
        font, em = _font(look.size), look.size * SCALE
        self._draw.text((_px(x), _px(y)), run.base, fill=look.fill, font=font, anchor="lm")
        for at, accent in run.accents:
            letter = run.base[at]
            left = x * SCALE + font.getlength(run.base[:at])
            _, top, _, bottom = font.getbbox(letter, anchor="lm")
            for stroke in strokes(accent, letter):
                points = [
                    (left + font.getlength(letter) / 2 + dx * em, y * SCALE + (top if up else bottom) + dy * em)
                    for dx, dy, up in stroke
                ]
                self._draw.line(points, fill=look.fill, width=max(2, round(em * STROKE)), joint="curve")
        return font.getlength(run.base) / SCALE

    def _box(self, x: float, y: float, look: Look) -> float:
        wide, tall = look.size * BOX_WIDTH, look.size * BOX_HEIGHT
        self._draw.rectangle(
            (_px(x + 1), _px(y - tall / 2), _px(x + wide - 1), _px(y + tall / 2)), outline=look.fill, width=SCALE
        )
        return wide


def fit(text: str, size: int, room: float) -> str:
    """As much of a text as fits in so many points, with an ellipsis where it is cut."""
    if width_of(text, size) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(text[:middle] + "…", size) <= room else (low, middle - 1)
    return text[:low].rstrip() + "…"


def width_of(text: str, size: int) -> float:
    """How wide a line becomes, in points."""
    font = _font(size)
    return sum(
        size * BOX_WIDTH if isinstance(piece, Box) else font.getlength(piece.base) / SCALE for piece in pieces(text)
    )


@cache
def _inks() -> Image.Image:
    """Every colour, and steps between letters and what they stand on: few enough for one byte to a pixel.

    Pillow looks colours up coarsely, so no step may come near a colour of ours.
    """
    ours: list[tuple[int, ...]] = [ImageColor.getrgb(colour) for colour in COLOURS]
    steps = [
        tuple(a + (b - a) * n // STEPS for a, b in zip(letters, ground, strict=True))
        for letters in map(ImageColor.getrgb, (INK, FAINT))
        for ground in map(ImageColor.getrgb, (PAPER, EMPTY))
        for n in range(1, STEPS)
    ]
    clear = [step for step in steps if min(math.dist(step, colour) for colour in ours) >= APART]
    inks = Image.new("P", (1, 1))
    inks.putpalette([part for colour in ours + clear for part in colour])
    return inks


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size * SCALE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType, so no text can be drawn")
    return font


def _px(points: float) -> int:
    return round(points * SCALE)
