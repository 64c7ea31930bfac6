"""Explains mistakes: offline and at once, always; with a key, one hint from Claude after it.

The tutor never decides a verdict, and everything a learner wrote is untrusted text to it.
"""

from bot.tutor.explanation import Explanation
from bot.tutor.tutor import Hinter, Tutor

__all__ = ["Explanation", "Hinter", "Tutor"]
