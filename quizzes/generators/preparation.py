"""Families about data before a model sees it: splits, scaling, clusters, components."""

from __future__ import annotations

import random
from math import sqrt

from quizzes.generators.drawn import Drawn, listed


def split_counts(rng: random.Random) -> Drawn:
    """Training rows after a test part is cut off, then a validation part from the rest.

    Params: rows (in all), test_percent (of all), validation_percent (of what is left)
    Wrong: both_of_all (both percents taken of all rows), after_test (validation forgotten), validation (the
        validation rows)
    """
    rows = rng.choice((2000, 4000, 6000, 8000, 10000))
    test, validation = rng.choice((10, 20, 25, 30)), rng.choice((10, 20, 25))
    left = rows * (100 - test) // 100
    train = left * (100 - validation) // 100
    wrong = {"both_of_all": rows * (100 - test - validation) // 100, "after_test": left, "validation": left - train}
    return Drawn({"rows": rows, "test_percent": test, "validation_percent": validation}, train, wrong)


def min_max_scale(rng: random.Random) -> Drawn:
    """Min-max scaling to 0..1: (x - low) / (high - low).

    Params: low (training minimum), high (training maximum), x (the value)
    Wrong: by_high (x / high), no_shift (x / (high - low)), flipped ((high - x) / (high - low))
    """
    low, span = rng.choice((5, 10, 20, 30)), rng.choice((20, 40, 50, 80, 100))
    x = low + span * rng.choice((1, 2, 3, 4, 6, 7, 8, 9, 11, 12)) // 10
    wrong = {"by_high": x / (low + span), "no_shift": x / span, "flipped": (low + span - x) / span}
    return Drawn({"low": low, "high": low + span, "x": x}, (x - low) / span, wrong)


def kmeans_update(rng: random.Random) -> Drawn:
    """Where k-means moves centre A: the mean of the points that are nearer to A than to B.

    Params: centre_a, centre_b (now), points (five numbers on a line)
    Wrong: all_points (mean of every point), with_centre (the old centre averaged in), other (where B moves)
    """
    a, b = rng.randint(1, 4), rng.randint(14, 20)
    near, far = [rng.randint(0, 7) for _ in range(3)], [rng.randint(13, 24) for _ in range(2)]
    points = [*near, *far]
    rng.shuffle(points)
    wrong = {"all_points": sum(points) / 5, "with_centre": (sum(near) + a) / 4, "other": sum(far) / 2}
    return Drawn({"centre_a": a, "centre_b": b, "points": listed(points)}, sum(near) / 3, wrong)


def pca_variance_ratio(rng: random.Random) -> Drawn:
    """Share of variance kept by the first two of four components: (l1 + l2) / the sum of all eigenvalues.

    Params: eigenvalues (of the covariance, falling), k (two)
    Wrong: first_only (the first component), deviations (roots taken first), by_count (k of four)
    """
    values = sorted(rng.sample((1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 20, 25), 4), reverse=True)
    roots = [sqrt(v) for v in values]
    wrong = {"first_only": values[0] / sum(values), "deviations": sum(roots[:2]) / sum(roots), "by_count": 0.5}
    return Drawn({"eigenvalues": listed(values), "k": 2}, sum(values[:2]) / sum(values), wrong)
