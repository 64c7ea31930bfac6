"""Makes rankings with and without ties. Hidden ties are placed, not hoped for."""
import numpy as np


def ranking(rng: np.random.Generator, n: int, lift: float) -> tuple[np.ndarray, np.ndarray]:
    """Both classes, with the positives lifted by `lift`."""
    y = rng.permutation(np.arange(n) % 3 == 0).astype(int)
    return y, rng.normal(size=n) + lift * y


def cases(rng: np.random.Generator):
    yield "one tie in four pairs", True, (np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.4, 0.8]))
    yield "all scores equal", True, (np.array([1, 1, 0, 1, 0, 0, 0]), np.full(7, 0.3))
    yield "only negatives", True, (np.zeros(3, dtype=int), np.array([0.2, 0.5, 0.9]))
    yield "no ties", False, ranking(rng, 40, 1.0)
    y, score = ranking(rng, 60, 0.8)
    yield "scores rounded to whole numbers", False, (y, np.round(score))
    yield "worse than chance", False, ranking(rng, 50, -1.5)
    y, score = ranking(rng, 30, 1.0)
    yield "all scores far below zero", False, (y, np.round(score, 1) - 1e6)
    yield "scores above one", False, (y, np.round(score) * 1e3 + 1e6)
    y, score = ranking(rng, 45, 1.0)
    yield "scores that differ by a billionth", False, (y, 5 + 1e-9 * np.argsort(np.argsort(score)))
    y, score = ranking(rng, 45, 1.0)
    yield "scores beyond 10 to the 300", False, (y, np.round(score, 1) * 1e306)
    yield "only positives", False, (np.ones(5, dtype=int), rng.normal(size=5))
    y = rng.permutation(np.repeat([0, 1], [25, 5]))
    yield "perfect order", False, (y, rng.random(30) + y)
    y, score = np.repeat([0, 1], [20, 10]), rng.integers(0, 4, size=30).astype(float)
    yield "negatives first, many ties", False, (y, score)
    yield "the same, positives first", False, (y[::-1].copy(), score[::-1].copy())
    yield "one positive tied with every other", False, (np.array([0, 1, 0, 0]), np.array([2.0, 2.0, 2.0, float(rng.uniform(3, 9))]))


def check(args, returned, reference):
    """Point at a missing class or an impossible value."""
    try:
        value = float(returned)
    except (TypeError, ValueError, OverflowError):
        return "Return one float."
    if np.isnan(reference):
        return None if np.isnan(value) else "With one class missing there is no pair to compare: return nan."
    if not 0 <= value <= 1:
        return f"AUC is a share of pairs, from 0 to 1; yours is {value:.4g}."
    return None
