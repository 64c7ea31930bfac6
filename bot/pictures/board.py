"""A study group's board: a bar for every member, the learner's own marked in words and by an edge."""

from __future__ import annotations

from bot.cards import BoardLine, LeaderboardCard, PictureCard
from bot.pictures.palette import (
    BLUE,
    EMPTY,
    FAINT,
    GREEN,
    INK,
    MARGIN,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    Look,
    Sheet,
    width_of,
)

HEAD, ROW, BAR_TOP, BAR_HEIGHT, RANK = 46, 40, 25, 8, 30
MOST = 10


def leaderboard_picture(card: LeaderboardCard) -> PictureCard:
    """The first ten lines of a board, and the learner's own wherever it stands."""
    shown = card.lines[:MOST] + tuple(line for line in card.lines[MOST:] if line.me)
    more = len(card.lines) - len(shown)
    sheet = Sheet(WIDTH, MARGIN * 2 + HEAD + board_height(shown) + (24 if more else 0))
    sheet.text(MARGIN, MARGIN + 9, card.title, Look(TITLE, room=WIDTH - 2 * MARGIN))
    sheet.text(MARGIN, MARGIN + 31, card.period, Look(TEXT, FAINT, room=WIDTH - 2 * MARGIN))
    draw_board(sheet, MARGIN + HEAD, shown)
    if more:
        sheet.text(MARGIN, MARGIN + HEAD + board_height(shown) + 12, f"and {more} more", Look(TEXT, FAINT))
    return PictureCard(name="leaderboard.png", png=sheet.png(), alt=_alt(card, shown, more))


def board_height(lines: tuple[BoardLine, ...]) -> float:
    """How tall the lines of a board are, in points."""
    return ROW * max(len(lines), 1)


def draw_board(sheet: Sheet, top: float, lines: tuple[BoardLine, ...]) -> None:
    """Draw the lines of a board across a sheet, bars in proportion to the most."""
    if not lines:
        sheet.text(MARGIN, top + ROW / 2, "Nobody has earned XP yet. The first answer opens it.", Look(TEXT, FAINT))
    most = max((line.xp for line in lines), default=0)
    for n, line in enumerate(lines):
        _line(sheet, top + n * ROW, line, line.xp / most if most > 0 else 0.0)


def _line(sheet: Sheet, top: float, line: BoardLine, share: float) -> None:
    right = WIDTH - MARGIN
    left = MARGIN + RANK
    if line.me:
        sheet.block((MARGIN - 8, top, right + 8, top + ROW - 2), EMPTY, radius=8, edge=INK)
    sheet.text(MARGIN, top + ROW / 2 - 2, str(line.rank), Look(TITLE if line.rank < 100 else SMALL, FAINT))
    xp = f"{line.xp} XP"
    tag = " (you)" if line.me else " (sample)" if line.sample else ""
    room = right - left - width_of(xp, TEXT) - width_of(tag, TEXT) - 12
    wide = sheet.text(left, top + 13, line.name, Look(TEXT, room=room))
    sheet.text(left + wide, top + 13, tag, Look(TEXT, FAINT))
    sheet.text(right, top + 13, xp, Look(TEXT, FAINT, "r"))
    sheet.bar((left, top + BAR_TOP, right, top + BAR_TOP + BAR_HEIGHT), share, GREEN if line.me else BLUE)


def _alt(card: LeaderboardCard, shown: tuple[BoardLine, ...], more: int) -> str:
    rows = [f"{n.rank}. {n.name}{' (you)' if n.me else ' (sample)' if n.sample else ''} {n.xp} XP" for n in shown]
    rest = f"; and {more} more" if more else ""
    return f"{card.title}, {card.period}: " + ("; ".join(rows) + rest if rows else "nobody has earned XP yet") + "."
