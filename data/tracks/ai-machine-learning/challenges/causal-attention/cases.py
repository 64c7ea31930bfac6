"""Sequences of several lengths and widths, and scores for which a mask of zeros or a missing shift would show.

Values that grow from row to row turn the smallest weight on a later position into a large error."""
import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    x = np.array([[0.0], [2.0]])
    yield "two positions", True, (x, x.copy(), x.copy())
    q = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 2.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
    k = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, -1.0, 3.0, 0.0], [2.0, 0.0, 0.0, -1.0]])
    yield "three positions of width four", True, (q, k, np.array([[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]))
    for t, d, v in ((4, 3, 2), (6, 6, 6), (9, 2, 5), (3, 16, 1)):
        yield f"random, {t} positions, d = {d}", False, tuple(rng.normal(size=s) for s in ((t, d), (t, d), (t, v)))
    yield "one position", False, tuple(rng.normal(size=(1, s)) for s in (3, 3, 2))
    yield "huge scores", False, tuple(50 * rng.normal(size=(5, s)) for s in (4, 4, 3))
    a = np.abs(rng.normal(size=(5, 4))) + 0.5
    yield "every allowed score negative", False, (a, -20 * a[::-1], rng.normal(size=(5, 2)))
    far = 100 * np.ones((4, 1)) + rng.random(size=(4, 1))
    yield "every allowed score near -10,000", False, (far, -far[::-1], rng.normal(size=(4, 3)))
    loud = rng.normal(size=(6, 2)) * 1e3 ** np.arange(6)[:, None]
    rising = np.linspace(-99, 99, 4)[:, None] + rng.random(size=(4, 1))
    yield "scores that rise from -10,000 to 10,000", False, (np.full((4, 1), 100.0), rising, rng.normal(size=(4, 3)))
    yield "later values shout", False, (rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), loud)
