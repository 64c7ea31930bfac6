"""How fast the store is on this machine, each figure beside its baseline from the same run.

Knows nothing of the shell; `epochbot bench store` prints what comes from here. An event is a row of an append-only log: an
answer is two or three of them (attempt, review, and XP where it earned some).
"""

from bot.store.bench.measure import NAMES, QUICK, Measure, Sizes, measure
from bot.store.bench.other import NoBaseline

__all__ = ["NAMES", "QUICK", "Measure", "NoBaseline", "Sizes", "measure"]
