"""Draws what people would rather look at than read, as PNG with alt text. Pure: data in, a card out, the same bytes every time."""

from bot.pictures.board import leaderboard_picture
from bot.pictures.calendar import streak_picture
from bot.pictures.calibration import CalibrationBin, calibration_picture
from bot.pictures.heat import ConceptHeat, heat_picture
from bot.pictures.mastery import MasteryCell, mastery_picture
from bot.pictures.progress import progress_picture
from bot.pictures.recap import WeekRecap, recap_picture

__all__ = [
    "CalibrationBin",
    "ConceptHeat",
    "MasteryCell",
    "WeekRecap",
    "calibration_picture",
    "heat_picture",
    "leaderboard_picture",
    "mastery_picture",
    "progress_picture",
    "recap_picture",
    "streak_picture",
]
