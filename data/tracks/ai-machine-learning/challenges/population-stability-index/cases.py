"""Samples that stay, move, widen or leave; whole-number samples put values exactly on edges.

Sizes are chosen so that no quantile falls on a single data point: there, rounding would decide the bin.
"""
import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    yield "eight values, two bins", True, (np.arange(1.0, 9.0), np.array([5.0, 6.0, 7.0, 1.0]), 2)
    yield "everything above what was seen", True, (np.arange(1.0, 9.0), np.array([20.0, 30.0, 40.0]), 2)
    sample = rng.normal(size=200)
    yield "the same values in another order", False, (sample, rng.permutation(sample), 10)
    yield "a moved mean", False, (rng.normal(size=200), rng.normal(size=150) + 0.8, 10)
    yield "a wider spread", False, (rng.normal(size=200), 3 * rng.normal(size=333), 5)
    yield "lopsided", False, (rng.exponential(size=200), rng.exponential(size=90) * 2, 4)
    yield "far below what was seen", False, (rng.uniform(5, 6, size=200), rng.uniform(-9, -8, size=50), 10)
    levels = np.repeat([0.0, 1.0, 2.0, 3.0, 4.0], 20)
    yield "values on the edges", False, (rng.permutation(levels), rng.integers(0, 5, size=70).astype(float), 4)
    heavy = np.repeat([0.0, 2.0, 5.0], [80, 12, 8])
    yield "repeated edges", False, (rng.permutation(heavy), rng.choice([-1.0, 0.0, 2.0, 5.0, 9.0], size=60), 10)
    yield "a constant reference", False, (np.full(30, 7.0), np.concatenate([[6.0, 6.5], rng.uniform(5, 9, size=20)]), 5)
    yield "one current value", False, (rng.normal(size=200), rng.normal(size=1), 7)
