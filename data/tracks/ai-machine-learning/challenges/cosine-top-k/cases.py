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


def check(args, returned, reference):
    """Ids must be the right integers, scores only close to the right numbers."""
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        return "Return two arrays: ids and scores."
    for name, part, right, kinds in zip(("ids", "scores"), returned, reference, ("iu", "iuf"), strict=True):
        if not isinstance(part, np.ndarray) or part.shape != right.shape:
            return f"`{name}` should be an array of shape {right.shape}."
        if part.dtype.kind not in kinds:
            return f"`{name}` should hold {'integers' if name == 'ids' else 'real numbers'}, not {part.dtype}."
    (ids, scores), (right_ids, right_scores) = returned, reference
    apart = np.argwhere(~np.isclose(scores, right_scores, rtol=1e-7, atol=1e-9))
    if len(apart):
        query, place = (int(n) for n in apart[0])
        return f"Query {query}: the score in place {place} should be {right_scores[query, place]:.6g}; yours is {scores[query, place]:.6g}."
    apart = np.argwhere(ids != right_ids)
    if len(apart):
        query, place = (int(n) for n in apart[0])
        return f"Query {query}: place {place} belongs to document {right_ids[query, place]}; you put {ids[query, place]} there."
    return None
