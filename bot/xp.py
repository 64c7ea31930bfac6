"""XP: the published formula, in one place.

A right answer pays 4, 8, 12 or 16 by difficulty, once per question per day. A wrong one pays 1 the first time you meet
the question. A free text, which nobody marks, pays 4. An answer given in under two seconds pays nothing. A challenge pays 20, 40 or 80 the first time you pass
it, less for earlier failed tries (1, 0.8, 0.6, then 0.5) and 10 % less per hint. After 100 points in a day each
further one counts a little less. Pure; knows nothing of storage.
"""

from __future__ import annotations

from math import sqrt

QUIZ_POINTS = (4, 8, 12, 16)
PARTICIPATION = 1
TOO_FAST_MS = 2000
CHALLENGE_POINTS = {"easy": 20, "medium": 40, "hard": 80}
ATTEMPT_FACTORS = (1.0, 0.8, 0.6, 0.5)
HINT_COST = 0.1
SOFT_CAP = 100
_EASE = (
    25  # makes the curve leave the cap at slope one: 10 * sqrt(y) alone would pay a bonus for the first 100 above it
)


def quiz_points(
    *,
    correct: bool,
    difficulty: int,
    met_before: bool,
    paid_today: bool,
    formative: bool = False,
    elapsed_ms: int | None,
) -> int:
    """Price one answer, before the day's cap.

    `paid_today` means the same question already paid in full today; `elapsed_ms` may be unknown.
    """
    if elapsed_ms is not None and elapsed_ms < TOO_FAST_MS:
        return 0
    if formative:
        return 0 if paid_today else QUIZ_POINTS[0]
    if not correct:
        return 0 if met_before else PARTICIPATION
    return 0 if paid_today else QUIZ_POINTS[min(max(difficulty, 0), len(QUIZ_POINTS) - 1)]


def challenge_points(*, level: str, failed_before: int, hints: int) -> int:
    """Price the first pass of a challenge, before the day's cap."""
    attempt = ATTEMPT_FACTORS[min(failed_before, len(ATTEMPT_FACTORS) - 1)]
    return round(CHALLENGE_POINTS[level] * attempt * max(0.0, 1 - HINT_COST * hints))


def capped(points: int) -> int:
    """Turn a day's points into the day's XP: all of the first 100, then less and less."""
    if points <= SOFT_CAP:
        return points
    return SOFT_CAP + round(10 * (sqrt(points - SOFT_CAP + _EASE) - sqrt(_EASE)))


def gain(points: int, *, points_today: int) -> int:
    """Find the XP some more points add to a day that already has `points_today`."""
    return capped(points_today + points) - capped(points_today)
