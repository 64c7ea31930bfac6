"""What our choice of questions does to made-up learners, beside simpler ways: a check of the learning core, not of people."""

from quizzes.simulation.run import Outcome, Simulation, simulate
from quizzes.simulation.scores import Calibration

__all__ = ["Calibration", "Outcome", "Simulation", "simulate"]
