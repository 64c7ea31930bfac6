"""Logits from gentle to enormous; extreme rows stand beside ordinary ones, so a shift by the global maximum is not enough."""
import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    yield "two equal scores", True, (np.array([[0.0, 0.0]]), np.array([1]))
    yield "two rows, integer scores", True, (np.array([[2, 1, 0], [0, 1, 3]]), np.array([0, 1]))
    yield "scores of ten thousand", True, (np.array([[10000.0, 0.0], [0.0, 1.0]]), np.array([1, 0]))
    for n, k in ((5, 3), (4, 4), (40, 10)):
        yield f"random, {n} rows of {k}", False, (rng.normal(scale=3, size=(n, k)), rng.integers(0, k, size=n))
    yield "a single row", False, (rng.normal(size=(1, 6)), rng.integers(0, 6, size=1))
    yield "a single class", False, (rng.normal(size=(7, 1)), np.zeros(7, dtype=int))
    offsets = np.array([[-10000.0], [0.0], [10000.0]])
    yield "rows far apart", False, (rng.normal(size=(3, 5)) + offsets, rng.integers(0, 5, size=3))
    wide = np.array([[-10000.0, 0.0, 10000.0]]) + rng.normal(size=(6, 3))
    yield "confident and wrong", False, (wide, rng.permutation([0, 0, 1, 1, 2, 0]))
