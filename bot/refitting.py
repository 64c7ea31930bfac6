"""Fitting the parameters of memory to groups that have answered enough: a job for the night.

The fitting is `quizzes.fitting`'s. It computes for a moment, so it runs in a thread beside the bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from bot.services import Services
from bot.store.learning_replay import Review
from quizzes.fitting import FEWEST, History, fit

GROWTH = 1.2
"""How much a group's reviews must have grown since its last fit for another to be worth it."""

_DAY = timedelta(days=1)


async def refit(services: Services) -> int:
    """Fit every group whose members have answered enough since the last time; say how many were fitted.

    Raises:
        ImportError: the optional extra `fit` is not installed, and a group has answered enough.
    """
    learning, fitted = services.store.learning, 0
    for group_id in await learning.groups_to_fit(FEWEST):
        sequences = await learning.review_sequences(group_id)
        reviews = sum(map(len, sequences))
        if reviews < max(FEWEST, GROWTH * await learning.reviews_of_fit(group_id)):
            continue
        found = await asyncio.to_thread(fit, [history(sequence) for sequence in sequences])
        if found is not None:
            await learning.keep_fit(group_id, found.parameters, reviews)
            fitted += 1
    return fitted


def history(reviews: Sequence[Review]) -> History:
    """Write reviews of one concept as fitting wants them: each rating with the days since the review before."""
    gaps = [(after.at - before.at) / _DAY for before, after in pairwise(reviews)]
    return list(zip((review.rating for review in reviews), (0.0, *gaps), strict=False))
