"""Explains mistakes: offline and at once, always; with a key, one hint from Claude after it.

The tutor never decides a verdict, and everything a learner wrote is untrusted text to it.
"""

from bot.tutor.asking import Asking, Drafted, DraftOrder, Marked, Turn, Who
from bot.tutor.explanation import Explanation
from bot.tutor.tutor import Assistant, Tutor

__all__ = ["Asking", "Assistant", "DraftOrder", "Drafted", "Explanation", "Marked", "Turn", "Tutor", "Who"]
