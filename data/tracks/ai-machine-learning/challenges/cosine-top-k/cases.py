"""Tied documents are equal rows along one axis, so their scores are equal to the last bit however they are computed."""
import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    documents = np.array([[0.0, 2.0], [5.0, 5.0], [3.0, 0.0]])
    yield "one query, three documents", True, (np.array([[1.0, 0.0]]), documents, 2)
    axes = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    yield "equal scores and a zero document", True, (np.array([[2.0, 0.0], [-1.0, 0.0]]), axes, 4)
    for m, n, d, k in ((1, 6, 3, 2), (4, 20, 5, 7), (5, 5, 5, 1)):
        sizes = rng.uniform(0.2, 30, size=(n, 1))
        yield f"random, {m} queries, {n} documents", False, (rng.normal(size=(m, d)) * 4, rng.normal(size=(n, d)) * sizes, k)
    yield "k beyond the documents", False, (rng.normal(size=(3, 4)), rng.normal(size=(2, 4)), 5)
    queries = rng.normal(size=(3, 4))
    queries[1] = 0
    yield "a query of zeros", False, (queries, rng.normal(size=(6, 4)), 3)
    with_zeros = rng.normal(size=(7, 3))
    with_zeros[[0, 5]] = 0
    yield "documents of zeros", False, (rng.normal(size=(2, 3)), with_zeros, 7)
    repeated = 3 * np.eye(4)[rng.permutation(np.repeat(np.arange(4), 5))]
    yield "many equal scores", False, (rng.integers(-9, 10, size=(4, 4)) + 0.5, repeated, 12)
    yield "far from length one", False, (rng.normal(size=(2, 6)) * 1e-6, rng.normal(size=(8, 6)) * 1e6, 4)
