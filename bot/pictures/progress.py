"""The progress chart: one bar a section, under its name, and how many of its questions and challenges are done."""

from __future__ import annotations

from bot.cards import Bar, PictureCard
from bot.pictures.palette import FAINT, GREEN, MARGIN, TEXT, WIDTH, Look, Sheet, width_of

ROW, BAR_TOP, BAR_HEIGHT, GAP = 36, 21, 8, 12


def progress_picture(bars: tuple[Bar, ...]) -> PictureCard:
    """A bar for every section, in the order given."""
    sheet = Sheet(WIDTH, MARGIN * 2 + ROW * max(len(bars), 1))
    right = WIDTH - MARGIN
    for n, bar in enumerate(bars):
        top = MARGIN + n * ROW
        count = f"{bar.done} / {bar.total}"
        room = right - MARGIN - width_of(count, TEXT) - GAP
        sheet.text(MARGIN, top + 10, bar.label, Look(TEXT, room=room))
        sheet.text(right, top + 10, count, Look(TEXT, FAINT, "r"))
        sheet.bar((MARGIN, top + BAR_TOP, right, top + BAR_TOP + BAR_HEIGHT), bar.done / max(bar.total, 1), GREEN)
    if not bars:
        sheet.text(MARGIN, MARGIN + ROW / 2, "Nothing to show yet.", Look(TEXT, FAINT))
    return PictureCard(name="progress.png", png=sheet.png(), alt=_alt(bars))


def _alt(bars: tuple[Bar, ...]) -> str:
    begun = [f"{bar.label} {bar.done} of {bar.total}" for bar in bars if bar.done]
    return "Progress by section: " + ("; ".join(begun) + "." if begun else "nothing done yet.")
