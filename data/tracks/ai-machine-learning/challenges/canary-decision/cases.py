"""Releases that are worse, better, equal or too young; limits are set so that chance alone cannot decide a case."""
from math import sqrt

import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    yield "three times the errors", True, ((10, 1000), (9, 300), 200, 2.0)
    yield "a little higher by chance", True, ((50, 1000), (17, 300), 200, 2.0)
    yield "too young", True, ((10, 1000), (9, 30), 200, 2.0)
    n1, n2 = int(rng.integers(4000, 9000)), int(rng.integers(500, 1500))
    yield "clearly worse", False, ((n1 // 50, n1), (n2 // 15, n2), 400, 2.0)
    yield "clearly better", False, ((n1 // 15, n1), (n2 // 60, n2), 400, 2.0)
    worse = (n1 // 50, n1), (n2 // 50 + int(rng.integers(2, 5)), n2)
    z = score(*worse)
    yield "slightly worse, strict limit", False, (*worse, 400, z * 0.98)
    yield "slightly worse, patient limit", False, (*worse, 400, z * 1.02)
    yield "no errors at all", False, ((0, n1), (0, n2), 400, 1.0)
    yield "only errors", False, ((n1, n1), (n2, n2), 400, 1.0)
    yield "no errors in the control", False, ((0, n1), (int(rng.integers(5, 40)), n2), 400, 3.0)
    yield "no errors in the canary", False, ((n1 // 20, n1), (0, n2), 400, 1.5)
    yield "no errors, limit zero", False, ((0, n1), (0, n2), 400, 0.0)
    yield "exactly enough", False, ((9, n2), (n2 // 9, n2), n2, 2.0)
    yield "one canary request short", False, ((9, n1), (n2 // 9, n2), n2 + 1, 2.0)
    yield "one control request short", False, ((9, n2), (n1 // 9, n1), n2 + 1, 2.0)
    yield "nobody came", False, ((0, 0), (0, 0), 1, 2.0)


def score(control, canary):
    """The z of a pair, to place a limit just below and just above it."""
    (e1, n1), (e2, n2) = control, canary
    p = (e1 + e2) / (n1 + n2)
    return (e2 / n2 - e1 / n1) / sqrt(p * (1 - p) * (1 / n1 + 1 / n2))
