"""What a group finds hard: a bar for every concept, as long as the share of answers that went wrong."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import PictureCard
from bot.pictures.palette import FAINT, LEVELS, MARGIN, SMALL, TEXT, TITLE, WIDTH, Look, Sheet, width_of
from bot.pictures.recap import percent

HEAD, ROW, BAR_TOP, BAR_HEIGHT = 54, 58, 38, 8
MOST = 8


@dataclass(frozen=True, slots=True)
class ConceptHeat:
    """How a group fares with a concept: how often it was asked, and the share of answers that were right, 0 to 1."""

    concept: str
    section: str
    asked: int
    right: float


def heat_picture(rows: tuple[ConceptHeat, ...]) -> PictureCard:
    """The first eight concepts in the order given, hardest first as a rule."""
    shown, more = rows[:MOST], max(0, len(rows) - MOST)
    sheet = Sheet(WIDTH, MARGIN * 2 + HEAD + ROW * max(len(shown), 1) + (20 if more else 0))
    sheet.text(MARGIN, MARGIN + 9, "What the group finds hard", Look(TITLE))
    sheet.text(MARGIN, MARGIN + 31, "The longer the bar, the more answers went wrong.", Look(SMALL, FAINT))
    for n, row in enumerate(shown):
        _row(sheet, MARGIN + HEAD + n * ROW, row)
    if not shown:
        sheet.text(MARGIN, MARGIN + HEAD + ROW / 2, "Nobody has answered enough yet to tell.", Look(TEXT, FAINT))
    if more:
        sheet.text(MARGIN, MARGIN + HEAD + ROW * MOST + 8, f"and {more} more", Look(TEXT, FAINT))
    return PictureCard(name="hard.png", png=sheet.png(), alt=_alt(shown, more))


def _row(sheet: Sheet, top: float, row: ConceptHeat) -> None:
    right = WIDTH - MARGIN
    wrong = 1.0 - min(1.0, max(0.0, row.right))
    told = f"{percent(wrong)} wrong"
    sheet.text(MARGIN, top + 9, row.concept, Look(TEXT, room=right - MARGIN - width_of(told, TEXT) - 12))
    sheet.text(right, top + 9, told, Look(TEXT, anchor="r"))
    asked = "asked once" if row.asked == 1 else f"asked {row.asked} times"
    sheet.text(MARGIN, top + 27, row.section, Look(SMALL, FAINT, room=right - MARGIN - width_of(asked, SMALL) - 12))
    sheet.text(right, top + 27, asked, Look(SMALL, FAINT, "r"))
    sheet.bar((MARGIN, top + BAR_TOP, right, top + BAR_TOP + BAR_HEIGHT), wrong, LEVELS[1 + min(2, int(wrong * 3))])


def _alt(shown: tuple[ConceptHeat, ...], more: int) -> str:
    rows = [f"{row.concept} ({row.section}) {percent(1 - row.right)} wrong of {row.asked}" for row in shown]
    rest = f"; and {more} more" if more else ""
    return "What the group finds hard: " + ("; ".join(rows) + rest if rows else "not enough answers yet") + "."
