"""Pictures of a whole course and of a whole group, from what a few months would leave: too long a story to play."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.cards import BoardLine, PictureCard
from bot.pictures import (
    CalibrationBin,
    ConceptHeat,
    MasteryCell,
    WeekRecap,
    calibration_picture,
    heat_picture,
    mastery_picture,
    recap_picture,
)
from quizzes.load import load_track

COURSE = Path(__file__).parents[2] / "data" / "tracks" / "ai-machine-learning"
NAMES = ("Mia", "Zoé", "Ravi", "Łucja")
TOP = tuple(BoardLine(rank=n + 1, name=name, xp=212 - 41 * n, me=False) for n, name in enumerate(NAMES))
HARD = (
    ConceptHeat("Data leakage", "Data pipeline", 24, 0.29),
    ConceptHeat("Precision and recall", "Key concepts", 31, 0.42),
    ConceptHeat("Broadcasting", "Frameworks", 18, 0.5),
    ConceptHeat("Attention", "Architectures", 22, 0.72),
)
SURE = ((0.3, 0.42, 14), (0.5, 0.55, 22), (0.7, 0.64, 37), (0.95, 0.71, 29))
MONDAY, EARNED = date(2026, 11, 16), (120, 86, 64, 0, 131, 40, 58)


def pictures() -> dict[str, PictureCard]:
    """Each picture by the name of its file in the gallery."""
    week = WeekRecap("Garden club", MONDAY, EARNED, 600, 4, 23, TOP, tuple((row.concept, row.right) for row in HARD))
    return {
        "picture-mastery": mastery_picture(_learnt()),
        "picture-recap": recap_picture(week),
        "picture-calibration": calibration_picture(tuple(CalibrationBin(*one) for one in SURE)),
        "picture-hard": heat_picture(HARD),
    }


def _learnt() -> tuple[MasteryCell, ...]:
    """A learner who has come through two thirds of the course, and knows best what came first."""
    track, _ = load_track(COURSE)
    concepts = [(section.title, concept.title) for section in track.sections for concept in section.concepts]
    reached = len(concepts) * 2 // 3
    return tuple(
        MasteryCell(section, concept, max(0.1, 1 - n / reached - n % 4 / 9) if n < reached else None)
        for n, (section, concept) in enumerate(concepts)
    )
