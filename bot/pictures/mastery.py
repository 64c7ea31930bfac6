"""The mastery map: every concept of the course as a small glass, by section; the fuller and darker, the better it is known."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import PictureCard
from bot.pictures.palette import EMPTY, FAINT, GREY, INK, LEVELS, MARGIN, SMALL, TEXT, TITLE, WIDTH, Look, Sheet

WORDS = ("just begun", "on the way", "good", "strong")  # a quarter each of what mastery can be
NOT_MET = "not met yet"
CELL, GAP = 16, 3
COLUMN_GAP = 18
COLUMN = (WIDTH - 2 * MARGIN - COLUMN_GAP) / 2
PER_ROW = int((COLUMN + GAP) // (CELL + GAP))
NAME, AFTER = 18, 8  # heights of a section's name, and of the space below its glasses
HEAD, LEGEND_ROW, NEXT_ROW = 34, 22, 19
MOST_NEXT = 3


@dataclass(frozen=True, slots=True)
class MasteryCell:
    """One concept of the course. `value` is how well it is known, 0 to 1; None when it was not met yet."""

    section: str
    concept: str
    value: float | None


def mastery_picture(cells: tuple[MasteryCell, ...]) -> PictureCard:
    """A map of all concepts by section, in the order given; sections run down the left column, then down the right."""
    sections = _sections(cells)
    columns = _columns(sections)
    tall = max(sum(_height(part) for _, part in column) for column in columns)
    weakest = _weakest(cells)
    foot = MARGIN + HEAD + tall
    sheet = Sheet(WIDTH, foot + 2 * LEGEND_ROW + (NEXT_ROW * (1 + len(weakest)) + 6 if weakest else 0) + MARGIN)
    met = sum(cell.value is not None for cell in cells)
    sheet.text(MARGIN, MARGIN + 10, f"{met} of {len(cells)} concepts met", Look(TITLE))
    for n, column in enumerate(columns):
        _draw_column(sheet, MARGIN + n * (COLUMN + COLUMN_GAP), column)
    _draw_legend(sheet, foot, cells)
    if weakest:
        y = foot + 2 * LEGEND_ROW + 6 + NEXT_ROW / 2
        sheet.text(MARGIN, y, "Worth another look:", Look(TEXT, FAINT))
        for n, cell in enumerate(weakest, 1):
            sheet.text(
                MARGIN, y + n * NEXT_ROW, cell.concept, Look(TEXT, room=WIDTH - 2 * MARGIN)
            )
    return PictureCard(name="mastery.png", png=sheet.png(), alt=_alt(cells, weakest))


def level(value: float) -> int:
    """Which quarter a mastery falls in, 0 to 3."""
    return min(len(WORDS) - 1, max(0, int(value * len(WORDS))))


Sections = list[tuple[str, list[MasteryCell]]]


def _sections(cells: tuple[MasteryCell, ...]) -> Sections:
    found: dict[str, list[MasteryCell]] = {}
    for cell in cells:
        found.setdefault(cell.section, []).append(cell)
    return list(found.items())


def _height(part: list[MasteryCell]) -> float:
    return NAME + -(-len(part) // PER_ROW) * (CELL + GAP) + AFTER


def _columns(sections: Sections) -> tuple[Sections, Sections]:
    """The sections in two columns of about one height."""
    heights = [_height(part) for _, part in sections]
    cut = min(range(len(sections) + 1), key=lambda n: (max(sum(heights[:n]), sum(heights[n:])), -n))
    return sections[:cut], sections[cut:]


def _draw_column(sheet: Sheet, left: float, column: Sections) -> None:
    top = float(MARGIN + HEAD)
    for name, part in column:
        sheet.text(left, top + NAME / 2 - 1, name, Look(SMALL, room=COLUMN))
        for n, cell in enumerate(part):
            x, y = left + n % PER_ROW * (CELL + GAP), top + NAME + n // PER_ROW * (CELL + GAP)
            _glass(sheet, x, y, None if cell.value is None else level(cell.value))
        top += _height(part)


def _glass(sheet: Sheet, x: float, y: float, filled: int | None) -> None:
    """A concept: how high it is filled says the same as how dark it is."""
    box = (x, y, x + CELL, y + CELL)
    if filled is None:
        sheet.block(box, EMPTY, radius=3)
        return
    sheet.block(box, "#ffffff", radius=3)
    inner = CELL * (filled + 1) / len(WORDS)
    sheet.block((x, y + CELL - inner, x + CELL, y + CELL), LEVELS[filled], radius=3)
    sheet.block(box, None, radius=3, edge=LEVELS[3] if filled == len(WORDS) - 1 else GREY)


def _draw_legend(sheet: Sheet, top: float, cells: tuple[MasteryCell, ...]) -> None:
    counts = _counts(cells)
    for n, filled in enumerate((None, *range(len(WORDS)))):
        word = NOT_MET if filled is None else WORDS[filled]
        x, y = MARGIN + n % 3 * 124, top + n // 3 * LEGEND_ROW
        _glass(sheet, x, y, filled)
        wide = sheet.text(x + CELL + 5, y + CELL / 2, word, Look(SMALL, FAINT))
        sheet.text(x + CELL + 9 + wide, y + CELL / 2, str(counts[word]), Look(SMALL, INK))


def _counts(cells: tuple[MasteryCell, ...]) -> dict[str, int]:
    words = [NOT_MET if cell.value is None else WORDS[level(cell.value)] for cell in cells]
    return {word: words.count(word) for word in (NOT_MET, *WORDS)}


def _weakest(cells: tuple[MasteryCell, ...]) -> list[MasteryCell]:
    """The concepts met that are known least, when they are not known well."""
    weak = [cell for cell in cells if cell.value is not None and level(cell.value) < len(WORDS) // 2]
    return sorted(weak, key=lambda cell: (cell.value or 0.0, cell.concept))[:MOST_NEXT]


def _alt(cells: tuple[MasteryCell, ...], weakest: list[MasteryCell]) -> str:
    counts = ", ".join(f"{count} {word}" for word, count in _counts(cells).items())
    told = f"Mastery of {len(cells)} concepts: {counts}."
    return told + (f" Worth another look: {'; '.join(cell.concept for cell in weakest)}." if weakest else "")
