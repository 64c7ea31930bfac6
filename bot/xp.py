"""XP: the published formula, in one place. `DESCRIPTION` tells learners what the functions below do.

Points are for what an answer says: one that was likely to be right pays little, a surprising one more. Pure; knows nothing of storage.
"""

from __future__ import annotations

from math import sqrt

FULL_PRICE = 20  # of a right answer nobody expected, before it is held between the least and the most
LEAST, MOST = 4, 16
PARTICIPATION = 1
TOO_FAST_MS = 2000
CHALLENGE_POINTS = {"easy": 20, "medium": 40, "hard": 80}
ATTEMPT_FACTORS = (1.0, 0.8, 0.6, 0.5)
HINT_COST = 0.1
SOFT_CAP = 100
_EASE = (
    25  # makes the curve leave the cap at slope one: 10 * sqrt(y) alone would pay a bonus for the first 100 above it
)


def too_fast(elapsed_ms: int | None) -> bool:
    """Tell whether an answer came before the question can have been read; an unknown time is not too fast."""
    return elapsed_ms is not None and elapsed_ms < TOO_FAST_MS


def price(expected: float) -> int:
    """Price a right answer by how likely it was, 0 to 1: `round(20 × (1 − p))`, held between 4 and 16."""
    return min(max(round(FULL_PRICE * (1 - expected)), LEAST), MOST)


def quiz_points(
    *,
    correct: bool,
    expected: float,
    met_before: bool,
    paid_before: bool,
    hints: int = 0,
    elapsed_ms: int | None,
) -> int:
    """Price one answer, before the day's cap.

    `expected` is the chance of a right answer as the ratings had it before, `paid_before` that the same question was
    answered right before and is not due again; `elapsed_ms` may be unknown.
    """
    if too_fast(elapsed_ms):
        return 0
    if not correct:
        return 0 if met_before else PARTICIPATION
    return 0 if paid_before else round(price(expected) * _hint_factor(hints))


def challenge_points(*, level: str, failed_before: int, hints: int) -> int:
    """Price the first pass of a challenge, before the day's cap."""
    attempt = ATTEMPT_FACTORS[min(failed_before, len(ATTEMPT_FACTORS) - 1)]
    return round(CHALLENGE_POINTS[level] * attempt * _hint_factor(hints))


def _hint_factor(hints: int) -> float:
    return max(0.0, 1 - HINT_COST * hints)


def capped(points: int) -> int:
    """Turn a day's points into the day's XP: all of the first 100, then less and less."""
    if points <= SOFT_CAP:
        return points
    return SOFT_CAP + round(10 * (sqrt(points - SOFT_CAP + _EASE) - sqrt(_EASE)))


def gain(points: int, *, points_today: int) -> int:
    """Find the XP some more points add to a day that already has `points_today`."""
    return capped(points_today + points) - capped(points_today)


_LIKELY, _UNLIKELY = 0.7, 0.35  # of the worked example
_BUSY_DAY = 200
_FACTORS = ", ".join(f"{factor:g}" for factor in ATTEMPT_FACTORS[:-1])

DESCRIPTION = f"""\
**A question.** The first right answer pays `{FULL_PRICE} × (1 − p)`, rounded, at least {LEAST} and at most {MOST}. `p` is how \
likely you were to be right: your rating against the question’s, worked out before you answer. So hard questions pay more, and \
easy ones less the better you get.

**Again.** The same question pays again only when its concept comes up for review. In between, repeating is welcome and pays nothing.

**Wrong.** {PARTICIPATION} for taking part, the first time you meet a question. Answers within {TOO_FAST_MS // 1000} seconds pay nothing. \
A placement pays nothing.

**A challenge.** {CHALLENGE_POINTS["easy"]}, {CHALLENGE_POINTS["medium"]} or {CHALLENGE_POINTS["hard"]} by level, the first time \
you pass it; times {_FACTORS}, then {ATTEMPT_FACTORS[-1]:g} after failed tries, and {HINT_COST:.0%} less per hint.

**A day.** The first {SOFT_CAP} points of a day count in full, what is above less and less: {_BUSY_DAY} points make {capped(_BUSY_DAY)} XP.

**Example.** You are {_LIKELY:.0%} likely to get a question right, and do: {FULL_PRICE} × {1 - _LIKELY:.1f} = {price(_LIKELY)} XP. \
The next is harder, at {_UNLIKELY:.0%}: {price(_UNLIKELY)} XP. A medium challenge on the second try, with one hint: \
{CHALLENGE_POINTS["medium"]} × {ATTEMPT_FACTORS[1]:g} × {1 - HINT_COST:g} = \
{challenge_points(level="medium", failed_before=1, hints=1)} XP.
"""
"""The formula as `/help xp` shows it."""
