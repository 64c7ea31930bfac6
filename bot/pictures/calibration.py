"""How sure a learner was, beside how often that was right: a bar for each, and in words which way they differ."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import PictureCard
from bot.pictures.palette import BLUE, FAINT, GREY, INK, MARGIN, SMALL, TEXT, WIDTH, Look, Sheet
from bot.pictures.recap import percent

HEAD, ROW, BAR_HEIGHT, NAMES, NUMBERS = 58, 66, 10, 62, 46
CLOSE = 0.1  # said and right differ by no more than that: about as sure as should be
FEW = 5  # answers; fewer say little


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Answers of which somebody was about as sure: `said` and `right` are shares, 0 to 1, of `count` answers."""

    said: float
    right: float
    count: int


def calibration_picture(bins: tuple[CalibrationBin, ...]) -> PictureCard:
    """How sure somebody was against how often they were right, in the order given; bins without answers are left out."""
    shown = tuple(one for one in bins if one.count > 0)
    sheet = Sheet(WIDTH, MARGIN * 2 + HEAD + ROW * max(len(shown), 1))
    sheet.text(MARGIN, MARGIN + 9, "How sure you were, and how often you were right", Look(16))
    sheet.text(MARGIN, MARGIN + 31, "The closer the two bars, the better you know what you know.", Look(SMALL, FAINT))
    for n, one in enumerate(shown):
        _row(sheet, MARGIN + HEAD + n * ROW, one)
    if not shown:
        sheet.text(
            MARGIN,
            MARGIN + HEAD + ROW / 2,
            "Nothing to compare yet: say how sure you are when you answer.",
            Look(SMALL, FAINT),
        )
    return PictureCard(name="calibration.png", png=sheet.png(), alt=_alt(shown))


def verdict(one: CalibrationBin) -> str:
    """Which way somebody's sureness differs from how often they were right."""
    gap = one.said - one.right
    if one.count < FEW:
        return "too few answers to tell"
    if abs(gap) <= CLOSE:
        return "about right"
    return "surer than right" if gap > 0 else "right more often than you thought"


def _row(sheet: Sheet, top: float, one: CalibrationBin) -> None:
    left, right = MARGIN + NAMES, WIDTH - MARGIN - NUMBERS
    for n, (name, share, colour) in enumerate((("you said", one.said, GREY), ("was right", one.right, BLUE))):
        y = top + 9 + n * 17
        sheet.text(MARGIN, y, name, Look(SMALL, FAINT))
        sheet.bar((left, y - BAR_HEIGHT / 2, right, y + BAR_HEIGHT / 2), share, colour)
        sheet.text(WIDTH - MARGIN, y, percent(share), Look(TEXT, INK, "r"))
    answers = f"{one.count} {'answer' if one.count == 1 else 'answers'}"
    sheet.text(left, top + 44, f"{answers}: {verdict(one)}", Look(SMALL, INK, room=WIDTH - MARGIN - left))


def _alt(bins: tuple[CalibrationBin, ...]) -> str:
    rows = [
        f"said {percent(one.said)}, right {percent(one.right)} of {one.count} answers ({verdict(one)})" for one in bins
    ]
    return (
        "How sure you were and how often you were right: "
        + ("; ".join(rows) if rows else "nothing to compare yet")
        + "."
    )
