"""Looking at pictures: what is where, what everyone sees of it, and one of each kind, empty, usual and extreme.

`python -m tests.bot.pictures.look` draws the small pictures anew that `golden/` keeps to compare with.
"""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageColor

from bot.cards import Bar, BoardLine, DayMark, LeaderboardCard, PictureCard
from bot.pictures import (
    CalibrationBin,
    ConceptHeat,
    MasteryCell,
    WeekRecap,
    calibration_picture,
    heat_picture,
    leaderboard_picture,
    mastery_picture,
    progress_picture,
    recap_picture,
    streak_picture,
)
from bot.pictures.palette import SCALE

MONDAY = date(2026, 9, 7)
GOLDEN, SMALL = Path(__file__).parent / "golden", 130
HOSTILE = "\u202e\u200b👩‍🎓田中שלום\u0301\n" + "W" * 300


def opened(card: PictureCard) -> Image.Image:
    """A picture, read back."""
    image = Image.open(io.BytesIO(card.png))
    image.load()
    return image.convert("RGB")


def at(image: Image.Image, x: float, y: float) -> str:
    """The colour at a point, as it is written in the palette."""
    red, green, blue = image.getpixel((round(x * SCALE), round(y * SCALE)))
    return f"#{red:02x}{green:02x}{blue:02x}"


def days(*marks: DayMark) -> tuple[tuple[date, DayMark], ...]:
    """Consecutive days from a Monday on."""
    return tuple((MONDAY + timedelta(days=n), mark) for n, mark in enumerate(marks))


def board(*names: str, xp: int = 900, me: int = 1) -> LeaderboardCard:
    """A board on which everyone has a little less than the one before."""
    lines = tuple(BoardLine(rank=n + 1, name=name, xp=max(0, xp - 40 * n), me=n == me) for n, name in enumerate(names))
    return LeaderboardCard(title="Garden club", period="this week", lines=lines)


def cells(sections: int, each: int, name: str = "concept") -> tuple[MasteryCell, ...]:
    """A course; every fifth concept is not met yet, the others are known ever better."""
    return tuple(
        MasteryCell(f"Section {s}", f"{name} {s}.{n}", None if n % 5 == 0 else n / each)
        for s in range(sections)
        for n in range(each)
    )


def week(name: str = "Garden club", top: tuple[BoardLine, ...] = (), goal: int = 500) -> WeekRecap:
    """A week with a day off."""
    hardest = (("overfitting", 0.31), (name, 0.5))
    return WeekRecap(name, date(2026, 11, 16), (120, 80, 0, 45, 230, 60, 12), goal, 6, 12, top, hardest)


BINS = tuple(CalibrationBin(said, right, 9) for said, right in ((0.3, 0.5), (0.5, 0.55), (0.9, 0.6)))


def heats(count: int, name: str = "concept") -> tuple[ConceptHeat, ...]:
    """Concepts, the hardest first."""
    return tuple(ConceptHeat(f"{name} {n}", "Algorithms", 30 - n, n / max(count, 1)) for n in range(count))


def everything() -> dict[str, PictureCard]:
    """Every picture: with nothing to show, with one thing, as usual, and with too much."""
    full = tuple(list(DayMark)[n * n % 6] for n in range(82))
    hostile = board(*[HOSTILE] * 30, me=28)
    return {
        "streak-empty": streak_picture(()),
        "streak-one": streak_picture(days(DayMark.DONE)),
        "streak": streak_picture(days(*full)),
        "progress-empty": progress_picture(()),
        "progress": progress_picture(tuple(Bar(label=f"Section {n}", done=n, total=9) for n in range(10))),
        "progress-hostile": progress_picture((Bar(label=HOSTILE, done=7, total=3),) * 21),
        "mastery-empty": mastery_picture(()),
        "mastery-one": mastery_picture(cells(1, 1)),
        "mastery": mastery_picture(cells(20, 7)),
        "mastery-hostile": mastery_picture((MasteryCell(HOSTILE, HOSTILE, 0.1), MasteryCell("b", HOSTILE, 9.0))),
        "board-empty": leaderboard_picture(board()),
        "board": leaderboard_picture(board("Mia", "Zoé", "Ravi")),
        "board-hostile": leaderboard_picture(hostile),
        "recap-empty": recap_picture(WeekRecap("Garden club", date(2026, 11, 30), (), 0, 0, 0, (), ())),
        "recap": recap_picture(week(top=board("Mia", "Zoé", me=-1).lines)),
        "recap-hostile": recap_picture(week(HOSTILE, hostile.lines, goal=10**9)),
        "calibration-empty": calibration_picture(()),
        "calibration": calibration_picture(BINS),
        "calibration-extreme": calibration_picture((CalibrationBin(-1.0, 7.0, 10**9),) * 10),
        "heat-empty": heat_picture(()),
        "heat": heat_picture(heats(6)),
        "heat-hostile": heat_picture(heats(40, HOSTILE)),
    }


def small(card: PictureCard) -> Image.Image:
    """A picture as small as a stamp: its forms, without the fine points of letters."""
    image = opened(card)
    return image.resize((SMALL, round(image.height * SMALL / image.width)), Image.Resampling.BOX)


def seen_without_green(colour: str) -> tuple[float, float, float]:
    """A colour as CIELAB coordinates, as people see it who have no green cones.

    The matrix is of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
    Deficiency" (2009), deuteranomaly of severity 1.0, on linear RGB; CIELAB is for D65.
    """
    r, g, b = (_linear(part / 255) for part in ImageColor.getrgb(colour)[:3])
    r, g, b = (
        max(0.0, 0.367322 * r + 0.860646 * g - 0.227968 * b),
        max(0.0, 0.280085 * r + 0.672501 * g + 0.047413 * b),
        max(0.0, -0.011820 * r + 0.042940 * g + 0.968881 * b),
    )
    x = _root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
    y = _root(0.2126 * r + 0.7152 * g + 0.0722 * b)
    z = _root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _root(value: float) -> float:
    return value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, card in everything().items():
        small(card).quantize(64, dither=Image.Dither.NONE).save(GOLDEN / f"{name}.png", optimize=True)
